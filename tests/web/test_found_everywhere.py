"""Whatever door or form wrote it, it is found by what it says now and no longer by what it said (§3 of the list)."""

import pytest

from tests import factories
from tests.api.cms.conftest import Program
from tests.fixtures.app import on_sqlite
from webapp.domain import galleries, indexing, items, keys, revisions, search, tags
from webapp.domain.models import Item, User
from webapp.domain.transaction import transaction
from webapp.infra.db import db

pytestmark = on_sqlite
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def found(app):
    """Say by kind and id what has these words; every entry has to be what a rebuild would make of it."""

    def ask(query):
        with app.app_context():
            assert list(indexing.differing()) == []
            assert indexing.is_whole()
            return {(hit.kind, hit.id) for hit in search.page(query).rows}

    return ask


@pytest.fixture
def program(app, cast):
    """A program that writes over /api/v1 as Ada."""
    with app.app_context(), transaction():
        _, key = keys.add(db.session.get_one(User, cast.ada.id), name="tests", actor=cast.ada)
    return Program(app, key)


def post(browser, path, **fields):
    token = browser.page("/galleries/").one("meta", name="csrf-token")["content"]
    answer = browser.post(path, data={"csrf_token": token, **fields}, headers=HERE)
    assert answer.status_code == 303, answer.text
    return answer


def send(browser, address, path, **fields):
    """Fill the form of a page that is sent to a path."""
    page = browser.page(address)
    action = next(form["action"] for form in page.all("form") if form.get("action", "").partition("?")[0] == path)
    return browser.send(page, action, status=303, **fields)


# ---- the dashboard's forms ----


def test_what_is_saved_of_a_gallery_is_found(ed, ground, found):
    it = {("gallery", ground.id)}
    send(ed, f"{ground.url}?lang=fr", f"{ground.url}texts/fr", title="Crépuscule", description="Au bord du quai")
    send(ed, ground.url, f"{ground.url}settings", slug="lanterns-2026")

    assert found("crepuscule") == found("quai") == found("lanterns") == it
    send(ed, f"{ground.url}?lang=fr", f"{ground.url}texts/fr", title="Aurore", description="")
    send(ed, ground.url, f"{ground.url}settings", slug="lights")
    assert found("crepuscule") == found("quai") == found("lanterns") == set()
    assert found("aurore lights") == it


def test_what_is_saved_of_an_item_is_found(ed, ground, found):
    first = ground.items[0]
    path = f"{ground.url}items/{first}"
    send(ed, f"{ground.url}?item={first}", path, caption="Herons", alt="Two birds", tags="reeds, dusk")

    assert found("herons") == found("birds") == found("reeds dusk") == {("item", first)}
    send(ed, f"{ground.url}?item={first}", path, caption="Gulls", alt="", tags="dusk")
    assert found("herons") == found("birds") == found("reeds") == set()
    assert found("gulls dusk") == {("item", first)}


def test_what_a_text_item_says_is_found_and_shown(ed, ground, found):
    post(ed, f"{ground.url}items/text")
    item_id = ground.order()[-1]
    path = f"{ground.url}items/{item_id}"
    send(ed, f"{ground.url}?item={item_id}", path, html="<h2>Opening&nbsp;night</h2><p>Wine</p>")

    assert found("opening wine") == {("item", item_id)}
    assert ed.page("/search?q=opening").one("a", id=f"hit-item-{item_id}").one("b").words == "Opening night Wine"


def test_a_draft_is_found_only_once_it_is_saved(ed, ground, found):
    page = ed.page(ground.url)
    token = page.one("meta", name="csrf-token")["content"]
    sent = {"csrf_token": token, "title": "Eclipse", "version": ground.texts("en")["version"]}
    assert ed.post(f"{ground.url}texts/en/draft", data=sent, headers=HERE).status_code < 400
    assert found("eclipse") == set()

    send(ed, ground.url, f"{ground.url}texts/en")

    assert found("eclipse") == {("gallery", ground.id)}


def test_what_is_changed_of_many_items_is_found_until_it_is_undone(ed, ground, found):
    ids = ",".join(str(each) for each in ground.items[:2])
    panel, fields = f"{ground.url}items/selection", {"alt": "Rowing boats", "added": "regatta"}
    answer = send(ed, f"{panel}?ids={ids}", f"{panel}/changes", **fields)

    assert found("rowing regatta") == {("item", each) for each in ground.items[:2]}
    page = ed.follow(answer)
    (undo,) = [form["action"] for form in page.all("form") if "/selection/undo" in form.get("action", "")]
    ed.send(page, undo, status=303)
    assert found("rowing") == found("regatta") == set()


def test_what_is_done_to_many_galleries_is_found(ed, ground, found):
    it = {("gallery", ground.id)}
    post(ed, "/galleries/bulk", deed="tag", ids=str(ground.id), tags="Harbour")
    assert found("harbour") == it
    post(ed, "/galleries/bulk", deed="clone", ids=str(ground.id))
    assert len(found("harbour")) == 2

    post(ed, "/galleries/bulk", deed="untag", ids=str(ground.id), tags="harbour")
    assert len(found("harbour") - it) == 1
    post(ed, "/galleries/bulk", deed="trash", ids=str(ground.id))
    assert it & found("summer") == set()
    post(ed, f"/galleries/{ground.id}/restoration")
    assert it <= found("summer")


