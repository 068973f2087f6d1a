"""Texts in a box and videos by link, through the editor's pages and on the visitors' side."""

import io
from uuid import UUID

import pytest

from tests import factories, pictures
from tests.fixtures.app import on_sqlite
from tests.fixtures.browser import HTMX
from webapp.domain import galleries, item_kinds, items, pieces
from webapp.domain.models import Item
from webapp.domain.transaction import transaction
from webapp.infra.db import db

HOSTILE = (
    '<p style="color:#2f3fe0;position:fixed" onclick="x()">Three <b>evenings</b><script>alert(1)</script></p>'
    '<a href="javascript:x()">in</a><img src=x onerror="x()">'
)

pytestmark = on_sqlite


def added(ground, kind="text", **fields):
    """Add an item that is no picture, behind everybody's back."""
    with ground.app.app_context(), transaction():
        if kind == "text":
            return item_kinds.add_text(ground.id, actor=ground.cast.ed, **fields).id
        return item_kinds.add_video(ground.id, fields.pop("url"), actor=ground.cast.ed, **fields).id


def opened(browser, ground, item_id, code="en"):
    return browser.page(f"{ground.url}?lang={code}&item={item_id}")


def action(ground, item_id, code="en"):
    return f"{ground.url}items/{item_id}?lang={code}&item={item_id}"


def token(page):
    """The page's own token against forged requests."""
    return page.one("meta", name="csrf-token")["content"]


def publish(ground):
    with ground.app.app_context(), transaction():
        galleries.set_status(galleries.get(ground.id), "published", actor=ground.cast.ed)


def kept(ground, item_id):
    with ground.app.app_context():
        found = db.session.get(Item, item_id)
        db.session.expunge(found)
        return found


