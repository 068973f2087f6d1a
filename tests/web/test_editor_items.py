"""One item through the editor: its texts and its own fields, the cover, the trash and the way back."""

from uuid import UUID

import pytest
from sqlalchemy import select

from tests import factories
from tests.fixtures.app import browser_of
from tests.fixtures.browser import HTMX, Page
from tests.races import race
from webapp.domain import items, tags
from webapp.domain.models import Item, OutboxEvent, Rendition
from webapp.domain.transaction import transaction
from webapp.infra.db import db

HERE = {"Sec-Fetch-Site": "same-origin"}


def open_item(browser, ground, place=0, code="en"):
    """Open the editor with an item in its panel."""
    return browser.page(f"{ground.url}?lang={code}&item={ground.items[place]}")


def action(ground, place=0, code="en"):
    """Where an item's form is sent to."""
    return f"{ground.url}items/{ground.items[place]}?lang={code}&item={ground.items[place]}"


def save(browser, ground, place=0, code="en", *, page=None, status=None, htmx=False, **fields):
    """Open an item, type, and save."""
    page = page or open_item(browser, ground, place, code)
    return browser.send(page, action(ground, place, code), status=status, htmx=htmx, **fields)


def token(page):
    """The page's own token against forged requests."""
    return page.one("meta", name="csrf-token")["content"]


def labels(ground, place=0):
    """An item's tags."""
    with ground.app.app_context():
        return tags.of(db.session.get(Item, ground.items[place]))


def test_an_item_is_saved_with_its_texts_and_its_own_fields(ed, ground):
    answer = save(
        ed,
        ground,
        status=303,
        title="Opening",
        caption="The quay at noon",
        alt="People at a quay",
        link_url="https://example.org/",
        link_text="More",
        tags="lake,  Festival",
        note="A quay, not a key",
        focal_x="0.25",
        focal_y="0,75",
    )

    assert answer.headers["Location"] == f"{ground.url}?lang=en&item={ground.items[0]}"
    texts, item = ground.texts("en", item=0), ground.item(0)
    assert (texts["title"], texts["caption"], texts["alt"]) == ("Opening", "The quay at noon", "People at a quay")
    assert (item.link_url, item.link_text, item.note) == ("https://example.org/", "More", "A quay, not a key")
    assert (item.focal_x, item.focal_y, item.version) == (0.25, 0.75, 2)
    assert labels(ground) == ["Festival", "lake"]


def test_d30_a_save_of_an_item_is_told_once(ed, ground):
    with ground.app.app_context(), transaction():
        db.session.query(OutboxEvent).delete()

    save(ed, ground, status=303, caption="The quay", link_url="https://example.org/", tags="lake")

    with ground.app.app_context():
        assert [event.kind for event in db.session.query(OutboxEvent)] == ["item.updated"]


def test_texts_are_saved_in_the_language_that_is_edited(ed, ground):
    save(ed, ground, code="fr", status=303, caption="Le quai")

    assert ground.texts("fr", item=0)["caption"] == "Le quai"
    assert ground.texts("en", item=0) == {}


def test_htmx_gets_the_panel_its_tile_and_the_top(ed, ground):
    answer = save(ed, ground, htmx=True, status=200, caption="The quay", alt="People")

    assert answer.root.children[0]["id"] == "editor-inspector"
    assert [each["hx-target"] for each in answer.all("hx-partial")] == ["#editor-top", "#items-renewed"]
    tiles = answer.one("ol", id="editor-tiles").all("li")
    assert [(tile["data-id"], tile.one("a")["aria-label"]) for tile in tiles] == [(str(ground.items[0]), "The quay")]


def test_a_save_of_nothing_changes_nothing(ed, ground):
    ground.change(0, link_url="https://example.org/", focal_x=1 / 3, focal_y=2 / 3, decorative=True, labels=["lake"])

    save(ed, ground, status=303)

    item = ground.item(0)
    assert (item.version, item.focal_x, item.decorative) == (2, 1 / 3, True)
    assert ground.texts("en", item=0) == {}


def test_decorative_is_set_and_taken_back(ed, ground):
    save(ed, ground, status=303, decorative="yes")
    assert ground.item(0).decorative is True

    save(ed, ground, status=303, decorative=None)
    assert ground.item(0).decorative is False


