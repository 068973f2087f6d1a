"""The pages of the machine: orders, words to use, and where the machine is."""

import pytest
from sqlalchemy import select

from tests import factories
from tests.fixtures.app import browser_of, on_sqlite
from tests.fixtures.browser import HTMX
from tests.machines import Machine
from webapp import jobs
from webapp.domain import galleries, glossary, translations
from webapp.domain.machine import settings
from webapp.domain.models import MachineTask
from webapp.domain.sentences import Sentence, packed
from webapp.domain.transaction import transaction
from webapp.infra.db import db

PAGE = "/translations/machine/"
ORDERS = "/translations/machine/orders"
SETTINGS = "/translations/machine/settings"
WORDS = "/translations/machine/words/fr"
NONE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def machine():
    """A machine that is there."""
    made = Machine()
    yield made
    made.close()


@pytest.fixture
def site(app, cast, ada, machine):
    """A site with that machine and a gallery without French texts, whose id this is."""
    with app.app_context(), transaction():
        factories.language("fr")
        gallery_id = factories.gallery(cast.ed, "The <lake>").id
    done = ada.send(ada.page(PAGE), SETTINGS, address=machine.address, header="X-Key", secret="s3cret")
    assert done.status == 303
    return gallery_id


def title(app, gallery_id):
    with app.app_context():
        row = translations.find(galleries.get(gallery_id), factories.language("fr").id)
        return (row.title, translations.state(row, "title")) if row else (None, "missing")


class TestOrders:
    def test_a_translator_asks_and_the_worker_does_it(self, app, tessa, site, machine):
        done = tessa.send(tessa.page(PAGE), ORDERS)
        assert done.status == 303
        assert "0 of 1 done" in tessa.page(PAGE).one("section", id="machine-orders").words

        jobs.of(app)._translate()

        assert title(app, site) == ("fr:The <lake>", "machine")
        assert machine.headers[0]["X-Key"] == "s3cret"
        assert "1 of 1 done" in tessa.page(PAGE).words

    def test_the_sweep_does_what_is_due_as_well(self, app, tessa, site):
        tessa.send(tessa.page(PAGE), ORDERS)

        jobs.of(app)._sweep()

        assert title(app, site) == ("fr:The <lake>", "machine")

    def test_progress_is_looked_at_again_only_while_something_waits(self, app, tessa, site):
        tessa.send(tessa.page(PAGE), ORDERS)
        waiting = tessa.get(ORDERS, headers=HTMX).get_data(as_text=True)
        jobs.of(app)._translate()
        done = tessa.get(ORDERS, headers=HTMX).get_data(as_text=True)

        assert 'hx-trigger="every 5s' in waiting
        assert "hx-trigger" not in done
        assert tessa.get(ORDERS).status_code == 303

    def test_why_texts_are_not_taken_is_said_in_words(self, app, tessa, site, machine):
        machine.answer = lambda _asked: (404, b"")
        tessa.send(tessa.page(PAGE), ORDERS)
        jobs.of(app)._translate()

        assert "The machine answered 404." in tessa.page(PAGE).one("section", id="machine-orders").words

    def test_what_is_kept_is_said_in_the_readers_language(self, app):
        kept = packed(Sentence("Choose 1 to %(most)s galleries.", most=1500), 500)
        with app.test_request_context("/", headers={"Accept-Language": "fr"}):
            said = app.jinja_env.filters["told"](kept)

        assert said.startswith("Choisissez")
        assert "1\u202f500" in said

    def test_an_order_is_cancelled(self, app, tessa, site, machine):
        tessa.send(tessa.page(PAGE), ORDERS)
        page = tessa.page(PAGE)
        (form,) = [form for form in page.all("form") if form.get("action", "").endswith("/cancellation")]

        assert tessa.send(page, form["action"]).status == 303

        jobs.of(app)._translate()
        assert machine.asked == []
        assert "1 left undone" in tessa.page(PAGE).words

    @on_sqlite
    def test_one_gallery_is_asked_for_from_its_address(self, app, cast, tessa, site):
        with app.app_context(), transaction():
            other = factories.gallery(cast.ed, "Another").id

        tessa.send(tessa.page(f"{PAGE}?gallery={other}&language=fr"), ORDERS)

        with app.app_context():
            assert db.session.scalars(select(MachineTask.unit)).all() == [f"gallery.{other}.title"]
        assert tessa.get(f"{PAGE}?gallery={NONE}").status_code == 404
        assert tessa.get(f"{PAGE}?gallery=x").status_code == 404

    @on_sqlite
    def test_nothing_to_do_is_said(self, tessa, site):
        tessa.send(tessa.page(PAGE), ORDERS)

        again = tessa.send(tessa.page(PAGE), ORDERS)

        assert again.status == 409
        assert "nothing to translate" in again.words

    @on_sqlite
    def test_only_languages_given_are_offered(self, app, tessa, site):
        with app.app_context(), transaction():
            factories.language("de")

        page = tessa.page(PAGE)

        assert [option["value"] for option in page.one("form", id="order").all("option")] == ["fr"]
        assert tessa.send(page, ORDERS, language="de").status == 422

    @on_sqlite
    def test_without_a_machine_there_is_no_form(self, app, cast, tessa):
        with app.app_context(), transaction():
            factories.language("fr")

        page = tessa.page(PAGE)

        assert page.all("form", id="order") == []
        assert "There is no machine" in page.words


