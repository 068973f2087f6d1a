"""Pages of other sites may ask: nobody is known here by a cookie, so there is nothing that they could abuse.

The SDK sends `Access-Control-Allow-Origin` as a header of its requests, which a browser asks for leave to do.
"""

from typing import Final

from flask import Response

METHODS: Final = "GET, POST, PUT, PATCH, DELETE"
HEADERS: Final = (
    *("Authorization", "Content-Type", "X-WZ-API-KEY", "X-WZ-API-SECRET", "Access-Control-Allow-Origin"),
    *("If-Match", "If-None-Match", "Idempotency-Key", "X-Request-Id"),
)
READABLE: Final = "ETag, Retry-After, X-Request-Id, Idempotency-Replayed"
SECONDS: Final = 2 * 60 * 60
"""How long a browser remembers; it does not for longer."""


def open_to_pages(answer: Response) -> Response:
    """Let any page read an answer."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Expose-Headers"] = READABLE
    return answer


def preflight() -> Response:
    """Tell a browser what a page may send."""
    answer = open_to_pages(Response(status=204))
    del answer.headers["Content-Type"]
    answer.headers["Access-Control-Allow-Methods"] = METHODS
    answer.headers["Access-Control-Allow-Headers"] = ", ".join(HEADERS)
    answer.headers["Access-Control-Max-Age"] = str(SECONDS)
    return answer
