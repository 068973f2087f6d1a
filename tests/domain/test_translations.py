"""Texts in languages: values, drafts beside them, what is stale, and two people at one text."""

from uuid import uuid4

import pytest

from tests import factories
from tests.races import race
from webapp.domain import items, translations
from webapp.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from webapp.domain.models import AuditEntry, Gallery, GalleryText, Item, Media, OutboxEvent
from webapp.domain.transaction import transaction
from webapp.infra.db import db


class Ground:
    """A gallery in English, read in French too, and two people who write in it."""

    def __init__(self, app):
        self.app = app
        with transaction():
            self.ed = factories.actor("Ed", "editor")
            self.theo = factories.actor("Theo", "editor")
            self.tessa = factories.actor("Tessa", "translator", speaks=("fr",))
            self.vi = factories.actor("Vi", "viewer")
            self.english, self.french = factories.language("en").id, factories.language("fr").id
            made = factories.gallery(self.ed, "Summer", pictures=1, description="An evening walk")
            self.gallery_id = made.id
            self.item_id = factories.order(made.id)[0]

    @property
    def gallery(self) -> Gallery:
        return db.session.get(Gallery, self.gallery_id)

    @property
    def item(self) -> Item:
        return db.session.get(Item, self.item_id)

    def text(self, language_id) -> GalleryText:
        db.session.rollback()
        return translations.find(self.gallery, language_id)

    def write(self, language_id, *, actor=None, version=None, seen=None, **fields):
        with transaction():
            row = translations.write(
                self.gallery, language_id, fields, actor=actor or self.ed, version=version, seen=seen
            )
            return row.version

    def draft(self, language_id, *, actor=None, **fields):
        over = {name: fields.pop(name) for name in ("seen", "base", "version") if name in fields}
        with transaction():
            translations.draft(self.gallery, language_id, fields, actor=actor or self.ed, **over)


@pytest.fixture
def ground(domain):
    return Ground(domain)


def test_a_text_is_written_and_told_once(ground):
    ground.write(ground.french, title="Été")

    assert ground.text(ground.french).title == "Été"
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert (entry.verb, entry.changes) == ("translation.update", {"title": [None, "Été"]})
    told = db.session.query(OutboxEvent).filter_by(kind="translation.updated").all()
    row = ground.text(ground.french)
    assert [(event.entity_id, event.payload["language_id"]) for event in told] == [(str(row.id), str(ground.french))]


def test_an_absent_field_is_left_alone(ground):
    ground.write(ground.english, title="Autumn")

    assert ground.text(ground.english).description == "An evening walk"


def test_d25_two_people_at_one_text_cannot_overwrite_each_other(ground):
    version = ground.text(ground.english).version

    def save(actor, title):
        return lambda: ground.write(ground.english, actor=actor, version=version, title=title)

    ended = race(ground.app, save(ground.ed, "Ed's"), save(ground.theo, "Theo's"))

    assert [type(each) for each in ended if isinstance(each, Exception)] == [Stale]
    won = "Ed's" if isinstance(ended[1], Stale) else "Theo's"
    assert ground.text(ground.english).title == won
    assert ground.text(ground.english).version == version + 1


def test_d25_two_people_at_the_first_text_of_a_language_cannot_overwrite_each_other(ground):
    def save(actor, title):
        return lambda: ground.write(ground.french, actor=actor, version=0, title=title)

    ended = race(ground.app, save(ground.ed, "Ed"), save(ground.theo, "Theo"))

    assert [type(each) for each in ended if isinstance(each, Exception)] == [Stale]
    assert ground.text(ground.french).version == 1


def test_d25_an_old_token_changes_nothing(ground):
    version = ground.text(ground.english).version
    ground.write(ground.english, actor=ground.theo, title="Theo's")

    with pytest.raises(Stale):
        ground.write(ground.english, version=version, title="Ed's")

    assert ground.text(ground.english).title == "Theo's"


