"""Translating by keyboard alone: keys counted, and no word lost whatever happens meanwhile."""

import itertools
import random
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests import factories
from tests.fixtures.house import PASSWORD, House, Wall, address, open_house
from webapp.domain import items, translations
from webapp.domain.transaction import transaction
from webapp.infra.db import db

pytestmark = pytest.mark.browser

WORDS = {
    "fr": ("lac", "été", "quai", "lanterne", "façade", "œuvre"),
    "ar": ("بحيرة", "صيف", "رصيف", "فانوس", "واجهة", "عمل"),
}
PATIENCE = 15_000  # milliseconds, on a machine that is busy with the other tests


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("translating"), Ed="admin", Theo="editor") as made:
        with made.app.app_context(), transaction():
            for code in WORDS:
                factories.language(code)
        yield made


class Typist:
    """Somebody at the keyboard; `keys` are the chords pressed beyond the words themselves."""

    def __init__(self, page: Page, wall: Wall, code: str) -> None:
        self.page, self.wall, self.code, self.keys = page, wall, code, 0
        self.query = ""

    def open(self, query: str = "") -> None:
        """Open the table, which begins at the first unfinished field, or open it again."""
        self.query = query or self.query
        self.page.goto(f"{self.wall.house.url}/galleries/{self.wall.id}/translations/{self.code}{self.query}")
        self.ready()

    def ready(self) -> None:
        """Wait until the scripts are there and a field has the focus."""
        expect(self.page.locator("[data-cell] textarea:focus")).to_have_count(1, timeout=PATIENCE)

    def type(self, words: str) -> None:
        """Type, as an input method does."""
        self.page.keyboard.insert_text(words)

    def press(self, chord: str) -> None:
        """Press a chord."""
        self.page.keyboard.press(chord)
        self.keys += 1

    def here(self) -> str:
        """Return the id of the field that has the focus."""
        return str(self.page.evaluate("document.activeElement.id"))


def saved(wall: Wall, code: str, field: str = "alt") -> list[str]:
    """Read the texts of all items, first to last, from the database."""
    with wall.house.app.app_context():
        db.session.rollback()
        language = factories.language(code).id
        rows = [translations.find(items.get(wall.id, each), language) for each in factories.order(wall.id)]
        return [(getattr(row, field) if row else "") or "" for row in rows]


def drafts(wall: Wall, code: str) -> list[str]:
    with wall.house.app.app_context():
        db.session.rollback()
        language = factories.language(code).id
        rows = [translations.find(items.get(wall.id, each), language) for each in factories.order(wall.id)]
        return [row.drafts["alt"]["text"] for row in rows if row and "alt" in row.drafts]


def wait_until(page: Page, done: Callable[[], bool], what: str) -> None:
    for _ in range(100):
        if done():
            return
        page.wait_for_timeout(150)
    raise AssertionError(what)


def alts(code: str, count: int) -> list[str]:
    """Make so many different texts."""
    words = itertools.cycle(WORDS[code])
    return [f"{next(words)} {next(words)} {number}" for number in range(count)]


@pytest.fixture
def typist(house: House, new_page: Callable[..., Page]) -> Typist:
    made = Typist(house.enter(new_page()), house.gallery(4), "fr")
    made.open()
    return made


@pytest.mark.parametrize("code", WORDS)
def test_alt_texts_are_typed_with_one_chord_each(house: House, new_page: Callable[..., Page], code: str) -> None:
    typist = Typist(house.enter(new_page()), house.gallery(6), code)
    typist.open()
    typist.type("Titre")
    typist.press("Control+Enter")
    for words in alts(code, 6):
        typist.type(words)
        typist.press("Control+Enter")

    wait_until(typist.page, lambda: saved(typist.wall, code) == alts(code, 6), "not all of it arrived")
    assert typist.keys == 7
    expect(typist.page.locator("#translations-counts h2")).to_have_text("7 of 7 fields done")
    assert drafts(typist.wall, code) == []


