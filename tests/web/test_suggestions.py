"""Suggestions beside a text: the fragment that a script asks for, and the page with forms without one."""

import pytest

from tests import factories
from tests.fixtures.app import browser_of, on_sqlite
from tests.fixtures.browser import HTMX
from webapp.domain import glossary, translations
from webapp.domain.models import Item
from webapp.domain.transaction import transaction
from webapp.infra.db import db


@pytest.fixture
def lakes(app, cast):
    """Two pictures with the same alt text in English, one of them translated: the other one and its gallery."""
    with app.app_context(), transaction():
        french = factories.language("fr")
        made = []
        for title in ("Summer", "Winter"):
            gallery = factories.gallery(cast.ed, title, pictures=1)
            item = db.session.query(Item).filter_by(gallery_id=gallery.id).one()
            factories.write(item, "en", cast.ed, alt="A <lake> at noon")
            made.append((gallery.id, item.id))
        translations.write(item, french.id, {"alt": "Un <lac> à midi"}, actor=cast.ed)
    return made[0]


def url(lakes, *, item=True):
    gallery_id, item_id = lakes
    return f"/galleries/{gallery_id}/translations/fr/{f'items/{item_id}' if item else 'texts'}/suggestions"


def draft(app, lakes, field="alt"):
    with app.app_context():
        row = translations.find(db.session.get(Item, lakes[1]), factories.language("fr").id)
        return (row.drafts.get(field) or {}).get("text") if row else None


class TestFragment:
    def test_a_script_gets_the_list_alone(self, tessa, lakes):
        answer = tessa.get(f"{url(lakes)}?field=alt", headers=HTMX)

        text = answer.get_data(as_text=True)
        assert text.lstrip().startswith('<div id="suggestions-found">')
        assert "Un &lt;lac&gt; à midi" in text
        assert "100%" in text
        assert "Winter" in text

    @on_sqlite
    def test_where_there_is_nothing_the_list_is_empty(self, tessa, lakes):
        text = tessa.get(f"{url(lakes)}?field=caption", headers=HTMX).get_data(as_text=True)

        assert 'id="suggestions-found"' in text
        assert "<li>" not in text
        assert "Words to use" not in text

    @on_sqlite
    def test_words_to_use_in_the_text_stand_beside_it(self, app, cast, tessa, lakes):
        with app.app_context(), transaction():
            french = factories.language("fr").id
            glossary.add(french, "lake", "lac", actor=cast.ed)
            glossary.add(french, "mountain", "montagne", actor=cast.ed)

        text = tessa.get(f"{url(lakes)}?field=alt", headers=HTMX).get_data(as_text=True)

        assert "Words to use" in text
        assert '<bdi lang="fr" dir="ltr">lac</bdi>' in text
        assert "montagne" not in text

    @on_sqlite
    def test_the_gallerys_own_texts_have_suggestions_too(self, tessa, lakes):
        assert tessa.get(f"{url(lakes, item=False)}?field=title", headers=HTMX).status_code == 200


class TestPage:
    def test_without_a_script_a_suggestion_becomes_a_draft(self, app, tessa, lakes):
        page = tessa.page(f"{url(lakes)}?field=alt")
        assert "Un <lac> à midi" in page.words

        done = tessa.send(page, url(lakes))

        assert done.status == 303
        assert done.headers["Location"].endswith(f"#row-{lakes[1]}")
        assert draft(app, lakes) == "Un <lac> à midi"

    def test_the_table_leads_to_the_page(self, tessa, lakes):
        page = tessa.page(f"/galleries/{lakes[0]}/translations/fr")

        assert [link for link in page.all("a") if link.get("href") == f"{url(lakes)}?field=alt"]
        assert page.one("section", id="suggestions-panel").get("data-module")

    @on_sqlite
    def test_what_somebody_else_types_is_not_written_over(self, app, cast, tessa, ed, lakes):
        page = tessa.page(f"{url(lakes)}?field=alt")
        with app.app_context(), transaction():
            item = db.session.get(Item, lakes[1])
            translations.draft(item, factories.language("fr").id, {"alt": "Un étang"}, actor=cast.ed)

        assert tessa.send(page, url(lakes)).status == 409
        assert draft(app, lakes) == "Un étang"


@on_sqlite
class TestRefusals:
    @pytest.mark.parametrize("field", ["", "credit", "id", "html' or 1"])
    def test_a_text_that_is_none_is_not_found(self, tessa, lakes, field):
        assert tessa.get(f"{url(lakes)}?field={field}", headers=HTMX).status_code == 404

    def test_a_gallery_or_language_that_is_not_there_is_not_found(self, tessa, lakes):
        none = "00000000-0000-4000-8000-000000000000"
        assert tessa.get(f"{url((none, lakes[1]))}?field=alt").status_code == 404
        assert tessa.get(f"{url((lakes[0], none))}?field=alt").status_code == 404
        assert tessa.get(f"{url(lakes).replace('/fr/', '/xx/')}?field=alt").status_code == 404

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_viewer_is_suggested_nothing(self, app, cast, lakes, method):
        vi = browser_of(app, cast.vi)
        token = vi.page("/profile").values("/profile")["csrf_token"]

        answer = vi.open(f"{url(lakes)}?field=alt", method=method, data={"csrf_token": token, "field": "alt"})

        assert answer.status_code == 403

    def test_a_translator_of_another_language_takes_nothing(self, app, cast, lakes):
        with app.app_context(), transaction():
            greta = factories.actor("Greta", "translator", speaks=("de",))
        browser = browser_of(app, greta)
        page = browser.page(f"{url(lakes)}?field=alt")

        assert browser.send(page, url(lakes)).status == 403
        assert draft(app, lakes) is None
