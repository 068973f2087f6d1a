"""How visitors see a gallery: the layouts that an editor chooses, and what carries them."""

import re
from uuid import UUID

import pytest
from flask import Flask

from tests import factories, pictures
from tests.fixtures.app import Cast, on_sqlite
from tests.fixtures.browser import Browser
from tests.uploads import upload
from webapp.domain import cloning, crops, galleries, holds, item_kinds, items, reinstating, renditions, revisions
from webapp.domain.errors import Invalid
from webapp.domain.models.gallery import LAYOUTS, TILE_SIZES
from webapp.domain.transaction import transaction

pytestmark = on_sqlite


@pytest.fixture
def summer(app: Flask, cast: Cast) -> UUID:
    """Four pictures of different shapes, a text and a video, published."""
    with app.app_context(), transaction():
        made = factories.gallery(cast.ed, "Summer", status="published")
        shapes = ((1600, 1200), (900, 1600), (1000, 1000), (2400, 800))
        media = [factories.picture(width=width, height=height).id for width, height in shapes]
        items.add(made.id, media, actor=cast.ed)
        item_kinds.add_text(made.id, html="<p>Bring a lantern</p>" * 9, style=None, actor=cast.ed)
        item_kinds.add_video(made.id, "https://vimeo.com/76979871", title="The walk", actor=cast.ed)
        return made.id


def lay_out(app: Flask, cast: Cast, gallery_id: UUID, **fields: str) -> None:
    with app.app_context(), transaction():
        galleries.update(galleries.get(gallery_id), fields, actor=cast.ed)  # type: ignore[arg-type]


def looks(app: Flask, gallery_id: UUID) -> tuple[str, str, str]:
    with app.app_context():
        found = galleries.get(gallery_id)
        return found.layout, found.tile_size, found.tile_shape


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_keeps_the_items_in_their_order(
    app: Flask, client: Browser, cast: Cast, summer: UUID, layout: str
) -> None:
    lay_out(app, cast, summer, layout=layout)
    with app.app_context():
        order = [f"i-{each}" for each in factories.order(summer)]

    page = client.page("/g/summer")

    found = [each["id"] for each in page.one("main").walk() if each.get("id", "").startswith("i-")]
    classes = page.one("ol", id="items")["class"].split()
    assert found == order
    assert classes[0] == ("p-flow" if layout == "justified" else f"p-{layout}")


@pytest.mark.parametrize("size", TILE_SIZES)
def test_layout_says_its_size_and_shape_in_classes(
    app: Flask, client: Browser, cast: Cast, summer: UUID, size: str
) -> None:
    lay_out(app, cast, summer, layout="grid", tile_size=size, tile_shape="portrait")

    classes = client.page("/g/summer").one("ol", id="items")["class"].split()

    assert ("p-portrait" in classes, f"p-{size}" in classes) == (True, size != "medium")


