"""The pages of webhooks: what stands on them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from flask import Response, current_app, request, url_for

from webapp.config import Settings
from webapp.domain import signing_keys, webhooks
from webapp.domain.delivering import log
from webapp.domain.delivering.log import Standing
from webapp.domain.errors import NotFound
from webapp.domain.models import Delivery, DeliveryTry, Webhook
from webapp.domain.webhooks import KINDS, TEST
from webapp.infra.clock import now
from webapp.web import hx


@dataclass(frozen=True)
class Opened:
    """A delivery whose details are shown: its tries, the last first, and what it says, so that people can read it."""

    delivery: Delivery
    tries: list[DeliveryTry]
    content: str
    path: str

    @property
    def last(self) -> DeliveryTry | None:
        """The last try."""
        return next(iter(self.tries), None)


def index() -> Response:
    """Answer with the list and the keys."""
    settings: Settings = current_app.extensions["vitrine-settings"]
    keys, moment = signing_keys.published(), now()
    signing = next((each for each in keys if each.signs_from <= moment), None)
    context: dict[str, Any] = {
        "keys": keys,
        "signing": signing,
        "next_key": keys[0] if keys and keys[0] is not signing else None,
        "jwks_url": settings.base_url + url_for("known.jwks"),
        "pem_url": settings.base_url + url_for("known.pem"),
    }
    return hx.render("webhooks/index.html", **_listed(), **context)


def show(found: Webhook) -> Response:
    """Answer with one webhook and a page of its log, narrowed and opened as the address says."""
    state, kind, after = (request.args.get(name, "") for name in ("state", "kind", "after"))
    context: dict[str, Any] = {
        "hook": found,
        "log": log.page(found.id, state=state, kind=kind, after=after or None),
        "chosen": {"state": state if state in log.SHOWN else "", "kind": kind},
        "after": after,
        "kinds": [*KINDS[found.format], TEST],
        "opened": _opened(found),
        "overlaps": found.old_until is not None and found.old_until > now(),
        "own_key": _own_key(found.own_key_id),
    }
    return hx.render("webhooks/show.html", **_listed(), **context)


def _listed() -> dict[str, Any]:
    """Return what stands in the list: all webhooks, how they do, and who made or paused them."""
    rows = webhooks.every()
    standings: dict[UUID, Standing] = log.standings([each.id for each in rows])
    names = webhooks.names_of([person for each in rows for person in (each.made_by_id, each.ended_by_id)])
    failed = sum(each.failed_lately for each in standings.values())
    return {"hooks": rows, "standings": standings, "names": names, "failed_lately": failed}


def _opened(found: Webhook) -> Opened | None:
    """Return the delivery that the address opens. Raises NotFound."""
    given = request.args.get("open", "")
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise NotFound("Delivery")
    delivery = log.get(found.id, int(given))
    parts = urlsplit(found.url)
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    return Opened(delivery, log.tries(delivery.id), readable(delivery.content or ""), path)


def readable(content: str) -> str:
    """Write JSON on lines of its own; the texts of JSON that Wix's format has within are taken apart too."""
    said = orjson.loads(content) if content else {}
    for name in ("data", "identity"):
        if isinstance(said.get(name), str):
            said[name] = orjson.loads(said[name])
    return orjson.dumps(said, option=orjson.OPT_INDENT_2).decode()


def _own_key(key_id: UUID | None) -> str:
    if key_id is None:
        return ""
    return next((name for found, name, _ in webhooks.keys_to_leave_out() if found == key_id), "")
