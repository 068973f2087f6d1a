"""The history of a gallery by field, from the audit, and one earlier text or order had back (D10)."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests import factories
from tests.statements import counted
from webapp.domain import galleries, headings, history, holds, items, keys, order_log, reinstating, translations
from webapp.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from webapp.domain.history import Wanted
from webapp.domain.models import AuditEntry, Item, User
from webapp.domain.transaction import transaction
from webapp.infra.db import db


class Ground:
    """Ed's gallery of four pictures, with a title and a caption that have changed."""

    def __init__(self):
        with transaction():
            self.ed = factories.actor("Ed", "editor")
            self.theo = factories.actor("Theo", "editor")
            made = factories.gallery(self.ed, "Summer", pictures=4)
            self.id, self.order = made.id, factories.order(made.id)
        self.write("Autumn")

    def write(self, title, *, code="en", by=None):
        with transaction():
            factories.write(galleries.get(self.id), code, by or self.ed, title=title)

    def caption(self, place, text, *, code="en"):
        with transaction():
            factories.write(items.get(self.id, self.order[place]), code, self.ed, caption=text)

    def move(self, item, **slot):
        with transaction():
            items.move(self.id, [item], actor=self.ed, **slot)

    def read(self, *, actor=None, after=None, size=30, **wanted):
        db.session.rollback()
        heading = headings.of(self.id)
        return history.page(heading, Wanted(**wanted), actor=actor or self.ed, after=after, size=size)

    def entries(self, **wanted):
        return self.read(**wanted).page.rows

    def newest(self, **wanted):
        return self.entries(**wanted)[0]

    @property
    def title(self):
        db.session.rollback()
        return translations.find(galleries.get(self.id), factories.language("en").id).title

    def put_back(self, entry, field="title", *, actor=None, seen=None):
        (diff,) = [each for each in entry.diffs if each.field == field]
        with transaction():
            token = diff.token if seen is None else seen
            history.put_text_back(self.id, entry.id, field, actor=actor or self.ed, seen=token)

    def put_order_back(self, entry, *, version=None, actor=None):
        db.session.rollback()
        version = galleries.get(self.id).order_version if version is None else version
        with transaction():
            history.put_order_back(self.id, entry.id, actor=actor or self.ed, order_version=version)


@pytest.fixture
def ground(domain):
    return Ground()


def test_an_entry_says_who_when_and_what_of_which_language(ground):
    entry = ground.newest()

    assert (entry.by, entry.key, entry.door, entry.verb) == ("Ed", "", "dashboard", "translation.update")
    assert (entry.thing, entry.item, entry.language.code) == ("gallery", None, "en")
    (diff,) = entry.diffs
    assert (diff.field, diff.before, diff.after) == ("title", "Summer", "Autumn")
    assert [(piece.kind, piece.text) for piece in diff.pieces] == [("removed", "Summer"), ("added", "Autumn")]


def test_an_entry_about_an_item_shows_it(ground):
    ground.caption(1, "By the lake")

    entry = ground.newest()

    assert (entry.item.id, entry.item.name, entry.item.living) == (ground.order[1], "By the lake", True)
    assert entry.item.picture is not None


def test_an_item_that_is_gone_for_good_leaves_its_history(ground):
    ground.caption(1, "By the lake")
    with transaction():
        items.trash(ground.id, [ground.order[1]], actor=ground.ed)
        items.purge(ground.id, [ground.order[1]], actor=ground.ed)

    purged, trashed, caption, *_ = ground.entries()

    assert [purged.verb, trashed.verb] == ["item.purge", "item.trash"]
    assert (caption.item, caption.diffs[0].after, caption.diffs[0].token) == (None, "By the lake", "")


def test_an_entry_through_a_key_is_the_keys(ground):
    with transaction():
        user = db.session.get(User, ground.ed.id)
        key, _ = keys.add(user, name="Website", permissions=["galleries:update"], actor=ground.ed)
    program = replace(ground.ed, door="cms", key_id=key.id)
    ground.write("Winter", by=program)

    entry = ground.newest()

    assert (entry.by, entry.key, entry.door) == ("Ed", "Website", "cms")
    assert [each.id for each in ground.entries(who=key.id)] == [entry.id]
    assert entry.id not in [each.id for each in ground.entries(who=ground.ed.id)]
    assert history.people(ground.id) == [(ground.ed.id, "Ed"), (key.id, "Website")]


