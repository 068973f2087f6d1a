"""Share links over HTTP: made by editors, opened by visitors within their policy, reviewed, withdrawn."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests import factories
from tests.fixtures.app import Cast, on_sqlite
from tests.fixtures.browser import HTMX, Browser, Page
from tests.statements import counted
from webapp.domain import galleries, items, lockout, notes
from webapp.domain.models import Share, ShareNote, ShareVisit
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

NEAR = {"Sec-Fetch-Site": "same-origin"}

pytestmark = on_sqlite


@pytest.fixture
def summer(app: Flask, cast: Cast) -> UUID:
    with app.app_context(), transaction():
        made = factories.gallery(cast.ed, "Summer", pictures=3, description="By the lake")
        factories.write(made, "fr", cast.ed, title="Été")
        first = items.get(made.id, factories.order(made.id)[0])
        factories.write(first, "en", cast.ed, caption="The quay", alt="A quay at dusk")
        return made.id


def order(app: Flask, gallery_id: UUID) -> list[UUID]:
    with app.app_context():
        return factories.order(gallery_id)


def link(browser: Browser, gallery_id: UUID, **fields: str | None) -> str:
    """Make a link by its form and return its path."""
    url = f"/galleries/{gallery_id}/shares"
    made = browser.send(browser.page(url), url, label="Ines", status=201, **fields)
    return str(made.one("input", id="link")["value"]).removeprefix("http://localhost")


def enter(app: Flask, path: str, **told: str) -> Browser:
    """Come in by a link with a browser of one's own."""
    browser = Browser(app)
    browser.send(browser.page(path), f"{path}/visits", status=303, **told)
    return browser


def share_of(app: Flask, path: str) -> dict[str, Any]:
    from webapp.infra import tokens

    with app.app_context():
        row = db.session.query(Share).filter(Share.token_hash == tokens.digest(path[3:])).one()
        return {"id": row.id, "uses": row.uses}


def rows(app: Flask, model: type) -> int:
    with app.app_context():
        return int(db.session.query(model).count())


def ask(browser: Browser, path: str, page: Page | None = None, **told: str | None) -> Page:
    """Ask for a change by the form beside the gallery."""
    return browser.send(page or browser.page(path), f"{path}/notes", **{"words": "Too dark"} | told)


# ---- the page of links ----


def test_shares_page_makes_a_link_and_shows_it_once(ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)

    page = ed.page(f"/galleries/{summer}/shares")
    assert re.fullmatch(r"/s/[\w-]{43}", path)
    assert path not in page.html
    assert "Ines" in page.one("ul", id="share-rows").words


def test_shares_page_shows_a_refused_form_again(ed: Browser, summer: UUID) -> None:
    url = f"/galleries/{summer}/shares"

    again = ed.send(ed.page(url), url, label="", max_uses="many", password="short", status=422)

    assert {each["href"] for each in again.one("div", id="errors").all("a")} == {"#label", "#max_uses", "#password"}


@pytest.mark.parametrize("who", ["tessa", "vi", "client"])
def test_shares_are_for_who_may_update_galleries(
    who: str, app: Flask, summer: UUID, cast: Cast, request: pytest.FixtureRequest
) -> None:
    browser: Browser = request.getfixturevalue(who)
    base = f"/galleries/{summer}"
    wanted = 302 if who == "client" else 403

    for url in (f"{base}/shares", f"{base}/notes", "/shares/"):
        assert browser.get(url).status_code in (wanted, 303), url
    assert browser.post(f"{base}/shares", data={"label": "x"}, headers=NEAR).status_code >= 303
    assert rows(app, Share) == 0


def test_shares_are_made_by_post_alone(app: Flask, ed: Browser, summer: UUID) -> None:
    ed.page(f"/galleries/{summer}/shares?label=Ines&state=working&days=14")

    assert rows(app, Share) == 0


def test_shares_of_a_missing_gallery_are_missing(ed: Browser) -> None:
    ed.page(f"/galleries/{uuid4()}/shares", status=404)


def test_shares_of_the_site_are_for_admins(ada: Browser, ed: Browser, summer: UUID) -> None:
    link(ed, summer)

    page = ada.page("/shares/")

    assert "Ines" in page.words
    assert "Summer" in page.words
    ed.page("/shares/", status=403)


