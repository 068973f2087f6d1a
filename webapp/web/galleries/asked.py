"""What is asked of the list, read from its address and written into it."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, request

from webapp.domain import asking
from webapp.domain.asking import FILTERS, QUERY, Filter, Line
from webapp.domain.listing import ORDERS, SIZE, Wanted
from webapp.doors import actor
from webapp.web.kept_view import KeptView

PATH: Final = "/galleries/"
VIEWS: Final = ("cards", "table")
COOKIE: Final = "gallery-view"
KEPT: Final = KeptView(COOKIE, VIEWS, PATH)
MOST_ROWS: Final = 200
"""Galleries that are shown at once to a page that has loaded more of them."""

GIVEN: Final = 12
"""Filters beside the line that are read: those of links and forms that add one."""


@dataclass(frozen=True)
class Asked:
    """The list as it is asked for; `view` is cards or table, `after` the cursor of the page before.

    `rows` is how many galleries a page that is open shows by now, so that it can be told how all of them stand.
    """

    line: Line
    order: str
    view: str
    after: str | None
    rows: int = SIZE

    @property
    def plain(self) -> bool:
        """Whether all galleries are asked for, from the first."""
        return not (str(self.line) or self.line.faults or self.after)

    @property
    def typed(self) -> str:
        """Return the line as it stands in the field, with what is no filter."""
        return " ".join([*(str(fault.filter) for fault in self.line.faults), str(self.line)]).strip()

    @property
    def wanted(self) -> Wanted:
        """Return what the domain is asked for."""
        return Wanted(self.line, self.order, actor().id)

    def url(self, **changes: Any) -> str:
        """Return the address of this list, changed; without a cursor unless one is given."""
        order = changes.get("order", self.order)
        query = [
            ("q", str(changes.get("line", self.line))),
            ("sort", "" if order == ORDERS[0] else order),
            ("view", changes.get("view", "")),
            ("after", changes.get("after", "")),
        ]
        written = urlencode([(name, value) for name, value in query if value])
        return f"{PATH}?{written}" if written else PATH

    def toggled(self, name: str, value: str, *, only: bool = False) -> str:
        """Return the address with a filter more, or without it where it is asked for."""
        found = Filter(name, value)
        if found in self.line.filters:
            return self.url(line=self.line.without(found))
        return self.url(line=self.line.with_filter(name, value, only=only))


def read() -> Asked:
    """Read what is asked for; what makes no sense is left out, or told about where it looks like a filter."""
    order = request.args.get("sort", "")
    return Asked(
        line=line_of(request.args),
        order=order if order in ORDERS else ORDERS[0],
        view=KEPT.chosen(),
        after=request.args.get("after") or None,
        rows=max(SIZE, min(request.args.get("rows", 0, type=int), MOST_ROWS)),
    )


def line_of(given: Any) -> Line:
    """Return the line that a form or an address asks for: `q`, and filters that stand beside it."""
    beside = [Filter(name, value[:QUERY]) for name in FILTERS for value in given.getlist(name)[:GIVEN] if value]
    return asking.read(" ".join([given.get("q", "")[:QUERY], *map(str, beside)]))


def remember(answer: Response) -> Response:
    """Keep the view that was chosen for the next visit."""
    return KEPT.remember(answer)
