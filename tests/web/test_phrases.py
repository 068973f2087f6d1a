"""The language that pages, refusals and letters are said in: chosen, asked for by the browser, or English."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import g

from tests import factories
from tests.fixtures.app import browser_of, on_sqlite
from tests.fixtures.browser import HTMX
from tests.fixtures.letterbox import Letterbox
from webapp import jobs
from webapp.domain import accounts, slugs
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.models import User
from webapp.domain.sentences import Sentence, counted
from webapp.domain.tongues import Tongue
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.web import filters, phrases

pytestmark = on_sqlite

AT = datetime(2026, 2, 3, 23, 5, tzinfo=UTC)
HEADINGS = {"en": "Galleries", "fr": "Galeries", "de": "Galerien", "ar": "المعارض"}
DOORS = {"fr": "Se connecter", "de": "anmelden", "ar": "تسجيل الدخول"}


@pytest.fixture
def speaks(app):
    """Have somebody choose a language."""

    def choose(person, language):
        with app.app_context(), transaction():
            db.session.get(User, person.id).language = language

    return choose


@pytest.fixture
def said_in(app):
    """Be in a request of a browser that asks for a language."""

    def asked(language):
        return app.test_request_context("/", headers={"Accept-Language": language})

    return asked


@pytest.fixture
def browsers(ada, ed, vi):
    """Three that people have signed in with."""
    return ada, ed, vi


@pytest.fixture
def letterbox():
    """A mail server that keeps what comes."""
    with Letterbox() as box:
        yield box


class TestWhoIsSpokenTo:
    @pytest.mark.parametrize("language", HEADINGS)
    def test_a_page_is_in_the_language_that_its_reader_chose(self, ed, cast, speaks, language):
        speaks(cast.ed, language)
        page = ed.page("/galleries/", headers={"Accept-Language": "ja, en;q=0.5"})
        html = page.one("html")
        assert page.heading == HEADINGS[language]
        assert (html["lang"], html["dir"]) == (language, "rtl" if language == "ar" else "ltr")
        assert "Accept-Language" not in page.headers["Vary"]

    @pytest.mark.parametrize(
        ("asked", "language"),
        [
            ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
            ("ar-EG", "ar"),
            ("ja, de-AT;q=0.5", "de"),
            ("en-GB, fr;q=0.9", "en"),
            ("ja", "en"),
            ("*", "en"),
            ("", "en"),
            ("fr;q=none, \x7f", "en"),
        ],
    )
    def test_who_has_chosen_none_gets_what_the_browser_asks_for(self, ed, client, asked, language):
        headers = {"Accept-Language": asked}
        assert ed.page("/galleries/", headers=headers).heading == HEADINGS[language]
        door = client.page("/login", headers=headers)
        assert door.one("html")["lang"] == language
        assert "Accept-Language" in door.headers["Vary"]

    @pytest.mark.parametrize("language", DOORS)
    def test_pages_before_signing_in_follow_the_browser(self, client, cast, language):
        headers = {"Accept-Language": language}
        page = client.page("/login", headers=headers)
        assert DOORS[language] in page.heading
        assert page.one("html")["dir"] == ("rtl" if language == "ar" else "ltr")
        for path, status in (("/reset", 200), ("/reset/x", 410), ("/invitations/x", 410), ("/nothing", 404)):
            other = client.page(path, status=status, headers=headers)
            assert other.one("html")["lang"] == language
            assert not re.search(r"\b(?:password|link|here|address)\b", other.one("main").words)

    def test_refused_credentials_are_refused_in_the_readers_language(self, client, cast):
        headers = {"Accept-Language": "fr", "Sec-Fetch-Site": "same-origin"}
        form = client.page("/login", headers=headers).values("/login") | {"email": "ed@example.org", "password": "no"}
        page = client.seen(client.post("/login", data=form, headers=headers), 422)
        assert "L’adresse e-mail ou le mot de passe est incorrect." in page.words

    def test_two_readers_of_one_page_read_their_own_language_in_turn(self, app, browsers, cast, speaks):
        with app.app_context(), transaction():
            gallery_id = factories.gallery(cast.ed, "Pier", status="published").id
        speaks(cast.ada, "fr")
        speaks(cast.ed, "ar")
        words = {"fr": ("Publiée", "Aperçu"), "ar": None, "en": ("Published", "Preview")}
        drawn = {}
        for _ in range(2):
            for browser, language in zip(browsers, words, strict=True):
                for view in ("cards", "table"):
                    page = browser.page(f"/galleries/?view={view}")
                    card = page.one(id=f"gallery-{gallery_id}")
                    assert drawn.setdefault((language, view), card.words) == card.words
                    for word in words[language] or ():
                        assert word in card.words
                    if language != "en":
                        assert "Preview" not in card.words
        assert len(set(drawn.values())) == len(drawn)

    def test_a_list_that_is_asked_for_again_is_no_other_languages(self, ed, cast, speaks):
        tag = ed.page("/galleries/").one("div", class_="listing")["data-tag"]
        asking = {**HTMX, "If-None-Match": f'"{tag}"'}
        assert ed.get("/galleries/", headers=asking).status_code == 304
        speaks(cast.ed, "fr")
        assert ed.get("/galleries/", headers=asking).status_code == 200


class TestChoosing:
    def test_the_choice_counts_at_once_and_in_the_words_that_say_so(self, ed, cast):
        page = ed.page("/profile")
        assert page.values("/profile")["language"] == [""]
        offered = page.one("select", id="language").all("option")
        assert [(each["value"], each.get("lang")) for each in offered] == [
            ("", None),
            ("en", "en"),
            ("fr", "fr"),
            ("de", "de"),
            ("ar", "ar"),
        ]
        assert [each.words for each in offered][1:] == ["English", "Français", "Deutsch", "العربية"]
        after = ed.follow(ed.send(page, "/profile", language="fr"))
        assert after.one("html")["lang"] == "fr"
        assert after.heading == "Profil"
        assert "Enregistré." in after.one("div", id="toasts").words
        back = ed.follow(ed.send(after, "/profile", language=""))
        assert back.one("html")["lang"] == "en"
        assert "Saved." in back.one("div", id="toasts").words

    @pytest.mark.parametrize("language", ["ja", "EN", "fr-CA", "x" * 99])
    def test_what_the_dashboard_is_not_written_in_is_refused(self, ed, app, cast, language):
        page = ed.send(ed.page("/profile"), "/profile", language=language, status=422)
        assert page.one("select", id="language")["aria-invalid"] == "true"
        with app.app_context():
            assert accounts.get(cast.ed.id).language == ""

    def test_the_domain_refuses_it_too(self, inside, cast):
        with pytest.raises(Invalid) as refused, transaction():
            accounts.change_profile(cast.ed.id, name="Ed", theme="dark", language="ja", actor=cast.ed)
        assert refused.value.field == "language"

    def test_another_browser_of_the_same_person_speaks_it_too(self, app, ed, cast):
        ed.send(ed.page("/profile"), "/profile", language="de")
        assert browser_of(app, cast.ed).page("/galleries/").heading == "Galerien"


class TestRefusals:
    def test_a_refusal_is_said_in_the_readers_language_with_its_values(self, said_in):
        refused = Invalid("tags", Sentence("Use at most %(most)s tags.", most=1500))
        assert refused.message == str(refused) == "Use at most 1,500 tags."
        with said_in("fr"):
            assert phrases.told(refused) == "Utilisez au plus 1\u202f500 étiquettes."
        with said_in("de"):
            assert "1.500" in phrases.told(refused)
        with said_in("en"):
            assert phrases.told(refused) == "Use at most 1,500 tags."

    def test_sentences_within_sentences_are_said_too(self, said_in):
        moved = Sentence(
            "%(who)s moved %(things)s since you opened this.",
            who=Sentence("A program"),
            things=counted("an item", "%(num)s items", 3),
        )
        assert moved == "A program moved 3 items since you opened this."
        with said_in("fr"):
            assert phrases.told(moved) == "Un programme a déplacé 3 éléments depuis que vous avez ouvert cette page."

    def test_what_is_not_there_is_named(self, said_in):
        assert NotFound("Item").message == "Item not found"
        with said_in("fr"):
            assert phrases.told(NotFound("Item")) == "Élément introuvable"

    @pytest.mark.parametrize("name", ["100 %", "%(who)s", "%s", "{n}", "<b>"])
    def test_values_are_taken_as_they_are(self, said_in, name):
        sentence = Sentence("This file is used in %(where)s. Remove it there first.", where=name)
        assert sentence == f"This file is used in {name}. Remove it there first."
        with said_in("fr"):
            assert phrases.told(sentence) == f"Ce fichier est utilisé dans {name}. Retirez-le d’abord de là."
            assert phrases.told(Conflict(name)) == name

    def test_the_head_of_a_catalogue_is_no_translation_of_nothing(self, said_in):
        with said_in("fr"):
            assert phrases.told(Sentence("")) == ""
            assert phrases.told("") == ""

    def test_an_error_page_says_it(self, ed, cast, speaks):
        speaks(cast.ed, "fr")
        page = ed.page("/galleries/00000000-0000-4000-8000-000000000000/", status=404)
        assert page.heading == "Il n’y a rien ici"
        assert "Galerie introuvable" in page.words

    def test_a_form_says_it_beside_the_field(self, ed, cast, speaks):
        speaks(cast.ed, "fr")
        page = ed.send(ed.page("/profile"), "/profile", name=" ", status=422)
        assert "Écrivez un nom de 1 à 100 caractères." in page.words
        token = page.one("meta", name="csrf-token")["content"]
        ed.post("/galleries/views", data={"csrf_token": token, "q": "status:draft", "name": " "})
        assert re.search(r"Donnez à la vue un nom de 1 à \d+ caractères\.", ed.page("/galleries/").words)
        page = ed.send(ed.page("/profile"), "/profile", name="a\x00b", status=422)
        assert "Retirez d’ici les caractères de contrôle." in page.words

    @pytest.mark.parametrize("path", ["/site/", "/languages/", "/languages/{french}"])
    def test_languages_are_named_as_the_reader_names_them(self, app, ada, cast, speaks, path):
        with app.app_context():
            french = factories.language("fr").id
        speaks(cast.ada, "de")
        page = ada.page(path.format(french=french)).one("main")

        assert "Französisch" in page.words
        assert "French" not in page.words

    def test_what_the_forms_library_says_is_said_too(self, ed, cast, speaks):
        speaks(cast.ed, "fr")
        page = ed.send(ed.page("/profile"), "/profile", theme="green", status=422)
        assert "Not a valid choice" not in page.words
        assert "choix" in page.words

    def test_a_script_is_told_in_the_readers_language(self, app, ed, cast, speaks):
        with app.app_context(), transaction():
            gallery_id = factories.gallery(cast.ed, "Pier").id
        speaks(cast.ed, "fr")
        path = f"/galleries/{gallery_id}/moves"
        headers = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
        token = ed.page("/profile").one("meta", name="csrf-token")["content"]
        answer = ed.post(path, data={"csrf_token": token}, headers=headers)
        assert answer.status_code == 422
        assert answer.json["message"] == "Sélectionnez d’abord un élément."

    def test_programs_are_told_in_english_whatever_they_ask_for(self, app, client, cast):
        answer = client.get("/api/v1/galleries", headers={"Accept-Language": "fr"})
        english = client.get("/api/v1/galleries")
        assert answer.status_code == english.status_code == 401
        assert answer.data == english.data
        assert "Accept-Language" not in answer.headers.get("Vary", "")


class TestNumbersAndTimes:
    @pytest.mark.parametrize(
        ("language", "moment", "day"),
        [
            ("en", "3 Feb 2026, 23:05 UTC", "3 February"),
            ("fr", "3 févr. 2026, 23:05 UTC", "3 février"),
            ("de", "3. Feb. 2026, 23:05 UTC", "3. Februar"),
            ("ar", "3 فبراير 2026, 23:05 UTC", "3 فبراير"),
        ],
    )
    def test_dates_are_written_as_there(self, said_in, language, moment, day):
        with said_in(language):
            assert f">{moment}</time>" in filters.moment(AT)
            assert f">{day}</time>" in filters.day(AT)

    @pytest.mark.parametrize(
        ("language", "words"), [("en", "5 minutes ago"), ("fr", "il y a 5 minutes"), ("de", "vor 5 Minuten")]
    )
    def test_how_long_ago_is_said_as_there(self, said_in, language, words):
        with said_in(language):
            assert f">{words}</time>" in filters.ago(now() - timedelta(minutes=5))

    @pytest.mark.parametrize(
        ("language", "number", "size"),
        [
            ("en", "1,234.5", "2.4 MB"),
            ("fr", "1\u202f234,5", "2,4\u202fMo"),
            ("de", "1.234,5", "2,4 MB"),
            ("ar", "1,234.5", "2.4 م.ب"),
        ],
    )
    def test_numbers_and_sizes_are_written_as_there(self, said_in, language, number, size):
        with said_in(language):
            assert filters.number(1234.5) == number
            assert filters.size(2_400_000) == size

    @pytest.mark.parametrize(("count", "written"), [(0, "0 byte"), (999, "999 byte"), (1_000, "1 kB"), (3e9, "3 GB")])
    def test_sizes_have_the_unit_that_fits(self, said_in, count, written):
        with said_in("en"):
            assert filters.size(int(count)) == written

    @pytest.mark.parametrize(
        ("language", "num", "words"),
        [
            ("en", 1, "1 item"),
            ("en", 1500, "1,500 items"),
            ("fr", 0, "0 élément"),
            ("fr", 2, "2 éléments"),
            ("de", 1500, "1.500"),
        ],
    )
    def test_things_are_counted_as_there(self, said_in, language, num, words):
        with said_in(language):
            assert phrases.ngettext("%(num)s item", "%(num)s items", num).startswith(words)

    def test_arabic_has_a_form_for_each_kind_of_number(self, said_in):
        with said_in("ar"):
            forms = {str(phrases.ngettext("%(num)s item", "%(num)s items", num)) for num in (0, 1, 2, 3, 11, 100)}
        assert len(forms) == 6


class TestLetters:
    @pytest.fixture
    def environ(self, environ, letterbox):
        return environ | {"VITRINE_SMTP_URL": f"smtp://127.0.0.1:{letterbox.port}"}

    @pytest.fixture
    def ask(self, app, client, cast, speaks):
        """Have a letter sent to Ed, by a browser that asks for a language."""

        def asked(*, chosen, language):
            speaks(cast.ed, chosen)
            headers = {"Accept-Language": language, "Sec-Fetch-Site": "same-origin"}
            form = client.page("/reset", headers=headers).values("/reset") | {"email": "ed@example.org"}
            client.post("/reset", data=form, headers=headers)
            work(app)

        return asked

    @pytest.fixture
    def invite(self, app, ada, cast, speaks):
        """Have somebody invited by Ada, who has chosen French."""

        def invited(role, *languages):
            with app.app_context(), transaction():
                for code in languages:
                    factories.language(code)
            speaks(cast.ada, "fr")
            form = {"email": "new@example.org", "role": role, "languages": list(languages)}
            return ada.follow(ada.send(ada.page("/users/invite"), "/users/invitations", **form))

        return invited

    @pytest.mark.parametrize(("chosen", "language"), [("fr", "de"), ("", "fr")])
    def test_a_reset_letter_is_in_its_readers_language(self, ask, letterbox, chosen, language):
        ask(chosen=chosen, language=language)
        [letter] = letterbox.letters
        assert letter["Subject"] == "Choisir un nouveau mot de passe · Vitrine"
        assert letter.get_content().startswith("Bonjour Ed,")

    @pytest.mark.parametrize(
        ("role", "languages", "greeting"),
        [("translator", ("ja", "ar"), "مرحبًا"), ("translator", ("ja",), "Bonjour,"), ("editor", ("ar",), "Bonjour,")],
    )
    def test_an_invitation_is_in_a_translators_language_else_in_the_inviters(
        self, invite, letterbox, role, languages, greeting
    ):
        page = invite(role, *languages)
        [letter] = letterbox.letters
        assert letter.get_content().startswith(greeting[:4])
        assert "L’invitation est en route" in page.one("div", id="toasts").words


class TestSpeaking:
    def test_a_language_is_spoken_for_a_while_and_then_the_readers_again(self, said_in):
        with said_in("de"):
            assert phrases.gettext("Save") == "Speichern"
            with phrases.speaking("fr"):
                assert (phrases.language(), phrases.gettext("Save")) == ("fr", "Enregistrer")
                with phrases.speaking("ar"):
                    assert phrases.direction() == "rtl"
                assert phrases.gettext("Save") == "Enregistrer"
            assert (phrases.language(), phrases.gettext("Save")) == ("de", "Speichern")

    def test_it_ends_with_an_error_too(self, said_in):
        with said_in("de"):
            with pytest.raises(ValueError, match="no"), phrases.speaking("fr"):
                raise ValueError("no")
            assert phrases.gettext("Save") == "Speichern"

    @pytest.mark.parametrize(
        ("code", "language"),
        [("fr", "fr"), ("fr-CA", "fr"), ("ar-MA", "ar"), ("ja", "en"), ("pt-BR", "en"), ("arc", "en"), ("", "en")],
    )
    def test_visitors_pages_speak_what_comes_nearest_to_their_language(self, said_in, code, language):
        assert phrases.nearest(code) == language
        with said_in("de"):
            phrases.speak(code or "en")
            assert phrases.language() == language
            assert "by_browser" not in g

    @pytest.mark.parametrize(("code", "skip"), [("fr", "Aller au contenu"), ("ja", "Skip to content")])
    def test_a_public_page_speaks_its_own_language_whatever_the_browser_asks(self, app, client, cast, code, skip):
        with app.app_context(), transaction():
            factories.language(code)
            slug = slugs.of(factories.gallery(cast.ed, "Pier", status="published").id)
        answers = [client.get(f"/{code}/g/{slug}", headers={"Accept-Language": each}) for each in ("de", "ar")]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].data == answers[1].data
        assert skip in answers[0].get_data(as_text=True)
        assert "Accept-Language" not in answers[0].headers.get("Vary", "")


def work(app):
    """Have the worker do what waits."""
    queue = jobs.of(app).queue
    while queue.pending_count():
        queue.execute(queue.dequeue())


class TestTongues:
    @pytest.mark.parametrize(
        ("language", "code", "name", "said"),
        [
            ("en", "pt-BR", "Portuguese (Brazil)", "Portuguese (Brazil)"),
            ("fr", "pt-BR", "Portuguese (Brazil)", "Portugais (Brésil)"),
            ("de", "zh-Hans", "Chinese (Simplified)", "Chinesisch (Vereinfacht)"),
            ("ar", "ja", "Japanese", "اليابانية"),
            ("fr", "ja", "The language of our branch in Osaka", "The language of our branch in Osaka"),
            ("fr", "not a code", "Klingon", "Klingon"),
        ],
    )
    def test_a_language_is_called_in_the_readers_words_unless_somebody_named_it(
        self, said_in, language, code, name, said
    ):
        with said_in(language):
            assert phrases.tongue(Tongue(code, name, name, "ltr")) == said

    def test_french_writes_it_small_within_a_sentence(self, said_in):
        german = Tongue("de", "German", "Deutsch", "ltr")
        with said_in("fr"):
            assert (phrases.tongue(german), phrases.tongue(german, inside=True)) == ("Allemand", "allemand")
        with said_in("de"):
            assert phrases.tongue(german, inside=True) == "Deutsch"

    def test_the_editor_and_the_list_call_languages_so(self, app, ed, cast, speaks):
        with app.app_context(), transaction():
            gallery_id = factories.gallery(cast.ed, "Pier").id
        speaks(cast.ed, "fr")
        page = ed.page(f"/galleries/{gallery_id}/?lang=fr")
        assert page.one("a", id="tab-fr").words.startswith("Français")
        assert page.one("a", id="tab-en").words.startswith("Anglais")
        assert re.search(r"Anglais : \d+ pour cent", ed.page("/galleries/").words)


class TestLists:
    @pytest.mark.parametrize(
        ("language", "two", "three"),
        [
            ("en", "A and B", "A, B and C"),
            ("fr", "A et B", "A, B et C"),
            ("de", "A und B", "A, B und C"),
            ("ar", "A وB", "A وB وC"),
        ],
    )
    def test_words_are_listed_as_in_a_sentence(self, said_in, language, two, three):
        with said_in(language):
            assert [filters.listed("ABC"[:count]) for count in range(4)] == ["", "A", two, three]
