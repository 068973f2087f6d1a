"""BCP 47 codes: their one right spelling, and what languages are called and how they run, from Babel's CLDR."""

import re
from dataclasses import dataclass
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from webapp.domain.errors import Invalid
from webapp.domain.models.language import CODE
from webapp.domain.sentences import Sentence

WELL_FORMED: Final = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<territory>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)",
    re.ASCII,
)
RIGHT_TO_LEFT: Final = frozenset(
    {"Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"}
)
NOWHERE: Final = frozenset({"mis", "mul", "und", "zxx", "Zinh", "Zmth", "Zsye", "Zsym", "Zxxx", "Zyyy", "Zzzz", "ZZ"})
ENGLISH: Final = Locale("en")


@dataclass(frozen=True)
class Tongue:
    """A language as the world knows it."""

    code: str
    name: str
    native_name: str
    direction: str


def look_up(code: str) -> Tongue:
    """Return what a code stands for, `PT_br` and `iw` spelt as they should be. Raises Invalid."""
    found = WELL_FORMED.fullmatch(code.strip().replace("_", "-").lower())
    if found is None or len(code) > CODE[1]:
        raise Invalid("code", "Write a language code, such as fr, pt-BR or zh-Hans.", code="language_code")
    language: str = get_global("language_aliases").get(found["language"], found["language"])
    language = language if language.isalpha() else found["language"]
    script = (found["script"] or "").title()
    territory = (found["territory"] or "").upper()
    if not _is_known(language, script, territory):
        unknown = Sentence("No language is known by the code %(code)s.", code=repr(code.strip()))
        raise Invalid("code", unknown, code="language_unknown")
    parts = [part for part in (language, script, territory) if part]
    name, native = _names(language, script, territory, found["variants"])
    direction = "rtl" if _script(language, script, territory) in RIGHT_TO_LEFT else "ltr"
    return Tongue("-".join(parts) + found["variants"], name, native, direction)


def name_in(speech: str, code: str) -> str:
    """Return what the language with a code is called in another one, empty where that has no word for it."""
    found = WELL_FORMED.fullmatch(code.lower())
    if found is None:
        return ""
    script, territory = (found["script"] or "").title(), (found["territory"] or "").upper()
    return _called(Locale(speech), found["language"], script, territory, found["variants"])


def _is_known(language: str, script: str, territory: str) -> bool:
    return (
        language in ENGLISH.languages
        and NOWHERE.isdisjoint((language, script, territory))
        and (not script or script in ENGLISH.scripts)
        and (not territory or territory in ENGLISH.territories)
    )


def _names(language: str, script: str, territory: str, variants: str) -> tuple[str, str]:
    """Return the English name and the language's own; the latter is the English one where CLDR has none."""
    english = _called(ENGLISH, language, script, territory, variants)
    try:
        own = _called(Locale(language, script=script or None), language, script, territory, variants)
    except UnknownLocaleError:
        try:
            own = _called(Locale(language), language, script, territory, variants)
        except UnknownLocaleError:
            return english, english
    return english, own or english


def _called(locale: Locale, language: str, script: str, territory: str, variants: str) -> str:
    name = locale.languages.get(language)
    if not name:
        return ""
    details = [locale.scripts.get(script, script), locale.territories.get(territory, territory)]
    marks = [detail for detail in details if detail] + [variant for variant in variants.split("-") if variant]
    written = f"{name} ({', '.join(marks)})" if marks else name
    return written[0].upper() + written[1:]


def _script(language: str, script: str, territory: str) -> str:
    """Return the script that is written, the likely one where none is given."""
    if script:
        return script
    likely = get_global("likely_subtags")
    found: str = likely.get(f"{language}_{territory}") or likely.get(language) or ""
    return next((part for part in found.split("_") if len(part) == 4 and part.isalpha()), "")
