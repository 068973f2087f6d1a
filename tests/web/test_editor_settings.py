"""The gallery's own fields through the editor: address, status, author, source language, and going public."""

from uuid import UUID

from tests import factories
from tests.fixtures.app import browser_of, on_sqlite
from tests.races import race
from webapp.domain import site_order, slugs
from webapp.domain.models import Revision
from webapp.domain.transaction import transaction
from webapp.infra.db import db

HERE = {"Sec-Fetch-Site": "same-origin"}


def token(page):
    """The page's own token against forged requests."""
    return page.one("meta", name="csrf-token")["content"]


def save(browser, ground, *, page=None, status=None, htmx=False, **fields):
    """Open the settings, change them, and save."""
    return browser.send(page or browser.page(ground.url), f"{ground.url}settings", status=status, htmx=htmx, **fields)


def slug(ground):
    """The gallery's address by now."""
    with ground.app.app_context():
        return slugs.of(ground.id)


def test_settings_are_saved(ed, ground):
    with ground.app.app_context():
        french = str(factories.language("fr").id)

    answer = save(
        ed,
        ground,
        status=303,
        slug="late-summer",
        standing="archived",
        author=str(ground.cast.ada.id),
        source_language=french,
    )

    gallery = ground.gallery()
    assert answer.headers["Location"] == ground.url
    assert (slug(ground), gallery.status) == ("late-summer", "archived")
    assert (gallery.author_id, str(gallery.source_language_id)) == (ground.cast.ada.id, french)


def test_an_author_is_taken_away(ed, ground):
    save(ed, ground, status=303, author="")

    assert ground.gallery().author_id is None


def test_a_save_of_nothing_changes_nothing(ed, ground):
    version = ground.gallery().version

    save(ed, ground, status=303)

    assert ground.gallery().version == version


def test_htmx_gets_the_panel_and_the_top(ed, ground):
    answer = save(ed, ground, status=200, htmx=True, slug="late-summer", standing="published")

    assert answer.root.children[0]["id"] == "editor-inspector"
    partial = answer.one("hx-partial")
    assert partial["hx-target"] == "#editor-top"
    assert "Published" in partial.one("h1").words


def test_settings_that_cannot_be_are_shown_again(ed, ground):
    page = ed.page(ground.url)
    for field, value in (
        ("slug", ""),
        ("slug", "Not A Slug"),
        ("slug", "x"),
        ("slug", "x" * 256),
        ("standing", "gone"),
        ("author", str(UUID(int=1))),
        ("author", "nobody"),
        ("source_language", "klingon"),
    ):
        answer = save(ed, ground, page=page, status=422, **{field: value})
        assert answer.one("div", id="errors"), (field, value)

    assert (slug(ground), ground.gallery().version) == ("summer", 1)


def test_d11_a_taken_address_is_a_conflict_shown_in_the_form(ed, ground):
    with ground.app.app_context(), transaction():
        factories.gallery(ground.cast.ed, "Autumn")

    answer = save(ed, ground, status=409, slug="autumn")

    assert "Gallery slug already exists" in answer.one("div", id="errors").words
    assert answer.one("input", id="gallery-slug")["value"] == "autumn"
    assert slug(ground) == "summer"


def test_d25_settings_that_somebody_else_changed_are_not_overwritten(ed, ground):
    page = ed.page(ground.url)
    ground.update(slug="theirs", actor=ground.cast.ada)

    answer = save(ed, ground, page=page, status=409, slug="mine", standing="archived")

    assert "Ada saved while you were typing" in answer.words
    assert (slug(ground), ground.gallery().status) == ("theirs", "draft")
    ed.send(answer, f"{ground.url}settings", status=303, choice_slug="mine")
    assert (slug(ground), ground.gallery().status) == ("mine", "archived")


def test_d25_different_settings_go_together(ed, ground):
    page = ed.page(ground.url)
    ground.update(slug="theirs", actor=ground.cast.ada)

    save(ed, ground, page=page, status=303, author="")

    assert (slug(ground), ground.gallery().author_id) == ("theirs", None)


def test_d25_two_editors_at_one_setting_lose_nothing(ground, app):
    people = [browser_of(app, person) for person in (ground.cast.ed, ground.cast.ada)]
    pages = [browser.page(ground.url) for browser in people]

    def press(place):
        return lambda: save(people[place], ground, page=pages[place], slug=f"slug-{place}")

    answers = race(app, press(0), press(1))

    assert sorted(answer.status for answer in answers) == [303, 409]
    won = next(place for place, answer in enumerate(answers) if answer.status == 303)
    assert slug(ground) == f"slug-{won}"


def test_d12_publishing_makes_the_gallery_public_and_keeps_a_revision(ed, ground):
    page = ed.page(ground.url)
    button = page.one("button", id="publish")
    sent = {"csrf_token": token(page), "version": "1", button["name"]: button["value"]}

    page = ed.follow(ed.seen(ed.post(f"{ground.url}publication", data=sent, headers=HERE), 303))

    assert ground.gallery().status == "published"
    assert "The gallery is public." in page.words
    assert "Changes go live at once" in page.words
    assert page.all("button", id="publish") == []
    assert page.one("a", id="view")["href"] == "/g/summer"
    with ground.app.app_context():
        assert db.session.query(Revision).count() == 1


def test_d25_publishing_on_an_old_page_is_refused(ed, ground):
    page = ed.page(ground.url)
    ground.update(slug="theirs", actor=ground.cast.ada)

    sent = {"csrf_token": token(page), "version": "1", "status": "published"}
    answer = ed.seen(ed.post(f"{ground.url}publication", data=sent, headers=HERE), 409)

    assert "Somebody else changed this gallery" in answer.words
    assert ground.gallery().status == "draft"


def test_a_status_that_is_none_is_refused(ed, ground):
    page = ed.page(ground.url)
    for status, version in (("gone", "1"), ("", "1"), ("published", "x")):
        sent = {"csrf_token": token(page), "version": version, "status": status}
        assert ed.post(f"{ground.url}publication", data=sent, headers=HERE).status_code == 422

    assert ground.gallery().status == "draft"


def test_translators_and_viewers_change_no_settings(tessa, vi, ground):
    for browser in (tessa, vi):
        sent = {"csrf_token": token(browser.page(ground.url)), "slug": "theirs", "status": "published"}
        for path in ("settings", "publication"):
            assert browser.post(f"{ground.url}{path}", data=sent, headers=HERE).status_code == 403

    assert (slug(ground), ground.gallery().status) == ("summer", "draft")


def test_settings_of_nothing_are_not_found(ed, ground):
    sent = {"csrf_token": token(ed.page(ground.url)), "slug": "nowhere", "status": "published"}

    for path in ("settings", "publication"):
        assert ed.post(f"/galleries/{UUID(int=1)}/{path}", data=sent, headers=HERE).status_code == 404


@on_sqlite
def test_settings_say_which_number_the_gallery_has_on_the_site(ed, ground, cast):
    assert "None yet" in ed.page(ground.url).one("div", id="editor-settings").words
    with ground.app.app_context(), transaction():
        first = factories.gallery(cast.ed, "First").id
        site_order.add([first, ground.id], actor=cast.ed)

    assert "Number 2 of 2." in ed.page(ground.url).one("div", id="editor-settings").words
