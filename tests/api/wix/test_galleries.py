"""Galleries over the Wix dialect: lists, places, publication, holds, conditions, and who is told what."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests.api.wix.conftest import Wix, code, fields, text
from tests.fixtures.app import Cast, on_sqlite
from tests.statements import counted
from webapp.api.wix.routing import PREFIXES
from webapp.domain import galleries, holds, site
from webapp.domain.models import AuditEntry, Gallery, OutboxEvent
from webapp.infra.db import db

NOBODY_KNOWS = "00000000-0000-4000-8000-000000000000"
Act = Callable[..., Any]


@pytest.fixture
def act(cast: Cast, in_domain: Callable[..., Any]) -> Act:
    """Do something to a gallery as the editor, at another door."""
    return lambda gallery_id, verb, *said: in_domain(
        lambda: verb(galleries.get(UUID(gallery_id)), *said, actor=cast.ed)
    )


def told(app: Flask) -> list[str]:
    """Return the kinds of all events, oldest first."""
    with app.app_context():
        return list(db.session.scalars(db.select(OutboxEvent.kind).order_by(OutboxEvent.id)))


def test_lists_are_in_the_order_of_their_making_under_both_names(wix: Wix) -> None:
    made = [wix.gallery(text(), text(), name=f"G{nth}")["id"] for nth in range(3)]

    shown = wix.get("/galleries", query_string={"itemLimit": 1, "offset": 1, "limit": 2})

    assert [each["id"] for each in shown["galleries"]] == made[1:]
    assert (shown["galleries"], shown["totalGalleries"]) == (shown["gallery"], shown["totalGalleriesCount"])
    assert [(len(each["items"]), each["totalItems"]) for each in shown["galleries"]] == [(1, 2), (1, 2)]
    assert wix.get("/galleries?offset=9") == {
        "totalGalleries": 3, "galleries": [], "totalGalleriesCount": 3, "gallery": []
    }  # fmt: skip


@on_sqlite
@pytest.mark.parametrize("query", ["limit=0", "limit=11", "offset=-1", "itemLimit=0", "itemLimit=x"])
def test_lists_refuse_windows_beyond_their_range(wix: Wix, query: str) -> None:
    assert list(fields(wix.ask("GET", f"/galleries?{query}", status=400))) == [query.partition("=")[0]]


@pytest.mark.both_engines
def test_lists_take_as_many_statements_for_ten_as_for_one(wix: Wix, app: Flask) -> None:
    wix.gallery(text())
    with app.app_context(), counted() as few:
        wix.get("/galleries")
    for nth in range(9):
        wix.gallery(*(text(tags={"values": ["a"]}) for _ in range(nth)))
    with app.app_context(), counted() as many:
        wix.get("/galleries?itemLimit=100")

    assert len(many) == len(few)
    assert len(many) <= 9


@pytest.mark.both_engines
def test_d05_a_place_that_another_gallery_has_is_refused(wix: Wix) -> None:
    first, second = wix.gallery(name="A"), wix.gallery(name="B")

    assert wix.patch(f"/galleries/{first['id']}", {"gallery": {"sortOrder": 12.5}})["gallery"]["sortOrder"] == 12.5
    answer = wix.ask("PATCH", f"/galleries/{second['id']}", {"gallery": {"sortOrder": 12.5}}, status=409)
    assert code(answer) == "ALREADY_EXISTS"
    assert code(wix.ask("POST", "/galleries", {"gallery": {"sortOrder": 12.5}}, status=409)) == "ALREADY_EXISTS"
    assert wix.get("/galleries")["totalGalleries"] == 2
    wix.patch(f"/galleries/{first['id']}", {"gallery": {"sortOrder": 12.5}})
    wix.delete(f"/galleries/{first['id']}")
    assert wix.patch(f"/galleries/{second['id']}", {"gallery": {"sortOrder": 12.5}})["gallery"]["sortOrder"] == 12.5


def test_d12_what_is_made_here_is_published_under_a_slug_of_its_name(wix: Wix, visitor: Wix, app: Flask) -> None:
    made = wix.gallery(text(title="Hello"), name="Été à Paris")

    assert visitor.get(f"/galleries/{made['id']}")["gallery"]["items"][0]["title"] == "Hello"
    assert "Hello" in app.test_client().get("/g/ete-a-paris").text
    assert "ete-a-paris" not in app.test_client().get("/g/").text, "no place on the site yet"


def test_d12_where_the_site_wants_more_first_it_stays_a_draft(
    wix: Wix, visitor: Wix, cast: Cast, in_domain: Callable[..., Any]
) -> None:
    in_domain(site.update, {"gate": "refuse"}, actor=cast.ada)

    made = wix.gallery(wix_picture(wix))

    assert wix.get(f"/galleries/{made['id']}")["gallery"]["totalItems"] == 1
    visitor.get(f"/galleries/{made['id']}", status=404)


def wix_picture(wix: Wix) -> dict[str, Any]:
    return {"image": wix.picture()}


def test_clones_have_all_but_ids_keys_and_dates(wix: Wix) -> None:
    items = [text(title="T", sortOrder=9, link={"url": "https://e.org/"}), text(secondaryMedia={"text": {}})]
    made = wix.gallery(*items, wix_picture(wix))
    wix.patch(f"/galleries/{made['id']}", {"gallery": {"sortOrder": 3}})

    body = {"cloneFromGalleryId": made["id"], "gallery": {"name": "Copy"}}
    copy = wix.post("/galleries", body)["gallery"]

    ours = ("id", "sortOrder", "createdDate", "updatedDate")
    left = [[{k: v for k, v in item.items() if k not in ours} for item in each["items"]] for each in (made, copy)]
    assert left[0] == left[1]
    assert (copy["name"], copy["sortOrder"] > 3) == ("Copy", True)
    assert not {item["id"] for item in made["items"]} & {item["id"] for item in copy["items"]}
    same = wix.post("/galleries", {"cloneFromGalleryId": made["id"]})["gallery"]
    assert same["name"] == "Simple Gallery"


def test_clones_of_nothing_are_refused(wix: Wix) -> None:
    assert code(wix.ask("POST", "/galleries", {"cloneFromGalleryId": NOBODY_KNOWS}, status=404)) == "NOT_FOUND"
    assert fields(wix.ask("POST", "/galleries", {"cloneFromGalleryId": "x"}, status=400)) == {
        "cloneFromGalleryId": "INVALID_ARGUMENT"
    }
    assert list(fields(wix.ask("POST", "/galleries", {}, status=400))) == ["body"]


@on_sqlite
@pytest.mark.parametrize("verb", ["PATCH", "PUT"])
def test_changes_are_partial_by_either_verb(wix: Wix, verb: str) -> None:
    made = wix.gallery(text(), text())
    path = f"/galleries/{made['id']}"

    changed = wix.ask(verb, path, {"gallery": {"id": made["id"], "name": "New"}}).json["gallery"]

    assert changed == made | {"name": "New"}
    assert wix.ask(verb, path, {"gallery": {}}).json["gallery"] == changed


def test_d27_items_of_a_change_are_merged_or_made_and_never_deleted(wix: Wix) -> None:
    made = wix.gallery(text(title="one", sortOrder=2), text(title="two", sortOrder=1))
    path, first = f"/galleries/{made['id']}", made["items"][0]

    items = [{"id": first["id"], "title": "changed"}, text(title="new")]
    changed = wix.patch(path, {"gallery": {"items": items}})["gallery"]

    assert [each["title"] for each in changed["items"]] == ["new", "changed", "two"]
    assert changed["items"][1]["text"] == first["text"]
    other = wix.gallery(text())["items"][0]["id"]
    bad = {"gallery": {"name": "X", "items": [{"id": first["id"], "title": "no"}, {"id": other, "title": "no"}]}}
    wix.ask("PATCH", path, bad, status=404)
    wrong = {"gallery": {"items": [{"id": first["id"]}, {"title": "neither known nor whole"}]}}
    assert list(fields(wix.ask("PATCH", path, wrong, status=400))) == ["gallery.items[1]"]
    assert wix.get(path)["gallery"] == changed, "all or nothing"


def test_d13_readers_read_drafts_and_visitors_what_is_published(
    wix: Wix, reader: Wix, visitor: Wix, nobody: Wix, act: Act
) -> None:
    made = wix.gallery(text(), name="Draft")
    act(made["id"], galleries.set_status, "draft")
    path = f"/galleries/{made['id']}"

    assert reader.get(path)["gallery"]["name"] == "Draft"
    assert visitor.get("/galleries")["totalGalleries"] == 0
    for each in ("", "/items", f"/items/{made['items'][0]['id']}"):
        assert code(visitor.ask("GET", path + each, status=404)) == "NOT_FOUND"
        assert code(nobody.ask("GET", path + each, status=401)) == "UNAUTHENTICATED"


def test_d13_held_changes_are_read_by_who_may_make_them(
    wix: Wix, reader: Wix, visitor: Wix, in_domain: Callable[..., Any], cast: Cast
) -> None:
    made = wix.gallery(text(title="Before", tags={"values": ["kept"]}), wix_picture(wix), name="Name")
    path, item = f"/galleries/{made['id']}", made["items"][0]["id"]
    in_domain(holds.hold, UUID(made["id"]), actor=cast.ed)

    changed = wix.ask("PATCH", f"{path}/items/{item}", {"item": {"title": "After"}})
    wix.patch(path, {"gallery": {"name": "New name"}})
    added = wix.ask("POST", f"{path}/items", {"item": text(title="Added")})

    assert changed.headers["X-Vitrine-Held"] == added.headers["X-Vitrine-Held"] == "true"
    assert "X-Vitrine-Held" not in wix.ask("GET", path).headers
    assert [each.get("title") for each in wix.items(made["id"])] == ["Added", "After", None]
    assert wix.get(path)["gallery"]["name"] == "New name"
    for each in (reader, visitor):
        frozen = each.get(path)["gallery"]
        assert (frozen["name"], frozen["totalItems"]) == ("Name", 2)
        assert [row.get("title") for row in frozen["items"]] == ["Before", None]
        assert frozen["items"][0]["tags"] == {"values": ["kept"]}
        each.get(f"{path}/items/{added.json['item']['id']}", status=404)
    listed = visitor.get("/galleries")["galleries"]
    assert [each["name"] for each in listed] == ["Name"]


@on_sqlite
@pytest.mark.parametrize(
    "ask",
    [
        ("POST", "/galleries", {"gallery": {"name": "X"}}),
        ("PATCH", "/galleries/{id}", {"gallery": {"name": "X"}}),
        ("DELETE", "/galleries/{id}", None),
        ("POST", "/galleries/{id}/items", {"item": text()}),
        ("POST", "/galleries/{id}/items/delete", {"itemIds": [NOBODY_KNOWS]}),
    ],
)
def test_the_scope_to_read_reads(wix: Wix, reader: Wix, visitor: Wix, ask: tuple[str, str, Any]) -> None:
    made, (method, path, body) = wix.gallery(text()), ask

    for each in (reader, visitor):
        assert code(each.ask(method, path.format(id=made["id"]), body, status=403)) == "PERMISSION_DENIED"
    assert wix.get("/galleries")["totalGalleries"] == 1


@on_sqlite
@pytest.mark.parametrize("gallery_id", ["x", "1", NOBODY_KNOWS + "0", "%00", "٥"])
def test_ids_that_are_none_are_named(wix: Wix, gallery_id: str) -> None:
    assert fields(wix.ask("GET", f"/galleries/{gallery_id}", status=400)) == {"galleryId": "INVALID_ARGUMENT"}
    answer = wix.ask("GET", f"/galleries/{gallery_id}/items/{gallery_id}", status=400)
    assert list(fields(answer)) == ["galleryId", "itemId"]


@on_sqlite
def test_what_is_not_there_is_said_alike(wix: Wix) -> None:
    made, other = wix.gallery(text()), wix.gallery(text())
    gone = wix.gallery()
    wix.delete(f"/galleries/{gone['id']}")

    for path in (
        f"/galleries/{NOBODY_KNOWS}",
        f"/galleries/{gone['id']}",
        f"/galleries/{gone['id']}/items",
        f"/galleries/{made['id']}/items/{NOBODY_KNOWS}",
        f"/galleries/{made['id']}/items/{other['items'][0]['id']}",
    ):
        assert code(wix.ask("GET", path, status=404)) == "NOT_FOUND"


@on_sqlite
@pytest.mark.parametrize("prefix", PREFIXES)
def test_unknown_routes_answer_in_wix_words(wix: Wix, prefix: str) -> None:
    there = Wix(wix.app, wix.token, prefix)

    assert code(there.ask("GET", "/no/such/route", status=404)) == "NOT_FOUND"
    if "v2" in prefix:
        assert code(there.ask("DELETE", "/galleries", status=405)) == "METHOD_NOT_ALLOWED"


@on_sqlite
@pytest.mark.parametrize(
    ("data", "mimetype", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b'{"gallery": {"name": "a", "name": "b"}}', "application/json", 400),
        (b'{"gallery": {"sortOrder": NaN}}', "application/json", 400),
        (b'{"gallery": {"sortOrder": 1e999}}', "application/json", 400),
        (b'{"gallery": {"name": "\\ud800"}}', "application/json", 400),
        (b"[" * 100, "application/json", 400),
        (b'{"gallery": {"name": "' + b"x" * (2 * 1024**2) + b'"}}', "application/json", 413),
    ],
    ids=str,
)
def test_bodies_that_are_none_are_refused(wix: Wix, data: bytes, mimetype: str, status: int) -> None:
    wix.ask("POST", "/galleries", status=status, data=data, content_type=mimetype)

    assert wix.get("/galleries")["totalGalleries"] == 0


@on_sqlite
@pytest.mark.parametrize(
    "token", ["", "Bearer", "IST.unknown", "vk_0123456789abcdef01.wrong", "vt_nonsense", "x" * 9000]
)
def test_tokens_that_are_none_are_not_let_in(app: Flask, token: str) -> None:
    answer = Wix(app, token).ask("GET", "/galleries", status=401)

    assert code(answer) == "UNAUTHENTICATED"


@on_sqlite
def test_cookies_let_nobody_in(app: Flask, wix: Wix, cast: Cast) -> None:
    assert cast.ed
    made = wix.gallery()

    client = app.test_client()
    client.set_cookie("session", wix.token or "")
    assert client.get(f"/progallery/v2/galleries/{made['id']}").status_code == 401


@on_sqlite
def test_answers_name_the_request(wix: Wix) -> None:
    answer = wix.ask("GET", "/galleries", headers={"X-Request-Id": "mine-1"})

    assert (answer.headers["X-Wix-Request-Id"], answer.headers["X-Request-Id"]) == ("mine-1", "mine-1")


def test_d30_events_tell_each_thing_once(wix: Wix, app: Flask) -> None:
    made = wix.gallery(text(), text())
    assert told(app) == ["gallery.created", "item.created", "item.created"]

    wix.patch(f"/galleries/{made['id']}/items/{made['items'][0]['id']}", {"item": {"title": "A", "sortOrder": 5}})
    wix.patch(f"/galleries/{made['id']}", {"gallery": {"name": "B"}})
    assert told(app)[3:] == [], "they were not told of yet, so that these changes are in them"
    wix.post(f"/galleries/{made['id']}/items/delete", {"itemIds": [each["id"] for each in made["items"]]})
    wix.delete(f"/galleries/{made['id']}")
    assert told(app)[3:] == ["items.deleted", "gallery.deleted"]


def test_d31_changes_are_recorded_as_the_apps(wix: Wix, app: Flask, cast: Cast) -> None:
    made = wix.gallery(text())

    with app.app_context():
        entries = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id)).all()
        events = db.session.scalars(db.select(OutboxEvent)).all()
        row = db.session.get_one(Gallery, UUID(made["id"]))
        assert {(each.door, each.user_id) for each in entries if each.verb != "add"} == {("wix", cast.ed.id)}
        assert {each.identity["type"] for each in events} == {"APP"}
        assert (row.status, row.created_by_id) == ("published", cast.ed.id)


def test_changes_that_fail_leave_nothing_behind(wix: Wix, app: Flask) -> None:
    rows = [text(title="fine", tags={"values": ["a"]}), text(link={"url": "nowhere"})]
    wix.ask("POST", "/galleries", {"gallery": {"name": "X", "items": rows}}, status=400)

    assert told(app) == []
    with app.app_context():
        assert db.session.scalars(db.select(Gallery)).all() == []
