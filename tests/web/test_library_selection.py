"""Several files of the library at once: tags, alt texts, the trash, and places in a gallery."""

import pytest

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.statements import counted
from webapp.domain import items, media, permissions, tags, translations
from webapp.domain.models import Item, Media
from webapp.domain.transaction import transaction
from webapp.infra.db import db

LIST = "/library/"
PLAIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def three(inside, cast):
    """The ids of a.jpg, b.jpg and c.jpg."""
    with transaction():
        return [factories.picture(name).id for name in ("a.jpg", "b.jpg", "c.jpg")]


@pytest.fixture
def summer(three, cast):
    """The gallery Summer, which shows two files of its own."""
    with transaction():
        return factories.gallery(cast.ed, "Summer", pictures=2).id


def send(browser, path, ids, **fields):
    token = browser.page("/languages/").one("meta", name="csrf-token")["content"]
    sent = {"csrf_token": token, "ids": [str(each) for each in ids], **fields}
    return browser.post(f"/library/selection/{path}", data=sent, headers=PLAIN)


def order_seen(browser, files, gallery_id):
    """Which order of a gallery the page was made of that asks for a place, as its form sends it."""
    name = f"order-{gallery_id}"
    return {name: browser.seen(send(browser, "gallery", files), 200).one("input", name=name)["value"]}


def tags_of(file_id):
    db.session.rollback()
    return tags.of(db.session.get(Media, file_id))


def alt_of(file_id, code="en"):
    db.session.rollback()
    row = translations.find(db.session.get(Media, file_id), factories.language(code).id)
    return row.alt if row else None


def shown_in(gallery_id):
    db.session.rollback()
    return [db.session.get(Item, each).media_id for each in items.ids_in_order(gallery_id)]


# ---- choosing ----


@on_sqlite
@pytest.mark.parametrize("view", ["grid", "table"])
def test_files_are_chosen_in_a_form_and_the_bar_says_what_can_be_done(ed, three, view):
    page = ed.page(f"{LIST}?view={view}")
    form = page.one("form", id="library-selection")

    assert [box["value"] for box in form.all("input", class_="cb")] == [str(each) for each in reversed(three)]
    assert {button["id"] for button in form.one("div", id="library-bulk").all("button")} == {
        *("bulk-alts", "bulk-gallery", "bulk-tag", "bulk-untag", "bulk-trash", "bulk-none")
    }


@on_sqlite
def test_who_may_only_look_chooses_nothing_and_translators_write_alt_texts(vi, tessa, three):
    assert vi.page(LIST).all("input", class_="cb") == []
    bar = tessa.page(LIST).one("div", id="library-bulk")
    assert [button["id"] for button in bar.all("button")] == ["bulk-alts", "bulk-none"]


@pytest.mark.parametrize("path", ["tags", "alts/changes", "trash", "trash/deed", "gallery", "gallery/deed"])
def test_who_may_not_is_refused(vi, three, path):
    assert send(vi, path, three, tags="x", deed="add").status_code == 403


@on_sqlite
@pytest.mark.parametrize("ids", [[], ["nonsense"], ["00000000-0000-4000-8000-000000000000"]])
@pytest.mark.parametrize("path", ["alts", "trash", "gallery"])
def test_files_that_are_none_are_refused_in_words(ed, three, path, ids):
    assert send(ed, path, ids).status_code == 422


# ---- tags ----


def test_tags_are_added_to_all_and_removed_from_all(ed, three):
    with transaction():
        factories.tag(db.session.get(Media, three[0]), "Lake")
    assert send(ed, "tags", three[:2], tags="lake, dusk", deed="add").status_code == 303
    assert [tags_of(each) for each in three] == [["dusk", "Lake"], ["dusk", "Lake"], []]
    assert "2 files have their tags." in ed.page(LIST).words

    send(ed, "tags", three, tags="LAKE", deed="remove")
    assert [tags_of(each) for each in three] == [["dusk"], ["dusk"], []]


@on_sqlite
def test_no_tags_change_nothing_and_it_is_said(ed, three):
    send(ed, "tags", three, tags=" , ", deed="add")

    assert "Write at least one tag." in ed.page(LIST).words


