"""What is asked of the list, read from its address and written into it."""

from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, current_app, request

from webapp.config import Settings
from webapp.domain.listing import ORDERS, QUERY, Wanted
from webapp.domain.models.gallery import STATUSES

PATH: Final = "/galleries/"
VIEWS: Final = ("cards", "table")
COOKIE: Final = "gallery-view"
COOKIE_SECONDS: Final = 365 * 24 * 3600


@dataclass(frozen=True)
class Asked:
    """The list as it is asked for; `view` is cards or table, `after` the cursor of the page before."""

    wanted: Wanted
    view: str
    after: str | None

    @property
    def plain(self) -> bool:
        """Whether all galleries are asked for, from the first."""
        return not (self.wanted.query or self.wanted.statuses or self.after)

    @property
    def statuses(self) -> list[str]:
        """Return the statuses asked for, in their own order."""
        return [status for status in STATUSES if status in self.wanted.statuses]

    def url(self, **changes: Any) -> str:
        """Return the address of this list, changed; without a cursor unless one is given."""
        after = changes.pop("after", None)
        view = changes.pop("view", None)
        wanted = replace(self.wanted, **changes)
        query = [
            ("q", wanted.query),
            *(("status", status) for status in STATUSES if status in wanted.statuses),
            ("sort", "" if wanted.order == ORDERS[0] else wanted.order),
            ("view", view or ""),
            ("after", after or ""),
        ]
        written = urlencode([(name, value) for name, value in query if value])
        return f"{PATH}?{written}" if written else PATH


def read() -> Asked:
    """Read what is asked for; what makes no sense is left out."""
    order = request.args.get("sort", "")
    return Asked(
        Wanted(
            query=_words(request.args.get("q", "")),
            statuses=frozenset(request.args.getlist("status")) & frozenset(STATUSES),
            order=order if order in ORDERS else ORDERS[0],
        ),
        view=_view(),
        after=request.args.get("after") or None,
    )


def remember(answer: Response) -> Response:
    """Keep the view that was chosen for the next visit."""
    chosen = request.args.get("view")
    if chosen in VIEWS and chosen != request.cookies.get(COOKIE):
        settings: Settings = current_app.extensions["vitrine-settings"]
        answer.set_cookie(
            COOKIE, chosen, max_age=COOKIE_SECONDS, path=PATH, secure=settings.https, httponly=True, samesite="Lax"
        )
    return answer


def _view() -> str:
    for chosen in (request.args.get("view"), request.cookies.get(COOKIE)):
        if chosen in VIEWS:
            return chosen
    return VIEWS[0]


def _words(query: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in query[:QUERY]).split())
