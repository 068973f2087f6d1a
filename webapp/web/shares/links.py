"""The share links of a gallery, and all of the site: made, given a new address, withdrawn."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.config import Settings
from webapp.domain import approving, headings, languages, shares
from webapp.domain.headings import Heading
from webapp.domain.models import Share
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx, phrases
from webapp.web.shares import blueprint
from webapp.web.shares.forms import ShareForm


@blueprint.get("/galleries/<uuid:gallery_id>/shares")
@allows("galleries:update")
def index(gallery_id: UUID) -> Response:
    """List the links with their log, and offer another one."""
    return _page(headings.of(gallery_id), ShareForm(formdata=None))


@blueprint.post("/galleries/<uuid:gallery_id>/shares")
@allows("galleries:update")
def make(gallery_id: UUID) -> Response:
    """Make a link and show its address, this once."""
    heading, form, made = headings.of(gallery_id), ShareForm(), list[tuple[Share, str]]()
    _offer(form, heading)
    done = form.carry_out(
        lambda: made.append(shares.make(gallery_id, form.fields(), base_url=_base_url(), actor=actor()))
    )
    return _made(gallery_id, *made[0]) if done else _page(headings.of(gallery_id), form, status=form.status)


@blueprint.post("/galleries/<uuid:gallery_id>/shares/<uuid:share_id>/address")
@allows("galleries:update")
def renew(gallery_id: UUID, share_id: UUID) -> Response:
    """Give a link a new address, shown this once."""
    with transaction():
        made = shares.renew(gallery_id, share_id, base_url=_base_url(), actor=actor())
    return _made(gallery_id, *made)


@blueprint.post("/galleries/<uuid:gallery_id>/shares/<uuid:share_id>/revocation")
@allows("galleries:update")
def revoke(gallery_id: UUID, share_id: UUID) -> Response:
    """Withdraw a link."""
    with transaction():
        shares.revoke(gallery_id, share_id, actor=actor())
    flash(_("The link no longer works."))
    return hx.redirect(url_for("shares.index", gallery_id=gallery_id))


@blueprint.get("/shares/")
@allows("settings:update")
def site() -> Response:
    """List all links of the site that work."""
    return hx.render("shares/site.html", rows=shares.of_site(), away=shares.away())


@blueprint.post("/shares/makers/<uuid:user_id>/revocation")
@allows("settings:update")
def revoke_all(user_id: UUID) -> Response:
    """Withdraw all links that somebody has made."""
    with transaction():
        count = shares.revoke_all_of(user_id, actor=actor())
    flash(ngettext("%(num)s link no longer works.", "%(num)s links no longer work.", count))
    return hx.redirect(url_for("shares.site"))


def _made(gallery_id: UUID, share: Share, link: str) -> Response:
    return hx.render("shares/made.html", status=201, heading=headings.of(gallery_id), share=share, link=link)


def _page(heading: Heading, form: ShareForm, *, status: int = 200) -> Response:
    _offer(form, heading)
    rows = shares.of_gallery(heading.id)
    context: dict[str, Any] = {
        "heading": heading,
        "form": form,
        "rows": rows,
        "visits": shares.visits([row.share.id for row in rows]),
        "approvals": approving.of_shares(heading.gallery, [row.share for row in rows]),
    }
    return hx.render("shares/index.html", status=status, **context)


def _offer(form: ShareForm, heading: Heading) -> None:
    known = languages.all_languages()
    offered = [each for each in known if each.is_active or each.id == heading.source.id]
    form.offer([(each.code, phrases.tongue(each)) for each in offered])


def _base_url() -> str:
    settings: Settings = current_app.extensions["vitrine-settings"]
    return settings.base_url
