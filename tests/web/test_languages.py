"""The languages page: add by code, name, default, fallback, deactivate and back."""

import pytest

from tests.fixtures.app import browser_of, on_sqlite
from tests.fixtures.browser import HTMX
from tests.statements import counted
from webapp.domain import languages
from webapp.domain.transaction import transaction

NONE = "/languages/00000000-0000-4000-8000-000000000000"


def add(browser, code, **options):
    return browser.send(browser.page("/languages/"), "/languages/", code=code, **options)


def path(app, code):
    with app.app_context():
        return f"/languages/{languages.find_by_code(code).id}"


def state(app, code):
    with app.app_context():
        found = languages.find_by_code(code)
        return found.is_default, found.is_active


class TestIndex:
    def test_index_lists_the_default_first_each_in_its_own_script(self, ada, app):
        add(ada, "ar")
        page = ada.page("/languages/")
        assert page.heading == "Languages"
        names = [each.words for each in page.one("div", id="languages-list").all("bdi") if each.get("lang")]
        assert names == ["English", "\u0627\u0644\u0639\u0631\u0628\u064a\u0629", "Fran\u00e7ais"]
        arabic = page.one("bdi", lang="ar")
        assert arabic["dir"] == "rtl"

    @on_sqlite
    @pytest.mark.parametrize("who", ["ed", "tessa", "vi"])
    def test_others_look_and_change_nothing(self, app, cast, who):
        page = browser_of(app, getattr(cast, who)).page("/languages/")
        assert "French" in page.words
        assert [form["action"] for form in page.all("form") if form.get("action", "").startswith("/languages")] == []

    def test_index_is_read_by_the_same_queries_for_two_and_for_thirty(self, ada, app, cast):
        def queries():
            ada.get("/languages/")
            with app.app_context(), counted() as sent:
                ada.get("/languages/")
            return len(sent)

        before = queries()
        codes = "af sq am hy az eu be bn bs bg ca hr cs da nl et fi gl ka de el gu he hi hu is id ga it ja"
        with app.app_context(), transaction():
            for code in codes.split():
                languages.add(code, actor=cast.ada)
        assert queries() == before == 2


@on_sqlite
class TestPermissions:
    PATHS = (
        ("POST", "/languages/"),
        ("GET", NONE),
        ("POST", NONE),
        ("POST", f"{NONE}/default"),
        ("POST", f"{NONE}/deactivate"),
        ("POST", f"{NONE}/reactivate"),
    )

    @pytest.mark.parametrize(("method", "url"), PATHS)
    @pytest.mark.parametrize("who", ["ed", "tessa", "vi"])
    def test_only_an_administrator_changes_languages(self, app, cast, who, method, url):
        browser = browser_of(app, getattr(cast, who))
        token = browser.page("/profile").values("/profile")["csrf_token"]
        assert browser.open(url, method=method, data={"csrf_token": token, "code": "sv"}).status_code == 403

    @pytest.mark.parametrize(("method", "url"), [*PATHS, ("GET", "/languages/")])
    def test_languages_are_for_who_is_signed_in(self, client, cast, method, url):
        assert client.open(url, method=method).status_code == 303
        assert client.open(url, method=method, headers=HTMX).status_code == 401

    @pytest.mark.parametrize(("method", "url"), PATHS[1:])
    def test_what_is_not_there_is_not_found(self, ada, method, url):
        token = ada.page("/profile").values("/profile")["csrf_token"]
        answer = ada.open(url, method=method, data={"csrf_token": token, "version": "1"})
        assert ada.seen(answer, 404).heading == "Nothing is here"


class TestAdd:
    def test_a_code_is_enough(self, ada, app):
        page = ada.follow(add(ada, " PT_br "))
        assert "Added." in page.words
        assert "Portugu\u00eas (Brasil)" in page.words
        assert state(app, "pt-BR") == (False, True)

    @on_sqlite
    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("", "Write a language code."),
            ("english", "such as fr, pt-BR or zh-Hans"),
            ("xx", "No language is known by the code 'xx'."),
            ("x" * 40, "Field cannot be longer than 35 characters."),
            ("f\x00r", "control characters"),
            ("<script>", "such as fr"),
        ],
    )
    def test_what_is_no_code_is_said_beside_it(self, ada, code, said):
        refused = add(ada, code)
        assert refused.status == 422
        assert said in refused.one("p", id="code-error").words
        assert refused.one("input", id="code")["aria-invalid"] == "true"

    def test_what_is_there_is_a_conflict(self, ada):
        refused = add(ada, "FR")
        assert refused.status == 409
        assert "French (fr) is there already." in refused.words


