"""Webhooks: the list, one with its log, the forms, and what is done to one."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp import post
from webapp.domain import webhooks
from webapp.domain.delivering import missed
from webapp.domain.models import Webhook
from webapp.domain.transaction import release, transaction
from webapp.domain.webhooks import Address, Outfit
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.webhooks import blueprint, pages
from webapp.web.webhooks.forms import WebhookForm, of


@blueprint.get("/")
@allows("webhooks:read")
def index() -> Response:
    """List the webhooks, and show the keys that sign."""
    return pages.index()


@blueprint.get("/new")
@allows("webhooks:create")
def new() -> Response:
    """Ask who is to be told of what."""
    chosen = {"kinds": [*webhooks.WIX_KINDS], "format": request.args.get("format", "plain")}
    form = WebhookForm(formdata=None, **chosen).offer(webhooks.keys_to_leave_out())
    return hx.render("webhooks/new.html", form=form)


@blueprint.post("/")
@allows("webhooks:create")
def make() -> Response:
    """Make a webhook and show its secret, this once."""
    form, made = WebhookForm().offer(webhooks.keys_to_leave_out()), list[tuple[Webhook, str]]()
    address = _address(form)
    if address is None or not form.carry_out(lambda: made.append(_made(form, address))):
        return hx.render("webhooks/new.html", status=form.status, form=form)
    return hx.render("webhooks/made.html", status=201, hook=made[0][0], secret=made[0][1], anew=False)


@blueprint.get("/<uuid:webhook_id>")
@allows("webhooks:read")
def show(webhook_id: UUID) -> Response:
    """Show a webhook with what was sent to it."""
    return pages.show(webhooks.get(webhook_id))


@blueprint.get("/<uuid:webhook_id>/edit")
@allows("webhooks:update")
def edit(webhook_id: UUID) -> Response:
    """Ask what is to be otherwise."""
    found = webhooks.get(webhook_id)
    return hx.render("webhooks/edit.html", hook=found, form=of(found, webhooks.keys_to_leave_out()))


@blueprint.post("/<uuid:webhook_id>")
@allows("webhooks:update")
def change(webhook_id: UUID) -> Response:
    """Change what is said of a webhook."""
    webhooks.get(webhook_id)
    form = WebhookForm().offer(webhooks.keys_to_leave_out())
    address = _address(form)
    if address is None or not form.carry_out(lambda: _changed(webhook_id, form, address)):
        return hx.render("webhooks/edit.html", status=form.status, hook=webhooks.get(webhook_id), form=form)
    return _back(webhook_id, _("Saved."))


@blueprint.post("/<uuid:webhook_id>/pause")
@allows("webhooks:update")
def pause(webhook_id: UUID) -> Response:
    """Tell it nothing for a while."""
    with transaction():
        webhooks.pause(webhook_id, actor=actor())
    return _back(webhook_id, _("Paused. What happens from now on is not told until it is enabled again."))


@blueprint.post("/<uuid:webhook_id>/resumption")
@allows("webhooks:update")
def resume(webhook_id: UUID) -> Response:
    """Tell it again."""
    with transaction():
        webhooks.resume(webhook_id, actor=actor())
    return _back(webhook_id, _("Enabled. What happens from now on is told here again."))


@blueprint.post("/<uuid:webhook_id>/recovery")
@allows("webhooks:update")
def recover(webhook_id: UUID) -> Response:
    """Tell it again, and of what it missed."""
    with transaction():
        count = missed.resume(webhook_id, actor=actor())
    said = ngettext(
        "Enabled. %(num)s message that it missed is sent.",
        "Enabled. %(num)s messages that it missed are sent.",
        count,
    )
    return _back(webhook_id, said)


@blueprint.post("/<uuid:webhook_id>/secret")
@allows("webhooks:update")
def rotate(webhook_id: UUID) -> Response:
    """Give it a new secret and show that, this once."""
    with transaction():
        hook, secret = webhooks.rotate(webhook_id, outfit=_outfit(), actor=actor())
    return hx.render("webhooks/made.html", status=201, hook=hook, secret=secret, anew=True)


@blueprint.post("/<uuid:webhook_id>/tests")
@allows("webhooks:update")
def test(webhook_id: UUID) -> Response:
    """Send it a message that tells nothing."""
    with transaction():
        webhooks.test(webhook_id, actor=actor())
    return _back(webhook_id, _("A test is on its way. Load the page again in a moment to see how it went."))


@blueprint.post("/<uuid:webhook_id>/removal")
@allows("webhooks:delete")
def remove(webhook_id: UUID) -> Response:
    """Delete it with its log."""
    with transaction():
        webhooks.remove(webhook_id, actor=actor())
    flash(_("The webhook is deleted."))
    return hx.redirect(url_for("webhooks.index"))


def _address(form: WebhookForm) -> Address | None:
    """Judge the address of a form; None where the form has to be shown again. No transaction is open meanwhile."""
    found: list[Address] = []
    url = form.given("url")
    release()
    if form.validate():
        form.attempt(lambda: found.append(webhooks.judged(url, way=_outfit().way)))
    return found[0] if found else None


def _made(form: WebhookForm, address: Address) -> tuple[Webhook, str]:
    told: dict[str, Any] = {"dialect": form.given("format"), "outfit": _outfit(), "actor": actor()}
    return webhooks.add(form.fields(address), **told)


def _changed(webhook_id: UUID, form: WebhookForm, address: Address) -> Webhook:
    told: dict[str, Any] = {"dialect": form.given("format"), "outfit": _outfit(), "actor": actor()}
    return webhooks.change(webhook_id, form.fields(address), version=form.version.data, **told)


def _outfit() -> Outfit:
    return post.outfit_of(current_app)


def _back(webhook_id: UUID, said: str) -> Response:
    flash(said)
    return hx.redirect(url_for("webhooks.show", webhook_id=webhook_id))
