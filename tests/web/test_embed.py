"""What anybody's page gets of a gallery: the script, its JSON, a page for a frame, and oEmbed."""

import gzip
import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import factories
from tests.fixtures.app import Cast, on_sqlite
from tests.fixtures.browser import Browser
from tests.statements import counted
from webapp.domain import galleries, holds, item_kinds, items, translations
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.web.headers import FRAMED, POLICY

pytestmark = on_sqlite
MARKUP = (
    "<h2>Lanterns</h2><p style='color:#2f3fe0'>at <b>ten</b><br><a href='https://example.org/'>here</a> &lt;b&gt;</p>"
)


@pytest.fixture
def summer(app: Flask, cast: Cast) -> UUID:
    """A picture with all its texts, one with none, a text and a video."""
    with app.app_context(), transaction():
        for code in ("fr", "ar", "pt"):
            factories.language(code)
        made = factories.gallery(cast.ed, "Summer", pictures=2, status="published", description="By the lake")
        factories.write(made, "fr", cast.ed, title="Été")
        factories.write(made, "ar", cast.ed, title="صيف")
        first = items.get(made.id, factories.order(made.id)[0])
        factories.write(first, "en", cast.ed, title="One", caption="The quay", alt="A quay", description="At night")
        factories.write(first, "fr", cast.ed, caption="Le quai")
        item_kinds.add_text(made.id, html=MARKUP, style={"width": 600, "height": 400}, actor=cast.ed)
        item_kinds.add_video(made.id, "https://youtu.be/NCtzkaL2t_Y", title="The concert", actor=cast.ed)
        return made.id


def read(client: Browser, gallery_id: UUID, query: str = "", *, status: int = 200) -> Any:
    answer = client.get(f"/embed/{gallery_id}.json{query}")
    assert answer.status_code == status
    return answer.json


def stand(app: Flask, cast: Cast, gallery_id: UUID, status: str) -> None:
    with app.app_context(), transaction():
        galleries.set_status(galleries.get(gallery_id), status, actor=cast.ed)


def is_for_anybody(answer: TestResponse) -> bool:
    return (
        answer.headers["Access-Control-Allow-Origin"] == "*"
        and answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        and "Access-Control-Allow-Credentials" not in answer.headers
        and "Set-Cookie" not in answer.headers
    )


def test_embed_script_is_for_any_page_and_asked_for_again(client: Browser) -> None:
    answer = client.get("/element.js", headers={"Accept-Encoding": "gzip"})
    again = client.get("/element.js", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]})

    assert is_for_anybody(answer)
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert b'customElements.define("vitrine-gallery"' in gzip.decompress(answer.data)
    assert (again.status_code, again.data) == (304, b"")


def test_embed_script_is_one_file_of_at_most_fifteen_kilobytes(client: Browser) -> None:
    packed = client.get("/element.js", headers={"Accept-Encoding": "gzip"}).data
    plain = client.get("/element.js", headers={"Accept-Encoding": "identity"})

    assert len(packed) <= 15_000
    assert "Content-Encoding" not in plain.headers
    assert "\nimport " not in plain.text


def test_embed_gives_what_visitors_see(client: Browser, summer: UUID) -> None:
    found = read(client, summer)
    one, two, text, video = found["items"]

    assert (found["id"], found["title"], found["url"], found["count"]) == (str(summer), "Summer", "/g/summer", 4)
    assert found["language"] == {"code": "en", "direction": "ltr"}
    assert (one["title"], one["caption"], one["alt"], one["description"]) == ("One", "The quay", "A quay", "At night")
    assert (one["picture"]["width"], one["picture"]["height"]) == (1600, 1200)
    assert one["href"] == f"/g/summer/{one['id']}"
    assert [width for width, _ in one["picture"]["files"]["jpg"]] == sorted(
        width for width, _ in one["picture"]["files"]["jpg"]
    )
    assert all(path.startswith("/media/") for _, path in one["picture"]["files"]["jpg"])
    assert {"title", "caption", "alt"} & two.keys() == set()
    assert (text["kind"], text["box"]["ratio"]) == ("text", 1.5)
    assert video["video"] == {"url": "https://www.youtube.com/watch?v=NCtzkaL2t_Y", "provider": "YouTube"}


