"""Errors that people are told of, in a sentence that can be said in another language too."""

from typing import Any


class Saying(Exception):
    """Something went wrong: `pattern` is a sentence, such as `%(host)s does not answer.`, `facts` what fills it."""

    def __init__(self, pattern: str, /, **facts: Any) -> None:
        written = {name: f"{fact:,}" if isinstance(fact, int) else fact for name, fact in facts.items()}
        super().__init__(pattern % written if written else pattern)
        self.pattern, self.facts = pattern, facts


class Refusal(Saying):
    """Something is not taken, or not done; `code` is stable, for programs."""

    def __init__(self, code: str, pattern: str, /, **facts: Any) -> None:
        super().__init__(pattern, **facts)
        self.code = code
