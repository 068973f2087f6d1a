"""What can go wrong with an exchange outside, each a stable code and a sentence with what fills it."""

from typing import Any


class Outside(Exception):
    """The exchange did not come about: a sentence, what fills it, and whether trying again `later` may help."""

    later = True

    def __init__(self, code: str, pattern: str, **facts: Any) -> None:
        written = {name: f"{fact:,}" if isinstance(fact, int) else fact for name, fact in facts.items()}
        super().__init__(pattern % written if written else pattern)
        self.code, self.pattern, self.facts = code, pattern, facts


class Refused(Outside):
    """The address may not be called, or answers as nobody may who is called."""

    later = False


class Unreachable(Outside):
    """Nobody answered, or not in time."""
