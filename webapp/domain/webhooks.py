"""Webhooks: addresses that are told of what happens, the kinds each wants to know of, and the secrets they share.

An address is judged before it is kept (`judged`) and again each time it is called (`webapp.infra.outbound`). A secret
is shown once; after a rotation the one before signs too, for a day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypedDict
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select, update

from webapp.domain import audit, events, sentences, signing_keys
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.models import ApiKey, Delivery, User, Webhook
from webapp.domain.models.webhook import ADDRESS, FORMATS, NAME
from webapp.domain.permissions import Actor, demand
from webapp.domain.sentences import Sentence
from webapp.infra import outbound, sealing, signing
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.outbound import Way
from webapp.infra.outside import Outside

WIX_KINDS: Final = (
    "gallery.created",
    "gallery.updated",
    "gallery.deleted",
    "item.created",
    "item.updated",
    "item.deleted",
)
"""The six that Wix has."""

KINDS: Final[Mapping[str, Sequence[str]]] = {
    "wix": WIX_KINDS,
    "plain": (
        *WIX_KINDS,
        "media.created",
        "media.updated",
        "media.deleted",
        "translation.updated",
        "translation.deleted",
        "background.created",
        "background.updated",
        "background.deleted",
    ),
}
"""What each format can tell."""

TEST: Final = "test"
"""The kind of a message that tells nothing, sent to see whether it arrives."""

OVERLAP: Final = timedelta(hours=24)
MOST: Final = 50
SHOWN: Final = 4
"""How many letters of a secret are shown again, to tell one from another."""


@dataclass(frozen=True)
class Outfit:
    """What is needed to reach others: the installation's key, and how far one may go."""

    key: str
    way: Way


@dataclass(frozen=True)
class Address:
    """An address that may be called, made by `judged` alone."""

    url: str


class WebhookFields(TypedDict):
    """What is said of a webhook beside the `format` that it is told in."""

    name: str
    address: Address
    kinds: Sequence[str]
    own_key_id: UUID | None


def judged(url: str, *, way: Way) -> Address:
    """Look an address up and judge it; no transaction may be open, for that can take a while. Raises Invalid."""
    url = url.strip()
    if not ADDRESS[0] <= len(url) <= ADDRESS[1]:
        raise Invalid("url", "Write an address of at most 2,048 letters.", code="address")
    try:
        outbound.check(url, way=way)
    except Outside as error:
        raise Invalid("url", sentences.of(error), code="address") from None
    return Address(url)


def every() -> list[Webhook]:
    """Return all webhooks by name."""
    return list(db.session.scalars(select(Webhook).order_by(func.lower(Webhook.name), Webhook.id)))


def get(webhook_id: UUID) -> Webhook:
    """Return a webhook. Raises NotFound."""
    found = db.session.get(Webhook, webhook_id)
    if found is None:
        raise NotFound("Webhook")
    return found


def add(fields: WebhookFields, *, dialect: str, outfit: Outfit, actor: Actor) -> tuple[Webhook, str]:
    """Make a webhook and return it with its secret, which is told once. Raises Invalid, Conflict, Forbidden."""
    demand(actor, "webhooks:create")
    if db.session.scalars(select(func.count()).select_from(Webhook)).one() >= MOST:
        raise Conflict(Sentence("There are %(most)s webhooks, and there cannot be more.", most=MOST), code="most")
    secret = signing.fresh_secret()
    made = Webhook(id=uuid4(), format=_format(dialect), made_by_id=actor.id)
    made.secret, made.secret_end = sealing.seal(secret, key=outfit.key), secret[-SHOWN:]
    told = _write(made, fields)
    db.session.add(made)
    if dialect == "wix":
        signing_keys.ensure(key=outfit.key)
    audit.record(actor, "webhook.add", "webhook", made.id, changes=told)
    db.session.flush()
    return made, secret


def change(
    webhook_id: UUID,
    fields: WebhookFields,
    *,
    dialect: str | None = None,
    version: int | None = None,
    outfit: Outfit,
    actor: Actor,
) -> Webhook:
    """Change what is said of a webhook, and with a `dialect` the format that it is told in from now on.

    Raises NotFound, Stale, Invalid, Forbidden.
    """
    found = _mine(webhook_id, actor)
    if version is not None and version != found.version:
        raise Stale("Somebody else has changed this webhook since you opened it. Load the page again to see it.")
    before = found.format
    found.format = _format(dialect or before)
    changes = _write(found, fields)
    if found.format != before:
        changes["format"] = (before, found.format)
        _say_anew(found, outfit=outfit)
    if "url" in changes:
        found.failing_since = None
    if changes:
        _changed(found, "update", changes, actor=actor)
    return found


def pause(webhook_id: UUID, *, actor: Actor) -> Webhook:
    """Tell a webhook nothing for a while: what waits is kept, what happens is told if that is wanted then.

    Raises NotFound, Forbidden.
    """
    found = _mine(webhook_id, actor)
    if found.enabled:
        end(found, "paused", by_id=actor.id)
        _changed(found, "pause", {"enabled": (True, False)}, actor=actor)
    return found


def resume(webhook_id: UUID, *, actor: Actor) -> Webhook:
    """Tell a webhook again, whatever it was disabled for. Raises NotFound, Forbidden."""
    found = _mine(webhook_id, actor)
    if not found.enabled:
        found.enabled, found.ended, found.ended_at, found.ended_by_id = True, None, None, None
        found.failing_since = None
        _changed(found, "resume", {"enabled": (False, True)}, actor=actor)
    return found


def end(found: Webhook, why: str, *, by_id: UUID | None = None) -> None:
    """Disable a webhook: `paused` by somebody, `gone` as its address said, `failing` for days, `sealed` with a key
    that the installation has no more.
    """
    found.enabled, found.ended, found.ended_at, found.ended_by_id = False, why, now(), by_id


