"""Imports through the door: an archive or addresses are asked for, and a page says what became of each file."""

import base64
import io
from contextvars import Context
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests import archives, factories, pictures
from tests.fixtures.app import on_sqlite
from tests.fixtures.browser import HTMX
from tests.statements import counted
from webapp import jobs
from webapp.domain import galleries
from webapp.domain.models import Import, ImportEntry, Item, Media
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.most import Most

NEW = "/imports/new"
PHOTOS = [pictures.photo(40, 30, seed=seed, corners=False) for seed in range(3)]
ZIP = archives.packed(("2.jpg", PHOTOS[1]), ("1.jpg", PHOTOS[0]), ("notes.txt", b"Dear diary"))
NONE = "00000000-0000-4000-8000-000000000000"

pytestmark = on_sqlite


@pytest.fixture
def summer(inside, cast):
    with transaction():
        return factories.gallery(cast.ed, "Summer").id


def send_zip(browser, content=ZIP, *, query="", name="holiday.zip", status=303, **fields):
    page = browser.page(f"{NEW}{query}")
    return browser.send(page, f"/imports/archives{query}", status=status, file=(io.BytesIO(content), name), **fields)


def send_addresses(browser, text, *, query="", status=303):
    page = browser.page(f"{NEW}{query}")
    return browser.send(page, f"/imports/addresses{query}", status=status, addresses=text)


def unpack(app):
    jobs.of(app)._unpack()


def lines(page):
    return [each.words for each in page.one("ol", id="import-lines").all("li")]


def fill(number, **values):
    """Write an import of so many files."""
    with transaction():
        made = Import(kind="archive", name="many.zip", door="dashboard", asked_by_id=None)
        db.session.add(made)
        db.session.flush()
        db.session.add_all(
            ImportEntry(import_id=made.id, place=place, name=f"{place}.jpg", member=place, **values)
            for place in range(number)
        )
        return made.id


def test_an_archive_is_sent_worked_off_and_told_of(app, inside, ed):
    done = send_zip(ed)
    here = done.headers["Location"]
    before = ed.page(here)

    assert before.heading == "holiday.zip"
    assert "0 of 3 files added" in before.words
    assert before.one("div", id="imports-report")["hx-get"] == here
    unpack(app)
    after = ed.page(here)

    assert "2 of 3 files added" in after.words
    assert "1 not taken" in after.words
    assert lines(after)[0] == "1.jpgAdded"
    assert lines(after)[2].startswith("notes.txt")
    assert "hx-get" not in after.one("div", id="imports-report").attributes, "nothing is looked at for ever"
    assert "notes.txt" in after.words
    problems = ed.page(after.one("a", id="import-problems")["href"])
    assert len(lines(problems)) == 1


def test_into_a_gallery_the_pictures_come_at_its_end(app, inside, ed, summer):
    editor = ed.page(f"/galleries/{summer}/")
    way = editor.one("a", id="add-import")["href"]
    assert "Summer" in ed.page(way).words

    done = send_zip(ed, query=f"?gallery={summer}")
    unpack(app)

    release()
    shown = select(Media.original_filename).join(Item, Item.media_id == Media.id).where(Item.gallery_id == summer)
    assert list(db.session.scalars(shown.order_by(Item.sort_order.desc()))) == ["1.jpg", "2.jpg"]
    page = ed.page(done.headers["Location"])
    assert page.one("a", id="import-back")["href"] == f"/galleries/{summer}/"
    assert page.one("a", href=f"/galleries/{summer}/", lang="en").words == "Summer"


def test_a_gallery_in_the_trash_is_not_taken_for_the_library(app, inside, ed, cast, summer):
    here = send_zip(ed, query=f"?gallery={summer}").headers["Location"]
    with transaction():
        galleries.trash(galleries.get(summer), actor=cast.ed)

    words = ed.page(here).words
    assert "In the trash" in words
    assert "Into the library" not in words


def test_htmx_gets_the_report_alone(ed, app):
    here = send_zip(ed).headers["Location"]
    answer = ed.get(here, headers=HTMX)

    assert answer.text.lstrip().startswith('<div class="stack" id="imports-report"')


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "no zip archive"), (PHOTOS[0], "no zip archive"), (ZIP[:-30], "no zip archive")]
)
def test_what_is_no_archive_is_refused_beside_its_field(ed, content, words):
    page = send_zip(ed, content, status=422)

    assert words in page.one("p", id="archive-file-error").words
    assert page.root.one("title").words.startswith("Error:")


