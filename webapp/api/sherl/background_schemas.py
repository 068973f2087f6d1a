"""What requests about dynamic backgrounds say (seed 000): names are the wire's, an unknown one says nothing (D28).

A null says nothing either: PHP's SDK writes one for each field that it has no value for. What the domain would refuse
of one field is refused here already, in its words, so that a client is told all that is wrong at once.
"""

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    Field,
    StrictBool,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, PydanticKnownError

from webapp.api.kinds import STORABLE, absent
from webapp.api.sherl.schemas import ImageObject
from webapp.domain import geo
from webapp.domain.backgrounds.areas import Area
from webapp.domain.backgrounds.fields import MOST_AREAS, MOST_PICTURES, check_metadata
from webapp.domain.errors import Invalid
from webapp.domain.models.background import ADDRESS_PART

MOST_TYPES: Final = 50
MOST_ZONES: Final = 100
"""Zones that one list may name, each as often as it likes."""

TOKEN: Final = (0, 2048)
"""Characters of what an address is called elsewhere: its uri, Google's token for it."""

DECIMAL: Final = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
"""A number as JavaScript writes it into a query."""

LENGTH: Final = rf"^\d{{1,9}}(\.\d{{1,9}})?({'|'.join(geo.METRES)})?$"
"""How a distance is written, for the document; which ones are too far says the domain."""

ONE: Final = "locations[0]"
"""How the domain names the place that it is asked about; here it stands where it stands."""


@contextmanager
def refused(given: Any, *, below: str) -> Iterator[None]:
    """Say what the domain refuses as pydantic would, at the path that it names `below` this field."""
    try:
        yield
    except Invalid as wrong:
        said = PydanticCustomError("value_error", "{said}", {"said": str(wrong.message)})
        path = tuple(filter(None, wrong.field.removeprefix(below).split(".")))
        found = InitErrorDetails(type=said, loc=path, input=given)
        raise ValidationError.from_exception_data(below, [found]) from None


def _number(value: Any) -> Any:
    """Take a number, or a text that says one; true is none."""
    if isinstance(value, str) and DECIMAL.fullmatch(value) and math.isfinite(float(value)):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticKnownError("float_parsing" if isinstance(value, str) else "float_type")
    return value


def _distance(field: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        with refused(text, below=field):
            geo.metres(text, field=field)
        return text

    return check


def _told(kind: str, **limits: Any) -> WithJsonSchema:
    """Describe a field in the document by what it has to be."""
    return WithJsonSchema({"type": kind} | limits)


def _metadata(said: dict[str, Any]) -> dict[str, Any]:
    with refused(said, below="metadatas"):
        check_metadata(said)
    return said


def _either(*names: str) -> Any:
    """Let a field come by either name, or be left out."""
    return Field(default_factory=lambda: None, validation_alias=AliasChoices(*names))


def _several(value: Any) -> Any:
    """Take one where several could be: PHP's SDK has one zone, and one media."""
    return [value] if isinstance(value, str | dict) else value


def _small(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _day(value: Any) -> Any:
    """Take a day, or a moment of it, whose day in UTC is meant."""
    try:
        moment = datetime.fromisoformat(value)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (TypeError, ValueError, OverflowError):
        raise PydanticCustomError("date_parsing", "Write a day or a moment of it in ISO 8601") from None


Part = Annotated[str, Field(max_length=ADDRESS_PART[1]), STORABLE]
Token = Annotated[str, Field(max_length=TOKEN[1]), STORABLE]
Latitude = Annotated[
    int | float, BeforeValidator(_number), Field(ge=-90, le=90), _told("number", minimum=-90, maximum=90)
]
Longitude = Annotated[
    int | float, BeforeValidator(_number), Field(ge=-180, le=180), _told("number", minimum=-180, maximum=180)
]
Distance = Annotated[str, AfterValidator(_distance("distance")), _told("string", pattern=LENGTH)]
Radius = Annotated[str, AfterValidator(_distance("radius")), _told("string", pattern=LENGTH)]
Zone = Literal["HOME_PAGE", "MENU", "EVENTS_LIST", "MAP_LIST", "LAUNCHSCREEN", "ACTIVITY_FORM"]
Zones = Annotated[list[Zone], BeforeValidator(_several), Field(max_length=MOST_ZONES)]
SomeZones = Annotated[Zones, Field(min_length=1)]
Pictures = Annotated[list[ImageObject], BeforeValidator(_several), Field(min_length=1, max_length=MOST_PICTURES)]
Metadata = Annotated[dict[str, Any], AfterValidator(_metadata)]
Day = Annotated[date, BeforeValidator(_day), _told("string", format="date-time")]


class Said(BaseModel):
    """An object whose nulls say nothing."""

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if value is not None}


class Address(Said):
    """An IAddress; both coordinates or none."""

    id: Token = absent()
    country: Part = absent()
    locality: Part = absent()
    region: Part = absent()
    department: Part = absent()
    types: Annotated[list[Part], Field(max_length=MOST_TYPES)] = absent()
    postalCode: Part = absent()
    streetAddress: Part = absent()
    complementaryStreetAddress: Part = absent()
    name: Part = absent()
    type: Part = absent()
    isDefault: StrictBool = absent()
    googleToken: Token = absent()
    uri: Token = absent()
    originId: Part = absent()
    latitude: Latitude = absent()
    longitude: Longitude = absent()
    createdAt: Part = absent()
    updatedAt: Part = absent()


class Location(Said):
    """An IPoiZone: an address, and how far it reaches round its place."""

    distance: Distance = absent()
    location: Address = absent()

    def area(self, at: str = ONE) -> Area:
        """Return what it means. Raises Invalid, naming what is wrong."""
        address = self.location.model_dump(exclude_unset=True) if self.location else {}
        return Area.located(address, self.distance, at=at)

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        with refused(self, below=ONE):
            self.area()
        return self


class Shape(Said):
    """An IGeoShape: a circle round a longitude and a latitude, in this order."""

    type: Annotated[Literal["circle"], BeforeValidator(_small)]
    coordinates: tuple[Longitude, Latitude]
    radius: Radius

    def area(self) -> Area:
        """Return what it means."""
        longitude, latitude = self.coordinates
        return Area.round(latitude, longitude, self.radius)


class BackgroundUpdate(Said):
    """A change of a dynamic background: what is absent stays as it is. PHP's SDK writes `media` and `geoShapes`."""

    medias: Pictures = _either("medias", "media")
    metadatas: Metadata = absent()
    displayZones: SomeZones = absent()
    locations: Annotated[list[Location], Field(max_length=MOST_AREAS)] = absent()
    geoshapes: Annotated[list[Shape], Field(max_length=MOST_AREAS)] = _either("geoshapes", "geoShapes")


class BackgroundCreate(BackgroundUpdate):
    """A new dynamic background, of at least one picture for at least one zone."""

    medias: Pictures = Field(validation_alias=AliasChoices("medias", "media"))
    displayZones: SomeZones