class TestTexts:
    def test_a_text_is_added_at_the_end_and_opened(self, ed, ground):
        page = ed.send(ed.page(ground.url), f"{ground.url}items/text", status=303)

        last = ground.order()[-1]
        assert page.headers["Location"] == f"{ground.url}?item={last}#editor-inspector"
        assert kept(ground, last).kind == "text"
        tile = opened(ed, ground, last).one("li", id=f"tile-{last}")
        assert "Empty text" in tile.words

    def test_plain_words_become_paragraphs(self, ed, ground):
        item_id = added(ground)

        ed.send(opened(ed, ground, item_id), action(ground, item_id), html="One & two\n\nthree\nfour", status=303)

        assert ground_text(ground, item_id) == "<p>One &amp; two</p><p>three<br>four</p>"

    def test_d21_html_is_kept_exactly_and_shown_sanitised(self, ed, ground):
        item_id = added(ground)

        ed.send(opened(ed, ground, item_id), action(ground, item_id), html=HOSTILE, status=303)

        assert ground_text(ground, item_id) == HOSTILE
        page = opened(ed, ground, item_id)
        seen = page.one("div", id="editor-preview")
        assert [each.name for each in seen.all("b")] == ["b"]
        assert not seen.all("img")
        assert page.values(action(ground, item_id))["html"] == [HOSTILE]

    def test_the_box_is_saved_and_what_another_program_keeps_in_the_style_stays(self, ed, ground):
        style = {"googleFonts": [], "ratio": -50, "width": 420, "height": 420}
        item_id = added(ground, html="<p>Hi</p>", style=style)
        fields = {"shape": "wide", "padding": "12", "background": "#e0f3e8", "alignment": "bottom"}

        ed.send(opened(ed, ground, item_id), action(ground, item_id), status=303, **fields)

        assert kept(ground, item_id).style == {
            "googleFonts": [],
            "ratio": -50,
            "width": 840,
            "height": 420,
            "padding": 12,
            "textVerticalAlignment": "bottom",
            "backgroundColor": "#e0f3e8",
        }

    @pytest.mark.parametrize(("field", "value"), [("padding", "900"), ("padding", "x"), ("background", "url(x)")])
    def test_an_impossible_box_is_refused_beside_its_field(self, ed, ground, field, value):
        item_id = added(ground, html="<p>Hi</p>")

        page = ed.send(opened(ed, ground, item_id), action(ground, item_id), status=422, **{field: value})

        assert page.one(id=f"item-{field}")["aria-invalid"] == "true"
        assert kept(ground, item_id).style is None

    def test_a_text_is_seen_before_it_is_saved_with_and_without_a_script(self, ed, ground):
        item_id = added(ground)
        page = opened(ed, ground, item_id)
        where = f"{ground.url}items/{item_id}/preview?lang=en&item={item_id}"
        typed = page.values(action(ground, item_id)) | {"html": "<h2>Soon</h2>"}

        plain = ed.seen(ed.post(where, data=typed, headers={"Sec-Fetch-Site": "same-origin"}), 200)
        part = ed.seen(ed.post(where, data=typed, headers=HTMX), 200)

        assert plain.one("div", id="editor-preview").one("h2").words == "Soon"
        assert plain.one("textarea", id="item-html").text.strip() == "<h2>Soon</h2>"
        assert part.html.lstrip().startswith('<div id="editor-preview">')
        assert ground_text(ground, item_id) is None

    def test_a_translator_writes_the_text_in_her_language_and_nothing_else(self, tessa, ground):
        item_id = added(ground, html="<p>Programme</p>")
        page = opened(tessa, ground, item_id, "fr")

        assert not page.all("select", name="shape")
        assert "<p>Programme</p>" in page.one(id="item-html-source").words
        tessa.send(page, action(ground, item_id, "fr"), html="<p>Le programme</p>", status=303)

        assert ground_text(ground, item_id, "fr") == "<p>Le programme</p>"
        refused = tessa.post(f"{ground.url}items/text", headers={"Sec-Fetch-Site": "same-origin"})
        assert refused.status_code in (400, 403)

    def test_visitors_see_a_text_without_anything_inline(self, ed, client, ground):
        added(ground, html=HOSTILE, style={"backgroundColor": "rgba(232, 230, 230, 0.7)", "padding": 30})
        added(ground)
        publish(ground)

        page = client.page("/g/summer")
        boxes = [each for each in page.all("div") if "tx" in each.get("class", "").split()]
        sheets = [each["href"] for each in page.all("link", rel="stylesheet") if "/styles/" in each["href"]]

        assert [each.words for each in boxes] == ["Three eveningsin"]
        assert "frame-src" not in page.headers["Content-Security-Policy"]
        answer = client.get(sheets[0])
        assert (answer.mimetype, answer.cache_control.immutable) == ("text/css", True)
        styled = {name for each in boxes[0].walk() for name in each.get("class", "").split() if name.startswith("s")}
        assert styled
        assert all(f".{name}{{" in answer.get_data(as_text=True) for name in styled)
        assert "Set-Cookie" not in answer.headers

    @pytest.mark.parametrize("name", ["x", "1-", "1-AAAA", "2-eNpLzs_JL7JSNjcyTDEGAA7gAr8"])
    def test_an_address_that_describes_no_stylesheet_is_not_found(self, client, ground, name):
        assert client.get(f"/styles/{name}.css").status_code == 404

    def test_a_missing_text_falls_back_and_says_in_which_language_it_is(self, client, ground):
        item_id = added(ground, html="<p>Programme</p>")
        publish(ground)

        page = client.page("/fr/g/summer")

        box = page.one("li", id=f"i-{item_id}")
        assert [each["lang"] for each in box.all("div") if each.get("lang")] == ["en"]
        assert box.one("abbr").words == "en"


