"""What requests of the plain dialect say: an absent key is not a null."""

from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from webapp.api.kinds import STORABLE, Number, absent
from webapp.domain.models.webhook import ADDRESS, NAME

Name = Annotated[str, Field(min_length=NAME[0], max_length=NAME[1]), STORABLE]
Url = Annotated[str, Field(min_length=ADDRESS[0], max_length=ADDRESS[1]), STORABLE]
Kind = Literal[
    "gallery.created",
    "gallery.updated",
    "gallery.deleted",
    "item.created",
    "item.updated",
    "item.deleted",
    "media.created",
    "media.updated",
    "media.deleted",
    "translation.updated",
    "translation.deleted",
    "background.created",
    "background.updated",
    "background.deleted",
]
Kinds = Annotated[list[Kind], Field(min_length=1, max_length=14)]
MOST: Final = 100


class WebhookCreate(BaseModel):
    """A webhook to be made."""

    name: Name
    url: Url
    format: Literal["plain", "wix"] = "plain"
    kinds: Kinds
    own_key_id: UUID | None = None


class WebhookUpdate(BaseModel):
    """A change of a webhook; `enabled` false pauses it, true with `missed` true tells it of what it missed, too."""

    name: Name = absent()
    url: Url = absent()
    format: Literal["plain", "wix"] = absent()
    kinds: Kinds = absent()
    own_key_id: UUID | None = None
    enabled: bool = absent()
    missed: bool = absent()


class LogQuery(BaseModel):
    """A window of a log, the newest first."""

    state: Literal["waiting", "delivered", "failed"] | None = None
    kind: Annotated[str, Field(max_length=64), STORABLE] | None = None
    after: Annotated[str, Field(max_length=2048), STORABLE] | None = None
    limit: Annotated[Number, Field(ge=1, le=MOST)] = 25


Zone = Literal["HOME_PAGE", "MENU", "EVENTS_LIST", "MAP_LIST", "LAUNCHSCREEN", "ACTIVITY_FORM"]
Part = Annotated[str, Field(max_length=255), STORABLE]


class ResolveQuery(BaseModel):
    """Who asks for a background: of which zone, from where, in which language; `visit` is what its turn goes by."""

    zone: Zone
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    lang: Annotated[str, Field(max_length=64), STORABLE] = ""
    country: Part = ""
    region: Part = ""
    department: Part = ""
    locality: Part = ""
    postal_code: Annotated[Part, Field(alias="postalCode")] = ""
    street_address: Annotated[Part, Field(alias="streetAddress")] = ""
    visit: Part = ""
