"""The id of a request: taken over where it is sane, in every answer, and in the lines of the log."""

import logging
import re

import pytest
import structlog
from flask import Flask

from tests.fixtures.app import on_sqlite
from webapp import crowding, request_ids
from webapp.request_ids import HEADER, LINE, SANE, Named

OWN = re.compile(r"[0-9a-f]{32}")


@on_sqlite
@pytest.mark.parametrize(
    "path", ["/login", "/healthz", "/api/v1/galleries", "/api/v1/none", "/no-such-page", "/static/none.css", "/g/"]
)
def test_every_answer_has_an_id(app: Flask, path: str) -> None:
    answers = [app.test_client().get(path) for _ in range(2)]

    found = [answer.headers.getlist(HEADER) for answer in answers]
    assert all(len(each) == 1 and OWN.fullmatch(each[0]) for each in found)
    assert found[0] != found[1]


@pytest.mark.parametrize("given", ["a", "01JD8-Z.q_9:/+=@", "1732212000.123", "x" * 128])
@on_sqlite
def test_a_sane_id_is_taken_over(app: Flask, given: str) -> None:
    assert app.test_client().get("/api/v1/galleries", headers={HEADER: given}).headers[HEADER] == given


@on_sqlite
@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "é", "<script>", "-a", 'a"b', "a,b"])
def test_an_id_that_is_none_is_replaced(app: Flask, given: str) -> None:
    answer = app.test_client().get("/api/v1/galleries", headers={HEADER: given.encode().decode("latin-1")})

    assert OWN.fullmatch(answer.headers[HEADER])
    assert not SANE.fullmatch(f"{given}\n")


@on_sqlite
def test_a_view_knows_the_id_that_is_sent(app: Flask) -> None:
    with app.test_request_context(headers={HEADER: "ignored here"}):
        assert request_ids.current() == request_ids.current()
        assert OWN.fullmatch(request_ids.current())


def test_who_finds_no_room_is_told_the_id() -> None:
    crowded = crowding.Places(lambda _environ, start: [start("200 OK", [])] and iter([b"x" * 99_999]), 0)
    begun = []

    Named(crowded)({"HTTP_X_REQUEST_ID": "mine", "PATH_INFO": "/"}, lambda *told: begun.append(told))
    assert begun[0][0].startswith("503")
    assert begun[0][1][-1] == (HEADER, "mine")


@on_sqlite
def test_lines_of_the_log_name_the_request(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fall() -> None:
        structlog.get_logger("tests").warning("falling")
        raise RuntimeError("on purpose")

    app.view_functions["health.alive"], before = fall, app.view_functions["health.alive"]
    fall.permission = "public"
    try:
        with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as structured:
            answer = app.test_client().get("/healthz", headers={HEADER: "mine-1"})
    finally:
        app.view_functions["health.alive"] = before
    assert (answer.status_code, answer.headers[HEADER]) == (500, "mine-1")
    assert [line["request_id"] for line in structured] == ["mine-1"]
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert "(mine-1): Exception on /healthz" in logging.Formatter(LINE).format(record)
