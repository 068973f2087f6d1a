"""Decisions as far as this door shows them, each by its number."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import factories
from tests.api.cms.conftest import Program, Programs, media
from tests.fixtures.app import Cast
from webapp.domain import galleries, holds, items, translations
from webapp.domain.models import Gallery, GalleryText, Item, ItemText, OutboxEvent, Revision
from webapp.domain.transaction import transaction
from webapp.infra.db import db

READ_ONLY = {
    "id": "5d0c7b0a-5b5e-4f5e-8b0a-5b5e4f5e8b0a",
    "created_by": None,
    "created_at": "1999-01-01T00:00:00Z",
    "updated_at": "1999-01-01T00:00:00Z",
    "gallery_media": [{"media_id": "x"}],
    "cover_image": {"id": 5},
    "version": 99,
    "deleted_at": "1999-01-01T00:00:00Z",
    "sort_order": 5,
    "": [None],
    "__class__": {},
}


def add(gallery_id: str, media_id: str, cast: Cast, *, place: str = "end") -> UUID:
    return items.add(UUID(gallery_id), [UUID(media_id)], actor=cast.ed, place=place)[0].id


def text_item(gallery_id: str, sort_order: float) -> None:
    db.session.add(Item(gallery_id=UUID(gallery_id), kind="text", sort_order=sort_order))


def uses(gallery_id: str) -> list[str]:
    """Say what stands where: the number of each media, and `t` for a text."""
    rows = items.uses(UUID(gallery_id))
    known = list(dict.fromkeys(media_id for _, media_id, _ in rows if media_id))
    return ["t" if media_id is None else str(known.index(media_id)) for _, media_id, _ in rows]


def events(kind: str) -> int:
    return db.session.scalars(select(func.count()).where(OutboxEvent.kind == kind)).one()


def test_d01_ranks_follow_the_order_that_the_dashboard_writes(ed: Program, cast: Cast, in_domain: Any) -> None:
    made = ed.gallery(media=4)
    first, *_, last = ed.order(made)
    ids = in_domain(items.ids_in_order, UUID(made))

    in_domain(items.move, UUID(made), [ids[3]], before=ids[0], actor=cast.ed)

    assert ed.order(made)[:2] == [last, first]


def test_d02_this_door_appends_at_the_bottom(ed: Program, cast: Cast, in_domain: Any) -> None:
    made = ed.gallery()
    top, first, second = ed.pictures(3)
    ed.post(f"/galleries/{made}/media", {"media_id": first})
    in_domain(add, made, top, cast, place="top")
    ed.post(f"/galleries/{made}/media", {"media_id": second})

    assert ed.order(made) == [top, first, second]


def test_d07_a_second_use_is_not_shown_and_a_third_by_this_door_refused(
    ed: Program, cast: Cast, in_domain: Any
) -> None:
    made = ed.gallery(media=2)
    first, second = ed.order(made)
    in_domain(add, made, first, cast)

    assert ed.order(made) == [first, second]
    ed.post(f"/galleries/{made}/media", {"media_id": first}, status=400)
    assert in_domain(uses, made) == ["0", "1", "0"]


def test_d07_patch_addresses_the_first_use(ed: Program, cast: Cast, in_domain: Any) -> None:
    made = ed.gallery(media=1)
    media_id = ed.order(made)[0]
    second = in_domain(add, made, media_id, cast)

    ed.patch(f"/galleries/{made}/media/{media_id}", {"caption": "the first"})

    with_text = in_domain(
        lambda: list(db.session.scalars(select(ItemText.item_id).where(ItemText.caption.is_not(None))))
    )
    assert len(with_text) == 1
    assert second not in with_text


def test_d07_delete_removes_every_use(ed: Program, cast: Cast, in_domain: Any) -> None:
    made = ed.gallery(media=2)
    first, second = ed.order(made)
    in_domain(add, made, first, cast)
    in_domain(text_item, made, -9.0)

    answer = ed.delete(f"/galleries/{made}/media/{first}").json

    assert [place["media_id"] for place in answer["gallery_media"]] == [second]
    assert in_domain(uses, made) == ["0", "t"]
    ed.delete(f"/galleries/{made}/media/{first}", status=404)
    ed.post(f"/galleries/{made}/media", {"media_id": first}, status=201)


def test_d07_reorder_takes_texts_and_second_uses_along(ed: Program, cast: Cast, in_domain: Any) -> None:
    made = ed.gallery(media=3)
    order = ed.order(made)
    in_domain(add, made, order[0], cast)
    in_domain(text_item, made, -0.5)
    in_domain(text_item, made, 7.0)
    assert in_domain(uses, made) == ["t", "0", "t", "1", "2", "0"]

    ed.post(f"/galleries/{made}/media/reorder", {"media_ids": [order[2], order[0], order[1]]}, status=200)

    assert ed.order(made) == [order[2], order[0], order[1]]
    assert in_domain(uses, made) == ["t", "0", "1", "1", "t", "2"], "each follows the picture that it stood behind"


def test_d07_patch_takes_texts_along(ed: Program, in_domain: Any) -> None:
    made = ed.gallery(media=3)
    order = ed.order(made)
    in_domain(text_item, made, -0.5)

    ed.patch(f"/galleries/{made}/media/{order[0]}", {"order": 1})

    assert ed.order(made) == [order[1], order[0], order[2]]
    assert in_domain(uses, made) == ["0", "1", "t", "2"]


def test_d08_what_this_door_writes_is_what_visitors_see(ed: Program, app: Flask) -> None:
    made = ed.gallery("summer", title="Before", status="published")

    ed.put(f"/galleries/{made}/translations", {"language_id": ed.language("en"), "title": "After by API"})

    assert "After by API" in app.test_client().get("/g/summer").text


def test_d08_drafts_are_not_shown_here_and_not_lost(ed: Program, cast: Cast, in_domain: Any) -> None:
    french, german = UUID(ed.language("fr")), UUID(ed.language("de"))
    made = ed.gallery("summer", title="Summer")
    english = UUID(ed.language("en"))

    def type_something() -> None:
        found = galleries.get(UUID(made))
        translations.draft(found, english, {"title": "typed"}, actor=cast.ada)
        translations.draft(found, french, {"title": "tapé"}, actor=cast.ada)

    in_domain(type_something)
    shown = ed.get(f"/galleries/{made}").json["translations"]
    assert [(text["language_id"], text["title"]) for text in shown] == [(str(english), "Summer")]

    ed.put(f"/galleries/{made}/translations", {"language_id": str(english), "title": "By API"})
    ed.put(f"/galleries/{made}/translations", {"language_id": str(german), "title": "Sommer"})
    drafts = in_domain(
        lambda: [row.drafts.get("title", {}).get("text") for row in translations.all_of(galleries.get(UUID(made)))]
    )
    assert sorted(filter(None, drafts)) == ["tapé", "typed"]


def test_d09_changes_of_a_held_gallery_are_held_and_said_to_be(
    programs: Programs, cast: Cast, in_domain: Any, app: Flask
) -> None:
    ed, vi = programs.ed, programs.vi
    made = ed.gallery("summer", title="Before", media=2, status="published")
    cover = ed.pictures(1)[0]
    first, second = ed.order(made)
    english, french = ed.language("en"), ed.language("fr")
    ed.patch(f"/galleries/{made}/media/{first}", {"caption": "before"})
    before = vi.get(f"/galleries/{made}").json
    in_domain(holds.hold, UUID(made), actor=cast.ed)

    path = f"/galleries/{made}"
    answers = [
        ed.put(f"{path}/translations", {"language_id": english, "title": "After"}),
        ed.put(f"{path}/translations", {"language_id": french, "title": "Après"}),
        ed.post(f"{path}/media/reorder", {"media_ids": [second, first]}, status=200),
        ed.patch(f"{path}/media/{first}", {"caption": "after"}),
        ed.post(f"{path}/media", {"media_id": ed.pictures(1)[0]}),
        ed.delete(f"{path}/media/{second}"),
        ed.patch(path, {"cover_image_id": cover}),
    ]

    assert [answer.headers.get("X-Vitrine-Held") for answer in answers] == ["true"] * len(answers)
    now = ed.get(path).json
    assert [text["title"] for text in now["translations"]] == ["After", "Après"]
    assert (now["cover_image_id"], now["gallery_media"][0]["caption"]) == (cover, "after")
    frozen = vi.get(path).json
    assert {**frozen, "updated_at": None} == {**before, "updated_at": None}, "readers see what visitors see"
    assert "Before" in app.test_client().get("/g/summer").text


def test_d09_a_gallery_that_is_not_held_says_nothing(ed: Program) -> None:
    made = ed.gallery(status="published")

    assert "X-Vitrine-Held" not in ed.patch(f"/galleries/{made}", {"status": "draft"}).headers
    assert "X-Vitrine-Held" not in ed.get(f"/galleries/{made}").headers


def test_d09_readers_keep_a_text_whose_language_was_deleted_while_held(
    programs: Programs, cast: Cast, in_domain: Any
) -> None:
    ed, vi = programs.ed, programs.vi
    made = ed.gallery("summer", title="Before", status="published")
    english = ed.language("en")
    in_domain(holds.hold, UUID(made), actor=cast.ed)

    assert ed.delete(f"/galleries/{made}/translations/{english}").json["translations"] == []

    one = vi.get(f"/galleries/{made}").json["translations"]
    assert [(text["title"], text["language_id"]) for text in one] == [("Before", english)]
    assert vi.get(f"/galleries/{made}").json["translations"] == one, "its id stays the same"


def test_d12_status_publishes_unpublishes_and_archives(ed: Program, app: Flask, in_domain: Any) -> None:
    made = ed.gallery("summer")
    visitor = app.test_client()

    def seen(status: str) -> int:
        assert ed.patch(f"/galleries/{made}", {"status": status}).json["status"] == status
        return visitor.get("/g/summer").status_code

    assert [seen(status) for status in ("published", "archived", "published", "draft")] == [200, 404, 200, 404]
    assert in_domain(lambda: db.session.scalars(select(func.count(Revision.id))).one()) == 2


def test_d12_setting_what_it_is_does_nothing(ed: Program, in_domain: Any) -> None:
    made = ed.gallery("summer", status="published")
    before = ed.get(f"/galleries/{made}").data

    ed.patch(f"/galleries/{made}", {"status": "published", "slug": "summer"})

    assert ed.get(f"/galleries/{made}").data == before
    assert in_domain(events, "gallery.updated") == 0


def test_d13_read_reads_all_living_galleries(programs: Programs) -> None:
    made = {programs.ed.gallery(f"a-{status}", status=status) for status in ("draft", "published", "archived")}

    assert {row["id"] for row in programs.vi.get("/galleries").json} == made
    assert {programs.tessa.get(f"/galleries/{each}").json["id"] for each in made} == made


def test_d17_another_default_language_changes_no_caption(programs: Programs, cast: Cast, in_domain: Any) -> None:
    ada = programs.ada
    french = ada.language("fr")
    made = ada.gallery(media=1)
    media_id = ada.order(made)[0]
    ada.patch(f"/galleries/{made}/media/{media_id}", {"caption": "Opening"})
    ada.patch(f"/media/{media_id}", {"alt_text": "Gate"})
    in_domain(lambda: factories.write(media(media_id), "fr", cast.ed, alt="Porte"))

    ada.patch(f"/languages/{french}", {"is_default": True})

    place = ada.get(f"/galleries/{made}").json["gallery_media"][0]
    assert (place["caption"], place["media"]["alt_text"]) == ("Opening", "Porte")
    new = ada.gallery("new", title=None)
    assert in_domain(lambda: str(galleries.get(UUID(new)).source_language_id)) == french


def test_d18_texts_by_this_door_are_done_with_origin_api(ed: Program, in_domain: Any) -> None:
    made = ed.gallery("summer", title="Summer")
    french = UUID(ed.language("fr"))

    def kept(field: str, language: UUID) -> tuple[str, str]:
        row = translations.find(galleries.get(UUID(made)), language)
        return translations.state(row, field), row.kept[field]["origin"]

    ed.put(f"/galleries/{made}/translations", {"language_id": str(french), "title": "Été"})
    assert in_domain(kept, "title", french) == ("done", "api")
    english = {"language_id": ed.language("en"), "title": "Summer"}
    ed.put(f"/galleries/{made}/translations", english)
    assert in_domain(kept, "title", french) == ("done", "api"), "the same text makes nothing stale"
    ed.put(f"/galleries/{made}/translations", english | {"title": "High summer"})
    assert in_domain(kept, "title", french) == ("stale", "api")


def test_d19_what_is_inherited_is_read_and_does_not_become_own(ed: Program, cast: Cast, in_domain: Any) -> None:
    made = ed.gallery(media=1)
    media_id = ed.order(made)[0]
    in_domain(lambda: factories.write(media(media_id), "en", cast.ed, caption="Of the library"))
    path = f"/galleries/{made}/media/{media_id}"
    before = ed.get(f"/galleries/{made}")
    assert before.json["gallery_media"][0]["caption"] == "Of the library"

    assert ed.patch(path, {"caption": "Of the library"}).data == before.data
    assert ed.patch(path, {"caption": None}).data == before.data
    assert in_domain(lambda: db.session.scalars(select(func.count(ItemText.id))).one()) == 0

    assert ed.patch(path, {"caption": "Own"}).json["gallery_media"][0]["caption"] == "Own"
    assert ed.patch(path, {"caption": None}).json["gallery_media"][0]["caption"] == "Of the library"


def test_d19_a_caption_falls_back_along_the_languages_chain(ed: Program, cast: Cast, in_domain: Any) -> None:
    french = ed.language("fr")
    swiss = ed.language("fr-CH", fallback_id=UUID(french))
    made = ed.gallery(media=1)
    media_id = ed.order(made)[0]

    def write() -> None:
        found = galleries.get(UUID(made))
        found.source_language_id = UUID(swiss)
        factories.write(media(media_id), "fr-CH", cast.ed, caption="media, Swiss")
        item = items.get(found.id, items.ids_in_order(found.id)[0])
        factories.write(item, "fr", cast.ed, caption="item, French")

    in_domain(write)
    shown = ed.get(f"/galleries/{made}")
    assert shown.json["gallery_media"][0]["caption"] == "item, French", "the item's fallback before the library's own"
    assert ed.patch(f"/galleries/{made}/media/{media_id}", {"caption": "item, French"}).data == shown.data


@pytest.mark.parametrize("text", ["Gate", None])
def test_d19_an_alt_text_that_is_inherited_does_not_become_own(
    ed: Program, cast: Cast, in_domain: Any, text: str | None
) -> None:
    french = ed.language("fr")
    ed.language("en", fallback_id=UUID(french))
    media_id = ed.pictures(1)[0]
    in_domain(lambda: factories.write(media(media_id), "fr", cast.ed, alt=text))
    before = ed.get(f"/media/{media_id}")

    assert before.json["alt_text"] == text
    assert ed.patch(f"/media/{media_id}", {"alt_text": text}).data == before.data


def test_d25_the_tag_is_over_all_that_is_shown(ed: Program, cast: Cast, in_domain: Any) -> None:
    made = ed.gallery(media=2, cover_image_id=ed.pictures(1)[0])
    first, second = ed.order(made)
    cover = ed.get(f"/galleries/{made}").json["cover_image_id"]
    seen = []

    def tag() -> None:
        seen.append(ed.get(f"/galleries/{made}").headers["ETag"])

    for change in (
        lambda: None,
        lambda: ed.patch(f"/media/{first}", {"alt_text": "a"}),
        lambda: ed.patch(f"/media/{cover}", {"original_filename": "cover.jpg"}),
        lambda: in_domain(lambda: factories.write(media(second), "en", cast.ed, caption="c")),
        lambda: ed.patch(f"/galleries/{made}/media/{first}", {"order": 1}),
        lambda: ed.patch(f"/galleries/{made}", {"slug": "winter"}),
    ):
        change()
        tag()

    assert len(set(seen)) == len(seen) == 6


def test_d25_if_match_guards_every_change(ed: Program) -> None:
    made = ed.gallery(media=2)
    first, second = ed.order(made)
    french = ed.language("fr")
    before = ed.get(f"/galleries/{made}")
    path = f"/galleries/{made}"
    changes: list[tuple[str, str, Any]] = [
        ("PATCH", path, {"slug": "winter"}),
        ("PUT", f"{path}/translations", {"language_id": french, "title": "Été"}),
        ("DELETE", f"{path}/translations/{ed.language('en')}", None),
        ("POST", f"{path}/media/reorder", {"media_ids": [second, first]}),
        ("POST", f"{path}/media", {"media_id": ed.pictures(1)[0]}),
        ("PATCH", f"{path}/media/{first}", {"order": 0}),
        ("DELETE", f"{path}/media/{first}", None),
        ("DELETE", path, None),
    ]

    for method, address, body in changes:
        for stale in ('"nothing"', 'W/"x"', "", f"W/{before.headers['ETag']}"):
            ed.ask(method, address, body, status=412, headers={"If-Match": stale})
    assert ed.get(path).data == before.data

    for nth, (method, address, body) in enumerate(changes):
        current = ed.get(path).headers["ETag"]
        match = "*" if nth % 2 else f'"other", {current}'
        answer = ed.ask(method, address, body, headers={"If-Match": match})
        assert answer.status_code in (200, 201, 204), answer.text


def test_d25_who_reads_again_is_told_that_nothing_changed(ed: Program) -> None:
    made = ed.gallery()
    tag = ed.get(f"/galleries/{made}").headers["ETag"]

    again = ed.get(f"/galleries/{made}", status=304, headers={"If-None-Match": tag})
    assert (again.data, again.headers["ETag"]) == (b"", tag)
    ed.patch(f"/galleries/{made}", {"slug": "winter"})
    ed.get(f"/galleries/{made}", status=200, headers={"If-None-Match": tag})


def test_d25_reading_on_a_condition_is_refused_in_the_same_words(ed: Program) -> None:
    made = ed.gallery()

    stale = ed.get(f"/galleries/{made}", status=412, headers={"If-Match": '"other"'})
    assert isinstance(stale.json["detail"], str)
    tag = ed.get(f"/galleries/{made}").headers["ETag"]
    ed.get(f"/galleries/{made}", status=200, headers={"If-Match": tag})
    ed.get(f"/galleries/{made}", status=304, headers={"If-None-Match": f"W/{tag}"})
    ed.get(f"/galleries/{made}", status=304, headers={"If-None-Match": "*"})
    assert ed.ask("HEAD", f"/galleries/{made}", status=200).headers["ETag"] == tag


def test_d25_media_and_languages_have_tags_too(ada: Program) -> None:
    media_id, french = ada.pictures(1)[0], ada.language("fr")
    for path, change in ((f"/media/{media_id}", {"alt_text": "a"}), (f"/languages/{french}", {"name": "Français"})):
        tag = ada.get(path).headers["ETag"]
        ada.patch(path, change, status=412, headers={"If-Match": '"x"'})
        after = ada.patch(path, change, headers={"If-Match": tag}).headers["ETag"]
        assert after == ada.get(path).headers["ETag"] != tag
        ada.delete(path, status=412, headers={"If-Match": tag})
        ada.delete(path, status=204, headers={"If-Match": after})


def test_d28_unknown_and_read_only_keys_are_ignored(ed: Program, in_domain: Any) -> None:
    made = ed.post("/galleries", {"slug": "summer"} | READ_ONLY).json
    assert made["id"] != READ_ONLY["id"]
    assert (made["gallery_media"], made["cover_image"], made["updated_at"]) == ([], None, None)
    before = ed.get(f"/galleries/{made['id']}").data

    assert ed.patch(f"/galleries/{made['id']}", READ_ONLY).data == before
    assert in_domain(lambda: db.session.get_one(Gallery, UUID(made["id"])).sort_order) is None


def test_d29_search_finds_by_the_working_values(programs: Programs, cast: Cast, in_domain: Any) -> None:
    ed = programs.ed
    made = ed.gallery("summer", title="Before", status="published")
    in_domain(holds.hold, UUID(made), actor=cast.ed)
    ed.put(f"/galleries/{made}/translations", {"language_id": ed.language("en"), "title": "Élan"})

    assert [row["id"] for row in ed.get("/galleries?search=elan").json] == [made]
    assert ed.get("/galleries?search=before").json == []
    assert [row["id"] for row in ed.get("/galleries?search=SUMM").json] == [made]


def test_d29_the_list_is_ordered_by_making_and_id(ed: Program, app: Flask) -> None:
    slugs = [f"gallery-{number}" for number in range(4)]
    made = [ed.gallery(slug) for slug in slugs]
    ed.patch(f"/galleries/{made[0]}", {"slug": "gallery-9"})

    with app.app_context(), transaction():
        moment = db.session.get_one(Gallery, UUID(made[1])).created_at
        for each in made[1:]:
            db.session.get_one(Gallery, UUID(each)).created_at = moment

    assert [row["id"] for row in ed.get("/galleries").json] == [made[0], *sorted(made[1:])]
    pages = [row["id"] for page in (1, 2) for row in ed.get(f"/galleries?page={page}&per_page=2").json["data"]]
    assert pages == [made[0], *sorted(made[1:])]


def test_texts_without_a_title_have_an_empty_one(ed: Program, cast: Cast, in_domain: Any) -> None:
    made = ed.gallery("summer", title=None)
    in_domain(lambda: factories.write(galleries.get(UUID(made)), "en", cast.ed, description="Only this"))

    text = ed.get(f"/galleries/{made}").json["translations"][0]

    assert (text["title"], text["description"]) == ("", "Only this")
    assert in_domain(lambda: db.session.scalars(select(GalleryText.title)).one()) is None
