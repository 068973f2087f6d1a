"""The letter to administrators about a webhook that has been disabled by itself."""

from uuid import UUID

import structlog
from flask import Flask
from flask_babel import gettext as _

from webapp import post
from webapp.domain import accounts, webhooks
from webapp.domain.transaction import release
from webapp.infra.mail import MailFailed
from webapp.web import phrases
from webapp.web.accounts import letters

log = structlog.get_logger(__name__)


def init(app: Flask) -> None:
    """Have the worker write it."""
    app.extensions[post.ENDED] = write


def write(webhook_id: UUID) -> None:
    """Tell all administrators, each in their language; a letter that is not taken is noted and no more."""
    if not letters.can_be_sent():
        return
    found = webhooks.get(webhook_id)
    named = {"webhook": found.name, "url": found.url, "why": found.ended, "path": f"/webhooks/{found.id}"}
    admins = [each for each in accounts.all_users() if each.active and accounts.role_of(each) == "admin"]
    people = [(each.email, each.name, each.language) for each in admins]
    release()
    for email, name, language in people:
        with phrases.speaking(language or phrases.STANDARD):
            subject = _("A webhook has been disabled")
            try:
                letters.send(email, subject, "emails/webhook.txt", name=name, **named)
            except MailFailed as error:
                log.warning("a letter about a webhook was not taken", fault=str(error))
