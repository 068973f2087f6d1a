"""What is said of a background when it is made or changed, and what of that is refused."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypedDict
from uuid import UUID

import orjson

from webapp.domain import texts
from webapp.domain.backgrounds.areas import Area
from webapp.domain.errors import Invalid
from webapp.domain.models.background import NAME, TURNS, ZONES
from webapp.domain.sentences import Sentence

MOST_PICTURES: Final = 100
MOST_AREAS: Final = 200
METADATA_BYTES: Final = 64 * 1024
METADATA_DEPTH: Final = 16
UNSAFE: Final = ("__proto__", "constructor", "prototype")
"""Names that programs in JavaScript trip over when they copy an object."""


class BackgroundFields(TypedDict, total=False):
    """What may be said of a background; what is absent is left alone, `captions` are by language id."""

    name: str
    is_active: bool
    starts_at: datetime | None
    ends_at: datetime | None
    turns: str
    metadatas: Mapping[str, Any]
    media_ids: Sequence[UUID]
    zones: Sequence[str]
    areas: Sequence[Area]
    captions: Mapping[UUID, str | None]


def check(fields: BackgroundFields) -> None:
    """Raise Invalid, naming the first field that has no meaning."""
    if len(fields.get("name", "")) > NAME[1]:
        raise Invalid("name", Sentence("Use at most %(most)s characters.", most=NAME[1]), code="length")
    if fields.get("turns", "never") not in TURNS:
        raise Invalid("turns", "Choose when the next picture has its turn.", code="turns")
    starts, ends = fields.get("starts_at"), fields.get("ends_at")
    if starts and ends and ends <= starts:
        raise Invalid("ends_at", "The end must come after the beginning.", code="schedule")
    _check_pictures(fields.get("media_ids"))
    _check_zones(fields.get("zones"))
    if len(fields.get("areas", ())) > MOST_AREAS:
        raise Invalid("locations", Sentence("Give at most %(most)s places.", most=MOST_AREAS), code="count")
    if "metadatas" in fields:
        check_metadata(fields["metadatas"])
    for caption in fields.get("captions", {}).values():
        texts.clean("caption", caption)


def check_metadata(said: Mapping[str, Any]) -> None:
    """Raise Invalid for metadata that is too large, too deep, or has names that are dangerous to copy."""
    try:
        size = len(orjson.dumps(said))
    except (TypeError, orjson.JSONEncodeError):
        raise Invalid("metadatas", "Metadata is an object of JSON.", code="type") from None
    if size > METADATA_BYTES:
        raise Invalid("metadatas", "Metadata has at most 64 KB.", code="too_large")
    _check_names(said, "metadatas", METADATA_DEPTH)


def alike(one: Any, other: Any) -> bool:
    """Say whether two values are the same to JSON: 1 is 1.0, but not true."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _check_pictures(media_ids: Sequence[UUID] | None) -> None:
    if media_ids is None:
        return
    if not media_ids:
        raise Invalid("medias", "Choose at least one picture.", code="missing")
    if len(media_ids) > MOST_PICTURES:
        raise Invalid("medias", Sentence("Choose at most %(most)s pictures.", most=MOST_PICTURES), code="count")


def _check_zones(zones: Sequence[str] | None) -> None:
    if zones is None:
        return
    if not zones:
        raise Invalid("displayZones", "Choose at least one zone.", code="missing")
    for zone in zones:
        if zone not in ZONES:
            raise Invalid("displayZones", Sentence("There is no zone %(zone)s.", zone=zone[:64]), code="zone")


def _check_names(said: Any, at: str, depth: int) -> None:
    if depth == 0:
        raise Invalid("metadatas", "Metadata is nested too deeply.", code="depth")
    for name, value in said.items() if isinstance(said, Mapping) else enumerate(said):
        if name in UNSAFE:
            unsafe = Sentence("Metadata cannot have the name %(name)s.", name=str(name))
            raise Invalid(f"{at}.{name}", unsafe, code="name")
        for text in (name, value):
            if isinstance(text, str) and "\x00" in text:
                raise Invalid(at, "Take out the NUL character: it cannot be stored.", code="nul")
        if isinstance(value, Mapping | list):
            _check_names(value, f"{at}.{name}", depth - 1)
