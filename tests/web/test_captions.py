"""Captions of videos through the doors: attached, played with, shown to whom the video is, removed, brought back."""

import io
import os
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from tests import factories, pictures
from tests.clips import clip
from tests.fixtures.app import on_sqlite
from tests.fixtures.browser import Browser
from webapp.domain import captions, galleries, items, media, renditions, tracks, upkeep
from webapp.domain.models import AuditEntry, Caption
from webapp.domain.transaction import transaction
from webapp.infra import backups, dumps
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import LocalStorage, caption_key

WORDS = "WEBVTT\n\n00:00.100 --> 00:00.900\n{}\n"
EVIL = "<img src=x onerror=window.__vitrine_xss=1></track><script>window.__vitrine_xss=1</script>"


@pytest.fixture
def video(ground):
    """A video of the library that can be played and is in Ed's gallery."""
    with ground.app.app_context():
        intake = media.take_in(io.BytesIO(clip()), "clip.mp4", storage=storage_of(ground.app))
        with transaction():
            made = media.add(intake, actor=ground.cast.ed)
            ground.item = items.add(ground.id, [made.id], actor=ground.cast.ed)[0].id
            found = made.id
        renditions.work_off(storage_of(ground.app))
    return found


def storage_of(app):
    return app.extensions["vitrine-storage"]


def attach(browser, video, words="Boats", *, code="en", kind="captions", name="boats.vtt", status=303, page=None):
    content = words if isinstance(words, bytes) else WORDS.format(words).encode()
    page = page or browser.page(f"/library/{video}")
    fields = {"language": code, "kind": kind, "file": (io.BytesIO(content), name)}
    return browser.send(page, f"/library/{video}/captions", status=status, **fields)


def player(page):
    return [
        (each["srclang"], each["kind"], each["label"], each.get("default") is not None) for each in page.all("track")
    ]


def addresses(page):
    return [each["src"] for each in page.all("track")]


def fetch(browser, url, **headers):
    with browser.get(url, headers=headers) as answer:
        answer.get_data()
        return answer


def publish(ground):
    with ground.app.app_context(), transaction():
        galleries.set_status(galleries.get(ground.id), "published", actor=ground.cast.ed)


def test_captions_are_attached_listed_and_played_with(ed, ground, video):
    assert "no captions" in ed.page(f"/library/{video}").words

    page = ed.follow(attach(ed, video))

    assert player(page) == [("en", "captions", "English", True)]
    assert "English" in page.one("li", id="captions-en").words
    answer = fetch(ed, addresses(page)[0])
    assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.text == WORDS.format("Boats")
    assert player(ed.page(f"{ground.url}?item={ground.item}")) == [("en", "captions", "English", True)]


