"""Files that come back: kept for their owner, looked through before anything is written, then taken in one go.

The file waits in the database, so that whichever process is asked next finds it; it belongs to one person, ends after
a day, and of each person the last few are kept. What is written is judged anew at that moment.
"""

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select

from webapp.domain import audit, languages, revisions, translations
from webapp.domain.errors import Forbidden, NotFound
from webapp.domain.exchange import facts, formats
from webapp.domain.exchange.judging import Judged, Verdict, judge
from webapp.domain.models import ExchangeUpload, Gallery, Item, Media
from webapp.domain.models.exchange import FILENAME
from webapp.domain.permissions import Actor, demand
from webapp.infra.clock import now
from webapp.infra.db import db

LIFE: Final = timedelta(days=1)
KEPT: Final = 5
"""Files of one person that wait at once; an older one goes when another comes."""

AT_ONCE: Final = 1000
"""Texts that one transaction writes: nobody else can write meanwhile, and each takes some milliseconds."""

REASON: Final = "before import"
OWNERS: Final[dict[str, Any]] = {"gallery": Gallery, "item": Item, "media": Media}


@dataclass(frozen=True)
class Report:
    """What becomes, or became, of each text of a file.

    `written` are those that were written just now, `left` those that a next go writes.
    """

    upload: ExchangeUpload
    verdicts: Sequence[Verdict]
    written: int = 0
    left: int = 0

    @property
    def so_far(self) -> int:
        """Return how many texts were written, by all goes."""
        return self.counts["change"] - self.left

    @property
    def counts(self) -> dict[str, int]:
        """Return how many texts there are of each outcome."""
        found = Counter(verdict.outcome for verdict in self.verdicts)
        return {outcome: found[outcome] for outcome in ("change", "same", "empty", "refused")}

    def of(self, outcome: str) -> list[Verdict]:
        """Return the verdicts of one outcome."""
        return [verdict for verdict in self.verdicts if verdict.outcome == outcome]

    @property
    def refusals(self) -> dict[str, int]:
        """Return how many texts are refused for each reason, the commonest first."""
        return dict(Counter(verdict.reason for verdict in self.of("refused")).most_common())


def receive(content: bytes, filename: str, *, replace: bool = False, actor: Actor) -> ExchangeUpload:
    """Keep a file for its owner to look through. Raises Damaged where it cannot be read, Forbidden."""
    demand(actor, "translations:update")
    chosen, _ = formats.read(content)
    if actor.id is None:
        raise Forbidden("translations:update")
    upload = ExchangeUpload(
        user_id=actor.id,
        filename=_plain(filename),
        format=chosen.name,
        replace=replace,
        content=zlib.compress(content, 6),
        expires_at=now() + LIFE,
    )
    db.session.add(upload)
    db.session.flush()
    _make_room(actor.id)
    return upload


def look(upload_id: UUID, *, actor: Actor) -> Report:
    """Say what would become of each text of a file, or what became of it. Raises NotFound, Forbidden."""
    demand(actor, "translations:update")
    upload = _own(upload_id, actor)
    if upload.applied_at is not None:
        return Report(upload, _unpacked(upload.content))
    judged, waiting = _judged(upload, actor)
    return Report(upload, [each.verdict for each in judged], left=len(waiting))


def apply(upload_id: UUID, *, actor: Actor) -> Report:
    """Write the texts that can be taken, and keep what was said of all; a second time changes nothing.

    Of very many the first `AT_ONCE` are written, and the file waits for the rest to be asked for: what was written
    stays so in the one report, whatever becomes of those texts or of the next goes. Each gallery is kept as a
    revision first (D10). Raises NotFound, Forbidden.
    """
    demand(actor, "translations:update")
    upload = _own(upload_id, actor, locked=True)
    if upload.applied_at is not None:
        return Report(upload, _unpacked(upload.content))
    judged, waiting = _judged(upload, actor)
    chosen, left = waiting[:AT_ONCE], waiting[AT_ONCE:]
    _write(chosen, actor)
    verdicts = [each.verdict for each in judged]
    if left:
        upload.written = _packed([*_earlier(upload), *(each.verdict for each in chosen)])
    else:
        upload.content, upload.written, upload.applied_at = _packed(verdicts), None, now()
    said = {"file": (None, upload.filename), "texts": (None, len(chosen))}
    audit.record(actor, "import", "texts", upload.id, changes=said)
    db.session.flush()
    return Report(upload, verdicts, len(chosen), len(left))


def discard(upload_id: UUID, *, actor: Actor) -> int:
    """Throw a file away, and return how many of its texts earlier goes have written. Raises NotFound."""
    upload = _own(upload_id, actor)
    written = len(_earlier(upload))
    db.session.delete(upload)
    db.session.flush()
    return written


