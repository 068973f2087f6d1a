"""What a list of dynamic backgrounds is asked for: sixteen filters, of which all have to hold (seed 000, D32)."""

import re
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from webapp.api.kinds import LARGEST, Number, absent
from webapp.api.sherl.background_schemas import Day, Latitude, Longitude, Part, Token, Zones, refused
from webapp.api.sherl.routing import PREFIX
from webapp.api.sherl.schemas import PageQuery
from webapp.domain import geo
from webapp.domain.backgrounds.areas import KNOWN_BY
from webapp.domain.backgrounds.listing import Wanted
from webapp.domain.geo import Point

ADDRESS: Final = {name: "departement" if name == "department" else name for name in KNOWN_BY}
"""The parts of an address by the names of their filters, of which the seed writes one in French."""

LISTED: Final = re.compile(r"displayZones(?:\[\d{0,3}\])?", re.ASCII)
"""How zones are written: once, or once each, by JavaScript with empty brackets, by PHP with numbers in them."""

ZONES: Final = "displayZones[]"
BACKGROUNDS: Final = f"{PREFIX}/galleries/dynamic-background/"


def uri_of(background_id: UUID) -> str:
    """Return where a background has its address below the site's own."""
    return f"{BACKGROUNDS}{background_id}"


class VersionQuery(BaseModel):
    """Which version is wanted, the latest where none is named."""

    version: Annotated[Number, Field(ge=1, le=LARGEST)] | None = None


class BackgroundsQuery(PageQuery):
    """A window of a list and its filters; a blank one says nothing, and a place is both its coordinates."""

    id: Part = absent()
    uri: Token = absent()
    country: Part = absent()
    locality: Part = absent()
    region: Part = absent()
    postalCode: Part = absent()
    streetAddress: Part = absent()
    createdAt: Day = absent()
    departement: Part = absent()
    complementaryStreetAddress: Part = absent()
    name: Part = absent()
    originId: Part = absent()
    latitude: Latitude = absent()
    longitude: Longitude = absent()
    displayDeleted: bool = False
    displayZones: Zones = Field(default=[], validation_alias=ZONES)

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, given: Any) -> Any:
        """Leave out what is blank, and bring zones together."""
        found = {name: value for name, value in given.items() if value != "" and not LISTED.fullmatch(name)}
        written = [value for name, value in given.items() if LISTED.fullmatch(name)]
        zones = [zone for each in written for zone in ([each] if isinstance(each, str) else each) if zone != ""]
        return found | ({ZONES: zones} if zones else {})

    @model_validator(mode="after")
    def _names_a_place(self) -> Self:
        with refused(None, below=""):
            self._place()
        return self

    def wanted(self) -> Wanted:
        """Return what the list is to hold."""
        given = {name: getattr(self, written) for name, written in ADDRESS.items()}
        return Wanted(
            ids=self._ids(),
            address={name: text for name, text in given.items() if text},
            zones=tuple(dict.fromkeys(self.displayZones)),
            place=self._place(),
            day=self.createdAt,
            with_deleted=self.displayDeleted,
        )

    def _place(self) -> Point | None:
        given = {"latitude", "longitude"} & self.model_fields_set
        return geo.point(self.latitude, self.longitude) if given else None

    def _ids(self) -> list[UUID] | None:
        """Return the ids that id and uri leave, None where neither is given; what is no id is nobody's."""
        said = [self.id] if "id" in self.model_fields_set else []
        if "uri" in self.model_fields_set:
            said.append(self.uri.partition(BACKGROUNDS)[2])
        found = {_id(each) for each in said}
        if len(found) != 1:
            return [] if found else None
        return [each for each in found if each]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == len(str(UUID(int=0))) else None
    except ValueError:
        return None
