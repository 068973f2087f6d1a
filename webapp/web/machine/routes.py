"""The page of the machine: orders and how far they are, and where the machine is."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp import jobs
from webapp.config import Settings
from webapp.domain import headings, languages
from webapp.domain.errors import NotFound
from webapp.domain.machine import orders, settings
from webapp.domain.machine.settings import Outfit
from webapp.domain.permissions import allow, allow_language
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.infra.outbound import Way
from webapp.web import hx
from webapp.web.machine import blueprint
from webapp.web.machine.forms import MachineForm, OrderForm


@blueprint.get("/")
@allows("translations:update")
def index() -> Response:
    """Show what the machine was asked for and offer to ask it."""
    return page()


@blueprint.get("/orders")
@allows("translations:update")
def progress() -> Response:
    """Show how far the orders are."""
    if not hx.wants_fragment():
        return hx.redirect(url_for("machine.index"))
    return hx.render("machine/_orders.html", "machine/_orders.html", **_orders())


@blueprint.post("/orders")
@allows("translations:update")
def order() -> Response:
    """Ask for texts."""
    form = OrderForm(_into())
    if not form.carry_out(lambda: _placed(form)):
        return page(form=form, status=form.status)
    jobs.enqueue(current_app, jobs.of(current_app).translate)
    flash(_("Asked for. Each text is marked as made by a machine until somebody has read it."))
    return hx.redirect(url_for("machine.index"))


@blueprint.post("/orders/<uuid:order_id>/cancellation")
@allows("translations:update")
def cancel(order_id: UUID) -> Response:
    """Leave the rest of an order undone."""
    with transaction():
        count = orders.cancel(order_id, actor=actor())
    flash(ngettext("%(num)s text was left undone.", "%(num)s texts were left undone.", count))
    return hx.redirect(url_for("machine.index"))


@blueprint.post("/settings")
@allows("settings:update")
def change() -> Response:
    """Say where the machine is."""
    form = MachineForm()
    if not form.carry_out(lambda: _saved(form)):
        return page(setup=form, status=form.status)
    flash(_("Saved."))
    return hx.redirect(url_for("machine.index"))


def page(*, form: OrderForm | None = None, setup: MachineForm | None = None, status: int = 200) -> Response:
    """Answer with the page of the machine."""
    machine = settings.find()
    context: dict[str, Any] = {
        "machine": machine,
        "form": form or _begun(),
        "setup": (setup or _setup()) if allow(actor(), "settings:update") else None,
        "has_secret": bool(machine and machine.secret),
    }
    return hx.render("machine/index.html", status=status, **context, **_orders())


def _orders() -> dict[str, Any]:
    found = orders.recent()
    mine = {each.order.id for each in found if each.order.user_id == actor().id or allow(actor(), "galleries:update")}
    return {"orders": found, "mine": mine, "running": any(each.waiting for each in found)}


def _into() -> list[Any]:
    return [each for each in languages.all_languages(active_only=True) if allow_language(actor(), each.id)]


def _begun() -> OrderForm:
    into = _into()
    wanted = request.args.get("language") or next((each.code for each in into if not each.is_default), "")
    form = OrderForm(into, formdata=None, gallery=request.args.get("gallery", ""), language=wanted)
    if form.gallery_id is not None:
        headings.of(form.gallery_id)
    return form


def _placed(form: OrderForm) -> None:
    if form.gallery_id is not None:
        headings.of(form.gallery_id)
    language_id = form.codes[form.given("language")]
    orders.place(language_id, gallery_id=form.gallery_id, again=bool(form.again.data), actor=actor())


def _setup() -> MachineForm:
    found = settings.kept()
    return MachineForm(
        formdata=None,
        address=found.address if found else "",
        header=found.header if found else "Authorization",
        version=found.version if found else 0,
    )


def _saved(form: MachineForm) -> None:
    found: Settings = current_app.extensions["vitrine-settings"]
    secret = "" if form.forget.data else form.given("secret") or None
    settings.save(
        address=form.given("address"),
        header=form.given("header"),
        secret=secret,
        version=form.version.data,
        outfit=Outfit.of(key=found.secret_key, way=Way(allow=found.outbound_allow)),
        actor=actor(),
    )


def language_or_missing(code: str) -> Any:
    """Return an active language by its code. Raises NotFound."""
    found = languages.find_by_code(code)
    if found is None or not found.is_active:
        raise NotFound("Language")
    return found
