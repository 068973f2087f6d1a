"""What is asked for: where the files of an import go, and the rows that say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import insert

from webapp.domain import audit, galleries
from webapp.domain.models import Import, ImportEntry
from webapp.domain.permissions import Actor, demand
from webapp.infra.db import db

ARCHIVE: Final = "archive"
ADDRESSES: Final = "addresses"


@dataclass(frozen=True)
class Aim:
    """Where files go: to a gallery's end, or the library alone; with `reuse`, what is there is not added again."""

    gallery_id: UUID | None = None
    reuse: bool = False


@dataclass(frozen=True)
class Wanted:
    """A file that is to come: a number in an archive's directory, or an address."""

    name: str
    member: int | None = None
    url: str | None = None


def judge(aim: Aim, *, actor: Actor) -> None:
    """Say whether somebody may import files there. Raises Forbidden, NotFound."""
    demand(actor, "media:upload")
    if aim.gallery_id is not None:
        demand(actor, "galleries:update")
        galleries.get(aim.gallery_id)


def write(
    kind: str, name: str, files: Sequence[Wanted], aim: Aim, *, actor: Actor, import_id: UUID | None = None
) -> Import:
    """Write an import with its entries, in the order given; inside a transaction. Raises Forbidden, NotFound."""
    judge(aim, actor=actor)
    made = Import(
        id=import_id or uuid4(),
        kind=kind,
        name=name,
        gallery_id=aim.gallery_id,
        asked_by_id=actor.id,
        door=actor.door,
        reuse=aim.reuse,
    )
    db.session.add(made)
    db.session.flush()
    entries = [
        {"import_id": made.id, "place": place, "name": file.name, "member": file.member, "url": file.url}
        for place, file in enumerate(files)
    ]
    db.session.execute(insert(ImportEntry).execution_options(render_nulls=True), entries)
    audit.record(actor, "media.import", "import", made.id, gallery_id=aim.gallery_id)
    return made
