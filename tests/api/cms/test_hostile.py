"""Whatever a client can send, to every endpoint: an answer in the dialect's words, and never a 5xx."""

import json
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.cms.conftest import Program
from webapp.api.cms.routing import OPERATIONS

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    2**31,
    2**63 - 1,
    1 - 2**63,
    1e308,
    -0.0,
    1e-320,
    "",
    " ",
    "\0",
    "a\0b",
    "'; DROP TABLE galleries; --",
    "%",
    "%s%n",
    "\\",
    "../../etc/passwd",
    "\u202e\u2066",
    "\ufffe\uffff",
    "a\u0301" * 200,
    "京都" * 300,
    "😀" * 600,
    "x" * 30_000,
    "<script>window.__vitrine_xss=1</script>",
    "{{7*7}}",
    "00000000-0000-0000-0000-000000000000",
    "urn:uuid:5d0c7b0a-5b5e-4f5e-8b0a-5b5e4f5e8b0a",
    "1e999",
    "NaN",
    "draft",
    [],
    [None],
    [[]],
    {},
    {"": ""},
    {"__proto__": {"a": 1}},
    [{"language_id": "x"}],
]
RAW = [
    b"",
    b"null",
    b"\x00",
    b"\xff\xfe",
    b"{",
    b'{"a":1,"a":2}',
    b"[" * 100_000,
    b"{" * 100_000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b"NaN",
    b"-",
    b"1e999",
    b'"\\ud800"',
    b"9" * 10_000,
    b"[" + b"1," * 300_000 + b"1]",
    b'{"media_ids":[' + b'"x",' * 40_000 + b'"x"]}',
    json.dumps({"media_ids": [str(uuid4()) for _ in range(20_000)]}).encode(),
]
WITH_RAW = {"create_gallery", "reorder_media"}
"""Who gets the large ones: the reader is one, and so is the list of ids."""

FIELDS = sorted({name for each in OPERATIONS if each.body for name in each.body.model_fields})
KINDS = ["application/json", "application/json; charset=utf-16", "text/json", "*/*", "multipart/form-data", "", "é/é"]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"]
OPERATION_IDS = [pytest.param(each, id=each.name) for each in OPERATIONS if each.name != "logout"]


@pytest.fixture
def stage(ada: Program) -> dict[str, str]:
    """Things that are there, so that requests reach beyond a 404."""
    made = ada.gallery(media=2)
    first = ada.order(made)[0]
    languages = {"language_id": ada.language("en"), "fr": ada.language("fr")}
    return {"id": made, "media_id": first} | languages


def path_of(operation: Any, stage: dict[str, str]) -> str:
    ids = dict(stage)
    if operation.path.startswith("/media/"):
        ids["id"] = stage["media_id"]
    if operation.path.startswith("/languages/"):
        ids["id"] = stage["fr"]
    return operation.path.format(**ids)


def sent(program: Program, method: str, path: str, **options: Any) -> int:
    answer = program.ask(method, path, **options)
    assert answer.status_code < 500, f"{method} {path[:200]}: {answer.status_code} {answer.text[:500]}"
    return answer.status_code


@pytest.mark.parametrize("operation", [each for each in OPERATION_IDS if each.values[0].body])
def test_hostile_values_in_every_field(ada: Program, stage: dict[str, str], operation: Any) -> None:
    path = path_of(operation, stage)
    good = {
        "slug": "a-slug",
        "title": "a",
        "code": "de",
        "language_id": stage["language_id"],
        "media_id": stage["media_id"],
    }
    good |= {"email": "ada@example.org", "password": "correct horse battery", "media_ids": [stage["media_id"]]}

    seen = {
        sent(ada, operation.method, path, body=good | {field: odd})
        for field in operation.body.model_fields
        for odd in ODD
    }

    assert 422 in seen


@pytest.mark.parametrize("operation", [each for each in OPERATION_IDS if each.values[0].body])
def test_hostile_bodies(ada: Program, stage: dict[str, str], operation: Any) -> None:
    path = path_of(operation, stage)

    for raw in RAW if operation.name in WITH_RAW else RAW[:10]:
        sent(ada, operation.method, path, data=raw, content_type="application/json")
    for kind in KINDS:
        sent(ada, operation.method, path, data=b'{"slug":"ab"}', content_type=kind)
    for odd in ODD:
        sent(ada, operation.method, path, data=json.dumps(odd).encode(), content_type="application/json")


@pytest.mark.parametrize("operation", [each for each in OPERATION_IDS if each.values[0].query])
def test_hostile_queries(ada: Program, stage: dict[str, str], operation: Any) -> None:
    strings = [odd for odd in ODD if isinstance(odd, str)]

    for name in [*operation.query.model_fields, "x", ""]:
        for odd in strings:
            sent(ada, "GET", operation.path, query_string={name: odd})
    for query in ("%", "%zz", "%00", "%ff", "a[]=1&a[b]=2", "&&==&", "skip=%ed%a0%80", "status=draft&status="):
        sent(ada, "GET", f"{operation.path}?{query}")


@pytest.mark.parametrize("operation", OPERATION_IDS)
def test_hostile_headers(ada: Program, stage: dict[str, str], operation: Any) -> None:
    path = path_of(operation, stage)
    values = ["", '"', '"a", W/"b', "é", "x" * 8000, "bytes=0-,-1"]

    for name in ("If-Match", "If-None-Match", "Idempotency-Key", "Accept", "Range", "X-Forwarded-For"):
        for value in values:
            sent(ada, operation.method, path, headers={name: value})


@pytest.mark.parametrize("operation", OPERATION_IDS)
def test_hostile_ids(ada: Program, stage: dict[str, str], operation: Any) -> None:
    odd = [
        "%00",
        "%ff",
        "%2e%2e",
        "..",
        "0",
        "x" * 3000,
        "%F0%9F%98%80",
        "{id}",
        "'",
        "%25",
        "%0a",
        stage["id"].upper(),
    ]

    for name in operation.ids:
        for value in odd:
            path = operation.path.format(**stage | {name: value})
            status = sent(ada, operation.method, path, body={"slug": "ab"} if operation.body else None)
            assert status in (200, 201, 204, 307, 404, 405, 409, 422)


def test_hostile_methods_everywhere(ada: Program, stage: dict[str, str]) -> None:
    for operation in OPERATIONS:
        for method in METHODS:
            if (method, operation.name) != ("POST", "logout"):
                sent(ada, method, path_of(operation, stage))


NUMBERS = st.integers(1 - 2**63, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    operation=st.sampled_from([each for each in OPERATIONS if each.body]),
    body=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6) | JSON,
)
def test_hostile_bodies_of_any_kind(ada: Program, stage: dict[str, str], operation: Any, body: Any) -> None:
    raw = json.dumps(body).encode()

    sent(ada, operation.method, path_of(operation, stage), data=raw, content_type="application/json")


def test_hostile_leaves_a_door_that_works(ada: Program) -> None:
    for raw in RAW:
        sent(ada, "POST", "/galleries", data=raw, content_type="application/json")

    made = ada.gallery("after-all-that", media=1)
    assert len(ada.order(made)) == 1