def remove(webhook_id: UUID, *, actor: Actor) -> None:
    """Delete a webhook and its log. Raises NotFound, Forbidden."""
    demand(actor, "webhooks:delete")
    found = _locked(webhook_id)
    audit.record(actor, "webhook.remove", "webhook", found.id, changes={"url": (found.url, None)})
    db.session.delete(found)
    db.session.flush()


def rotate(webhook_id: UUID, *, outfit: Outfit, actor: Actor) -> tuple[Webhook, str]:
    """Give a webhook a new secret, told once; the one before signs too for a day. Raises NotFound, Forbidden."""
    found, secret = _mine(webhook_id, actor), signing.fresh_secret()
    found.old_secret, found.old_until = found.secret, now() + OVERLAP
    found.secret, found.secret_end = sealing.seal(secret, key=outfit.key), secret[-SHOWN:]
    _changed(found, "rotate", {}, actor=actor)
    return found, secret


def secrets_of(found: Webhook, *, outfit: Outfit, moment: datetime) -> tuple[str, ...]:
    """Return the secrets that sign at a moment, the newest first. Raises Unreadable."""
    kept = [found.secret]
    if found.old_secret is not None and found.old_until is not None and found.old_until > moment:
        kept.append(found.old_secret)
    return tuple(sealing.unseal(each, key=outfit.key) for each in kept)


def test(webhook_id: UUID, *, actor: Actor) -> Delivery:
    """Have a message sent that tells nothing. Raises NotFound, Conflict where it is disabled, Forbidden."""
    found = _mine(webhook_id, actor)
    if not found.enabled:
        raise Conflict("Nothing is sent to a webhook that is disabled. Enable it first.", code="disabled")
    message_id = uuid4()
    made = Delivery(message_id=message_id, webhook_id=found.id, kind=TEST, lane=TEST, entity_id=str(message_id))
    made.event = {"at": now().isoformat(), "identity": events.identify(actor), "payload": {}}
    db.session.add(made)
    db.session.flush()
    return made


def keys_to_leave_out() -> list[tuple[UUID, str, str]]:
    """Return the keys whose own deeds a webhook can be spared: id, name, and whose it is."""
    statement = select(ApiKey.id, ApiKey.name, User.name).join(User, User.id == ApiKey.user_id)
    found = db.session.execute(statement.where(ApiKey.revoked_at.is_(None)).order_by(ApiKey.name, ApiKey.id))
    return [(key_id, name, whose) for key_id, name, whose in found]


def names_of(user_ids: Sequence[UUID | None]) -> dict[UUID, str]:
    """Return who made or paused webhooks, by id."""
    wanted = {each for each in user_ids if each is not None}
    return dict(iter(db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))))


def _mine(webhook_id: UUID, actor: Actor) -> Webhook:
    demand(actor, "webhooks:update")
    return _locked(webhook_id)


def _locked(webhook_id: UUID) -> Webhook:
    found = db.session.get(Webhook, webhook_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("Webhook")
    return found


def _write(found: Webhook, fields: WebhookFields) -> dict[str, tuple[Any, Any]]:
    """Write what is said of a webhook and return what that changed. Raises Invalid."""
    wanted = {
        "name": _name(fields["name"]),
        "url": fields["address"].url,
        "kinds": _kinds(fields["kinds"], found.format),
        "own_key_id": _key(fields["own_key_id"]),
    }
    changes = {name: (getattr(found, name), value) for name, value in wanted.items() if getattr(found, name) != value}
    for name, (_, value) in changes.items():
        setattr(found, name, value)
    return changes


def _say_anew(found: Webhook, *, outfit: Outfit) -> None:
    """Have all that has not arrived written in the format that a webhook has now, but what it cannot tell."""
    if found.format == "wix":
        signing_keys.ensure(key=outfit.key)
    free = or_(Delivery.lease_until.is_(None), Delivery.lease_until < now())
    mine = update(Delivery).where(Delivery.webhook_id == found.id, Delivery.state != "delivered", free)
    for some, anew in (
        (Delivery.kind.not_in((*KINDS[found.format], TEST)), {"state": "dropped", "ended_at": now()}),
        (Delivery.state == "waiting", {"state": "new"}),
        (Delivery.kind.in_((*KINDS[found.format], TEST)), {"content": None, "lease_until": None}),
    ):
        db.session.execute(mine.where(some).values(anew), execution_options={"synchronize_session": "fetch"})


def _name(name: str) -> str:
    name = name.strip()
    if not NAME[0] <= len(name) <= NAME[1]:
        raise Invalid("name", "Write a name of at most 100 letters.", code="name")
    return name


def _format(dialect: str) -> str:
    if dialect not in FORMATS:
        raise Invalid("format", "Choose one of those that there are.", code="choice")
    return dialect


def _kinds(kinds: Sequence[str], dialect: str) -> list[str]:
    wanted = [kind for kind in KINDS[dialect] if kind in kinds]
    if not wanted or set(kinds) - set(wanted):
        raise Invalid("kinds", "Choose at least one event, of those that this format can tell.", code="kinds")
    return wanted


def _key(key_id: UUID | None) -> UUID | None:
    if key_id is not None and db.session.get(ApiKey, key_id) is None:
        raise Invalid("own_key_id", "This key is not there any more.", code="key")
    return key_id


def _changed(found: Webhook, verb: str, changes: Mapping[str, tuple[Any, Any]], *, actor: Actor) -> None:
    found.version += 1
    found.updated_at = now()
    audit.record(actor, f"webhook.{verb}", "webhook", found.id, changes=changes)
    db.session.flush()
