"""Every endpoint of the dialect: works, forbidden, missing, invalid, and nothing for who shows no bearer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from pydantic import TypeAdapter

from tests.api.cms.conftest import Program, Programs
from tests.fixtures.app import Cast, browser_of
from webapp.api.cms.routing import OPERATIONS
from webapp.domain.permissions import PERMISSIONS
from webapp.doors import PUBLIC, SIGNED_IN

NOBODY = "5d0c7b0a-5b5e-4f5e-8b0a-5b5e4f5e8b0a"


@dataclass(frozen=True)
class Step:
    """A request that works; `{names}` stand for what the stage has, `wrong` for a body or query that does not."""

    name: str
    method: str
    path: str
    body: dict[str, Any] | None = None
    wrong: dict[str, Any] | str | None = None
    ids: tuple[str, ...] = field(default=())

    @property
    def operation(self) -> Any:
        return next(each for each in OPERATIONS if each.name == self.name)


STEPS = [
    Step("list_galleries", "GET", "/galleries", wrong="?limit=0"),
    Step("create_gallery", "POST", "/galleries", {"slug": "winter"}, {"slug": "W"}),
    Step("get_gallery", "GET", "/galleries/{id}", ids=("id",)),
    Step("update_gallery", "PATCH", "/galleries/{id}", {"slug": "winter"}, {"status": "x"}, ("id",)),
    Step("remove_gallery", "DELETE", "/galleries/{id}", ids=("id",)),
    Step(
        "upsert_translation",
        "PUT",
        "/galleries/{id}/translations",
        {"language_id": "{en}", "title": "Winter"},
        {"language_id": "{en}"},
        ("id",),
    ),
    Step("delete_translation", "DELETE", "/galleries/{id}/translations/{en}", ids=("id", "en")),
    Step("add_media", "POST", "/galleries/{id}/media", {"media_id": "{spare}"}, {"media_id": 5}, ("id",)),
    Step(
        "update_media_item", "PATCH", "/galleries/{id}/media/{media}", {"order": 1}, {"order": "x"}, ("id", "media")
    ),
    Step("remove_media_item", "DELETE", "/galleries/{id}/media/{media}", ids=("id", "media")),
    Step(
        "reorder_media",
        "POST",
        "/galleries/{id}/media/reorder",
        {"media_ids": ["{other}", "{media}"]},
        {"media_ids": "x"},
        ("id",),
    ),
    Step("list_media", "GET", "/media", wrong="?skip=x"),
    Step("list_images", "GET", "/media/images", wrong="?page=0"),
    Step("get_media", "GET", "/media/{media}", ids=("media",)),
    Step("update_media", "PATCH", "/media/{media}", {"alt_text": "a"}, {"original_filename": None}, ("media",)),
    Step("delete_media", "DELETE", "/media/{spare}", ids=("spare",)),
    Step("list_languages", "GET", "/languages"),
    Step("create_language", "POST", "/languages", {"code": "de"}, {"code": "nowhere"}),
    Step("get_language", "GET", "/languages/{fr}", ids=("fr",)),
    Step("update_language", "PATCH", "/languages/{fr}", {"is_active": False}, {"direction": "up"}, ("fr",)),
    Step("delete_language", "DELETE", "/languages/{fr}", ids=("fr",)),
    Step("me", "GET", "/auth/me"),
    Step("logout", "POST", "/auth/logout"),
]
NAMED = [pytest.param(step, id=step.name) for step in STEPS]
ELSEWHERE = {"upload_media", "login", "openapi"}
"""Tested by themselves: a form, a password, a document."""


@pytest.fixture
def stage(programs: Programs) -> dict[str, str]:
    """The ids of a gallery with two pictures, of a spare picture and of languages."""
    made = programs.ada.gallery(media=2)
    media, other = programs.ada.order(made)
    spare, french = programs.ada.pictures(1)[0], programs.ada.language("fr")
    return {
        "id": made,
        "media": media,
        "other": other,
        "spare": spare,
        "fr": french,
        "en": programs.ada.language("en"),
    }


def filled(value: Any, stage: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: filled(each, stage) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, stage) for each in value]
    return value.format(**stage) if isinstance(value, str) else value


def ask(program: Program, step: Step, stage: dict[str, str], body: Any = ...) -> Any:
    sent = filled(step.body if body is ... else body, stage)
    return program.ask(step.method, step.path.format(**stage), sent)


def everything(programs: Programs, stage: dict[str, str]) -> list[bytes]:
    paths = ("/galleries", "/media", "/languages")
    whole = programs.ada.ask("GET", f"/galleries/{stage['id']}")
    return [*(programs.ada.get(path).data for path in paths), whole.data]


def test_ladder_has_every_operation() -> None:
    assert {step.name for step in STEPS} | ELSEWHERE == {each.name for each in OPERATIONS}


@pytest.mark.parametrize("step", NAMED)
def test_ladder_works(programs: Programs, stage: dict[str, str], step: Step) -> None:
    answer = ask(programs.ada, step, stage)

    assert answer.status_code == step.operation.status, answer.text
    if step.operation.answer is None:
        assert answer.data == b""
    else:
        TypeAdapter(step.operation.answer).validate_json(answer.data)


@pytest.mark.parametrize("step", NAMED)
def test_ladder_forbidden(
    programs: Programs, stage: dict[str, str], make_program: Callable[..., Program], cast: Cast, step: Step
) -> None:
    before = everything(programs, stage)
    refused = ask(programs.stranger, step, stage)
    assert (refused.status_code, refused.json) == (401, {"detail": "Not authenticated"})
    assert refused.headers["WWW-Authenticate"] == "Bearer"

    wanted = step.operation.permission
    assert wanted != PUBLIC
    if wanted != SIGNED_IN:
        lacking = make_program(cast.ada, *(each for each in PERMISSIONS if each != wanted))
        answer = ask(lacking, step, stage)
        assert (answer.status_code, answer.json) == (403, {"detail": f"Permission denied: {wanted}"})
        only = make_program(cast.ada, wanted)
        assert ask(only, step, stage, step.wrong).status_code in (200, 201, 204, 422), "and it is the only one needed"
    assert wanted in (SIGNED_IN, *PERMISSIONS)
    assert step.method in ("GET", "DELETE") or wanted == SIGNED_IN or everything(programs, stage) == before


@pytest.mark.parametrize("step", [each for each in NAMED if each.values[0].ids])
def test_ladder_missing(programs: Programs, stage: dict[str, str], step: Step) -> None:
    before = everything(programs, stage)

    for name in step.ids:
        answer = ask(programs.ada, step, stage | {name: str(uuid4())})
        assert answer.status_code == 404, answer.text
        assert answer.json["detail"].endswith(("not found", "not found in this gallery"))
        malformed = ask(programs.ada, step, stage | {name: "not-an-id"})
        assert malformed.status_code == 422
        assert malformed.json["detail"][0]["type"] == "uuid_parsing"
        assert malformed.json["detail"][0]["loc"][0] == "path"
    assert everything(programs, stage) == before


@pytest.mark.parametrize("step", [each for each in NAMED if each.values[0].wrong is not None])
def test_ladder_invalid(programs: Programs, stage: dict[str, str], step: Step) -> None:
    before = everything(programs, stage)
    query = step.wrong if isinstance(step.wrong, str) else ""

    body = None if query else filled(step.wrong, stage)
    answer = programs.ada.ask(step.method, step.path.format(**stage) + query, body)

    assert answer.status_code == 422, answer.text
    assert [fault["loc"][0] for fault in answer.json["detail"]] == ["query" if query else "body"]
    assert everything(programs, stage) == before


def test_ladder_works_with_the_least_of_permissions(
    stage: dict[str, str], make_program: Callable[..., Program], cast: Cast
) -> None:
    step = next(each for each in STEPS if each.name == "update_media")

    assert ask(make_program(cast.ada, "media:update"), step, stage).json["alt_text"] == "a"


@pytest.mark.parametrize("name", ["ed", "vi", "tessa"])
def test_ladder_roles_may_what_their_roles_say(
    programs: Programs, stage: dict[str, str], cast: Cast, name: str
) -> None:
    program, person = getattr(programs, name), getattr(cast, name)

    for step in STEPS:
        wanted = step.operation.permission
        answer = ask(program, step, stage | dict.fromkeys(step.ids, NOBODY), step.wrong or step.body)
        allowed = wanted == SIGNED_IN or wanted in person.permissions
        assert (answer.status_code != 403) == allowed, f"{name} {step.name}: {answer.status_code}"


def test_a_cookie_is_no_bearer(app: Any, cast: Cast) -> None:
    browser = browser_of(app, cast.ada)

    assert browser.get("/api/v1/galleries").status_code == 401
    assert browser.post("/api/v1/galleries", json={"slug": "a-b"}).status_code == 401
    assert browser.get("/api/v1/auth/me").headers.get("Vary") != "Cookie"
