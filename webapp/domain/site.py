"""The one site of this installation: its name, and how it is set up (D33)."""

from webapp.domain import accounts, audit, links
from webapp.domain.links import LinkGone
from webapp.domain.models import Site, User
from webapp.domain.permissions import system
from webapp.infra.clock import now
from webapp.infra.db import db


def get() -> Site:
    """Return the site."""
    found = db.session.get(Site, 1)
    assert found is not None  # noqa: S101  the first migration makes it
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
