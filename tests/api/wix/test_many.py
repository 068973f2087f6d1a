"""Many items in one request: as many statements as for one, the same is kept as of one by one, all or nothing."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests.api.wix.conftest import Wix, fields, text
from tests.fixtures.app import Cast, on_sqlite
from tests.races import race
from tests.statements import counted
from webapp.api.wix import schemas
from webapp.domain import translations
from webapp.domain.fetching import Named
from webapp.domain.models import (
    AuditEntry,
    Fetch,
    Gallery,
    Item,
    ItemText,
    Media,
    MediaAlias,
    OutboxEvent,
    SearchEntry,
    Tag,
)
from webapp.domain.naming import Naming
from webapp.domain.transaction import transaction
from webapp.infra.db import db
from webapp.infra.outbound import Way

EVERYTHING = (Gallery, Item, ItemText, Media, MediaAlias, Fetch, Tag, OutboxEvent, AuditEntry, SearchEntry)
TEXTS = ("title", "description", "caption", "alt", "html", "version", "drafts")


def a_picture(nth: int, **info: Any) -> dict[str, Any]:
    """Name a picture by the id that the program knows it by."""
    return {"image": {"imageInfo": {"id": f"theirs{nth}.jpg"} | info}, "title": f"Picture {nth}"}


def all_sorts(nth: int) -> list[dict[str, Any]]:
    """Return an item of each sort, with all that can be said of it."""
    return [
        a_picture(nth, altText=f"Seen {nth}", width=40, height=30)
        | {"sortOrder": 1000.5 + nth, "tags": {"values": [f"Tag {nth}", "lake"]}, "link": {"url": "/there"}},
        {"image": {"imageInfo": {"url": f"https://example.org/{nth}.png"}, "focalPoint": {"x": 0.1, "y": 0.2}}},
        text(f"<p>Words {nth}</p>", title=f"Text {nth}", description="Said"),
        {
            "video": {
                "videoInfo": {"url": f"https://example.org/{nth}.mp4", "posters": [{"id": f"still{nth}.jpg"}]},
                "durationInMillis": 2000,
            }
        },
    ]


def count_all(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {model.__name__: db.session.query(model).count() for model in EVERYTHING}


@contextmanager
def sent(app: Flask) -> Iterator[list[str]]:
    with app.app_context(), counted() as found:
        yield found


def test_many_new_items_cost_as_many_statements_as_one_of_each(wix: Wix, app: Flask) -> None:
    wix.gallery(*all_sorts(0), name="Warm")

    with sent(app) as few:
        wix.gallery(*all_sorts(1), name="Few")
    with sent(app) as many:
        made = wix.gallery(*(item for nth in range(2, 52) for item in all_sorts(nth)), name="Many")

    assert made["totalItems"] == 200
    assert len(many) <= len(few) < 90, Counter(each[:60] for each in many).most_common(3)


def test_many_items_that_join_a_gallery_cost_as_many_statements_as_one_of_each(wix: Wix, app: Flask) -> None:
    path = f"/galleries/{wix.gallery()['id']}"
    wix.patch(path, {"gallery": {"items": all_sorts(0)}})

    with sent(app) as few:
        wix.patch(path, {"gallery": {"items": all_sorts(1)}})
    with sent(app) as many:
        wix.patch(path, {"gallery": {"items": [item for nth in range(2, 52) for item in all_sorts(nth)]}})

    assert wix.get(path)["gallery"]["totalItems"] == 208
    assert len(many) <= len(few) + 1 < 80, Counter(each[:60] for each in many).most_common(3)


@on_sqlite
def test_a_clone_of_many_items_costs_as_many_statements_as_one_of_few(wix: Wix, app: Flask) -> None:
    few, many = (wix.gallery(*(each for nth in range(count) for each in all_sorts(nth))) for count in (1, 40))

    said = []
    for made in (few, few, many):
        with sent(app) as found:
            copy = wix.post("/galleries", {"cloneFromGalleryId": made["id"]})["gallery"]
        said.append(len(found))
        assert copy["totalItems"] == made["totalItems"]

    assert said[2] <= said[1] < 60


@on_sqlite
def test_many_at_once_leave_what_one_by_one_leaves(wix: Wix, app: Flask) -> None:
    again = a_picture(1, altText="Seen 1") | {"tags": {"values": ["LAKE"]}}
    items = [*all_sorts(1), again, a_picture(7, altText="")]
    whole = wix.gallery()
    wix.patch(f"/galleries/{whole['id']}", {"gallery": {"items": items}})
    first = kept(app, whole["id"])
    forget_pictures(app)
    single = wix.gallery()
    for item in items:
        wix.post(f"/galleries/{single['id']}/items", {"item": item})

    second = kept(app, single["id"])
    assert len(first["items"]) == len(items)
    assert first == second


@on_sqlite
def test_new_texts_are_kept_as_those_that_are_written_one_by_one(wix: Wix, app: Flask, cast: Cast) -> None:
    bare = {"image": a_picture(2)["image"]}
    made = wix.gallery(a_picture(1, altText="Seen") | {"description": "Said"}, bare)
    with app.app_context(), transaction():
        first, second = (db.session.get_one(Item, UUID(each["id"])) for each in made["items"])
        language = db.session.get_one(Gallery, first.gallery_id).source_language_id
        for said in ({"title": "Picture 1", "description": "Said"}, {"alt": "Seen"}):
            translations.write(second, language, said, actor=cast.ed, origin="api")
        at_once, in_turn = (translations.find(each, language) for each in (first, second))

        assert [getattr(at_once, name) for name in TEXTS] == [getattr(in_turn, name) for name in TEXTS]
        assert states(at_once) == states(in_turn)
        assert at_once.updated_at is not None
        assert first.updated_at >= first.created_at


@on_sqlite
@pytest.mark.parametrize(
    ("bad", "where"),
    [
        ({"image": {"imageInfo": {"url": "ftp://example.org/a.jpg"}}}, "gallery.items[150].image.imageInfo.url"),
        (a_picture(3) | {"tags": {"values": ["a,b"]}}, "gallery.items[150].tags.values"),
        (text("<p>x</p>") | {"link": {"url": "javascript:x"}}, "gallery.items[150].link.url"),
    ],
    ids=["address", "tag", "link"],
)
def test_one_bad_item_of_many_leaves_nothing(wix: Wix, app: Flask, bad: dict[str, Any], where: str) -> None:
    before = count_all(app)
    items = [a_picture(nth) for nth in range(200)]
    items[150] = bad

    answer = wix.ask("POST", "/galleries", {"gallery": {"items": items}}, status=400)

    assert list(fields(answer)) == [where]
    assert count_all(app) == before


@on_sqlite
def test_a_key_that_is_taken_leaves_nothing_of_many(wix: Wix, app: Flask) -> None:
    made = wix.gallery(text(sortOrder=7.5))
    before = count_all(app)
    items = [text(sortOrder=100.5 + nth) for nth in range(50)]

    for wrong in (7.5, 100.5):
        body = {"gallery": {"items": [*items, text(sortOrder=wrong)]}}
        wix.ask("PATCH", f"/galleries/{made['id']}", body, status=409)

    assert count_all(app) == before


@on_sqlite
def test_more_items_than_a_request_may_bring_are_refused(wix: Wix, app: Flask) -> None:
    made = wix.gallery(text())
    before = count_all(app)
    path = f"/galleries/{made['id']}"
    ids = [f"00000000-0000-4000-8000-{nth:012}" for nth in range(10_000)]

    for method, where in (("POST", "/galleries"), ("PATCH", path)):
        answer = wix.ask(method, where, {"gallery": {"items": [text()] * 10_000}}, status=400)
        assert fields(answer) == {"gallery.items": "OUT_OF_RANGE"}
    answer = wix.ask("POST", f"{path}/items/delete", {"itemIds": ids}, status=400)
    assert fields(answer) == {"itemIds": "OUT_OF_RANGE"}
    known = [{"id": each, "title": "x"} for each in ids[: schemas.MOST_CHANGED + 1]]
    answer = wix.ask("PATCH", path, {"gallery": {"items": known}}, status=400)
    assert f"at most {schemas.MOST_CHANGED} items" in answer.text
    assert count_all(app) == before


@on_sqlite
def test_as_many_items_as_a_request_may_bring_are_made(wix: Wix) -> None:
    made = wix.gallery(*(text(f"<p>{nth}</p>") for nth in range(schemas.MOST_ITEMS)))

    assert made["totalItems"] == schemas.MOST_ITEMS
    assert [each["text"]["html"] for each in wix.items(made["id"], limit=2)] == ["<p>0</p>", "<p>1</p>"]


def test_pictures_that_two_requests_name_at_once_become_one_each(app: Flask, cast: Cast) -> None:
    ids = [f"11062b_{nth}~mv2.jpg" for nth in range(3)]

    def name(mine: str) -> Callable[[], set[UUID]]:
        def run() -> set[UUID]:
            with transaction():
                desk = Naming("wix", Way(), cast.ed)
                told = [Named(id=each, url=f"https://example.org/{each}") for each in (*ids, mine)]
                meant = [desk.file(each) for each in told]
                others = desk.write()
                return {others.get(each, each) for each in meant}

        return run

    done = race(app, name("a.jpg"), name("b.jpg"))

    assert [type(each) for each in done] == [set, set], done
    assert len(done[0] & done[1]) == 3
    with app.app_context():
        assert db.session.query(Media).count() == db.session.query(Fetch).count() == 5
        assert db.session.query(MediaAlias).count() == 5
        told = db.session.query(OutboxEvent).filter(OutboxEvent.kind == "media.created").count()
        assert told == db.session.query(AuditEntry).filter(AuditEntry.verb == "media.name").count() == 5


@on_sqlite
def test_the_id_of_a_picture_in_the_trash_goes_over_to_the_new_one(wix: Wix, app: Flask) -> None:
    made = wix.gallery(a_picture(1))
    with app.app_context(), transaction():
        old = db.session.scalars(db.select(Media)).one()
        old.deleted_at, old_id = old.created_at, old.id

    again = wix.gallery(a_picture(1), a_picture(2))

    ids = [each["image"]["imageInfo"]["id"] for each in (*made["items"], *again["items"])]
    assert ids == ["theirs1.jpg", "theirs1.jpg", "theirs2.jpg"]
    with app.app_context():
        assert db.session.get_one(MediaAlias, ("wix", "", "theirs1.jpg")).media_id != old_id


def states(row: ItemText) -> dict[str, Any]:
    """Return what is kept of a row's fields but who said it and when."""
    return {
        name: {key: value for key, value in noted.items() if key not in ("by", "at")}
        for name, noted in row.kept.items()
    }


