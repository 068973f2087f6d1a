"""The one site of this installation: its name, and how it is set up (D33)."""

from typing import Any, TypedDict

from sqlalchemy import select

from webapp.domain import accounts, audit, languages, links
from webapp.domain.errors import Invalid, Stale
from webapp.domain.links import LinkGone
from webapp.domain.models import Site, User
from webapp.domain.models.language import GATES
from webapp.domain.permissions import Actor, demand, system
from webapp.infra.clock import now
from webapp.infra.db import db


class SiteFields(TypedDict, total=False):
    """What may be changed of the site."""

    name: str
    gate: str
    gate_languages: list[str]
    reviews: bool
    takes_texts: bool
    shows_places: bool


def get() -> Site:
    """Return the site."""
    found = db.session.get(Site, 1)
    assert found is not None  # noqa: S101  the first migration makes it
    return found


def lock() -> None:
    """Hold what there is one of on the site, the order of its galleries, still until the transaction ends.

    Belongs before the lock of any gallery's row.
    """
    db.session.execute(select(Site.id).with_for_update())


def update(fields: SiteFields, *, version: int | None = None, actor: Actor) -> Site:
    """Change what is said of the site; an absent field is left alone. Raises Invalid, Stale."""
    demand(actor, "settings:update")
    found = db.session.get_one(Site, 1, with_for_update=True, populate_existing=True)
    if version is not None and found.version != version:
        raise Stale("Somebody else has changed the settings since you opened them. Load the page again to see them.")
    changes = {name: (getattr(found, name), value) for name, value in _checked(fields).items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if changes:
        audit.record(actor, "update", "site", str(found.id), changes=changes)
        for name, (_, value) in changes.items():
            setattr(found, name, value)
        found.version += 1
        db.session.flush()
    return found


def _checked(fields: SiteFields) -> dict[str, Any]:
    """Return the fields as they are kept. Raises Invalid."""
    checked: dict[str, Any] = dict(fields)
    if "name" in checked:
        checked["name"] = accounts.checked_name(checked["name"])
    if checked.get("gate", "off") not in GATES:
        raise Invalid("gate", "Choose one of those that there are.", code="choice")
    if "gate_languages" in checked:
        known = {each.code for each in languages.all_languages()}
        checked["gate_languages"] = sorted(known & set(checked["gate_languages"]))
    return checked


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
