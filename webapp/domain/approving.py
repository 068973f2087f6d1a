"""Approvals: somebody says of what a share link shows that it may go out, and what exactly that was.

Kept are fingerprints of four parts of what visitors would see: texts, order, pictures, and links with the rest. When
one differs from what is shown now, the approval is stale, and which part differs can be said. Texts of one language
are fingerprinted as they resolve, so that a change nobody would see there leaves an approval good.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import select

from webapp.domain import galleries, languages, snapshots, visiting
from webapp.domain.errors import NotFound, Stale
from webapp.domain.models import (
    Blob,
    Gallery,
    GalleryText,
    Hold,
    ItemText,
    Language,
    Media,
    MediaText,
    Share,
    ShareApproval,
    ShareVisit,
    User,
)
from webapp.domain.visiting import Shared
from webapp.infra.db import db

PARTS: Final = ("texts", "order", "pictures", "rest")
UNSEEN: Final = ("note", "poster_id")
"""Of an item: what translators read, and what stands among the pictures."""
UNTOLD: Final = "category_uri"
INHERITED: Final = ("caption", "alt")
"""Of the library: what an item shows where it says nothing itself."""

Prints = dict[str, str]
Texts = snapshots.Texts


@dataclass(frozen=True)
class Approved:
    """An approval; `changed` are the parts that differ from what is shown now."""

    approval: ShareApproval
    changed: tuple[str, ...]

    @property
    def is_stale(self) -> bool:
        """Whether something has changed since."""
        return bool(self.changed)


def approve(shared: Shared, *, seen: str, name: str) -> ShareApproval:
    """Approve what the link shows, which must be what was `seen`. Raises NotFound, Invalid, Stale."""
    if shared.visit is None:
        raise NotFound("Visit")
    galleries.locked(shared.gallery.id)
    found = prints(shared.gallery, shared.share)
    if token(found) != seen:
        raise Stale("This was changed while you looked at it. Look at it once more, then approve it.")
    visit = db.session.get_one(ShareVisit, shared.visit.id)
    visit.name = visit.name or visiting.checked_name(name)
    made = ShareApproval(share_id=shared.share.id, visit_id=visit.id, author=visit.name, prints=found)
    db.session.add(made)
    db.session.flush()
    return made


def of_share(share: Share, found: Prints) -> list[Approved]:
    """List the approvals by a link, the newest first, each beside what is shown now."""
    return [_beside(row, found) for row in _rows([share.id]).get(share.id, [])]


def of_shares(gallery: Gallery, shares: Sequence[Share]) -> dict[UUID, list[Approved]]:
    """Return the approvals by each of a gallery's links; links that show the same are looked at once."""
    found: dict[tuple[str, UUID | None], Prints] = {}
    made: dict[UUID, list[Approved]] = {}
    rows = _rows([share.id for share in shares])
    for share in shares:
        shown: Prints = {}
        if rows.get(share.id):
            key = (share.state, share.language_id)
            shown = found[key] = found.get(key) or prints(gallery, share)
        made[share.id] = [_beside(row, shown) for row in rows.get(share.id, [])]
    return made


def token(found: Prints) -> str:
    """Return what stands in a form for all parts together."""
    return _print([found[part] for part in PARTS])


def prints(gallery: Gallery, share: Share) -> Prints:
    """Return the fingerprints of what a link shows now; a literal number of queries, whatever the number of items."""
    held = db.session.get(Hold, gallery.id) if share.state == "held" else None
    snapshot = snapshots.of_hold(held) if held else snapshots.take(gallery)
    if share.state == "drafts":
        _put_drafts(gallery, snapshot)
    rows, own = snapshot["items"], snapshot["gallery"]
    posters = {row["id"]: snapshots.poster_of(row) for row in rows}
    shas = _shas([*(row["media_id"] for row in rows), *posters.values(), _uuid(own["cover_media_id"])])
    library = snapshots.texts_by_owner(MediaText, MediaText.media_id, [row["media_id"] for row in rows])
    speak = _speaker(_uuid(own["source_language_id"]), share)
    return {
        "texts": _print([speak(snapshot["texts"]), [_spoken(row, library, speak) for row in _by_id(rows)]]),
        "order": _print([row["id"] for row in rows]),
        "pictures": _print([[shas.get(row["media_id"]), shas.get(posters[row["id"]])] for row in _by_id(rows)]),
        "rest": _print([_about(own, shas), [[row["kind"], _seen(row)] for row in _by_id(rows)]]),
    }


