"""Two people's changes of one thing, field by field: what goes together, and what somebody has to choose (D25)."""

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.domain import wording


@dataclass(frozen=True)
class Difference:
    """A field that I changed, or somebody else, or both; `base` is what we both began with, where it is known."""

    field: str
    base: str | None
    mine: str
    theirs: str

    @property
    def in_mine(self) -> list[wording.Piece]:
        """What I changed; against theirs where the beginning is not known."""
        return wording.compare(self.theirs if self.base is None else self.base, self.mine)

    @property
    def in_theirs(self) -> list[wording.Piece]:
        """What they changed; against mine where the beginning is not known."""
        return wording.compare(self.mine if self.base is None else self.base, self.theirs)


@dataclass(frozen=True)
class Merged:
    """What of mine can be written as it is, what has to be chosen, and what they alone have changed."""

    values: Mapping[str, str]
    choices: tuple[Difference, ...]
    taken: tuple[Difference, ...]


def merge(mine: Mapping[str, str], base: Mapping[str, str], theirs: Mapping[str, str]) -> Merged:
    """Put my fields, begun with `base`, together with what is there by now."""
    values: dict[str, str] = {}
    choices: list[Difference] = []
    taken: list[Difference] = []
    for field, text in mine.items():
        there, begun = theirs.get(field, ""), base.get(field)
        difference = Difference(field, begun, text, there)
        if text == there:
            continue
        if begun is not None and begun == text:
            taken.append(difference)
        elif begun is not None and begun == there:
            values[field] = text
        else:
            choices.append(difference)
    return Merged(values, tuple(choices), tuple(taken))