def test_emptied_fields_are_none(ed, ground):
    ground.change(0, link_url="https://example.org/", note="A note", focal_x=0.1, focal_y=0.2, labels=["lake"])

    save(ed, ground, status=303, link_url="", note="", focal_x="", focal_y="", tags="")

    item = ground.item(0)
    assert (item.link_url, item.note, item.focal_x, item.focal_y, labels(ground)) == (None, None, None, None, [])


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("link_url", "ftp://example.org", "Write a link as"),
        ("link_url", "x" * 2049, "Shorten this"),
        ("link_text", "x" * 256, "Shorten this"),
        ("caption", "x" * 501, "Shorten this"),
        ("alt", "x" * 251, "Shorten this"),
        ("note", "x" * 2001, "Shorten this"),
        ("focal_x", "0.5", "both numbers"),
        ("focal_x", "left", "both numbers"),
        ("tags", "x" * 65, "Shorten this"),
        ("title", "a\x00b", "control characters"),
    ],
)
def test_what_cannot_be_kept_is_shown_again_with_all_that_was_typed(ed, ground, field, text, said):
    page = save(ed, ground, status=422, **({"caption": "Typed"} | {field: text}))

    assert said in page.one("div", id="errors").words
    shown = page.one("textarea", id="item-caption").text.strip()
    assert shown == (text if field == "caption" else "Typed")
    assert ground.item(0).version == 1
    assert ground.texts("en", item=0) == {}


@pytest.mark.parametrize("point", [("1.5", "0.5"), ("-0.1", "0"), ("left", "top"), ("nan", "0.5"), ("inf", "0.5")])
def test_a_focal_point_outside_the_picture_is_refused(ed, ground, point):
    save(ed, ground, status=422, focal_x=point[0], focal_y=point[1])

    assert ground.item(0).focal_x is None


def test_d25_an_item_that_somebody_else_changed_is_not_overwritten(ed, ground):
    page = open_item(ed, ground)
    ground.change(0, link_url="https://theirs.example/", actor=ground.cast.ada)

    answer = save(ed, ground, page=page, status=409, link_url="https://mine.example/", caption="Mine alone")

    assert answer.heading == "Choose between two versions"
    assert "Ada saved while you were typing" in answer.words
    assert ground.item(0).link_url == "https://theirs.example/"
    ed.send(answer, action(ground), status=303, choice_link_url="mine")
    assert ground.item(0).link_url == "https://mine.example/"
    assert ground.texts("en", item=0)["caption"] == "Mine alone"


def test_d25_a_text_of_an_item_that_somebody_else_saved_is_not_overwritten(ed, ground):
    page = open_item(ed, ground)
    ground.write("en", item=0, caption="Theirs", actor=ground.cast.ada)

    answer = save(ed, ground, page=page, status=409, caption="Mine", note="Mine alone")

    assert ground.texts("en", item=0)["caption"] == "Theirs"
    assert ground.item(0).note is None
    ed.send(answer, action(ground), status=303, choice_caption="theirs")
    assert ground.texts("en", item=0)["caption"] == "Theirs"
    assert ground.item(0).note == "Mine alone"


def test_d25_two_boxes_are_chosen_between_too(ed, ground):
    page = open_item(ed, ground)
    ground.change(0, decorative=True, focal_x=0.1, focal_y=0.1, labels=["theirs"], actor=ground.cast.ada)

    answer = save(ed, ground, page=page, status=409, focal_x="0.9", focal_y="0.9", tags="mine")

    ed.send(answer, action(ground), status=303, all="mine")
    item = ground.item(0)
    assert (item.decorative, item.focal_x, item.focal_y, labels(ground)) == (True, 0.9, 0.9, ["mine"])


def test_d25_changes_of_different_fields_of_an_item_go_together(ed, ground):
    page = open_item(ed, ground)
    ground.change(0, link_url="https://theirs.example/", actor=ground.cast.ada)
    ground.write("en", item=0, caption="Theirs", actor=ground.cast.ada)

    save(ed, ground, page=page, status=303, alt="Mine", note="Mine")

    texts, item = ground.texts("en", item=0), ground.item(0)
    assert (texts["caption"], texts["alt"]) == ("Theirs", "Mine")
    assert (item.link_url, item.note) == ("https://theirs.example/", "Mine")


def test_d25_two_editors_at_one_item_lose_nothing(ground, app):
    people = [browser_of(app, person) for person in (ground.cast.ed, ground.cast.ada)]
    pages = [open_item(browser, ground) for browser in people]

    def press(place):
        return lambda: save(people[place], ground, page=pages[place], note=f"Note {place}")

    answers = race(app, press(0), press(1))

    assert sorted(answer.status for answer in answers) == [303, 409]
    lost = next(place for place, answer in enumerate(answers) if answer.status == 409)
    assert ground.item(0).note == f"Note {1 - lost}"
    assert answers[lost].one("input", name="mine_note")["value"] == f"Note {lost}"


