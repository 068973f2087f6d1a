"""What differs between two states of a background, and two people's changes of one put together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from webapp.domain.backgrounds import contents, keeping, versions
from webapp.domain.backgrounds.fields import BackgroundFields
from webapp.domain.backgrounds.versions import Version
from webapp.domain.errors import Stale
from webapp.domain.models import Background
from webapp.domain.permissions import Actor
from webapp.domain.transaction import transaction

CAPTION: Final = "caption:"
"""What the name of a caption begins with, before the id of its language."""

FIELDS: Final = (
    *("name", "media_ids", "zones", "areas", "is_active", "starts_at", "ends_at", "turns", "metadatas"),
    "captions",
)

State = Mapping[str, Any]
"""What is said of a background by name, each caption by a name of its own."""


@dataclass(frozen=True)
class Difference:
    """What is otherwise: a name of a state, and what stands there before and after."""

    name: str
    before: Any
    after: Any

    @property
    def field(self) -> str:
        """The field it is about."""
        return "caption" if self.name.startswith(CAPTION) else self.name

    @property
    def language_id(self) -> UUID | None:
        """The language of a caption."""
        return UUID(self.name.removeprefix(CAPTION)) if self.name.startswith(CAPTION) else None


@dataclass(frozen=True)
class Merged:
    """My changes beside those of somebody else: what only I changed, what both did, what only they did."""

    mine: State
    both: tuple[Difference, ...]
    theirs: tuple[Difference, ...]
    version: int


def state(fields: BackgroundFields) -> State:
    """Return what fields say, each by its name; lists as tuples, so that they compare."""
    given: Mapping[str, Any] = fields
    said = {name: _still(given[name]) for name in FIELDS if name in given and name != "captions"}
    captions = given.get("captions") or {}
    return said | {f"{CAPTION}{language_id}": text or "" for language_id, text in captions.items()}


def of(version: Version) -> State:
    """Return the state that a background had in a version."""
    kept = version.contents
    own: dict[str, Any] = {"media_ids": kept.media_ids, "zones": kept.zones, "areas": kept.areas}
    own["captions"] = dict(kept.captions or {})
    return state(cast(BackgroundFields, dict(version.fields) | own))


def compare(before: State, after: State) -> list[Difference]:
    """Return what differs between two states, in the order of the form."""
    pairs = ((name, _get(before, name), _get(after, name)) for name in _names(before, after))
    return [Difference(name, was, becomes) for name, was, becomes in pairs if was != becomes]


def merge(base: State, mine: State, theirs: State, version: int) -> Merged:
    """Put my state, begun with `base`, together with what is there by now."""
    mine = {name: mine.get(name, _get(base, name)) for name in _names(base, mine, theirs)}
    only_mine: dict[str, Any] = {}
    both: list[Difference] = []
    for change in compare(base, mine):
        if _get(theirs, change.name) == change.before:
            only_mine[change.name] = change.after
        elif _get(theirs, change.name) != change.after:
            both.append(Difference(change.name, change.after, _get(theirs, change.name)))
    changed_by_me = {each.name for each in compare(base, mine)}
    taken = tuple(each for each in compare(base, theirs) if each.name not in changed_by_me)
    return Merged(only_mine, tuple(both), taken, version)


def fields_of(said: State) -> BackgroundFields:
    """Return a state, or a part of one, as what the domain is told."""
    fields = {name: value for name, value in said.items() if not name.startswith(CAPTION)}
    captions = {
        UUID(name.removeprefix(CAPTION)): text or None for name, text in said.items() if name.startswith(CAPTION)
    }
    return cast(BackgroundFields, fields | ({"captions": captions} if captions else {}))


def save(background_id: UUID, fields: BackgroundFields, *, version: int, actor: Actor) -> Merged | None:
    """Change a background that was `version` when it was opened; None where that is done.

    What nobody else has changed is written although somebody saved meanwhile; where both have changed the same,
    nothing is, and what there is to choose is returned. Opens its own transaction. Raises NotFound, Invalid,
    Forbidden.
    """
    wanted, based = fields, version
    while True:
        try:
            with transaction():
                keeping.change(background_id, wanted, actor=actor, version=based)
        except Stale:
            found = keeping.get(background_id)
            merged = merge(of(versions.get(background_id, version)), state(fields), of(current(found)), found.version)
            if merged.both:
                return merged
            wanted, based = fields_of(merged.mine), merged.version
        else:
            return None


def current(background: Background) -> Version:
    """Return a background as it is, as a version of it."""
    own = {name: getattr(background, name) for name in versions.FIELDS}
    by = versions.author(background.updated_by_id)
    row = versions.Row(background.version, background.versioned_at, by)
    return Version(row, own, contents.of([background.id])[background.id])


def at(background: Background, number: int) -> Version:
    """Return a background as it was in a version, or as it is. Raises NotFound."""
    return current(background) if number == background.version else versions.get(background.id, number)


def _names(*states: State) -> Iterator[str]:
    """Give the names of all, in the order of the form."""
    known = dict.fromkeys(name for each in states for name in each)
    yield from (name for name in FIELDS if name in known)
    yield from (name for name in known if name.startswith(CAPTION))


def _get(said: State, name: str) -> Any:
    return said.get(name, "" if name.startswith(CAPTION) else None)


def _still(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