def waiting(actor: Actor) -> list[ExchangeUpload]:
    """Return the actor's files, the newest first."""
    statement = select(ExchangeUpload).where(ExchangeUpload.user_id == actor.id, ExchangeUpload.expires_at > now())
    return list(db.session.scalars(statement.order_by(ExchangeUpload.created_at.desc(), ExchangeUpload.id)))


def forget() -> int:
    """Throw away the files whose day is over, and return how many."""
    gone = delete(ExchangeUpload).where(ExchangeUpload.expires_at <= now()).returning(ExchangeUpload.id)
    return len(db.session.execute(gone).all())


def _own(upload_id: UUID, actor: Actor, *, locked: bool = False) -> ExchangeUpload:
    statement = select(ExchangeUpload).where(
        ExchangeUpload.id == upload_id, ExchangeUpload.user_id == actor.id, ExchangeUpload.expires_at > now()
    )
    found = db.session.scalars(statement.with_for_update() if locked else statement).one_or_none()
    if found is None:
        raise NotFound("File")
    return found


def _make_room(user_id: UUID) -> None:
    others = select(ExchangeUpload.id).where(ExchangeUpload.user_id == user_id)
    newest = others.order_by(ExchangeUpload.created_at.desc(), ExchangeUpload.id).limit(KEPT)
    kept = list(db.session.scalars(newest))
    db.session.execute(
        delete(ExchangeUpload).where(ExchangeUpload.user_id == user_id, ExchangeUpload.id.not_in(kept))
    )


def _judged(upload: ExchangeUpload, actor: Actor) -> tuple[list[Judged], list[Judged]]:
    """Judge all texts, but for those that an earlier go has written; return all, and what is to be written."""
    earlier = {(verdict.id, verdict.language): verdict for verdict in _earlier(upload)}
    judged, waiting = list[Judged](), list[Judged]()
    for each in _judged_now(upload, actor):
        said = earlier.pop((each.verdict.id, each.verdict.language), None)
        judged.append(replace(each, verdict=said) if said else each)
        if said is None and each.verdict.outcome == "change":
            waiting.append(each)
    return judged, waiting


def _earlier(upload: ExchangeUpload) -> list[Verdict]:
    return _unpacked(upload.written) if upload.written else []


def _judged_now(upload: ExchangeUpload, actor: Actor) -> list[Judged]:
    _, returned = formats.read(zlib.decompress(upload.content))
    spoken = {each.code.lower(): each for each in languages.all_languages(active_only=True)}
    named = {each.language.lower() for each in returned}
    into = [language for code, language in spoken.items() if code in named]
    known = facts.of(returned, into or list(spoken.values())[:1])
    return list(judge(returned, known, spoken=spoken, actor=actor, replace=upload.replace))


def _write(judged: Sequence[Judged], actor: Actor) -> None:
    """Write owner by owner, those of one gallery after another, so that two imports never wait for each other."""
    wanted: dict[tuple[str, str, UUID, UUID], dict[str, str]] = defaultdict(dict)
    for each in judged:
        if each.verdict.outcome == "change" and each.known and each.language:
            known = each.known
            key = (str(known.gallery_id or ""), known.thing, known.thing_id, each.language.id)
            wanted[key][known.field] = each.verdict.after
    _keep(sorted({key[0] for key in wanted if key[0]}), actor)
    for (_, thing, thing_id, language_id), fields in sorted(wanted.items(), key=lambda pair: str(pair[0])):
        owner = db.session.get_one(OWNERS[thing], thing_id)
        translations.write(owner, language_id, fields, actor=actor, origin="import")


def _keep(gallery_ids: Sequence[str], actor: Actor) -> None:
    for gallery_id in gallery_ids:
        gallery = db.session.get_one(Gallery, UUID(gallery_id), with_for_update=True)
        revisions.keep(gallery, reason=REASON, actor=actor)


def _packed(verdicts: Sequence[Verdict]) -> bytes:
    return zlib.compress(json.dumps([asdict(verdict) for verdict in verdicts], default=str).encode(), 6)


def _unpacked(content: bytes) -> list[Verdict]:
    rows = json.loads(zlib.decompress(content))
    ids = ("gallery_id", "item_id")
    return [Verdict(**{**row, **{name: UUID(row[name]) if row[name] else None for name in ids}}) for row in rows]


def _plain(filename: str) -> str:
    """Return a file's name as it is shown: its last part, without control characters."""
    name = "".join(letter for letter in filename.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return name.strip()[: FILENAME[1]] or "translations"