def test_d08_a_text_of_an_item_is_drafted_and_discarded(ed, ground):
    page = open_item(ed, ground)
    url = f"{ground.url}items/{ground.items[0]}/texts/en"
    sent = {"csrf_token": token(page), "version": "0", "base_caption": "", "caption": "Typed"}

    assert ed.post(f"{url}/draft", data=sent, headers=HERE).status_code == 204

    assert ground.texts("en", item=0)["drafts"]["caption"]["text"] == "Typed"
    page = open_item(ed, ground)
    assert page.one("textarea", id="item-caption").text.strip() == "Typed"
    sent = {name: values[0] for name, values in page.values(action(ground)).items()}
    answer = Page(ed.post(f"{url}/discard", data=sent | {"field": "caption", "note": "Unsaved"}, headers=HTMX))
    assert answer.one("textarea", id="item-caption").text.strip() == ""
    assert answer.one("textarea", id="item-note").text.strip() == "Unsaved"
    assert ground.texts("en", item=0)["drafts"] == {}


def test_d18_a_stale_text_of_an_item_is_confirmed(ed, ground):
    ground.write("en", item=0, alt="A lake")
    ground.write("fr", item=0, alt="Un lac")
    ground.write("en", item=0, alt="A pond")
    page = open_item(ed, ground, code="fr")
    assert page.one("div", id="item-alt-stale")
    sent = {name: values[0] for name, values in page.values(action(ground, code="fr")).items()}

    answer = ed.post(
        f"{ground.url}items/{ground.items[0]}/texts/fr/confirmation", data=sent | {"field": "alt"}, headers=HERE
    )

    assert answer.status_code == 303
    assert ground.texts("fr", item=0)["kept"]["alt"]["state"] == "done"


def test_tessa_writes_french_texts_of_an_item_and_nothing_else(tessa, ground):
    save(tessa, ground, code="fr", status=303, caption="Le quai")
    page = open_item(tessa, ground, code="fr")
    sent = {"csrf_token": token(page), "caption": "Hers"}
    url = f"{ground.url}items/{ground.items[0]}"

    assert tessa.post(f"{url}?lang=en", data=sent, headers=HERE).status_code == 403
    for own in ({"link_url": "https://hers.example/"}, {"base_decorative": ""}, {"tags": "hers"}, {"note": "hers"}):
        assert tessa.post(f"{url}?lang=fr", data=sent | own, headers=HERE).status_code == 403
    assert tessa.post(f"{url}/renditions", data=sent, headers=HERE).status_code == 403

    assert ground.texts("fr", item=0)["caption"] == "Le quai"
    assert ground.texts("en", item=0) == {}
    assert ground.item(0).version == 1


@pytest.mark.parametrize("path", ["items/{item}", "cover", "items/trash", "items/restore", "items/{item}/renditions"])
def test_a_viewer_changes_no_item(vi, ground, path):
    page = vi.page(ground.url)
    sent = {"csrf_token": token(page), "caption": "His", "ids": str(ground.items[0]), "item": str(ground.items[0])}

    answer = vi.post(ground.url + path.format(item=ground.items[0]), data=sent, headers=HERE)

    assert answer.status_code == 403
    assert ground.order() == ground.items


@pytest.mark.parametrize("path", ["items/{item}", "items/{item}/renditions"])
def test_an_item_of_another_gallery_is_not_found(ed, ground, path):
    with ground.app.app_context(), transaction():
        other = factories.order(factories.gallery(ground.cast.ed, "Other", pictures=1).id)[0]
    page = ed.page(ground.url)

    for item in (other, UUID(int=1)):
        answer = ed.post(ground.url + path.format(item=item), data={"csrf_token": token(page)}, headers=HERE)
        assert answer.status_code == 404


def test_an_item_that_somebody_removed_meanwhile_is_not_found(ed, ground):
    page = open_item(ed, ground)
    with ground.app.app_context(), transaction():
        items.trash(ground.id, ground.items[:1], actor=ground.cast.ada)

    save(ed, ground, page=page, status=404, caption="Mine")


def test_an_item_becomes_the_cover(ed, ground):
    page = open_item(ed, ground, 1)

    ed.send(page, f"{ground.url}cover?lang=en&item={ground.items[1]}", status=303)

    assert ground.gallery().cover_media_id == ground.item(1).media_id
    assert "Cover" in ground.tile(ed.page(ground.url), 1).one("a")["aria-label"]


def test_the_cover_is_taken_away(ed, ground):
    ground.update(cover_media_id=ground.item(0).media_id)

    ed.send(ed.page(ground.url), f"{ground.url}cover", status=303)

    assert ground.gallery().cover_media_id is None


