"""Letters about accounts. The one with a reset link is written by the worker, so that asking for it takes as long
for an address that nobody has."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template
from flask_babel import gettext as _

from webapp import jobs
from webapp.config import Settings
from webapp.domain import accounts, site
from webapp.domain.permissions import system
from webapp.domain.transaction import transaction
from webapp.infra import mail
from webapp.web import phrases


class Letters:
    """What the worker writes for one app."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.send_reset: Callable[..., Any] = jobs.of(app).queue.task(name="send_reset")(self._send_reset)

    def _send_reset(self, email: str, language: str = phrases.STANDARD) -> None:
        with self.app.app_context():
            user = accounts.find_by_email(email)
            if user is None or not user.active:
                return
            to, name, language = user.email, user.name, user.language or language
            with transaction():
                link = accounts.reset_link(user.id, _settings().base_url, actor=system("job"))
            with phrases.speaking(language):
                send(to, _("Set a new password"), "emails/reset.txt", link=link, name=name)


def init(app: Flask) -> None:
    """Teach the worker to write."""
    app.extensions["vitrine-letters"] = Letters(app)


def of(app: Flask) -> Letters:
    """Return an app's letters."""
    found: Letters = app.extensions["vitrine-letters"]
    return found


def can_be_sent() -> bool:
    """Say whether there is a mail server."""
    return _settings().smtp is not None


def send(to: str, subject: str, template: str, **context: Any) -> None:
    """Write a letter and send it. Raises MailFailed."""
    settings = _settings()
    assert settings.smtp is not None  # noqa: S101  the caller has asked can_be_sent
    site_name = site.get().name
    text = render_template(template, site_name=site_name, base_url=settings.base_url, **context)
    host = urlsplit(settings.base_url).hostname or "localhost"
    mail.send(settings.smtp, to=to, subject=f"{subject} · {site_name}", text=text, sender_host=host)


def _settings() -> Settings:
    found: Settings = current_app.extensions["vitrine-settings"]
    return found
