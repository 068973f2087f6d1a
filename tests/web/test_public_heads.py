"""What public pages tell machines: addresses, languages, a picture beside the link, and what they are about."""

import io
from uuid import UUID

import extruct
import pytest
from flask import Flask
from PIL import Image

from tests import factories
from tests.fixtures.app import Cast, on_sqlite
from tests.fixtures.browser import Browser, Page
from tests.statements import counted
from tests.uploads import upload
from webapp.domain import crops, galleries, items, renditions, site_order
from webapp.domain.transaction import transaction

pytestmark = on_sqlite


@pytest.fixture
def summer(app: Flask, cast: Cast) -> UUID:
    """A gallery whole in English and French, which falls back in German and Arabic."""
    with app.app_context(), transaction():
        for code in ("fr", "de", "ar"):
            factories.language(code)
        made = factories.gallery(cast.ed, "Summer", pictures=70, status="published", description="By the lake")
        factories.write(made, "fr", cast.ed, title="Été")
        first = items.get(made.id, factories.order(made.id)[0])
        factories.write(first, "en", cast.ed, caption="The quay", alt="A quay at dusk")
        return made.id


def links(page: Page, rel: str) -> dict[str | None, str]:
    found = [link for link in page.all("link", rel=rel) if link.get("type") != "application/json+oembed"]
    return {link.get("hreflang"): link["href"] for link in found}


def said(page: Page) -> dict[str, str]:
    return {meta["property"]: meta["content"] for meta in page.all("meta") if meta.get("property")}


def test_heads_alternates_lead_back_from_every_twin(client: Browser, summer: UUID) -> None:
    seen: dict[str, dict[str | None, str]] = {}
    waiting = ["http://localhost/g/summer"]
    while waiting:
        address = waiting.pop()
        page = client.page(address.removeprefix("http://localhost"))
        seen[address] = links(page, "alternate")
        assert links(page, "canonical") == {None: address}
        waiting += [each for each in seen[address].values() if each not in seen]

    assert set(seen) == {"http://localhost/g/summer", "http://localhost/fr/g/summer"}
    for address, twins in seen.items():
        assert address in twins.values()
        assert twins["x-default"] == "http://localhost/g/summer"
        assert all(address in seen[twin].values() for twin in twins.values())


def test_heads_of_an_item_lead_back_from_every_twin(app: Flask, client: Browser, summer: UUID) -> None:
    with app.app_context():
        first = factories.order(summer)[0]
    addresses = {"en": f"http://localhost/g/summer/{first}", "fr": f"http://localhost/fr/g/summer/{first}"}

    for address in addresses.values():
        page = client.page(address.removeprefix("http://localhost"))
        assert links(page, "canonical") == {None: address}
        assert links(page, "alternate") == {**addresses, "x-default": addresses["en"]}
    assert links(client.page(f"/de/g/summer/{first}"), "canonical") == {None: addresses["en"]}


@pytest.mark.parametrize("number", [2, 50])
def test_heads_ask_the_database_equally_often(app: Flask, client: Browser, cast: Cast, number: int) -> None:
    with app.app_context(), transaction():
        made = [factories.gallery(cast.ed, name, pictures=number, status="published") for name in ("Many", "More")]
        site_order.add([each.id for each in made], actor=cast.ed)
        last = factories.order(made[0].id)[-1]
    client.get("/g/many")

    with app.app_context(), counted() as page:
        assert client.get("/g/many").status_code == 200
    with app.app_context(), counted() as item:
        assert client.get(f"/g/many/{last}").status_code == 200

    assert (len(page), len(item)) == (16, 23)


@pytest.mark.parametrize("code", ["de", "ar"])
def test_heads_of_a_page_that_falls_back_point_to_where_its_texts_are(
    client: Browser, summer: UUID, code: str
) -> None:
    page = client.page(f"/{code}/g/summer")

    assert links(page, "canonical") == {None: "http://localhost/g/summer"}
    assert [link for link in page.all("link", rel="alternate") if link.get("hreflang")] == []


