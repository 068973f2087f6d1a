"""What is done about deliveries: sent again, one or all that failed, or given up."""

from uuid import UUID

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.delivering import log
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.webhooks import blueprint


@blueprint.post("/<uuid:webhook_id>/replays")
@allows("webhooks:update")
def replay_failed(webhook_id: UUID) -> Response:
    """Send all that failed again."""
    with transaction():
        count = log.replay_failed(webhook_id, actor=actor())
    flash(ngettext("%(num)s message is sent again.", "%(num)s messages are sent again.", count))
    return hx.redirect(url_for("webhooks.show", webhook_id=webhook_id))


@blueprint.post("/<uuid:webhook_id>/deliveries/<int:delivery_id>/replays")
@allows("webhooks:update")
def replay(webhook_id: UUID, delivery_id: int) -> Response:
    """Send one message again."""
    with transaction():
        log.replay(webhook_id, delivery_id, actor=actor())
    return _back(webhook_id, delivery_id, _("It is sent again. Load the page again in a moment to see how it went."))


@blueprint.post("/<uuid:webhook_id>/deliveries/<int:delivery_id>/end")
@allows("webhooks:update")
def drop(webhook_id: UUID, delivery_id: int) -> Response:
    """Try one message no more."""
    with transaction():
        log.drop(webhook_id, delivery_id, actor=actor())
    return _back(webhook_id, delivery_id, _("Given up. It can still be sent by hand."))


def _back(webhook_id: UUID, delivery_id: int, said: str) -> Response:
    flash(said)
    where = url_for("webhooks.show", webhook_id=webhook_id, open=delivery_id)
    return hx.redirect(f"{where}#delivery-{delivery_id}")