def test_embed_gives_texts_as_trees_with_their_styles(client: Browser, summer: UUID) -> None:
    found = read(client, summer)
    tree = found["items"][2]["text"]

    assert tree[0] == ["h2", {}, "Lanterns"]
    assert tree[1][0] == "p"
    assert tree[1][2:5] == ["at ", ["b", {}, "ten"], ["br", {}]]
    assert tree[1][5] == ["a", {"href": "https://example.org/"}, "here"]
    assert tree[1][6] == " <b>"
    assert "light-dark(#2f3fe0, #93a0ff)" in found["styles"]
    assert f".{tree[1][1]['class']}" in found["styles"]


@pytest.mark.parametrize(
    ("asked", "title"),
    [("fr", "Été"), ("FR", "Été"), ("fr-CA", "Été"), ("", "Summer"), ("xx", "Summer"), ("%00", "Summer")],
)
def test_embed_speaks_the_language_of_the_page_or_the_nearest(
    client: Browser, summer: UUID, asked: str, title: str
) -> None:
    assert read(client, summer, f"?lang={asked}")["title"] == title


def test_d20_embed_says_which_language_a_text_fell_back_to(client: Browser, summer: UUID) -> None:
    found = read(client, summer, "?lang=ar")

    assert found["language"] == {"code": "ar", "direction": "rtl"}
    assert found["items"][0]["caption"] == {"text": "The quay", "lang": "en", "dir": "ltr"}
    assert read(client, summer, "?lang=fr")["items"][0]["caption"] == "Le quai"


def test_embed_words_are_the_gallerys_and_leave_room_for_what_they_name(client: Browser, summer: UUID) -> None:
    english, french = read(client, summer)["words"], read(client, summer, "?lang=fr")["words"]

    assert english["picture"] == "Picture {number}"
    assert "{title}" in french["video"]
    assert english["next"] != french["next"]