def test_heads_of_a_later_page_are_its_own(client: Browser, summer: UUID) -> None:
    first = client.page("/g/summer")
    later = first.one("a", id="more")["href"]
    page = client.page(later)

    assert links(page, "canonical") == {None: f"http://localhost{later}"}
    assert links(page, "alternate")["fr"] == f"http://localhost/fr{later}"
    assert page.one("a", id="earlier")["href"] == "/g/summer"


def test_heads_of_a_page_after_nothing_are_the_firsts(client: Browser, summer: UUID) -> None:
    page = client.page("/g/summer?after=00000000-0000-4000-8000-000000000000")

    assert links(page, "canonical") == {None: "http://localhost/g/summer"}


@pytest.mark.parametrize(("path", "code", "name"), [("/g/summer", "en", "Summer"), ("/fr/g/summer", "fr", "Été")])
def test_heads_describe_the_gallery_to_a_reader_of_page_data(
    client: Browser, summer: UUID, path: str, code: str, name: str
) -> None:
    found = extruct.extract(client.get(path).text, syntaxes=["json-ld"])["json-ld"]

    assert [each["@type"] for each in found] == ["ImageGallery"]
    assert (found[0]["inLanguage"], found[0]["name"]) == (code, name)
    assert found[0]["url"] == f"http://localhost{path}"
    assert len(found[0]["hasPart"]) == 60
    first = found[0]["hasPart"][0]
    assert (first["@type"], first["width"], first["height"]) == ("ImageObject", 1600, 1200)
    assert first["contentUrl"].endswith("/w1280.jpg")
    assert first["caption"] == "The quay"


