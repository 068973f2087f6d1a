"""Every route of a dialect × who asks × how its gallery stands: a world to ask in, and what has to come of it.

A dialect brings rows, one for each route; `faults` walks them all. What the rows say is written down here anew and
not asked of the routes, so that a route that asks for too little is found.
"""

import itertools
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests import factories
from tests.fixtures.app import Cast, browser_of
from webapp.domain import galleries, holds, keys
from webapp.domain.models import Item, User
from webapp.domain.permissions import ROLES
from webapp.domain.transaction import transaction
from webapp.infra.db import db

STATES: Final = ("draft", "published", "held", "trashed")
NOBODY: Final = ("stranger", "wrong", "revoked", "cookie")
"""Who is known to no JSON door: without a key, with a wrong one, a revoked one, a dashboard's cookie."""

READS: Final = frozenset({"galleries:read", "media:read", "languages:read"})
MAY: Final[dict[str, frozenset[str]]] = {
    "viewer": ROLES["viewer"],
    "translator": ROLES["translator"],
    "editor": ROLES["editor"],
    "admin": ROLES["admin"],
    "reader": READS,
    "uploader": frozenset({"media:upload"}),
}
"""What each may who is known: whole keys of the four roles, and two of an editor that have less."""

PUBLIC: Final = "public"
SIGNED_IN: Final = "signed-in"
MARK: Final = re.compile(r"Mark-[a-z]+")
"""A title as it was written; the slug made of it is in small letters and is not held (D11)."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One route: `{gallery}` in path or body has it asked for each state; `missing` is what a trashed one answers."""

    name: str
    method: str
    path: str
    permission: str
    status: int = 200
    missing: int = 404
    body: Any = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def states(self) -> tuple[str, ...]:
        """How the gallery may stand, once where there is none."""
        return STATES if "{gallery}" in f"{self.path}{self.body}" else ("",)


@dataclass
class World:
    """The app on a database that can be put back, the ids of all there is, and each one's headers."""

    app: Flask
    cast: Cast
    database: Path
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)

    def keep(self) -> None:
        """Remember how things stand."""
        with self.app.app_context():
            db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        self._close()
        shutil.copyfile(self.database, self.database.with_suffix(".kept"))

    def put_back(self) -> None:
        """Have things stand as they did."""
        self._close()
        for written in self.database.parent.glob(f"{self.database.name}-*"):
            written.unlink()
        shutil.copyfile(self.database.with_suffix(".kept"), self.database)

    def _close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def ask(self, who: str, row: Row, state: str) -> TestResponse:
        """Send a row's request as somebody."""
        client = browser_of(self.app, self.cast.ada) if who == "cookie" else self.app.test_client(use_cookies=False)
        named = self.others | self.ids.get(state, {})
        options = {name: made() if callable(made) else made for name, made in row.options.items()}
        if row.body is not None:
            options["json"] = filled(row.body, named)
        return client.open(filled(row.path, named), method=row.method, headers=self.headers[who], **options)


def make(app: Flask, cast: Cast, database: Path) -> World:
    """Make a gallery of each state, pictures that hang nowhere, languages, and everybody's keys."""
    world = World(app, cast, database)
    with app.app_context(), transaction():
        world.others = {code: str(factories.language(code).id) for code in ("en", "fr", "it")}
        world.others |= {name: str(factories.picture().id) for name in ("spare", "loose")}
        for state in STATES:
            world.ids[state] = gallery(state, cast)
        world.headers = {who: {"Authorization": f"Bearer {key}"} for who, key in everybody(cast)}
        world.headers |= {"stranger": {}, "cookie": {"Sec-Fetch-Site": "same-origin"}}
    world.keep()
    return world


def gallery(state: str, cast: Cast) -> dict[str, str]:
    """Make a gallery with two pictures and texts in two languages, and have it stand as it should."""
    status = "published" if state == "held" else state.replace("trashed", "draft")
    made = factories.gallery(cast.ed, f"Mark-{state}", status=status, pictures=2)
    factories.write(made, "fr", cast.ed, title="Été")
    first, second = hung(made.id)
    if state == "held":
        holds.hold(made.id, actor=cast.ed)
        factories.write(made, "en", cast.ed, title="Mark-working")
    if state == "trashed":
        galleries.trash(made, actor=cast.ed)
    return {"gallery": str(made.id), **first, **{f"other_{name}": value for name, value in second.items()}}


def hung(gallery_id: UUID) -> list[dict[str, str]]:
    """Return the ids of a gallery's items and of their pictures, first to last."""
    rows = db.session.query(Item).filter_by(gallery_id=gallery_id).order_by(Item.sort_order.desc())
    return [{"item": str(each.id), "media": str(each.media_id)} for each in rows]


def everybody(cast: Cast) -> Iterator[tuple[str, str]]:
    """Give the key of each who shows one."""
    people = {"viewer": cast.vi, "translator": cast.tessa, "admin": cast.ada}
    for who, permissions in (*MAY.items(), ("wrong", None), ("revoked", None)):
        user = db.session.get_one(User, people.get(who, cast.ed).id)
        key, whole = keys.add(user, name=who, permissions=sorted(permissions or ()) or None, actor=cast.ada)
        if who == "revoked":
            keys.revoke(key.id, actor=cast.ada)
        yield who, f"{whole[:-6]}wrong!" if who == "wrong" else whole


def filled(value: Any, named: Mapping[str, str]) -> Any:
    """Put ids into a path or a body."""
    if isinstance(value, dict):
        return {key: filled(each, named) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, named) for each in value]
    return re.sub(r"{(\w+)}", lambda found: named[found[1]], value) if isinstance(value, str) else value


def expected(row: Row, who: str, state: str) -> int:
    """Say what has to come of a request."""
    if row.permission != PUBLIC and who in NOBODY:
        return 401
    if row.permission not in (PUBLIC, SIGNED_IN) and row.permission not in MAY[who]:
        return 403
    return row.missing if state == "trashed" else row.status


def marks(who: str, state: str) -> set[str]:
    """Say which title somebody may be shown: of a held gallery the working one only who may change it (D13)."""
    may_change = "galleries:update" in MAY.get(who, ())
    return {"Mark-working"} if state == "held" and may_change else {f"Mark-{state}"}


def faults(
    world: World,
    rows: list[Row],
    *,
    people: tuple[str, ...] = (*NOBODY, *MAY),
    expect: Callable[[Row, str, str], int] = expected,
) -> list[str]:
    """Ask everything as everybody, and name what came out otherwise."""
    found = []
    for row, who in itertools.product(rows, people):
        for state in row.states:
            answer, wanted = world.ask(who, row, state), expect(row, who, state)
            shown = set(MARK.findall(answer.get_data(as_text=True))) if state else set()
            beyond = shown - marks(who, state) if answer.status_code < 400 else shown
            if answer.status_code != wanted or beyond or answer.mimetype == "text/html":
                found.append(f"{row.name} {who} {state}: {answer.status_code} for {wanted} {sorted(beyond)}")
            if row.method != "GET" and answer.status_code < 400:
                world.put_back()
    return found
