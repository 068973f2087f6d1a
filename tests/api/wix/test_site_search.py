"""Site Search over the Wix dialect: words, conditions in either spelling, windows, and what cannot be had."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.api.wix.conftest import Wix, fields, text
from tests.fixtures.app import Cast, on_sqlite
from webapp.domain import galleries, holds

YOUTUBE = {"video": {"videoInfo": {"url": "https://www.youtube.com/watch?v=NCtzkaL2t_Y"}}}


@pytest.fixture
def seven(wix: Wix) -> str:
    """A gallery of six texts and a video; returns its id."""
    titles = ["Jazz at Lake", "Été à Paris", "京都の庭", "Apple", "banana", ""]
    rows = [text(title=title, description=f"Nr {nth} of jazzy days") for nth, title in enumerate(titles)]
    return wix.gallery(*rows, YOUTUBE | {"title": "A film of jazz"})["id"]


def find(wix: Wix, expression: str = "", *, status: int = 200, **more: Any) -> Any:
    words = {"fields": more.pop("fields", []), "expression": expression}
    search = {"filter": {}, "aggregations": [], "sort": [], "search": words, "paging": {}} | more
    body = {"search": search, "documentType": "PROGALLERY_ITEM"}
    return wix.ask("POST", "/search", body, status=status, base="/site-search/v1")


def titles(answer: Any) -> set[str]:
    return {each["title"] for each in answer.json["documents"]}


@pytest.mark.both_engines
def test_search_finds_words_of_title_and_description(wix: Wix, seven: str) -> None:
    assert titles(find(wix, "jazz lake")) == {"Jazz at Lake"}
    assert titles(find(wix, "ete paris")) == {"Été à Paris"}
    assert titles(find(wix, "京都")) == {"京都の庭"}
    assert len(find(wix, "jazz").json["documents"]) == 7
    assert titles(find(wix, "jazz", fields=["title"])) == {"Jazz at Lake", "A film of jazz"}
    assert titles(find(wix, "jazz", fields=["description"])) == titles(find(wix, "jazzy days"))
    assert find(wix, "nothing of it").json["documents"] == []
    assert find(wix, "!!!").json["documents"] == []
    assert {each["galleryId"] for each in find(wix, "jazz").json["documents"]} == {seven}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({"title": "Apple"}, ["Apple"]),
        ({"title": {"$eq": "Apple"}}, ["Apple"]),
        ({"title": {"$in": ["Apple", "banana", "none"]}}, ["Apple", "banana"]),
        ({"title": {"$gt": "Apple", "$lt": "banana"}}, ["Jazz at Lake"]),
        ({"title": {"$ge": "Apple", "$le": "Jazz"}}, ["Apple"]),
        ({"title": {"$gte": "Apple", "$lte": "Apple"}}, ["Apple"]),
        ({"isVideo": True}, ["A film of jazz"]),
        ({"isVideo": {"$ne": False}}, ["A film of jazz"]),
        ({"isVideo": {"$exists": False}}, []),
        ({"title": "Apple", "isVideo": True}, []),
        ({"$or": [{"title": "Apple"}, {"isVideo": True}]}, ["Apple", "A film of jazz"]),
        ({"$and": [{"title": {"$ge": "b"}}, {"title": {"$lt": "c"}}]}, ["banana"]),
        ({"$not": {"title": {"$lt": "b"}}, "isVideo": False}, ["banana", "Été à Paris", "京都の庭"]),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_search_filters(wix: Wix, seven: str, condition: dict[str, Any], found: list[str]) -> None:
    assert seven
    assert titles(find(wix, filter=condition)) == set(found)


def test_search_pages(wix: Wix, seven: str) -> None:
    shown = [find(wix, paging={"offset": nth, "limit": 3}).json for nth in (0, 3, 6, 9)]
    jazzy = find(wix, "jazz", paging={"offset": 5, "limit": 3}).json

    assert [len(each["documents"]) for each in shown] == [3, 3, 1, 0]
    assert {each["pagingMetadata"]["total"] for each in shown} == {7}
    assert jazzy["pagingMetadata"] == {"count": 2, "offset": 5, "total": 7}
    ids = [each["id"] for page in shown for each in page["documents"]]
    assert len(set(ids)) == len(wix.items(seven)) == 7


@on_sqlite
def test_search_shows_the_fields_of_the_seed(wix: Wix, seven: str) -> None:
    (found,) = find(wix, filter={"isVideo": True}).json["documents"]

    assert found == {
        "documentType": "PROGALLERY_ITEM",
        "id": wix.items(seven)[-1]["id"],
        "title": "A film of jazz",
        "description": "",
        "isVideo": True,
        "galleryId": seven,
    }


@on_sqlite
@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"sort": [{"fieldName": "title"}]}, "search.sort"),
        ({"aggregations": [{"name": "x"}]}, "search.aggregations"),
        ({"fields": ["title", "id"]}, "search.search.fields[1]"),
        ({"filter": {"description": "x"}}, "search.filter.description"),
        ({"filter": {"id": "x"}}, "search.filter.id"),
        ({"filter": {"documentType": "x"}}, "search.filter.documentType"),
        ({"filter": {"title": {"$startsWith": "x"}}}, "search.filter.title.$startsWith"),
        ({"filter": {"title": {"eq": "x"}}}, "search.filter.title.eq"),
        ({"filter": {"title": {"$eq": 5}}}, "search.filter.title.$eq"),
        ({"filter": {"title": {"$in": "x"}}}, "search.filter.title.$in"),
        ({"filter": {"isVideo": "yes"}}, "search.filter.isVideo.$eq"),
        ({"filter": {"isVideo": {"$gt": True}}}, "search.filter.isVideo.$gt"),
        ({"filter": {"$and": {"title": "x"}}}, "search.filter.$and"),
        ({"filter": {"$or": []}}, "search.filter.$or"),
        ({"filter": {"$or": [{"id": "x"}]}}, "search.filter.$or[0].id"),
        ({"paging": {"limit": 101}}, "search.paging.limit"),
        ({"paging": {"offset": -1}}, "search.paging.offset"),
    ],
    ids=str,
)
def test_search_refuses_what_the_seed_says_cannot_be_had(wix: Wix, more: dict[str, Any], path: str) -> None:
    assert list(fields(find(wix, status=400, **more))) == [path]


@on_sqlite
def test_search_says_all_that_is_wrong_at_once(wix: Wix) -> None:
    body = {"documentType": "EVENTS", "search": {"sort": [1], "filter": {"a": 1, "isVideo": 2}}}
    answer = wix.ask("POST", "/search", body, status=400, base="/site-search/v1")

    assert list(fields(answer)) == ["documentType", "search.sort", "search.filter.a", "search.filter.isVideo.$eq"]


@on_sqlite
def test_search_takes_a_filter_of_bounded_size(wix: Wix) -> None:
    many = {"$or": [{"title": str(nth)} for nth in range(101)]}

    assert list(fields(find(wix, status=400, filter=many))) == ["search.filter"]


@pytest.fixture
def act(cast: Cast, in_domain: Callable[..., Any]) -> Callable[..., Any]:
    """Do something as the editor."""
    return lambda verb, *said: in_domain(verb, *said, actor=cast.ed)


def test_d13_search_is_for_those_who_show_a_key_or_a_token(nobody: Wix) -> None:
    find(nobody, status=401)


def test_d13_search_tells_nobody_of_what_is_held(
    wix: Wix, reader: Wix, visitor: Wix, seven: str, act: Callable[..., Any]
) -> None:
    assert len(find(visitor).json["documents"]) == len(find(reader).json["documents"]) == 7

    act(holds.hold, UUID(seven))
    wix.patch(f"/galleries/{seven}/items/{wix.items(seven)[0]['id']}", {"item": {"title": "Secret"}})

    assert titles(find(wix, "secret")) == {"Secret"}
    assert find(reader, "secret").json["documents"] == find(visitor).json["documents"] == []


def test_d13_visitors_find_what_is_published(
    wix: Wix, reader: Wix, visitor: Wix, seven: str, act: Callable[..., Any]
) -> None:
    act(lambda **who: galleries.set_status(galleries.get(UUID(seven)), "draft", **who))

    assert find(visitor).json["documents"] == []
    assert len(find(reader).json["documents"]) == 7
    wix.delete(f"/galleries/{seven}")
    assert find(reader).json["documents"] == []
