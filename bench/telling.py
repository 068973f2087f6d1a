"""Somebody who is told of events, with a log of what arrived, what failed and what waits."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import orjson

from bench.live import Server
from webapp import create_app, post
from webapp.config import Settings
from webapp.domain import accounts, permissions, webhooks
from webapp.domain.models import Delivery, DeliveryTry
from webapp.domain.transaction import transaction
from webapp.domain.webhooks import Address
from webapp.infra.clock import now
from webapp.infra.db import db

ADDRESS = Address("https://hooks.example/galleries/changed")
RARE = ["translation.deleted", "gallery.deleted"]
"""Kinds that do not happen while the pages are looked at."""

OUTCOMES = (
    ("gallery.deleted", "delivered", 204, ""),
    ("translation.deleted", "failed", 503, "upstream not ready"),
    ("gallery.deleted", "waiting", None, ""),
)


def tell(server: Server, email: str) -> dict[str, str]:
    """Make two webhooks, one of them in Wix's format, and a log; returns the ids of the first and of what failed."""
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context():
        person = accounts.find_by_email(email)
        if person is None:
            raise RuntimeError(f"{email} is missing")
        actor = replace(permissions.system("dashboard"), id=person.id, name=person.name)
        outfit = post.outfit_of(app)
        with transaction():
            made = []
            for name, dialect, kinds in (("Shop", "plain", RARE), ("Bridge", "wix", ["gallery.deleted"])):
                said = {"name": name, "address": ADDRESS, "kinds": kinds, "own_key_id": None}
                made.append(webhooks.add(said, dialect=dialect, outfit=outfit, actor=actor)[0].id)
            webhooks.pause(made[1], actor=actor)
            rows = [_delivery(made[0], *outcome) for outcome in OUTCOMES]
            failed = rows[1].id
        db.session.remove()
        db.engine.dispose()
    return {"webhook": str(made[0]), "delivery": str(failed)}


def _delivery(webhook_id, kind, state, status, answer):
    message_id, moment = uuid4(), now()
    content = orjson.dumps({"id": str(message_id), "type": kind, "data": {"gallery_id": str(uuid4())}}).decode()
    row = Delivery(message_id=message_id, webhook_id=webhook_id, kind=kind, lane=str(message_id), entity_id="")
    row.state, row.content, row.attempts, row.status, row.took = state, content, 2, status, 118
    row.due_at, row.ended_at = moment + timedelta(hours=2), None if state == "waiting" else moment
    db.session.add(row)
    db.session.flush()
    for number in range(2):
        tried = DeliveryTry(delivery_id=row.id, took=118 + number, headers={"webhook-id": str(message_id)})
        tried.status, tried.answer, tried.answer_headers = status, answer or None, {"content-type": "text/plain"}
        tried.error = None if status else "hooks.example took longer than 10 seconds."
        db.session.add(tried)
    return row
