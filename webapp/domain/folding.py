"""Words as they are searched and sorted: without case, accents and marks, so that Été is found by ete."""

import unicodedata
from typing import Final

LONGEST: Final = 255
"""Characters of a folded text; what is longer is cut."""


def fold(text: str) -> str:
    """Return the text in small letters without accents, marks and control characters, blanks made single."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(letter for letter in apart if unicodedata.category(letter) not in ("Mn", "Me", "Cf", "Cs"))
    plain = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in kept)
    return " ".join(unicodedata.normalize("NFC", plain).split())[:LONGEST]
