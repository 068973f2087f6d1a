"""The page of the site's own settings."""

from typing import Final

from flask import Response, url_for
from flask_babel import gettext as _

from webapp.domain import languages, site
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.site import blueprint
from webapp.web.site.forms import SiteForm

KEPT: Final = ("name", "gate", "gate_languages", "reviews", "takes_texts", "shows_places", "version")


@blueprint.get("/")
@allows("settings:update")
def show() -> Response:
    """Show what the site is called."""
    return hx.render("site/show.html", "site/_settings.html", form=_form(), site=site.get())


@blueprint.post("/")
@allows("settings:update")
def change() -> Response:
    """Call it something else."""
    form = SiteForm(gate=site.get().gate).offer(languages.all_languages(active_only=True))
    if not form.carry_out(lambda: site.update(form.fields(), version=form.version.data, actor=actor())):
        return hx.render("site/show.html", "site/_settings.html", status=form.status, form=form, site=site.get())
    said = _("Saved. Every page and letter says so from now on.")
    return hx.after(url_for("site.show"), "site/_settings.html", said=said, form=_form(), site=site.get())


def _form() -> SiteForm:
    found = site.get()
    kept = {name: getattr(found, name) for name in KEPT}
    return SiteForm(formdata=None, **kept).offer(languages.all_languages(active_only=True))
