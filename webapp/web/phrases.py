"""The words of pages: looked up in the language that the request is answered in, which is asked for once.

It is what the reader has chosen, else what the browser asks for, else English. A page for visitors speaks the
language of its gallery (`speak`), a letter that of its reader (`speaking`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from gettext import NullTranslations
from typing import Any, Final, Protocol, cast

from babel import Locale
from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, format_decimal, get_locale, get_translations, refresh
from markupsafe import Markup

from webapp.domain import tongues
from webapp.domain.errors import DomainError
from webapp.domain.models.account import LANGUAGES
from webapp.domain.sentences import Sentence, unpacked

STANDARD: Final = LANGUAGES[0]
SMALL_TONGUES: Final = frozenset({"fr"})
"""Languages that write the names of languages small."""


class Tongue(Protocol):
    """A language of the site, as far as its name goes."""

    @property
    def code(self) -> str:
        """Its BCP 47 code."""

    @property
    def name(self) -> str:
        """Its name in English, unless somebody has called it otherwise."""


def init(app: Flask) -> None:
    """Give the templates `_()` and `ngettext()`; Flask-Babel's own find out the language for each word."""
    Babel(app, locale_selector=_wanted)
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)
    app.jinja_env.filters.update(tongue=tongue, told=_told_anew)
    app.context_processor(_page)
    app.after_request(_vary)


def gettext(words: str, **values: object) -> Markup:
    """Say it in the reader's language; values are escaped, and `%%` is a percent sign."""
    return _filled(_translations().gettext(words), values)


def ngettext(one: str, many: str, num: int, **values: object) -> Markup:
    """Say it of a number of things, which `%(num)s` names."""
    return _filled(_translations().ngettext(one, many, num), {"num": number(num), **values})


def number(value: float) -> str:
    """Write a number as the reader does."""
    return _number(language(), value)


def tongue(called: Tongue, *, inside: bool = False) -> str:
    """Say what a language is called, as the site's administrators want it or in the reader's own words.

    `inside` a sentence it begins with a small letter where languages are written so.
    """
    words = _tongue(language(), called.code, called.name)
    return words[:1].lower() + words[1:] if inside and language() in SMALL_TONGUES else words


def told(said: object) -> str:
    """Say what the domain says: a refusal, a sentence or a value of one, in the reader's language."""
    if isinstance(said, DomainError):
        return told(said.message)
    if isinstance(said, int):
        return number(said)
    if not isinstance(said, Sentence) or not said:
        return str(said)
    found = _translations()
    pattern = found.ngettext(said.pattern, said.plural, said.number) if said.plural else found.gettext(said.pattern)
    values = {name: told(value) for name, value in said.values.items()}
    return pattern % values if values else pattern


def _told_anew(kept: str) -> str:
    """Say what was kept in English, such as why something failed, in the reader's language."""
    return told(unpacked(kept))


def language() -> str:
    """Return the language of the answer, such as `fr`."""
    if "language" not in g:
        g.language = str(get_locale())
    return str(g.language)


def direction(code: str = "") -> str:
    """Return how a language of the interface runs, by default that of the answer: `ltr` or `rtl`."""
    return str(Locale(code or language()).text_direction)


def nearest(code: str) -> str:
    """Return the language of the interface that comes closest to one: `fr` for `fr-CA`, English for Japanese."""
    return code.partition("-")[0].lower() if speaks(code) else STANDARD


def speaks(code: str) -> bool:
    """Say whether the interface is written in a language, or in the one that it is a kind of."""
    return code.partition("-")[0].lower() in LANGUAGES


def speak(code: str | None) -> None:
    """Say the rest of this answer in the language of the interface nearest to one, or as the reader wants it."""
    g.spoken = nearest(code) if code else None
    for found in ("language", "translations"):
        g.pop(found, None)
    refresh()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say something in another language meanwhile."""
    before: str | None = g.get("spoken")
    speak(code)
    try:
        yield
    finally:
        speak(before)


def of_browser() -> str:
    """Return the language that the browser asks for, English where it asks for none of ours."""
    if not has_request_context():
        return STANDARD
    g.by_browser = True
    return next((nearest(code) for code, wanted in request.accept_languages if wanted and speaks(code)), STANDARD)


def _wanted() -> str:
    """Say what to answer in: as the page has it, as the reader has chosen, as the browser asks."""
    actor = g.get("actor")
    return g.get("spoken") or (actor.language if actor else "") or of_browser()


def _page() -> dict[str, Any]:
    return {"page_lang": language(), "page_dir": direction()}


def _vary(answer: Response) -> Response:
    """Tell caches that the browser's languages decided the answer, where they did."""
    if g.get("by_browser"):
        answer.vary.add("Accept-Language")
    return answer


@lru_cache(1024)
def _tongue(speech: str, code: str, name: str) -> str:
    """Leave a name alone that is not the usual English one: somebody has chosen it."""
    if speech == STANDARD or tongues.name_in(STANDARD, code) != name:
        return name
    return tongues.name_in(speech, code) or name


@lru_cache(4096)
def _number(_language: str, value: float) -> str:
    return str(format_decimal(value))


def _filled(words: str, values: dict[str, object]) -> Markup:
    said = Markup(words)  # noqa: S704  ours or a translator's, never a visitor's
    return said % values if values or "%" in words else said


def _translations() -> NullTranslations:
    if "translations" not in g:
        g.translations = get_translations()
    return cast(NullTranslations, g.translations)