def test_links_of_somebody_deactivated_are_shown_and_withdrawn(
    app: Flask, ada: Browser, ed: Browser, cast: Cast, summer: UUID
) -> None:
    path = link(ed, summer)
    person = f"/users/{cast.ed.id}"
    ada.send(ada.page(person), f"{person}/deactivate", status=303)
    assert "1 share link of theirs still works: see the share links." in ada.page("/users/").words
    assert app.test_client().get(path).status_code == 200

    page = ada.page("/shares/")
    assert "made by Ed (deactivated)" in page.words
    ada.send(page, f"/shares/makers/{cast.ed.id}/revocation", status=303)

    assert "1 link no longer works." in ada.page("/shares/").words
    assert app.test_client().get(path).status_code == 410


def test_share_log_says_who_opened_it_and_how_often(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)
    ines = enter(app, path, name="Ines Ferrand")
    for _ in range(2):
        ines.page(path).response.close()

    words = ed.page(f"/galleries/{summer}/shares").words

    assert "opened 1 time" in words
    assert "Ines Ferrand" in words
    assert "2 pages" in words


def test_share_gets_a_new_address(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)
    share = share_of(app, path)
    url = f"/galleries/{summer}/shares"

    made = ed.send(ed.page(url), f"{url}/{share['id']}/address", status=201)

    fresh = str(made.one("input", id="link")["value"]).removeprefix("http://localhost")
    assert Browser(app).get(path).status_code == 410
    assert enter(app, fresh).page(fresh).heading == "Summer"


# ---- the door ----


def test_share_without_a_password_names_its_gallery_at_the_door(client: Browser, ed: Browser, summer: UUID) -> None:
    page = client.page(link(ed, summer))

    assert page.heading == "Summer"
    assert "Ed shows you a gallery" in page.words
    assert "By the lake" not in page.html


def test_share_with_a_password_tells_nothing_of_its_gallery_before(
    app: Flask, client: Browser, ed: Browser, summer: UUID
) -> None:
    path = link(ed, summer, password="quiet evening")

    page = client.page(path)

    assert "Summer" not in page.html
    assert str(summer) not in page.html
    again = client.send(page, f"{path}/visits", password="guess", status=422)
    assert "not the password" in again.words
    assert "share" not in str(again.headers.get_all("Set-Cookie"))
    assert rows(app, ShareVisit) == 0


def test_share_password_lets_in(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer, password="quiet evening")

    assert enter(app, path, password="quiet evening").page(path).heading == "Summer"


def test_share_password_tries_are_limited(
    app: Flask, ed: Browser, summer: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lockout, "ACCOUNT_TRIES", 2)
    path = link(ed, summer, password="quiet evening")
    browser = Browser(app)
    page = browser.page(path)
    for _ in range(2):
        browser.send(page, f"{path}/visits", password="guess", status=422)

    locked = browser.send(page, f"{path}/visits", password="quiet evening", status=429)

    assert int(locked.headers["Retry-After"]) > 0


def test_share_is_looked_at_by_machines_without_a_use(app: Flask, client: Browser, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer, max_uses="1")
    for _ in range(3):
        client.page(path)

    assert share_of(app, path)["uses"] == 0
    enter(app, path)


@pytest.mark.parametrize("password", ["", "quiet evening"])
def test_used_up_share_says_so_instead_of_a_door(app: Flask, ed: Browser, summer: UUID, password: str) -> None:
    path = link(ed, summer, max_uses="1", password=password)
    late = Browser(app)
    door = late.page(path)
    inside = enter(app, path, password=password)

    gone = Browser(app).page(path, status=410)

    assert "as often as it may be" in gone.words
    assert gone.all("form") == []
    assert inside.page(path).heading == "Summer"
    refused = late.send(door, f"{path}/visits", password=password, status=409)
    assert "as often as it may be" in refused.words


def test_share_cookie_is_of_that_link_alone(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)
    browser = Browser(app)

    answer = browser.send(browser.page(path), f"{path}/visits", status=303)

    given = [each for each in answer.headers.get_all("Set-Cookie") if each.startswith("share=")]
    assert len(given) == 1
    assert f"Path={path}" in given[0]
    assert "HttpOnly" in given[0]
    assert "SameSite=Lax" in given[0]
    assert len(given[0].split("=", 1)[1].split(";")[0]) >= 43


