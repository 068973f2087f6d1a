"""The main job, step by step, as a person does it in a browser, with scripts and without."""

import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, Response, expect

from bench import live
from tests import pictures

EMAIL, PASSWORD = "ada@example.org", "correct horse battery"
TITLE, FRENCH_TITLE = "Summer on the quay", "L’été sur le quai"
PHOTOS = 12


@dataclass
class Walk:
    """One browser on one server, and what it has learnt of the gallery it makes."""

    page: Page
    url: str
    scripts: bool = True
    gallery: str = ""
    order: list[str] = field(default_factory=list)

    def to(self, path: str) -> None:
        """Go somewhere."""
        self.page.goto(self.url + path)

    def press(self, name: str) -> None:
        """Press the first visible button or link of this name."""
        self.page.locator("button:visible, a:visible").filter(has_text=re.compile(rf"^\s*{name}\s*$")).first.click()

    def shown(self) -> list[str]:
        """Read the order from the server: each item's id, first to last."""
        self.to(f"/galleries/{self.gallery}/")
        return self.page.eval_on_selector_all("#items > li", "all => all.map(each => each.dataset.id)")


def photos(folder: Path) -> list[Path]:
    """Write photos as a camera does: every orientation, a place in each, all different."""
    made = []
    for number in range(PHOTOS):
        path = folder / f"DSCF{number + 1:04}.jpg"
        path.write_bytes(pictures.photo(900, 600, seed=number + 1, orientation=number % 8 + 1, gps=True))
        made.append(path)
    return made


def set_up(walk: Walk, link: str) -> None:
    """Open the one-time link, become the administrator."""
    walk.page.goto(link)
    walk.page.fill("#site_name", "Northlight")
    walk.page.fill("#name", "Ada Lovelace")
    walk.page.fill("#email", EMAIL)
    walk.page.fill("#password", PASSWORD)
    walk.page.click("#set-up-button")
    expect(walk.page).to_have_url(re.compile("/galleries/$"))


def speak_french(walk: Walk) -> None:
    """Add French to the languages of the site."""
    walk.to("/languages/")
    walk.page.fill("#code", "fr")
    walk.page.click("#add")
    expect(walk.page.locator("main")).to_contain_text("Français")


def make_gallery(walk: Walk) -> None:
    """Make a gallery by its title alone."""
    walk.to("/galleries/new")
    walk.page.fill("#title", TITLE)
    walk.page.click("#gallery-new-save")
    expect(walk.page.locator("h1")).to_contain_text(TITLE)
    found = re.search(r"/galleries/([0-9a-f-]{36})/", walk.page.url)
    assert found
    walk.gallery = found[1]


def upload(walk: Walk, files: list[Path]) -> None:
    """Choose the photos; they stand in the order chosen."""
    walk.page.set_input_files("#upload-files", [str(path) for path in files])
    if not walk.scripts:
        walk.page.click("#upload-send")
    expect(walk.page.locator("#items > li")).to_have_count(PHOTOS, timeout=120_000)
    walk.order = walk.shown()
    assert len(walk.order) == PHOTOS


def arrange(walk: Walk) -> None:
    """Put the first photo after the fourth, then carry the last one two places forward."""
    if walk.scripts:
        drag_first_behind_fourth(walk)
        carry_last_two_forward(walk)
    else:
        first, last = walk.order[0], walk.order[-1]
        for item, position in ((first, 4), (last, PHOTOS - 2)):
            walk.to(f"/galleries/{walk.gallery}/?item={item}")
            walk.page.fill("#item-position", str(position))
            walk.page.click("#item-move")
    wanted = [*walk.order[1:4], walk.order[0], *walk.order[4:9], walk.order[11], *walk.order[9:11]]
    walk.order = walk.shown()
    assert walk.order == wanted


def drag_first_behind_fourth(walk: Walk) -> None:
    tiles = walk.page.locator("#items > li")
    tiles.first.scroll_into_view_if_needed()
    start, goal = tiles.nth(0).bounding_box(), tiles.nth(3).bounding_box()
    assert start
    assert goal
    mouse = walk.page.mouse
    mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    mouse.down()
    mouse.move(start["x"] + start["width"] / 2 + 20, start["y"] + start["height"] / 2, steps=4)
    mouse.move(goal["x"] + goal["width"] - 4, goal["y"] + goal["height"] / 2, steps=12)
    with walk.page.expect_response(lambda answer: answer.url.endswith("/moves")) as answer:
        mouse.up()
    assert answer.value.ok


def carry_last_two_forward(walk: Walk) -> None:
    last = walk.page.locator("#items > li").last
    last.focus()
    walk.page.keyboard.press("m")
    walk.page.keyboard.press("ArrowLeft")
    walk.page.keyboard.press("ArrowLeft")
    with walk.page.expect_response(lambda answer: answer.url.endswith("/moves")) as answer:
        walk.page.keyboard.press("Enter")
    assert answer.value.ok


