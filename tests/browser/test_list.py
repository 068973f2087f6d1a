"""The list of galleries in a browser: what others make, what is done to many, and what stays as it is meanwhile."""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fixtures.house import House, open_house

NAMES = itertools.count(1)

pytestmark = pytest.mark.browser


@dataclass
class Site:
    """A running server, whose galleries each test makes for itself."""

    house: House

    @property
    def url(self) -> str:
        """Give the server's address."""
        return self.house.url

    def make(self, word: str, number: int, status: str = "draft") -> list[str]:
        """Make galleries that are found by a word, the newest last."""
        made = []
        for _ in range(number):
            body = {"slug": f"{word}-{next(NAMES):03}", "status": status}
            answer, gallery = self.house.client.send("POST", "/api/v1/galleries", body)
            assert answer < 300, gallery
            made.append(gallery["id"])
        return made


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_house(tmp_path_factory.mktemp("list"), Ada="admin") as house:
        yield Site(house)


def entered(site: Site, page: Page, query: str) -> Page:
    """Open the list, and mark it, so that a page that is loaded again is known by its missing mark."""
    site.house.enter(page)
    page.goto(f"{site.url}/galleries/?q={query}")
    expect(page.locator(".listing")).to_have_attribute("data-live", "")
    page.evaluate("document.documentElement.dataset.same = 'yes'")
    return page