# ---- alt texts ----


def alts(browser, ids, language="en"):
    return browser.seen(send(browser, "alts", ids, language=language), 200)


def test_alt_texts_of_several_files_are_saved_at_once(ed, three):
    page = alts(ed, three)
    assert [each.text.strip() for each in page.all("textarea")] == ["", "", ""]
    sent = {f"alt-{three[0]}": "A lake", f"alt-{three[1]}": "A boat", f"alt-{three[2]}": "", "language": "en"}
    assert send(ed, "alts/changes", three, **sent).status_code == 303

    assert [alt_of(each) for each in three] == ["A lake", "A boat", None]
    assert "2 alt texts were saved." in ed.page(LIST).words


def test_alt_texts_are_written_in_a_language_of_the_site(ed, three):
    page = alts(ed, three[:1], "fr")
    assert page.one("textarea")["lang"] == "fr"
    send(ed, "alts/changes", three[:1], language="fr", **{f"alt-{three[0]}": "Un lac"})

    assert (alt_of(three[0], "fr"), alt_of(three[0])) == ("Un lac", None)
    assert send(ed, "alts", three, language="xx").status_code == 404


def test_d25_a_text_that_somebody_changed_meanwhile_stands_there_again_and_the_others_are_saved(ed, three, cast):
    alts(ed, three)
    with transaction():
        factories.write(db.session.get(Media, three[1]), "en", cast.ada, alt="Ada's")
    sent = {f"alt-{each}": f"Mine {place}" for place, each in enumerate(three)}
    page = ed.seen(send(ed, "alts/changes", three, language="en", **sent), 409)

    assert [alt_of(each) for each in three] == ["Mine 0", "Ada's", "Mine 2"]
    field = page.one("textarea")
    assert (field["id"], field.text.strip()) == (f"alt-{three[1]}", "Mine 1")
    assert "It says now: Ada's" in page.one("p", class_="err").words
    again = page.values("/library/selection/alts/changes")
    assert ed.post("/library/selection/alts/changes", data=again, headers=PLAIN).status_code == 303
    assert alt_of(three[1]) == "Mine 1"


@on_sqlite
def test_a_text_that_is_too_long_keeps_nobody_elses_from_being_saved(ed, three):
    sent = {f"alt-{three[0]}": "x" * 251, f"alt-{three[1]}": "A boat"}
    page = ed.seen(send(ed, "alts/changes", three[:2], language="en", **sent), 409)

    assert (alt_of(three[0]), alt_of(three[1])) == (None, "A boat")
    assert "Shorten this" in page.one("p", class_="err").words


@on_sqlite
def test_a_translator_writes_the_texts_of_her_languages_only(tessa, three):
    assert alts(tessa, three, "fr").all("textarea")
    sent = {f"alt-{three[0]}": "Mine"}

    assert send(tessa, "alts/changes", three[:1], language="en", **sent).status_code == 404
    assert alt_of(three[0]) is None


@on_sqlite
def test_three_files_take_the_statements_of_one(ed, three):
    def statements(ids):
        db.session.remove()
        with counted() as sent:
            send(ed, "alts", ids)
        return len(sent)

    statements(three)
    assert statements(three[:1]) == statements(three)


# ---- trash ----


def test_files_are_thrown_away_after_a_question_and_those_in_use_stay(ed, three, cast):
    with transaction():
        used = factories.gallery(cast.ed, "Summer")
        items.add(used.id, [three[1]], actor=cast.ed)
    asking = ed.seen(send(ed, "trash", three), 200)
    assert asking.heading == "Move 2 files to the trash?"
    assert asking.words.count("Stays: 1 gallery shows it") == 1

    page = ed.seen(send(ed, "trash/deed", three), 409)
    assert "2 files are in the trash." in page.words
    assert [row.words for row in page.one("ul", class_="rows").all("li")] == ["b.jpgUsed in Summer"]
    db.session.rollback()
    assert [db.session.get(Media, each).deleted_at is None for each in three] == [False, True, False]


