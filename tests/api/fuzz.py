"""What a dialect says of itself is true of thousands of requests that were made of its own OpenAPI document.

Schemathesis makes them, good and bad ones; a dialect feeds them with ids and values that are there, so that they come
further than the first refusal. Counted is what each operation answered: an operation that only ever refuses has not
been tried, nor has a status that never came.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks
from werkzeug.test import TestResponse

from tests.api.matrix import World

UNREACHED: Final = {"413", "415", "429", "503", "507"}
"""Documented, and shown by tests of their own."""

LEAST: Final = 0.2
"""How many of an operation's answers have to be good."""

GOOD: Final = 0.75
"""How many of the requests are meant to be good, where an operation takes anything that could be bad."""

WHO: Final = {"admin": 72, "editor": 8, "viewer": 6, "reader": 4, "uploader": 6, "stranger": 2, "wrong": 2}
AGREEMENTS: Final = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
AGAIN: Final = 5
"""Turns that an operation has at most to answer what it answers rarely."""

OFTEN: Final = 6
"""Cases after which everything is put back, so that what they made does not pile up."""

Feed = Callable[[Case, Random, World], TestResponse | None]
"""Fills a case with what is there; sends it by itself where schemathesis cannot."""


@dataclass
class Fuzz:
    """A dialect under its own document; `faults` are the answers that it does not describe."""

    world: World
    address: str
    feed: Feed
    chance: Random = field(default_factory=lambda: Random(5))
    answers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    faults: list[str] = field(default_factory=list)
    sent: int = 0

    def run(self, cases: int) -> None:
        """Send so many requests, as many to each operation; a few more where a rare status has not come yet."""
        schema = schemathesis.openapi.from_wsgi(self.address, self.world.app)
        operations = [each.ok() for each in schema.get_all_operations()]
        for nth in range(1 + AGAIN):
            for operation in operations:
                self.documented(operation)
                if not nth or self.never(operation.label):
                    self.turn(operation, -(-cases // len(operations)), nth)

    def turn(self, operation: Any, cases: int, nth: int) -> None:
        """Send good and bad requests to an operation."""
        bad = round(cases * (1 - GOOD)) if operation.body or list(operation.iter_parameters()) else 0
        self.try_out(operation, GenerationMode.POSITIVE, cases - bad, nth)
        if bad:
            self.try_out(operation, GenerationMode.NEGATIVE, bad, nth)

    def documented(self, operation: Any) -> None:
        """Note what an operation may answer."""
        self.answers[operation.label].update(dict.fromkeys(operation.definition.raw["responses"], 0))

    def try_out(self, operation: Any, mode: GenerationMode, cases: int, nth: int) -> None:
        """Send so many requests of one kind to an operation."""

        @seed(nth)
        @settings(
            max_examples=cases,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case: Case) -> None:
            self.ask(case, good=mode is GenerationMode.POSITIVE)

        ask()

    def ask(self, case: Case, *, good: bool) -> None:
        """Send one request as somebody, and compare the answer with what the document says."""
        who = self.chance.choices(list(WHO), list(WHO.values()))[0]
        case.headers = {name: value for name, value in (case.headers or {}).items() if name != "Authorization"}
        answer = self.feed(case, self.chance, self.world) if good else None
        headers = self.world.headers[who]
        if answer is None:
            answer = case.call(headers=headers)
        status = str(answer.status_code)
        self.answers[case.operation.label][status] += 1
        self.sent += 1
        self.compare(case, answer, who, status)
        if self.sent % OFTEN == 0 or (case.method == "DELETE" and status.startswith("2")):
            self.world.put_back()

    def compare(self, case: Case, answer: Any, who: str, status: str) -> None:
        """Note where an answer is not what the document says."""
        try:
            case.validate_response(answer, checks=AGREEMENTS)
        except FailureGroup as group:
            told = "; ".join(f"{type(each).__name__}: {str(each)[:300]}" for each in group.exceptions)
            self.faults.append(f"{case.operation.label} as {who}: {status} {told}")
        if status.startswith("5"):
            self.faults.append(f"{case.operation.label} as {who}: {status}")

    def untried(self) -> list[str]:
        """Name the operations that hardly ever succeeded, and the statuses that never came."""
        found = []
        for label, told in self.answers.items():
            good = sum(count for status, count in told.items() if status < "400")
            if good < LEAST * told.total():
                found.append(f"{label}: {good} of {told.total()} good")
            found += [f"{label}: never {status}" for status in self.never(label)]
        return found

    def never(self, label: str) -> list[str]:
        """List the statuses of an operation that never came."""
        return sorted(
            status for status, count in self.answers[label].items() if not count and status not in UNREACHED
        )


def name_headers(case: Case, chance: Random, *, again: float = 0.1) -> None:
    """Leave conditions away, mostly; have some say that the answer is known, `again` of all that it was asked for."""
    headers = dict(case.headers or {})
    for name in ("If-Match", "Idempotency-Key", "If-None-Match"):
        if chance.random() < 0.8:
            headers.pop(name, None)
    if chance.random() < 0.1:
        headers |= {"If-None-Match": "*"} if case.method == "GET" else {"If-Match": '"another"'}
    if again and case.method == "POST" and chance.random() < again:
        headers["Idempotency-Key"] = "again"
    case.headers = headers
