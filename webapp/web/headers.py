"""What browsers are told with every answer: run only ours, guess nothing, keep nothing that is private."""

from typing import Final

from flask import Flask, Response, current_app, request

from webapp import doors
from webapp.config import Settings

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
FRAMED: Final = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
"""Of the pages that anybody's page may show in a frame."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HTTPS_ONLY: Final = "max-age=31536000"
PRIVATE: Final = "no-store"


def init(app: Flask) -> None:
    """Stand behind every view; a view that needs a tighter policy sets its own."""
    app.after_request(add)


def add(answer: Response) -> Response:
    """Add what the view has not set itself."""
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if answer.headers["Content-Security-Policy"] == FRAMED:
        del answer.headers["X-Frame-Options"]  # it has no word for everybody
    settings: Settings = current_app.extensions["vitrine-settings"]
    if settings.https:
        answer.headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
    if "Cache-Control" not in answer.headers and _is_private():
        answer.headers["Cache-Control"] = PRIVATE
    return answer


def _is_private() -> bool:
    """Whether this came from the dashboard, or from no route at all, where an error page may show who asks."""
    if request.endpoint is None:
        return True
    return doors.door_of(current_app, request.endpoint).name == "dashboard"
