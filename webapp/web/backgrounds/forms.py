"""What is said of a background, row by row; every complaint stands at its field and nothing typed is lost."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import Length, Optional

from webapp.domain.backgrounds import typed
from webapp.domain.backgrounds.areas import Area
from webapp.domain.backgrounds.fields import BackgroundFields
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.models import Language
from webapp.domain.models.background import ADDRESS_PART, NAME, TURNS, ZONES
from webapp.domain.models.translation import CAPTION
from webapp.web.backgrounds import sheets
from webapp.web.backgrounds.sheets import Sheet
from webapp.web.backgrounds.words import PART_WORDS, TURN_WORDS, UNIT_WORDS, ZONE_WORDS
from webapp.web.editor.forms import MOMENTS, one_line_end, token
from webapp.web.forms import Choice, Form
from webapp.web.phrases import tongue

TOO_LONG: Final = _l("Shorten this to %(max)d characters.")
NAMED: Final = {"displayZones": "zones", "distance": "radius", "location": "country"}
"""Our fields by what the domain calls them."""


class BackgroundForm(Form):
    """A background; places and captions have as many fields as the sheet has rows and the site languages."""

    name = StringField(_l("Name"), [Length(max=NAME[1], message=TOO_LONG)])
    medias = HiddenField(_l("Pictures"))
    zones = SelectMultipleField(
        _l("Zones"),
        choices=[Choice(each, ZONE_WORDS[each]) for each in ZONES],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    turns = RadioField(
        _l("When there are several pictures"), choices=[Choice(each, TURN_WORDS[each]) for each in TURNS]
    )
    active = BooleanField(_l("Shown"))
    starts_at = DateTimeLocalField(_l("Shown from"), [Optional()], format=MOMENTS)
    ends_at = DateTimeLocalField(_l("Shown until"), [Optional()], format=MOMENTS)
    metadatas = TextAreaField(_l("Metadata"), filters=[one_line_end])
    locations = HiddenField(_l("Places"))
    version = token()

    def __init__(self, sheet: Sheet, languages: list[Language]) -> None:
        super().__init__(formdata=sheet)
        self.sheet, self.languages = sheet, languages
        self.areas: list[Area] = []
        self.said: Mapping[str, Any] = {}
        for language in languages:
            self._put(f"caption-{language.code}", _caption(language))
        for name in sheets.rows(sheet):
            for part, field in _row_fields(sheet.get(f"{name}-unit", "")).items():
                self._put(f"{name}-{part}", field)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, each row of places, and the metadata."""
        valid = super().validate(extra_validators)
        read = [self._read_row(name) for name in sheets.rows(self.sheet)]
        self.areas = [area for area in read if area is not None]
        said: list[Mapping[str, Any]] = []
        valid &= super().attempt(lambda: said.append(typed.metadata(self.given("metadatas"))))
        self.said = said[0] if said else {}
        if not sheets.media_ids(self.sheet):
            self.refuse("medias", _("Choose at least one picture."))
        if not self.zones.data:
            self.refuse("zones", _("Choose at least one zone."))
        return valid and None not in read and not self.medias.errors and not self.zones.errors

    def attempt(self, change: Callable[[], Any]) -> bool:
        """Do it; a picture that has left the library is complained of beside the pictures."""
        try:
            return super().attempt(change)
        except NotFound as missing:
            if missing.thing != "Media":
                raise
            self.refuse("medias", _("A picture is no longer in the library. Take it out and save again."))
            return False

    def refuse(self, name: str | None, message: str) -> None:
        """Write a complaint beside a field, by our name or the domain's."""
        wanted = NAMED.get(name or "", name)
        super().refuse("metadatas" if (wanted or "").startswith("metadatas") else wanted, message)

    def fields(self) -> BackgroundFields:
        """Return what the domain is told, once all has been checked."""
        return {
            "name": self.given("name").strip(),
            "is_active": bool(self.active.data),
            "starts_at": _utc(self.starts_at.data),
            "ends_at": _utc(self.ends_at.data),
            "turns": self.turns.data or TURNS[0],
            "metadatas": self.said,
            "media_ids": tuple(sheets.media_ids(self.sheet)),
            "zones": tuple(each for each in ZONES if each in (self.zones.data or ())),
            "areas": tuple(self.areas),
            "captions": {each.id: self.given(f"caption-{each.code}").strip() or None for each in self.languages},
        }

    def _put(self, name: str, field: Any) -> None:
        self._fields[name] = self.meta.bind_field(self, field, {"name": name, "prefix": ""})
        self._fields[name].process(self.sheet)

    def _read_row(self, name: str) -> Area | None:
        """Return the area that a row says; None where it is complained of."""
        read: list[Area] = []
        try:
            read.append(_area(self.sheet, name))
        except Invalid as refused:
            field = refused.field.rpartition(".")[2]
            field = NAMED.get(field, field)
            shown = "latitude" if self.sheet.get(f"{name}-kind") == "circle" else "country"
            known = f"{name}-{field}" in self._fields
            super().refuse(f"{name}-{field}" if known else f"{name}-{shown}", refused.message)
        return read[0] if read else None


def _area(sheet: Sheet, name: str) -> Area:
    """Return the area of a row. Raises Invalid."""

    def given(part: str) -> str:
        return str(sheet.get(f"{name}-{part}", "")).strip()

    place = typed.place(given("latitude"), given("longitude"))
    radius = typed.distance(given("radius"), given("unit")) if given("radius") else None
    if given("kind") == "circle":
        if place is None:
            raise Invalid("latitude", _("Say where the middle of the circle is."), code="coordinates")
        if radius is None:
            raise Invalid("radius", _("Say how far the circle reaches."), code="radius")
        return Area.round(place.latitude, place.longitude, radius)
    if radius and place is None:
        raise Invalid("latitude", _("Say where the middle is, or take the radius out."), code="coordinates")
    address = {part: given(part) for part in PART_WORDS if given(part)} | _rest(given("rest"))
    if place:
        address |= {"latitude": place.latitude, "longitude": place.longitude}
    return Area.located(address, radius)


def _rest(text: str) -> dict[str, Any]:
    """Return what a program has said of an address beyond what the form shows."""
    try:
        said = orjson.loads(text) if text and len(text) <= sheets.LONGEST_REST else {}
    except orjson.JSONDecodeError:
        return {}
    shown = (*PART_WORDS, "latitude", "longitude")
    return {each: value for each, value in said.items() if each not in shown} if isinstance(said, dict) else {}


def _caption(language: Language) -> Any:
    return TextAreaField(tongue(language), [Length(max=CAPTION[1], message=TOO_LONG)], filters=[one_line_end])


def _row_fields(unit: str) -> dict[str, Any]:
    """Return the fields of a row; a radius without a unit, or with a rare one, keeps it."""
    said = {unit if each == "m" and not unit else each: words for each, words in UNIT_WORDS.items()}
    rare = {unit: unit} if unit not in said else {}
    units = [Choice(*each) for each in (said | rare).items()]
    short = Length(max=ADDRESS_PART[1], message=TOO_LONG)
    return {part: StringField(label, [short]) for part, label in PART_WORDS.items()} | {
        "kind": HiddenField(),
        "rest": HiddenField(),
        "latitude": StringField(_l("Latitude")),
        "longitude": StringField(_l("Longitude")),
        "radius": StringField(_l("Radius")),
        "unit": SelectField(_l("Unit"), choices=units, validate_choice=False),
    }


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
