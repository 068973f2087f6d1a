"""Take a picture of every page, wide and narrow, light and dark, into docs/screenshots/."""

import io
import shutil
import tempfile
from pathlib import Path

import click
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from bench.tour import EMAIL, PASSWORD, Tour, lived_in

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
SIZES = {1440: 1000, 390: 844}
THEMES = ("light", "dark")
QUALITY = 55
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, help="Where the pictures go.")
@click.option("--only", default="", help="Only pages with these letters in their name.")
def screenshots(folder: Path, only: str) -> int:
    """Photograph every page of a lived-in installation, at 1440 and 390 pixels, light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = 0
    with tempfile.TemporaryDirectory() as home, lived_in(Path(home, "home")) as tour, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for theme in THEMES:
            for width, height in SIZES.items():
                taken += walk(browser, tour, folder, theme=theme, width=width, height=height, only=only)
        browser.close()
    print(f"{taken} pictures in {folder}")
    return 0


def walk(browser: Browser, tour: Tour, folder: Path, *, theme: str, width: int, height: int, only: str) -> int:
    """Photograph every page at one size in one theme."""
    taken = 0
    for signed_in, pages in ((False, tour.public_pages), (True, tour.pages)):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        context.add_cookies(tour.cookies)
        page = context.new_page()
        if signed_in:
            sign_in(page, tour)
        for name, path in pages.items():
            if only in name:
                page.goto(tour.server.url + path, wait_until="networkidle")
                with Image.open(io.BytesIO(page.screenshot())) as shot:
                    shot.save(folder / f"{name}-{width}-{theme}.webp", quality=QUALITY, method=6)
                taken += 1
        context.close()
    return taken


def sign_in(page: Page, tour: Tour) -> None:
    """Come in as the administrator."""
    page.goto(f"{tour.server.url}/login")
    page.fill("input[type=email]", EMAIL)
    page.fill("input[type=password]", PASSWORD)
    page.press("input[type=password]", "Enter")
    page.wait_for_url("**/galleries/")