@on_sqlite
def test_a_file_that_has_gone_meanwhile_is_passed_over(ed, three, cast):
    with transaction():
        media.trash(media.locked(three[0]), actor=cast.ed)
    assert send(ed, "trash/deed", three[:2]).status_code == 303

    assert "1 file is in the trash." in ed.page(LIST).words


@on_sqlite
def test_alt_texts_of_files_that_have_all_gone_say_so_and_keep_the_rest(ed, three, cast):
    with transaction():
        media.trash(media.locked(three[0]), actor=cast.ed)
    texts = {f"alt-{each}": f"Text {nth}" for nth, each in enumerate(three[:2])}
    answer = send(ed, "alts/changes", three[:2], **texts)

    assert answer.status_code == 303
    said = ed.page(LIST).words
    assert "1 alt text was saved." in said
    assert "These files have all gone meanwhile." in said
    assert alt_of(three[1]) == "Text 1"


# ---- into a gallery ----


@pytest.mark.parametrize(
    ("where", "order"),
    [
        (("end", ""), "xyab"),
        (("top", ""), "abxy"),
        (("before", "2"), "xaby"),
        (("after", "1"), "xaby"),
        (("after", "9"), "xyab"),
    ],
)
def test_files_are_added_at_a_place_in_their_order(ed, three, summer, where, order):
    known = dict(zip(shown_in(summer), "xy", strict=True)) | {three[0]: "a", three[1]: "b"}
    sent = {"into": str(summer), "place": where[0], "position": where[1], **order_seen(ed, three, summer)}
    answer = send(ed, "gallery/deed", three[:2], **sent)

    assert answer.headers["Location"] == f"/galleries/{summer}/"
    assert "".join(known[each] for each in shown_in(summer)) == order


@on_sqlite
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"into": ""}, "Choose a gallery."),
        ({"place": "before", "position": ""}, "Write a position from 1."),
        ({"place": "middle"}, "Choose a place."),
    ],
)
def test_a_place_that_is_none_is_asked_for_again(ed, three, summer, fields, said):
    sent = {"into": str(summer), "place": "end"} | fields
    page = ed.seen(send(ed, "gallery/deed", three, **sent), 422)

    assert said in page.one("div", role="alert").words
    assert len(shown_in(summer)) == 2


@pytest.mark.parametrize(("place", "status"), [("before", 409), ("after", 409), ("top", 303), ("end", 303)])
def test_a_position_counts_in_the_order_that_was_seen(ed, three, summer, place, status):
    sent = {"into": str(summer), "place": place, "position": "2", **order_seen(ed, three, summer)}
    with transaction():
        items.reorder(summer, items.ids_in_order(summer)[::-1], actor=permissions.system("job"))
    answer = send(ed, "gallery/deed", three[:2], **sent)

    assert (answer.status_code, len(shown_in(summer))) == (status, 2 if status == 409 else 4)
    if status == 409:
        page = ed.seen(answer, 409)
        assert "reordered 2 items since you opened this." in page.one("div", role="alert").words
        assert page.one("input", name="position")["value"] == "2"
        again = {f"order-{summer}": page.one("input", name=f"order-{summer}")["value"]}
        assert send(ed, "gallery/deed", three[:2], **sent | again).status_code == 303


@on_sqlite
def test_a_position_without_its_order_is_refused(ed, three, summer):
    sent = {"into": str(summer), "place": "before", "position": "1"}
    page = ed.seen(send(ed, "gallery/deed", three, **sent), 422)

    assert "Say which order the position was chosen in." in page.one("div", role="alert").words
    assert len(shown_in(summer)) == 2


@on_sqlite
def test_a_gallery_is_found_by_its_words_or_is_one_of_the_last(ed, three, summer):
    assert "Summer" in ed.seen(send(ed, "gallery", three), 200).one("fieldset", id="into").words
    found = ed.seen(send(ed, "gallery", three, q="summ"), 200)
    assert found.one("input", type="radio", value=str(summer)).get("checked") is not None
    assert "No gallery is called like that." in ed.seen(send(ed, "gallery", three, q="zzz"), 200).words
