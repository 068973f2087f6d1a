"""The Jobs page: what is made, fetched and imported now, looked at again while it is; and what failed."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp import jobs
from webapp.domain import workload
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx, paths
from webapp.web.galleries.saying import named
from webapp.web.jobs import blueprint, drawing


@blueprint.get("/")
@allows("media:upload")
def index() -> Response:
    """Show what the worker has to do, and what it has given up."""
    page = workload.failed(after=request.args.get("after") or None)
    following = url_for("jobs.index", after=page.after) if page.after else ""
    failed: dict[str, Any] = {"cards": drawing.cards(page.rows), "next_url": following}
    if hx.wants_fragment():
        return hx.render("jobs/_failed.html", "jobs/_failed.html", **failed)
    return hx.render("jobs/index.html", **failed, **_load())


@blueprint.get("/now")
@allows("media:upload")
def progress() -> Response:
    """Show how far the worker is."""
    if not hx.wants_fragment():
        return hx.redirect(url_for("jobs.index"))
    return hx.render("jobs/_now.html", "jobs/_now.html", **_load())


@blueprint.post("/retries")
@allows("media:update")
def retry_all() -> Response:
    """Try all again that failed."""
    with transaction():
        count = workload.retry_all(actor=actor())
    _ring()
    flash(ngettext("%(num)s file is tried again.", "%(num)s files are tried again.", count))
    return hx.redirect(url_for("jobs.index"))


@blueprint.post("/retries/<uuid:media_id>")
@allows("media:update")
def retry(media_id: UUID) -> Response:
    """Try again what failed of one file."""
    with transaction():
        name = workload.retry(media_id, actor=actor())
    _ring()
    flash(_("“%(name)s” is tried again.", name=named(name)))
    return hx.redirect(paths.own(request.form.get("next", "")) or url_for("jobs.index"))


def _load() -> dict[str, Any]:
    load = workload.look()
    return {"load": load, "kinds": drawing.kinds(load), "named": drawing.word}


def _ring() -> None:
    jobs.ring(current_app)
    jobs.ring_to_fetch(current_app)