def test_d25_a_cover_chosen_on_an_old_page_is_refused(ed, ground):
    page = open_item(ed, ground, 1)
    ground.update(cover_media_id=ground.item(0).media_id, actor=ground.cast.ada)

    ed.send(page, f"{ground.url}cover?lang=en&item={ground.items[1]}", status=409)

    assert ground.gallery().cover_media_id == ground.item(0).media_id


@pytest.mark.parametrize(("item", "status"), [("nonsense", 422), (str(UUID(int=1)), 404)])
def test_nothing_is_no_cover(ed, ground, item, status):
    page = ed.page(ground.url)

    answer = ed.post(f"{ground.url}cover", data={"csrf_token": token(page), "item": item}, headers=HERE)

    assert answer.status_code == status
    assert ground.gallery().cover_media_id is None


def test_an_item_is_removed_and_brought_back_at_its_place(ed, ground):
    page = open_item(ed, ground, 1)
    url = f"{ground.url}items/trash?lang=en&item={ground.items[1]}"
    assert page.one("button", id="item-remove").parent["action"] == url

    answer = ed.seen(ed.post(url, data={"csrf_token": token(page), "ids": str(ground.items[1])}, headers=HERE), 303)

    assert answer.headers["Location"] == f"{ground.url}?lang=en"
    assert ground.order() == [ground.items[0], ground.items[2]]
    page = ed.follow(answer)
    assert "1 item is in the trash." in page.words
    undo = next(form["action"] for form in page.all("form") if "/items/restore?at=" in form.get("action", ""))
    ed.send(page, undo, status=303)
    assert ground.order() == ground.items


def test_several_items_are_removed_and_brought_back_together(ed, ground):
    page = ed.page(ground.url)
    sent = {"csrf_token": token(page), "ids": [str(ground.items[0]), str(ground.items[2])]}

    page = ed.follow(ed.seen(ed.post(f"{ground.url}items/trash", data=sent, headers=HERE), 303))

    assert ground.order() == [ground.items[1]]
    assert "2 items are in the trash." in page.words
    undo = next(form["action"] for form in page.all("form") if "/items/restore?at=" in form.get("action", ""))
    ed.send(page, undo, status=303)
    assert ground.order() == ground.items


def test_an_item_is_brought_back_from_the_list_of_the_removed(ed, ground):
    with ground.app.app_context(), transaction():
        items.trash(ground.id, ground.items[:2], actor=ground.cast.ed)
    page = ed.page(f"{ground.url}?trash=1")
    sent = {"csrf_token": token(page), "ids": str(ground.items[1])}

    assert ed.post(f"{ground.url}items/restore", data=sent, headers=HERE).status_code == 303

    assert ground.order() == ground.items[1:]


@pytest.mark.parametrize(
    ("path", "ids", "status"),
    [
        ("items/trash", [], 422),
        ("items/trash", ["nonsense"], 422),
        ("items/trash", [str(UUID(int=1))], 404),
        ("items/restore", [str(UUID(int=1))], 404),
        ("items/restore", ["nonsense"], 422),
        ("items/restore", [], 404),
        ("items/restore?at=nonsense", [], 404),
        ("items/restore?at=2026-01-01T00:00:00", [], 404),
        ("items/restore?at=2026-01-01T00:00:00Z", [], 404),
    ],
)
def test_nothing_is_neither_removed_nor_brought_back(ed, ground, path, ids, status):
    page = ed.page(ground.url)

    answer = ed.post(ground.url + path, data={"csrf_token": token(page), "ids": ids}, headers=HERE)

    assert answer.status_code == status
    assert ground.order() == ground.items


def test_a_failed_picture_is_tried_again(ed, ground):
    with ground.app.app_context(), transaction():
        entry = factories.picture("lake.jpg", state="failed")
        blob_id = entry.blob_id
        item_id = items.add(ground.id, [entry.id], actor=ground.cast.ed)[0].id
    page = ed.page(f"{ground.url}?item={item_id}")

    ed.send(page, f"{ground.url}items/{item_id}/renditions?item={item_id}", status=303)

    with ground.app.app_context():
        states = db.session.scalars(select(Rendition.state).where(Rendition.blob_id == blob_id).distinct())
        assert set(states) == {"pending"}
    assert "being made ready" in ed.page(f"{ground.url}?item={item_id}").words


def test_one_picture_may_stand_in_a_gallery_twice(ed, ground):
    with ground.app.app_context(), transaction():
        media_id = db.session.get(Item, ground.items[0]).media_id
        items.add(ground.id, [media_id], actor=ground.cast.ed)

    assert len(ed.page(ground.url).one("ol", id="items").all("li")) == 4
