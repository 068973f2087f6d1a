"""Pictures that apps name: they stand at once, their bytes come later, and a tile says where they do not."""

import io
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests import pictures
from tests.api.wix.conftest import Wix
from tests.fixtures.app import Cast, browser_of
from tests.foreign_server import ForeignServer
from tests.races import race
from tests.uploads import take_all_places
from webapp.domain import fetching
from webapp.domain import media as library
from webapp.domain.fetching import Outfit
from webapp.domain.models import Fetch, Item, Media, OutboxEvent
from webapp.domain.sentences import unpacked
from webapp.domain.transaction import transaction
from webapp.infra import clock
from webapp.infra.db import db
from webapp.infra.image_children import Crew
from webapp.infra.outbound import Way

PHOTO = pictures.photo(40, 30, corners=False)


@pytest.fixture
def theirs() -> Iterator[ForeignServer]:
    """Somebody else's server."""
    made = ForeignServer()
    yield made
    made.close()


@pytest.fixture
def work(app: Flask) -> Callable[..., int]:
    """Fetch what is due, as the worker does, and return how many were taken up."""

    def off(**how: Any) -> int:
        with app.app_context():
            settings = app.extensions["vitrine-settings"]
            return fetching.work_off(Outfit(app.extensions["vitrine-storage"], Way(allow=settings.outbound_allow)))

    return off


def named(wix: Wix, url: str, **info: Any) -> tuple[str, dict[str, Any]]:
    """Make a gallery of one picture that is named by its address; return the item's path and its imageInfo."""
    made = wix.gallery({"image": {"imageInfo": {"url": url} | info}})
    path = f"/galleries/{made['id']}/items/{made['items'][0]['id']}"
    return path, made["items"][0]["image"]["imageInfo"]


def media(app: Flask) -> tuple[str, str | None]:
    """Return the state of the only media, and why it is not here."""
    with app.app_context():
        found = db.session.scalars(db.select(Media)).one()
        return found.state, unpacked(fetching.reason(found.id)) or None


def test_a_picture_stands_at_once_and_comes_later(
    wix: Wix, theirs: ForeignServer, work: Callable[..., int], app: Flask
) -> None:
    theirs.says["/a.jpg"] = 200, PHOTO
    told = {"width": 400, "height": 300, "filename": "Lake.jpg"}
    path, before = named(wix, f"{theirs.root}/a.jpg", **told)

    assert {name: before[name] for name in told} == told
    assert (before["url"], media(app)) == (f"{theirs.root}/a.jpg", ("pending", None))
    assert (work(), work()) == (1, 0)
    after = wix.get(path)["item"]["image"]["imageInfo"]

    assert (after["id"], after["filename"]) == (before["id"], "Lake.jpg")
    assert (after["width"], after["height"]) == (40, 30), "what the picture has, not what was told"
    assert after["url"] == f"{app.extensions['vitrine-settings'].base_url}/uploads/media/{after['id']}"
    picture = app.test_client().get(f"/uploads/media/{after['id']}", buffered=True)
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert theirs.asked == ["/a.jpg"]
    with app.app_context():
        assert db.session.scalars(db.select(Fetch)).all() == []
        kinds = list(db.session.scalars(db.select(OutboxEvent.kind).order_by(OutboxEvent.id)))
        assert kinds.count("media.created") == 1


def test_visitors_are_shown_a_picture_once_it_is_there(
    wix: Wix, theirs: ForeignServer, work: Callable[..., int], app: Flask
) -> None:
    theirs.says["/a.jpg"] = 200, PHOTO
    named(wix, f"{theirs.root}/a.jpg", altText="A lake")
    client = app.test_client()

    assert "A lake" not in client.get("/g/simple-gallery").text
    work()
    assert "A lake" in client.get("/g/simple-gallery").text


def test_an_id_of_wix_is_fetched_from_its_own_place_once(wix: Wix, app: Flask) -> None:
    first = {"image": {"imageInfo": {"id": "11062b_127~mv2.jpeg", "width": 6446, "height": 4298}}}
    made = wix.gallery(first, first)
    again = wix.gallery(first)

    infos = [each["image"]["imageInfo"] for each in (*made["items"], *again["items"])]
    assert {info["id"] for info in infos} == {"11062b_127~mv2.jpeg"}
    assert {info["url"] for info in infos} == {"https://static.wixstatic.com/media/11062b_127~mv2.jpeg"}
    assert {(info["width"], info["height"]) for info in infos} == {(6446, 4298)}
    with app.app_context():
        assert len(db.session.scalars(db.select(Media)).all()) == 1
        assert len(set(db.session.scalars(db.select(Item.media_id)))) == 1


