"""Addresses of pictures and videos, a line each: judged as they are written, called by a worker."""

from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from webapp.domain import fetching, media
from webapp.domain.errors import Invalid
from webapp.domain.imports import aims
from webapp.domain.imports.aims import Aim, Wanted
from webapp.domain.models import Import
from webapp.domain.permissions import Actor
from webapp.domain.sentences import Sentence
from webapp.infra.outbound import Way

MOST: Final = 100
LONGEST: Final = MOST * (fetching.URL[1] + 2)
"""Letters that so many addresses may have, with the ends of their lines."""


def begin(text: str, aim: Aim, *, way: Way, actor: Actor) -> Import:
    """Ask for what stands at some addresses, in their order; inside a transaction.

    Raises Invalid, naming the line, for what is no address or plainly leads inside; Forbidden, NotFound.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise Invalid("addresses", "Write at least one address.", code="missing")
    if len(lines) > MOST:
        raise Invalid("addresses", Sentence("Use at most %(most)s addresses.", most=MOST), code="too_many")
    for number, url in lines:
        _check(number, url, way=way)
    files = [Wanted(_name(url), url=url) for _number, url in lines]
    return aims.write(aims.ADDRESSES, "", files, aim, actor=actor)


def _check(number: int, url: str, *, way: Way) -> None:
    try:
        fetching.check_address(url, field="addresses", way=way)
    except Invalid as refused:
        said = Sentence("Line %(number)s: %(why)s", number=number, why=refused.message)
        raise Invalid("addresses", said, code=refused.code) from None


def _name(url: str) -> str:
    """Name a file by its address."""
    return media.clean_filename(unquote(PurePosixPath(urlsplit(url).path).name) or str(urlsplit(url).hostname))