def test_a_save_of_what_is_there_is_no_change(ground):
    version = ground.text(ground.english).version
    before = db.session.query(OutboxEvent).count(), db.session.query(AuditEntry).count()

    ground.write(ground.english, title="Summer", description="An evening walk")

    assert ground.text(ground.english).version == version
    assert (db.session.query(OutboxEvent).count(), db.session.query(AuditEntry).count()) == before


def test_a_save_of_nothing_in_a_new_language_makes_no_row(ground):
    ground.write(ground.french, title=None)

    assert ground.text(ground.french) is None


def test_saves_moves_and_changes_at_once_do_not_wait_for_each_other_forever(ground):
    with transaction():
        factories.fill(ground.gallery, 3, by=ground.ed)
    order = factories.order(ground.gallery_id)
    db.session.rollback()

    def save():
        with transaction():
            translations.write(ground.item, ground.english, {"caption": f"{uuid4()}"}, actor=ground.ed)

    def change():
        with transaction():
            items.change(ground.item, {"note": f"{uuid4()}"}, actor=ground.ed)

    def move():
        with transaction():
            items.move(ground.gallery_id, order[:2], place="end", actor=ground.theo)
            items.move(ground.gallery_id, order[:2], place="top", actor=ground.theo)

    for _ in range(4):
        ended = race(ground.app, save, move, change, move)
        assert [each for each in ended if isinstance(each, Exception)] == []


def test_d08_a_draft_stands_beside_the_value_and_changes_nothing_else(ground):
    version = ground.text(ground.english).version
    before = db.session.query(OutboxEvent).count(), db.session.query(AuditEntry).count()

    ground.draft(ground.english, title="Summer 2026")

    row = ground.text(ground.english)
    assert (row.title, row.drafts["title"]["text"], row.version) == ("Summer", "Summer 2026", version)
    assert row.drafts["title"]["by"] == str(ground.ed.id)
    assert translations.state(row, "title") == "draft"
    assert (db.session.query(OutboxEvent).count(), db.session.query(AuditEntry).count()) == before


def test_d08_saving_makes_the_draft_the_value(ground):
    ground.draft(ground.english, title="Summer 2026")

    ground.write(ground.english, title="Summer 2026")

    row = ground.text(ground.english)
    assert (row.title, row.drafts) == ("Summer 2026", {})


def test_d08_typing_back_to_the_value_is_no_draft(ground):
    ground.draft(ground.english, title="Summer 2026", description="A walk")

    ground.draft(ground.english, title="Summer")

    assert set(ground.text(ground.english).drafts) == {"description"}


def test_d08_a_draft_in_a_new_language_has_no_value(ground):
    ground.draft(ground.french, title="Été")

    row = ground.text(ground.french)
    assert (row.title, row.version, row.drafts["title"]["text"]) == (None, 0, "Été")


def test_d08_one_draft_is_discarded_or_all(ground):
    ground.draft(ground.english, title="A", description="B", meta_title="C")

    with transaction():
        translations.discard_drafts(ground.gallery, ground.english, actor=ground.theo, fields=["title"])
    assert set(ground.text(ground.english).drafts) == {"description", "meta_title"}

    with transaction():
        translations.discard_drafts(ground.gallery, ground.english, actor=ground.theo)
    assert ground.text(ground.english).drafts == {}


def test_discarding_where_nothing_is_drafted_makes_no_row(ground):
    with transaction():
        translations.discard_drafts(ground.gallery, ground.french, actor=ground.ed)

    assert ground.text(ground.french) is None


def test_a_draft_that_somebody_else_has_not_seen_is_not_typed_over(ground):
    ground.draft(ground.english, title="Theo's", actor=ground.theo)

    with pytest.raises(Conflict) as refused:
        ground.draft(ground.english, title="Ed's", seen={})

    assert refused.value.code == "drafted_elsewhere"
    assert refused.value.message.startswith("Theo is writing here too")
    assert ground.text(ground.english).drafts["title"]["text"] == "Theo's"


