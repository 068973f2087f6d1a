"""What requests about dynamic backgrounds mean in the words of the domain: names and merges, no rules.

A client reads an object, changes one thing and sends all of it back: what says no more than what it was shown is left
as it is kept, and so makes no version.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from webapp.api.sherl import library
from webapp.api.sherl.answers import Desk, image_id
from webapp.api.sherl.background_answers import CIRCLE, area
from webapp.api.sherl.background_schemas import BackgroundUpdate
from webapp.api.sherl.schemas import ImageObject
from webapp.domain.backgrounds.areas import Area
from webapp.domain.backgrounds.contents import Contents
from webapp.domain.backgrounds.fields import BackgroundFields

NOTHING: Final = Contents()
KINDS: Final = {"locations": "location", "geoshapes": CIRCLE}


def fields(given: BackgroundUpdate, before: Contents = NOTHING, shown: Desk | None = None) -> BackgroundFields:
    """Return what is said of a background that had these contents, with its pictures as they were `shown`.

    Raises Unknown for a picture that is not there.
    """
    found: BackgroundFields = {}
    if given.medias is not None:
        found["media_ids"] = _pictures(given.medias, before, shown)
    if given.metadatas is not None:
        found["metadatas"] = given.metadatas
    if given.displayZones is not None:
        found["zones"] = given.displayZones
    areas = {KINDS[name]: _areas(given, name) for name in KINDS if getattr(given, name) is not None}
    if areas:
        found["areas"] = _merged(before.areas, areas)
    if list(found.get("media_ids", ())) == list(before.media_ids):
        found.pop("media_ids", None)
    return found


def _pictures(given: Sequence[ImageObject], before: Contents, shown: Desk | None) -> list[UUID]:
    """Return the pictures that are meant: one that is called as it was shown is still that one."""
    depicted = [shown.library[each] for each in before.media_ids] if shown else []
    known = {(image_id(each), each.name.domain if each.name else ""): each.id for each in depicted}
    others = [each for each in given if (each.id, each.domain or "") not in known]
    found = iter(library.ids(others) if others else ())
    return [known.get((each.id, each.domain or "")) or next(found) for each in given]


def _areas(given: BackgroundUpdate, name: str) -> list[Area]:
    return [each.area() for each in getattr(given, name)]


def _merged(before: Sequence[Area], given: Mapping[str, Sequence[Area]]) -> list[Area]:
    """Return the areas of each kind that is given where that kind stood before, those too many at the end."""
    left = {kind: list(reversed(areas)) for kind, areas in given.items()}
    after: list[Area] = []
    for old in before:
        if old.kind not in left:
            after.append(old)
        elif left[old.kind]:
            new = left[old.kind].pop()
            after.append(old if area(old) == area(new) else new)
    return after + [each for areas in left.values() for each in reversed(areas)]
