"""What a gallery has to have before visitors see it: each site says whether, how strictly, and in which languages."""

from dataclasses import dataclass

from webapp.domain import completeness, languages
from webapp.domain.completeness import Tally
from webapp.domain.errors import Conflict
from webapp.domain.models import Gallery, Language, Site
from webapp.domain.permissions import Actor
from webapp.domain.sentences import Sentence
from webapp.infra.db import db


@dataclass(frozen=True)
class Lack:
    """A language in which texts of a gallery are left; of its source language, pictures without alt text too."""

    language: Language
    left: int
    without_alt: int


def strictness() -> str:
    """Return how strict the site is: off, warn or refuse."""
    return db.session.get_one(Site, 1).gate


def lacks(gallery: Gallery) -> list[Lack]:
    """Return what the gallery lacks of what the site asks for; nothing where it asks for nothing."""
    site = db.session.get_one(Site, 1)
    if site.gate == "off":
        return []
    db.session.flush()
    tally = completeness.of([gallery.id])[gallery.id]
    known = languages.all_languages(active_only=True)
    wanted = [each for each in known if not site.gate_languages or each.code in site.gate_languages]
    return [lack for each in wanted if (lack := _lack(tally, each)).left]


def check(gallery: Gallery, *, actor: Actor) -> None:
    """Refuse to publish what is not complete, where the site is that strict. Raises Conflict.

    A moment that was set for it has passed the gate when it was set: the worker only follows it.
    """
    if actor.door == "job" or strictness() != "refuse":
        return
    if found := lacks(gallery):
        names = ", ".join(each.language.name for each in found)
        raise Conflict(
            Sentence("This gallery cannot be public yet. Texts are left in: %(languages)s.", languages=names),
            code="incomplete",
        )


def _lack(tally: Tally, language: Language) -> Lack:
    is_source = tally.source_id == language.id
    return Lack(language, tally.progress(language.id).left, tally.without_alt if is_source else 0)