def test_items_in_the_trash_are_not_found_until_they_are_back(ed, ground, found):
    ground.write("en", item=0, caption="Herons")
    post(ed, f"{ground.url}items/selection/trash", ids=str(ground.items[0]))
    assert found("herons") == set()

    with ground.app.app_context():
        at = db.session.get(Item, ground.items[0]).deleted_at
    post(ed, f"{ground.url}items/restore?at={at.isoformat().replace('+', '%2B')}")

    assert found("herons") == {("item", ground.items[0])}


def test_copies_of_items_are_found_where_they_are(ed, ground, found):
    ground.write("en", item=0, caption="Herons")
    with ground.app.app_context(), transaction():
        other = factories.gallery(ground.cast.ed, "Other").id
        tags.put(items.get(ground.id, ground.items[0]), ["reeds"])

    post(ed, f"{ground.url}items/selection/copies", ids=str(ground.items[0]), into=str(other))

    with ground.app.app_context():
        (copied,) = items.ids_in_order(other)
    assert found("herons reeds") == {("item", ground.items[0]), ("item", copied)}


def test_a_restored_revision_is_found_by_what_it_says_and_not_by_what_was(ed, ground, found):
    ground.write("fr", title="Crépuscule")
    ground.write("en", item=0, caption="Herons")
    ground.write("en", item=1, caption="Swans")
    with ground.app.app_context(), transaction():
        tags.put(items.get(ground.id, ground.items[0]), ["reeds"])
        revisions.keep(galleries.get(ground.id), reason="published", actor=ground.cast.ed)
    ground.write("fr", title=None)
    ground.write("en", title="Winter")
    ground.write("en", item=1, caption="Coots")
    with ground.app.app_context(), transaction():
        items.trash(ground.id, ground.items[:1], actor=ground.cast.ed)
        items.purge(ground.id, ground.items[:1], actor=ground.cast.ed)
    assert found("herons") == found("swans") == found("crepuscule") == set()

    send(ed, f"{ground.url}revisions/1", f"{ground.url}revisions/1/restoration")

    assert found("herons reeds") == {("item", ground.items[0])}
    assert found("swans") == {("item", ground.items[1])}
    assert found("crepuscule summer") == {("gallery", ground.id)}
    assert found("winter") == found("coots") == set()


def test_d29_held_changes_are_found_at_once_and_discarded_ones_no_more(ed, ground, found):
    it = {("gallery", ground.id)}
    ground.update(status="published")
    post(ed, f"{ground.url}hold")
    ground.write("en", title="Autumn", description="Fog")
    assert found("autumn fog") == it
    post(ed, f"{ground.url}hold/publication")
    assert (found("autumn"), found("evening")) == (it, set())

    post(ed, f"{ground.url}hold")
    ground.write("en", title="Winter")
    ground.write("en", item=0, caption="Herons")
    post(ed, f"{ground.url}hold/discard")

    assert found("winter") == found("herons") == set()
    assert found("autumn") == it


def test_a_text_put_back_from_the_history_is_found(ed, ground, found):
    ground.write("en", description="Fog")
    page = ed.page(f"{ground.url}history")
    form = next(each for each in page.all("form") if "/history/" in each.get("action", ""))

    ed.send(page, form["action"], status=303)

    assert found("evening walk") == {("gallery", ground.id)}
    assert found("fog") == set()


def test_what_is_written_in_the_library_is_found(ed, ground, found):
    media_id = ground.item(0).media_id
    page = f"/library/{media_id}"
    send(ed, f"{page}?lang=fr", f"{page}/texts/fr", alt="Deux hérons", credit="Nadia Koch")
    send(ed, page, f"{page}/name", name="Reeds at dusk.jpg")
    assert found("herons nadia reeds") == {("media", media_id)}

    send(ed, f"{page}?lang=fr", f"{page}/texts/fr", alt="", credit="")
    assert found("herons") == found("nadia") == set()


# ---- programs ----


def test_what_a_program_writes_is_found(program, ground, found):
    with ground.app.app_context(), transaction():
        english = str(factories.language("en").id)
        spare = factories.picture("pier.jpg").id
    text = {"language_id": english, "title": "Regatta", "description": "On the lake"}
    made = program.post("/galleries", {"slug": "boats", "translations": [text]}).get_json()["id"]
    path = f"/galleries/{made}"
    ids = {str(each) for kind, each in found("regatta lake boats") if kind == "gallery"}
    assert ids == {made}

    program.put(f"{path}/translations", {"language_id": english, "title": "Sailing"})
    program.ask("PATCH", path, {"slug": "sails"}, status=200)
    assert found("regatta") == found("boats") == set()
    assert len(found("sailing sails")) == 1
    program.post(f"{path}/media", {"media_id": str(spare)})
    program.ask("PATCH", f"{path}/media/{spare}", {"caption": "Spinnaker"}, status=200)
    program.ask("PATCH", f"/media/{spare}", {"alt_text": "Two masts"}, status=200)
    assert {kind for kind, _ in found("spinnaker")} == {"item"}
    assert found("masts") == {("media", spare)}

    program.ask("DELETE", f"{path}/media/{spare}", status=200)
    program.ask("DELETE", f"{path}/translations/{english}")
    assert found("spinnaker") == found("sailing") == set()
    assert len(found("sails")) == 1
    program.ask("DELETE", path)
    program.ask("DELETE", f"/media/{spare}", status=204)
    assert found("sails") == found("masts") == found("pier") == set()


def test_items_that_a_program_orders_stay_found(program, ground, found):
    ground.write("en", item=2, caption="Herons")
    media = [str(ground.item(place).media_id) for place in (2, 0, 1)]

    program.post(f"/galleries/{ground.id}/media/reorder", {"media_ids": media}, status=200)

    assert found("herons") == {("item", ground.items[2])}
    assert ground.order()[0] == ground.items[2]
