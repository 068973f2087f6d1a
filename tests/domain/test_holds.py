"""Held changes: what visitors see stands still, whatever is edited, until somebody publishes or discards (D9)."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.races import race
from tests.statements import counted
from webapp.domain import galleries, holds, items, revisions, showing, slugs, translations
from webapp.domain.errors import Conflict, NotFound
from webapp.domain.models import Gallery, HeldItem, Hold, Item, OutboxEvent
from webapp.domain.transaction import transaction
from webapp.infra.db import db

CODES = ("en", "fr")
WORDS = st.sampled_from(["", "Lake", "Pond", "京都", "الصيف"])


class Ground:
    """A published gallery of four pictures in English and French, and two people who edit it."""

    def __init__(self, app):
        self.app = app
        with transaction():
            self.ed = factories.actor("Ed", "editor")
            self.theo = factories.actor("Theo", "editor")
            self.languages = {code: factories.language(code).id for code in CODES}
            self.spare = [factories.picture().id for _ in range(2)]
        self.gallery_id = self.make()

    def make(self) -> UUID:
        """Make another gallery like that."""
        with transaction():
            made = factories.gallery(self.ed, "Summer", pictures=4, status="published")
            factories.write(made, "fr", self.ed, title="Été")
            for place, item in enumerate(items.ids_in_order(made.id)):
                factories.write(db.session.get(Item, item), "en", self.ed, caption=f"Picture {place}", alt="A lake")
                factories.write(db.session.get(Item, item), "fr", self.ed, caption=f"Image {place}")
            self.gallery_id = made.id
        return self.gallery_id

    def seen(self, *, working=False):
        """Everything that visitors are shown, or would be of the working state, in every language."""
        db.session.rollback()
        gallery = galleries.get(self.gallery_id)
        return [showing.show(gallery, slugs.of(gallery.id), code=code, working=working) for code in CODES]

    def hold(self):
        with transaction():
            holds.hold(self.gallery_id, actor=self.ed)

    def end(self, verb):
        with transaction():
            getattr(holds, verb)(self.gallery_id, actor=self.ed)

    def edit(self, edit):
        """Do one edit; what makes no sense by now is left out."""
        verb, number, words = edit
        with transaction():
            living = items.ids_in_order(self.gallery_id)
            gallery = galleries.get(self.gallery_id)
            one = living[number % len(living)] if living else None
            other = living[(number * 7 + 3) % len(living)] if living else None
            DEEDS[verb](self, gallery, one, other, words)

    @property
    def gallery(self) -> Gallery:
        db.session.rollback()
        return galleries.get(self.gallery_id)


def _text(ground, gallery, one, _other, words):
    translations.write(gallery, ground.languages["fr"], {"title": words or None}, actor=ground.theo)


def _source(ground, gallery, one, _other, words):
    translations.write(gallery, ground.languages["en"], {"title": words or "Title"}, actor=ground.theo)


def _caption(ground, gallery, one, _other, words):
    if one:
        item = items.get(gallery.id, one)
        translations.write(item, ground.languages["en"], {"caption": words or None, "alt": words}, actor=ground.theo)


def _forget(ground, gallery, one, _other, words):
    if one:
        item = items.get(gallery.id, one)
        if translations.find(item, ground.languages["fr"]):
            translations.remove(item, ground.languages["fr"], actor=ground.theo)


def _change(ground, gallery, one, _other, words):
    if one:
        link = f"https://example.org/{words}" if words else None
        fields = {"link_url": link, "focal_x": 0.2, "focal_y": 0.4, "decorative": not words}
        items.change(items.get(gallery.id, one), fields, actor=ground.theo)


def _move(ground, gallery, one, other, words):
    if one and other and one != other:
        items.move(gallery.id, [one], after=other, actor=ground.theo)


def _reverse(ground, gallery, one, _other, words):
    items.reorder(gallery.id, items.ids_in_order(gallery.id)[::-1], actor=ground.theo)


def _add(ground, gallery, one, _other, words):
    items.add(gallery.id, [ground.spare[0]], place="top" if words else "end", actor=ground.theo)


def _trash(ground, gallery, one, _other, words):
    if one:
        items.trash(gallery.id, [one], actor=ground.theo)


def _restore(ground, gallery, one, _other, words):
    if trashed := items.trashed(gallery.id):
        items.restore(gallery.id, [trashed[0].id], actor=ground.theo)


def _cover(ground, gallery, one, _other, words):
    media_id = items.get(gallery.id, one).media_id if one and words else None
    galleries.update(gallery, {"cover_media_id": media_id}, actor=ground.theo)


def _author(ground, gallery, one, _other, words):
    author_id = ground.theo.id if words else None
    galleries.update(gallery, {"author_id": author_id}, actor=ground.theo)


def _first_language(ground, gallery, one, _other, words):
    code = "fr" if words else "en"
    galleries.update(gallery, {"source_language_id": ground.languages[code]}, actor=ground.theo)


DEEDS = {
    "text": _text,
    "source": _source,
    "caption": _caption,
    "forget": _forget,
    "change": _change,
    "move": _move,
    "reverse": _reverse,
    "add": _add,
    "trash": _trash,
    "restore": _restore,
    "cover": _cover,
    "author": _author,
    "first language": _first_language,
}

EDITS = st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(0, 9), WORDS), min_size=1, max_size=12)
MANY = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def ground(domain):
    return Ground(domain)


def undated(shown):
    """Leave out when it was published, which is when the hold ended."""
    return [replace(each, published_at=None) for each in shown]


@MANY
@given(edits=EDITS)
def test_d09_visitors_see_what_stood_while_edits_are_held(ground, edits):
    ground.make()
    frozen = ground.seen()
    ground.hold()

    for edit in edits:
        ground.edit(edit)
        assert ground.seen() == frozen

    working = ground.seen(working=True)
    ground.end("publish")
    assert undated(ground.seen()) == undated(working)
    assert db.session.get(Hold, ground.gallery_id) is None


@MANY
@given(edits=EDITS)
def test_d09_discarding_leads_back_to_what_visitors_see(ground, edits):
    ground.make()
    frozen = ground.seen()
    ground.hold()
    for edit in edits:
        ground.edit(edit)

    ground.end("discard")

    assert ground.seen(working=True) == frozen
    assert ground.seen() == frozen
    assert db.session.query(HeldItem).filter_by(gallery_id=ground.gallery_id).count() == 0


@pytest.mark.parametrize("verb", sorted(DEEDS))
def test_d09_each_kind_of_edit_is_held_and_taken_back(ground, verb):
    frozen = ground.seen()
    ground.hold()

    for words in ("Pond", ""):
        ground.edit((verb, 1, words))
        assert ground.seen() == frozen
    ground.end("discard")

    assert ground.seen() == frozen


def test_d09_drafts_are_held_by_themselves(ground):
    frozen = ground.seen()
    ground.hold()
    with transaction():
        translations.draft(ground.gallery, ground.languages["en"], {"title": "Typed"}, actor=ground.ed)

    assert ground.seen() == ground.seen(working=True) == frozen


def test_d11_an_address_is_not_held(ground):
    ground.hold()
    with transaction():
        galleries.update(ground.gallery, {"slug": "autumn"}, actor=ground.ed)

    assert [seen.slug for seen in ground.seen()] == ["autumn", "autumn"]
    ground.end("discard")
    assert slugs.of(ground.gallery_id) == "autumn"


def test_d15_a_text_of_the_library_is_live_although_edits_are_held(ground):
    with transaction():
        media = db.session.get(Item, items.ids_in_order(ground.gallery_id)[0]).media_id
        media_id = media
    ground.hold()
    from webapp.domain.models import Media

    with transaction():
        entry = db.session.get(Media, media_id)
        translations.write(entry, ground.languages["fr"], {"alt": "Un lac"}, actor=ground.ed)

    assert ground.seen()[1].items[0].alt.text in ("Un lac", "A lake")


def test_d09_only_a_published_gallery_can_be_held_and_only_once(ground):
    with transaction():
        draft = factories.gallery(ground.ed, "Draft").id
    with transaction(), pytest.raises(Conflict):
        holds.hold(draft, actor=ground.ed)
    ground.hold()

    with pytest.raises(Conflict):
        ground.hold()


@pytest.mark.parametrize("verb", ["publish", "discard"])
def test_d09_what_is_not_held_cannot_end(ground, verb):
    with pytest.raises(Conflict):
        ground.end(verb)


@pytest.mark.parametrize("verb", ["hold", "publish", "discard"])
def test_a_gallery_that_is_not_there_cannot_be_held(ground, verb):
    with transaction(), pytest.raises(NotFound):
        getattr(holds, verb)(UUID(int=1), actor=ground.ed)


@pytest.mark.parametrize(("verb", "reason"), [("publish", "hold published"), ("discard", "before discard")])
def test_d10_the_end_of_a_hold_keeps_a_revision_and_tells(ground, verb, reason):
    ground.hold()
    ground.edit(("source", 0, "Pond"))
    with transaction():
        db.session.query(OutboxEvent).delete()

    ground.end(verb)

    assert revisions.all_of(ground.gallery_id)[0].reason == reason
    kinds = [event.kind for event in db.session.query(OutboxEvent).filter_by(entity="gallery")]
    assert kinds == ["gallery.updated"]


def test_d25_discarding_makes_old_tokens_stale(ground):
    ground.hold()
    ground.edit(("caption", 0, "Pond"))
    ground.edit(("change", 0, "Pond"))
    item_id = items.ids_in_order(ground.gallery_id)[0]
    before = db.session.get(Item, item_id).version
    row = translations.find(db.session.get(Item, item_id), ground.languages["en"]).version
    gallery = ground.gallery.version, ground.gallery.order_version

    ground.end("discard")

    db.session.rollback()
    item = db.session.get(Item, item_id)
    assert item.version > before
    assert translations.find(item, ground.languages["en"]).version > row
    assert (ground.gallery.version, ground.gallery.order_version) > gallery


def test_d09_two_people_ending_a_hold_at_once_end_it_once(ground):
    ground.hold()
    ground.edit(("source", 0, "Pond"))

    ended = race(ground.app, lambda: ground.end("publish"), lambda: ground.end("discard"))

    assert sorted(type(each).__name__ for each in ended) == ["Conflict", "NoneType"]
    assert db.session.get(Hold, ground.gallery_id) is None


@pytest.mark.parametrize("verb", ["hold", "publish", "discard"])
def test_holding_takes_as_many_statements_for_many_items_as_for_few(ground, verb):
    sent = []
    for pictures in (3, 30):
        with transaction():
            ground.gallery_id = factories.gallery(ground.ed, "Size", pictures=pictures, status="published").id
            for item_id in items.ids_in_order(ground.gallery_id):
                factories.write(db.session.get(Item, item_id), "en", ground.ed, caption="Lake")
        if verb != "hold":
            ground.hold()
            for item_id in items.ids_in_order(ground.gallery_id):
                with transaction():
                    item = items.get(ground.gallery_id, item_id)
                    translations.write(item, ground.languages["en"], {"caption": "Pond"}, actor=ground.ed)
        with counted() as statements:
            ground.hold() if verb == "hold" else ground.end(verb)
        sent.append(statements)

    assert len(sent[0]) == len(sent[1])


def test_the_frozen_copy_pages_like_the_living_one(ground):
    with transaction():
        factories.fill(galleries.get(ground.gallery_id), 70, by=ground.ed)
    gallery = ground.gallery
    live = showing.show(gallery, "summer", limit=60)
    ground.hold()
    ground.edit(("reverse", 0, ""))

    first = showing.show(ground.gallery, "summer", limit=60)
    rest = showing.show(ground.gallery, "summer", limit=60, after=first.after)

    assert replace(first, slug=live.slug) == live
    assert len(rest.items) == 14
    assert {item.number for item in (*first.items, *rest.items)} == set(range(1, 75))