@pytest.mark.full
def test_visitors_and_their_language_choose_what_is_shown_unasked(ed, client, ground, video):
    attach(ed, video)
    attach(ed, video, "Bateaux", code="fr", kind="subtitles")
    publish(ground)

    english = client.get(f"/g/summer/{ground.item}").text
    french = client.get(f"/fr/g/summer/{ground.item}").text
    arabic = client.get(f"/ar/g/summer/{ground.item}").text

    assert shown_unasked(english) == shown_unasked(arabic) == ["en"]
    assert shown_unasked(french) == ["fr"]
    assert french.count("<track") == 2
    address = re.search(r"/media/captions/\w+\.vtt", english)[0]
    answer = fetch(client, address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def shown_unasked(html):
    return re.findall(r'<track[^>]+srclang="(\w+)"[^>]* default', html)


def test_captions_of_what_is_not_published_are_for_readers_alone(ed, client, ground, video):
    address = addresses(ed.follow(attach(ed, video)))[0]

    assert client.get(address).status_code == 404
    assert client.get(f"/media/captions/{'0' * 64}.vtt").status_code == 404
    publish(ground)
    assert fetch(client, address).status_code == 200
    remove(ed, video)
    assert client.get(address).status_code == 404


@pytest.mark.full
def test_captions_stand_behind_a_share_link_as_the_video_does(ed, ground, video):
    address = addresses(ed.follow(attach(ed, video)))[0]
    links = f"/galleries/{ground.id}/shares"
    made = ed.send(ed.page(links), links, label="Ines", status=201)
    path = made.one("input", id="link")["value"].removeprefix("http://localhost")
    ines = Browser(ground.app)
    ines.send(ines.page(path), f"{path}/visits", status=303)

    assert addresses(ines.page(f"{path}/{ground.item}")) == [f"{path}{address}"]
    answer = fetch(ines, f"{path}{address}")
    assert (answer.text, answer.mimetype) == (WORDS.format("Boats"), "text/vtt")
    assert ines.get(f"{path}/media/captions/{'0' * 64}.vtt").status_code == 404
    assert fetch(Browser(ground.app), f"{path}{address}").status_code != 200


@pytest.mark.full
def test_equal_words_are_stored_once_and_others_take_their_place(ed, ground, video):
    first = attach(ed, video)
    page = ed.follow(first)
    attach(ed, video, "Ships", page=page)

    shown = ed.page(f"/library/{video}")
    assert len(player(shown)) == 1
    assert fetch(ed, addresses(shown)[0]).text == WORDS.format("Ships")

    refused = attach(ed, video, "Overtaken", page=page, status=409)
    assert "Somebody else changed these captions" in refused.words


def test_what_is_removed_can_be_taken_back(ed, ground, video):
    attach(ed, video)

    page = remove(ed, video)
    assert player(page) == []
    undo = page.one("form", action=f"/library/{video}/captions/en/restoration")
    assert "Undo" in undo.words

    back = ed.follow(ed.send(page, f"/library/{video}/captions/en/restoration", status=303))
    assert player(back) == [("en", "captions", "English", True)]


def remove(browser, video, code="en"):
    page = browser.page(f"/library/{video}")
    return browser.follow(browser.send(page, f"/library/{video}/captions/{code}/removal", status=303))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"WEBVTT\n\nnonsense\n\n", "Line 3: times are wanted here"),
        (pictures.photo(60, 40), "no UTF-8"),
        (b"", "begins with the word WEBVTT"),
    ],
)
def test_a_file_that_is_no_captions_is_refused_in_a_sentence_and_leaves_nothing(ed, ground, video, content, said):
    page = attach(ed, video, content, status=422)

    assert said in page.words
    assert list(storage_of(ground.app).keys("captions")) == []
    assert player(ed.page(f"/library/{video}")) == []


@pytest.mark.full
def test_a_form_without_a_file_asks_for_one(ed, video):
    answer = ed.send(ed.page(f"/library/{video}"), f"/library/{video}/captions", file=None, language="en", status=422)

    assert "Choose a file of captions" in answer.words