class TestChange:
    def send(self, browser, url, **fields):
        return browser.send(browser.page(url), url, **fields)

    def test_names_direction_and_fallback_are_changed(self, ada, app):
        add(ada, "de")
        add(ada, "de-CH")
        swiss, german = path(app, "de-CH"), path(app, "de")
        answer = self.send(
            ada, swiss, name="Swiss", native_name="Schwyz", direction="rtl", fallback_id=german.rpartition("/")[2]
        )
        page = ada.follow(answer)
        assert "missing texts in German" in page.words
        with app.app_context():
            found = languages.find_by_code("de-CH")
            assert (found.name, found.native_name, found.direction) == ("Swiss", "Schwyz", "rtl")
        assert ada.page(swiss).values(swiss)["fallback_id"] == [german.rpartition("/")[2]]

    def test_a_circle_is_refused_beside_its_field(self, ada, app):
        add(ada, "de")
        french, german = path(app, "fr"), path(app, "de")
        self.send(ada, french, fallback_id=german.rpartition("/")[2], status=303)
        refused = self.send(ada, german, fallback_id=french.rpartition("/")[2])
        assert refused.status == 422
        assert "falls back to this one already" in refused.one("p", id="fallback_id-error").words

    @on_sqlite
    @pytest.mark.parametrize(
        "fields",
        [
            {"name": ""},
            {"native_name": "x" * 101},
            {"direction": "up"},
            {"fallback_id": "00000000-0000-4000-8000-000000000000"},
            {"fallback_id": "x"},
        ],
    )
    def test_what_it_cannot_keep_is_said(self, ada, app, fields):
        refused = self.send(ada, path(app, "fr"), **fields)
        assert refused.status == 422
        assert refused.one("title").words.startswith("Error:")

    def test_a_stale_form_overwrites_nothing(self, ada, app):
        url = path(app, "fr")
        old = ada.page(url)
        ada.send(old, url, name="First", status=303)
        refused = ada.send(old, url, name="Second")
        assert refused.status == 409
        assert "Somebody else has changed this language" in refused.words
        with app.app_context():
            assert languages.find_by_code("fr").name == "First"

    def test_the_default_has_no_fallback_to_choose(self, ada, app):
        assert ada.page(path(app, "en")).all("select") == []


class TestSteps:
    def step(self, browser, app, code, step, **options):
        return browser.send(browser.page("/languages/"), f"{path(app, code)}/{step}", **options)

    def test_a_language_becomes_the_default(self, ada, app):
        page = ada.follow(self.step(ada, app, "fr", "default"))
        assert "This is the default language now." in page.words
        assert (state(app, "fr"), state(app, "en")) == ((True, True), (False, True))

    def test_a_language_is_deactivated_and_comes_back(self, ada, app):
        page = ada.follow(self.step(ada, app, "fr", "deactivate"))
        assert "Its texts are kept." in page.words
        assert state(app, "fr") == (False, False)
        assert "Reactivated." in ada.follow(self.step(ada, app, "fr", "reactivate")).words
        assert state(app, "fr") == (False, True)

    def test_a_step_by_htmx_gives_the_list_and_a_toast(self, ada, app):
        answer = self.step(ada, app, "fr", "deactivate", htmx=True, status=200)
        assert [each.get("id") or each.name for each in answer.root.children] == ["languages-list", "hx-partial"]
        assert "Reactivate" in answer.words

    def test_the_default_offers_no_steps_and_takes_none(self, ada, app):
        page = ada.page("/languages/")
        assert page.all("form", action=f"{path(app, 'en')}/deactivate") == []
        token = page.values("/languages/")["csrf_token"]
        answer = ada.post(f"{path(app, 'en')}/deactivate", data={"csrf_token": token, "version": "1"})
        assert "This is the default language." in ada.seen(answer, 409).words
        assert state(app, "en") == (True, True)

    def test_a_stale_step_by_htmx_says_why(self, ada, app):
        old = ada.page("/languages/")
        self.step(ada, app, "fr", "deactivate", status=303)
        answer = ada.send(old, f"{path(app, 'fr')}/default", htmx=True, status=409)
        assert "Somebody else has changed this language" in answer.words
        assert state(app, "fr") == (False, False)


@on_sqlite
def test_the_page_holds_the_very_fragment_that_htmx_gets(ada):
    page = ada.page("/languages/")
    fragment = ada.get("/languages/", headers=HTMX)
    assert ada.seen(fragment, 200).root.children[0]["id"] == "languages-list"
    bare = [line.strip() for line in fragment.text.splitlines() if line.strip() and "csrf_token" not in line]
    whole = [line.strip() for line in page.html.splitlines() if line.strip() and "csrf_token" not in line]
    assert "\n".join(bare) in "\n".join(whole)


@on_sqlite
@pytest.mark.parametrize(
    "headers", [{"HX-Boosted": "true"}, {"HX-History-Restore-Request": "true"}, {"HX-Request-Type": "full"}]
)
def test_boosted_and_restored_pages_are_whole(ada, headers):
    answer = ada.get("/languages/", headers=HTMX | headers)
    assert ada.seen(answer, 200).heading == "Languages"
