"""The pages of the exchange: texts sent out as files, files looked through and taken."""

import csv
import io

import pytest
from werkzeug.datastructures import FileStorage

from tests import factories
from tests.fixtures.app import browser_of, on_sqlite
from tests.statements import counted
from webapp.domain import translations
from webapp.domain.exchange import formats
from webapp.domain.transaction import transaction
from webapp.web.exchange import uploads

PAGE = "/translations/exchange/"
UPLOADS = "/translations/exchange/uploads"
NONE = f"{UPLOADS}/00000000-0000-4000-8000-000000000000"


@pytest.fixture
def lake(app, cast):
    """A gallery whose French texts are missing: its id and the id of its title."""
    with app.app_context(), transaction():
        factories.language("fr")
        gallery = factories.gallery(cast.ed, "The <lake>", description="=Seen from afar")
        return gallery.id


def french(app, lake, field="title"):
    from webapp.domain import galleries

    with app.app_context():
        row = translations.find(galleries.get(lake), factories.language("fr").id)
        return getattr(row, field) if row else None


def file_of(text, name="back.csv"):
    return FileStorage(io.BytesIO(text if isinstance(text, bytes) else text.encode()), filename=name)


def table(lake, title, language="fr", source="The <lake>"):
    return f"id,language,target,source\ngallery.{lake}.title,{language},{title},{source}\n"


def bring(browser, text, **fields):
    """Send a file by the form, and return where it leads."""
    page = browser.page(PAGE)
    token = page.values(UPLOADS)["csrf_token"]
    return browser.post(UPLOADS, data={"csrf_token": token, "file": file_of(text), **fields})


def got(browser, **asked):
    return browser.get(f"{PAGE}file", query_string={"language": "fr", "source": "en", "state": "missing", **asked})


class TestSendOut:
    @pytest.mark.parametrize("name", formats.FORMATS)
    def test_texts_leave_in_each_format(self, tessa, lake, name):
        answer = got(tessa, format=name)

        assert (answer.status_code, answer.mimetype) == (200, formats.FORMATS[name].mime_type)
        assert (
            answer.headers["Content-Disposition"] == f"attachment; filename=texts-fr.{formats.FORMATS[name].ending}"
        )
        assert answer.headers["Cache-Control"] == "no-store"
        assert [each.source for each in formats.read(answer.data)[1]] == ["The <lake>", "=Seen from afar"]

    @on_sqlite
    def test_one_gallery_leaves_alone_under_its_own_name(self, app, cast, tessa, lake):
        with app.app_context(), transaction():
            factories.gallery(cast.ed, "Another")

        answer = got(tessa, format="po", gallery=str(lake))

        assert "the-lake-fr.po" in answer.headers["Content-Disposition"]
        assert b"Another" not in answer.data

    @on_sqlite
    def test_the_form_begins_as_the_address_says(self, tessa, lake):
        page = tessa.page(f"{PAGE}?gallery={lake}&language=fr&state=stale")

        form = page.form(f"{PAGE}file")
        assert "The <lake>" in form.words
        assert form.one("input", name="gallery")["value"] == str(lake)
        assert form.one("option", value="fr").get("selected") is not None
        assert [box["value"] for box in form.all("input", name="state") if box.get("checked") is not None] == [
            "stale"
        ]

    @on_sqlite
    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({"state": "stale"}, "There are no such texts."),
            ({"language": "tlh"}, "Not a valid choice"),
            ({"format": "docx"}, "Not a valid choice"),
            ({"state": "lost"}, "state-error"),
        ],
    )
    def test_what_cannot_be_sent_is_said(self, tessa, lake, asked, said):
        answer = got(tessa, **{"format": "po", **asked})

        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)

    @on_sqlite
    @pytest.mark.parametrize("gallery", ["nonsense", "00000000-0000-4000-8000-000000000000"])
    def test_a_gallery_that_is_not_there_is_not_found(self, tessa, lake, gallery):
        assert got(tessa, format="po", gallery=gallery).status_code == 404
        assert tessa.get(f"{PAGE}?gallery={gallery}").status_code == 404

    def test_the_page_asks_the_same_of_the_database_for_one_gallery_and_for_thirty(self, app, cast, tessa, lake):
        def queries():
            tessa.get(PAGE)
            with app.app_context(), counted() as sent:
                tessa.get(PAGE)
            return len(sent)

        before = queries()
        with app.app_context(), transaction():
            for number in range(30):
                factories.gallery(cast.ed, f"Gallery {number}")

        assert queries() == before


