"""Errors as FastAPI 0.165 says them: `golden/fastapi.json` was recorded from it with the dialect's own models."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.cms.conftest import Program

CASES = json.loads((Path(__file__).parent / "golden" / "fastapi.json").read_text(encoding="utf-8"))
JSON = {"content_type": "application/json"}


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case['method']} {case['path']} {(case['body'] or '')[:40]}"
)
def test_errors_are_fastapis_own(ed: Program, case: dict[str, Any]) -> None:
    options = {} if case["body"] is None else {"data": case["body"].encode()} | JSON

    answer = ed.ask(case["method"], case["path"].removeprefix("/api/v1"), **options)

    assert answer.status_code == case["status"]
    assert (answer.json if answer.data else None) == case["answer"]


def test_errors_of_path_and_body_come_together(ed: Program) -> None:
    faults = ed.patch("/galleries/zz", {"slug": 5, "status": "x"}, status=422).json["detail"]

    assert [fault["loc"] for fault in faults] == [["path", "id"], ["body", "slug"], ["body", "status"]]
    assert all(list(fault)[:4] == ["type", "loc", "msg", "input"] for fault in faults)
    assert not any("url" in fault for fault in faults)


@pytest.mark.parametrize("value", ["1_0", "%207", "7%20", "0x1", "+", "1e3", "%00", "true"])
def test_errors_numbers_are_ascii_digits(ed: Program, value: str) -> None:
    assert ed.get(f"/galleries?skip={value}", status=422).json["detail"][0]["type"] == "int_parsing"


def test_errors_a_number_of_five_thousand_digits(ed: Program) -> None:
    assert ed.get(f"/galleries?skip={'9' * 5000}", status=422).json["detail"][0]["type"] == "int_parsing_size"


@pytest.mark.parametrize("query", ["skip=1&skip=2", "limit=5&limit=5", "status=draft&status=draft", "page=1&page=2"])
def test_errors_repeated_parameters_are_refused(ed: Program, query: str) -> None:
    fault = ed.get(f"/galleries?{query}", status=422).json["detail"][0]

    assert fault["loc"] == ["query", query.partition("=")[0]]


@pytest.mark.parametrize("value", [True, False])
def test_errors_a_boolean_is_no_number(ed: Program, value: bool) -> None:
    made = ed.gallery(media=1)
    path = f"/galleries/{made}/media/{ed.order(made)[0]}"

    assert ed.patch(path, {"order": value}, status=422).json["detail"][0]["type"] == "int_type"


@pytest.mark.parametrize(
    "body", ['{"slug":NaN}', '{"slug":"a","slug":"b"}', '{"slug":"\\ud800a"}', "[" * 10_000, "[1e999]"]
)
def test_errors_json_that_cannot_be_stored_is_malformed(ed: Program, body: str) -> None:
    faults = ed.post("/galleries", status=422, data=body, **JSON).json["detail"]

    assert [fault["type"] for fault in faults] == ["json_invalid"]
    assert faults[0]["loc"][0] == "body"
    assert isinstance(faults[0]["loc"][1], int)


@pytest.mark.parametrize("field", ["slug", "title", "description", "caption"])
def test_errors_nul_is_refused_where_it_stands(ed: Program, field: str) -> None:
    made = ed.gallery(media=1)
    language = ed.language("en")
    asked = {
        "slug": ("PATCH", f"/galleries/{made}", {"slug": "a\0b"}),
        "title": ("PUT", f"/galleries/{made}/translations", {"language_id": language, "title": "a\0b"}),
        "description": (
            "PUT",
            f"/galleries/{made}/translations",
            {"language_id": language, "title": "a", "description": "\0"},
        ),
        "caption": ("PATCH", f"/galleries/{made}/media/{ed.order(made)[0]}", {"caption": "a\0b"}),
    }[field]

    answer = ed.ask(asked[0], asked[1], asked[2], status=422)

    assert [fault["loc"] for fault in answer.json["detail"]] == [["body", field]]


@pytest.mark.parametrize("path", ["/galleries?search=%00", "/media?search=%00"])
def test_errors_nul_is_refused_in_a_search(ed: Program, path: str) -> None:
    assert ed.get(path, status=422).json["detail"][0]["loc"] == ["query", "search"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None]
)
def test_errors_a_body_has_to_be_json(ed: Program, kind: str | None) -> None:
    answer = ed.post("/galleries", status=415, data=b'{"slug":"ab"}', content_type=kind)

    assert isinstance(answer.json["detail"], str)


def test_errors_a_packed_body_is_not_unpacked(ed: Program) -> None:
    ed.post("/galleries", status=415, data=b"{}", headers={"Content-Encoding": "gzip"}, **JSON)


def test_errors_kinds_of_json_are_taken(ed: Program) -> None:
    ed.post(
        "/galleries", status=201, data=b'{"slug":"ab"}', content_type="application/merge-patch+json; charset=utf-8"
    )


def test_errors_a_body_beyond_two_mebibytes(ed: Program) -> None:
    body = b'{"slug":"ab","x":"' + b"x" * (2 * 1024**2) + b'"}'

    assert isinstance(ed.post("/galleries", status=413, data=body, **JSON).json["detail"], str)
    most = b'{"slug":"ab","x":"' + b"x" * (2 * 1024**2 - 20) + b'"}'
    assert len(most) == 2 * 1024**2
    ed.post("/galleries", status=201, data=most, **JSON)


@pytest.mark.parametrize("path", ["", "/", "/nowhere", "/galleries/a/b/c/d", "/../v1x", "/openapi.yaml", "/%00"])
def test_errors_of_unknown_addresses(ed: Program, programs: Any, path: str) -> None:
    for program in (ed, programs.stranger):
        assert program.get(path, status=404).json == {"detail": "Not Found"}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/galleries", {"GET", "HEAD", "POST"}),
        ("OPTIONS", "/galleries", {"GET", "HEAD", "POST"}),
        ("POST", "/galleries/x", {"DELETE", "GET", "HEAD", "PATCH"}),
        ("GET", "/media/upload/x", None),
        ("DELETE", "/auth/login", {"POST"}),
        ("TRACE", "/languages", {"GET", "HEAD", "POST"}),
    ],
)
def test_errors_of_methods(ed: Program, method: str, path: str, allowed: set[str] | None) -> None:
    answer = ed.ask(method, path)

    if allowed is None:
        assert answer.json == {"detail": "Not Found"}
    else:
        assert (answer.status_code, answer.json) == (405, {"detail": "Method Not Allowed"})
        assert set(answer.headers["Allow"].split(", ")) == allowed


def test_errors_a_slash_too_many_leads_on_as_in_fastapi(ed: Program) -> None:
    answer = ed.ask("POST", "/galleries/?a=1", {"slug": "ab"}, status=307)

    assert answer.headers["Location"] == "/api/v1/galleries?a=1"


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer vk_",
        "Bearer vk_x.y",
        "Bearer vs_nobody",
        "vk_0.0",
        "Bearer é",
        "x" * 9000,
    ],
)
def test_errors_of_unusable_bearers(programs: Any, shown: str) -> None:
    answer = programs.stranger.get("/galleries", status=401, headers={"Authorization": shown})

    assert answer.json == {"detail": "Not authenticated"}
    assert answer.headers["WWW-Authenticate"] == "Bearer"