def test_share_cookie_is_secure_where_the_site_is(environ: dict[str, str], request: pytest.FixtureRequest) -> None:
    environ["VITRINE_BASE_URL"] = "https://localhost"
    app, ed = request.getfixturevalue("app"), request.getfixturevalue("ed")
    gallery_id = request.getfixturevalue("summer")
    url = f"/galleries/{gallery_id}/shares"
    with app.app_context(), transaction():
        from webapp.domain import shares
        from webapp.web import door  # noqa: F401

        cast: Cast = request.getfixturevalue("cast")
        _share, address = shares.make(
            gallery_id,
            {
                "label": "Ines",
                "code": None,
                "state": "working",
                "days": 1,
                "password": None,
                "max_uses": None,
                "downloads": False,
            },
            base_url="https://localhost",
            actor=cast.ed,
        )
    path = address.removeprefix("https://localhost")
    assert url
    assert ed
    browser = Browser(app)
    page = browser.page(path, base_url="https://localhost")
    token = page.one("input", name="csrf_token")["value"]
    sent = {"data": {"csrf_token": token}, "base_url": "https://localhost", "headers": NEAR}
    answer = browser.post(f"{path}/visits", **sent)

    given = [each for each in answer.headers.get_all("Set-Cookie") if each.startswith("__Secure-share=")]
    assert len(given) == 1
    assert "Secure;" in given[0]


def test_share_pages_are_kept_indexed_and_named_by_nobody(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)
    ines, item = enter(app, path), order(app, summer)[0]

    for url in (path, f"{path}/{item}", f"{path}/{uuid4()}"):
        headers = ines.get(url).headers
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]
    assert 'content="noindex' in ines.page(path).html


