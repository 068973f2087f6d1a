"""Texts that leave and come back: what is sent out, and what of it is taken, each text judged by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.statements import counted
from webapp.domain import revisions, translations
from webapp.domain.errors import Forbidden, NotFound
from webapp.domain.exchange import formats, gathering, units, uploads
from webapp.domain.exchange.gathering import Scope
from webapp.domain.exchange.units import Damaged, unit_id
from webapp.domain.models import AuditEntry, ExchangeUpload, ItemText
from webapp.domain.permissions import stranger
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db


@pytest.fixture
def lake(inside, cast):
    """A gallery with two pictures and a text item, its texts in English, some of them in French."""
    with transaction():
        factories.language("fr")
        gallery = factories.gallery(cast.ed, "The lake", pictures=2, description="Seen from {place}.")
        first, second = sorted(translations_of(gallery), key=lambda item: -item.sort_order)
        factories.write(first, "en", cast.ed, alt="A boat", caption="In the morning")
        factories.write(first, "fr", cast.ed, alt="Une barque")
        factories.write(second, "en", cast.ed, alt="A pier")
    return gallery, first, second


def translations_of(gallery):
    from webapp.domain.models import Item

    return db.session.scalars(select(Item).where(Item.gallery_id == gallery.id)).all()


def french():
    return factories.language("fr").id


def scope(**said):
    return Scope(language_id=french(), source_id=factories.language("en").id, **said)


def gathered(actor, **said):
    return {unit.id: unit for unit in gathering.gather(scope(**said), actor=actor).units}


def table(*rows):
    lines = [f"{unit},{language},{target},{source}" for unit, language, target, source in rows]
    return "\n".join(["id,language,target,source", *lines]).encode()


def sent(content, actor, **options):
    with transaction():
        return uploads.receive(content, "back.csv", actor=actor, **options).id


def taken(content, actor, **options):
    upload_id = sent(content, actor, **options)
    with transaction():
        return uploads.apply(upload_id, actor=actor)


def reasons(report):
    return [verdict.reason or verdict.outcome for verdict in report.verdicts]


def of(thing, field):
    return unit_id(type(thing).__name__.lower(), thing.id, field)


def fr(thing, field):
    db.session.expire_all()
    row = translations.find(thing, french())
    return getattr(row, field) if row else None


class TestGather:
    def test_each_text_that_has_a_source_leaves_with_its_state(self, lake, cast):
        gallery, first, second = lake

        found = gathered(cast.tessa)

        assert [
            (each.split(".")[0], unit.field, unit.source, unit.target, unit.state) for each, unit in found.items()
        ] == [
            ("gallery", "title", "The lake", "", "missing"),
            ("gallery", "description", "Seen from {place}.", "", "missing"),
            ("item", "caption", "In the morning", "", "missing"),
            ("item", "alt", "A boat", "Une barque", "done"),
            ("item", "alt", "A pier", "", "missing"),
        ]
        assert set(found) == {
            *(of(gallery, field) for field in ("title", "description")),
            *(of(first, field) for field in ("caption", "alt")),
            of(second, "alt"),
        }

    def test_a_translator_is_told_where_a_text_stands_and_how_long_it_may_be(self, lake, cast):
        _, first, _ = lake
        with transaction():
            first.note = "The boat is called Anna."

        found = gathered(cast.tessa)[of(first, "alt")]

        assert found.place.startswith("The lake › IMG_")
        assert (found.note, found.most) == ("The boat is called Anna.", 250)

    def test_a_stale_text_says_what_its_source_was(self, lake, cast):
        _, first, _ = lake
        with transaction():
            factories.write(first, "en", cast.ed, alt="Two boats")

        found = gathered(cast.tessa)[of(first, "alt")]

        assert (found.state, found.was, found.source) == ("stale", "A boat", "Two boats")

    @on_sqlite
    @pytest.mark.parametrize(("states", "count"), [(("missing",), 4), (("done",), 1), (("stale", "machine"), 0)])
    def test_only_the_states_that_are_asked_for_leave(self, lake, cast, states, count):
        assert len(gathered(cast.tessa, states=states)) == count

    def test_a_draft_is_nobodys_text_yet(self, lake, cast):
        _, _, second = lake
        with transaction():
            translations.draft(second, french(), {"alt": "Une jetée"}, actor=cast.tessa)

        assert gathered(cast.ed)[of(second, "alt")].target == ""

    def test_decorative_pictures_and_what_is_in_the_trash_stay_here(self, lake, cast):
        _, first, second = lake
        with transaction():
            first.decorative = True
            second.deleted_at = now()
            other = factories.gallery(cast.ed, "Gone")
            other.deleted_at = now()

        assert {unit.field for unit in gathered(cast.ed).values() if unit.id.startswith("item")} == {"caption"}
        assert not [unit for unit in gathered(cast.ed).values() if unit.source == "Gone"]

    def test_the_librarys_own_texts_leave_once_however_often_a_file_is_used(self, lake, cast):
        _, first, _ = lake
        with transaction():
            other = factories.gallery(cast.ed, "Another")
            from webapp.domain import items

            items.add(other.id, [first.media_id], actor=cast.ed)
            from webapp.domain.models import Media

            factories.write(db.session.get(Media, first.media_id), "en", cast.ed, alt="A boat of the library")

        found = [unit for unit in gathered(cast.ed).values() if unit.id.startswith("media")]

        assert [(unit.field, unit.source) for unit in found] == [("alt", "A boat of the library")]

    def test_galleries_of_another_source_language_have_a_file_of_their_own(self, lake, cast):
        with transaction():
            factories.gallery(cast.ed, "Der See", source="de")

        assert "Der See" not in {unit.source for unit in gathered(cast.ed).values()}
        german = Scope(language_id=french(), source_id=factories.language("de").id)
        assert [unit.source for unit in gathering.gather(german, actor=cast.ed).units] == ["Der See"]
        assert len(gathering.sources()) == 2

    def test_as_many_statements_for_one_gallery_as_for_thirty(self, lake, cast):
        def statements():
            db.session.expire_all()
            with counted() as sent_off:
                gathered(cast.ed)
            return len(sent_off)

        before = statements()
        with transaction():
            for number in range(30):
                made = factories.gallery(cast.ed, f"Gallery {number}", pictures=1)
                factories.write(translations_of(made)[0], "en", cast.ed, alt="Alt")

        assert statements() == before
        assert len(gathered(cast.ed)) == 65

    def test_more_than_a_file_holds_is_refused_and_not_cut_off(self, lake, cast, monkeypatch):
        monkeypatch.setattr(units, "MOST_UNITS", 4)

        with pytest.raises(Damaged, match="4 texts"):
            gathered(cast.ed)

    def test_strangers_get_nothing(self, lake):
        with pytest.raises(Forbidden):
            gathered(stranger("public"))


@pytest.mark.parametrize("name", formats.FORMATS)
def test_what_leaves_and_comes_back_changes_nothing(lake, cast, name):
    gallery, first, second = lake
    with transaction():
        factories.write(gallery, "fr", cast.ed, title="\x01\x0bLe <lac>\u2028", description="=Vu de {place}.\r\n'-")
        translations.write(second, french(), {"alt": "Machine"}, actor=cast.ed, origin="machine")
        factories.write(first, "en", cast.ed, alt="Two\tboats\x02 & \ufffe京都")
    before = {unit.id: (unit.target, unit.state) for unit in gathered(cast.ed).values()}
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry))
    content = formats.written(gathering.gather(scope(), actor=cast.ed), name)

    report = taken(content, cast.ed, replace=True)

    assert report.counts == {"change": 0, "same": 4, "empty": 1, "refused": 0}
    assert {unit.id: (unit.target, unit.state) for unit in gathered(cast.ed).values()} == before
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == entries + 1


class TestTake:
    def test_what_was_missing_is_written_as_imported_and_done(self, lake, cast):
        _, _, second = lake

        report = taken(table((of(second, "alt"), "fr", "Une jetée", "A pier")), cast.tessa)

        assert report.counts == {"change": 1, "same": 0, "empty": 0, "refused": 0}
        row = translations.find(second, french())
        assert (row.alt, translations.state(row, "alt")) == ("Une jetée", "done")
        assert (row.kept["alt"]["origin"], row.kept["alt"]["source"]) == ("import", "A pier")

    def test_nothing_is_written_before_the_file_is_taken(self, lake, cast):
        _, _, second = lake

        upload_id = sent(table((of(second, "alt"), "fr", "Une jetée", "A pier")), cast.tessa)
        first, again = (uploads.look(upload_id, actor=cast.tessa) for _ in range(2))

        assert reasons(first) == reasons(again) == ["change"]
        assert fr(second, "alt") is None

    def test_each_bad_text_is_refused_for_its_own_reason_and_the_good_ones_are_taken(self, lake, cast):
        gallery, first, second = lake
        gone = f"item.{gallery.id}.alt"
        with transaction():
            factories.language("de")

        report = taken(
            table(
                (of(second, "alt"), "fr", "Une jetée", "A pier"),
                (of(second, "alt"), "fr", "Un quai", "A pier"),
                (gone, "fr", "Rien", "x"),
                ("nonsense", "fr", "Rien", "x"),
                (of(second, "credit"), "fr", "Rien", "x"),
                (of(second, "alt"), "tlh", "Rien", "A pier"),
                (of(second, "alt"), "en", "Rien", "A pier"),
                (of(second, "alt"), "de", "Steg", "A pier"),
                (of(first, "caption"), "fr", "Le matin", "In the evening"),
                (of(gallery, "description"), "fr", "Vu de lieu.", "Seen from {place}."),
                (of(gallery, "title"), "fr", "L" * 256, "The lake"),
                (of(first, "alt"), "fr", "Un bateau", "A boat"),
                (of(first, "caption"), "fr", "", "In the morning"),
                (of(first, "alt"), "fr", "Une barque", "A boat"),
            ),
            cast.tessa,
        )

        assert reasons(report) == [
            "change",
            "twice",
            "unknown",
            "unknown",
            "unknown",
            "language",
            "source",
            "forbidden",
            "stale",
            "codes",
            "too_long",
            "person",
            "empty",
            "same",
        ]
        assert fr(second, "alt") == "Une jetée"
        assert (fr(first, "alt"), fr(first, "caption"), fr(gallery, "title")) == ("Une barque", None, None)

    def test_a_text_of_a_person_is_replaced_only_where_that_was_chosen(self, lake, cast):
        _, first, _ = lake
        content = table((of(first, "alt"), "fr", "Un bateau", "A boat"))

        kept, replaced = taken(content, cast.ed), taken(content, cast.ed, replace=True)

        assert reasons(kept) == ["person"]
        assert reasons(replaced) == ["change"]
        assert fr(first, "alt") == "Un bateau"

    @on_sqlite
    @pytest.mark.parametrize(
        ("origin", "reason"), [("human", "person"), ("api", "person"), ("machine", "change"), ("import", "change")]
    )
    def test_where_a_text_came_from_decides_whether_it_is_written_over(self, lake, cast, origin, reason):
        _, _, second = lake
        with transaction():
            translations.write(second, french(), {"alt": "Jetée"}, actor=cast.ed, origin=origin)

        assert reasons(taken(table((of(second, "alt"), "fr", "Une jetée", "A pier")), cast.ed)) == [reason]

    def test_a_text_of_which_nothing_is_known_counts_as_a_persons(self, lake, cast):
        _, first, _ = lake
        with transaction():
            db.session.execute(update(ItemText).values(kept={}))

        assert reasons(taken(table((of(first, "alt"), "fr", "Un bateau", "A boat")), cast.ed)) == ["person"]

    def test_what_somebody_types_is_not_lost(self, lake, cast):
        _, _, second = lake
        with transaction():
            translations.draft(second, french(), {"alt": "Le ponton"}, actor=cast.tessa)
        content = table((of(second, "alt"), "fr", "Une jetée", "A pier"))

        assert reasons(taken(content, cast.tessa)) == ["drafted"]
        assert reasons(taken(content, cast.ed, replace=True)) == ["change"]
        assert translations.find(second, french()).drafts["alt"]["text"] == "Le ponton"

    def test_a_source_that_changed_back_is_not_stale(self, lake, cast):
        _, _, second = lake
        content = formats.written(gathering.gather(scope(states=("missing",)), actor=cast.ed), "xliff12")
        content = content.replace(b">A pier</source>", b">A pier</source><target>Un quai</target>")
        with transaction():
            factories.write(second, "en", cast.ed, alt="A long pier")
        upload_id = sent(content, cast.ed)

        assert uploads.look(upload_id, actor=cast.ed).refusals == {"stale": 1}
        with transaction():
            factories.write(second, "en", cast.ed, alt="A pier")
        assert uploads.look(upload_id, actor=cast.ed).counts["change"] == 1

    def test_what_changed_between_look_and_take_counts(self, lake, cast):
        _, _, second = lake
        upload_id = sent(table((of(second, "alt"), "fr", "Une jetée", "A pier")), cast.ed)
        assert uploads.look(upload_id, actor=cast.ed).counts["change"] == 1
        with transaction():
            factories.write(second, "fr", cast.ed, alt="Le ponton")

        with transaction():
            report = uploads.apply(upload_id, actor=cast.ed)

        assert reasons(report) == ["person"]
        assert fr(second, "alt") == "Le ponton"

    def test_a_file_is_taken_once_and_its_report_stays(self, lake, cast):
        _, _, second = lake
        upload_id = sent(table((of(second, "alt"), "fr", "Une jetée", "A pier")), cast.ed)
        with transaction():
            first = uploads.apply(upload_id, actor=cast.ed)
        with transaction():
            factories.write(second, "fr", cast.ed, alt="Le ponton")

        with transaction():
            again = uploads.apply(upload_id, actor=cast.ed)

        assert again.verdicts == first.verdicts == uploads.look(upload_id, actor=cast.ed).verdicts
        assert fr(second, "alt") == "Le ponton"

    def test_very_many_texts_are_taken_in_several_goes(self, lake, cast, monkeypatch):
        gallery, first, second = lake
        monkeypatch.setattr(uploads, "AT_ONCE", 2)
        upload_id = sent(
            table(
                (of(second, "alt"), "fr", "Une jetée", "A pier"),
                (of(first, "caption"), "fr", "Le matin", "In the morning"),
                (of(gallery, "title"), "fr", "Le lac", "The lake"),
            ),
            cast.ed,
        )
        goes = []
        for _ in range(3):
            with transaction():
                report = uploads.apply(upload_id, actor=cast.ed)
                goes.append((report.written, report.so_far, report.left, report.counts["change"]))

        assert goes == [(2, 2, 1, 3), (1, 3, 0, 3), (0, 3, 0, 3)]
        assert (fr(second, "alt"), fr(first, "caption"), fr(gallery, "title")) == ("Une jetée", "Le matin", "Le lac")
        assert uploads.look(upload_id, actor=cast.ed).upload.applied_at is not None

    def test_what_a_go_has_written_stands_in_the_report_whatever_comes_next(self, lake, cast, monkeypatch):
        gallery, _, second = lake
        monkeypatch.setattr(uploads, "AT_ONCE", 1)
        rows = (of(second, "alt"), "fr", "Une jetée", "A pier"), (of(gallery, "title"), "fr", "Le lac", "The lake")
        upload_id = sent(table(*rows), cast.ed, replace=True)
        with transaction():
            uploads.apply(upload_id, actor=cast.ed)
        with transaction():
            factories.write(second, "fr", cast.ed, alt="Le ponton")

        monkeypatch.setattr(uploads, "_write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError), transaction():
            uploads.apply(upload_id, actor=cast.ed)
        monkeypatch.undo()
        db.session.expire_all()

        half = uploads.look(upload_id, actor=cast.ed)
        assert (half.so_far, half.left, half.of("change")[0].after) == (1, 1, "Une jetée")
        with transaction():
            whole = uploads.apply(upload_id, actor=cast.ed)
        assert (whole.so_far, whole.left, len(whole.verdicts)) == (2, 0, 2)
        assert (fr(second, "alt"), fr(gallery, "title")) == ("Le ponton", "Le lac")

    def test_a_gallery_is_kept_as_it_was_before_texts_are_taken_in(self, lake, cast):
        gallery, _, second = lake

        taken(table((of(second, "alt"), "fr", "Une jetée", "A pier")), cast.ed)

        assert [kept.reason for kept in revisions.all_of(gallery.id)] == ["before import"]

    def test_a_file_that_changes_nothing_keeps_no_revision(self, lake, cast):
        gallery, first, _ = lake

        taken(table((of(first, "alt"), "fr", "Une barque", "A boat")), cast.ed)

        assert revisions.all_of(gallery.id) == []

    def test_all_is_written_or_nothing(self, lake, cast, monkeypatch):
        _, first, second = lake
        upload_id = sent(
            table(
                (of(first, "caption"), "fr", "Le matin", "In the morning"),
                (of(second, "alt"), "fr", "Jetée", "A pier"),
            ),
            cast.ed,
        )
        write, seen = translations.write, []

        def fail_second(owner, *args, **kwargs):
            seen.append(owner)
            if len(seen) == 2:
                raise RuntimeError("killed half-way")
            return write(owner, *args, **kwargs)

        monkeypatch.setattr(translations, "write", fail_second)
        with pytest.raises(RuntimeError), transaction():
            uploads.apply(upload_id, actor=cast.ed)

        assert (fr(first, "caption"), fr(second, "alt")) == (None, None)
        assert uploads.look(upload_id, actor=cast.ed).upload.applied_at is None

    def test_the_library_is_written_by_who_may(self, lake, cast):
        _, first, _ = lake
        from webapp.domain.models import Media

        with transaction():
            media = db.session.get(Media, first.media_id)
            factories.write(media, "en", cast.ed, credit="Photo: Ada")

        report = taken(table((of(media, "credit"), "fr", "Photo : Ada", "Photo: Ada")), cast.tessa)

        assert reasons(report) == ["change"]
        assert fr(media, "credit") == "Photo : Ada"

    def test_as_many_statements_to_look_through_one_text_as_thirty(self, lake, cast):
        def statements(content):
            upload_id = sent(content, cast.ed)
            db.session.expire_all()
            with counted() as sent_off:
                uploads.look(upload_id, actor=cast.ed)
            return len(sent_off)

        with transaction():
            gallery = factories.gallery(cast.ed, "Many", pictures=30)
            some = translations_of(gallery)
            for item in some:
                factories.write(item, "en", cast.ed, alt="Alt")
        rows = [(of(item, "alt"), "fr", "Alt", "Alt") for item in some]

        assert statements(table(*rows[:1])) == statements(table(*rows))


class TestUpload:
    def test_a_file_belongs_to_whoever_sent_it(self, lake, cast):
        upload_id = sent(table(("x", "fr", "B", "A")), cast.tessa)

        for deed in (uploads.look, uploads.apply, uploads.discard):
            with pytest.raises(NotFound), transaction():
                deed(upload_id, actor=cast.ed)
        assert [each.id for each in uploads.waiting(cast.tessa)] == [upload_id]
        assert uploads.waiting(cast.ed) == []

    def test_a_file_ends_after_a_day(self, lake, cast):
        upload_id = sent(table(("x", "fr", "B", "A")), cast.tessa)
        with transaction():
            db.session.execute(update(ExchangeUpload).values(expires_at=now() - timedelta(seconds=1)))

        with pytest.raises(NotFound):
            uploads.look(upload_id, actor=cast.tessa)
        assert uploads.waiting(cast.tessa) == []
        with transaction():
            assert uploads.forget() == 1

    def test_of_each_person_the_last_few_are_kept(self, lake, cast):
        others = sent(table(("x", "fr", "B", "A")), cast.ed)
        sent_off = [sent(table(("x", "fr", "B", "A")), cast.tessa) for _ in range(uploads.KEPT + 2)]

        assert [each.id for each in uploads.waiting(cast.tessa)] == sent_off[:1:-1]
        assert [each.id for each in uploads.waiting(cast.ed)] == [others]

    def test_a_file_is_thrown_away(self, lake, cast):
        upload_id = sent(table(("x", "fr", "B", "A")), cast.tessa)
        with transaction():
            uploads.discard(upload_id, actor=cast.tessa)

        assert uploads.waiting(cast.tessa) == []

    @on_sqlite
    def test_who_may_write_no_texts_sends_no_file(self, lake, cast):
        with pytest.raises(Forbidden):
            sent(table(("x", "fr", "B", "A")), cast.vi)

    @on_sqlite
    @pytest.mark.parametrize(
        ("given", "kept"),
        [("../../x.po", "x.po"), ("C:\\a\\b.csv", "b.csv"), ("\n", "translations"), ("a" * 300, "a" * 255)],
    )
    def test_a_file_is_called_by_a_name_that_can_be_shown(self, lake, cast, given, kept):
        with transaction():
            assert uploads.receive(table(("x", "fr", "B", "A")), given, actor=cast.ed).filename == kept