def test_heads_prefer_the_pages_language_to_what_was_written_for_engines_in_another(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    with app.app_context(), transaction():
        meant = {"meta_title": "Summer, online", "meta_description": "Seventy pictures"}
        factories.write(galleries.get(summer), "en", cast.ed, **meant)

    english, french = client.page("/g/summer"), client.page("/fr/g/summer")

    assert english.one("title").words == "Summer, online · Vitrine"
    assert french.one("title").words == "Été · Vitrine"
    assert (said(english)["og:title"], said(french)["og:title"]) == ("Summer, online", "Été")
    assert said(french)["og:description"] == "Seventy pictures"


def test_heads_data_cannot_end_its_own_element(app: Flask, client: Browser, cast: Cast, summer: UUID) -> None:
    evil = "</script><script>alert(1)</script>"
    with app.app_context(), transaction():
        factories.write(galleries.get(summer), "en", cast.ed, title=evil)

    html = client.get("/g/summer").text

    assert "<script>alert" not in html
    assert extruct.extract(html, syntaxes=["json-ld"])["json-ld"][0]["name"] == evil


def test_heads_of_an_item_describe_the_picture(app: Flask, client: Browser, summer: UUID) -> None:
    with app.app_context():
        first = factories.order(summer)[0]

    html = client.get(f"/g/summer/{first}").text

    found = extruct.extract(html, syntaxes=["json-ld"])["json-ld"][0]
    assert (found["@type"], found["caption"]) == ("ImageObject", "The quay")
    assert found["url"] == f"http://localhost/g/summer/{first}"


def test_heads_close_an_item_where_it_stands(app: Flask, client: Browser, summer: UUID) -> None:
    with app.app_context():
        order = factories.order(summer)

    page = client.page(f"/g/summer/{order[64]}")

    back = page.one("a", id="close")["href"]
    assert back == f"/g/summer?after={order[59]}#i-{order[64]}"
    assert client.page(back.partition("#")[0]).all("li", id=f"i-{order[64]}")


@pytest.fixture
def wide(app: Flask, cast: Cast) -> UUID:
    """A gallery of one photo with a place in its metadata, whose focal point lies at its right end."""
    with app.app_context():
        storage = app.extensions["vitrine-storage"]
        media_id = upload(storage, width=2400, height=800)
        renditions.work_off(storage)
        with transaction():
            made = factories.gallery(cast.ed, "Wide", status="published")
            added = items.add(made.id, [media_id], actor=cast.ed)
            items.change(added[0], {"focal_x": 1.0, "focal_y": 0.5}, actor=cast.ed)
        crops.plan()
        renditions.work_off(storage)
        return made.id


def test_heads_picture_is_cut_round_the_focal_point_and_says_nothing_else(client: Browser, wide: UUID) -> None:
    named = said(client.page("/g/wide"))
    answer = client.get(named["og:image"].removeprefix("http://localhost"), buffered=True)

    picture = Image.open(io.BytesIO(answer.data)).convert("RGB")
    assert picture.size == (int(named["og:image:width"]), int(named["og:image:height"])) == (1200, 630)
    red, green, blue = picture.getpixel((1190, 10))  # type: ignore[misc]
    assert (red < 80, green > 180, blue < 80) == (True, True, True), "the right upper corner is lime"
    assert picture.getpixel((10, 10)) != (255, 0, 0)
    assert "immutable" in answer.headers["Cache-Control"]
    assert not any(mark in answer.data for mark in (b"Exif", b"GPS", b"ns.adobe.com", b"Fujica"))


def test_heads_picture_is_gone_with_the_gallery(app: Flask, client: Browser, cast: Cast, wide: UUID) -> None:
    address = said(client.page("/g/wide"))["og:image"].removeprefix("http://localhost")
    assert client.get(address, buffered=True).status_code == 200
    with app.app_context(), transaction():
        galleries.set_status(galleries.get(wide), "draft", actor=cast.ed)

    assert client.get(address).status_code == 404


def test_heads_picture_is_no_request_s_work(app: Flask, client: Browser, cast: Cast, wide: UUID) -> None:
    """What the worker has not cut yet is shown whole, and nobody who asks has anything made."""
    with app.app_context():
        storage = app.extensions["vitrine-storage"]
        before = sorted(path.name for path in storage.root.rglob("*.jpg"))
        with transaction():
            (item_id,) = factories.order(wide)
            items.change(items.get(wide, item_id), {"focal_x": 0.0, "focal_y": 0.5}, actor=cast.ed)
        crops.forget(storage)

    named = said(client.page("/g/wide"))
    answer = client.get(named["og:image"].removeprefix("http://localhost"), buffered=True)

    assert named["og:image"].endswith("/w1920.jpg")
    size = (int(named["og:image:width"]), int(named["og:image:height"]))
    assert Image.open(io.BytesIO(answer.data)).size == size == (1920, 640)
    after = sorted(path.name for path in storage.root.rglob("*.jpg"))
    assert set(before) - set(after) == {"og-20-10-w1200.jpg"}
    assert set(after) <= set(before)


def test_heads_of_an_item_and_of_the_site_show_a_picture_that_is_there(
    app: Flask, client: Browser, cast: Cast, wide: UUID
) -> None:
    with app.app_context():
        (item_id,) = factories.order(wide)
        with transaction():
            site_order.add([wide], actor=cast.ed)

    for address in (f"/g/wide/{item_id}", "/g/"):
        named = said(client.page(address))
        answer = client.get(named["og:image"].removeprefix("http://localhost"), buffered=True)
        size = (int(named["og:image:width"]), int(named["og:image:height"]))
        assert Image.open(io.BytesIO(answer.data)).size == size == (1200, 630)


def test_heads_of_a_gallery_without_a_place_name_no_feed(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    kinds = [link.get("type", "") for link in client.page("/g/summer").all("link", rel="alternate")]

    assert [kind for kind in kinds if kind not in ("", "application/json+oembed")] == []

    with app.app_context(), transaction():
        site_order.add([summer], actor=cast.ed)

    feeds = [link for link in client.page("/g/summer").all("link", rel="alternate") if link.get("type")]
    assert [client.get(link["href"].removeprefix("http://localhost")).mimetype for link in feeds] == [
        "application/rss+xml",
        "application/feed+json",
        "application/json",
    ]