def test_tab_goes_from_field_to_field_and_the_bar_below_says_which(typist: Typist) -> None:
    page = typist.page
    expect(page.locator("#dock-field")).to_have_text("Title")
    page.keyboard.press("Tab")

    assert typist.here() == f"alt-{typist.wall.ids[0]}"
    typist.type("Un lac")
    expect(page.locator("#dock-field")).to_have_text("Item 1, Alt text")
    expect(page.locator("#dock-count")).to_have_text("6 of 250 characters")


def test_ctrl_shift_enter_saves_and_stays(typist: Typist) -> None:
    typist.type("Été")
    with typist.page.expect_response("**/translations/fr/texts"):
        typist.press("Control+Shift+Enter")

    assert typist.here() == "title-gallery"
    expect(typist.page.locator("#row-gallery .fs")).to_have_text("Done")


def test_the_source_is_copied_and_a_stale_text_confirmed_by_key(house: House, typist: Typist) -> None:
    page = typist.page
    typist.press("Alt+s")
    expect(page.locator("#title-gallery")).to_have_value("Summer")
    with page.expect_response("**/translations/fr/texts"):
        typist.press("Control+Shift+Enter")
    with house.app.app_context(), transaction():
        factories.write(_gallery(typist.wall), "en", house.actor("Theo"), title="High summer")
    typist.open()
    page.focus("#title-gallery")
    expect(page.locator("#row-gallery ins")).to_have_text("High summer")

    with page.expect_response("**/texts/confirmation"):
        typist.press("Alt+y")
    expect(page.locator("#row-gallery .fs")).to_have_text("Done")


def _gallery(wall: Wall) -> object:
    from webapp.domain import galleries

    return galleries.get(wall.id)


def test_a_picture_is_decorative_by_key(typist: Typist) -> None:
    page, first = typist.page, typist.wall.ids[0]
    page.focus(f"#alt-{first}")
    with page.expect_response("**/decorative"):
        typist.press("Alt+d")

    expect(page.locator(f"#row-{first}")).to_contain_text("needs no alt text")
    assert typist.here() == f"alt-{typist.wall.ids[1]}"


def test_what_is_typed_on_while_a_save_is_under_way_stays(typist: Typist) -> None:
    page, first = typist.page, typist.wall.ids[0]
    page.focus(f"#alt-{first}")
    held: list[Route] = []
    page.route(f"**/items/{first}", lambda route: held.append(route))  # noqa: PLW0108  it wants a function
    typist.type("Un lac")
    typist.press("Control+Shift+Enter")
    wait_until(page, lambda: bool(held), "nothing was sent")
    typist.type(" bleu")
    with page.expect_response(f"**/items/{first}"):
        held[0].continue_()

    expect(page.locator(f"#row-{first} .fs")).to_be_visible()
    expect(page.locator(f"#alt-{first}")).to_have_value("Un lac bleu")
    wait_until(page, lambda: drafts(typist.wall, "fr") == ["Un lac bleu"], "the rest was not put aside")


def test_what_is_done_is_counted_right_although_answers_cross(typist: Typist) -> None:
    page, (first, second) = typist.page, typist.wall.ids[:2]
    held: list[tuple[Route, APIResponse]] = []
    page.route(f"**/items/{first}", lambda route: held.append((route, route.fetch())))
    counts = page.locator("#counts-title")
    done = int(counts.inner_text().split()[0])
    for item in (first, second):
        page.focus(f"#alt-{item}")
        typist.type("Un lac")
        typist.press("Control+Shift+Enter")
        wait_until(page, lambda: bool(held), "nothing was sent")
    expect(counts).to_contain_text(f"{done + 2} of")
    route, answer = held[0]
    route.fulfill(response=answer)

    expect(page.locator(f"#row-{first} .fs")).to_be_visible()
    expect(counts).to_contain_text(f"{done + 2} of")


