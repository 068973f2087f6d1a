"""The table that every measurement ends in: each goal with its figure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure; `met` is None where nothing is asked of it."""

    name: str
    figure: str
    goal: str = ""
    met: bool | None = None


def below(name: str, figure: float, limit: float, *, form: str = "{:.2f}") -> Row:
    """State a figure that has to stay below a limit."""
    return Row(name, form.format(figure), f"< {form.format(limit)}", figure < limit)


def at_most(name: str, figure: float, limit: float, *, form: str = "{:.2f}") -> Row:
    """State a figure that may reach a limit and not pass it."""
    return Row(name, form.format(figure), f"<= {form.format(limit)}", figure <= limit)


def at_least(name: str, figure: float, limit: float, *, form: str = "{:.2f}") -> Row:
    """State a figure that has to reach a limit."""
    return Row(name, form.format(figure), f">= {form.format(limit)}", figure >= limit)


def none_of(name: str, found: int) -> Row:
    """State a count that has to be nought."""
    return Row(name, str(found), "0", found == 0)


def report(title: str, rows: Sequence[Row]) -> int:
    """Print the table and return the exit status: 1 where a goal is missed."""
    verdicts = {None: "", True: "met", False: "MISSED"}
    lines = [
        ("", "figure", "goal", ""),
        *((row.name, row.figure, row.goal, verdicts[row.met]) for row in rows),
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    print(title)
    for name, figure, goal, verdict in lines:
        print(f"{name:<{widths[0]}}  {figure:>{widths[1]}}  {goal:>{widths[2]}}  {verdict}".rstrip())
    return 1 if any(row.met is False for row in rows) else 0