class TestVideos:
    URL = "https://youtu.be/NCtzkaL2t_Y?t=1m5s"

    def test_a_video_is_added_by_its_address(self, ed, ground):
        page = ed.page(f"{ground.url}items/video")

        answer = ed.send(page, f"{ground.url}items/video", url=self.URL, title="Love me do", status=303)

        last = ground.order()[-1]
        assert answer.headers["Location"] == f"{ground.url}?item={last}#editor-inspector"
        item = kept(ground, last)
        assert (item.kind, item.media_id) == ("video", None)
        assert item.video == {"provider": "youtube", "id": "NCtzkaL2t_Y", "start": 65, "hash": "", "url": self.URL}

    def test_an_unknown_address_is_refused_with_what_is_known(self, ed, ground):
        page = ed.page(f"{ground.url}items/video")

        again = ed.send(page, f"{ground.url}items/video", url="https://videos.example/1", status=422)

        assert "YouTube and Vimeo" in again.words
        assert again.one("input", id="url")["value"] == "https://videos.example/1"
        assert len(ground.order()) == 3

    def test_the_address_of_a_video_is_changed_in_the_panel(self, ed, ground):
        item_id = added(ground, "video", url=self.URL)

        where = action(ground, item_id)
        ed.send(opened(ed, ground, item_id), where, video_url="https://vimeo.com/76979871", status=303)
        wrong = ed.send(opened(ed, ground, item_id), where, video_url="https://x.example", status=422)

        assert kept(ground, item_id).video["id"] == "76979871"
        assert wrong.one("input", id="item-video_url")["aria-invalid"] == "true"

    def test_a_video_shows_on_its_tile_and_in_the_panel_how_long_it_lasts(self, ed, vi, ground):
        page = ed.page(f"{ground.url}items/video")
        fields = {"url": self.URL, "title": "Love me do", "duration": "2:22"}
        ed.send(page, f"{ground.url}items/video", status=303, **fields)
        item_id = ground.order()[-1]

        page = opened(ed, ground, item_id)

        tile = page.one("li", id=f"tile-{item_id}")
        assert tile.one("a")["aria-label"] == "Love me do, Video 2:22"
        assert "2:22" in tile.words
        assert page.one("span", id="video-lasts").words == "2:22"
        assert page.one("input", id="item-video_duration")["value"] == "2:22"
        assert opened(vi, ground, item_id).one("span", id="video-lasts").words == "2:22"

    def test_how_long_a_video_lasts_is_changed_apart_from_its_address(self, ed, ground):
        item_id = added(ground, "video", url=self.URL)
        where = action(ground, item_id)
        assert not opened(ed, ground, item_id).all("span", id="video-lasts")

        ed.send(opened(ed, ground, item_id), where, video_duration="1:02:03", status=303)
        ed.send(opened(ed, ground, item_id), where, video_url="https://vimeo.com/76979871", status=303)
        wrong = ed.send(opened(ed, ground, item_id), where, video_duration="142", status=422)

        assert (kept(ground, item_id).video["id"], kept(ground, item_id).video["duration"]) == ("76979871", 3723)
        assert wrong.one("input", id="item-video_duration")["aria-invalid"] == "true"
        ed.send(opened(ed, ground, item_id), where, video_duration="", status=303)
        assert "duration" not in kept(ground, item_id).video
        history = ed.page(f"{ground.url}history").words
        assert "https://vimeo.com/76979871, 1:02:03" in history

    def test_a_wrong_duration_of_a_new_video_is_said_beside_it(self, ed, ground):
        page = ed.page(f"{ground.url}items/video")

        again = ed.send(page, f"{ground.url}items/video", url=self.URL, duration="two", status=422)

        assert again.one("input", id="duration")["aria-invalid"] == "true"
        assert len(ground.order()) == 3

    @pytest.mark.parametrize(("width", "height", "shape"), [(1080, 1920, "focal tall"), (1600, 1200, "focal")])
    def test_a_tall_poster_is_shown_no_higher_than_the_panel(self, ed, ground, width, height, shape):
        with ground.app.app_context(), transaction():
            poster = factories.picture("still.jpg", width=width, height=height).id
        item_id = added(ground, "video", url="https://vimeo.com/76979871", poster_id=poster)

        shown = opened(ed, ground, item_id).one("div", class_=shape)

        assert len(shown.all("img")) == 1

    def test_a_picture_of_the_library_stands_for_a_video(self, ed, client, ground):
        item_id = added(ground, "video", url=self.URL, title="Love me do")
        with ground.app.app_context():
            media_id = db.session.get(Item, ground.items[0]).media_id
        where = f"{ground.url}items/{item_id}/poster"

        fields = {"media": str(media_id), "csrf_token": token(ed.page(where))}
        assert ed.post(where, data=fields, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
        publish(ground)

        assert kept(ground, item_id).poster_id == media_id
        assert client.page("/g/summer").one("li", id=f"i-{item_id}").one("img")["alt"] == ""

    def test_a_file_that_is_sent_stands_for_a_video(self, ed, ground):
        item_id = added(ground, "video", url=self.URL)
        where = f"{ground.url}items/{item_id}/poster"
        fields = {"csrf_token": token(ed.page(where))}
        fields["file"] = (io.BytesIO(pictures.photo(64, 48, seed=7)), "still.jpg")

        answer = ed.post(where, data=fields, headers={"Sec-Fetch-Site": "same-origin"})

        assert answer.status_code == 303
        assert kept(ground, item_id).poster_id is not None

    def test_nothing_is_asked_of_others_before_somebody_wants_to_watch(self, client, ground):
        item_id = added(ground, "video", url=self.URL, title="Love me do")
        publish(ground)

        gallery, before = client.page("/g/summer"), client.page(f"/g/summer/{item_id}")
        playing = client.page(f"/g/summer/{item_id}?play=1")

        for page in (gallery, before):
            assert not page.all("iframe")
            assert "frame-src" not in page.headers["Content-Security-Policy"]
            assert not [each for each in page.root.walk() if "//" in each.get("src", "")]
        frame = playing.one("iframe")
        assert frame["src"] == "https://www.youtube-nocookie.com/embed/NCtzkaL2t_Y?autoplay=1&rel=0&start=65"
        assert frame["title"] == "Love me do"
        assert playing.headers["Content-Security-Policy"].endswith("; frame-src https://www.youtube-nocookie.com")
        assert "Set-Cookie" not in playing.headers

    def test_play_says_nothing_of_an_item_that_is_no_video(self, client, ground):
        publish(ground)

        page = client.page(f"/g/summer/{ground.items[0]}?play=1")

        assert not page.all("iframe")
        assert "frame-src" not in page.headers["Content-Security-Policy"]

    def test_only_editors_add_and_a_stranger_signs_in(self, client, tessa, vi, ground):
        for browser in (tessa, vi):
            assert browser.get(f"{ground.url}items/video").status_code == 403
        assert client.get(f"{ground.url}items/video").status_code == 303


def test_what_is_removed_comes_back_with_what_it_says(ed, ground):
    item_id = added(ground, html="<p>Stay</p>", style={"padding": 5})
    with ground.app.app_context(), transaction():
        items.trash(ground.id, [item_id], actor=ground.cast.ed)
    with ground.app.app_context(), transaction():
        items.restore(ground.id, [item_id], actor=ground.cast.ed)

    assert ground_text(ground, item_id) == "<p>Stay</p>"
    assert kept(ground, item_id).style == {"padding": 5}
    assert opened(ed, ground, item_id).one("textarea", id="item-html").text.strip() == "<p>Stay</p>"


def ground_text(ground, item_id: UUID, code="en"):
    """What a text item says in a language."""
    from webapp.domain import translations

    with ground.app.app_context():
        row = translations.find(db.session.get(Item, item_id), factories.language(code).id)
        return row.html if row else None


class TestKeptVideos:
    """Videos that an app gave, of which there is neither a file here nor an address that can be played."""

    def test_a_note_says_that_it_is_kept_and_not_played(self, ed, ground):
        given = {"video": {"type": "WIX_MEDIA", "videoInfo": {"id": "11062b_5d", "resolutions": []}}}
        with ground.app.app_context(), transaction():
            rows = [{"kind": "video", "title": "The walk", "given": given}]
            item_id = pieces.add(ground.id, rows, actor=ground.cast.ed)[0].id
        note = opened(ed, ground, item_id).one(id="item-kept")

        assert "is kept as an app gave it and cannot be played here" in note.words

    def test_no_other_item_has_the_note(self, ed, ground):
        played = added(ground, "video", url="https://vimeo.com/76979871")

        for item_id in (played, added(ground, html="<p>One</p>")):
            assert opened(ed, ground, item_id).all(id="item-kept") == []
