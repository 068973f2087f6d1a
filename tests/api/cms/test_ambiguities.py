"""What the seed leaves open, settled in the contract; each point has its number."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests import factories
from tests.api.cms.conftest import Program, Programs, media
from tests.fixtures.app import Cast
from webapp.domain import galleries, items, translations
from webapp.domain.models import Item
from webapp.domain.transaction import transaction
from webapp.infra.db import db


def test_cms_ambiguity_01_order_zero_or_absent_appends(ed: Program) -> None:
    made = ed.gallery()
    first, second, third, fourth = ed.pictures(4)

    assert ed.post(f"/galleries/{made}/media", {"media_id": first}).json["gallery_media"][0]["order"] == 0
    ed.post(f"/galleries/{made}/media", {"media_id": second, "order": 0})
    ed.post(f"/galleries/{made}/media", {"media_id": third, "order": None})
    shown = ed.post(f"/galleries/{made}/media", {"media_id": fourth}).json["gallery_media"]

    assert [(place["media_id"], place["order"]) for place in shown] == [
        (media_id, rank) for rank, media_id in enumerate([first, second, third, fourth])
    ]


def test_cms_ambiguity_01_the_first_place_is_reached_by_patch(ed: Program) -> None:
    made = ed.gallery(media=3)
    first, second, third = ed.order(made)

    ed.patch(f"/galleries/{made}/media/{third}", {"order": 0})

    assert ed.order(made) == [third, first, second]


@pytest.mark.parametrize(
    ("rank", "expected"), [(0, "cabde"), (1, "acbde"), (2, "abcde"), (3, "abdce"), (4, "abdec"), (5, "abdec")]
)
def test_cms_ambiguity_02_patch_moves_to_a_rank(ed: Program, rank: int, expected: str) -> None:
    made = ed.gallery(media=5)
    named = dict(zip("abcde", ed.order(made), strict=True))

    ed.patch(f"/galleries/{made}/media/{named['c']}", {"order": rank})

    assert ed.order(made) == [named[letter] for letter in expected]


@pytest.mark.parametrize("rank", [3, 99, 2**31, 2**63 - 1, -1, 1 - 2**63])
def test_cms_ambiguity_02_a_rank_out_of_range_is_the_end(ed: Program, rank: int) -> None:
    made = ed.gallery(media=3)
    first, second, third = ed.order(made)

    ed.patch(f"/galleries/{made}/media/{first}", {"order": rank})

    assert ed.order(made) == [second, third, first]


def test_cms_ambiguity_03_an_unknown_id_wins_over_a_missing_one(ed: Program) -> None:
    made = ed.gallery(media=3)
    order = ed.order(made)
    before = ed.get(f"/galleries/{made}").data

    def reorder(media_ids: list[str], status: int) -> str:
        return ed.post(f"/galleries/{made}/media/reorder", {"media_ids": media_ids}, status=status).json["detail"]

    incomplete = "Not all media items included in reorder request"
    assert reorder([order[0], str(uuid4())], 404) == "One or more media IDs not found in gallery"
    assert reorder(order[:2], 400) == incomplete
    assert reorder([], 400) == incomplete
    assert reorder([*order, order[0]], 400) == incomplete
    assert reorder([order[0], order[0], order[1]], 400) == incomplete
    assert ed.get(f"/galleries/{made}").data == before, "a failed reorder changes nothing"


def test_cms_ambiguity_03_an_empty_gallery_takes_an_empty_order(ed: Program) -> None:
    made = ed.gallery()

    assert ed.post(f"/galleries/{made}/media/reorder", {"media_ids": []}, status=200).json["gallery_media"] == []


def test_cms_ambiguity_04_the_slug_of_a_deleted_gallery_is_free(ed: Program, cast: Cast, in_domain: Any) -> None:
    first = ed.gallery("summer")
    ed.delete(f"/galleries/{first}", status=204)

    second = ed.gallery("summer")
    restored = in_domain(lambda: galleries.restore(galleries.find_trashed(UUID(first)), actor=cast.ed))

    assert restored == "summer-2"
    assert ed.get(f"/galleries/{first}").json["slug"] == "summer-2"
    assert ed.get(f"/galleries/{second}").json["slug"] == "summer"


def test_cms_ambiguity_05_media_twice_is_400_and_a_taken_slug_409(ed: Program) -> None:
    made = ed.gallery("summer", media=1)
    ed.gallery("winter")

    there = ed.post(f"/galleries/{made}/media", {"media_id": ed.order(made)[0]}, status=400)
    assert there.json == {"detail": "Media is already in this gallery"}
    assert ed.post("/galleries", {"slug": "summer"}, status=409).json == {"detail": "Gallery slug already exists"}
    taken = ed.patch(f"/galleries/{made}", {"slug": "winter"}, status=409)
    assert taken.json == {"detail": "Gallery slug already exists"}
    assert [row["slug"] for row in ed.get("/galleries").json] == ["summer", "winter"]


def test_cms_ambiguity_06_what_deleting_answers(ed: Program) -> None:
    made = ed.gallery(media=2)
    media_id, language = ed.order(made)[0], ed.language("en")

    without_media = ed.delete(f"/galleries/{made}/media/{media_id}", status=200).json
    assert (without_media["id"], len(without_media["gallery_media"])) == (made, 1)
    without_text = ed.delete(f"/galleries/{made}/translations/{language}", status=200).json
    assert (without_text["id"], without_text["translations"]) == (made, [])
    gone = ed.delete(f"/galleries/{made}", status=204)
    assert (gone.data, gone.headers.get("Content-Type")) == (b"", None)


def test_cms_ambiguity_07_an_unknown_language_creates_nothing(ed: Program) -> None:
    known, unknown = ed.language("en"), str(uuid4())
    texts = [{"language_id": known, "title": "a"}, {"language_id": unknown, "title": "b"}]

    answer = ed.post("/galleries", {"slug": "summer", "translations": texts}, status=404)

    assert answer.json == {"detail": "Language not found"}
    assert ed.get("/galleries").json == []
    ed.post("/galleries", {"slug": "summer"}, status=201)


def test_cms_ambiguity_08_own_slug_null_and_absent(ed: Program) -> None:
    cover = ed.pictures(1)[0]
    made = ed.gallery("summer", cover_image_id=cover, status="archived")
    before = ed.get(f"/galleries/{made}").json

    assert ed.patch(f"/galleries/{made}", {"slug": "summer"}).json == before, "its own slug is no change"
    assert ed.patch(f"/galleries/{made}", {}).json == before
    assert ed.patch(f"/galleries/{made}", {"slug": "winter"}).json["cover_image_id"] == cover
    cleared = ed.patch(f"/galleries/{made}", {"cover_image_id": None}).json
    assert (cleared["cover_image_id"], cleared["cover_image"]) == (None, None)
    assert (cleared["slug"], cleared["status"], cleared["author_id"]) == ("winter", "archived", before["author_id"])


def test_cms_ambiguity_09_updated_at_is_null_until_a_change(ed: Program) -> None:
    made = ed.gallery(status="published")
    media_id = ed.pictures(1)[0]
    path = f"/galleries/{made}"
    changes = [
        lambda: ed.post(f"{path}/media", {"media_id": media_id}),
        lambda: ed.post(f"{path}/media", {"media_id": ed.pictures(1)[0]}),
        lambda: ed.patch(f"{path}/media/{media_id}", {"order": 1}),
        lambda: ed.patch(f"{path}/media/{media_id}", {"caption": "a"}),
        lambda: ed.post(f"{path}/media/reorder", {"media_ids": ed.order(made)[::-1]}, status=200),
        lambda: ed.delete(f"{path}/media/{media_id}"),
        lambda: ed.put(f"{path}/translations", {"language_id": ed.language("fr"), "title": "Été"}),
        lambda: ed.delete(f"{path}/translations/{ed.language('fr')}"),
        lambda: ed.patch(path, {"status": "draft"}),
    ]
    seen = [ed.get(path).json["updated_at"]]

    for change in changes:
        seen.append(change().json["updated_at"])

    assert seen[0] is None
    assert all(seen[1:])
    assert sorted(set(seen[1:])) == seen[1:], "each change is later than the one before"


@pytest.mark.parametrize("number", [0, 1, 120])
def test_cms_ambiguity_10_all_media_are_in_one_answer(ed: Program, cast: Cast, in_domain: Any, number: int) -> None:
    made = ed.gallery()
    in_domain(lambda: factories.fill(galleries.get(UUID(made)), number, by=cast.ed))

    assert len(ed.order(made)) == number


def test_cms_ambiguity_11_captions_are_the_source_languages(ed: Program, cast: Cast, in_domain: Any) -> None:
    french = ed.language("fr")
    made = ed.gallery(media=1)
    media_id = ed.order(made)[0]

    def speak_french() -> None:
        found = galleries.get(UUID(made))
        found.source_language_id = UUID(french)
        item = items.get(found.id, items.ids_in_order(found.id)[0])
        factories.write(item, "en", cast.ed, caption="Opening")
        factories.write(item, "fr", cast.ed, caption="Ouverture")
        factories.write(media(media_id), "en", cast.ed, alt="Gate")
        factories.write(media(media_id), "fr", cast.ed, alt="Porte")

    in_domain(speak_french)
    place = ed.get(f"/galleries/{made}").json["gallery_media"][0]
    assert (place["caption"], place["media"]["alt_text"]) == ("Ouverture", "Gate")

    ed.patch(f"/galleries/{made}/media/{media_id}", {"caption": "Portail"})
    assert in_domain(captions, made) == {"en": "Opening", "fr": "Portail"}


def captions(gallery_id: str) -> dict[str, str]:
    item = items.get(UUID(gallery_id), items.ids_in_order(UUID(gallery_id))[0])
    codes = {factories.language(code).id: code for code in ("en", "fr")}
    return {codes[row.language_id]: row.caption for row in translations.all_of(item)}


@pytest.mark.parametrize(("length", "status"), [(500, 200), (501, 422)])
def test_cms_ambiguity_11_a_caption_has_five_hundred_characters(ed: Program, length: int, status: int) -> None:
    made = ed.gallery(media=1)

    ed.patch(f"/galleries/{made}/media/{ed.order(made)[0]}", {"caption": "é" * length}, status=status)


def test_cms_ambiguity_12_items_without_media_are_not_shown(ed: Program, app: Flask) -> None:
    made = ed.gallery(media=2)
    first, second = ed.order(made)

    with app.app_context(), transaction():
        between = Item(gallery_id=UUID(made), kind="text", sort_order=-0.5)
        above = Item(gallery_id=UUID(made), kind="video", sort_order=1.0)
        db.session.add_all([between, above])

    assert ed.order(made) == [first, second]
    ed.patch(f"/galleries/{made}/media/{second}", {"order": 0})
    assert ed.order(made) == [second, first]


def test_cms_ambiguity_13_an_etag_on_every_gallery(ed: Program) -> None:
    made = ed.gallery(media=1)
    tag = ed.get(f"/galleries/{made}").headers["ETag"]

    stale = ed.patch(f"/galleries/{made}", {"slug": "b-b"}, status=412, headers={"If-Match": '"old"'})
    assert isinstance(stale.json["detail"], str)
    ed.patch(f"/galleries/{made}", {"slug": "b-b"}, headers={"If-Match": tag})
    assert ed.get(f"/galleries/{made}").headers["ETag"] != tag


REQUIRED = [
    ("POST", "/galleries", "slug", {}),
    ("PUT", "/galleries/{id}/translations", "language_id", {"title": "a"}),
    ("PUT", "/galleries/{id}/translations", "title", {"language_id": "{language}"}),
    ("POST", "/galleries/{id}/media", "media_id", {}),
    ("POST", "/galleries/{id}/media/reorder", "media_ids", {}),
]


@pytest.mark.parametrize(("method", "path", "field", "body"), REQUIRED)
def test_cms_ambiguity_14_what_is_required(ed: Program, method: str, path: str, field: str, body: Any) -> None:
    made = ed.gallery()
    sent = {key: value.format(language=ed.language("en")) for key, value in body.items()}

    faults = ed.ask(method, path.format(id=made), sent, status=422).json["detail"]

    missing = {"type": "missing", "loc": ["body", field], "msg": "Field required", "input": sent}
    assert faults == [missing]


@pytest.mark.parametrize(
    ("field", "most"), [("title", 255), ("meta_title", 255), ("meta_description", 500), ("description", 20_000)]
)
def test_cms_ambiguity_14_lengths_of_texts(ed: Program, field: str, most: int) -> None:
    made = ed.gallery()
    path = f"/galleries/{made}/translations"
    body = {"language_id": ed.language("en"), "title": "a"}

    assert ed.put(path, body | {field: "é" * most}).json["translations"][0][field] == "é" * most
    fault = ed.put(path, body | {field: "é" * (most + 1)}, status=422).json["detail"][0]
    assert (fault["type"], fault["loc"], fault["ctx"]) == ("string_too_long", ["body", field], {"max_length": most})


GOOD_SLUGS = ["ab", "a1", "11", "a-b", "a--b", "a" * 255]
BAD_SLUGS = [
    "",
    "a",
    "a" * 256,
    "Ab",
    "a b",
    " ab",
    "ab ",
    "-ab",
    "ab-",
    "--",
    "a_b",
    "a.b",
    "é1",
    "ab\n",
    "a/b",
    "ａｂ",
]


@pytest.mark.parametrize("slug", GOOD_SLUGS)
def test_cms_ambiguity_14_slugs_that_are_taken(ed: Program, slug: str) -> None:
    assert ed.post("/galleries", {"slug": slug}).json["slug"] == slug


@pytest.mark.parametrize("slug", BAD_SLUGS)
def test_cms_ambiguity_14_slugs_are_refused_and_not_mended(ed: Program, slug: str) -> None:
    made = ed.gallery("summer")

    assert ed.post("/galleries", {"slug": slug}, status=422).json["detail"][0]["loc"] == ["body", "slug"]
    assert ed.patch(f"/galleries/{made}", {"slug": slug}, status=422).json["detail"][0]["loc"] == ["body", "slug"]
    assert [row["slug"] for row in ed.get("/galleries").json] == ["summer"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=1", 200),
        ("limit=1000", 200),
        ("limit=0", 422),
        ("limit=1001", 422),
        ("limit=-1", 422),
        ("skip=0", 200),
        ("skip=-1", 422),
        ("per_page=1", 200),
        ("per_page=200", 200),
        ("per_page=0", 422),
        ("per_page=201", 422),
        ("page=0", 422),
        ("page=2147483647&per_page=200", 200),
        ("status=gone", 422),
        ("status=Draft", 422),
        ("limit=ten", 422),
        ("unknown=1&unknown=2", 200),
    ],
)
def test_cms_ambiguity_14_limits_of_lists(ed: Program, query: str, status: int) -> None:
    ed.get(f"/galleries?{query}", status=status)


def test_cms_ambiguity_14_an_unknown_author(ed: Program) -> None:
    made = ed.gallery("summer")
    body = {"author_id": str(uuid4())}

    assert ed.post("/galleries", {"slug": "b-b"} | body, status=404).json == {"detail": "Author not found"}
    assert ed.patch(f"/galleries/{made}", body, status=404).json == {"detail": "Author not found"}
    assert [row["slug"] for row in ed.get("/galleries").json] == ["summer"]


@pytest.mark.parametrize(
    ("rank", "expected"), [(1, "axbc"), (2, "abxc"), (3, "abcx"), (99, "abcx"), (2**63 - 1, "abcx")]
)
def test_cms_ambiguity_14_post_inserts_at_a_rank(ed: Program, rank: int, expected: str) -> None:
    made = ed.gallery(media=3)
    named = dict(zip("abc", ed.order(made), strict=True)) | {"x": ed.pictures(1)[0]}

    ed.post(f"/galleries/{made}/media", {"media_id": named["x"], "order": rank})

    assert ed.order(made) == [named[letter] for letter in expected]


def test_cms_ambiguity_14_post_below_zero(ed: Program) -> None:
    made = ed.gallery()

    fault = ed.post(f"/galleries/{made}/media", {"media_id": ed.pictures(1)[0], "order": -1}, status=422).json[
        "detail"
    ][0]

    assert (fault["type"], fault["loc"], fault["ctx"]) == ("greater_than_equal", ["body", "order"], {"ge": 0})
    assert ed.order(made) == []


def test_cms_ambiguity_15_the_source_text_may_be_deleted(ed: Program, app: Flask) -> None:
    made = ed.gallery("summer", title="Summer")

    ed.delete(f"/galleries/{made}/translations/{ed.language('en')}")

    with app.app_context():
        assert galleries.title_of(galleries.get(UUID(made))) == "summer"


def test_cms_ambiguity_16_path_has_its_own_tests(ed: Program) -> None:
    media_id = ed.pictures(1)[0]
    shown = ed.get(f"/media/{media_id}").json

    assert shown["path"] == f"uploads/media/{shown['filename']}"
    assert ed.client.get(f"/{shown['path']}").status_code == 404, "bytes that were never there; see tests/web/files"


def test_cms_ambiguity_17_a_language_twice(ed: Program) -> None:
    english = ed.language("en")
    texts = [{"language_id": english, "title": "a"}, {"language_id": english.upper(), "title": "b"}]

    faults = ed.post("/galleries", {"slug": "a", "translations": texts}, status=422).json["detail"]

    assert [fault["loc"] for fault in faults] == [["body", "slug"], ["body", "translations"]]
    assert ed.get("/galleries").json == []


@pytest.mark.parametrize("field", ["slug", "status", "author_id"])
def test_cms_ambiguity_17_null_for_what_cannot_be_null(ed: Program, field: str) -> None:
    made = ed.gallery("summer")
    before = ed.get(f"/galleries/{made}").data

    assert ed.patch(f"/galleries/{made}", {field: None}, status=422).json["detail"][0]["loc"] == ["body", field]
    assert ed.post("/galleries", {"slug": "b-b", field: None}, status=422).json["detail"][0]["loc"] == ["body", field]
    assert ed.get(f"/galleries/{made}").data == before


@pytest.mark.parametrize(("skip", "status"), [(2**31 - 1, 200), (2**31, 422)])
def test_cms_ambiguity_17_skip_has_a_limit(ed: Program, skip: int, status: int) -> None:
    answer = ed.get(f"/galleries?skip={skip}", status=status)

    assert status == 422 or answer.json == []


def test_cms_ambiguity_17_a_file_without_a_name(ed: Program) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n' + b"\xff" * 3_000_000
    body = part + b"\r\n--x--\r\n"

    faults = ed.post("/media/upload", status=422, data=body, content_type="multipart/form-data; boundary=x").json[
        "detail"
    ]

    assert [fault["loc"] for fault in faults] == [["body", "file"]]
    assert ed.get("/media").json == []


def test_cms_lists_the_envelope_is_the_newer_generations(programs: Programs) -> None:
    ed = programs.ed
    slugs = [f"gallery-{number}" for number in range(5)]
    for slug in slugs:
        ed.gallery(slug, title=f"Title of {slug}", status="published" if slug.endswith("3") else "draft")

    def page(query: str) -> tuple[list[str], Any]:
        answer = ed.get(f"/galleries?{query}").json
        assert list(answer) == ["data", "pagination"]
        assert list(answer["pagination"]) == ["total", "page", "per_page", "pages", "has_next", "has_prev"]
        return [row["slug"] for row in answer["data"]], tuple(answer["pagination"].values())

    assert [row["slug"] for row in ed.get("/galleries").json] == slugs
    assert [row["slug"] for row in ed.get("/galleries?skip=1&limit=2").json] == slugs[1:3]
    assert page("page=1") == (slugs, (5, 1, 20, 1, False, False))
    assert page("per_page=2") == (slugs[:2], (5, 1, 2, 3, True, False))
    assert page("page=2&per_page=2") == (slugs[2:4], (5, 2, 2, 3, True, True))
    assert page("page=3&per_page=2") == (slugs[4:], (5, 3, 2, 3, False, True))
    assert page("page=4&per_page=2") == ([], (5, 4, 2, 3, False, True))
    assert page("page=1&status=published") == (["gallery-3"], (1, 1, 20, 1, False, False))
    assert page("page=1&search=title gallery-4") == (["gallery-4"], (1, 1, 20, 1, False, False))
    assert page("page=1&search=%25") == ([], (0, 1, 20, 0, False, False))
    assert page("page=2&per_page=2&skip=4") == (slugs[2:4], (5, 2, 2, 3, True, True))
