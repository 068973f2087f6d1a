"""Requests on conditions over the Wix dialect, and those that are sent again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.api.wix.conftest import Wix, code, fields, text
from tests.fixtures.app import Cast, on_sqlite
from webapp.domain import holds


def test_d25_tags_make_reading_cheap_and_changes_conditional(wix: Wix) -> None:
    made = wix.gallery(text())
    item, whole = f"/galleries/{made['id']}/items/{made['items'][0]['id']}", f"/galleries/{made['id']}"

    for path, change in ((item, {"item": {"title": "X"}}), (whole, {"gallery": {"name": "X"}})):
        tag = wix.ask("GET", path).headers["ETag"]
        wix.ask("GET", path, status=304, headers={"If-None-Match": tag})
        assert wix.ask("PATCH", path, change, headers={"If-Match": tag}).headers["ETag"] != tag
        stale = wix.ask("PATCH", path, change, status=412, headers={"If-Match": tag})
        assert code(stale) == "ABORTED"
    for path in (item, whole):
        assert code(wix.ask("DELETE", path, status=412, headers={"If-Match": '"old"'})) == "ABORTED"
    assert code(wix.ask("GET", whole, status=412, headers={"If-Match": '"old"'})) == "ABORTED"
    for none in ('""', "", "x", '"."'):
        assert code(wix.ask("DELETE", whole, status=412, headers={"If-Match": none})) == "ABORTED"
    some = wix.ask("GET", f"{whole}?itemLimit=1").headers["ETag"]
    some = wix.ask("PATCH", whole, {"gallery": {"name": "Y"}}, headers={"If-Match": some}).headers["ETag"]
    wix.patch(item, {"item": {"title": "Z"}})
    wix.ask("PATCH", whole, {"gallery": {"name": "Z"}}, status=412, headers={"If-Match": some})
    wix.delete(item, headers={"If-Match": wix.ask("GET", item).headers["ETag"]})
    wix.delete(whole, headers={"If-Match": wix.ask("GET", whole).headers["ETag"]})


@pytest.mark.parametrize("window", ["", "/items", "/items?itemLimit=1"])
def test_d25_items_come_and_go_on_the_condition_of_the_gallery(wix: Wix, window: str) -> None:
    made = wix.gallery(*[text()] * 4)
    whole, ids = f"/galleries/{made['id']}", [each["id"] for each in made["items"]]
    changes = [
        ("POST", f"{whole}/items", {"item": text()}),
        ("DELETE", f"{whole}/items", {"itemIds": ids[:1]}),
        ("POST", f"{whole}/items/delete", {"itemIds": ids[1:2]}),
    ]

    for change in changes:
        before = wix.ask("GET", f"{whole}{window}").headers["ETag"]
        wix.patch(f"{whole}/items/{ids[3]}", {"item": {"title": str(change)}})
        stale = wix.ask(*change, status=412, headers={"If-Match": before})
        assert code(stale) == "ABORTED"
        now = wix.ask("GET", f"{whole}{window}", headers={"If-Match": "*"}).headers["ETag"]
        wix.ask("GET", f"{whole}{window}", status=304, headers={"If-None-Match": now})
        wix.ask("GET", f"{whole}{window}", status=412, headers={"If-Match": before})
        wix.ask(*change, headers={"If-Match": now})
    assert len(wix.items(made["id"])) == 3


def test_a_post_is_done_once_by_its_key(wix: Wix) -> None:
    headers = {"Idempotency-Key": "one"}
    first = wix.post("/galleries", {"gallery": {"name": "A"}}, headers=headers)

    assert wix.post("/galleries", {"gallery": {"name": "A"}}, headers=headers) == first
    other = wix.ask("POST", "/galleries", {"gallery": {"name": "B"}}, status=409, headers=headers)
    assert code(other) == "ABORTED"
    long = wix.ask("POST", "/galleries", {"gallery": {}}, status=400, headers={"Idempotency-Key": "x" * 256})
    assert list(fields(long)) == ["Idempotency-Key"]
    assert wix.get("/galleries")["totalGalleries"] == 1


@on_sqlite
def test_what_is_answered_again_has_the_headers_of_the_first_answer(
    wix: Wix, cast: Cast, in_domain: Callable[..., Any]
) -> None:
    made = wix.gallery(text())
    in_domain(holds.hold, UUID(made["id"]), actor=cast.ed)
    request = ("POST", f"/galleries/{made['id']}/items", {"item": text()})

    first, again = (wix.ask(*request, headers={"Idempotency-Key": "one"}) for _ in range(2))

    said = [{name: value for name, value in each.headers if "Request-Id" not in name} for each in (first, again)]
    assert said[1] == said[0] | {"Idempotency-Replayed": "true"}
    assert said[0].keys() >= {"ETag", "X-Vitrine-Held", "Cache-Control"}
    item = f"/galleries/{made['id']}/items/{again.json['item']['id']}"
    wix.patch(item, {"item": {"title": "X"}}, headers={"If-Match": again.headers["ETag"]})
