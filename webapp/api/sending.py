"""Answers as JSON: that nobody keeps, or with a tag by which a client asks whether they have changed."""

from typing import Any, Final

import orjson
from flask import Response, request

from webapp.api import http

JSON: Final = "application/json"


def send(content: Any, status: int = 200) -> Response:
    """Answer with JSON that nobody keeps."""
    answer = Response(pack(content), status=status, mimetype=JSON)
    answer.cache_control.no_store = True
    return answer


def send_tagged(content: Any, status: int = 200) -> Response:
    """Answer with JSON and its entity tag; a GET that names the tag gets 304, one on a condition 412 (Stale)."""
    shown = pack(content)
    if request.method not in ("GET", "HEAD"):
        return http.tagged(Response(shown, status=status, mimetype=JSON), shown)
    http.demand_match(shown)
    if http.is_known(shown):
        return http.tagged(nothing(304), shown)
    return http.tagged(Response(shown, mimetype=JSON), shown)


def nothing(status: int = 204) -> Response:
    """Answer without a body."""
    answer = Response(status=status)
    del answer.headers["Content-Type"]
    return answer


def demand_match(content: Any) -> None:
    """Refuse a change of what looks different from what the client has read. Raises Stale."""
    http.demand_match(pack(content))


def pack(content: Any) -> bytes:
    """Write JSON; moments are UTC and end in Z."""
    return orjson.dumps(content, option=orjson.OPT_UTC_Z)