class TestTakeIn:
    def test_a_file_is_looked_through_and_then_taken(self, app, tessa, lake):
        answer = bring(tessa, table(lake, "Le lac"))
        assert answer.status_code == 303
        page = tessa.page(answer.location)
        assert "1 text would be written" in page.one("ul", id="counts").words
        assert "Le lac" in page.words
        assert french(app, lake) is None

        done = tessa.send(page, f"{answer.location}/application")

        assert done.status == 303
        assert french(app, lake) == "Le lac"
        page = tessa.page(answer.location)
        assert "1 text was written" in page.one("ul", id="counts").words
        assert page.all("button", id="apply") == []

    def test_one_page_says_how_far_the_goes_of_a_large_file_are(self, app, tessa, lake, monkeypatch):
        monkeypatch.setattr(uploads.uploads, "AT_ONCE", 1)
        answer = bring(tessa, table(lake, "Le lac") + f"gallery.{lake}.description,fr,Vu,=Seen from afar\n")
        page = tessa.page(answer.location)
        assert "2 texts would be written" in page.one("ul", id="counts").words
        assert "in several goes" in page.words

        tessa.send(page, f"{answer.location}/application")
        page = tessa.page(answer.location)
        said = "1 text was written. 1 is still to be written.0 texts are refused."
        assert page.one(id="counts").words == said
        assert page.one("h2", id="outcome-title").words == "Part of it is written"
        assert page.one("button", id="discard").words == "Leave the rest"

        tessa.send(page, f"{answer.location}/application")
        assert "2 texts were written.0 texts are refused" in tessa.page(answer.location).one(id="counts").words
        assert (french(app, lake), french(app, lake, "description")) == ("Le lac", "Vu")

    def test_texts_are_refused_one_by_one_in_words(self, app, tessa, lake):
        answer = bring(tessa, table(lake, "Le lac") + f"gallery.{lake}.description,fr,Vu,Old\nnonsense,fr,X,Y\n")
        page = tessa.page(answer.location)

        assert "2 texts are refused" in page.words
        assert "The source has changed since the file was made." in page.words
        assert "No text of this site has this id." in page.words
        tessa.send(page, f"{answer.location}/application")
        assert (french(app, lake), french(app, lake, "description")) == ("Le lac", None)

    def test_the_report_is_a_table_without_formulas(self, tessa, lake):
        answer = bring(tessa, table(lake, "=1+1"))

        report = tessa.get(f"{answer.location}/report.csv")

        rows = list(csv.reader(io.StringIO(report.get_data(as_text=True).removeprefix("\ufeff"), newline="")))
        assert rows[1][0] == f"gallery.{lake}.title"
        assert rows[1][-1] == "'=1+1"
        assert "attachment" in report.headers["Content-Disposition"]

    def test_what_people_wrote_is_replaced_where_that_is_chosen(self, app, cast, ed, lake):
        with app.app_context(), transaction():
            from webapp.domain import galleries

            factories.write(galleries.get(lake), "fr", cast.tessa, title="L’étang")

        kept = ed.page(bring(ed, table(lake, "Le lac")).location)
        replaced = ed.page(bring(ed, table(lake, "Le lac"), replace="y").location)

        assert "A person has written this text." in kept.words
        assert "1 text would be written" in replaced.words

    def test_a_file_is_thrown_away(self, app, tessa, lake):
        answer = bring(tessa, table(lake, "Le lac"))
        page = tessa.page(answer.location)

        tessa.send(page, f"{answer.location}/removal")

        assert tessa.get(answer.location).status_code == 404
        assert french(app, lake) is None

    def test_nobody_else_sees_a_file(self, tessa, ed, lake):
        answer = bring(tessa, table(lake, "Le lac"))
        token = ed.page(PAGE).values(UPLOADS)["csrf_token"]

        assert ed.get(answer.location).status_code == 404
        assert ed.get(f"{answer.location}/report.csv").status_code == 404
        for deed in ("application", "removal"):
            assert ed.post(f"{answer.location}/{deed}", data={"csrf_token": token}).status_code == 404
        assert tessa.get(answer.location).status_code == 200

    @on_sqlite
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "This file is empty."),
            (b"<xliff", "This is no whole XML"),
            (b'<!DOCTYPE x [<!ENTITY e "x">]><x>&e;</x>', "document type"),
            (b"id,language,target\n", "There is no text in this file."),
        ],
    )
    def test_a_damaged_file_is_refused_beside_its_field(self, tessa, lake, content, said):
        answer = bring(tessa, content)

        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)

    @on_sqlite
    def test_no_file_is_asked_for(self, tessa, lake):
        page = tessa.page(PAGE)
        answer = tessa.post(UPLOADS, data={"csrf_token": page.values(UPLOADS)["csrf_token"]})

        assert answer.status_code == 422
        assert "Choose a file." in answer.get_data(as_text=True)

    @on_sqlite
    def test_a_file_too_large_is_refused_in_words(self, tessa, lake, monkeypatch):
        monkeypatch.setattr(uploads, "MOST_BYTES", 1000)
        answer = bring(tessa, b"x" * 70_000)

        assert answer.status_code == 413
        assert "larger than 16 MiB" in answer.get_data(as_text=True)

    @on_sqlite
    def test_what_stands_in_a_file_runs_nowhere(self, tessa, lake):
        evil = "<script>window.__vitrine_xss=1</script>"
        answer = bring(tessa, table(lake, evil) + f'"{evil}",fr,"{evil}",x\n')

        page = tessa.page(answer.location)

        assert evil not in page.html
        assert evil in page.words


@on_sqlite
class TestPermissions:
    @pytest.mark.parametrize(
        ("method", "url"),
        [
            ("POST", UPLOADS),
            ("GET", NONE),
            ("GET", f"{NONE}/report.csv"),
            ("POST", f"{NONE}/application"),
            ("POST", f"{NONE}/removal"),
        ],
    )
    def test_a_viewer_takes_nothing_in(self, app, cast, method, url):
        vi = browser_of(app, cast.vi)
        token = vi.page("/profile").values("/profile")["csrf_token"]

        assert vi.open(url, method=method, data={"csrf_token": token}).status_code == 403

    def test_a_viewer_is_shown_no_form_to_take_in(self, vi, lake):
        page = vi.page(PAGE)

        assert page.all("form", id="import") == []
        assert got(vi, format="po").status_code == 200

    @pytest.mark.parametrize("url", [PAGE, f"{PAGE}file", NONE])
    def test_strangers_sign_in_first(self, client, cast, url):
        assert client.get(url).status_code == 303
