"""Sample galleries in five languages, with pictures made by code, categories and backgrounds, for a first look round.

They come in by the same verbs as anybody's: nothing here knows the tables.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from webapp.domain import categories, category_trees, galleries, items, languages, media, tags, translations
from webapp.domain.backgrounds import keeping
from webapp.domain.backgrounds.areas import Area
from webapp.domain.errors import Conflict
from webapp.domain.models import Item
from webapp.domain.permissions import Actor
from webapp.domain.transaction import release, transaction
from webapp.infra.storage import Storage

CODES: Final = ("en", "fr", "de", "ja", "ar")
PAINTING_SECONDS: Final = 300

Sample = dict[str, Any]


def load(*, actor: Actor, owner_id: UUID | None, storage: Storage) -> int:
    """Load the galleries that are not there yet, each whole or not at all, and return how many that were.

    With a gallery come the backgrounds that its pictures are for, and before the first their categories.
    """
    missing = [sample for sample in _told("galleries") if galleries.find_by_slug(sample["slug"]) is None]
    release()
    if not missing:
        return 0
    author = replace(actor, id=owner_id)
    known = _speak(CODES, actor=author)
    _sort(known, actor=author)
    with storage.workspace() as folder:
        _paint(missing, folder)
        return sum(_bring(sample, folder, known, storage=storage, actor=author) for sample in missing)


def _told(what: str) -> list[Sample]:
    told: list[Sample] = json.loads(Path(__file__).with_name(f"{what}.json").read_text(encoding="utf-8"))
    return told


def _speak(codes: tuple[str, ...], *, actor: Actor) -> dict[str, UUID]:
    """Add the languages that the site lacks, and return all by their codes."""
    for code in codes:
        with suppress(Conflict), transaction():
            if languages.find_by_code(code) is None:
                languages.add(code, actor=actor)
    known = {language.code: language.id for language in languages.all_languages()}
    release()
    return known


def _sort(known: Mapping[str, UUID], *, actor: Actor) -> None:
    """Add the categories that the site lacks, each named in its default language too."""
    for told in _told("categories"):
        names = {known[code]: name for code, name in told["names"].items()}
        with suppress(Conflict), transaction():
            above = category_trees.of([told.get("parent")])
            parent_id = next((each.id for each in above.values()), None)
            names = {languages.default_id(): told["names"]["en"]} | names
            categories.add(names, uri=told["uri"], parent_id=parent_id, actor=actor)


def _bring(sample: Sample, folder: Path, known: Mapping[str, UUID], *, storage: Storage, actor: Actor) -> bool:
    """Add one gallery; False where somebody who loads the samples too was quicker."""
    taken = [_take_in(folder / f"{item['scene']['name']}.jpg", storage) for item in sample["items"]]
    try:
        with transaction():
            _add(sample, taken, known, actor=actor)
    except Conflict:
        return False
    return True


def _paint(samples: list[Sample], folder: Path) -> None:
    """Paint in a process of its own: libvips never lives in ours."""
    scenes = folder / "scenes.json"
    scenes.write_text(json.dumps([item["scene"] for sample in samples for item in sample["items"]]), encoding="utf-8")
    command = [sys.executable, "-m", "webapp.infra.painting", str(scenes), str(folder)]
    subprocess.run(command, check=True, timeout=PAINTING_SECONDS)


def _take_in(path: Path, storage: Storage) -> media.Intake:
    with path.open("rb") as file:
        return media.take_in(file, path.name, storage=storage)


def _add(sample: Sample, taken: list[media.Intake], known: Mapping[str, UUID], *, actor: Actor) -> None:
    pictures = [media.add(intake, actor=actor) for intake in taken]
    gallery = galleries.create(
        {
            "slug": sample["slug"],
            "source_language_id": known[sample["source"]],
            "cover_media_id": pictures[0].id,
            "category_uri": sample["category"],
        },
        texts={known[code]: fields for code, fields in sample["texts"].items()},
        actor=actor,
    )
    tags.put(gallery, sample["tags"])
    placed = items.add(gallery.id, [picture.id for picture in pictures], actor=actor)
    for item, told in zip(placed, sample["items"], strict=True):
        _describe(item, told["texts"], known, source=sample["source"], actor=actor)
    if sample["status"] == "published":
        galleries.publish(gallery, actor=actor)
    for told in _told("backgrounds"):
        if told["gallery"] == sample["slug"]:
            _put_behind(told, [pictures[each].id for each in told["pictures"]], known, actor=actor)


def _put_behind(told: Sample, media_ids: list[UUID], known: Mapping[str, UUID], *, actor: Actor) -> None:
    circles = [Area.round(**circle) for circle in told.get("circles", ())]
    addresses = [Area.located(address, None) for address in told.get("addresses", ())]
    keeping.register(
        {
            "name": told["name"],
            "media_ids": media_ids,
            "zones": told["zones"],
            "areas": circles + addresses,
            "turns": told.get("turns", "never"),
            "captions": {known[code]: caption for code, caption in told["captions"].items()},
        },
        actor=actor,
    )


def _describe(
    item: Item, texts: Mapping[str, Mapping[str, str]], known: Mapping[str, UUID], *, source: str, actor: Actor
) -> None:
    for code in sorted(texts, key=lambda code: code != source):
        translations.write(item, known[code], texts[code], actor=actor)
