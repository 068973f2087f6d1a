"""One request to the machine and its answer; docs/machine-translation.md is the contract, for whoever builds one."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from webapp.domain import sentences
from webapp.domain.glossary import Word
from webapp.domain.machine.settings import Outfit, headers_of
from webapp.domain.models import Machine
from webapp.domain.sentences import Sentence
from webapp.infra import outbound, sealing
from webapp.infra.outside import Outside, Refused

VERSION: Final = 1
LATER: Final = (408, 425, 429)


class Unanswered(Exception):
    """The machine did not translate."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotNow(Unanswered):
    """Asking again later may help."""


class Never(Unanswered):
    """Asking again will not help."""


def translate(
    texts: Sequence[Mapping[str, Any]],
    words: Sequence[Word],
    *,
    languages: tuple[str, str],
    machine: Machine,
    outfit: Outfit,
) -> dict[str, str]:
    """Return translations by the ids of these texts, those of others left out. Raises NotNow, Never."""
    asked = {
        "version": VERSION,
        "source": languages[0],
        "target": languages[1],
        "texts": list(texts),
        "glossary": [{"term": each.term, "translation": each.translation} for each in words if each.translation],
        "keep": [each.term for each in words if each.translation is None],
    }
    body = json.dumps(asked, ensure_ascii=False).encode("utf-8", "replace")
    try:
        headers = headers_of(machine, outfit)
        answer = outbound.send("POST", machine.address, way=outfit.way, body=body, headers=headers)
    except Refused as error:
        raise Never(sentences.of(error)) from None
    except sealing.Unreadable as error:
        raise Never(str(error)) from None
    except Outside as error:
        raise NotNow(Sentence("The machine cannot be reached. %(why)s", why=sentences.of(error))) from None
    if answer.status != 200:
        said = Sentence("The machine answered %(status)s.", status=str(answer.status))
        raise NotNow(said) if answer.status in LATER or answer.status >= 500 else Never(said)
    known = {str(each["id"]) for each in texts}
    return {name: text for name, text in _read(answer.body) if name in known}


def _read(body: bytes) -> list[tuple[str, str]]:
    """Return the ids and texts of an answer. Raises NotNow where it is none."""
    try:
        rows = json.loads(body)["translations"]
        pairs = [(row["id"], row["text"]) for row in rows]
    except (ValueError, RecursionError, TypeError, KeyError):
        raise NotNow(Sentence("The machine answered something that is no list of translations.")) from None
    if not all(isinstance(part, str) for pair in pairs for part in pair):
        raise NotNow(Sentence("The machine answered something that is no text."))
    return pairs
