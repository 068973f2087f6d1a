"""The gallery's texts through the editor: saved, drafted, discarded, confirmed, and never overwritten unseen."""

from uuid import UUID

import pytest

from tests.fixtures.app import browser_of
from tests.fixtures.browser import HTMX, Page
from tests.races import race

JSON = {"Accept": "application/json", "HX-Request": "true", "Sec-Fetch-Site": "same-origin"}


def save(browser, ground, code="en", *, page=None, status=None, htmx=False, **fields):
    """Open the editor in a language, type, and save."""
    page = page or browser.page(f"{ground.url}?lang={code}")
    return browser.send(page, action(ground, code), status=status, htmx=htmx, **fields)


def action(ground, code="en", verb=""):
    """Where the form of a language is sent to."""
    query = f"?lang={code}" if not verb else ""
    return f"{ground.url}texts/{code}{verb}{query}"


def type_(browser, ground, code="en", *, page=None, **fields):
    """Type without saving, as the script tells the server."""
    page = page or browser.page(f"{ground.url}?lang={code}")
    shown = page.values(page.one("form", id="gallery-texts")["action"])
    hidden = {name: values[0] for name, values in shown.items() if name.startswith(("base_", "seen_"))}
    sent = hidden | {"version": shown["version"][0]} | fields
    headers = JSON | {"X-CSRFToken": page.one("meta", name="csrf-token")["content"]}
    return browser.post(action(ground, code, "/draft"), data=sent, headers=headers)


def test_d08_saving_makes_values_and_leads_back(ed, ground):
    answer = save(ed, ground, title="Late summer", description="A walk", status=303)

    assert answer.headers["Location"] == ground.url
    texts = ground.texts("en")
    assert (texts["title"], texts["description"], texts["version"]) == ("Late summer", "A walk", 2)
    assert "Saved." in ed.follow(answer).words


def test_a_translation_is_saved_and_the_language_stays(ed, ground):
    answer = save(ed, ground, "fr", title="Été", status=303)

    assert answer.headers["Location"] == f"{ground.url}?lang=fr"
    assert ground.texts("fr")["title"] == "Été"
    assert ground.texts("fr")["kept"]["title"]["source"] == "Summer"


def test_htmx_gets_the_texts_and_what_stands_above_them(ed, ground):
    answer = save(ed, ground, title="Late summer", htmx=True, status=200)

    assert answer.root.children[0]["id"] == "editor-texts"
    partials = answer.all("hx-partial")
    assert [each["hx-target"] for each in partials] == ["#editor-top"]
    assert partials[0].one("h1").one("bdi").words == "Late summer"
    assert answer.one("input", id="text-version")["value"] == "2"


def test_only_what_was_changed_is_written(ed, ground):
    ground.write("fr", description="Une promenade du soir")
    ground.write("en", description="A lantern walk")

    save(ed, ground, "fr", title="Été", status=303)

    assert ground.texts("fr")["kept"]["description"]["state"] == "stale"


def test_an_emptied_text_is_none(ed, ground):
    save(ed, ground, description="", status=303)

    assert ground.texts("en")["description"] is None


def test_the_title_of_the_source_language_cannot_be_empty(ed, ground):
    page = save(ed, ground, title="", description="A walk", status=422)

    assert "Give the gallery a title." in page.one("div", id="errors").words
    assert page.one("title").words.startswith("Error: ")
    assert page.one("input", id="text-title")["aria-invalid"] == "true"
    assert page.one("textarea", id="text-description").text.strip() == "A walk"
    assert ground.texts("en")["description"] == "An evening walk"


