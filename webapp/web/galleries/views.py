"""Views of the list: shown as tabs with how many galleries they have, kept, renamed and removed by whose they are."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain import asking, views
from webapp.domain.asking import Line
from webapp.domain.errors import Invalid
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.galleries import asked, blueprint
from webapp.web.galleries.asked import Asked
from webapp.web.phrases import told

NAMES: Final[dict[str, Any]] = {
    "all": _l("All"),
    "published": _l("Published"),
    "draft": _l("Drafts"),
    "needs": _l("Needs translation"),
    "mine": _l("Mine"),
    "archived": _l("Archived"),
}


@dataclass(frozen=True)
class Tab:
    """A view as a tab; `id` where it is one's own."""

    key: str
    words: str
    url: str
    count: str
    current: bool
    id: UUID | None


def tabs(wanted: Asked) -> list[Tab]:
    """Return all views, the one that is asked for current."""
    return [_tab(view, wanted) for view in views.counted(actor=actor())]


@blueprint.post("/views")
@allows("galleries:read")
def save_view() -> Response:
    """Keep what is asked of the list under a name."""
    line = asked.line_of(request.form)
    _try(lambda: views.save(request.form.get("name", ""), str(line), actor=actor()), _("The view is kept."))
    return hx.redirect(_list(line))


@blueprint.post("/views/<uuid:view_id>")
@allows("galleries:read")
def change_view(view_id: UUID) -> Response:
    """Call a view otherwise, or forget it."""
    view = views.get(view_id, actor=actor())
    line = asking.read(view.query)
    if request.form.get("deed") == "remove":
        _try(lambda: views.remove(views.get(view_id, actor=actor())), _("The view is removed."))
    else:
        _try(lambda: _rename(view_id), _("The view has its new name."))
    return hx.redirect(_list(line))


def _rename(view_id: UUID) -> None:
    views.rename(views.get(view_id, actor=actor()), request.form.get("name", ""))


def _try(change: Any, said: str) -> None:
    """Do it in one transaction; what the domain refuses is said on the next page."""
    try:
        with transaction():
            change()
    except Invalid as refused:
        flash(told(refused), "error")
    else:
        flash(said)


def _list(line: Line) -> str:
    return url_for("galleries.index", q=str(line)) if str(line) else url_for("galleries.index")


def _tab(view: views.View, wanted: Asked) -> Tab:
    line = wanted.line
    return Tab(
        key=view.key if view.id is None else f"own-{view.id}",
        words=view.name or str(NAMES[view.key]),
        url=wanted.url(line=view.line),
        count=f"{views.ENOUGH - 1}+" if view.count >= views.ENOUGH else str(view.count),
        current=(line.words, set(line.filters)) == (view.line.words, set(view.line.filters)),
        id=view.id,
    )
