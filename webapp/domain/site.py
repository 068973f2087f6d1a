"""The one site of this installation: its name, and how it is set up (D33)."""

from typing import TypedDict

from webapp.domain import accounts, audit, links
from webapp.domain.errors import Stale
from webapp.domain.links import LinkGone
from webapp.domain.models import Site, User
from webapp.domain.permissions import Actor, demand, system
from webapp.infra.clock import now
from webapp.infra.db import db


class SiteFields(TypedDict, total=False):
    """What may be changed of the site."""

    name: str


def get() -> Site:
    """Return the site."""
    found = db.session.get(Site, 1)
    assert found is not None  # noqa: S101  the first migration makes it
    return found


def update(fields: SiteFields, *, version: int | None = None, actor: Actor) -> Site:
    """Change what is said of the site; an absent field is left alone. Raises Invalid, Stale."""
    demand(actor, "settings:update")
    found = db.session.get_one(Site, 1, with_for_update=True, populate_existing=True)
    if version is not None and found.version != version:
        raise Stale("Somebody else has changed the settings since you opened them. Load the page again to see them.")
    name = accounts.checked_name(fields.get("name", found.name))
    if name != found.name:
        audit.record(actor, "update", "site", str(found.id), changes={"name": (found.name, name)})
        found.name, found.version = name, found.version + 1
        db.session.flush()
    return found


def check_setup(token: str) -> None:
    """Refuse a set-up link that no longer works. Raises LinkGone."""
    if accounts.exist():
        raise LinkGone("Vitrine has been set up. Sign in with your account.", code="set_up")
    links.check(links.SET_UP, token)


def set_up(token: str, *, site_name: str, name: str, email: str, password: str) -> User:
    """Name the site and make its first administrator. Raises LinkGone, Invalid."""
    check_setup(token)
    found = get()
    found.name = accounts.checked_name(site_name, "site_name")
    actor = system("dashboard")
    user = accounts.add(email, name=name, role="admin", password=password, actor=actor)
    links.use(links.SET_UP, token)
    found.set_up_at, found.version = now(), found.version + 1
    audit.record(actor, "set_up", "site", str(found.id), changes={"name": (None, found.name)})
    return user