@pytest.mark.parametrize(
    "said",
    [
        (404, b"no", "answers with 404"),
        (302, b"", "sends elsewhere"),
        (200, b"<html>no picture</html>", ""),
        (200, b"", ""),
        (200, b"<svg xmlns='http://www.w3.org/2000/svg'/>", ""),
    ],
    ids=["gone", "elsewhere", "html", "empty", "svg"],
)
def test_what_is_no_picture_is_missing_with_its_reason(
    wix: Wix, theirs: ForeignServer, work: Callable[..., int], app: Flask, said: tuple[int, bytes, str]
) -> None:
    status, body, why = said
    theirs.says["/a.jpg"] = status, body
    path, _ = named(wix, f"{theirs.root}/a.jpg")

    work()

    state, reason = media(app)
    assert (state, why in (reason or ""), bool(reason)) == ("missing", True, True)
    assert wix.get(path)["item"]["image"]["imageInfo"]["url"] == f"{theirs.root}/a.jpg"
    assert work() == 0, "nothing is tried again that cannot help"


def test_a_server_that_is_away_is_asked_again_five_times(
    wix: Wix, theirs: ForeignServer, work: Callable[..., int], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs.says["/a.jpg"] = 503, b"later"
    named(wix, f"{theirs.root}/a.jpg")
    moments, waits = [clock.now()], []
    monkeypatch.setattr(fetching, "now", lambda: moments[-1])
    for _ in range(7):
        work()
        with app.app_context():
            row = db.session.scalars(db.select(Fetch)).one()
            waits.append(row.due_at - moments[-1])
            moments.append(max(row.due_at, moments[-1]) + timedelta(seconds=1))

    assert len(theirs.asked) == 5
    assert waits[:4] == [timedelta(seconds=30 * 4**nth) for nth in range(1, 5)]
    assert media(app)[0] == "missing"


def test_a_name_that_leads_inside_is_found_out_when_it_is_called(
    wix: Wix, app: Flask, work: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    named(wix, "https://pictures.example/a.jpg")
    line = fetching.picture_way

    def inside(way: Way, **more: Any) -> Way:
        found = line(way, **more)
        answer = [(0, 0, 0, "", ("10.1.2.3", 443))]
        return Way(allow=found.allow, plain=True, resolve=lambda *_asked, **_more: answer)

    monkeypatch.setattr(fetching, "picture_way", inside)
    work()

    assert media(app)[0] == "missing"
    assert "inside this network" in (media(app)[1] or "")


def test_an_editor_sees_what_is_missing_and_has_it_fetched_again(
    wix: Wix, theirs: ForeignServer, work: Callable[..., int], app: Flask, cast: Cast
) -> None:
    path, _ = named(wix, f"{theirs.root}/a.jpg")
    ed = browser_of(app, cast.ed)
    gallery_id, item_id = path.split("/")[2], path.split("/")[4]

    assert "Being made ready" in ed.page(f"/galleries/{gallery_id}/").words
    assert "is being fetched" in ed.page(f"/galleries/{gallery_id}/?item={item_id}").words
    work()
    panel = ed.page(f"/galleries/{gallery_id}/?item={item_id}")
    assert "Missing" in ed.page(f"/galleries/{gallery_id}/").words
    assert "answers with 404" in panel.words
    theirs.says["/a.jpg"] = 200, PHOTO
    form = panel.one("button", id="item-retry").parent["action"]
    ed.send(panel, form, status=303)

    assert work() == 1
    assert media(app) == ("ready", None)


def test_a_media_in_the_trash_is_no_longer_meant(wix: Wix, app: Flask, in_domain: Callable[..., Any]) -> None:
    first = {"image": {"imageInfo": {"id": "11062b_127~mv2.jpeg"}}}
    made = wix.gallery(first)
    wix.delete(f"/galleries/{made['id']}")

    def trash() -> UUID:
        found = db.session.scalars(db.select(Media)).one()
        found.deleted_at = clock.now()
        return found.id

    gone = in_domain(trash)
    wix.gallery(first)

    with app.app_context():
        living = db.session.scalars(db.select(Media).where(Media.deleted_at.is_(None))).one()
        assert living.id != gone


def test_who_may_not_bring_pictures_names_none(make_wix: Callable[..., Wix], cast: Cast) -> None:
    manage = ("galleries:read", "galleries:create", "galleries:update")
    blind, limited = make_wix(cast.ed, *manage), make_wix(cast.ed, *manage, "media:read")
    unknown = {"gallery": {"items": [{"image": {"imageInfo": {"id": "a.jpg"}}}]}}

    for each in (blind, limited):
        each.ask("POST", "/galleries", unknown, status=403)
    known = {"image": limited.picture()}
    blind.ask("POST", "/galleries", {"gallery": {"items": [known]}}, status=403)
    assert limited.gallery(known)["totalItems"] == 1


@pytest.mark.both_engines
def test_two_that_name_the_same_picture_at_once_mean_one(wix: Wix, app: Flask) -> None:
    first = {"image": {"imageInfo": {"id": "11062b_127~mv2.jpeg"}}}
    made = wix.gallery()
    body = {"item": first}
    path = f"/galleries/{made['id']}/items"
    others = [Wix(app, wix.token) for _ in range(2)]
    second = wix.gallery()

    answers = race(
        app,
        lambda: others[0].ask("POST", path, body, status=None).status_code,
        lambda: others[1].ask("POST", f"/galleries/{second['id']}/items", body, status=None).status_code,
    )

    assert answers == [200, 200]
    with app.app_context():
        assert len(db.session.scalars(db.select(Media)).all()) == 1


@pytest.mark.both_engines
@pytest.mark.parametrize("come", [False, True])
def test_a_file_that_is_replaced_while_it_comes_keeps_nobody_waiting_for_ever(
    wix: Wix, app: Flask, theirs: ForeignServer, *, come: bool
) -> None:
    """Whoever replaces a file holds its entry first and then what is to be fetched of it."""
    named(wix, f"{theirs.root}/a.jpg")
    storage, holds = app.extensions["vitrine-storage"], threading.Event()
    with app.app_context():
        media_id = db.session.scalars(db.select(Media.id)).one()
        held = fetching._claim("image")
        assert held is not None
        intake = library.take_in(io.BytesIO(PHOTO), "a.jpg", storage=storage)

    def replace() -> None:
        with transaction():
            library.locked(media_id)
            holds.set()
            time.sleep(0.5)
            db.session.execute(db.delete(Fetch).where(Fetch.media_id == media_id))

    def end() -> None:
        assert holds.wait(30)
        if come:
            fetching._let_in(media_id, intake)
        else:
            fetching._fail(held, "Gone.", later=False)

    assert race(app, replace, end) == [None, None]

    assert media(app)[0] == "pending", "whoever replaced it says what it is now"


# ---- cut off ----


def due_again(app: Flask) -> None:
    """Let the lease of a dead worker end."""
    with app.app_context(), transaction():
        db.session.execute(db.update(Fetch).values(lease_until=clock.now() - timedelta(seconds=1)))


def test_a_worker_that_is_killed_while_it_waits_for_others_says_nothing_about_the_picture(
    wix: Wix, theirs: ForeignServer, work: Callable[..., int], app: Flask
) -> None:
    theirs.says["/a.jpg"] = 200, PHOTO
    named(wix, f"{theirs.root}/a.jpg")
    with app.app_context():
        for _ in range(3 * fetching.MOST_ATTEMPTS):
            assert fetching._claim("image") is not None, "taken, and then the worker was killed"
            due_again(app)

    assert work() == 1
    assert media(app) == ("ready", None)


def test_a_picture_that_ends_its_worker_is_given_up_with_a_reason(
    wix: Wix, theirs: ForeignServer, work: Callable[..., int], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs.says["/a.jpg"] = 200, PHOTO
    named(wix, f"{theirs.root}/a.jpg")

    class Killed(BaseException):
        """What no worker lives to see."""

    def fatal(*_asked: Any, **_more: Any) -> None:
        raise Killed

    with monkeypatch.context() as poison:
        poison.setattr(Crew, "_ask", fatal)
        for _ in range(fetching.MOST_ATTEMPTS):
            with pytest.raises(Killed):
                work()
            assert work() == 0, "it is held until the lease ends"
            due_again(app)

    assert work() == 0
    assert media(app) == ("missing", "The work on this file was cut off 5 times.")
    assert len(theirs.asked) == 5


def test_a_busy_machine_is_not_the_pictures_fault(
    wix: Wix, theirs: ForeignServer, work: Callable[..., int], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs.says["/a.jpg"] = 200, PHOTO
    named(wix, f"{theirs.root}/a.jpg")
    take_all_places(monkeypatch)

    assert work() == 1

    with app.app_context():
        row = db.session.scalars(db.select(Fetch)).one()
        assert (row.state, row.attempts, row.lease_until) == ("pending", 0, None)
        assert "busy" in str(row.error)
        assert row.due_at > clock.now()
