"""Texts that are read resolved and written back: an equal text is no change, so nothing inherited becomes own (D19).

Programs see a caption in the gallery's source language and an alt text in the site's default one (D17), each where
visitors would find it: the item's or media's own, one it falls back to, or the library's.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from webapp.domain import entries, languages, owners, texts, translations
from webapp.domain.catalogue import Words, resolve
from webapp.domain.models import Gallery, Item, Language, Media, MediaText
from webapp.domain.permissions import Actor
from webapp.infra.db import db


def write_caption(gallery: Gallery, item: Item, text: str | None, *, actor: Actor) -> None:
    """Give an item a caption in the gallery's source language. Raises Invalid, Forbidden."""
    write_item(gallery, item, "caption", text, actor=actor)


def write_item(gallery: Gallery, item: Item, field: str, text: str | None, *, actor: Actor) -> None:
    """Give an item a caption or alt text in the gallery's source language. Raises Invalid, Forbidden."""
    chain = _chain(languages.get(gallery.source_language_id))
    sources = [_words(item, field)]
    if item.media_id is not None:
        sources.append(_words(db.session.get_one(Media, item.media_id), field))
    text = texts.clean(field, text)
    if text != resolve(chain, *sources):
        translations.write(item, chain[0], {field: text}, actor=actor, origin="api")


def alts(items: Sequence[Item], *, of: Gallery) -> dict[UUID, str | None]:
    """Return what alt texts of new items, which have none of their own, say in the gallery's source language.

    One statement, however many they are.
    """
    media_ids = {item.media_id for item in items if item.media_id}
    words: dict[UUID, dict[UUID, str | None]] = {}
    if media_ids:
        said = select(MediaText.media_id, MediaText.language_id, MediaText.alt)
        for media_id, language_id, alt in db.session.execute(said.where(MediaText.media_id.in_(media_ids))):
            words.setdefault(media_id, {})[language_id] = alt
    chain = _chain(languages.get(of.source_language_id))
    return {item.id: resolve(chain, {}, words.get(item.media_id, {})) for item in items if item.media_id}


def write_alt(media: Media, text: str | None, *, actor: Actor) -> None:
    """Give a media an alt text in the site's default language. Raises Invalid, Forbidden."""
    chain = entries.chain_of(None)
    text, held = texts.clean("alt", text), owners.hold(media)
    if text != resolve(chain, {row.language_id: row.alt for row in held}):
        translations.write(media, chain[0], {"alt": text}, actor=actor, origin="api", held=held)


def _words(owner: Item | Media, field: str) -> Words:
    return {row.language_id: getattr(row, field) for row in translations.all_of(owner)}


def _chain(language: Language) -> list[UUID]:
    return [each.id for each in languages.fallback_chain(language)]
