"""Views of the gallery list: those that everybody has, and those that somebody keeps; all counted at once."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, literal, select, union_all

from webapp.domain import asking
from webapp.domain.asking import Line
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.folding import fold
from webapp.domain.models import Gallery, SavedView
from webapp.domain.models.finding import VIEW_NAME
from webapp.domain.permissions import Actor
from webapp.domain.sentences import Sentence
from webapp.domain.transaction import Collision
from webapp.infra.db import db

BUILT_IN: Final = {
    "all": "",
    "published": "status:published",
    "draft": "status:draft",
    "needs": "missing:any",
    "mine": "author:me",
    "archived": "status:archived",
}
"""What everybody has, and what each asks."""

MOST: Final = 12
"""Views that one person keeps."""

ENOUGH: Final = 1000
"""Galleries that are counted: more than these are not told apart."""


@dataclass(frozen=True)
class View:
    """A view with how many galleries it shows, up to `ENOUGH`; `id` where somebody keeps it, else its `key`."""

    key: str
    name: str
    line: Line
    count: int
    id: UUID | None = None


def counted(*, actor: Actor) -> list[View]:
    """Return all views of somebody, their own after those of everybody; two statements."""
    kept = _kept(actor)
    asked = {key: asking.read(query) for key, query in BUILT_IN.items()}
    asked |= {str(each.id): asking.read(each.query) for each in kept}
    counts = [
        select(literal(key).label("key"), func.count().label("count")).select_from(
            select(Gallery.id)
            .where(Gallery.deleted_at.is_(None), *asking.conditions(line, by=actor.id))
            .limit(ENOUGH)
            .subquery()
        )
        for key, line in asked.items()
    ]
    found = {key: count for key, count in db.session.execute(union_all(*counts))}  # noqa: C416  rows are no pairs
    own = {str(each.id): each for each in kept}
    return [
        View(key, own[key].name if key in own else "", line, found[key], own[key].id if key in own else None)
        for key, line in asked.items()
    ]


def get(view_id: UUID, *, actor: Actor) -> SavedView:
    """Return a view of the actor's own. Raises NotFound."""
    view = db.session.get(SavedView, view_id)
    if view is None or view.user_id != actor.id:
        raise NotFound("View")
    return view


def save(name: str, query: str, *, actor: Actor) -> SavedView:
    """Keep what is asked under a name. Raises Invalid where it has no name, asks nothing, or there are too many."""
    line, named = asking.read(query), _clean(name)
    if not str(line):
        raise Invalid("name", "Filter the list first: this view would show all galleries.", code="empty")
    if len(_kept(actor)) >= MOST:
        much = Sentence("You keep %(most)s views already. Remove one first.", most=MOST)
        raise Invalid("name", much, code="too_many")
    view = SavedView(user_id=actor.id, name=named, key=fold(named), query=str(line)[: asking.QUERY])
    _claim(view)
    return view


def rename(view: SavedView, name: str) -> None:
    """Call a view otherwise. Raises Invalid where another one is called that."""
    named = _clean(name)
    with db.session.no_autoflush:
        view.name, view.key = named, fold(named)
    _claim(view)


def remove(view: SavedView) -> None:
    """Forget a view."""
    db.session.delete(view)
    db.session.flush()


def _kept(actor: Actor) -> list[SavedView]:
    mine = select(SavedView).where(SavedView.user_id == actor.id)
    return list(db.session.scalars(mine.order_by(SavedView.created_at, SavedView.id)))


def _clean(name: str) -> str:
    named = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if not VIEW_NAME[0] <= len(named) <= VIEW_NAME[1] or not fold(named):
        much = Sentence("Give the view a name of 1 to %(most)s characters.", most=VIEW_NAME[1])
        raise Invalid("name", much, code="name")
    return named


def _claim(view: SavedView) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(view)
    except Collision:
        raise Invalid("name", "You have a view of this name. Choose another one.", code="taken") from None
