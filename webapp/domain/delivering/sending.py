"""Sending: a worker holds a message by a lease, calls the address without holding the database, notes how it went.

If the worker dies, the lease ends and another takes the message up, with the same id and the same words: at least
once. Messages of one gallery go to one address in their order, as long as none of them has to be tried again; one
address is called by few at a time, so that a slow one holds up nobody else.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update
from sqlalchemy.orm import aliased

from webapp.domain import sentences, signing_keys, webhooks
from webapp.domain.delivering import schedule
from webapp.domain.models import Delivery, DeliveryTry, Webhook
from webapp.domain.models.webhook import DETAIL
from webapp.domain.sentences import packed
from webapp.domain.transaction import release, transaction
from webapp.domain.webhooks import Outfit
from webapp.infra import outbound, signing
from webapp.infra.db import db
from webapp.infra.outside import Outside
from webapp.infra.sealing import Unreadable

LEASE: Final = timedelta(seconds=30)
"""Longer than a try may take; whoever overruns it notes nothing, for another has the message."""

SECONDS: Final = 10.0
ANSWER_BYTES: Final = 64 * 1024
KEPT: Final = 2000
"""Letters of an answer that stay in the log."""

IN_FLIGHT: Final = 2
"""Messages to one address at a time."""

TOKEN_LIFE: Final = timedelta(hours=1)
GONE: Final = 410
TYPES: Final = {"wix": "text/plain", "plain": "application/json"}


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A message that a worker holds until `lease`, and all it takes to send it."""

    id: int
    webhook_id: UUID
    message_id: UUID
    url: str
    format: str
    content: str = field(repr=False)
    lease: datetime
    secrets: tuple[str, ...] = field(repr=False)
    private: str | None = field(repr=False)
    key_id: str | None