def test_what_is_done_is_counted_anew_although_more_is_saved_meanwhile(typist: Typist) -> None:
    page, (first, second, third) = typist.page, typist.wall.ids[:3]
    held: list[tuple[Route, APIResponse]] = []
    recounts: list[tuple[Route, APIResponse]] = []

    def keep_the_first(route: Route) -> None:
        if recounts:
            route.continue_()
        else:
            recounts.append((route, route.fetch()))

    def save(item: str) -> None:
        page.focus(f"#alt-{item}")
        typist.type("Un lac")
        typist.press("Control+Shift+Enter")

    page.route(f"**/items/{first}", lambda route: held.append((route, route.fetch())))
    counts = page.locator("#counts-title")
    done = int(counts.inner_text().split()[0])
    save(first)
    wait_until(page, lambda: bool(held), "nothing was sent")
    save(second)
    expect(counts).to_contain_text(f"{done + 2} of")
    page.route(page.url, keep_the_first)
    held[0][0].fulfill(response=held[0][1])
    wait_until(page, lambda: bool(recounts), "nothing was counted anew")
    save(third)
    expect(counts).to_contain_text(f"{done + 3} of")
    with page.expect_response(page.url):
        recounts[0][0].fulfill(response=recounts[0][1])

    page.wait_for_timeout(300)  # an old count would stand there by now
    expect(counts).to_contain_text(f"{done + 3} of")


def test_two_versions_are_shown_in_a_dialog_and_the_choice_is_kept(house: House, typist: Typist) -> None:
    page, first = typist.page, typist.wall.ids[0]
    with house.app.app_context(), transaction():
        item = items.get(typist.wall.id, factories.order(typist.wall.id)[0])
        factories.write(item, "fr", house.actor("Theo"), alt="Leur lac")
    page.focus(f"#alt-{first}")
    typist.type("Mon lac")
    typist.press("Control+Enter")

    expect(page.locator("dialog[open] h1")).to_have_text("Choose between two versions")
    page.click("dialog[open] #keep-mine")
    expect(page.locator(f"#alt-{first}")).to_have_value("Mon lac")
    wait_until(page, lambda: saved(typist.wall, "fr")[0] == "Mon lac", "mine was not saved")


def cut_off(page: Page, item: object) -> None:
    """Have nothing that is written about an item arrive any more."""
    page.route(f"**/items/{item}**", lambda route: route.abort())


def test_words_that_were_to_be_saved_are_saved_after_a_reload(typist: Typist) -> None:
    page, first = typist.page, typist.wall.ids[0]
    page.focus(f"#alt-{first}")
    cut_off(page, first)
    typist.type("Un lac")
    typist.press("Control+Shift+Enter")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "failed")
    page.reload()
    typist.ready()
    expect(page.locator(f"#row-{first} [data-cell=alt] .fs")).to_have_text("Draft")

    page.unroute(f"**/items/{first}**")
    page.reload()
    expect(page.locator(f"#row-{first} [data-cell=alt] .fs")).to_have_text("Done")
    wait_until(page, lambda: saved(typist.wall, "fr")[0] == "Un lac", "the words were not saved")
    assert drafts(typist.wall, "fr") == []


def test_words_that_were_only_typed_come_back_as_a_draft_one_key_from_saved(typist: Typist) -> None:
    page, first = typist.page, typist.wall.ids[0]
    page.focus(f"#alt-{first}")
    cut_off(page, first)
    typist.type("Un lac")
    page.reload()
    typist.ready()

    expect(page.locator(f"#alt-{first}")).to_have_value("Un lac")
    expect(page.locator(f"#row-{first} [data-cell=alt] .fs")).to_have_text("Draft")
    page.unroute(f"**/items/{first}**")
    page.focus(f"#alt-{first}")
    typist.press("Control+Shift+Enter")
    expect(page.locator(f"#row-{first} [data-cell=alt] .fs")).to_have_text("Done")
    assert saved(typist.wall, "fr")[0] == "Un lac"