def test_a_draft_that_was_seen_is_taken_over(ground):
    ground.draft(ground.english, title="Theo's", actor=ground.theo)
    at = ground.text(ground.english).drafts["title"]["at"]

    ground.draft(ground.english, title="Theo's and Ed's", seen={"title": at})

    entry = ground.text(ground.english).drafts["title"]
    assert (entry["text"], entry["by"]) == ("Theo's and Ed's", str(ground.ed.id))


def test_a_draft_that_somebody_else_types_outlives_a_save(ground):
    ground.draft(ground.english, title="Theo's", actor=ground.theo)

    ground.write(ground.english, title="Ed's", seen={})

    row = ground.text(ground.english)
    assert (row.title, row.drafts["title"]["text"]) == ("Ed's", "Theo's")


def test_a_draft_keeps_what_it_was_typed_over(ground):
    version = ground.text(ground.english).version
    ground.draft(ground.english, title="Theo", actor=ground.theo, base={"title": "Summer"}, version=version)
    ground.write(ground.english, title="Ed's", seen={})

    ground.draft(ground.english, title="Theo's", actor=ground.theo, base={"title": "Ed's"}, version=version + 1)

    entry = ground.text(ground.english).drafts["title"]
    assert (entry["base"], entry["version"]) == ("Summer", version)


def test_two_people_drafting_one_field_at_once_lose_nothing(ground):
    def type_(actor, words):
        return lambda: ground.draft(ground.french, actor=actor, seen={}, title=words)

    ended = race(ground.app, type_(ground.ed, "Ed"), type_(ground.theo, "Theo"))

    assert sum(isinstance(each, Conflict) for each in ended) == 1
    assert ground.text(ground.french).drafts["title"]["text"] == ("Theo" if ended[1] is None else "Ed")


def test_d18_a_source_change_makes_the_others_stale(ground):
    ground.write(ground.french, title="Été", description="Une promenade du soir")

    ground.write(ground.english, description="A lantern walk")

    row = ground.text(ground.french)
    states = {field: translations.state(row, field) for field in row.fields}
    assert states == {"title": "done", "description": "stale", "meta_title": "missing", "meta_description": "missing"}
    assert row.kept["description"]["source"] == "An evening walk"


def test_d18_a_source_change_that_is_taken_back_makes_the_others_done_again(ground):
    ground.write(ground.french, description="Une promenade du soir")
    ground.write(ground.english, description="A lantern walk")

    ground.write(ground.english, description="An evening walk")

    assert translations.state(ground.text(ground.french), "description") == "done"


def test_d18_a_source_draft_makes_nothing_stale(ground):
    ground.write(ground.french, description="Une promenade du soir")

    ground.draft(ground.english, description="A lantern walk")

    assert translations.state(ground.text(ground.french), "description") == "done"


def test_d18_saving_a_stale_text_as_it_stands_leaves_it_stale(ground):
    ground.write(ground.french, description="Une promenade du soir")
    ground.write(ground.english, description="A lantern walk")

    ground.write(ground.french, description="Une promenade du soir", title="Été")

    assert translations.state(ground.text(ground.french), "description") == "stale"


def test_d18_a_stale_text_that_is_still_right_is_done(ground):
    ground.write(ground.french, description="Une promenade du soir")
    ground.write(ground.english, description="A walk in the evening")

    with transaction():
        translations.still_right(ground.gallery, ground.french, "description", actor=ground.tessa)

    row = ground.text(ground.french)
    assert translations.state(row, "description") == "done"
    assert row.kept["description"]["source"] == "A walk in the evening"
    assert row.description == "Une promenade du soir"


@pytest.mark.parametrize("field", ["title", "colour", "id"])
def test_nothing_that_is_missing_is_still_right(ground, field):
    with transaction(), pytest.raises(NotFound):
        translations.still_right(ground.gallery, ground.french, field, actor=ground.ed)