def test_the_history_is_read_by_field(ground):
    ground.caption(0, "By the lake")
    ground.move(ground.order[3], place="top")
    with transaction():
        galleries.update(galleries.get(ground.id), {"slug": "autumn", "status": "published"}, actor=ground.ed)
        items.change(items.get(ground.id, ground.order[0]), {"link_url": "https://example.org"}, actor=ground.ed)

    assert [entry.diffs[0].after for entry in ground.entries(field="title")] == ["Autumn", "Summer"]
    assert [entry.diffs[0].after for entry in ground.entries(field="caption")] == ["By the lake"]
    assert [entry.verb for entry in ground.entries(field="order")] == ["item.move"]
    assert [entry.verb for entry in ground.entries(field="items")] == ["item.add"]
    assert [entry.diffs[0].after for entry in ground.entries(field="slug")] == ["autumn"]
    assert [entry.diffs[0].before for entry in ground.entries(field="status")] == ["draft"]
    assert [entry.thing for entry in ground.entries(field="link_url")] == ["item"]
    assert ground.entries(field="alt") == ()


def test_the_history_is_read_by_person_and_language(ground):
    ground.write("Automne", code="fr", by=ground.theo)

    assert [entry.by for entry in ground.entries(who=ground.theo.id)] == ["Theo"]
    assert [entry.language.code for entry in ground.entries(code="fr")] == ["fr"]
    assert ground.entries(code="ja") == ()
    assert ground.entries(who=ground.theo.id, code="en") == ()


def test_what_fields_lead_to_is_named(ground):
    with transaction():
        media_id = items.get(ground.id, ground.order[0]).media_id
        fields = {"cover_media_id": media_id, "author_id": ground.theo.id}
        galleries.update(galleries.get(ground.id), fields, actor=ground.ed)

    found = ground.read(field="author_id")

    assert (found.names[str(ground.ed.id)], found.names[str(ground.theo.id)]) == ("Ed", "Theo")
    assert found.names[str(media_id)].endswith(".jpg")


def test_pages_of_the_history_leave_nothing_out(ground):
    for number in range(5):
        ground.write(f"Title {number}")
    whole = [entry.id for entry in ground.entries()]
    pages, after = [], None
    while True:
        found = ground.read(after=after, size=3).page
        pages += [entry.id for entry in found.rows]
        after = found.after
        if after is None:
            break

    assert pages == whole == sorted(whole, reverse=True)
    with pytest.raises(Invalid):
        ground.read(after="nonsense")


def test_another_gallerys_history_is_not_shown(ground):
    with transaction():
        other = factories.gallery(ground.theo, "Other").id

    assert all(entry.by == "Ed" for entry in ground.entries())
    assert history.people(other) == [(ground.theo.id, "Theo")]


def test_the_history_takes_as_many_statements_for_thirty_entries_as_for_one(ground):
    counts = []
    for entries in (1, 30):
        for number in range(entries):
            ground.caption(number % 4, f"Caption {number} of {entries}", code=("en", "fr")[number % 2])
        with counted() as sent:
            found = ground.read(size=entries)
        assert len(found.page.rows) == entries
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_d10_one_earlier_text_is_had_back(ground):
    ground.put_back(ground.newest())

    assert ground.title == "Summer"
    assert (ground.newest().diffs[0].before, ground.newest().diffs[0].after) == ("Autumn", "Summer")


def test_d10_a_text_that_was_deleted_is_had_back(ground):
    ground.write("Automne", code="fr")
    with transaction():
        translations.remove(galleries.get(ground.id), factories.language("fr").id, actor=ground.ed)

    ground.put_back(ground.newest())

    assert translations.find(galleries.get(ground.id), factories.language("fr").id).title == "Automne"


def test_a_text_that_is_by_now_what_it_was_is_not_offered(ground):
    ground.write("Summer")

    newest, before, *_ = ground.entries(field="title")

    assert newest.diffs[0].token
    assert before.diffs[0].token == ""


def test_the_first_text_has_none_before_it_to_be_had_back(ground):
    assert [entry.diffs[0].token for entry in ground.entries(field="title")][-1] == ""


def test_d25_a_text_that_somebody_wrote_since_is_not_overwritten(ground):
    entry = ground.newest()
    ground.write("Winter", by=ground.theo)

    with pytest.raises(Stale):
        ground.put_back(entry)

    assert ground.title == "Winter"


def test_another_field_that_somebody_wrote_since_is_no_conflict(ground):
    entry = ground.newest()
    with transaction():
        factories.write(galleries.get(ground.id), "en", ground.theo, description="By the lake")

    ground.put_back(entry)

    assert ground.title == "Summer"


def test_a_text_of_an_item_in_the_trash_is_not_had_back(ground):
    ground.caption(1, "One")
    ground.caption(1, "Two")
    entry = ground.newest()
    with transaction():
        items.trash(ground.id, [ground.order[1]], actor=ground.ed)

    with pytest.raises(Conflict):
        ground.put_back(entry, "caption")