def test_words_that_did_not_arrive_are_offered_where_others_have_written_since(house: House, typist: Typist) -> None:
    page, first = typist.page, typist.wall.ids[0]
    page.focus(f"#alt-{first}")
    cut_off(page, first)
    typist.type("Mon lac")
    with house.app.app_context(), transaction():
        item = items.get(typist.wall.id, factories.order(typist.wall.id)[0])
        factories.write(item, "fr", house.actor("Theo"), alt="Leur lac")
    page.reload()
    typist.ready()
    page.unroute(f"**/items/{first}**")
    expect(page.locator(f"#alt-{first}")).to_have_value("Leur lac")
    expect(page.locator(f"#alt-{first}-typed")).to_contain_text("Mon lac")

    page.click(f"#alt-{first}-typed button")
    expect(page.locator(f"#alt-{first}")).to_be_focused()
    typist.press("Control+Shift+Enter")
    wait_until(page, lambda: saved(typist.wall, "fr")[0] == "Mon lac", "mine was not saved")


FAULTS = ("reload", "offline", "expired", "conflict", "tab", "none")


def _after(typist: Typist, fault: str, words: str) -> None:
    """Type some words, have something happen, and save them all the same."""
    page, field = typist.page, typist.here()
    typist.type(words)
    if fault == "reload":
        page.reload()
    elif fault == "tab":
        page.goto(f"{typist.wall.house.url}/galleries/{typist.wall.id}/translations/en")
        typist.open()
    elif fault == "offline":
        page.context.set_offline(True)
        typist.press("Control+Shift+Enter")
        page.context.set_offline(False)
    elif fault == "conflict":
        _write_a_caption(typist.wall, field)
    elif fault == "expired":
        _expire(typist)
    if fault in ("reload", "tab", "expired"):
        typist.ready()
        page.focus(f"#{field}")
    expect(page.locator(f"#{field}")).to_have_value(words, timeout=PATIENCE)


def _write_a_caption(wall: Wall, field: str) -> None:
    """Have somebody else save another text of the same item."""
    with wall.house.app.app_context(), transaction():
        found = next(each for each in factories.order(wall.id) if str(each) in field)
        factories.write(items.get(wall.id, found), "fr", wall.house.actor("Theo"), caption=f"Légende {found}")


def _expire(typist: Typist) -> None:
    """End the sign-in, and sign in again where the page leads to."""
    page = typist.page
    page.context.clear_cookies()
    typist.press("Control+Shift+Enter")
    page.wait_for_url("**/login**")
    page.fill("input[type=email]", address("Ed"))
    page.fill("input[type=password]", PASSWORD)
    page.press("input[type=password]", "Enter")
    page.wait_for_url("**/translations/**")


def fill(typist: Typist, count: int, faults: list[str]) -> list[str]:
    """Type so many alt texts, with a fault at each; return what was typed."""
    wanted = alts(typist.code, count)
    typist.type("Titre")
    typist.press("Control+Enter")
    for words, fault in zip(wanted, faults, strict=True):
        _after(typist, fault, words)
        typist.press("Control+Enter")
    return wanted


def test_no_word_is_lost_whatever_happens(house: House, new_page: Callable[..., Page]) -> None:
    typist = Typist(house.enter(new_page()), house.gallery(len(FAULTS)), "fr")
    typist.open()
    wanted = fill(typist, len(FAULTS), list(FAULTS))

    wait_until(typist.page, lambda: saved(typist.wall, "fr") == wanted, "words were lost")


@pytest.mark.full
@pytest.mark.parametrize("code", WORDS)
def test_two_hundred_alt_texts_survive_fifty_faults_in_each_language(
    house: House, new_page: Callable[..., Page], code: str
) -> None:
    """200 alt texts and 50 faults in French, and as many in Arabic: a hundred faults, and every word is saved."""
    typist = Typist(house.enter(new_page()), house.gallery(200), code)
    typist.open("?only=open")
    chance = random.Random(code)
    faults = [chance.choice(FAULTS[:-1]) if number % 4 == 1 else "none" for number in range(200)]
    wanted = fill(typist, 200, faults)

    wait_until(typist.page, lambda: saved(typist.wall, code) == wanted, "words were lost")
    assert drafts(typist.wall, code) == []
    extra = sum(fault in ("offline", "expired") for fault in faults)
    assert typist.keys <= 201 + extra
