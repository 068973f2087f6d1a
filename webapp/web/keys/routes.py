"""The keys page, the form for another key, and the page that shows it, once."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _

from webapp.config import Settings
from webapp.domain import accounts, keys
from webapp.domain.models import ApiKey
from webapp.domain.transaction import transaction
from webapp.doors import SIGNED_IN, actor, allows
from webapp.web import hx
from webapp.web.keys import blueprint
from webapp.web.keys.forms import WORDS, KeyForm, presets


@blueprint.get("/")
@allows(SIGNED_IN)
def index() -> Response:
    """List one's own keys; an administrator sees everybody's."""
    return hx.render("keys/index.html", "keys/_list.html", **_listed())


@blueprint.get("/new")
@allows(SIGNED_IN)
def new() -> Response:
    """Ask what a key is for, with what a preset chooses."""
    chosen = keys.PRESETS.get(request.args.get("preset", "read"), frozenset())
    return _page(KeyForm(None, permissions=sorted(chosen), name=request.args.get("name", "")))


@blueprint.post("/")
@allows(SIGNED_IN)
def make() -> Response:
    """Make a key and show it, this once."""
    form, made = KeyForm(), list[tuple[ApiKey, str]]()
    form.offer(actor())
    if not form.carry_out(lambda: made.append(_make(form))):
        return _page(form, status=form.status)
    return _made(*made[0])


@blueprint.post("/<uuid:key_id>/revocation")
@allows(SIGNED_IN)
def revoke(key_id: UUID) -> Response:
    """Make a key worthless."""
    with transaction():
        keys.revoke(key_id, actor=actor())
    return hx.after(url_for("keys.index"), "keys/_list.html", said=_("The key no longer works."), **_listed())


def _make(form: KeyForm) -> tuple[ApiKey, str]:
    me = actor().id
    assert me is not None  # noqa: S101  who is signed in has an account
    chosen = form.permissions.data or []
    return keys.add(
        accounts.get(me), name=form.given("name"), permissions=chosen, expires_at=form.ends(), actor=actor()
    )


def _made(key: ApiKey, whole: str) -> Response:
    settings: Settings = current_app.extensions["vitrine-settings"]
    public_id, _dot, secret = whole.partition(".")
    sample = f"curl -H 'Authorization: Bearer {whole}' \\\n  {settings.base_url}/api/v1/galleries"
    halves = {"public_id": public_id, "secret": secret}
    return hx.render("keys/made.html", status=201, key=key, whole=whole, sample=sample, **halves)


def _page(form: KeyForm, *, status: int = 200) -> Response:
    form.offer(actor())
    return hx.render("keys/new.html", status=status, form=form, presets=presets(actor()))


def _listed() -> dict[str, Any]:
    rows = keys.listed(actor())
    return {"rows": rows, "meanings": WORDS, "me_id": actor().id}
