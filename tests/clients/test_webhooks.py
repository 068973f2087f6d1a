"""An app's receiver, unmodified, is told of what somebody does in the dashboard, and verifies each message twice."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from bench import live
from tests import pictures
from tests.fixtures.house import House
from tests.fixtures.node import Program

SECONDS = 60

pytestmark = pytest.mark.browser


@dataclass
class App:
    """A receiver of events, and the secret that it shares with Vitrine."""

    program: Program
    house: House
    secret: str = ""

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What came in: headers and body."""
        found: list[dict[str, Any]] = self.program("came")["messages"]
        return found

    def heard(self, event: str) -> list[dict[str, Any]]:
        """Wait until the handler of an event was called, and give what it was told."""
        live.until(lambda: self.told(event), SECONDS, self.house.server.log)
        return self.told(event)

    def told(self, event: str) -> list[dict[str, Any]]:
        """Give what the handler of an event was told so far."""
        return [each["told"] for each in self.program("came")["heard"] if each["event"] == event]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("told")
    with live.serving(folder / "home", WORKERS="1", OUTBOUND_ALLOW="127.0.0.0/8") as server:
        made = House(server, {"Ada": "admin"})
        yield made
        made.close()


@pytest.fixture
def page(house: House, new_page: Callable[..., Page]) -> Page:
    return house.enter(new_page())


@pytest.fixture
def app(house: House, page: Page, start_program: Callable[..., Program]) -> App:
    """The receiver, made known to Vitrine by its form, with the key that it verifies with from Vitrine's page."""
    made = App(start_program("receiver", VITRINE_URL=house.url), house)
    page.goto(f"{house.url}/webhooks/new?format=wix")
    page.fill("#name", "Bridge")
    page.fill("#url", f"http://127.0.0.1:{made.program('listen')}/hook")
    page.locator("#webhook-make").click()
    expect(page.locator("h1")).to_have_text("Copy the secret now")
    made.secret = page.input_value("#secret")
    page.goto(f"{house.url}/webhooks/")
    made.program("trust", page.locator("#pem").inner_text())
    return made


@pytest.mark.full
def test_the_sdk_hears_all_six_events_of_what_is_done_in_the_dashboard(
    app: App, house: House, page: Page, tmp_path: Path
) -> None:
    gallery = make_gallery(page, house)
    created = app.heard("Created")
    assert created[0]["entity"] | {"name": "Summer", "items": []} == created[0]["entity"]
    assert created[0]["metadata"]["entityId"] == gallery

    rename(page, "Autumn")
    assert app.heard("Updated")[0]["entity"]["name"] == "Autumn"

    item = upload(page, tmp_path, 1)
    added = app.heard("ItemCreated")
    assert added[0]["data"]["item"]["_id"] == item
    assert added[0]["data"]["item"]["image"]["imageInfo"].startswith("wix:image://v1/")

    describe(page, item, "A stone quay")
    changed = app.heard("ItemUpdated")
    assert changed[0]["data"]["updatedItem"]["title"] == "A stone quay"

    remove(page, item)
    removed = app.heard("ItemDeleted")
    assert removed[0]["data"] == {"itemId": item}
    assert removed[0]["metadata"].get("originatedFrom") is None

    second = upload(page, tmp_path, 2)
    live.until(lambda: len(app.told("ItemCreated")) == 2, SECONDS, house.server.log)
    discard(page)
    assert app.heard("Deleted")[0]["metadata"]["entityId"] == gallery
    live.until(lambda: len(app.told("ItemDeleted")) == 2, SECONDS, house.server.log)
    cascaded = app.told("ItemDeleted")[1]
    assert cascaded["data"] == {"itemId": second}
    assert cascaded["metadata"]["originatedFrom"] == "Gallery Deleted"

    look_at_messages(app, page, house)


def look_at_messages(app: App, page: Page, house: House) -> None:
    """Verify every message by its headers, find none refused, and see the log agree."""
    messages = app.messages
    assert [each["refused"] for each in messages] == [None] * len(messages)
    assert len({each["headers"]["webhook-id"] for each in messages}) == len(messages)
    for each in messages:
        shown = {name: value for name, value in each["headers"].items() if name.startswith("webhook-")}
        Webhook(app.secret).verify(each["body"], shown, json_parse=False)
        with pytest.raises(WebhookVerificationError):
            Webhook(app.secret).verify(each["body"] + ".", shown, json_parse=False)
    page.goto(f"{house.url}/webhooks/")
    page.get_by_role("link", name="Bridge").first.click()
    expect(page.locator("#log-rows .ds.ok")).to_have_count(len(messages))


def make_gallery(page: Page, house: House) -> str:
    house.new_gallery(page)
    found = re.search(r"/galleries/([0-9a-f-]{36})/", page.url)
    assert found
    return found[1]


def rename(page: Page, title: str) -> None:
    page.fill("#text-title", title)
    with page.expect_response(re.compile(r"/texts/en(\?|$)")) as answered:
        page.locator("#gallery-texts-save").click()
    assert answered.value.status < 400
    expect(page.locator("h1")).to_contain_text(title)


def upload(page: Page, folder: Path, number: int) -> str:
    """Add a photo to the gallery, which then has no other, and give the item's id."""
    path = folder / f"DSCF{number:04}.jpg"
    path.write_bytes(pictures.photo(90, 60, seed=number))
    page.set_input_files("#upload-files", [str(path)])
    tile = page.locator("#items > li[data-id]")
    expect(tile).to_have_count(1)
    return tile.get_attribute("data-id") or ""


def describe(page: Page, item: str, title: str) -> None:
    address = page.url.partition("?")[0]
    page.goto(f"{address}?item={item}")
    page.fill("#item-title", title)
    with page.expect_response(re.compile(rf"/items/{item}(\?|$)")) as answered:
        page.locator("#item-save").click()
    assert answered.value.status < 400


def remove(page: Page, item: str) -> None:
    with page.expect_navigation():
        page.locator("#item-remove").click()
    expect(page.locator(f'#items > li[data-id="{item}"]')).to_have_count(0)


def discard(page: Page) -> None:
    page.locator("#editor-more > summary").click()
    page.locator("#editor-discard").click()
    page.wait_for_url(re.compile(r"/galleries/(\?|$)"))