def is_same(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-same", "yes")


def look(page: Page) -> None:
    """Have the page ask now, as it does every ten seconds."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def card(page: Page, gallery_id: str) -> Locator:
    return page.locator(f"#gallery-{gallery_id}")


def shown(page: Page) -> Locator:
    return page.locator("#gallery-cards h2")


def pick(page: Page, *ids: str) -> None:
    for number, each in enumerate(ids, 1):
        page.locator(f"#pick-{each}").press("Space")
        expect(page.locator("[data-picked]")).to_have_text(f"{number} selected")


def toast(page: Page, words: str) -> Locator:
    found = page.locator(".toast").filter(has_text=words)
    expect(found).to_be_visible()
    return found


def mark_rows(page: Page) -> None:
    """Mark each row of the page, so that one that is drawn anew is known."""
    page.eval_on_selector_all("#gallery-cards > *", "all => all.forEach(each => { each.title = 'old' })")


# ---- what others do ----


def test_what_others_make_waits_behind_a_button_and_moves_nothing(site: Site, new_page: Callable[..., Page]) -> None:
    old = site.make("pear", 3)
    page = entered(site, new_page(), "pear")
    pick(page, old[0])
    page.focus("#q")
    mark_rows(page)
    before = card(page, old[0]).bounding_box()
    fresh = site.make("pear", 2)
    look(page)

    news = page.locator("#gallery-news")
    expect(news).to_have_text("2 new here – show")
    expect(page.locator("#view-all span")).to_have_text(re.compile(r"^\d+$"))
    expect(shown(page)).to_have_count(3)
    expect(page.locator("#q")).to_be_focused()
    assert card(page, old[0]).bounding_box() == before

    news.click()
    expect(shown(page)).to_have_count(5)
    ids = page.eval_on_selector_all("#gallery-cards > *", "all => all.map(each => each.id.slice(8))")
    assert ids == [*fresh[::-1], *old[::-1]]
    expect(card(page, fresh[1]).locator("h2 a")).to_be_focused()
    expect(page.locator(f"#pick-{old[0]}")).to_be_checked()
    expect(page.locator("#gallery-cards > [title=old]")).to_have_count(3)
    expect(news).to_be_hidden()


@pytest.mark.full
def test_nothing_comes_where_nothing_has_changed(site: Site, new_page: Callable[..., Page]) -> None:
    site.make("plum", 2)
    page = entered(site, new_page(), "plum")

    with page.expect_response(lambda answer: "rows=" in answer.url) as answered:
        look(page)

    assert answered.value.status == 304


@pytest.mark.full
def test_what_has_gone_is_told_of_and_what_only_fell_below_is_not(site: Site, new_page: Callable[..., Page]) -> None:
    old = site.make("quince", 22)
    page = entered(site, new_page(), "quince")
    expect(shown(page)).to_have_count(20)
    site.make("quince", 1)
    look(page)
    expect(page.locator("#gallery-news")).to_have_text("1 new here – show")
    page.click("#gallery-news")
    expect(shown(page)).to_have_count(21)

    site.house.client.send("DELETE", f"/api/v1/galleries/{old[-1]}")
    look(page)
    expect(page.locator("#gallery-news")).to_have_text("The list has changed – show")
    expect(card(page, old[-1])).to_be_visible()
    page.click("#gallery-news")
    expect(card(page, old[-1])).to_have_count(0)
    page.click("#load-more")
    expect(shown(page)).to_have_count(22)
    is_same(page)


@pytest.mark.full
def test_the_first_gallery_of_a_list_that_showed_none_is_told_of(site: Site, new_page: Callable[..., Page]) -> None:
    page = entered(site, new_page(), "rowan")
    expect(shown(page)).to_have_count(0)
    site.make("rowan", 1)
    look(page)
    expect(page.locator("#gallery-news")).to_have_text("1 new here – show")
    page.click("#gallery-news")

    expect(shown(page)).to_have_count(1)
    is_same(page)


# ---- typing ----


def test_typing_moves_the_view_and_offers_to_keep_what_is_typed(site: Site, new_page: Callable[..., Page]) -> None:
    site.make("lime", 2, status="archived")
    page = entered(site, new_page(), "")
    page.locator("#q").press_sequentially("status:archived", delay=10)
    current = page.locator(".views [aria-current]")
    expect(current).to_have_attribute("id", "view-archived")
    page.keyboard.type(" lime")
    expect(current).to_have_count(0)
    expect(page.locator("#view-menu summary")).to_contain_text("Save this view")
    expect(page.locator("#q")).to_be_focused()
    is_same(page)


# ---- what is done to many ----


def test_a_deed_renews_the_rows_it_changed_and_nothing_else(site: Site, new_page: Callable[..., Page]) -> None:
    ids = site.make("apple", 18)
    page = entered(site, new_page(height=700), "apple")
    pick(page, ids[3], ids[4])
    mark_rows(page)
    page.evaluate("scrollTo(0, 400)")
    page.click("#bulk-archive")

    undo = toast(page, "2 galleries are archived.").locator("form button")
    for each in ids[3:5]:
        expect(card(page, each).locator(".st")).to_have_text("Archived")
        expect(page.locator(f"#pick-{each}")).to_be_checked()
    expect(page.locator("#gallery-cards > [title=old]")).to_have_count(16)
    expect(page.locator("[data-picked]")).to_have_text("2 selected")
    assert page.evaluate("scrollY") == 400

    undo.click()
    expect(card(page, ids[3]).locator(".st")).to_have_text("Draft")
    toast(page, "2 galleries are as they were.")
    expect(page.locator(f"#pick-{ids[3]}")).to_be_checked()
    is_same(page)


@pytest.mark.full
def test_what_is_thrown_away_is_not_selected_and_comes_back(site: Site, new_page: Callable[..., Page]) -> None:
    ids = site.make("cherry", 24)
    page = entered(site, new_page(), "cherry")
    pick(page, ids[-2], ids[-3])
    page.click("#bulk-trash")

    undo = toast(page, "2 galleries are in the trash.").locator("form button")
    expect(card(page, ids[-2])).to_have_count(0)
    expect(shown(page)).to_have_count(20)
    expect(page.locator(".bulk")).to_be_hidden()
    expect(card(page, ids[-4]).locator("h2 a")).to_be_focused()
    page.click("#load-more")
    expect(shown(page)).to_have_count(22)

    undo.click()
    expect(card(page, ids[-2])).to_be_visible()
    expect(shown(page)).to_have_count(24)
    assert len(set(page.eval_on_selector_all("#gallery-cards > *", "all => all.map(each => each.id)"))) == 24
    is_same(page)


@pytest.mark.full
def test_copies_appear_and_are_taken_back(site: Site, new_page: Callable[..., Page]) -> None:
    ids = site.make("fig", 3)
    page = entered(site, new_page(), "fig")
    pick(page, ids[0], ids[1])
    page.click("#bulk-clone")

    undo = toast(page, "2 galleries were cloned.").locator("form button")
    expect(shown(page)).to_have_count(5)
    expect(page.locator("[data-picked]")).to_have_text("2 selected")
    undo.click()
    toast(page, "2 copies are in the trash.")
    expect(shown(page)).to_have_count(3)
    is_same(page)


@pytest.mark.full
def test_the_deed_of_a_menu_keeps_page_and_focus(site: Site, new_page: Callable[..., Page]) -> None:
    ids = site.make("grape", 3)
    page = entered(site, new_page(), "grape")
    pick(page, ids[0])
    menu = page.locator(f"#menu-{ids[1]}")
    menu.locator("summary").click()
    menu.get_by_role("button", name="Publish").click()

    toast(page, "is published.")
    expect(card(page, ids[1]).locator(".st")).to_have_text("Published")
    expect(page.locator(f"#menu-{ids[1]} summary")).to_be_focused()
    expect(page.locator(f"#pick-{ids[0]}")).to_be_checked()
    expect(page.locator("#view-published span")).to_have_text(re.compile(r"^\d+$"))
    is_same(page)


@pytest.mark.full
def test_a_deed_that_is_refused_leaves_all_as_it_is(site: Site, new_page: Callable[..., Page]) -> None:
    ids = site.make("sloe", 2)
    page = entered(site, new_page(), "sloe")
    pick(page, ids[0])
    page.click("#bulk-tag")
    expect(page.locator(".toast.bad")).to_contain_text("Write at least one tag.")
    expect(page.locator(f"#pick-{ids[0]}")).to_be_checked()
    page.fill("#bulk-tags", "tart")
    page.click("#bulk-tag")

    toast(page, "1 gallery has the tags.")
    expect(page.locator("#bulk-tags")).to_have_value("")
    is_same(page)


@pytest.mark.full
def test_a_list_that_is_emptied_says_so_and_fills_again(site: Site, new_page: Callable[..., Page]) -> None:
    ids = site.make("medlar", 1)
    page = entered(site, new_page(), "status:draft medlar")
    pick(page, ids[0])
    page.click("#bulk-publish")

    undo = toast(page, "1 gallery is published.").locator("form button")
    expect(page.locator("#gallery-list")).to_contain_text("Nothing is like that")
    expect(page.locator("#q")).to_be_focused()
    undo.click()
    expect(card(page, ids[0])).to_be_visible()
    is_same(page)


@pytest.mark.full
def test_rows_of_the_table_are_renewed_as_cards_are(site: Site, new_page: Callable[..., Page]) -> None:
    ids = site.make("melon", 3)
    page = entered(site, new_page(), "melon&view=table")
    pick(page, ids[2])
    page.click("#bulk-clone")

    toast(page, "1 gallery was cloned.")
    expect(page.locator("#gallery-cards > tr")).to_have_count(4)
    expect(page.locator(f"#pick-{ids[2]}")).to_be_checked()
    is_same(page)


# ---- all that match, over several pages ----


def test_all_that_match_are_acted_on_over_several_pages(site: Site, new_page: Callable[..., Page]) -> None:
    ids = site.make("olive", 23)
    page = entered(site, new_page(), "olive")
    pick(page, ids[-1])
    page.click("#bulk-all")
    expect(page.locator("h1")).to_have_text("23 galleries")
    page.click("#all-publish")

    undo = toast(page, "23 galleries are published.").locator("form button")
    expect(shown(page)).to_have_count(20)
    expect(page.locator("#gallery-cards .st.published")).to_have_count(20)
    page.click("#load-more")
    expect(page.locator("#gallery-cards .st.published")).to_have_count(23)
    undo.click()
    toast(page, "23 galleries are as they were.")
    expect(page.locator("#gallery-cards .st.draft")).to_have_count(23)


@pytest.mark.full
def test_all_that_match_are_not_acted_on_when_they_are_others_by_then(
    site: Site, new_page: Callable[..., Page]
) -> None:
    site.make("hazel", 21)
    page = entered(site, new_page(), "hazel")
    pick(page, (page.locator("#gallery-cards .cb").first.get_attribute("value") or ""))
    page.click("#bulk-all")
    expect(page.locator("h1")).to_have_text("21 galleries")
    site.make("hazel", 1)
    page.click("#all-trash")

    expect(page.locator(".banner")).to_contain_text("Now 22 galleries match, not 21. Nothing was changed.")
    expect(page.locator("h1")).to_have_text("22 galleries")


@pytest.mark.full
def test_without_scripts_a_deed_is_a_form_and_its_undo_too(site: Site, new_page: Callable[..., Page]) -> None:
    ids = site.make("nut", 2)
    page = site.house.enter(new_page(java_script_enabled=False))
    page.goto(f"{site.url}/galleries/?q=nut")
    page.locator(f"#pick-{ids[0]}").check()
    page.click("#bulk-clone")

    expect(shown(page)).to_have_count(3)
    toast(page, "1 gallery was cloned.").locator("form button").click()
    toast(page, "1 copy is in the trash.")
    expect(page).to_have_url(f"{site.url}/galleries/?q=nut")
    expect(shown(page)).to_have_count(2)


@pytest.fixture
def strict(site: Site, new_page: Callable[..., Page]) -> Iterator[Page]:
    """Somebody whose site asks for complete texts before galleries are public."""
    page = entered(site, new_page(), "")
    for gate in ("warn", "off"):
        page.goto(f"{site.url}/site/")
        page.select_option("#gate", gate)
        with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/site/")):
            page.locator("#gate").evaluate("field => field.form.requestSubmit()")
        if gate == "warn":
            yield page


@pytest.mark.full
def test_what_is_incomplete_is_asked_about_before_it_is_public(site: Site, strict: Page) -> None:
    ids, page = site.make("damson", 2), strict
    page.goto(f"{site.url}/galleries/?q=damson")
    expect(page.locator(".listing")).to_have_attribute("data-live", "")
    pick(page, *ids)
    page.click("#bulk-publish")
    expect(page.locator("h1")).to_have_text("Texts are missing")
    expect(page.locator("#lacking li")).to_have_count(2)

    page.click("#publish-anyway")
    expect(shown(page)).to_have_count(2)
    expect(page.locator("#gallery-cards .st.published")).to_have_count(2)


@pytest.mark.full
def test_table_stands_within_its_panel_on_the_smallest_screen_in_german(
    site: Site, new_page: Callable[..., Page]
) -> None:
    site.make("a-gallery-with-a-long-address", 1, "published")
    page = site.house.enter(new_page(width=320, locale="de"))

    page.goto(f"{site.url}/galleries/?view=table&q=long")

    expect(page.locator(".tbl .st").first).to_have_text("Veröffentlicht")
    assert page.locator(".tbl").evaluate("each => each.offsetWidth <= each.parentElement.clientWidth")
