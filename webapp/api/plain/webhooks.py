"""Webhooks over the plain dialect."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Response, current_app

from webapp import post
from webapp.api.once import once as sent_once
from webapp.api.plain import answers, schemas, shapes
from webapp.api.plain.routing import route
from webapp.api.sending import JSON
from webapp.domain import webhooks
from webapp.domain.delivering import log, missed
from webapp.domain.models import Webhook
from webapp.domain.transaction import release, transaction
from webapp.domain.webhooks import Address, Outfit, WebhookFields
from webapp.doors import actor

READ, UPDATE = "webhooks:read", "webhooks:update"


@route("GET", "/webhooks", READ, answer=shapes.Webhooks)
def list_webhooks() -> Response:
    """List Webhooks"""
    return answers.send({"webhooks": [answers.webhook(each) for each in webhooks.every()]})


@route("POST", "/webhooks", "webhooks:create", status=201, answer=shapes.Webhook, also=(409,))
def create_webhook(body: schemas.WebhookCreate) -> Response:
    """Create Webhook"""
    address = _judged(body.url)
    fields: WebhookFields = {
        "name": body.name,
        "address": address,
        "kinds": body.kinds,
        "own_key_id": body.own_key_id,
    }
    return _with_secret(lambda: webhooks.add(fields, dialect=body.format, outfit=_outfit(), actor=actor()), 201)


@route("GET", "/webhooks/{id}", READ, answer=shapes.Webhook, also=(304, 412))
def get_webhook(webhook_id: UUID) -> Response:
    """Get Webhook"""
    return answers.send_tagged(answers.webhook(webhooks.get(webhook_id)))


@route("PATCH", "/webhooks/{id}", UPDATE, answer=shapes.Webhook, also=(412,))
def update_webhook(webhook_id: UUID, body: schemas.WebhookUpdate) -> Response:
    """Update Webhook"""
    given = body.model_dump(exclude_unset=True)
    kept = webhooks.get(webhook_id)
    address = _judged(given["url"]) if "url" in given else Address(kept.url)

    def update() -> Response:
        found = webhooks.get(webhook_id)
        answers.demand_match(answers.webhook(found))
        said = {name: given.get(name, getattr(found, name)) for name in ("name", "kinds", "own_key_id")}
        how: dict[str, Any] = {"dialect": given.get("format"), "outfit": _outfit(), "actor": actor()}
        webhooks.change(webhook_id, {**said, "address": address}, **how)  # type: ignore[typeddict-item]
        if "enabled" in given:
            _switch(webhook_id, given)
        return answers.send_tagged(answers.webhook(found))

    return _once(update)


@route("DELETE", "/webhooks/{id}", "webhooks:delete", status=204, also=(412,))
def delete_webhook(webhook_id: UUID) -> Response:
    """Delete Webhook"""
    with transaction():
        answers.demand_match(answers.webhook(webhooks.get(webhook_id)))
        webhooks.remove(webhook_id, actor=actor())
    return answers.nothing()


@route("POST", "/webhooks/{id}/secret", UPDATE, answer=shapes.Webhook)
def rotate_webhook_secret(webhook_id: UUID) -> Response:
    """Make Another Secret; the one before signs too for a day"""
    return _with_secret(lambda: webhooks.rotate(webhook_id, outfit=_outfit(), actor=actor()), 200)


@route("POST", "/webhooks/{id}/tests", UPDATE, status=201, answer=shapes.Delivery, also=(409,))
def test_webhook(webhook_id: UUID) -> Response:
    """Send a Test"""
    return _once(lambda: answers.send(answers.delivery(webhooks.test(webhook_id, actor=actor())), 201))


@route("GET", "/webhooks/{id}/deliveries", READ, answer=shapes.Deliveries)
def list_deliveries(webhook_id: UUID, query: schemas.LogQuery) -> Response:
    """List Deliveries"""
    found = webhooks.get(webhook_id)
    state, kind = query.state or "", query.kind or ""
    page = log.page(found.id, state=state, kind=kind, after=query.after, size=query.limit)
    return answers.send({"deliveries": [answers.delivery(each) for each in page.rows], "after": page.after})


@route("POST", "/webhooks/{id}/replays", UPDATE, answer=shapes.Replayed, also=(409,))
def replay_failed(webhook_id: UUID) -> Response:
    """Send Again All That Failed"""
    return _once(lambda: answers.send({"replayed": log.replay_failed(webhook_id, actor=actor())}))


@route("POST", "/webhooks/{id}/deliveries/{message_id}/replays", UPDATE, answer=shapes.Delivery, also=(409,))
def replay_delivery(webhook_id: UUID, message_id: UUID) -> Response:
    """Send One Again"""

    def replay() -> Response:
        found = log.find(webhook_id, message_id)
        return answers.send(answers.delivery(log.replay(webhook_id, found.id, actor=actor())))

    return _once(replay)


def _switch(webhook_id: UUID, given: Mapping[str, Any]) -> None:
    """Enable a webhook, have it told of what it missed where that is wanted, or pause it."""
    again = missed.resume if given.get("missed") else webhooks.resume
    (again if given["enabled"] else webhooks.pause)(webhook_id, actor=actor())


def _once(change: Callable[[], Response]) -> Response:
    return sent_once(change, mimetype=JSON)


def _with_secret(change: Callable[[], tuple[Webhook, str]], status: int) -> Response:
    """Do what makes a secret and tell it, this once: what is kept for a request that is sent again has none."""
    told: list[str] = []

    def make() -> Response:
        found, secret = change()
        told.append(secret)
        return answers.send(answers.webhook(found), status)

    answer = _once(make)
    if told:
        answer.data = answers.pack({**(answer.get_json() or {}), "secret": told[0]})
    return answer


def _judged(url: str) -> Address:
    """Judge an address while no connection to the database is held. Raises Invalid."""
    release()
    return webhooks.judged(url, way=_outfit().way)


def _outfit() -> Outfit:
    return post.outfit_of(current_app)
