"""Translation by a machine: what it is asked for, what of its answers is taken, and what happens when it is away."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from sqlalchemy import select, update

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.machines import Machine, saying
from tests.statements import counted
from webapp.domain import glossary, translations
from webapp.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from webapp.domain.machine import orders, settings, work
from webapp.domain.machine.settings import Outfit
from webapp.domain.models import AuditEntry, Item, MachineTask
from webapp.domain.sentences import Sentence, packed, unpacked
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.outbound import Way

KEY = "the key of this installation, for tests"
OUTFIT = Outfit(KEY, Way(allow=(ip_network("127.0.0.0/8"),), seconds=5))


@pytest.fixture
def machine():
    """A machine that is there."""
    made = Machine()
    yield made
    made.close()


@pytest.fixture
def site(inside, cast, machine):
    """A site with that machine, and a gallery with two pictures that have alt texts in English."""
    with transaction():
        factories.language("fr")
        save(cast, machine.address, secret="Bearer abc")
        gallery = factories.gallery(cast.ed, "The lake", pictures=2)
        items = db.session.scalars(select(Item).where(Item.gallery_id == gallery.id)).all()
        first, second = sorted(items, key=lambda item: -item.sort_order)
        factories.write(first, "en", cast.ed, alt="A boat")
        factories.write(second, "en", cast.ed, alt="A {pier}")
    return gallery, first, second


def save(cast, address, *, secret=None, header="Authorization", version=None, actor=None):
    outfit = OUTFIT
    return settings.save(
        address=address, header=header, secret=secret, version=version, outfit=outfit, actor=actor or cast.ada
    )


def french():
    return factories.language("fr").id


def place(cast, **said):
    with transaction():
        return orders.place(french(), actor=said.pop("actor", cast.ed), **said).id


def run():
    made = work.work_off(OUTFIT)
    db.session.expire_all()
    return made


def standing(owner, field="alt"):
    db.session.expire_all()
    row = translations.find(owner, french())
    return (getattr(row, field), translations.state(row, field)) if row else (None, "missing")


def states():
    db.session.expire_all()
    return sorted(task.state for task in db.session.scalars(select(MachineTask)))


def make_due():
    with transaction():
        db.session.execute(update(MachineTask).values(due_at=now() - timedelta(seconds=1), lease_until=None))


class TestOrder:
    def test_what_is_missing_is_translated_and_marked_as_a_machines(self, site, cast, machine):
        gallery, first, second = site
        place(cast)

        assert run() == 1

        assert standing(gallery, "title") == ("fr:The lake", "machine")
        assert standing(first) == ("fr:A boat", "machine")
        assert standing(second) == ("fr:A {pier}", "machine")
        assert states() == ["done", "done", "done"]
        assert run() == 0

    def test_the_request_is_as_the_contract_says(self, site, cast, machine):
        gallery, first, _ = site
        with transaction():
            glossary.add(french(), "lake", "lac", actor=cast.ed)
            glossary.add(french(), "Vitrine", None, actor=cast.ed)
            factories.write(first, "en", cast.ed, html="<p>x</p>")
        place(cast)
        run()

        (asked,) = machine.asked
        assert {name: asked[name] for name in ("version", "source", "target", "glossary", "keep")} == {
            "version": 1,
            "source": "en",
            "target": "fr",
            "glossary": [{"term": "lake", "translation": "lac"}],
            "keep": ["Vitrine"],
        }
        by_id = {text["id"]: text for text in asked["texts"]}
        alt = by_id[f"item.{first.id}.alt"]
        assert {**alt, "context": alt["context"].partition(" › ")[0]} == {
            "id": f"item.{first.id}.alt",
            "text": "A boat",
            "format": "text",
            "limit": 250,
            "context": "The lake",
        }
        assert by_id[f"item.{first.id}.html"]["format"] == "html"
        assert by_id[f"gallery.{gallery.id}.title"]["limit"] == 255
        assert machine.headers[0]["Authorization"] == "Bearer abc"

    def test_texts_of_people_are_not_asked_for_and_stale_ones_only_where_chosen(self, site, cast, machine):
        _, first, second = site
        with transaction():
            factories.write(first, "fr", cast.ed, alt="Une barque")
            factories.write(second, "fr", cast.ed, alt="Un {pier}")
            factories.write(second, "en", cast.ed, alt="A long {pier}")
        place(cast)
        run()
        assert machine.texts == ["The lake"]
        assert standing(second) == ("Un {pier}", "stale")

        place(cast, again=True)
        run()

        assert machine.texts == ["The lake", "A long {pier}"]
        assert standing(first) == ("Une barque", "done")
        assert standing(second) == ("fr:A long {pier}", "machine")

    def test_one_gallery_can_be_asked_for_alone(self, site, cast, machine):
        with transaction():
            other = factories.gallery(cast.ed, "Another")

        place(cast, gallery_id=other.id)
        run()

        assert machine.texts == ["Another"]

    def test_what_another_order_waits_for_is_not_asked_for_twice(self, site, cast):
        place(cast)

        with pytest.raises(Conflict, match="nothing to translate"):
            place(cast)
        assert states() == ["waiting"] * 3

    def test_a_translator_asks_for_languages_given_and_no_others(self, site, cast):
        german = factories.language("de").id
        place(cast, actor=cast.tessa)

        with pytest.raises(Forbidden), transaction():
            orders.place(german, actor=cast.tessa)
        with pytest.raises(Forbidden), transaction():
            orders.place(french(), actor=cast.vi)

    def test_without_a_machine_nothing_is_asked(self, site, cast, machine):
        with transaction():
            save(cast, "")

        with pytest.raises(Conflict, match="no machine"):
            place(cast)
        assert machine.asked == []

    def test_galleries_of_several_source_languages_are_asked_for_apart(self, site, cast, machine):
        with transaction():
            factories.gallery(cast.ed, "Der See", source="de")

        place(cast)
        run()

        assert sorted(asked["source"] for asked in machine.asked) == ["de", "en"]

    def test_many_texts_go_in_several_requests(self, site, cast, machine, monkeypatch):
        monkeypatch.setattr(work, "AT_ONCE", 2)
        place(cast)

        assert run() == 2
        assert [len(asked["texts"]) for asked in machine.asked] == [2, 1]
        assert states() == ["done"] * 3

    def test_long_texts_go_in_several_requests(self, site, cast, machine, monkeypatch):
        monkeypatch.setattr(work, "LETTERS", 10)
        place(cast)

        assert run() == 1
        assert len(machine.asked) == 3
        assert states() == ["done"] * 3


class TestAnswer:
    def only(self, cast, text, *, field="alt"):
        """Ask for one text, and return what became of it."""
        place(cast)
        run()
        task = db.session.scalars(select(MachineTask).where(MachineTask.unit.endswith(field))).first()
        return task.state, task.detail

    @pytest.fixture
    def pier(self, site, cast):
        """Leave one text to translate."""
        gallery, first, second = site
        with transaction():
            factories.write(first, "fr", cast.ed, alt="Une barque")
            factories.write(gallery, "fr", cast.ed, title="Le lac")
        return second

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ("Une jetée", "Placeholders"),
            ("{pier} {pier}", "Placeholders"),
            ("{pier} https://evil.example", "Placeholders"),
            ("{pier}" + "x" * 250, "Shorten"),
            ("{pier}\x00", "NUL"),
            ("   ", "left it out"),
        ],
    )
    def test_a_bad_answer_is_refused_with_its_reason(self, pier, cast, machine, said, why):
        machine.answer = saying(said)

        state, detail = self.only(cast, said)

        assert state == "refused"
        assert why in detail
        assert standing(pier) == (None, "missing")

    def test_a_text_that_is_left_out_is_refused_and_what_was_not_asked_for_is_ignored(self, pier, cast, machine):
        other = f"item.{pier.id}.caption"
        machine.answer = lambda _asked: (200, {"translations": [{"id": other, "text": "x"}]})

        state, detail = self.only(cast, "x")

        assert (state, "left it out" in detail) == ("refused", True)
        assert standing(pier, "caption") == (None, "missing")

    @pytest.mark.parametrize("what", ["written", "drafted", "source", "trashed"])
    def test_what_people_did_meanwhile_stays(self, inside, pier, cast, machine, what):
        place(cast)
        item_id = pier.id

        def answer(asked):
            with inside.app_context(), transaction():
                meanwhile(db.session.get(Item, item_id), cast, what)
            return saying("Une {pier}")(asked)

        machine.answer = answer
        run()

        (task,) = db.session.scalars(select(MachineTask)).all()
        assert task.state == "refused"
        assert task.detail
        assert standing(pier)[0] == ("À la main {pier}" if what == "written" else None)

    def test_what_was_done_before_it_is_asked_is_not_sent(self, pier, cast, machine):
        place(cast)
        with transaction():
            factories.write(pier, "fr", cast.ed, alt="À la main {pier}")

        run()

        assert machine.asked == []
        assert states() == ["refused"]


def meanwhile(item, cast, what):
    """Do something with a text while the machine thinks."""
    if what == "written":
        factories.write(item, "fr", cast.ed, alt="À la main {pier}")
    elif what == "drafted":
        translations.draft(item, french(), {"alt": "À la"}, actor=cast.ed)
    elif what == "source":
        factories.write(item, "en", cast.ed, alt="Another {pier}")
    else:
        item.deleted_at = now()


class TestAway:
    def test_a_machine_that_is_away_is_asked_again_later_and_later(self, site, cast, machine):
        place(cast)
        machine.answer = lambda _asked: (503, {})
        waits = []
        for _ in range(work.MOST_ATTEMPTS - 1):
            before = now()
            assert run() == 1
            assert run() == 0
            task = db.session.scalars(select(MachineTask)).first()
            assert (task.state, unpacked(task.detail)) == ("waiting", "The machine answered 503.")
            waits.append(task.due_at - before)
            make_due()

        assert waits == sorted(waits)
        assert waits[-1] > 4 * waits[0]
        run()
        assert states() == ["failed"] * 3

    def test_a_machine_that_comes_back_is_asked_the_rest(self, site, cast, machine):
        _, first, _ = site
        place(cast)
        normal, machine.answer = machine.answer, lambda _asked: (429, {})
        run()
        machine.answer = normal
        make_due()

        run()

        assert standing(first) == ("fr:A boat", "machine")
        assert states() == ["done"] * 3

    @pytest.mark.parametrize(
        "said", [b"", b"no json", b"[]", b"{}", b'{"translations": 1}', b'{"translations": [1]}', b"[" * 100_000,
                 b'{"translations": [{"id": 1, "text": 2}]}', b'{"translations": [{"id": "a"}]}', b"\xff"]
    )  # fmt: skip
    @on_sqlite
    def test_an_answer_that_is_none_is_tried_again(self, site, cast, machine, said):
        place(cast)
        machine.answer = lambda _asked: (200, said)

        run()

        assert states() == ["waiting"] * 3
        assert "machine answered something" in db.session.scalars(select(MachineTask.detail)).first()

    @on_sqlite
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 204, 302])
    def test_a_refusal_ends_the_texts_with_its_reason(self, site, cast, machine, status):
        place(cast)
        machine.answer = lambda _asked: (status, b"")

        run()

        assert states() == ["failed"] * 3
        assert str(status) in db.session.scalars(select(MachineTask.detail)).first()

    def test_nobody_there_is_waited_for(self, site, cast, machine):
        place(cast)
        machine.close()

        run()

        assert states() == ["waiting"] * 3

    def test_a_worker_that_dies_loses_no_text(self, site, cast, machine):
        place(cast)
        assert work._claim() is not None
        assert run() == 0
        with transaction():
            db.session.execute(update(MachineTask).values(lease_until=now() - timedelta(seconds=1)))

        assert run() == 1
        assert states() == ["done"] * 3

    def test_work_that_is_cut_off_again_and_again_ends(self, site, cast, machine):
        place(cast)
        for _ in range(work.MOST_ATTEMPTS):
            assert work._claim() is not None
            make_due()

        assert run() == 0

        assert states() == ["failed"] * 3
        assert machine.asked == []

    def test_a_worker_that_was_overtaken_writes_nothing(self, site, cast, machine):
        _, first, _ = site
        place(cast)
        batch = work._claim()
        wanted = work._still_wanted(batch)
        with transaction():
            db.session.execute(update(MachineTask).values(lease_until=now() + timedelta(seconds=300)))

        work._finish(batch, wanted, dict.fromkeys(wanted, "zu spät {pier}"))

        assert standing(first) == (None, "missing")
        assert states() == ["waiting"] * 3


class TestCancel:
    def test_what_is_left_is_left_undone(self, site, cast, machine):
        order_id = place(cast)

        with transaction():
            assert orders.cancel(order_id, actor=cast.ed) == 3

        assert run() == 0
        assert states() == ["cancelled"] * 3
        assert machine.asked == []

    def test_an_answer_that_comes_after_it_is_not_taken(self, site, cast, machine):
        _, first, _ = site
        order_id = place(cast)
        batch = work._claim()
        wanted = work._still_wanted(batch)
        with transaction():
            orders.cancel(order_id, actor=cast.ed)

        work._finish(batch, wanted, dict.fromkeys(wanted, "x {pier}"))

        assert standing(first) == (None, "missing")
        assert states() == ["cancelled"] * 3

    def test_only_who_asked_or_edits_cancels(self, site, cast):
        order_id = place(cast)

        with pytest.raises(Forbidden), transaction():
            orders.cancel(order_id, actor=cast.tessa)
        with pytest.raises(NotFound), transaction():
            orders.cancel(french(), actor=cast.ed)
        with transaction():
            assert orders.cancel(order_id, actor=cast.ada) == 3


class TestProgress:
    def test_each_order_says_how_far_it_is(self, site, cast, machine):
        gallery, _, _ = site
        place(cast, gallery_id=gallery.id)
        machine.answer = saying("Le lac", "Une barque", "sans code")
        run()

        (found,) = orders.recent()

        assert (found.total, found.waiting, found.title, found.by, found.language.code) == (
            3,
            0,
            "The lake",
            "Ed",
            "fr",
        )
        assert sum(found.counts[state] for state in ("done", "refused")) == 3
        assert len(found.troubles) == found.counts["refused"]

    def test_as_many_statements_for_one_order_as_for_ten(self, site, cast):
        def statements():
            db.session.expire_all()
            with counted() as sent:
                orders.recent()
            return len(sent)

        place(cast)
        before = statements()
        for number in range(9):
            with transaction():
                gallery = factories.gallery(cast.ed, f"G{number}")
            place(cast, gallery_id=gallery.id)

        assert statements() == before
        assert len(orders.recent()) == 10


class TestSettings:
    def test_a_secret_is_sealed_and_stands_nowhere_in_the_clear(self, site, cast):
        found = settings.find()

        assert b"abc" not in found.secret
        assert settings.headers_of(found, OUTFIT)["Authorization"] == "Bearer abc"
        said = [str(entry.changes) for entry in db.session.scalars(select(AuditEntry))]
        assert [each for each in said if "abc" in each] == []

    def test_the_secret_stays_where_none_is_typed_and_goes_with_the_address(self, site, cast, machine):
        with transaction():
            save(cast, machine.address, header="X-Key")
        assert settings.headers_of(settings.find(), OUTFIT)["X-Key"] == "Bearer abc"

        with transaction():
            save(cast, machine.address + "/elsewhere")

        assert settings.find().secret is None

    def test_a_secret_is_forgotten(self, site, cast, machine):
        with transaction():
            save(cast, machine.address, secret="")

        assert "Authorization" not in settings.headers_of(settings.find(), OUTFIT)

    @on_sqlite
    @pytest.mark.parametrize(
        "address",
        ["http://10.0.0.1/", "http://169.254.169.254/latest", "https://localhost.invalid/", "ftp://127.0.0.1/",
         "127.0.0.1", "http://[::ffff:10.0.0.1]/", "http://user:word@127.0.0.1/", "x" * 3000],
    )  # fmt: skip
    def test_an_address_that_may_not_be_called_is_refused(self, site, cast, address):
        with pytest.raises(Invalid) as refused, transaction():
            save(cast, address)
        assert refused.value.field == "address"

    @on_sqlite
    @pytest.mark.parametrize("header", ["", "Host", "content-length", "X Y", "X:Y", "X\r\nY", "é", "x" * 65])
    def test_a_header_that_cannot_be_set_is_refused(self, site, cast, machine, header):
        with pytest.raises(Invalid) as refused, transaction():
            save(cast, machine.address, header=header)
        assert refused.value.field == "header"

    @on_sqlite
    @pytest.mark.parametrize("secret", ["a\r\nX: y", "é", "x" * 1001])
    def test_a_secret_that_cannot_be_sent_is_refused(self, site, cast, machine, secret):
        with pytest.raises(Invalid), transaction():
            save(cast, machine.address, secret=secret)

    def test_only_an_administrator_says_where_the_machine_is(self, site, cast, machine):
        with pytest.raises(Forbidden), transaction():
            save(cast, machine.address, actor=cast.ed)
        with pytest.raises(Stale), transaction():
            save(cast, machine.address, version=7)

    def test_a_secret_of_another_key_ends_the_texts_and_is_not_sent(self, site, cast, machine):
        place(cast)

        work.work_off(Outfit("another key of this installation, new", OUTFIT.way))

        assert states() == ["failed"] * 3
        assert machine.asked == []


class TestWhatIsKeptOfASentence:
    @pytest.mark.parametrize(
        "said", [Sentence("Gone."), Sentence("It has %(n)s of %(x)s.", n=1200, x="[“100 %”]"), '{x} ["a"']
    )
    def test_a_sentence_comes_back_with_its_values(self, said):
        kept = unpacked(packed(said, 500))

        assert (kept, kept.pattern) == (said, getattr(said, "pattern", said))

    def test_one_too_long_is_kept_in_english_and_cut(self):
        assert packed(Sentence("It is %(x)s.", x="y" * 30), 20) == "It is yyyyyyyyyyyyyy"