def test_a_machine_text_is_read_once_it_is_saved(ground):
    with transaction():
        translations.write(ground.gallery, ground.french, {"title": "Été"}, actor=ground.ed, origin="machine")
    assert translations.state(ground.text(ground.french), "title") == "machine"

    ground.write(ground.french, title="Été")

    assert translations.state(ground.text(ground.french), "title") == "done"


def test_d20_a_translator_writes_the_languages_given_and_no_other(ground):
    ground.write(ground.french, actor=ground.tessa, title="Été")
    ground.draft(ground.french, actor=ground.tessa, description="Une")

    with pytest.raises(Forbidden):
        ground.write(ground.english, actor=ground.tessa, title="Summer!")
    with pytest.raises(Forbidden):
        ground.draft(ground.english, actor=ground.tessa, title="Summer!")
    with transaction(), pytest.raises(Forbidden):
        translations.discard_drafts(ground.gallery, ground.english, actor=ground.tessa)
    with transaction(), pytest.raises(Forbidden):
        translations.still_right(ground.gallery, ground.english, "title", actor=ground.tessa)

    assert ground.text(ground.english).title == "Summer"
    assert ground.text(ground.english).drafts == {}


def test_a_viewer_writes_nothing(ground):
    with pytest.raises(Forbidden):
        ground.write(ground.french, actor=ground.vi, title="Été")

    assert ground.text(ground.french) is None


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("title", "a\x00b", "nul"),
        ("title", "a\ud800", "surrogate"),
        ("title", "x" * 256, "too_long"),
        ("description", "x" * 20_001, "too_long"),
        ("alt", "a gallery has none", "unknown_field"),
    ],
)
def test_what_no_text_holds_is_refused_as_draft_and_as_value(ground, field, text, code):
    for verb in (ground.write, ground.draft):
        with pytest.raises(Invalid) as refused:
            verb(ground.english, **{field: text})
        assert (refused.value.field, refused.value.code) == (field, code)

    assert ground.text(ground.english).title == "Summer"


def test_line_ends_are_one_kind(ground):
    ground.write(ground.english, description="one\r\ntwo\rthree")

    assert ground.text(ground.english).description == "one\ntwo\nthree"


def test_texts_of_a_language_are_removed_and_told(ground):
    ground.write(ground.french, title="Été")

    with transaction():
        translations.remove(ground.gallery, ground.french, actor=ground.ed)

    assert ground.text(ground.french) is None
    assert db.session.query(OutboxEvent).filter_by(kind="translation.deleted").count() == 1
    with transaction(), pytest.raises(NotFound):
        translations.remove(ground.gallery, ground.french, actor=ground.ed)


def test_d17_an_item_is_written_in_its_gallerys_source_language_first(ground):
    with transaction():
        translations.write(ground.item, ground.english, {"alt": "A lake"}, actor=ground.ed)
        translations.write(ground.item, ground.french, {"alt": "Un lac"}, actor=ground.ed)
    with transaction():
        translations.write(ground.item, ground.english, {"alt": "A pond"}, actor=ground.ed)

    rows = {row.language_id: row for row in translations.all_of(ground.item)}
    assert translations.state(rows[ground.french], "alt") == "stale"
    kinds = [event.kind for event in db.session.query(OutboxEvent).filter_by(entity_id=str(ground.item_id))]
    assert kinds == ["item.created"]


def test_d15_a_librarys_texts_have_the_sites_default_as_source(ground):
    media = ground.item.media_id

    with transaction():
        entry = db.session.get(Media, media)
        translations.write(entry, ground.english, {"alt": "A lake"}, actor=ground.ed)
        translations.write(entry, ground.french, {"alt": "Un lac"}, actor=ground.ed)
        translations.write(entry, ground.english, {"alt": "A pond"}, actor=ground.ed)

    assert translations.state(translations.find(db.session.get(Media, media), ground.french), "alt") == "stale"
