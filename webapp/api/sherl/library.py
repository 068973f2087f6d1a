"""The files that requests name: an IImageObject means a media by its id, ours or one that a program chose (D22)."""

from collections.abc import Sequence
from uuid import UUID

from webapp.api.sherl.credentials import DOOR
from webapp.api.sherl.routing import Unknown
from webapp.api.sherl.schemas import ImageObject
from webapp.domain import aliases, depictions
from webapp.domain.aliases import Name
from webapp.domain.depictions import Depiction


def ids(given: Sequence[ImageObject]) -> list[UUID]:
    """Return the files that are meant, in their order. Raises Unknown for the first that is not there."""
    return known([_name(each) for each in given])


def known(names: Sequence[Name]) -> list[UUID]:
    """Return the files that are called so, in their order. Raises Unknown for the first that is not there."""
    found = aliases.find(names, dialect=DOOR)
    missing = next((each for each in names if each not in found), None)
    if missing is not None:
        raise Unknown("media", missing.id)
    return [found[each] for each in names]


def media(given: ImageObject) -> Depiction:
    """Return the file that is meant. Raises Unknown."""
    return called(_name(given))


def called(name: Name) -> Depiction:
    """Return the file that is called so. Raises Unknown."""
    (found,) = known([name])
    return depictions.of([found], dialect=DOOR)[found]


def _name(given: ImageObject) -> Name:
    return Name(given.id, given.domain or "")