def test_a_translated_title_can_be_empty(ed, ground):
    ground.write("fr", title="Été")

    save(ed, ground, "fr", title="", status=303)

    assert ground.texts("fr")["title"] is None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("title", "x" * 256),
        ("description", "x" * 20_001),
        ("meta_title", "x" * 256),
        ("meta_description", "x" * 501),
        ("title", "a\x00b"),
        ("description", "a\x07b"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_a_text_that_cannot_be_kept_is_shown_again(ed, ground, field, text, htmx):
    page = save(ed, ground, htmx=htmx, status=422, **{field: text})

    assert len([each for each in page.root.walk() if each.get("aria-invalid") == "true"]) == 1
    assert ground.texts("en")["version"] == 1


def test_a_long_description_with_line_ends_of_a_browser_is_counted_as_it_is_kept(ed, ground):
    save(ed, ground, description="x\r\n" * 10_000, status=303)

    assert ground.texts("en")["description"] == "x\n" * 10_000


def test_what_was_typed_in_a_folded_part_is_unfolded_where_it_is_wrong(ed, ground):
    page = save(ed, ground, meta_title="x" * 256, status=422)

    assert "open" in page.one("details", id="search-and-sharing").attributes


def test_d25_a_stale_token_asks_and_overwrites_nothing(ed, ground):
    page = ed.page(ground.url)
    ground.write("en", title="Theirs", actor=ground.cast.ada)

    answer = ed.send(page, f"{ground.url}texts/en", title="Mine", description="A walk", status=409)

    assert answer.heading == "Choose between two versions"
    assert "Ada saved while you were typing" in answer.words
    assert ground.texts("en")["title"] == "Theirs"
    assert [each.words for each in answer.one("form", id="editor-conflict").all("h2")] == ["Title, English"]
    assert answer.one("input", name="mine_title")["value"] == "Mine"
    assert answer.one("input", type="hidden", name="description")["value"] == "A walk"


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ({"choice_title": "mine"}, "Mine"),
        ({"choice_title": "theirs"}, "Theirs"),
        ({"choice_title": "both", "title": "Ours"}, "Ours"),
        ({"choice_title": "theirs", "all": "mine"}, "Mine"),
        ({"choice_title": "mine", "all": "theirs"}, "Theirs"),
    ],
)
def test_d25_what_is_chosen_is_saved_with_what_nobody_else_changed(ed, ground, choice, kept):
    page = ed.page(ground.url)
    ground.write("en", title="Theirs", actor=ground.cast.ada)
    asked = ed.send(page, f"{ground.url}texts/en", title="Mine", description="A walk", status=409)

    ed.send(asked, f"{ground.url}texts/en", status=303, **choice)

    assert (ground.texts("en")["title"], ground.texts("en")["description"]) == (kept, "A walk")


def test_d25_a_choice_that_is_overtaken_in_its_turn_asks_again(ed, ground):
    page = ed.page(ground.url)
    ground.write("en", title="Theirs", actor=ground.cast.ada)
    asked = ed.send(page, f"{ground.url}texts/en", title="Mine", status=409)
    ground.write("en", title="Theirs again", actor=ground.cast.ada)

    again = ed.send(asked, f"{ground.url}texts/en", choice_title="mine", status=409)

    assert again.one("input", name="mine_title")["value"] == "Mine"
    assert again.one("input", name="base_title")["value"] == "Theirs again"
    assert ground.texts("en")["title"] == "Theirs again"


def test_d25_changes_of_different_fields_go_together(ed, ground):
    page = ed.page(ground.url)
    ground.write("en", description="Theirs", actor=ground.cast.ada)

    ed.send(page, f"{ground.url}texts/en", title="Mine", status=303)

    assert (ground.texts("en")["title"], ground.texts("en")["description"]) == ("Mine", "Theirs")


