"""Suggestions in the table of texts: they come to the field that is written in, and one chord takes the likest."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.fixtures.house import House, Wall, open_house
from webapp.domain import glossary, items, translations
from webapp.domain.transaction import transaction
from webapp.infra.db import db

pytestmark = pytest.mark.browser

PATIENCE = 15_000  # milliseconds, on a machine that is busy with the other tests


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("suggestions"), Ed="admin", Theo="editor") as made:
        with made.app.app_context(), transaction():
            glossary.add(factories.language("fr").id, "quay", "quai", actor=made.actor("Theo"))
        yield made


def write(wall: Wall, place: int, code: str, alt: str) -> None:
    with wall.house.app.app_context(), transaction():
        item = items.get(wall.id, UUID(wall.ids[place]))
        factories.write(item, code, wall.house.actor("Theo"), alt=alt)


def saved(wall: Wall, place: int) -> str | None:
    with wall.house.app.app_context():
        db.session.rollback()
        row = translations.find(items.get(wall.id, UUID(wall.ids[place])), factories.language("fr").id)
        return row.alt if row else None


@pytest.fixture
def walls(house: House) -> tuple[Wall, Wall]:
    """A gallery with an alt text in English, and one where the same is translated."""
    here, there = house.gallery(2), house.gallery(2)
    write(here, 0, "en", "Lanterns along the quay")
    for place, code, alt in ((0, "en", "Lanterns along the quay"), (0, "fr", "Lanternes le long du quai")):
        write(there, place, code, alt)
    return here, there


def test_the_likest_is_taken_by_a_chord_and_saved_by_another(
    house: House, walls: tuple[Wall, Wall], new_page: Callable[..., Page]
) -> None:
    wall, page = walls[0], house.enter(new_page())
    page.goto(f"{house.url}/galleries/{wall.id}/translations/fr")
    expect(page.locator("[data-cell] textarea:focus")).to_have_count(1, timeout=PATIENCE)
    panel, field = page.locator("#suggestions-panel"), page.locator(f"#alt-{wall.ids[0]}")
    field.focus()
    expect(panel).to_contain_text("Lanternes le long du quai", timeout=PATIENCE)
    expect(panel).to_contain_text("100%")
    expect(panel.locator(".found-words")).to_contain_text("quai")

    page.keyboard.press("Alt+u")
    expect(field).to_have_value("Lanternes le long du quai")
    expect(field).to_be_focused()
    with page.expect_response(f"**/translations/fr/items/{wall.ids[0]}"):
        page.keyboard.press("Control+Enter")

    assert saved(wall, 0) == "Lanternes le long du quai"
    expect(page.locator(f"#alt-{wall.ids[1]}")).to_be_focused()
    expect(panel).to_be_hidden(timeout=PATIENCE)


def test_a_button_takes_it_too_and_a_field_without_suggestions_shows_none(
    house: House, walls: tuple[Wall, Wall], new_page: Callable[..., Page]
) -> None:
    wall, page = walls[0], house.enter(new_page())
    page.goto(f"{house.url}/galleries/{wall.id}/translations/fr")
    expect(page.locator("[data-cell] textarea:focus")).to_have_count(1, timeout=PATIENCE)
    panel, field = page.locator("#suggestions-panel"), page.locator(f"#alt-{wall.ids[0]}")
    field.focus()
    expect(panel).to_be_visible(timeout=PATIENCE)

    panel.get_by_role("button", name="Use this").first.click()

    expect(field).to_have_value("Lanternes le long du quai")
    page.locator(f"#alt-{wall.ids[1]}").focus()
    expect(panel).to_be_hidden()
    assert saved(wall, 0) is None