@dataclass(frozen=True)
class Outcome:
    """What came of a try: the status and the beginning of an answer, or why there is none; `took` in milliseconds."""

    took: int
    sent: Mapping[str, str]
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    error: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether the message has arrived: only 2xx says so."""
        return self.status is not None and 200 <= self.status < 300


def claim(most: int, *, outfit: Outfit, moment: datetime) -> list[Parcel]:
    """Take up so many of the messages that are due longest; no transaction may be open.

    Looking is free of locks, so an idle worker keeps nobody waiting; what is taken is looked at again under the lock
    of its webhook.
    """
    taken: list[Parcel] = []
    passed: set[int] = set()
    while len(taken) < most and (found := _longest_due(passed, moment)) is not None:
        delivery_id, webhook_id = found
        passed.add(delivery_id)
        with transaction():
            parcel = _take(delivery_id, webhook_id, outfit=outfit, moment=moment)
        if parcel is not None:
            taken.append(parcel)
    return taken


def send(parcel: Parcel, *, outfit: Outfit, moment: datetime) -> Outcome:
    """Call the address once and return how it went; holds no connection to the database."""
    body = _body(parcel, moment)
    headers = {"content-type": TYPES[parcel.format]}
    headers |= signing.headers(str(parcel.message_id), body, moment=moment, known=parcel.secrets)
    begun = time.monotonic()
    way = replace(outfit.way, seconds=SECONDS, most=ANSWER_BYTES)
    try:
        answer = outbound.send("POST", parcel.url, way=way, body=body.encode(), headers=headers)
    except Outside as error:
        return Outcome(_milliseconds(begun), headers, error=sentences.of(error))
    said = answer.body.decode("utf-8", "replace").replace("\x00", "\ufffd")
    return Outcome(_milliseconds(begun), headers, answer.status, _kept(answer.headers), said[:KEPT])


@dataclass(frozen=True)
class Settled:
    """Whether a try was noted, or somebody else has the message by now; whether it disabled the webhook."""

    noted: bool
    ended: bool = False


def settle(parcel: Parcel, outcome: Outcome, *, moment: datetime) -> Settled:
    """Note how a try went and when there is another."""
    with transaction():
        webhook = _locked(parcel.webhook_id)
        delivery = db.session.get(Delivery, parcel.id, with_for_update=True, populate_existing=True)
        if webhook is None or delivery is None or delivery.lease_until != parcel.lease:
            return Settled(noted=False)
        was_enabled = webhook.enabled
        _log(delivery, outcome, moment)
        delivery.attempts, delivery.lease_until = delivery.attempts + 1, None
        delivery.status, delivery.took = outcome.status, outcome.took
        if outcome.is_good:
            delivery.state, delivery.ended_at = "delivered", moment
            webhook.failing_since = None
        else:
            _failed(delivery, webhook, outcome, moment)
        return Settled(noted=True, ended=was_enabled and not webhook.enabled)


def in_turn(moment: datetime) -> ColumnElement[bool]:
    """Whether no earlier message of its lane is being sent, or is due as well."""
    earlier = aliased(Delivery)
    before = select(earlier.id).where(
        earlier.webhook_id == Delivery.webhook_id,
        earlier.lane == Delivery.lane,
        earlier.state.in_(("new", "waiting")),
        earlier.id < Delivery.id,
        earlier.due_at <= moment,
    )
    return ~before.exists()


def _longest_due(passed: set[int], moment: datetime) -> tuple[int, UUID] | None:
    busy = [webhook_id for webhook_id, count in _in_flight(moment).items() if count >= IN_FLIGHT]
    row = db.session.execute(
        select(Delivery.id, Delivery.webhook_id)
        .join(Webhook, Webhook.id == Delivery.webhook_id)
        .where(
            _is_due(moment),
            in_turn(moment),
            Webhook.enabled,
            Delivery.id.not_in(passed),
            Delivery.webhook_id.not_in(busy),
        )
        .order_by(Delivery.due_at, Delivery.id)
        .limit(1)
    ).first()
    release()
    return (row[0], row[1]) if row else None


def _in_flight(moment: datetime) -> dict[UUID, int]:
    """Count the messages that workers hold, by webhook."""
    held = select(Delivery.webhook_id, func.count()).where(
        Delivery.state == "waiting", Delivery.lease_until >= moment
    )
    return dict(iter(db.session.execute(held.group_by(Delivery.webhook_id))))


def _is_due(moment: datetime) -> ColumnElement[bool]:
    free = or_(Delivery.lease_until.is_(None), Delivery.lease_until < moment)
    return and_(Delivery.state == "waiting", Delivery.due_at <= moment, free)


def _take(delivery_id: int, webhook_id: UUID, *, outfit: Outfit, moment: datetime) -> Parcel | None:
    """Hold a message, unless somebody else does by now, or enough others are on their way to its address."""
    webhook = _locked(webhook_id)
    if webhook is None or not webhook.enabled or _in_flight(moment).get(webhook_id, 0) >= IN_FLIGHT:
        return None
    lease = moment + LEASE
    content = db.session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, _is_due(moment), in_turn(moment))
        .values(lease_until=lease)
        .returning(Delivery.content, Delivery.format, Delivery.message_id),
        execution_options={"synchronize_session": False},
    ).first()
    if content is None:
        return None
    try:
        return _parcel(delivery_id, content, webhook, lease, outfit=outfit, moment=moment)
    except Unreadable:
        _disable(webhook, "sealed", moment)
        return None


def _parcel(
    delivery_id: int,
    held: Row[str | None, str | None, UUID],
    webhook: Webhook,
    lease: datetime,
    *,
    outfit: Outfit,
    moment: datetime,
) -> Parcel:
    """Put together what it takes to send a message. Raises Unreadable."""
    written_in = held.format or webhook.format
    key = signing_keys.signing_now() if written_in == "wix" else None
    return Parcel(
        id=delivery_id,
        webhook_id=webhook.id,
        message_id=held.message_id,
        url=webhook.url,
        format=written_in,
        content=held.content or "",
        lease=lease,
        secrets=webhooks.secrets_of(webhook, outfit=outfit, moment=moment),
        private=signing_keys.private_of(key, key=outfit.key) if key else None,
        key_id=str(key.id) if key else None,
    )


def _locked(webhook_id: UUID) -> Webhook | None:
    return db.session.get(Webhook, webhook_id, with_for_update=True, populate_existing=True)


def _body(parcel: Parcel, moment: datetime) -> str:
    """Return what is sent: the words themselves, or a token that says them and is signed anew for each try."""
    if parcel.private is None or parcel.key_id is None:
        return parcel.content
    said = {"data": parcel.content, "iat": int(moment.timestamp()), "exp": int((moment + TOKEN_LIFE).timestamp())}
    return signing.token(said, private=parcel.private, key_id=parcel.key_id)


def _log(delivery: Delivery, outcome: Outcome, moment: datetime) -> None:
    made = DeliveryTry(delivery_id=delivery.id, at=moment, took=outcome.took, headers=dict(outcome.sent))
    made.status, made.answer_headers, made.answer = outcome.status, dict(outcome.headers), outcome.body or None
    made.error = packed(outcome.error, DETAIL[1]) if outcome.error else None
    db.session.add(made)


def _failed(delivery: Delivery, webhook: Webhook, outcome: Outcome, moment: datetime) -> None:
    """Put a message off or give it up, and disable a webhook that is gone or has failed for days.

    A test is tried once, and says nothing of how a webhook does: receivers may refuse what tells them nothing.
    """
    is_test = delivery.kind == webhooks.TEST
    asked = outcome.headers.get("retry-after", "")
    again = schedule.next_try(delivery.attempts, moment=moment, retry_after=asked)
    if is_test or outcome.status == GONE or again is None:
        delivery.state, delivery.ended_at = "failed", moment
    else:
        delivery.due_at = again
    if outcome.status == GONE:
        _disable(webhook, "gone", moment)
    elif not is_test:
        webhook.failing_since = webhook.failing_since or moment
        if schedule.is_hopeless(webhook.failing_since, moment=moment):
            _disable(webhook, "failing", moment)


def _disable(webhook: Webhook, why: str, moment: datetime) -> None:
    """Disable a webhook; what still waits has failed, and can be replayed."""
    if not webhook.enabled:
        return
    webhooks.end(webhook, why)
    webhook.ended_at = moment
    db.session.flush()
    waiting = update(Delivery).where(Delivery.webhook_id == webhook.id, Delivery.state.in_(("new", "waiting")))
    db.session.execute(
        waiting.values(state="failed", ended_at=moment, lease_until=None),
        execution_options={"synchronize_session": "fetch"},
    )


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of an answer as far as they are short enough to be looked at."""
    short = {name[:100]: value[:500].replace("\x00", "\ufffd") for name, value in list(headers.items())[:30]}
    return short if len(json.dumps(short)) <= 2 * KEPT else {}


def _milliseconds(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