def test_layout_of_a_masonry_puts_each_item_into_a_column(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    lay_out(app, cast, summer, layout="masonry")

    rows = client.page("/g/summer").one("ol", id="items").all("li")

    assert [re.findall(r"\bkc(\d)\b", row["class"]) for row in rows] == [["0"], ["1"], ["2"], ["2"], ["1"]]
    assert all(re.search(r"\br\d{3}\b", row["class"]) for row in rows)


def test_layout_of_a_masonry_gives_a_heading_more_room_than_its_letters(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    lay_out(app, cast, summer, layout="masonry")
    words = "Three evenings on one quay by the old river harbour " * 4
    with app.app_context(), transaction():
        for kind in ("h2", "p"):
            item_kinds.add_text(summer, html=f"<{kind}>{words}</{kind}>", style=None, actor=cast.ed)

    rows = client.page("/g/summer").one("ol", id="items").all("li")

    ratios = [int(re.findall(r"\b[rt](\d{3})\b", row["class"])[0]) for row in rows[-2:]]
    assert ratios[0] < ratios[1]


def test_layout_says_in_which_language_a_caption_is_and_which_way_it_runs(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    lay_out(app, cast, summer, layout="masonry")
    with app.app_context(), transaction():
        factories.write(galleries.get(summer), "ar", cast.ed, title="صيف")
        second = items.get(summer, factories.order(summer)[1])
        factories.write(second, "en", cast.ed, caption="The quay at night")

    caption = client.page("/ar/g/summer").one("ol", id="items").all("figcaption")[0]

    words = caption.one("span", lang="en")
    assert (words["dir"], words.words) == ("ltr", "The quay at night")
    assert [mark.words for mark in caption.all("abbr")] == ["en"]


def test_layout_of_a_slideshow_leads_from_item_to_item_without_scripts(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    lay_out(app, cast, summer, layout="slideshow")
    with app.app_context():
        order = factories.order(summer)

    page = client.page("/g/summer")

    ways = [link["href"] for link in page.all("a", aria_label="Next picture")]
    assert ways == [f"#i-{each}" for each in order[1:]]


def test_layout_is_chosen_in_the_settings_of_the_editor(app: Flask, ed: Browser, summer: UUID) -> None:
    page = ed.page(f"/galleries/{summer}/")

    ed.send(page, f"/galleries/{summer}/settings", layout="masonry", tile_size="large", tile_shape="landscape")

    assert looks(app, summer) == ("masonry", "large", "landscape")


def test_layout_that_there_is_not_is_refused(app: Flask, ed: Browser, summer: UUID) -> None:
    page = ed.page(f"/galleries/{summer}/")

    answer = ed.send(page, f"/galleries/{summer}/settings", layout="panorama", status=422)

    assert "Not a valid choice" in answer.words
    assert looks(app, summer)[0] == "justified"


@pytest.mark.parametrize("field", ["layout", "tile_size", "tile_shape"])
def test_layout_is_checked_by_the_domain(app: Flask, cast: Cast, summer: UUID, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        lay_out(app, cast, summer, **{field: "other"})

    assert refused.value.field == field


def test_d09_layout_stays_for_visitors_while_changes_are_held(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    lay_out(app, cast, summer, layout="grid", tile_shape="landscape")
    before = client.get("/g/summer").data
    with app.app_context(), transaction():
        holds.hold(summer, actor=cast.ed)
    lay_out(app, cast, summer, layout="slider", tile_size="small")

    assert client.get("/g/summer").data == before


def test_layout_comes_along_with_a_clone(app: Flask, cast: Cast, summer: UUID) -> None:
    lay_out(app, cast, summer, layout="columns", tile_size="small", tile_shape="portrait")
    with app.app_context(), transaction():
        copy = cloning.clone(galleries.get(summer), actor=cast.ed).id

    assert looks(app, copy) == ("columns", "small", "portrait")


def test_d10_layout_comes_back_with_a_revision(app: Flask, cast: Cast, summer: UUID) -> None:
    lay_out(app, cast, summer, layout="masonry", tile_size="large")
    with app.app_context(), transaction():
        gallery = galleries.locked(summer)
        revisions.keep(gallery, reason="publication", actor=cast.ed)
        number = max(row.number for row in revisions.page(summer).rows)
    lay_out(app, cast, summer, layout="slider", tile_size="medium")
    with app.app_context(), transaction():
        reinstating.restore(summer, number, actor=cast.ed)

    assert looks(app, summer) == ("masonry", "large", "square")


def test_d24_a_grid_sends_cuts_once_they_are_made_and_the_whole_picture_till_then(
    app: Flask, client: Browser, cast: Cast
) -> None:
    storage = app.extensions["vitrine-storage"]
    with app.app_context():
        media_id = upload(storage, width=900, height=600)
        with transaction():
            made = factories.gallery(cast.ed, "Cuts", status="published")
            galleries.update(made, {"layout": "grid", "tile_shape": "square"}, actor=cast.ed)
            items.add(made.id, [media_id, media_id], actor=cast.ed)
        renditions.work_off(storage)

    def drawn() -> dict[str, str]:
        return client.page("/g/cuts").one("ol", id="items").one("img")

    assert "/w320.jpg" in drawn()["src"] or "/w640.jpg" in drawn()["src"]

    with app.app_context():
        crops.plan()
        renditions.work_off(storage)

    found = drawn()
    assert found["src"].endswith("/1x1-10-10-w320.jpg")
    assert (found["width"], found["height"]) == ("320", "320")
    with client.get(found["src"]) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert "immutable" in answer.headers["Cache-Control"]


def test_an_animation_moves_on_its_own_page_and_can_be_stopped(app: Flask, client: Browser, cast: Cast) -> None:
    storage = app.extensions["vitrine-storage"]
    scenes = [pictures.scene(300, 200, seed=seed) for seed in range(3)]
    content = pictures.encode(scenes[0], "gif", save_all=True, append_images=scenes[1:], duration=90)
    with app.app_context():
        media_id = upload(storage, content, "walk.gif")
        with transaction():
            made = factories.gallery(cast.ed, "Walks", status="published")
            items.add(made.id, [media_id], actor=cast.ed)
            place = made.id
        renditions.work_off(storage)
        (item_id,) = factories.order(place)

    listed, page = client.get("/g/walks").text, client.page(f"/g/walks/{item_id}")

    assert "moving-" not in listed
    (moves,) = [each for each in page.all("source") if "moving-" in each["srcset"]]
    assert moves["type"] == "image/webp"
    assert page.one("input", id="mv-stop")["type"] == "checkbox"
    assert "Stop the animation" in page.words
    with client.get(moves["srcset"].split()[0]) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert b"ANIM" in answer.data