def test_d25_a_stale_token_alone_decides_nothing(ed, ground):
    """Whoever sends no beginning, as a program might, is asked about every difference."""
    ground.write("en", title="Theirs", actor=ground.cast.ada)
    page = ed.page(ground.url)
    token = page.one("meta", name="csrf-token")["content"]
    fields = {"csrf_token": token, "version": "1", "title": "Mine"}

    answer = ed.post(f"{ground.url}texts/en", data=fields, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 409
    assert ground.texts("en")["title"] == "Theirs"


def test_d25_htmx_is_given_the_choice_in_place_of_the_page(ed, ground):
    page = ed.page(ground.url)
    ground.write("en", title="Theirs", actor=ground.cast.ada)

    answer = ed.send(page, f"{ground.url}texts/en", title="Mine", htmx=True, status=409)

    assert answer.root.children[0]["id"] == "editor-conflict"
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#main", "innerHTML")


def test_d25_two_editors_at_one_text_lose_nothing(ground, app):
    people = [browser_of(app, person) for person in (ground.cast.ed, ground.cast.ada)]
    pages = [browser.page(ground.url) for browser in people]

    def press(place):
        title = f"Title {place}"
        return lambda: people[place].send(pages[place], f"{ground.url}texts/en", title=title)

    answers = race(app, press(0), press(1))

    assert sorted(answer.status for answer in answers) == [303, 409]
    lost = next(place for place, answer in enumerate(answers) if answer.status == 409)
    assert ground.texts("en")["title"] == f"Title {1 - lost}"
    assert answers[lost].one("input", name="mine_title")["value"] == f"Title {lost}"


def test_d08_typing_keeps_a_draft_and_answers_nothing(ed, ground):
    answer = type_(ed, ground, title="Late summer")

    assert (answer.status_code, answer.data) == (204, b"")
    texts = ground.texts("en")
    assert (texts["title"], texts["version"]) == ("Summer", 1)
    assert (texts["drafts"]["title"]["text"], texts["drafts"]["title"]["base"]) == ("Late summer", "Summer")


def test_d08_a_draft_survives_a_switch_of_the_language(ed, ground):
    type_(ed, ground, title="Late summer")

    ed.page(f"{ground.url}?lang=fr")

    assert ed.page(ground.url).one("input", id="text-title")["value"] == "Late summer"


def test_d08_saving_a_draft_makes_it_the_value(ed, ground):
    type_(ed, ground, title="Late summer")

    save(ed, ground, status=303)

    assert (ground.texts("en")["title"], ground.texts("en")["drafts"]) == ("Late summer", {})


def test_d08_a_draft_that_was_overtaken_is_not_saved_unseen(ed, ground):
    type_(ed, ground, title="Mine")
    ground.write("en", title="Theirs", actor=ground.cast.ada)

    answer = save(ed, ground, status=409)

    assert ground.texts("en")["title"] == "Theirs"
    assert answer.one("input", name="mine_title")["value"] == "Mine"


def test_d08_a_draft_of_somebody_else_is_not_typed_over(ed, ground):
    page = ed.page(ground.url)
    ground.draft("en", title="Ada's", actor=ground.cast.ada)

    answer = type_(ed, ground, page=page, title="Ed's")

    assert answer.status_code == 409
    assert "Ada is writing here too" in answer.get_data(as_text=True)
    assert ground.texts("en")["drafts"]["title"]["text"] == "Ada's"


def test_d08_a_draft_of_somebody_else_that_was_shown_goes_on(ed, ground):
    ground.draft("en", title="Ada's", actor=ground.cast.ada)

    answer = type_(ed, ground, title="Ada's and Ed's")

    assert answer.status_code == 204
    assert ground.texts("en")["drafts"]["title"]["text"] == "Ada's and Ed's"


@pytest.mark.parametrize(
    ("fields", "status"), [({"title": "x" * 256}, 422), ({"title": "a\x00"}, 422), ({"colour": "red"}, 204)]
)
def test_a_draft_that_cannot_be_kept_is_refused(ed, ground, fields, status):
    assert type_(ed, ground, **fields).status_code == status
    assert ground.texts("en")["drafts"] == {}


def test_d08_a_draft_is_discarded_and_what_else_was_typed_is_kept(ed, ground):
    type_(ed, ground, title="Late summer")
    page = ed.page(ground.url)
    sent = {name: values[0] for name, values in page.values(f"{ground.url}texts/en").items()}

    answer = ed.seen(
        ed.post(
            f"{ground.url}texts/en/discard",
            data=sent | {"field": "title", "description": "A walk"},
            headers={"Sec-Fetch-Site": "same-origin"},
        ),
        303,
    )

    page = ed.follow(answer)
    assert page.one("input", id="text-title")["value"] == "Summer"
    assert page.one("textarea", id="text-description").text.strip() == "A walk"
    assert set(ground.texts("en")["drafts"]) == {"description"}


def test_d08_htmx_gets_the_texts_without_the_draft(ed, ground):
    type_(ed, ground, title="Late summer")
    page = ed.page(ground.url)
    sent = {name: values[0] for name, values in page.values(f"{ground.url}texts/en").items()}

    answer = Page(ed.post(f"{ground.url}texts/en/discard", data=sent | {"field": "title"}, headers=HTMX))

    assert answer.root.children[0]["id"] == "editor-texts"
    assert answer.one("input", id="text-title")["value"] == "Summer"


def test_d18_a_stale_text_that_is_still_right_is_done_and_what_else_was_typed_is_kept(ed, ground):
    ground.write("fr", description="Une promenade du soir")
    ground.write("en", description="A lantern walk")
    page = ed.page(f"{ground.url}?lang=fr")
    sent = {name: values[0] for name, values in page.values(action(ground, "fr")).items()}
    sent |= {"field": "description", "title": "Été"}

    answer = ed.post(action(ground, "fr", "/confirmation"), data=sent, headers={"Sec-Fetch-Site": "same-origin"})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{ground.url}?lang=fr")
    assert ground.texts("fr")["kept"]["description"]["state"] == "done"
    assert ground.texts("fr")["drafts"]["title"]["text"] == "Été"


def test_tessa_saves_french_and_nothing_else(tessa, ground):
    save(tessa, ground, "fr", title="Été", status=303)
    page = tessa.page(f"{ground.url}?lang=fr")
    fields = {"csrf_token": page.one("meta", name="csrf-token")["content"], "title": "Hers", "field": "title"}

    for verb in ("", "/draft", "/discard", "/confirmation"):
        answer = tessa.post(f"{ground.url}texts/en{verb}", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 403

    assert (ground.texts("fr")["title"], ground.texts("en")["title"]) == ("Été", "Summer")
    assert ground.texts("en")["drafts"] == {}


@pytest.mark.parametrize("verb", ["", "/draft", "/discard", "/confirmation"])
def test_a_viewer_writes_nothing(vi, ground, verb):
    page = vi.page(ground.url)
    fields = {"csrf_token": page.one("meta", name="csrf-token")["content"], "title": "His", "field": "title"}

    answer = vi.post(f"{ground.url}texts/fr{verb}", data=fields, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 403
    assert ground.texts("fr") == {}


@pytest.mark.parametrize("verb", ["", "/draft", "/discard", "/confirmation"])
@pytest.mark.parametrize("place", ["{url}texts/xx", "{url}texts/de", f"/galleries/{UUID(int=1)}/texts/en"])
def test_texts_of_nothing_are_not_found(ed, ground, verb, place):
    page = ed.page(ground.url)
    fields = {"csrf_token": page.one("meta", name="csrf-token")["content"], "title": "Nobody's", "field": "title"}

    answer = ed.post(place.format(url=ground.url) + verb, data=fields, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 404


def test_what_was_typed_when_the_session_ended_is_kept(app, ground):
    browser = browser_of(app, ground.cast.ed)
    page = browser.page(ground.url)
    with browser.session_transaction() as cookie:
        cookie.clear()

    asked = browser.send(page, f"{ground.url}texts/en", title="Typed late", status=401)

    assert asked.one("input", type="password")
    assert ground.texts("en")["title"] == "Summer"