def test_no_file_is_asked_for(ed):
    page = ed.send(ed.page(NEW), "/imports/archives", status=422)

    assert "Choose a file." in page.words


def test_an_archive_that_is_too_large_is_refused(app, ed, monkeypatch):
    monkeypatch.setattr(app.extensions["vitrine-storage"], "most", Most(image_bytes=100_000, video_bytes=100_000))
    page = send_zip(ed, bytes(300_000), status=413)

    assert "the most there may be" in page.words


def test_addresses_stand_as_they_were_written_where_one_is_refused(ed):
    page = send_addresses(ed, "https://pictures.example/a.jpg\nhttp://[::ffff:10.0.0.1]/b.jpg", status=422)

    assert "Line 2: " in page.one("p", id="addresses-error").words
    assert page.one("textarea").text.strip().startswith("https://pictures.example/a.jpg")
    assert not page.all("p", id="archive-file-error")


def test_addresses_are_asked_for(app, inside, ed):
    done = send_addresses(ed, "https://pictures.example/a.jpg")
    page = ed.page(done.headers["Location"])

    assert page.heading == "From addresses"
    assert "https://pictures.example/a.jpg" in page.words


def test_an_import_is_stopped(app, inside, ed):
    here = send_zip(ed).headers["Location"]
    done = ed.send(ed.page(here), f"{here}/stop", status=303)
    page = ed.follow(done)

    assert "3 files were left out." in page.words
    assert "3 left out" in page.words
    unpack(app)
    assert db.session.scalars(select(Media)).all() == []


def test_what_failed_is_tried_again(app, inside, ed):
    here = send_zip(ed).headers["Location"]
    with transaction():
        db.session.execute(update(ImportEntry).values(state="failed", attempts=5, said="The worker died."))
        db.session.execute(update(Import).values(finished_at=Import.created_at))
    page = ed.page(here)
    assert "The worker died." in page.words

    again = ed.follow(ed.send(page, f"{here}/retries", status=303))
    assert "3 files are tried again." in again.words
    unpack(app)
    assert "2 of 3 files added" in ed.page(here).words
    assert ed.post(f"{here}/retries", data={"csrf_token": token(ed)}, headers=plain()).status_code == 409


def token(browser):
    return browser.page("/languages/").one("meta", name="csrf-token")["content"]