def test_share_takes_no_change_from_another_site(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)
    ines = enter(app, path, name="Ines")
    sent = ines.page(path).values(f"{path}/notes") | {"words": "Too dark"}

    assert ines.post(f"{path}/notes", data=sent, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    unsigned = {name: value for name, value in sent.items() if name != "csrf_token"}
    assert ines.post(f"{path}/notes", data=unsigned, headers=NEAR).status_code == 400
    assert rows(app, ShareNote) == 0
    assert ines.post(f"{path}/notes", data=sent, headers={"Origin": "null"}).status_code == 303


def test_share_is_left_on_this_device(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)
    ines = enter(app, path)

    ines.send(ines.page(path), f"{path}/leave", status=303)

    assert "By the lake" not in ines.page(path).html


# ---- what is shown ----


def test_share_shows_a_draft_with_addresses_of_the_link_alone(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)

    page = enter(app, path).page(path)

    assert page.heading == "Summer"
    assert "Not public yet." in page.words
    sources = [each.get("src", "") for each in page.all("img")] + [each["srcset"] for each in page.all("source")]
    assert sources
    assert all(each.startswith(f"{path}/media/") for each in sources)
    assert f"/galleries/{summer}" not in page.html
    assert 'href="/g/' not in page.html


def test_share_of_one_language_shows_no_other(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer, language="fr")
    ines = enter(app, path)

    page = ines.page(path)

    assert page.heading == "Été"
    assert page.root.one("html")["lang"] == "fr"
    assert page.all(id="share-languages") == []
    ines.page(f"{path}?lang=en", status=404)


def test_share_of_all_languages_leads_to_each(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)
    ines = enter(app, path)

    page = ines.page(f"{path}?lang=fr")

    assert page.heading == "Été"
    assert {each["href"] for each in page.one(id="share-languages").all("a")} == {path, f"{path}?lang=fr"}


def test_share_item_has_a_page_with_the_way_back(app: Flask, ed: Browser, summer: UUID) -> None:
    path, first = link(ed, summer), order(app, summer)[0]
    ines = enter(app, path)

    page = ines.page(f"{path}/{first}")

    assert "The quay" in page.words
    assert page.one(id="ask-open")["href"] == f"{path}?about={first}#ask"
    assert page.all(id="download") == []
    assert ines.page(f"{path}?about={first}").values(f"{path}/notes")["about"] == [str(first)]


def test_share_item_leads_strangers_to_the_door(app: Flask, client: Browser, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)

    answer = client.get(f"{path}/{order(app, summer)[0]}")

    assert (answer.status_code, answer.headers["Location"]) == (303, path)


def test_share_page_asks_the_same_of_the_database_whatever_its_items(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)
    ines = enter(app, path)
    numbers = []
    for more in (0, 30):
        if more:
            with app.app_context(), transaction():
                factories.fill(galleries.get(summer), more, by=factories.actor("Bob", "editor"))
        with app.app_context(), counted() as sent:
            ines.get(path)
        numbers.append(len([each for each in sent if not each.startswith("UPDATE")]))

    assert numbers[0] == numbers[1]


# ---- asking for changes ----


def test_note_is_asked_for_by_a_plain_form_and_seen_by_editors(app: Flask, ed: Browser, summer: UUID) -> None:
    path, first = link(ed, summer), order(app, summer)[0]
    ines = enter(app, path, name="Ines")

    sent = ask(ines, path, about=str(first), x="25", y="50", field="caption")

    assert sent.status == 303
    told = ines.page(path)
    assert "note 1" in told.words
    assert "25% from the left, 50% from the top" in told.words
    seen = ed.page(f"/galleries/{summer}/notes")
    assert "Too dark" in seen.words
    assert "by the link for Ines" in seen.words
    assert "English" in [each.words for each in seen.one("article").all("bdi")]
    assert f"/galleries/{summer}/?item={first}" in [each["href"] for each in seen.all("a")]


@pytest.mark.parametrize("view", ["cards", "table"])
def test_list_leads_who_may_change_to_notes_that_wait(
    app: Flask, ed: Browser, vi: Browser, summer: UUID, view: str
) -> None:
    path, where = link(ed, summer), f"/galleries/?view={view}"
    assert "asked for" not in ed.page(where).words
    ines = enter(app, path, name="Ines")
    ask(ines, path)
    ask(ines, path)

    led = ed.page(where).one("a", class_="asked")
    assert led["href"] == f"/galleries/{summer}/notes"
    assert led.words.endswith("2 changes asked for")
    assert "asked for" not in vi.page(where).words


def test_note_is_asked_for_of_an_item_behind_the_page(app: Flask, ed: Browser, summer: UUID, cast: Cast) -> None:
    with app.app_context(), transaction():
        factories.fill(galleries.get(summer), 70, by=cast.ed)
    path, last = link(ed, summer), order(app, summer)[-1]
    ines = enter(app, path, name="Ines")

    page = ines.page(f"{path}?about={last}")

    assert page.values(f"{path}/notes")["about"] == [str(last)]
    ask(ines, path, page, status=303)
    assert "Item 73" in ines.page(path).words
    assert ines.page(f"{path}?about={uuid4()}").values(f"{path}/notes")["about"] == [""]


def test_note_that_is_refused_stands_in_the_form(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)
    ines = enter(app, path)

    again = ask(ines, path, words="Too dark", x="140", y="50", status=422)

    assert again.values(f"{path}/notes")["words"] == ["Too dark"]
    assert again.all(role="alert")
    assert rows(app, ShareNote) == 0


def test_note_asks_for_a_name_once(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)
    ines = enter(app, path)
    assert ines.page(path).all("input", id="note-name")

    ask(ines, path, name="Ines Ferrand", status=303)

    again = ines.page(path)
    assert again.all("input", name="name") == []
    assert "Ines Ferrand" in again.words


def test_note_is_answered_and_solved_by_both_sides(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)
    ines = enter(app, path, name="Ines")
    ask(ines, path, status=303)
    url = f"/galleries/{summer}/notes"
    with app.app_context():
        note = f"notes/{db.session.query(ShareNote).one().id}"

    ed.send(ed.page(url), f"/galleries/{summer}/{note}/answers", words="Swapped, please look again", status=303)
    answered = ines.page(path)
    assert answered.one("p", class_="answered").one("span", dir="auto").words == "Swapped, please look again"
    ines.send(answered, f"{path}/{note}/answers", words="Thank you", status=303)
    ines.send(ines.page(path), f"{path}/{note}/solution", solved="yes", status=303)

    assert "Swapped, please look again" in answered.words
    seen = ed.page(url)
    assert "Thank you" in seen.words
    assert "Solved by Ines" in seen.words
    ed.send(seen, f"/galleries/{summer}/{note}/solution", solved="no", status=303)
    assert "Solved by" not in ines.page(path).words


def test_note_of_another_link_cannot_be_answered(app: Flask, ed: Browser, summer: UUID) -> None:
    one, other = link(ed, summer), link(ed, summer)
    ask(enter(app, one, name="Ines"), one, status=303)
    theo = enter(app, other, name="Theo")
    with app.app_context():
        note_id = db.session.query(ShareNote).one().id
    token = theo.page(other).values(f"{other}/notes")["csrf_token"]

    for deed in ("answers", "solution"):
        answer = theo.post(f"{other}/notes/{note_id}/{deed}", data={"csrf_token": token, "words": "x"}, headers=NEAR)
        assert answer.status_code == 404


def test_notes_are_limited_in_number(app: Flask, ed: Browser, summer: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "VISIT_NOTES", 1)
    path = link(ed, summer)
    ines = enter(app, path, name="Ines")
    ask(ines, path, status=303)

    assert ask(ines, path, status=429).headers["Retry-After"]
    assert rows(app, ShareNote) == 1


def test_note_words_are_escaped_on_both_sides(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer, language="en")
    ines = enter(app, path, name="<b>Ines</b>")
    ask(ines, path, words="<img src=x onerror=alert(1)>", status=303)

    for page in (ines.page(path), ed.page(f"/galleries/{summer}/notes"), ed.page(f"/galleries/{summer}/shares")):
        assert "<img src=x" not in page.html
        assert "<b>Ines</b>" not in page.html


def test_notes_of_an_item_come_into_the_panel(app: Flask, ed: Browser, summer: UUID) -> None:
    path, ids = link(ed, summer), order(app, summer)
    ines = enter(app, path, name="Ines")
    ask(ines, path, about=str(ids[0]), status=303)
    ask(ines, path, about=str(ids[1]), words="Too bright", status=303)

    panel = ed.seen(ed.get(f"/galleries/{summer}/notes?item={ids[0]}", headers=HTMX), 200)
    editor = ed.page(f"/galleries/{summer}/?item={ids[0]}")

    assert "Too dark" in panel.words
    assert "Too bright" not in panel.words
    assert editor.one("a", id="asked").words == "2 changes asked for"
    beside = editor.one("section", id="item-notes")
    assert "Too dark" in beside.words
    assert "Too bright" not in beside.words
    action = beside.all("form")[0]["action"]
    led = ed.send(editor, action, solved="yes", status=303)
    assert led.headers["Location"] == f"/galleries/{summer}/?item={ids[0]}"
    assert "1 change asked for" in ed.page(f"/galleries/{summer}/").words


# ---- approving ----


def test_approval_is_shown_until_it_is_stale(app: Flask, ed: Browser, summer: UUID, cast: Cast) -> None:
    path = link(ed, summer)
    ines = enter(app, path, name="Ines")
    page = ines.page(path)
    token = page.values(f"{path}/notes")["csrf_token"]
    seen = page.all("input", name="seen")[0]["value"]

    sent = {"data": {"csrf_token": token, "seen": seen}, "headers": NEAR}
    assert ines.post(f"{path}/approvals", **sent).status_code == 303
    url = f"/galleries/{summer}/shares"
    assert "Approved by Ines" in ed.page(url).words
    assert "Changed since" not in ed.page(url).words

    with app.app_context(), transaction():
        factories.write(galleries.get(summer), "en", cast.ed, title="Autumn")

    assert "Changed since: texts" in ed.page(url).words
    assert "Changed since: texts" in ines.page(path).words
    late = ines.post(f"{path}/approvals", **sent)
    assert late.status_code == 409
    assert "changed while you looked" in late.get_data(as_text=True)


# ---- the end ----


def test_share_that_is_withdrawn_is_gone_at_once(app: Flask, ed: Browser, summer: UUID) -> None:
    path, first = link(ed, summer), order(app, summer)[0]
    ines = enter(app, path, name="Ines")
    page = ines.page(path)
    picture = page.all("img")[0]["src"]
    token = page.values(f"{path}/notes")["csrf_token"]
    url = f"/galleries/{summer}/shares"

    ed.send(ed.page(url), f"{url}/{share_of(app, path)['id']}/revocation", status=303)

    for address in (path, f"{path}/{first}", picture):
        assert ines.get(address).status_code == 410, address
    answer = ines.post(f"{path}/notes", data={"csrf_token": token, "words": "x"}, headers=NEAR)
    assert answer.status_code == 410
    assert "Withdrawn" in ed.page(url).words


def test_share_that_ended_is_gone(app: Flask, ed: Browser, summer: UUID) -> None:
    path = link(ed, summer)
    ines = enter(app, path)
    with app.app_context(), transaction():
        db.session.query(Share).one().expires_at = now() - timedelta(seconds=1)

    assert "ended or was withdrawn" in ines.page(path, status=410).words