def test_only_who_may_write_a_language_is_offered_its_texts(ground):
    ground.write("Automne", code="fr")
    with transaction():
        tessa = factories.actor("Tessa", "translator", speaks=("fr",))

    ground.write("L’automne", code="fr")
    french, _first, english, *_ = ground.entries(actor=tessa)

    assert french.diffs[0].token
    assert english.diffs[0].token == ""
    with pytest.raises(Forbidden):
        ground.put_back(ground.entries()[2], actor=tessa)


@pytest.mark.parametrize(("field", "entry"), [("title", -1), ("description", 0), ("order", 0)])
def test_what_no_entry_changed_is_not_had_back(ground, field, entry):
    number = ground.newest().id if entry == 0 else -1

    with transaction(), pytest.raises(NotFound):
        history.put_text_back(ground.id, number, field, actor=ground.ed, seen="")


def test_an_entry_of_another_gallery_is_not_had_back(ground):
    entry = ground.newest()
    with transaction():
        other = factories.gallery(ground.ed, "Other").id
    with transaction(), pytest.raises(NotFound):
        history.put_text_back(other, entry.id, "title", actor=ground.ed, seen="")


def test_d10_one_earlier_order_is_had_back(ground):
    ground.move(ground.order[3], place="top")
    entry = ground.newest()
    ground.move(ground.order[2], before=ground.order[1])
    with transaction():
        new = items.add(ground.id, [factories.picture().id], after=ground.order[0], actor=ground.ed)[0].id
        items.trash(ground.id, [ground.order[2]], actor=ground.ed)

    ground.put_order_back(entry)

    assert factories.order(ground.id) == [ground.order[0], new, ground.order[1], ground.order[3]]


def test_d10_an_order_before_a_restored_revision_is_had_back(ground):
    with transaction():
        galleries.set_status(galleries.get(ground.id), "published", actor=ground.ed)
    ground.move(ground.order[3], place="top")
    entry = ground.newest()
    with transaction():
        holds.hold(ground.id, actor=ground.ed)
        items.reorder(ground.id, items.ids_in_order(ground.id)[::-1], actor=ground.ed)
        holds.discard(ground.id, actor=ground.ed)
        reinstating.restore(ground.id, 1, actor=ground.ed)

    assert ground.entries(field="order")[0].verb == "gallery.revision.restore"
    ground.put_order_back(entry)

    assert factories.order(ground.id) == ground.order


def test_d25_an_order_is_had_back_only_over_the_one_that_was_seen(ground):
    ground.move(ground.order[3], place="top")
    entry, version = ground.newest(), galleries.get(ground.id).order_version
    ground.move(ground.order[2], place="top")

    with pytest.raises(Stale):
        ground.put_order_back(entry, version=version)


def test_an_order_that_is_not_known_is_not_guessed(ground):
    ground.move(ground.order[3], place="top")
    entry = ground.newest()
    ground.move(ground.order[2], place="top")
    with transaction():
        later = db.session.get(AuditEntry, ground.newest().id)
        later.changes = {"items": later.changes["items"]}

    assert [each.order_known for each in ground.entries(field="order")] == [False, True]
    with pytest.raises(Conflict):
        ground.put_order_back(entry)


def test_only_who_may_edit_has_an_order_back(ground):
    ground.move(ground.order[3], place="top")
    with transaction():
        tessa = factories.actor("Tessa", "translator")

    with pytest.raises(Forbidden):
        ground.put_order_back(ground.newest(), actor=tessa)
    with pytest.raises(NotFound):
        ground.put_order_back(ground.entries(field="title")[0])


def test_an_entry_shows_some_of_many_items_and_counts_all(ground):
    with transaction():
        factories.fill(galleries.get(ground.id), 9, by=ground.ed)

    entry = ground.newest()

    assert (entry.verb, entry.count, len(entry.faces)) == ("item.add", 9, history.PICTURED)
    assert all(isinstance(face.id, UUID) for face in entry.faces)


def test_a_reorder_says_how_many_and_is_had_back(ground):
    with transaction():
        items.reorder(ground.id, ground.order[::-1], actor=ground.ed)

    entry = ground.newest()
    assert (entry.verb, entry.count, entry.faces, entry.order_known) == ("item.reorder", 4, (), True)
    ground.put_order_back(entry)

    assert factories.order(ground.id) == ground.order
    assert db.session.get(Item, ground.order[0]) is not None
    assert order_log.like(ground.order, []) == ground.order