def test_embed_is_for_any_origin_without_cookies(ed: Browser, summer: UUID) -> None:
    answer = ed.get(f"/embed/{summer}.json", headers={"Origin": "https://example.org"})

    assert is_for_anybody(answer)
    assert answer.headers["Access-Control-Expose-Headers"] == "ETag"
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_d36_embed_is_asked_again_by_its_tag_until_something_changes(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    tag = client.get(f"/embed/{summer}.json").headers["ETag"]
    same = client.get(f"/embed/{summer}.json", headers={"If-None-Match": tag})
    with app.app_context(), transaction():
        factories.write(galleries.get(summer), "en", cast.ed, title="Winter")
    other = client.get(f"/embed/{summer}.json", headers={"If-None-Match": tag})

    assert (same.status_code, same.data) == (304, b"")
    assert (other.status_code, other.json["title"]) == (200, "Winter")


def test_embed_comes_page_by_page(app: Flask, client: Browser, cast: Cast, summer: UUID) -> None:
    with app.app_context(), transaction():
        factories.fill(galleries.get(summer), 60, by=cast.ed)

    first = read(client, summer)
    second = read(client, summer, f"?after={first['after']}")

    assert (len(first["items"]), len(second["items"]), second["after"]) == (60, 4, None)
    assert [each["number"] for each in second["items"]] == [61, 62, 63, 64]
    read(client, summer, "?after=nonsense", status=404)


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_embed_of_what_is_not_published_is_as_missing_as_any(
    app: Flask, client: Browser, cast: Cast, summer: UUID, status: str
) -> None:
    assert read(client, summer)["count"] == 4
    stand(app, cast, summer, status)

    hidden, missing = client.get(f"/embed/{summer}.json"), client.get(f"/embed/{uuid4()}.json")

    assert (hidden.status_code, hidden.data) == (missing.status_code, missing.data) == (404, missing.data)
    assert is_for_anybody(hidden)
    assert hidden.json["words"]["none"] == hidden.json["message"] == "Nothing is here."
    assert client.get(f"/embed/{summer}.json?lang=fr").json["words"]["next"] != hidden.json["words"]["next"]
    assert hidden.headers["Cache-Control"] == "no-store"


def test_d12_embed_ends_when_its_time_is_up(app: Flask, client: Browser, cast: Cast, summer: UUID) -> None:
    assert read(client, summer)["count"] == 4
    with app.app_context(), transaction():
        galleries.get(summer).unpublish_at = now() - timedelta(seconds=1)

    read(client, summer, status=404)


def test_d09_embed_shows_the_copy_while_changes_are_held(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    with app.app_context(), transaction():
        holds.hold(summer, actor=cast.ed)
        factories.write(galleries.get(summer), "en", cast.ed, title="Winter")
        items.trash(summer, factories.order(summer)[:1], actor=cast.ed)

    found = read(client, summer)

    assert (found["title"], found["count"]) == ("Summer", 4)


def test_d08_embed_shows_no_draft_and_nothing_of_who_works_here(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    with app.app_context(), transaction():
        language = factories.language("en")
        translations.draft(galleries.get(summer), language.id, {"title": "Not said yet"}, actor=cast.ed)

    said = client.get(f"/embed/{summer}.json").text

    assert "Not said yet" not in said
    assert "example.org/" in said
    assert cast.ed.email not in said
    assert {"author", "version", "slug"} & json.loads(said).keys() == set()


def test_embed_asks_as_much_for_one_item_as_for_thirty_and_little_again(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    with app.app_context(), counted() as few:
        read(client, summer)
    with app.app_context(), counted() as again:
        read(client, summer)
    with app.app_context(), transaction():
        factories.fill(galleries.get(summer), 30, by=cast.ed)
    with app.app_context(), counted() as many:
        read(client, summer)

    assert len(few) == len(many)
    assert len(again) == 2


# ---- the page for a frame ----


def test_embed_frame_may_stand_in_any_page_and_nothing_else_may(client: Browser, summer: UUID) -> None:
    page = client.page(f"/embed/{summer}")
    other = client.get("/g/summer")

    assert page.headers["Content-Security-Policy"] == FRAMED == POLICY.replace("ancestors 'none'", "ancestors *")
    assert "X-Frame-Options" not in page.headers
    assert "Set-Cookie" not in page.headers
    assert (other.headers["Content-Security-Policy"], other.headers["X-Frame-Options"]) == (POLICY, "DENY")


def test_embed_frame_shows_the_element_and_without_scripts_pictures(client: Browser, summer: UUID) -> None:
    page = client.page(f"/embed/{summer}?lang=fr")
    element = page.one("vitrine-gallery")

    assert (element["gallery"], element["lang"]) == (str(summer), "fr")
    assert page.heading == "Été"
    assert '<meta name="robots" content="noindex">' in page.html
    assert [link["target"] for link in element.all("a")] == ["_blank"] * 3
    assert element.all("img")[0]["alt"] == "A quay"
    assert page.one("link", rel="canonical")["href"] == "http://localhost/fr/g/summer"
    assert [script["src"] for script in page.all("script")] == ["/element.js"]


def test_embed_frame_of_nothing_says_so_where_a_frame_can_show_it(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    stand(app, cast, summer, "draft")

    page = client.page(f"/embed/{summer}", status=404)

    assert page.heading == "Nothing is here."
    assert page.headers["Content-Security-Policy"] == FRAMED
    assert page.headers["Cache-Control"] == "no-store"
    assert page.all("script") == []


# ---- oEmbed ----


def ask(client: Browser, url: str, **more: str) -> TestResponse:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return client.get(f"/oembed?url={quote(url, safe='')}{query}")


def test_oembed_gives_a_frame_of_a_gallery(client: Browser, summer: UUID) -> None:
    answer = ask(client, "http://localhost/g/summer", format="json")
    said = answer.json

    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert (said["version"], said["type"], said["title"]) == ("1.0", "rich", "Summer")
    assert (said["width"], said["height"]) == (960, 640)
    assert f'src="http://localhost/embed/{summer}"' in said["html"]
    assert said["html"].startswith("<iframe ")
    assert (said["thumbnail_width"], said["thumbnail_height"]) == (1280, 960)
    assert said["thumbnail_url"].startswith("http://localhost/media/")
    assert is_for_anybody(answer)


@pytest.mark.parametrize(
    ("given", "width", "height"),
    [
        ({"maxwidth": "400"}, 400, 640),
        ({"maxwidth": "9999", "maxheight": "300"}, 960, 300),
        ({"maxwidth": "1"}, 120, 640),
    ],
)
def test_oembed_keeps_within_what_is_asked(
    client: Browser, summer: UUID, given: dict[str, str], width: int, height: int
) -> None:
    said = ask(client, "http://localhost/g/summer", **given).json

    assert (said["width"], said["height"]) == (width, height)
    assert f'width="{width}" height="{height}"' in said["html"]


@pytest.mark.parametrize(
    ("path", "title", "src"),
    [
        ("/fr/g/summer", "Été", "?lang=fr"),
        ("/g/summer?after=x#items", "Summer", ""),
        ("/embed/{}", "Summer", ""),
    ],
    ids=["french", "query", "frame"],
)
def test_oembed_knows_the_addresses_of_a_gallery(
    client: Browser, summer: UUID, path: str, title: str, src: str
) -> None:
    said = ask(client, f"http://localhost{path.format(summer)}").json

    assert said["title"] == title
    assert f'src="http://localhost/embed/{summer}{src}"' in said["html"]


def test_oembed_escapes_what_a_title_says(app: Flask, client: Browser, cast: Cast, summer: UUID) -> None:
    with app.app_context(), transaction():
        factories.write(galleries.get(summer), "en", cast.ed, title='"><script>alert(1)</script>')

    assert "<script" not in ask(client, "http://localhost/g/summer").json["html"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://localhost/g/no-such-gallery",
        "http://elsewhere.example/g/summer",
        "http://localhost/galleries/",
        "javascript://localhost/g/summer",
        "http://localhost/embed/00000000-0000-4000-8000-000000000000",
        "http://localhost/embed/------------------------------------",
        "http://[/g/summer",
    ],
)
def test_oembed_of_what_is_not_here(client: Browser, summer: UUID, url: str) -> None:
    answer = ask(client, url)

    assert (answer.status_code, answer.mimetype) == (404, "application/json")


def test_oembed_of_what_is_not_public(app: Flask, client: Browser, cast: Cast, summer: UUID) -> None:
    stand(app, cast, summer, "draft")

    assert ask(client, "http://localhost/g/summer").status_code == 404


def test_oembed_speaks_json_alone(client: Browser, summer: UUID) -> None:
    assert ask(client, "http://localhost/g/summer", format="xml").status_code == 501
    assert ask(client, "http://localhost/g/summer", maxwidth="wide").status_code == 400


def test_oembed_is_found_from_the_gallerys_page(client: Browser, summer: UUID) -> None:
    page = client.page("/fr/g/summer")
    address = page.one("link", type="application/json+oembed")["href"]

    said = client.get(address.removeprefix("http://localhost")).json

    assert said["title"] == "Été"
    assert (
        client.page(f"/g/summer/{read(client, summer)['items'][0]['id']}").all("link", type="application/json+oembed")
        == []
    )
