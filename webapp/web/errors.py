"""What people see when something cannot be done: one page, or for htmx one short message, with the right status.

Other doors answer for themselves. A blueprint's own error handlers come first; for addresses that no route
knows, a door puts `app.extensions["vitrine-error-answers"]["/api/"] = answer`, where `answer(error)` makes the
response for everything below that path.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, Response, current_app, g, request, session, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from webapp.domain import errors as domain
from webapp.domain.links import LinkGone
from webapp.domain.lockout import LockedOut
from webapp.domain.transaction import DatabaseError, Trouble, release, trouble
from webapp.doors import NotSignedIn, door_of
from webapp.infra.images import Overloaded
from webapp.infra.storage import StorageFailed, StorageFull
from webapp.web import hx, kept
from webapp.web.door import COOKIE_KEY
from webapp.web.phrases import told

Answer = Callable[[Exception], Any]

RETRY_SECONDS: Final = 5
STATUSES: Final[tuple[tuple[type[domain.DomainError], int], ...]] = (
    (domain.NotFound, 404),
    (domain.Conflict, 409),
    (domain.Stale, 409),
    (domain.Forbidden, 403),
    (LockedOut, 429),
    (LinkGone, 410),
    (domain.Invalid, 422),
)


@dataclass(frozen=True)
class Problem:
    """What went wrong, in words for people: `advice` says what to do now."""

    status: int
    title: str
    advice: str
    retry_after: int | None = None


def init(app: Flask) -> None:
    """Answer every error in one place."""
    app.extensions.setdefault("vitrine-error-answers", {})
    app.register_error_handler(NotSignedIn, elsewhere_or(_ask_to_sign_in))
    app.register_error_handler(CSRFError, elsewhere_or(_renew_form))
    app.register_error_handler(domain.DomainError, elsewhere_or(_answer_domain))
    app.register_error_handler(StorageFull, elsewhere_or(lambda _error: show(problem(507))))
    for later in (StorageFailed, Overloaded):
        app.register_error_handler(later, elsewhere_or(lambda _error: show(problem(503, retry_after=RETRY_SECONDS))))
    app.register_error_handler(DatabaseError, elsewhere_or(_answer_database))
    app.register_error_handler(HTTPException, elsewhere_or(_answer_http))


def show(found: Problem) -> Response:
    """Answer with a page, or for htmx with a message that stays until it is dismissed."""
    release()
    context: dict[str, Any] = {"problem": found, "home": _home()}
    if _is_for_visitors():
        context["get_flashed_messages"] = lambda **_options: []
    answer = hx.render("errors/error.html", "errors/_message.html", status=found.status, **context)
    if hx.wants_fragment():
        hx.show_in(answer, "#toasts")
    if found.retry_after:
        answer.headers["Retry-After"] = str(found.retry_after)
    return answer


def _home() -> str:
    """Give where it goes on: to the galleries of the site for whoever has not signed in and does not come to."""
    if not _is_for_visitors() and (request.blueprint == "accounts" or COOKIE_KEY in session):
        return "/"
    return url_for("public.index")


def _is_for_visitors() -> bool:
    """Whether the answer must not look at a cookie."""
    return request.endpoint is not None and door_of(current_app, request.endpoint).name == "public"


def elsewhere_or(handle: Answer) -> Answer:
    """Let another door answer below its path."""

    def answer(error: Exception) -> Any:
        others: dict[str, Answer] = current_app.extensions["vitrine-error-answers"]
        for prefix, other in others.items():
            if request.path.startswith(prefix):
                return other(error)
        return handle(error)

    return answer


def _ask_to_sign_in(_error: Exception) -> Response:
    """Lead to the sign-in page and back; a form that was sent is kept on the way."""
    return kept.ask_to_sign_in()


def _renew_form(_error: Exception) -> Response:
    """A form from before signing in again: show what was typed with a token that is good."""
    if g.actor.known and kept.may_keep():
        return kept.offer_again()
    session.modified = True
    return show(problem(400, _("This form is too old. Load the page again and send it once more.")))


def _answer_domain(error: Exception) -> Response:
    assert isinstance(error, domain.DomainError)  # noqa: S101  that is what this is registered for
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 400)
    advice = "" if _names_a_permission(error) else told(error)
    return show(problem(status, advice, retry_after=error.details.get("retry_after")))


def _names_a_permission(error: domain.DomainError) -> bool:
    """Whether the sentence is the one for programs, which names what is missing."""
    return isinstance(error, domain.Forbidden) and error.message == domain.Forbidden(error.permission).message


def _answer_database(error: Exception) -> Response:
    found = trouble(error)
    if found is None:
        raise error
    if found is Trouble.FULL:
        return show(problem(507))
    return show(problem(503, retry_after=RETRY_SECONDS))


def _answer_http(error: Exception) -> Response | HTTPException:
    assert isinstance(error, HTTPException)  # noqa: S101  that is what this is registered for
    if isinstance(error, InternalServerError) or error.code is None:
        return show(problem(500))
    if error.code < 400:
        return error
    answer = show(problem(error.code))
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers[name] = value
    return answer


def problem(status: int, advice: str = "", *, retry_after: int | None = None) -> Problem:
    """Put a status into words."""
    words = _words().get(status) or (_("That did not work"), _("Go back and try again."))
    return Problem(status, words[0], advice or words[1], retry_after)


def _words() -> dict[int, tuple[str, str]]:
    return {
        400: (_("That request could not be read"), _("Go back, load the page again and try once more.")),
        401: (_("Please sign in"), _("This page is for people with an account.")),
        403: (_("You may not do this"), _("Ask an administrator if you should be able to.")),
        404: (_("Nothing is here"), _("The address may be mistyped, or what was here has been removed.")),
        405: (_("That cannot be done here"), _("Go back and use the buttons of the page.")),
        409: (_("Somebody was faster"), _("Load the page again to see how things stand, then try once more.")),
        410: (_("This link no longer works"), _("Ask for a new one.")),
        412: (_("This has changed meanwhile"), _("Load the page again to see how things stand.")),
        413: (_("That is too large"), _("Send less at once.")),
        415: (_("That kind of content is not understood here"), _("Send it in another format.")),
        422: (_("Something has to be corrected"), _("Go back, correct it and send it again.")),
        429: (_("Too many tries"), _("Wait a little before trying again.")),
        500: (_("Something went wrong here"), _("It has been noted. Nothing was half done; try again.")),
        503: (_("Busy just now"), _("Nothing was changed. Try again in a few seconds.")),
        507: (_("There is no room left"), _("Nothing was saved. An administrator has to make room on the disk.")),
    }
