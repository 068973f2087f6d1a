"""A place is tried: which background stands behind a zone there and then, why, and who else would have fitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import DateTimeLocalField, SelectField, StringField
from wtforms.validators import Length, Optional

from webapp.domain import languages
from webapp.domain.backgrounds import areas, listing, resolving, showing, typed, wanting
from webapp.domain.backgrounds.listing import Wanted
from webapp.domain.backgrounds.resolving import Asked, Candidate
from webapp.domain.backgrounds.showing import Seen
from webapp.domain.backgrounds.wanting import Wanting
from webapp.domain.errors import Invalid
from webapp.domain.models.background import ADDRESS_PART, ZONES
from webapp.doors import allows
from webapp.infra.clock import now
from webapp.web import hx
from webapp.web.backgrounds import blueprint, drawing, words
from webapp.web.backgrounds.drawing import Row
from webapp.web.backgrounds.words import PART_WORDS, ZONE_WORDS
from webapp.web.editor.forms import MOMENTS
from webapp.web.forms import Choice, Form
from webapp.web.phrases import tongue
from webapp.web.shots import Shot, shot

PAGE: Final = "backgrounds/try.html"
SHORT: Final = [Length(max=ADDRESS_PART[1], message=_l("Shorten this to %(max)d characters."))]


class TryForm(Form):
    """Who asks: for which zone, from where, when, in which language."""

    zone = SelectField(_l("Zone"), choices=[Choice(each, ZONE_WORDS[each]) for each in ZONES])
    latitude = StringField(_l("Latitude"), SHORT)
    longitude = StringField(_l("Longitude"), SHORT)
    when = DateTimeLocalField(_l("Moment"), [Optional()], format=MOMENTS)
    lang = SelectField(_l("Language"), validate_choice=False)
    visit = StringField(_l("Visit"), SHORT)
    country = StringField(PART_WORDS["country"], SHORT)
    region = StringField(PART_WORDS["region"], SHORT)
    department = StringField(PART_WORDS["department"], SHORT)
    locality = StringField(PART_WORDS["locality"], SHORT)
    postalCode = StringField(PART_WORDS["postalCode"], SHORT)  # noqa: N815  as programs call it
    streetAddress = StringField(PART_WORDS["streetAddress"], SHORT)  # noqa: N815

    def address(self) -> dict[str, str]:
        """Return the parts of an address that are given."""
        return {name: said for name in areas.WHERE if (said := self.given(name).strip())}

    def asked(self) -> Asked | None:
        """Return who asks, None where that makes no sense, which is then complained of."""
        when = self.when.data.replace(tzinfo=UTC) if self.when.data else now()
        try:
            place = typed.place(self.given("latitude"), self.given("longitude"))
        except Invalid as refused:
            self.refuse(refused.field, refused.message)
            return None
        return Asked(self.zone.data, when, place, self.address() or None, self.given("visit"))


@dataclass(frozen=True)
class Fitting:
    """A background that fits: its row of the list, and why it comes where it does."""

    row: Row
    why: str
    rank: str


@dataclass(frozen=True)
class Tried:
    """What came of it: what is seen and its picture, who fits in order, or what is wanting."""

    asked: Asked
    seen: Seen | None
    picture: Shot | None
    fitting: Sequence[Fitting]
    wanting: Wanting | None
    nearest: Row | None

    @property
    def short(self) -> str:
        """How far the nearest circle ends before the place."""
        near = self.wanting.nearest if self.wanting else None
        return words.length(near.short) if near else ""


@blueprint.get("/try")
@allows("backgrounds:read")
def try_place() -> Response:
    """Ask for a place, and show which background stands there."""
    form = _form()
    asked = form.asked() if form.validate() else None
    tried = _tried(asked, form.lang.data or None) if asked else None
    status = 200 if tried else form.status
    parts = [form[name] for name in areas.WHERE]
    return hx.render(PAGE, "backgrounds/_tried.html", form=form, tried=tried, parts=parts, status=status)


def _form() -> TryForm:
    given = request.args.copy()
    for name in ("latitude", "longitude"):
        if pair := typed.pair(given.get(name, "")):
            given["latitude"], given["longitude"] = pair
    given.setdefault("zone", ZONES[0])
    form = TryForm(formdata=given)
    known = languages.all_languages(active_only=True)
    codes = [each.code.lower() for each in known]
    form.lang.choices = [Choice(code, tongue(each)) for code, each in zip(codes, known, strict=True)]
    form.lang.data = form.lang.data if form.lang.data in codes else codes[0]
    return form


def _tried(asked: Asked, code: str | None) -> Tried:
    """Try a place; a constant number of statements."""
    seen = showing.see(asked, code)
    if seen is None:
        lacks = wanting.look(asked)
        nearest = _rows([lacks.nearest.background_id]) if lacks.nearest else {}
        return Tried(asked, None, None, (), lacks, next(iter(nearest.values()), None))
    known = _rows([each.background_id for each in seen.candidates])
    fitting = [_fitting(each, known[each.background_id]) for each in seen.candidates if each.background_id in known]
    found = seen.picture
    about: dict[str, Any] = {"width": found.width, "height": found.height, "colour": found.colour}
    return Tried(asked, seen, shot(found.sha256, files=found.files, **about), fitting, None, None)


def _rows(ids: Sequence[Any]) -> Mapping[Any, Row]:
    found, _total = listing.page(Wanted(ids=ids), first=0, size=resolving.SHOWN)
    return {row.background.id: row for row in drawing.rows(found)}


def _fitting(found: Candidate, row: Row) -> Fitting:
    if found.distance is not None:
        away, radius = words.length(found.distance), words.length(found.rank.size)
        why = _("Its circle holds the place; its middle is %(distance)s away.", distance=away)
        return Fitting(row, why, radius)
    if found.rank.why == "address":
        parts = int(-found.rank.size)
        why = ngettext("It names %(num)s part of the address.", "It names %(num)s parts of the address.", parts)
        return Fitting(row, why, str(_("A postal address")))
    return Fitting(row, _("It stands everywhere in this zone."), str(_("Everywhere")))
