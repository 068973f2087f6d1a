"""Macros that draw the same for the same values, drawn once: `{% set icon = icon_drawn|remembered %}`.

A page of many rows is made of a few macros called thousands of times. What they are given are frozen values, so what
they draw can be kept, up to a number of drawings for each macro. A macro that says words draws anew in each language.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, Final

from flask import Flask
from markupsafe import Markup

from webapp.web.phrases import language

DRAWINGS: Final = 4096
"""Of each macro; at two kilobytes each, a process holds some megabytes."""

Drawing = Callable[..., Markup]


def init(app: Flask, *, keep: int = DRAWINGS) -> None:
    """Give the templates `|remembered`; `keep=0` draws everything anew."""

    def remembered(macro: Drawing, *, words: bool = False) -> Drawing:
        return in_each_language(macro, keep) if words else wraps(macro)(lru_cache(keep)(macro))

    app.jinja_env.filters["remembered"] = remembered


def in_each_language(macro: Drawing, keep: int) -> Drawing:
    """Remember what a macro draws, for each language that its words are said in."""

    @lru_cache(keep)
    def drawn(_language: str, *given: Hashable, **named: Hashable) -> Markup:
        return macro(*given, **named)

    def draw(*given: Any, **named: Any) -> Markup:
        return drawn(language(), *given, **named)

    return draw