class TestSettings:
    def test_the_secret_is_never_shown_again(self, app, ada, site, machine):
        page = ada.page(PAGE)

        assert "s3cret" not in page.html
        assert page.one("input", id="address")["value"] == machine.address
        assert page.one("input", id="secret").get("value", "") == ""

    def test_an_empty_secret_leaves_the_one_that_is_kept_and_a_tick_forgets_it(self, app, ada, site):
        ada.send(ada.page(PAGE), SETTINGS, header="X-Other")
        with app.app_context():
            assert settings.find().secret is not None

        ada.send(ada.page(PAGE), SETTINGS, forget="y")

        with app.app_context():
            assert settings.find().secret is None

    @on_sqlite
    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"address": "http://10.0.0.1/"}, "inside this network"),
            ({"address": "http://169.254.169.254/"}, "inside this network"),
            ({"address": "nonsense"}, "no address of the web"),
            ({"header": "Host"}, "no name of a header"),
        ],
    )
    def test_what_cannot_be_is_said_beside_its_field(self, ada, site, fields, said):
        answer = ada.send(ada.page(PAGE), SETTINGS, **fields)

        assert answer.status == 422
        assert said in answer.words

    @on_sqlite
    def test_settings_that_somebody_changed_meanwhile_are_not_written_over(self, ada, site):
        page = ada.page(PAGE)
        ada.send(ada.page(PAGE), SETTINGS, header="X-Mine")

        assert ada.send(page, SETTINGS, header="X-Yours").status == 409

    @on_sqlite
    def test_who_does_not_keep_the_settings_is_not_shown_them(self, ed, site, machine):
        page = ed.page(PAGE)

        assert page.all("form", id="machine") == []
        assert machine.address not in page.html


class TestWords:
    def test_words_are_added_and_taken_away(self, app, ed, site):
        ed.send(ed.page(WORDS), WORDS, term="<quay>", translation="quai")
        ed.send(ed.page(WORDS), WORDS, term="Vitrine")
        page = ed.page(WORDS)
        assert "<quay>" in page.words
        assert "stays as it is" in page.words
        (first, *_) = [form["action"] for form in page.all("form") if form.get("action", "").endswith("/removal")]

        ed.send(page, first)

        with app.app_context():
            assert [each.term for each in glossary.terms(factories.language("fr").id)] == ["Vitrine"]

    @on_sqlite
    def test_a_word_that_is_there_is_refused(self, ed, site):
        ed.send(ed.page(WORDS), WORDS, term="quay")

        answer = ed.send(ed.page(WORDS), WORDS, term="quay")

        assert answer.status == 409
        assert "there already" in answer.words

    @on_sqlite
    def test_everybody_reads_the_words_and_editors_write_them(self, app, cast, ed, site):
        ed.send(ed.page(WORDS), WORDS, term="quay", translation="quai")
        vi = browser_of(app, cast.vi)

        page = vi.page(WORDS)

        assert "quai" in page.words
        assert page.all("form", id="term-add") == []
        assert vi.get("/translations/machine/words/xx").status_code == 404


@on_sqlite
class TestPermissions:
    @pytest.mark.parametrize(
        ("who", "method", "url"),
        [
            ("vi", "GET", PAGE),
            ("vi", "GET", ORDERS),
            ("vi", "POST", ORDERS),
            ("vi", "POST", f"{ORDERS}/{NONE}/cancellation"),
            ("ed", "POST", SETTINGS),
            ("tessa", "POST", SETTINGS),
            ("tessa", "POST", WORDS),
            ("tessa", "POST", f"{WORDS}/{NONE}/removal"),
        ],
    )
    def test_who_may_not_is_refused(self, app, cast, who, method, url):
        browser = browser_of(app, getattr(cast, who))
        token = browser.page("/profile").values("/profile")["csrf_token"]

        assert browser.open(url, method=method, data={"csrf_token": token}).status_code == 403

    @pytest.mark.parametrize("url", [PAGE, ORDERS, WORDS])
    def test_strangers_sign_in_first(self, client, cast, url):
        assert client.get(url).status_code == 303
