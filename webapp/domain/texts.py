"""What a person may type: checked in one place, whichever door it came by."""

from typing import Final

from webapp.domain.errors import Invalid
from webapp.domain.models import translation
from webapp.domain.sentences import Sentence

LIMITS: Final[dict[str, tuple[int, int]]] = {
    "title": translation.TITLE,
    "description": translation.DESCRIPTION,
    "meta_title": translation.META_TITLE,
    "meta_description": translation.META_DESCRIPTION,
    "caption": translation.CAPTION,
    "alt": translation.ALT,
    "credit": translation.CREDIT,
    "html": translation.HTML,
}


def clean(field: str, text: str | None, *, most: int | None = None) -> str | None:
    """Return the text with line ends made one kind, but for HTML, which stays as it is (D21).

    Raises Invalid for what no text holds or what is too long.
    """
    if text is None:
        return None
    if field != "html":
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        raise Invalid(field, "Take out the NUL character: it cannot be stored.", code="nul")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Invalid(field, "Take out the broken characters: half a surrogate pair is no text.", code="surrogate")
    longest = LIMITS[field][1] if most is None else most
    if len(text) > longest:
        much = Sentence("Shorten this to %(most)s characters; it has %(much)s.", most=longest, much=len(text))
        raise Invalid(field, much, code="too_long")
    return text