def _rows(share_ids: Sequence[UUID]) -> dict[UUID, list[ShareApproval]]:
    found: dict[UUID, list[ShareApproval]] = {}
    statement = select(ShareApproval).where(ShareApproval.share_id.in_(share_ids))
    for row in db.session.scalars(statement.order_by(ShareApproval.created_at.desc(), ShareApproval.id)):
        found.setdefault(row.share_id, []).append(row)
    return found


def _beside(row: ShareApproval, shown: Prints) -> Approved:
    return Approved(row, tuple(part for part in PARTS if row.prints.get(part) != shown[part]))


def _put_drafts(gallery: Gallery, snapshot: dict[str, Any]) -> None:
    """Put drafts in the place of values, in texts of the gallery and of its items."""
    ids = [row["id"] for row in snapshot["items"]]
    texts = snapshots.texts_by_owner(ItemText, ItemText.item_id, ids, drafts=True)
    for row in snapshot["items"]:
        row["texts"] = texts.get(row["id"], {})
    own = snapshots.texts_by_owner(GalleryText, GalleryText.gallery_id, [gallery.id], drafts=True)
    snapshot["texts"] = own.get(gallery.id, {})


def _about(own: Mapping[str, Any], shas: Mapping[UUID | None, str]) -> dict[str, Any]:
    """Return what visitors see of a gallery's own fields."""
    fields = {name: value for name, value in own.items() if name not in ("cover_media_id", "author_id", UNTOLD)}
    return {**fields, "cover": shas.get(_uuid(own["cover_media_id"])), "author": _author(own)}


def _speaker(source_id: UUID | None, share: Share) -> Any:
    """Return what is read of texts: all of them, or of the link's language what each field resolves to."""
    if share.language_id is None:
        return lambda *sources: sources
    known = {language.id: language for language in languages.all_languages()}
    source = known[source_id] if source_id else None
    chain = languages.fallback_chain(known[share.language_id], source=source, known=tuple(known.values()))
    return lambda *sources: _resolved(sources, chain)


def _resolved(sources: Iterable[Texts], chain: Sequence[Language]) -> dict[str, list[str]]:
    """Return each field as visitors read it: of the first source along the chain, then of the next."""
    said: dict[str, list[str]] = {}
    for texts in sources:
        for language in chain:
            for field, text in texts.get(language.code, {}).items():
                if text:
                    said.setdefault(field, [language.code, text])
    return said


def _spoken(row: Mapping[str, Any], library: Mapping[UUID, Texts], speak: Any) -> Any:
    own = library.get(row["media_id"], {})
    said = {code: {field: texts[field] for field in INHERITED if field in texts} for code, texts in own.items()}
    return [row["id"], speak(row["texts"], {code: texts for code, texts in said.items() if texts})]


def _seen(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row["item"].items() if name not in UNSEEN}


def _by_id(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the items so that their order makes no difference."""
    return sorted(rows, key=lambda row: str(row["id"]))


def _shas(media_ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    wanted = {each for each in media_ids if each}
    rows = db.session.execute(
        select(Media.id, Blob.sha256).join(Blob, Blob.id == Media.blob_id).where(Media.id.in_(wanted))
    )
    return {row.id: row.sha256 for row in rows}


def _author(own: Mapping[str, Any]) -> str | None:
    author_id = _uuid(own["author_id"])
    return db.session.scalar(select(User.name).where(User.id == author_id)) if author_id else None


def _uuid(kept: Any) -> UUID | None:
    return UUID(kept) if isinstance(kept, str) else kept


def _print(what: Any) -> str:
    return hashlib.sha256(orjson.dumps(what, option=orjson.OPT_SORT_KEYS)).hexdigest()
