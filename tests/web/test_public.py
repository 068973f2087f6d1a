"""Public pages: what visitors get of a published gallery, by slug and language, and its preview by id."""

from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests import factories
from tests.fixtures.app import Cast
from tests.fixtures.browser import Browser
from tests.statements import counted
from webapp.domain import galleries, holds, items, translations
from webapp.domain.transaction import transaction

HTML = "<img src=x onerror=alert(1)>"


@pytest.fixture
def summer(app: Flask, cast: Cast) -> UUID:
    with app.app_context(), transaction():
        made = factories.gallery(cast.ed, "Summer", pictures=3, status="published", description="By the lake")
        factories.write(made, "fr", cast.ed, title="Été")
        first = items.get(made.id, factories.order(made.id)[0])
        factories.write(first, "en", cast.ed, caption="The quay", alt="A quay at dusk")
        factories.write(first, "fr", cast.ed, caption="Le quai")
        return made.id


def order(app: Flask, gallery_id: UUID) -> list[UUID]:
    with app.app_context():
        return factories.order(gallery_id)


def test_public_gallery_shows_title_description_and_pictures(client: Browser, summer: UUID) -> None:
    page = client.page("/g/summer")

    assert page.heading == "Summer"
    assert "By the lake" in page.words
    assert page.one("html")["lang"] == "en"
    assert len(page.all("img")) == 3
    assert page.all("img")[0]["alt"] == "A quay at dusk"
    assert all(img["width"] and img["height"] for img in page.all("img"))


def test_public_gallery_in_another_language_marks_what_falls_back(client: Browser, summer: UUID) -> None:
    page = client.page("/fr/g/summer")

    assert page.one("html")["lang"] == "fr"
    assert page.heading == "Été"
    assert "Le quai" in page.words
    assert page.one("p", lang="en").words == "By the lake"


def test_public_gallery_in_its_source_language_has_one_address(client: Browser, summer: UUID) -> None:
    answer = client.get("/en/g/summer")

    assert (answer.status_code, answer.location) == (301, "/g/summer")


def test_d11_public_gallery_leads_on_from_a_former_slug(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    first = order(app, summer)[0]
    with app.app_context(), transaction():
        galleries.update(galleries.get(summer), {"slug": "summer-2026"}, actor=cast.ed)

    assert client.get("/fr/g/summer").location == "/fr/g/summer-2026"
    assert client.get(f"/g/summer/{first}").location == f"/g/summer-2026/{first}"
    assert client.page("/g/summer-2026").heading == "Summer"


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_public_gallery_that_is_not_published_is_as_missing_as_any(
    app: Flask, client: Browser, cast: Cast, summer: UUID, status: str
) -> None:
    first = order(app, summer)[0]
    with app.app_context(), transaction():
        galleries.set_status(galleries.get(summer), status, actor=cast.ed)

    hidden = client.page("/g/summer", status=404)
    missing = client.page("/g/nowhere", status=404)

    assert hidden.words == missing.words
    assert client.get(f"/g/summer/{first}").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/g/nowhere",
        "/xx/g/summer",
        "/g/summer/00000000-0000-4000-8000-000000000000",
        "/g/summer?after=nonsense",
        "/g/%00",
        "/g/" + "a" * 5000,
        "/%F0%9F%98%80/g/summer",
        "/g/summer%2f..%2f..",
    ],
)
def test_public_addresses_that_lead_nowhere_answer_404(client: Browser, summer: UUID, address: str) -> None:
    assert client.get(address).status_code == 404


