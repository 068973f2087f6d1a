"""Texts and videos by link as items: kept exactly, shown sanitised, carried by clones, holds and revisions."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from tests import factories
from tests.statements import counted
from webapp.domain import (
    boxes,
    cloning,
    completeness,
    editing,
    files,
    holds,
    item_kinds,
    items,
    library,
    media,
    placements,
    reinstating,
    revisions,
    showing,
    slugs,
    tiles,
)
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.models import Item, OutboxEvent
from webapp.domain.transaction import transaction
from webapp.infra.db import db

STYLE = {
    "backgroundColor": "rgba(232, 230, 230, 0.7)",
    "googleFonts": [],
    "height": 420,
    "textVerticalAlignment": "middle",
    "canvasLayout": "square",
    "ratio": -50,
    "padding": 30,
    "width": 420,
}
HTML = '\n<p style="text-align:center" onclick="x()">Three <b>evenings</b></p>\n\n'
URL = "https://youtu.be/NCtzkaL2t_Y?t=65"


@pytest.fixture
def ground(inside):
    """A gallery of a picture, a text, a video with its own picture, and a picture, written in English."""
    with transaction():
        ed = factories.actor("Ed", "editor")
        factories.language("fr")
        made = factories.gallery(ed, "Summer", pictures=1, status="published")
        text = item_kinds.add_text(made.id, html=HTML, style=STYLE, actor=ed)
        poster = factories.picture("still.jpg")
        video = item_kinds.add_video(made.id, URL, title="Love me do", poster_id=poster.id, actor=ed)
        last = factories.fill(made, 1, by=ed)[0]
        sha256 = poster.blob.sha256
    return SimpleNamespace(ed=ed, gallery=made, text=text, video=video, poster=poster, sha256=sha256, last=last)


def shown(ground, **more):
    """What visitors see, item by item."""
    return showing.show(ground.gallery, slugs.of(ground.gallery.id), **more).items


def test_d21_html_and_style_come_back_exactly(ground):
    db.session.expire_all()

    row = db.session.get(Item, ground.text.id)

    assert row.style == STYLE
    assert (row.kind, row.media_id) == ("text", None)
    assert editing.panel(editing.open_desk(ground.gallery.id), row.id).sheet.segments["html"].value == HTML


def test_visitors_see_the_text_sanitised_in_its_box_and_the_video_with_its_picture(ground):
    _, text, video, _ = shown(ground)

    assert text.written.text.text == "Three evenings"
    assert "onclick" not in text.written.text.markup
    assert (text.written.box.padding, text.written.box.ratio, text.written.box.alignment) == (30, 1.0, "middle")
    assert "background-color:rgba(232,230,230,0.7)" in text.declarations
    assert "color:#151816" in text.declarations
    assert (video.video.id, video.video.start, video.picture.width) == ("NCtzkaL2t_Y", 65, 1600)
    assert str(video.title) == "Love me do"


def test_what_has_no_media_takes_no_more_statements(ground):
    with counted() as before:
        shown(ground)
    with transaction():
        for number in range(5):
            item_kinds.add_text(ground.gallery.id, html=f"<p>{number}</p>", actor=ground.ed)
            item_kinds.add_video(ground.gallery.id, URL, poster_id=ground.poster.id, actor=ground.ed)
    db.session.expire_all()
    with counted() as after:
        assert len(shown(ground)) == 14

    assert len(after) <= len(before) + 1


def test_d07_programs_see_neither_text_nor_video(ground):
    seen = [item_id for _, item_id in placements.of(ground.gallery.id)]

    assert seen == [item_id for item_id in factories.order(ground.gallery.id) if item_id in seen]
    assert len(seen) == 2
    assert not {ground.text.id, ground.video.id} & set(seen)


def test_d07_texts_and_videos_follow_the_picture_before_them(ground):
    first, last = (media_id for media_id, _ in placements.of(ground.gallery.id))
    before = factories.order(ground.gallery.id)

    with transaction():
        placements.reorder(ground.gallery.id, [last, first], actor=ground.ed)

    assert factories.order(ground.gallery.id) == [ground.last.id, before[0], ground.text.id, ground.video.id]


def test_tiles_say_what_a_text_and_a_video_are(ground):
    french = factories.language("fr")

    found = {tile.id: tile for tile in tiles.chunk(ground.gallery, [french]).tiles}

    text, video = found[ground.text.id], found[ground.video.id]
    assert (text.kind, text.name, text.excerpt, text.thumbnail) == ("text", "Three evenings", "Three evenings", None)
    assert (video.kind, video.name, video.thumbnail.width) == ("video", "Love me do", 1600)
    assert (text.untranslated, video.untranslated) == (True, True)
    assert (text.no_alt, video.no_alt) == (False, False)


def test_a_video_without_a_title_is_called_by_its_provider(ground):
    with transaction():
        made = item_kinds.add_video(ground.gallery.id, "https://vimeo.com/76979871", actor=ground.ed)

    assert tiles.one(ground.gallery, [factories.language("en")], made.id).tiles[0].name == "Vimeo 76979871"


def test_a_text_counts_for_how_far_a_language_is(ground):
    french = factories.language("fr")
    before = completeness.of([ground.gallery.id])[ground.gallery.id].progress(french.id)
    with transaction():
        factories.write(ground.text, "fr", ground.ed, html="<p>Trois soirées</p>")
    after = completeness.of([ground.gallery.id])[ground.gallery.id].progress(french.id)

    assert (after.done - before.done, after.wanted) == (1, before.wanted)


def test_d18_a_text_grows_stale_when_its_source_changes(ground):
    with transaction():
        factories.write(ground.text, "fr", ground.ed, html="<p>Trois soirées</p>")
        factories.write(ground.text, "en", ground.ed, html="<p>Four evenings</p>")
    desk = editing.open_desk(ground.gallery.id, "fr")

    segment = editing.panel(desk, ground.text.id).sheet.segments["html"]

    assert (segment.state, segment.source) == ("stale", "<p>Four evenings</p>")


def test_clones_carry_texts_boxes_and_videos(ground):
    with transaction():
        copy = cloning.clone(ground.gallery, actor=ground.ed)
    galleries_shown = showing.show(copy, "x", working=True).items

    _, text, video, _ = galleries_shown
    assert text.id != ground.text.id
    assert (text.html.text, text.written.box.padding) == (HTML, 30)
    assert (video.video.id, video.picture.sha256) == ("NCtzkaL2t_Y", ground.sha256)


def test_d09_visitors_keep_the_held_text_box_video_and_picture(ground):
    with transaction():
        holds.hold(ground.gallery.id, actor=ground.ed)
        factories.write(ground.text, "en", ground.ed, html="<p>Changed</p>")
        items.change(ground.text, {"style": {"padding": 5}}, actor=ground.ed)
        fields = {"poster_id": None, "video": {**ground.video.video, "start": 9}}
        items.change(ground.video, fields, actor=ground.ed)

    _, text, video, _ = shown(ground)
    assert (text.written.text.text, text.written.box.padding) == ("Three evenings", 30)
    assert (video.video.start, video.picture.sha256) == (65, ground.sha256)
    assert files.original(ground.poster.filename).public

    with transaction():
        holds.discard(ground.gallery.id, actor=ground.ed)
    db.session.expire_all()
    assert db.session.get(Item, ground.text.id).style == STYLE
    assert db.session.get(Item, ground.video.id).poster_id == ground.poster.id


def test_d10_a_revision_brings_back_what_was_purged(ground):
    with transaction():
        revision = revisions.keep(ground.gallery, reason="published", actor=ground.ed)
        items.trash(ground.gallery.id, [ground.text.id, ground.video.id], actor=ground.ed)
        items.purge(ground.gallery.id, [ground.text.id, ground.video.id], actor=ground.ed)
        number = revision.number
    with transaction():
        reinstating.restore(ground.gallery.id, number, actor=ground.ed)
    db.session.expire_all()

    _, text, video, _ = shown(ground)
    assert (text.html.text, db.session.get(Item, text.id).style) == (HTML, STYLE)
    assert (video.video.id, db.session.get(Item, video.id).poster_id) == ("NCtzkaL2t_Y", ground.poster.id)


def test_d10_a_picture_that_has_left_the_library_is_not_had_back(ground):
    with transaction():
        number = revisions.keep(ground.gallery, reason="published", actor=ground.ed).number
        items.change(ground.video, {"poster_id": None}, actor=ground.ed)
        media.trash(media.locked(ground.poster.id), actor=ground.ed)
    with transaction():
        reinstating.restore(ground.gallery.id, number, actor=ground.ed)
    db.session.expire_all()

    assert db.session.get(Item, ground.video.id).poster_id is None


def test_a_picture_that_stands_for_a_video_is_in_use(ground):
    with transaction(), pytest.raises(Conflict) as refused:
        media.trash(media.locked(ground.poster.id), actor=ground.ed)

    assert refused.value.code == "in_use"
    assert [place.times for place in library.open_file(ground.poster.id).places] == [1]


def test_only_a_living_picture_stands_for_a_video(ground):
    with transaction():
        gone = factories.picture()
        media.trash(media.locked(gone.id), actor=ground.ed)

    with transaction(), pytest.raises(NotFound):
        items.change(ground.video, {"poster_id": gone.id}, actor=ground.ed)


def test_a_new_item_is_told_once(ground):
    kinds = select(OutboxEvent.kind).where(OutboxEvent.entity_id == str(ground.text.id))

    assert list(db.session.scalars(kinds)) == ["item.created"]


@pytest.mark.parametrize("style", [["x"], {"x": object()}, {"x": "y" * 5000}, {"x": float("nan")}])
def test_an_impossible_style_is_refused(ground, style):
    with transaction(), pytest.raises(Invalid) as refused:
        items.change(ground.text, {"style": style}, actor=ground.ed)

    assert refused.value.field == "style"


@pytest.mark.parametrize(
    ("style", "shape", "ratio", "padding"),
    [
        (None, "", 1.0, 30),
        ({}, "", 1.0, 30),
        ({"width": 600, "height": 400}, "landscape", 1.5, 30),
        ({"width": 10_000, "height": 1}, "", 3.0, 30),
        ({"width": float("nan"), "height": True, "padding": "4"}, "", 1.0, 30),
        ({"padding": 100_000}, "", 1.0, 120),
        ({"backgroundColor": ["x"], "textVerticalAlignment": {}}, "", 1.0, 30),
    ],
)
def test_any_style_makes_a_box(style, shape, ratio, padding):
    box = boxes.box(style)

    assert (box.shape, box.ratio, box.padding, box.alignment) == (shape, ratio, padding, "middle")
