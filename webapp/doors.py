"""The one choke point of every route: who is there, and may they.

A view declares its permission with `@allows("galleries:read")`, or `@allows(PUBLIC)`; the app refuses to start on
one that does not. A blueprint belongs to a door, which says how an actor is recognised.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from flask import Flask, current_app, g, request

from webapp import limits
from webapp.crowding import has_body
from webapp.domain import permissions
from webapp.domain.permissions import Actor
from webapp.infra.db import release

PUBLIC: Final = "public"
"""Anybody may come in."""

SIGNED_IN: Final = "signed-in"
"""Anybody with an account may come in."""

View = TypeVar("View", bound=Callable[..., object])


class NotSignedIn(Exception):
    """Nobody is signed in, and this is not public."""


class UndeclaredRoute(Exception):
    """A route says nothing about who may use it."""


@dataclass(frozen=True)
class Door:
    """A way into Vitrine and how it recognises who comes; programs' doors count how often they ask."""

    name: str
    recognise: Callable[[], Actor]
    counts: bool = False


def allows(permission: str) -> Callable[[View], View]:
    """Declare the permission that a view asks for."""

    def declare(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return declare


def actor() -> Actor:
    """Return who is asking in this request."""
    found: Actor = g.actor
    return found


def assign(app: Flask, blueprint: str, door: Door) -> None:
    """Say which door a blueprint belongs to."""
    doors: dict[str, Door] = app.extensions.setdefault("vitrine-doors", {})
    doors[blueprint] = door


def declare(app: Flask, endpoint: str, permission: str) -> None:
    """Declare the permission of a view that somebody else wrote."""
    allows(permission)(app.view_functions[endpoint])


def permission_of(app: Flask, endpoint: str) -> str:
    """Return the permission that an endpoint declares. Raises UndeclaredRoute."""
    permission: str | None = getattr(app.view_functions[endpoint], "permission", None)
    if permission is None:
        raise UndeclaredRoute(f"{endpoint} declares no permission: add @allows(...)")
    return permission


def door_of(app: Flask, endpoint: str) -> Door:
    """Return the door that an endpoint belongs to. Raises UndeclaredRoute."""
    doors: dict[str, Door] = app.extensions["vitrine-doors"]
    blueprint = endpoint.rpartition(".")[0]
    if blueprint not in doors:
        raise UndeclaredRoute(f"{endpoint} belongs to no door")
    return doors[blueprint]


def guard(app: Flask) -> None:
    """Stand at every route; refuse to start where one is undeclared."""
    for rule in app.url_map.iter_rules():
        permission_of(app, rule.endpoint)
        door_of(app, rule.endpoint)
    app.before_request(_admit)


def _admit() -> None:
    if request.endpoint is None:
        g.actor = permissions.stranger("none")
        return
    door = door_of(current_app, request.endpoint)
    g.actor = door.recognise()
    if not door.counts or has_body(request.environ):
        release()
    if door.counts:
        limits.count(g.actor)
    permission = permission_of(current_app, request.endpoint)
    if permission == PUBLIC:
        return
    if not g.actor.known:
        raise NotSignedIn
    if permission != SIGNED_IN:
        permissions.demand(g.actor, permission)