def forget_pictures(app: Flask) -> None:
    """Let no picture be known by the name that programs gave it."""
    with app.app_context(), transaction():
        db.session.query(MediaAlias).delete()


def kept(app: Flask, gallery_id: str) -> dict[str, Any]:
    """Return what is kept of a gallery's items, of the pictures they name, and what was told and recorded of both."""
    with app.app_context():
        rows = db.session.scalars(
            db.select(Item).where(Item.gallery_id == UUID(gallery_id)).order_by(Item.sort_order.desc())
        ).all()
        titles = {each.item_id: each for each in db.session.scalars(db.select(ItemText))}
        media = {each.id: each for each in db.session.scalars(db.select(Media))}
        events = db.session.scalars(db.select(OutboxEvent)).all()
        audit = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id)).all()
        return {
            "items": sorted((one_item(row, titles.get(row.id), media) for row in rows), key=repr),
            "events": sorted(
                (each.kind, each.entity, each.payload, each.identity["type"], each.delivered_at)
                for each in events
                if each.entity_id in {str(row.id) for row in rows}
            ),
            "audit": sorted(
                (
                    (each.verb, each.thing, each.changes, each.language_id, each.door)
                    for each in audit
                    if each.thing_id in {str(row.id) for row in rows}
                ),
                key=repr,
            ),
            "media": sorted(
                (
                    (each.verb, each.changes, each.door)
                    for each in audit
                    if each.thing_id in {str(row.media_id or row.poster_id) for row in rows}
                ),
                key=repr,
            ),
        }


def one_item(row: Item, words: ItemText | None, media: dict[UUID, Media]) -> tuple[Any, ...]:
    def picture(media_id: UUID | None) -> Any:
        if media_id is None:
            return None
        found = media[media_id]
        return found.original_filename, found.state, found.source_url, found.told_width, found.uploaded_through

    own = (row.kind, row.link_url, row.focal_x, row.style, row.video, row.given, row.version, row.added_through)
    said = [getattr(words, name) for name in TEXTS] if words else None
    noted = states(words) if words else None
    return own, picture(row.media_id), picture(row.poster_id), said, noted, row.updated_at is not None