def describe(walk: Walk) -> None:
    """Write caption and alt text of the first photo in both languages, and the gallery's texts in French."""
    first = walk.order[0]
    for code, caption, alt in (
        ("en", "The quay at dusk", "A stone quay in evening light"),
        ("fr", "Le quai au crépuscule", "Un quai de pierre dans la lumière du soir"),
    ):
        walk.to(f"/galleries/{walk.gallery}/?item={first}&lang={code}")
        walk.page.fill("#item-caption", caption)
        walk.page.fill("#item-alt", alt)
        save(walk, "#item-save")
        walk.to(f"/galleries/{walk.gallery}/?item={first}&lang={code}")
        expect(walk.page.locator("#item-caption")).to_have_value(caption)
        expect(walk.page.locator("#item-alt")).to_have_value(alt)
    walk.to(f"/galleries/{walk.gallery}/?lang=fr")
    expect(walk.page.locator("#editor-texts")).to_contain_text(TITLE)
    walk.page.fill("#editor-texts [name=title]", FRENCH_TITLE)
    walk.page.fill("#editor-texts [name=description]", "Trois soirées au bord du fleuve.")
    save(walk, "#gallery-texts-save")


def focus(walk: Walk) -> None:
    """Set the focal point of the first photo, by a click on it where there are scripts."""
    walk.to(f"/galleries/{walk.gallery}/?item={walk.order[0]}")
    if walk.scripts:
        box = walk.page.locator(".focal").bounding_box()
        assert box
        walk.page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.6)
    else:
        walk.page.fill("#item-focal_x", "0.25")
        walk.page.fill("#item-focal_y", "0.6")
    save(walk, "#item-save")
    walk.to(f"/galleries/{walk.gallery}/?item={walk.order[0]}")
    across, down = (float(walk.page.input_value(f"#item-focal_{axis}")) for axis in "xy")
    assert abs(across - 0.25) < 0.03
    assert abs(down - 0.6) < 0.03


def save(walk: Walk, button: str) -> None:
    """Press Save and wait until the server has answered."""
    with walk.page.expect_response(is_saved) as saved:
        walk.page.click(button)
    answer = saved.value
    assert answer.status in (200, 303), f"{answer.url}: {answer.status} {answer.text()[:2000]}"
    walk.page.wait_for_load_state()


def is_saved(answer: Response) -> bool:
    """Whether this answers a save, and not a draft, a look at one, or what a page tells of who has it open."""
    own = ("/draft", "/preview", "/presence")
    return answer.request.method == "POST" and not any(part in answer.url for part in own)


def preview(walk: Walk) -> None:
    """Look at the French preview of the draft, which visitors do not see yet."""
    walk.to(f"/galleries/{walk.gallery}/preview?lang=fr")
    expect(walk.page.locator("h1")).to_have_text(FRENCH_TITLE)
    expect(walk.page.locator("main")).to_contain_text("Le quai au crépuscule")
    assert status_of(f"{walk.url}/g/summer-on-the-quay") == 404


def publish(walk: Walk) -> None:
    """Publish the gallery."""
    walk.to(f"/galleries/{walk.gallery}/")
    walk.page.click("#publish")
    expect(walk.page.locator("h1")).to_contain_text("Published")


def visit(walk: Walk, new_page: Callable[..., Page]) -> None:
    """See as a visitor that order and languages are right, with no script at all."""
    visitor = new_page(java_script_enabled=False)
    live.until(lambda: fetch(f"{walk.url}/g/summer-on-the-quay").count(b"<img") == PHOTOS, 120, Path())
    visitor.goto(f"{walk.url}/g/summer-on-the-quay")
    expect(visitor.locator("h1")).to_have_text(TITLE)
    ids = visitor.eval_on_selector_all("[id^=i-]", "all => all.map(each => each.id.slice(2))")
    assert ids == walk.order
    assert visitor.locator("main img").first.get_attribute("alt") == "A stone quay in evening light"
    visitor.goto(f"{walk.url}/fr/g/summer-on-the-quay")
    expect(visitor.locator("h1")).to_have_text(FRENCH_TITLE)
    expect(visitor.locator("main")).to_contain_text("Le quai au crépuscule")
    visitor.goto(f"{walk.url}/g/summer-on-the-quay/{walk.order[0]}")
    visitor.click("#next")
    expect(visitor).to_have_url(f"{walk.url}/g/summer-on-the-quay/{walk.order[1]}")


def every_byte(walk: Walk, folder: Path, key: str) -> list[Path]:
    """Fetch every picture that the public page and the library's API lead to."""
    page = fetch(f"{walk.url}/g/summer-on-the-quay").decode()
    addresses = set(re.findall(r"/media/[0-9a-f]{64}/[\w.-]+", page))
    listed = json.loads(fetch(f"{walk.url}/api/v1/media", key=key))
    addresses |= {f"/{row['path']}" for row in listed}
    assert len(listed) == PHOTOS
    made = []
    for number, address in enumerate(sorted(addresses)):
        path = folder / f"served-{number}{Path(address).suffix}"
        path.write_bytes(fetch(walk.url + address))
        made.append(path)
    return made


def places_in(files: list[Path]) -> list[str]:
    """Ask exiftool for anything that says where a picture was taken."""
    command = ["exiftool", "-json", "-ee", "-G", "-gps*", "-xmp-exif:gps*", "-location*", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout) if done.stdout.strip() else []
    return [f"{row['SourceFile']}: {name}" for row in told for name in row if name != "SourceFile"]


def fetch(url: str, *, key: str = "") -> bytes:
    """Get something, as a visitor or with a key."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"} if key else {})
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: bytes = answer.read()
        return found


def status_of(url: str) -> int:
    """Say how the server answers."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