def test_translators_attach_captions_in_their_languages_and_no_others(tessa, ed, ground, video):
    attach(ed, video)
    page = tessa.page(f"/library/{video}")
    assert [each["value"] for each in page.one("select", id="captions-language").all("option")] == ["fr"]
    assert not page.all("form", action=f"/library/{video}/captions/en/removal")

    attach(tessa, video, "Bateaux", code="fr")
    assert len(player(tessa.page(f"/library/{video}"))) == 2
    attach(tessa, video, "Ships", code="en", status=422)
    url = f"/library/{video}/captions/en/removal"
    csrf = page.one("meta", name="csrf-token")["content"]
    assert tessa.post(url, data={"csrf_token": csrf}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 403


@pytest.mark.full
@pytest.mark.parametrize("way", ["", "/en/removal", "/en/restoration"])
def test_who_may_only_look_changes_no_captions(vi, ground, video, way):
    page = vi.page(f"/library/{video}")
    assert not page.all("form", id="file-captions")

    csrf = page.one("meta", name="csrf-token")["content"]
    url = f"/library/{video}/captions{way}"
    assert vi.post(url, data={"csrf_token": csrf}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 403


@pytest.mark.parametrize("way", ["/en/removal", "/en/restoration", "/xx/removal"])
@pytest.mark.full
def test_captions_that_are_not_there_cannot_be_removed_or_taken_back(ed, video, way):
    csrf = ed.page(f"/library/{video}").one("meta", name="csrf-token")["content"]

    url = f"/library/{video}/captions{way}"
    assert ed.post(url, data={"csrf_token": csrf}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 404


def test_a_picture_has_no_captions(ed, ground):
    with ground.app.app_context(), transaction():
        picture = factories.picture("lake.jpg").id
    page = ed.page(f"/library/{picture}")
    assert not page.all("section", id="library-captions")

    csrf = page.one("meta", name="csrf-token")["content"]
    fields = {"csrf_token": csrf, "language": "en", "kind": "captions", "file": (io.BytesIO(b"WEBVTT"), "a.vtt")}
    answer = ed.post(f"/library/{picture}/captions", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 422


@on_sqlite
@pytest.mark.full
def test_what_captions_say_stands_in_no_page(ed, client, ground, video):
    attach(ed, video, EVIL)
    publish(ground)

    pages = [ed.page(f"/library/{video}").html, client.get(f"/g/summer/{ground.item}").text]
    assert not [page for page in pages if "vitrine_xss" in page]


@pytest.mark.full
def test_checks_know_captions_and_find_those_that_are_missing_or_nobodys(ed, ground, video):
    attach(ed, video)
    storage = storage_of(ground.app)
    with ground.app.app_context():
        none = timedelta(seconds=-1)
        assert of_captions(upkeep.check(storage, grace=none)) == []
        (key,) = storage.keys("captions")
        with transaction():
            db.session.execute(update(Caption).values(sha256="0" * 64))
        assert of_captions(upkeep.check(storage, repair=True, grace=none)) == [
            upkeep.Finding("captions", f"{caption_key('0' * 64)} is missing"),
            upkeep.Finding("leftover", key, repaired=True),
        ]
        assert list(storage.keys("captions")) == []


def of_captions(findings):
    return [found for found in findings if "captions/" in found.what]


@pytest.mark.full
def test_what_was_removed_is_forgotten_after_a_month(ed, ground, video):
    attach(ed, video)
    remove(ed, video)
    with ground.app.app_context():
        assert tracks.known()
        with transaction():
            assert captions.forget() == 0
            db.session.execute(update(Caption).values(deleted_at=now() - captions.KEPT))
        with transaction():
            assert captions.forget() == 1
        assert not tracks.known()


@pytest.mark.at_the_disk
@on_sqlite
@pytest.mark.full
def test_the_files_of_captions_that_no_row_knows_any_more_are_thrown_away(ed, ground, video):
    attach(ed, video)
    attach(ed, video, "Bateaux", code="fr")
    with ground.app.app_context():
        storage = storage_of(ground.app)
        with transaction():
            db.session.execute(delete(Caption).where(Caption.language_id == factories.language("fr").id))
        (kept,) = map(caption_key, tracks.known())
        assert upkeep.tidy(storage) == 0, "it may belong to captions whose row is still to come"
        for key in storage.keys("captions"):
            os.utime(storage.path(key), (0, 0))

        assert upkeep.tidy(storage) == 1
        assert list(storage.keys("captions")) == [kept]


@pytest.mark.full
def test_a_token_of_captions_that_no_number_has_is_none(ed, ground, video):
    fields = {"language": "en", "kind": "captions", "seen": f"en:{'9' * 5000}"}
    page = ed.page(f"/library/{video}")

    ed.send(page, f"/library/{video}/captions", file=(io.BytesIO(WORDS.format("Boats").encode()), "a.vtt"), **fields)

    assert len(player(ed.page(f"/library/{video}"))) == 1


@pytest.mark.at_the_disk
@on_sqlite
@pytest.mark.full
def test_backups_hold_captions(ed, ground, video, tmp_path):
    attach(ed, video)
    target, elsewhere = tmp_path / "vitrine.tar", LocalStorage(tmp_path / "media")
    url = ground.app.extensions["vitrine-settings"].database_url
    backups.backup(target, database_url=url, schema=lambda _: "x", storage=storage_of(ground.app), secret_key="k")

    (tmp_path / "home").mkdir()
    restored = f"sqlite:///{tmp_path}/restored.db"
    backups.restore(target, database_url=restored, schemas={"x"}, storage=elsewhere, home=tmp_path / "home")

    assert list(elsewhere.keys("captions")) == list(storage_of(ground.app).keys("captions"))
    assert dumps.engine_of(restored) == "sqlite"


@pytest.mark.full
def test_who_did_what_to_captions_is_recorded(ed, ground, video):
    attach(ed, video)
    remove(ed, video)
    with ground.app.app_context():
        found = select(AuditEntry).where(AuditEntry.verb.like("captions.%")).order_by(AuditEntry.id)
        kept = [(entry.verb, UUID(entry.thing_id), entry.user_id) for entry in db.session.scalars(found)]

    assert kept == [
        ("captions.attach", video, ground.cast.ed.id),
        ("captions.remove", video, ground.cast.ed.id),
    ]