def test_public_answers_carry_no_cookie_and_can_be_kept(client: Browser, summer: UUID) -> None:
    answer = client.get("/g/summer")

    assert "Set-Cookie" not in answer.headers
    assert "public" in answer.headers["Cache-Control"]
    assert client.get("/g/summer", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_public_answers_are_the_same_for_people_with_an_account(client: Browser, ed: Browser, summer: UUID) -> None:
    assert client.get("/g/summer").data == ed.get("/g/summer").data


def test_public_page_tells_search_engines_where_it_is(client: Browser, summer: UUID) -> None:
    page = client.page("/fr/g/summer")

    links = {(link["rel"], link.get("hreflang")): link["href"] for link in page.all("link")}
    named = {meta.get("property"): meta.get("content") for meta in page.all("meta") if meta.get("property")}
    assert links["canonical", None] == "http://localhost/fr/g/summer"
    assert links["alternate", "en"] == links["alternate", "x-default"] == "http://localhost/g/summer"
    assert named["og:title"] == "Été"
    assert named["og:url"] == "http://localhost/fr/g/summer"
    assert named["og:image"].startswith("http://localhost/media/")


def test_public_item_stands_on_a_page_of_its_own(app: Flask, client: Browser, summer: UUID) -> None:
    first, second, third = order(app, summer)

    page = client.page(f"/fr/g/summer/{second}")

    assert page.one("a", rel="prev")["href"] == f"/fr/g/summer/{first}"
    assert page.one("a", rel="next")["href"] == f"/fr/g/summer/{third}"
    assert page.one("a", id="close")["href"] == f"/fr/g/summer#i-{second}"
    assert "2 / 3" in page.words


def test_public_page_shows_what_was_written_and_never_runs_it(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    first = order(app, summer)[0]
    with app.app_context(), transaction():
        gallery, item = galleries.get(summer), items.get(summer, first)
        fields = dict.fromkeys(("title", "description", "meta_title", "meta_description"), HTML)
        translations.write(gallery, gallery.source_language_id, fields, actor=cast.ed)
        words = dict.fromkeys(("title", "description", "caption", "alt"), HTML)
        translations.write(item, gallery.source_language_id, words, actor=cast.ed)

    for address in ("/g/summer", f"/g/summer/{first}"):
        assert HTML not in client.get(address).text
        assert "&lt;img src=x onerror=alert(1)&gt;" in client.get(address).text


def test_d09_public_page_stays_while_changes_are_held(app: Flask, client: Browser, cast: Cast, summer: UUID) -> None:
    before = client.get("/g/summer").data
    with app.app_context(), transaction():
        holds.hold(summer, actor=cast.ed)
    with app.app_context(), transaction():
        items.reorder(summer, factories.order(summer)[::-1], actor=cast.ed)
        factories.write(galleries.get(summer), "en", cast.ed, title="Autumn")

    assert client.get("/g/summer").data == before


@pytest.mark.parametrize("number", [1, 50])
def test_public_page_asks_the_database_equally_often(app: Flask, client: Browser, cast: Cast, number: int) -> None:
    with app.app_context(), transaction():
        factories.gallery(cast.ed, "Many", pictures=number, status="published")
    client.get("/g/many")

    with app.app_context(), counted() as sent:
        assert client.get("/g/many").status_code == 200

    assert len(sent) == 11


def test_preview_shows_a_draft_to_whoever_may_read(app: Flask, vi: Browser, cast: Cast) -> None:
    with app.app_context(), transaction():
        made = factories.gallery(cast.ed, "Secret", pictures=2)
        factories.write(made, "fr", cast.ed, title="Secrète")
        secret, first = made.id, factories.order(made.id)[0]

    page = vi.page(f"/galleries/{secret}/preview?lang=fr")

    assert page.heading == "Secrète"
    assert "draft" in page.words
    assert page.one("meta", name="robots")["content"] == "noindex"
    assert f"/galleries/{secret}/preview/{first}?lang=fr" in {link["href"] for link in page.all("a")}
    assert vi.get(f"/galleries/{secret}/preview/{first}").status_code == 200


def test_preview_is_for_people_with_an_account(client: Browser, summer: UUID) -> None:
    answer = client.get(f"/galleries/{summer}/preview")

    assert answer.status_code == 303
    assert answer.location.startswith("/login")


def test_preview_of_what_is_not_there_answers_404(ed: Browser, summer: UUID) -> None:
    for address in (f"/galleries/{uuid4()}/preview", f"/galleries/{summer}/preview?lang=xx", "/galleries/x/preview"):
        assert ed.get(address).status_code == 404


def test_preview_shows_the_working_state_while_changes_are_held(
    app: Flask, ed: Browser, cast: Cast, summer: UUID
) -> None:
    with app.app_context(), transaction():
        holds.hold(summer, actor=cast.ed)
    with app.app_context(), transaction():
        factories.write(galleries.get(summer), "en", cast.ed, title="Autumn")

    assert ed.page(f"/galleries/{summer}/preview").heading == "Autumn"
