"""Categories as pages draw them: called as the reader understands, indented, with how many galleries are in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import url_for
from flask_babel import gettext as _

from webapp.domain import categories, category_trees, languages
from webapp.domain.asking import NO_CATEGORY, Filter, Line
from webapp.domain.category_trees import Called, Counts, Node
from webapp.domain.errors import Invalid
from webapp.domain.models import Language
from webapp.infra import kept
from webapp.web import phrases
from webapp.web.forms import Choice

INDENT: Final = "\u2003"
"""What stands before the name of a category below another, in a list that knows no tree."""

LOOSE: Final = 20
"""Uris without a category that are shown."""


@dataclass(frozen=True)
class Branch:
    """A category on the page of the tree; `own` and `whole` are galleries in it, and in it and all below it."""

    node: Node
    called: Called
    own: int
    whole: int
    url: str
    branches: "tuple[Branch, ...]"


@dataclass(frozen=True)
class Loose:
    """What galleries name and no category has; one can be made of it unless it is too long or odd."""

    uri: str
    count: int
    url: str
    can_become: bool


def readers(known: Sequence[Language]) -> tuple[Language, ...]:
    """Return the languages that names are looked for in, that of the reader first where the site has it."""
    spoken = phrases.language()
    near = [each for each in known if each.code.partition("-")[0].lower() == spoken]
    return category_trees.reading(next(iter(sorted(near, key=lambda each: each.code != spoken)), None), known=known)


def name_of(uri: str) -> str:
    """Return what a category is called, or the uri where none has it."""
    return kept.until_written(("category names", phrases.language()), _names).get(uri, uri)


def choices(known: Sequence[Language], *, by_uri: bool = True, without: Node | None = None) -> list[Choice]:
    """Return all categories to choose from, as an indented tree, by uri or by id, but one with all below it."""
    chain = readers(known)
    left_out = {each.id for each in without.walk()} if without else set()
    return [
        Choice(
            node.uri if by_uri else str(node.id),
            INDENT * 2 * node.depth + (called := node.called(chain)).text,
            render_kw={"lang": called.code} if called.code else {},
        )
        for node in category_trees.tree()
        if node.id not in left_out
    ]


def branches(known: Sequence[Language], counts: Counts) -> tuple[Branch, ...]:
    """Return the tree as its page draws it."""
    chain = readers(known)
    return tuple(_branch(node, chain, counts) for node in category_trees.tree().roots)


def loose(counts: Counts) -> list[Loose]:
    """Return what galleries name and no category has, the most frequent first."""
    known = category_trees.tree().by_uri
    found = sorted((-number, uri) for uri, number in counts.by_uri.items() if uri not in known)[:LOOSE]
    return [Loose(uri, -number, _list(uri), _can_become(uri)) for number, uri in found]


def words(value: str) -> str:
    """Return what a filter of the list says."""
    return str(_("none")) if value.lower() == NO_CATEGORY else name_of(value)


def _names() -> dict[str, str]:
    chain = readers(languages.all_languages(active_only=True))
    return {node.uri: node.called(chain).text for node in category_trees.tree()}


def _branch(node: Node, chain: Sequence[Language], counts: Counts) -> Branch:
    below = tuple(_branch(child, chain, counts) for child in node.children)
    return Branch(node, node.called(chain), counts.own(node), counts.whole(node), _list(node.uri), below)


def _list(uri: str) -> str:
    """Return the address of the gallery list, filtered; an odd uri makes none."""
    return url_for("galleries.index", q=str(Line(filters=(Filter("category", uri),)))) if _can_become(uri) else ""


def _can_become(uri: str) -> bool:
    try:
        return categories.check_uri(uri) == uri
    except Invalid:
        return False
