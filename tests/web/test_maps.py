"""The map of the dashboard: whom its pages may ask for pictures, with tiles of somebody else and without."""

import pytest

from tests.fixtures.app import on_sqlite
from tests.fixtures.browser import Browser
from webapp.config import ConfigError, Settings
from webapp.tiles import Tiles
from webapp.web.headers import POLICY

URL = "https://tile.example.org:8443/{z}/{x}/{y}.png"
NEW = "/backgrounds/try"

pytestmark = on_sqlite


def policy(browser: Browser, path: str) -> str:
    return browser.get(path).headers["Content-Security-Policy"]


def test_without_tiles_nobody_is_asked(ed: Browser) -> None:
    found = ed.page(NEW).one("section", id="background-map")

    assert policy(ed, NEW) == POLICY
    assert "data-tiles" not in found.attributes
    assert "hidden" in found.attributes
    assert "Natural Earth" in found.words
    assert ed.get(found["data-land"]).json["type"] == "MultiPolygon"


class TestTiles:
    @pytest.fixture
    def environ(self, environ: dict[str, str]) -> dict[str, str]:
        return environ | {"VITRINE_TILES_URL": URL, "VITRINE_TILES_CREDIT": "© <b>Somebody</b>"}

    def test_their_host_may_be_asked_by_pages_with_a_map_and_by_no_others(self, ed: Browser) -> None:
        widened = POLICY.replace("img-src 'self'", "img-src https://tile.example.org:8443 'self'")

        assert widened != POLICY
        assert policy(ed, NEW) == policy(ed, "/backgrounds/") == widened
        assert policy(ed, "/galleries/") == policy(ed, "/g/") == POLICY

    def test_whose_they_are_stands_below_the_map(self, ed: Browser) -> None:
        found = ed.page(NEW).one("section", id="background-map")

        assert found["data-tiles"] == URL
        assert "© <b>Somebody</b>" in found.words
        assert "Natural Earth" not in found.words


@pytest.mark.parametrize(
    "url",
    [
        "tile.example.org/{z}/{x}/{y}.png",
        "https://tile.example.org/{z}/{x}.png",
        "https://{s}.example.org/{z}/{x}/{y}.png",
        "https://tile.example.org/{s}/{z}/{x}/{y}.png",
        "https://*.example.org/{z}/{x}/{y}.png",
        "https://user:secret@example.org/{z}/{x}/{y}.png",
        "https://tile.example.org/{z}/{x}/{y}.png; script-src *",
        "javascript:alert({z}{x}{y})",
    ],
)
def test_what_is_no_address_of_tiles_refuses_to_start(environ: dict[str, str], url: str) -> None:
    with pytest.raises(ConfigError, match=r"VITRINE_TILES_URL is .* \{z\}, \{x\} and \{y\}") as refused:
        Settings.from_environ(environ | {"VITRINE_TILES_URL": url, "VITRINE_TILES_CREDIT": "Somebody"})
    assert "secret" not in str(refused.value)


def test_tiles_of_nobody_refuse_to_start(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="VITRINE_TILES_CREDIT must say whose map it is"):
        Settings.from_environ(environ | {"VITRINE_TILES_URL": URL})
    found = Settings.from_environ(environ | {"VITRINE_TILES_URL": URL, "VITRINE_TILES_CREDIT": " Somebody "}).tiles
    assert found == Tiles(URL, "Somebody")
    assert found.origin == "https://tile.example.org:8443"
