"""The Jobs page: what is made, fetched and imported, what waits for another try, what failed and is tried again."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.fixtures.browser import HTMX
from tests.statements import counted
from webapp.domain import making
from webapp.domain.models import Blob, Fetch, Media, Rendition
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db

PAGE = "/jobs/"
NONE = "00000000-0000-4000-8000-000000000000"

pytestmark = on_sqlite


@pytest.fixture
def make(inside):
    """Makes a file whose small pictures are in a state, and returns its id."""

    def made(name, state, **values):
        with transaction():
            media = factories.picture(name, state=state)
            mine = update(Rendition).where(Rendition.blob_id == media.blob_id)
            db.session.execute(mine.values(values or {"attempts": 0}))
            return media.id

    return made


@pytest.fixture
def unfetched(inside):
    """A file whose bytes could not be had."""
    with transaction():
        made = Media(filename="x.jpg", original_filename="far.jpg", state="missing", source_url="https://a.example/x")
        db.session.add(made)
        db.session.flush()
        db.session.add(Fetch(media_id=made.id, state="failed", attempts=5, error="a.example answers with 404."))
        return made.id


def states(media_id):
    release()
    statement = select(Rendition.state).join(Media, Media.blob_id == Rendition.blob_id)
    return set(db.session.scalars(statement.where(Media.id == media_id)))


def test_where_there_is_nothing_to_do_it_says_so(ed):
    page = ed.page(PAGE)

    assert page.heading == "Jobs"
    assert "Nothing is being made" in page.words
    assert "Nothing has failed." in page.words
    assert not page.all("button", id="retry-all")
    assert page.all("a", href=PAGE, aria_current="page")


def test_work_is_counted_and_looked_at_again(make, ed):
    make("one.jpg", "pending")
    make("two.jpg", "pending", lease_until=now() + timedelta(minutes=1), progress=40)
    page = ed.page(PAGE)

    assert "Pictures in smaller sizes2" in page.words.replace("sizes 2", "sizes2")
    assert "two.jpg" in page.words
    assert "40 %" in page.words
    assert "one.jpg" not in page.words
    part = ed.get(page.one("div", id="jobs-now")["hx-get"], headers=HTMX)
    assert part.text.lstrip().startswith('<div class="stack" id="jobs-now"')
    assert ed.get("/jobs/now").status_code == 303


def test_what_waits_for_another_try_says_why(make, ed):
    make("late.jpg", "pending", attempts=2, error="The disk is full.", due_at=now() + timedelta(minutes=1))
    page = ed.page(PAGE)

    assert "Tried again later" in page.words
    assert "Smaller sizes: The disk is full." in page.words
    assert "Tried 2 times" in page.words


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        ("web+", "Smaller sizes"),
        ("avif+", "AVIF"),
        ("clean+", "Without metadata"),
        ("720p+", "720p"),
        ("moving", "Animation"),
        ("crop:1x1:10:10", "Other versions"),
        ("crop:1x1:10:10+", "Other versions"),
    ],
)
def test_what_is_made_is_named_in_words(make, ed, batch, words):
    broken = make("broken.jpg", "failed", batch=batch, error="No.")

    assert f"{words}: No." in ed.page(PAGE).one("li", id=f"failed-{broken}").words


def test_pictures_made_anew_are_counted_as_such(make, ed):
    make("one.jpg", "pending", batch="web+")
    words = ed.page(PAGE).words.replace("sizes 1", "sizes1")

    assert "Pictures in smaller sizes1" in words
    assert "Other versions" not in words


def test_how_far_making_anew_is_is_told(make, ed):
    for name in ("one.jpg", "two.jpg", "three.jpg"):
        make(name, "ready")
    put({"policy": making.policy()})
    assert not ed.page(PAGE).all("div", id="jobs-anew")

    put({"policy": "of-long-ago"}, most=2)
    page = ed.page(PAGE)

    told = page.one("div", id="jobs-anew")
    assert "1 of 3 files" in told.words
    assert (told.one("progress")["value"], told.one("progress")["max"]) == ("1", "3")
    assert "Nothing is being made" not in page.words
    assert "delay:3s" in page.one("div", id="jobs-now")["hx-trigger"]


def put(values, most=9):
    with transaction():
        some = select(Blob.id).order_by(Blob.id).limit(most)
        db.session.execute(update(Blob).where(Blob.id.in_(some)).values(values))


def test_what_failed_is_shown_and_tried_again(make, ed, unfetched):
    broken = make("broken.jpg", "failed", attempts=5, error="The picture ends too early.")
    whole = make("whole.jpg", "ready")
    page = ed.page(PAGE)

    assert page.one("li", id=f"failed-{broken}").words.startswith("broken.jpg")
    assert "The picture ends too early." in page.words
    assert "Fetch the file: a.example answers with 404." in page.words
    assert not page.all("li", id=f"failed-{whole}")
    done = ed.follow(ed.send(page, f"/jobs/retries/{broken}", status=303))
    assert "is tried again." in done.words
    assert (states(broken), states(whole)) == ({"pending"}, {"ready"})
    assert db.session.get(Fetch, unfetched).state == "failed"


def test_all_that_failed_is_tried_again_at_once(make, ed, unfetched):
    broken = [make(f"{number}.jpg", "failed", attempts=5, error="No.") for number in range(3)]
    done = ed.follow(ed.send(ed.page(PAGE), "/jobs/retries", status=303))

    assert "4 files are tried again." in done.words
    assert [states(each) for each in broken] == [{"pending"}] * 3
    assert (db.session.get(Fetch, unfetched).state, db.session.get(Media, unfetched).state) == ("pending", "pending")


def test_a_file_says_that_something_of_it_failed_and_leads_back(make, ed):
    broken = make("broken.jpg", "failed", attempts=5, error="The picture ends too early.")
    page = ed.page(f"/library/{broken}")

    assert "The picture ends too early." in page.words
    done = ed.send(page, f"/jobs/retries/{broken}", status=303)
    assert done.headers["Location"] == f"/library/{broken}"
    assert "The picture ends too early." not in ed.page(f"/library/{broken}").words


@pytest.mark.parametrize("next_", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_a_retry_leads_nowhere_else(make, ed, next_):
    broken = make("broken.jpg", "failed", error="No.")
    done = ed.send(ed.page(f"/library/{broken}"), f"/jobs/retries/{broken}", next=next_, status=303)

    assert done.headers["Location"] == PAGE


def test_what_is_not_there_cannot_be_tried_again(ed):
    token = ed.page("/languages/").one("meta", name="csrf-token")["content"]
    sent = {"data": {"csrf_token": token}, "headers": {"Sec-Fetch-Site": "same-origin"}}

    assert ed.post(f"/jobs/retries/{NONE}", **sent).status_code == 404


def test_many_that_failed_come_in_pages_and_cost_the_same(make, ed):
    make("first.jpg", "failed", error="No.")
    sizes = []
    for number in (0, 30):
        for each in range(number):
            make(f"{each}.jpg", "failed", error="No.")
        ed.page("/languages/")
        with counted() as sent:
            page = ed.page(PAGE)
        sizes.append(len(sent))

    assert sizes[0] == sizes[1]
    assert len(page.one("ul", id="jobs-given-up").all("li")) == 24
    rest = ed.page(page.one("a", id="load-more")["href"])
    assert len(rest.one("ul", id="jobs-given-up").all("li")) == 7
