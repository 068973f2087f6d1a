"""Where the machine is and what lets one in; the secret is kept sealed and never shown again."""

import re
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from webapp.domain import audit, sentences
from webapp.domain.errors import Invalid, Stale
from webapp.domain.models import Machine
from webapp.domain.models.machine import ADDRESS, HEADER, SECRET
from webapp.domain.permissions import Actor, demand
from webapp.infra import outbound, sealing
from webapp.infra.db import db
from webapp.infra.outbound import Way
from webapp.infra.outside import Outside

TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
OURS: Final = frozenset(
    {"host", "content-length", "content-type", "connection", "transfer-encoding", "accept-encoding", "cookie"}
)
"""Headers that the request has of itself."""

SECONDS: Final = 30.0


@dataclass(frozen=True)
class Outfit:
    """What is needed to reach the machine: the installation's key, and how far one may go."""

    key: str
    way: Way

    @classmethod
    def of(cls, *, key: str, way: Way) -> "Outfit":
        """Give a machine the time that it takes."""
        return cls(key, replace(way, seconds=SECONDS))


def find() -> Machine | None:
    """Return the machine, None where the site has none."""
    found = kept()
    return found if found and found.address else None


def kept() -> Machine | None:
    """Return what is kept of a machine, be it turned off."""
    return db.session.get(Machine, 1)


def save(
    *, address: str, header: str, secret: str | None, version: int | None, outfit: Outfit, actor: Actor
) -> Machine:
    """Say where the machine is; an empty address turns it off, a secret of None leaves the one that is kept.

    Another address never gets the secret of the one before. Raises Invalid, Stale, Forbidden.
    """
    demand(actor, "settings:update")
    found = db.session.get(Machine, 1, with_for_update=True, populate_existing=True)
    if version is not None and version != (found.version if found else 0):
        raise Stale("Somebody else has changed the settings since you opened them. Load the page again to see them.")
    address = _address(address.strip(), outfit.way)
    machine = found or Machine(id=1, address="", version=0)
    before = (machine.address, machine.header)
    if address != machine.address and secret is None:
        machine.secret = None
    machine.address, machine.header, machine.version = address, _header(header.strip()), machine.version + 1
    if secret is not None:
        machine.secret = sealing.seal(_secret(secret), key=outfit.key) if secret else None
    db.session.add(machine)
    said = {"address": (before[0], address), "header": (before[1], machine.header)}
    audit.record(actor, "update", "machine", UUID(int=machine.id), changes=said)
    db.session.flush()
    return machine


def headers_of(machine: Machine, outfit: Outfit) -> dict[str, str]:
    """Return the headers of a request. Raises Unreadable."""
    said = {"Content-Type": "application/json", "Accept": "application/json"}
    if machine.secret is None:
        return said
    return said | {machine.header: sealing.unseal(machine.secret, key=outfit.key)}


def _address(address: str, way: Way) -> str:
    if not address:
        return ""
    if len(address) > ADDRESS[1]:
        raise Invalid("address", "This address is too long.", code="address")
    try:
        outbound.check(address, way=way)
    except Outside as error:
        raise Invalid("address", sentences.of(error), code="address") from None
    return address


def _header(header: str) -> str:
    if not TOKEN.fullmatch(header) or len(header) > HEADER[1] or header.lower() in OURS:
        raise Invalid("header", "This is no name of a header that can be set.", code="header")
    return header


def _secret(secret: str) -> str:
    if len(secret) > SECRET[1] or not secret.isascii() or not secret.isprintable():
        raise Invalid("secret", "A secret is one line of at most 1,000 letters, digits and marks.", code="secret")
    return secret