def plain():
    return {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize("who", ["vi", "tessa"])
def test_who_may_not_upload_sees_and_does_nothing_of_it(request, app, inside, ed, who):
    here = send_zip(ed).headers["Location"]
    other = request.getfixturevalue(who)

    for url in (NEW, here, "/jobs/"):
        assert other.get(url).status_code == 403
    for url in ("/imports/archives", "/imports/addresses", f"{here}/stop", f"{here}/retries", "/jobs/retries"):
        answer = Context().run(other.post, url, data={"csrf_token": token(other)}, headers=plain())
        assert answer.status_code == 403, url
    assert not other.page("/library/").all("a", id="library-import")


def test_a_stranger_is_led_to_the_sign_in_page(client):
    for url in (NEW, f"/imports/{NONE}", "/jobs/"):
        assert client.get(url).status_code == 303


def test_what_is_not_there_is_not_found(inside, ed):
    for url in (f"/imports/{NONE}", f"{NEW}?gallery={NONE}", f"{NEW}?gallery=no-id"):
        assert ed.get(url).status_code == 404
    for deed in ("stop", "retries"):
        answer = ed.post(f"/imports/{NONE}/{deed}", data={"csrf_token": token(ed)}, headers=plain())
        assert answer.status_code == 404
    answer = ed.get(f"/imports/{fill(1)}?after=nonsense")
    assert answer.status_code == 422


def test_a_long_report_comes_in_pages_and_costs_the_same(app, inside, ed):
    few, many = fill(2, state="refused", said="No."), fill(120, state="refused", said="No.")
    sizes = []
    ed.page(f"/imports/{few}")
    for import_id in (few, many):
        with counted() as sent:
            page = ed.page(f"/imports/{import_id}?show=problems")
        sizes.append(len(sent))
        assert len(lines(page)) == min(50, {few: 2, many: 120}[import_id])

    assert sizes[0] == sizes[1]
    following = ed.page(page.one("a", id="load-more")["href"])
    assert lines(following)[0].startswith("50.jpg")


def test_a_running_report_that_looks_again_shows_as_many_lines_as_were_there(inside, ed):
    many = fill(130, state="waiting")
    page = ed.page(f"/imports/{many}")
    more = ed.page(page.one("a", id="load-more")["href"])
    shown = [each.one("input", name="shown")["value"] for each in (page, more)]
    looks = page.one("div", id="imports-report")

    assert (shown, looks["hx-include"]) == (["50", "50"], "#import-lines [name=shown]")
    again = ed.seen(ed.get(looks["hx-get"], query_string=[("shown", each) for each in shown], headers=HTMX), 200)
    assert len(lines(again)) == 100
    assert again.one("input", name="shown")["value"] == "100", "one part now, which says how long it is"
    assert lines(ed.page(again.one("a", id="load-more")["href"]))[0].startswith("100.jpg")


@pytest.mark.parametrize(("shown", "told"), [("9999999", 130), ("-5", 50), ("x", 50), ("", 50)])
def test_no_more_lines_are_shown_than_there_are_or_fewer_than_a_page(inside, ed, shown, told):
    assert len(lines(ed.page(f"/imports/{fill(130, state='waiting')}?shown={shown}"))) == told


def test_a_report_that_is_over_looks_no_more(inside, ed):
    import_id = fill(3, state="taken")
    with transaction():
        db.session.execute(update(Import).values(finished_at=now()))
    page = ed.page(f"/imports/{import_id}")

    assert page.one("div", id="imports-report").get("hx-get") is None
    assert not page.all("input", name="shown")


# ---- all of them ----


def test_all_imports_are_listed_in_pages_that_cost_the_same(inside, ed):
    costs = []
    for made in (3, 60):
        for _ in range(made):
            fill(2, state="refused", said="No.")
        with counted() as sent:
            page = ed.page("/imports/")
        costs.append(len(sent))

    assert costs[0] == costs[1]
    assert page.heading == "Imports"
    assert len(page.one("ul", id="imports-rows").all("li")) == 50
    following = ed.page(page.one("a", id="load-more")["href"])
    assert len(following.one("ul", id="imports-rows").all("li")) == 13
    assert following.one("a", id="back-to-first")["href"] == "/imports/"
    assert page.one("ul", id="imports-rows").all("a")[0]["href"].startswith("/imports/")


def test_the_jobs_page_leads_to_all_imports(inside, ed):
    assert not ed.page("/jobs/").all("a", id="jobs-all-imports"), "there is none"
    fill(1)
    assert ed.page("/jobs/").one("a", id="jobs-all-imports")["href"] == "/imports/"


def test_where_nothing_was_imported_the_list_says_so(inside, ed):
    assert "Nothing was imported" in ed.page("/imports/").words
    assert ed.get("/imports/?after=nonsense").status_code == 422


def test_an_archive_that_comes_in_pieces_is_asked_for_once(app, inside, ed, summer):
    own = {"Tus-Resumable": "1.0.0", "X-CSRFToken": token(ed), **plain(), "Accept": "application/json"}
    told = {"filename": "holiday.zip", "archive": "1", "gallery": str(summer)}
    said = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
    sizes = {"Upload-Length": str(len(ZIP)), "Upload-Metadata": said}
    url = ed.post("/library/uploads/tus", headers=own | sizes).headers["Location"]
    half = len(ZIP) // 2
    for at, piece in ((0, ZIP[:half]), (half, ZIP[half:])):
        sent = {"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
        assert ed.patch(url, data=piece, headers=own | sent).status_code == 204

    became = [ed.get(url, headers=own).json["import"] for _ in range(2)]
    unpack(app)

    assert became[0] == became[1]
    assert "2 of 3 files added" in ed.page(became[0]).words
    release()
    assert db.session.get(Import, UUID(became[0].rpartition("/")[2])).gallery_id == summer


def test_pieces_that_are_no_archive_are_refused_in_a_sentence(app, inside, ed):
    own = {"Tus-Resumable": "1.0.0", "X-CSRFToken": token(ed), **plain(), "Accept": "application/json"}
    said = f"archive {base64.b64encode(b'1').decode()}"
    url = ed.post("/library/uploads/tus", headers=own | {"Upload-Length": "8", "Upload-Metadata": said})
    sent = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    answer = ed.patch(url.headers["Location"], data=b"PK\3\4 no.", headers=own | sent)

    assert (answer.status_code, answer.json["code"]) == (422, "archive")
    assert db.session.scalars(select(Import)).all() == []
