"""The words of templates: looked up in the language that the request is answered in, which is asked for once."""

from gettext import NullTranslations
from typing import cast

from flask import Flask, g
from flask_babel import get_locale, get_translations
from markupsafe import Markup


def init(app: Flask) -> None:
    """Give the templates `_()` and `ngettext()`; Flask-Babel's own find out the language for each word."""
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)


def gettext(words: str, **values: object) -> Markup:
    """Say it in the reader's language; values are escaped, and `%%` is a percent sign."""
    return _filled(_translations().gettext(words), values)


def ngettext(one: str, many: str, num: int, **values: object) -> Markup:
    """Say it of a number of things, which `%(num)s` names."""
    return _filled(_translations().ngettext(one, many, num), {"num": num, **values})


def language() -> str:
    """Return the language of the answer, such as `fr`."""
    if "language" not in g:
        g.language = str(get_locale())
    return str(g.language)


def _filled(words: str, values: dict[str, object]) -> Markup:
    said = Markup(words)  # noqa: S704  ours or a translator's, never a visitor's
    return said % values if values or "%" in words else said


def _translations() -> NullTranslations:
    if "translations" not in g:
        g.translations = get_translations()
    return cast(NullTranslations, g.translations)
