"""Share policies × every address that anybody can ask for: nothing outside the policy, no place in any byte.

A world of three galleries, each text and picture of which can be told from all others: a draft with unsaved texts, a
video, a text and a picture in the trash; a public gallery whose changes are held; a draft that nobody shares.
"""

import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request

from tests import factories
from tests.fixtures.app import Cast, on_sqlite
from tests.fixtures.browser import Browser
from tests.pictures import photo
from webapp.domain import galleries, holds, item_kinds, items, media, renditions, shares, slugs, translations
from webapp.domain.models import Blob, Item, Media, Rendition
from webapp.domain.transaction import transaction
from webapp.infra.db import db

MARK = re.compile(r"mark-[a-z]+-[a-z]+-[a-z]{2}")
PLACES = (b"GPS", b"48.8582", b"2.2945", b"Fujica", b"SN-0042")
NEAR = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "quiet evening"
CODES = ("en", "fr")

pytestmark = [on_sqlite, pytest.mark.full]


@dataclass
class World:
    """What there is: ids of items by name, what was made of each picture, and whose they are."""

    app: Flask
    cast: Cast
    galleries: dict[str, UUID] = field(default_factory=dict)
    slugs: dict[str, str] = field(default_factory=dict)
    items: dict[str, UUID] = field(default_factory=dict)
    media: dict[str, UUID] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    originals: dict[str, str] = field(default_factory=dict)
    styles: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Policy:
    """One link: what it shows; `code` None is all languages."""

    gallery: str
    state: str
    code: str | None
    downloads: bool

    @property
    def items(self) -> set[str]:
        """The items that it shows."""
        if self.gallery == "draft":
            return {"draft-picture", "draft-video", "draft-text"}
        return {"held-picture"} if self.state == "held" else {"new-picture"}

    @property
    def pictures(self) -> set[str]:
        """The pictures that it shows: those of its items, and the poster of the video."""
        return {"draft-picture", "poster"} if self.gallery == "draft" else self.items

    def marks(self, code: str) -> set[str]:
        """The texts that its page in a language may hold."""
        if self.gallery == "draft":
            saved = {f"mark-draft-{part}-{code}" for part in ("title", "caption", "html", "video")}
            unsaved = self.state == "drafts" and code == "en"
            return (saved - {"mark-draft-title-en"}) | {"mark-unsaved-title-en"} if unsaved else saved
        return {f"mark-{'held' if self.state == 'held' else 'new'}-{part}-{code}" for part in ("title", "caption")}

    @property
    def codes(self) -> tuple[str, ...]:
        """The languages that it shows."""
        return (self.code,) if self.code else CODES


POLICIES = [
    Policy(*each)
    for each in itertools.product(("draft", "public"), ("held", "working", "drafts"), (None, "fr"), (False, True))
]


@pytest.fixture
def world(app: Flask, cast: Cast) -> World:
    made = World(app, cast)
    storage = app.extensions["vitrine-storage"]
    with app.app_context():
        names = ("draft-picture", "trashed-picture", "poster", "held-picture", "new-picture", "other-picture")
        for seed, name in enumerate(names):
            intake = media.take_in(io.BytesIO(photo(640, 480, seed=seed, gps=True)), f"{name}.jpg", storage=storage)
            with transaction():
                made.media[name] = media.add(intake, actor=cast.ed).id
        renditions.work_off(storage)
        with transaction():
            furnish(made)
        with transaction():
            hold_back(made)
        look_up(made)
    return made


def furnish(world: World) -> None:
    """Make the galleries and say what stands in each."""
    ed = world.cast.ed
    for name, status in (("draft", "draft"), ("public", "published"), ("other", "draft")):
        mark = {"draft": "draft", "public": "held", "other": "other"}[name]
        made = factories.gallery(ed, f"mark-{mark}-title-en", status=status)
        factories.write(made, "fr", ed, title=f"mark-{mark}-title-fr")
        world.galleries[name] = made.id
    put(world, "draft", "draft-picture", "draft")
    put(world, "draft", "trashed-picture", "trashed")
    items.trash(world.galleries["draft"], [world.items["trashed-picture"]], actor=ed)
    put(world, "public", "held-picture", "held")
    put(world, "other", "other-picture", "other")
    add_others(world)
    draft = galleries.get(world.galleries["draft"])
    translations.draft(draft, draft.source_language_id, {"title": "mark-unsaved-title-en"}, actor=ed)


def put(world: World, gallery: str, name: str, mark: str) -> None:
    """Hang a picture and write its captions."""
    item = items.add(world.galleries[gallery], [world.media[name]], actor=world.cast.ed)[0]
    for code in CODES:
        factories.write(item, code, world.cast.ed, caption=f"mark-{mark}-caption-{code}")
    world.items[name] = item.id


def add_others(world: World) -> None:
    """Add a text with colours and a video with a poster to the draft."""
    ed, gallery_id = world.cast.ed, world.galleries["draft"]
    html = '<p style="color: #c0392b">mark-draft-html-{}</p>'
    text = item_kinds.add_text(gallery_id, html=html.format("en"), actor=ed)
    factories.write(text, "fr", ed, html=html.format("fr"))
    video = item_kinds.add_video(gallery_id, "https://vimeo.com/76979871", poster_id=world.media["poster"], actor=ed)
    for code in CODES:
        factories.write(video, code, ed, title=f"mark-draft-video-{code}")
    world.items |= {"draft-text": text.id, "draft-video": video.id}


def hold_back(world: World) -> None:
    """Hold the public gallery, then change all of it."""
    gallery_id, ed = world.galleries["public"], world.cast.ed
    holds.hold(gallery_id, actor=ed)
    items.trash(gallery_id, [world.items["held-picture"]], actor=ed)
    put(world, "public", "new-picture", "new")
    for code in CODES:
        factories.write(galleries.get(gallery_id), code, ed, title=f"mark-new-title-{code}")


def look_up(world: World) -> None:
    """Read what addresses are made of."""
    world.slugs = {name: slugs.of(gallery_id) for name, gallery_id in world.galleries.items()}
    for name, media_id in world.media.items():
        entry = db.session.get_one(Media, media_id)
        made = db.session.query(Rendition).filter(Rendition.blob_id == entry.blob_id, Rendition.state == "ready")
        sha256 = db.session.get_one(Blob, entry.blob_id).sha256
        world.files[name] = [f"{sha256}/{row.name}" for row in made]
        world.originals[name] = entry.filename


def make(world: World, policy: Policy) -> str:
    """Make a link, and return its path."""
    with world.app.app_context(), transaction():
        _share, link = shares.make(
            world.galleries[policy.gallery],
            {
                "label": "Ines",
                "code": policy.code,
                "state": policy.state,
                "days": 1,
                "password": PASSWORD,
                "max_uses": None,
                "downloads": policy.downloads,
            },
            base_url="",
            actor=world.cast.ed,
        )
    return link


def enter(world: World, path: str) -> Browser:
    browser = Browser(world.app)
    answer = browser.send(browser.page(path), f"{path}/visits", password=PASSWORD, status=303)
    assert answer.headers["Location"] == path
    return browser


def marks(answer: TestResponse) -> set[str]:
    return set(MARK.findall(answer.get_data(as_text=True))) if answer.mimetype.startswith(("text", "app")) else set()


def below(world: World, path: str) -> Iterator[tuple[str, str, str]]:
    """Give every address below a link's: its kind, the name of what it is about, and itself."""
    for name, item_id in world.items.items():
        for query in ("", "?lang=en", "?lang=fr", "?play=1"):
            yield "item", name, f"{path}/{item_id}{query}"
        yield "original", name, f"{path}/originals/{item_id}"
    for name, files in world.files.items():
        assert len(files) >= 4, name
        for file in files:
            yield "picture", name, f"{path}/media/{file}"


def public(world: World) -> Iterator[tuple[str, str]]:
    """Give every public address about anything: the name of what it is about, and itself."""
    for name, slug in world.slugs.items():
        for prefix in ("", *(f"/{code}" for code in CODES)):
            for end in ("", "/feed.xml", "/feed.json"):
                yield name, f"{prefix}/g/{slug}{end}"
            for item, item_id in world.items.items():
                yield item, f"{prefix}/g/{slug}/{item_id}"
    for item, files in world.files.items():
        for file in files:
            yield item, f"/media/{file}"
        yield item, f"/uploads/media/{world.originals[item]}"
        yield item, f"/media/{files[0].partition('/')[0]}/og-10-10-w1200.jpg"
    for address in ("/feed.xml", "/feed.json", "/sitemap.xml", "/robots.txt"):
        yield "site", address
    for gallery_id in world.galleries.values():
        yield "site", f"/sitemaps/{gallery_id}.xml"


def faults_of_bytes(answer: TestResponse, address: str) -> list[str]:
    """Name what an answer says of where a picture was taken, or with what."""
    found = [f"{address}: {place!r}" for place in PLACES if place in answer.data]
    if answer.status_code == 200 and answer.mimetype.startswith("image/") and "svg" not in answer.mimetype:
        exif = Image.open(io.BytesIO(answer.data)).getexif()
        found += [f"{address}: EXIF {dict(exif)}"] if exif.get_ifd(0x8825) or 0x010F in exif else []
    return found


def faults_inside(world: World, policy: Policy, path: str, browser: Browser) -> list[str]:
    """Ask for everything below a link from inside, and name what differs from its policy."""
    found: list[str] = []
    for code in (None, *CODES, "de"):
        answer = browser.get(f"{path}{f'?lang={code}' if code else ''}")
        read = code or policy.code or "en"
        allowed = policy.marks(read) if read in policy.codes else set()
        if answer.status_code != (200 if allowed else 404) or marks(answer) != allowed:
            found.append(f"page in {code}: {answer.status_code} {sorted(marks(answer) ^ allowed)}")
        found += faults_of_bytes(answer, f"page in {code}")
    allowed = set().union(*(policy.marks(code) for code in policy.codes))
    pictures = {name for name in policy.items if name in world.files}
    wanted = {"item": policy.items, "original": pictures if policy.downloads else set(), "picture": policy.pictures}
    for kind, name, address in below(world, path):
        answer = browser.get(address, buffered=True)
        query = address.partition("?lang=")[2]
        good = name in wanted[kind] and (not query or query in policy.codes)
        if answer.status_code != (200 if good else 404) or not marks(answer) <= allowed:
            found.append(f"{kind} {name} {address}: {answer.status_code} {sorted(marks(answer) - allowed)}")
        found += faults_of_bytes(answer, address)
    return found


def faults_outside(world: World, path: str, browser: Browser, *, gone: bool = False) -> list[str]:
    """Ask for everything below a link from outside, and name what is told all the same."""
    found = []
    for kind, name, address in [("door", "", path), ("door", "", f"{path}?lang=fr"), *below(world, path)]:
        answer = browser.get(address, buffered=True)
        wanted = 410 if gone else {"door": 200, "item": 303}.get(kind, 404)
        if answer.status_code != wanted or marks(answer):
            found.append(f"{kind} {name}: {answer.status_code} {sorted(marks(answer))}")
    return found


def faults_in_public(world: World, browser: Browser) -> list[str]:
    """Ask for everything public, and name what is told of more than the public gallery's frozen copy."""
    found = []
    allowed = {f"mark-held-{part}-{code}" for part in ("title", "caption") for code in CODES}
    for name, address in public(world):
        answer = browser.get(address, buffered=True)
        if not marks(answer) <= allowed:
            found.append(f"{address}: {sorted(marks(answer) - allowed)}")
        if answer.status_code == 200 and name not in ("public", "held-picture", "site"):
            found.append(f"{address} of {name} answers")
        found += faults_of_bytes(answer, address)
    return found


def test_shares_show_nothing_outside_their_policy_at_any_address(world: World) -> None:
    links = {policy: make(world, policy) for policy in POLICIES}
    found: dict[str, list[str]] = {}
    stranger, seen = Browser(world.app), 0

    for policy, path in links.items():
        browser = enter(world, path)
        found[f"inside {policy}"] = faults_inside(world, policy, path, browser)
        if policy.downloads and policy.code is None:
            found[f"outside {policy}"] = faults_outside(world, path, stranger)
        seen += len(list(below(world, path)))
    last = enter(world, path)
    found["with the cookie of another link"] = faults_outside(world, next(iter(links.values())), last)
    found["public"] = faults_in_public(world, last)

    assert {name: faults[:5] for name, faults in found.items() if faults} == {}
    assert len(POLICIES) == 24
    assert seen > 1000


def test_shares_that_were_withdrawn_show_nothing_at_any_address(world: World) -> None:
    path = make(world, Policy("draft", "drafts", None, downloads=True))
    browser = enter(world, path)
    assert browser.get(path).status_code == 200

    with world.app.app_context(), transaction():
        share = shares.of_gallery(world.galleries["draft"])[0].share
        shares.revoke(share.gallery_id, share.id, actor=world.cast.ed)

    assert faults_outside(world, path, browser, gone=True) == []


def test_shares_say_nothing_of_the_styles_of_others(world: World) -> None:
    path = make(world, Policy("draft", "working", None, downloads=False))
    page = enter(world, path).page(path)
    sheets = [each["href"] for each in page.all("link", rel="stylesheet") if each["href"].startswith("/styles/")]

    assert sheets
    for sheet in sheets:
        answer = Browser(world.app).get(sheet)
        assert answer.status_code == 200
        assert marks(answer) == set()


def test_the_matrix_finds_what_it_looks_for(world: World) -> None:
    headers = Headers({"Content-Type": "image/jpeg"})
    raw = TestResponse([photo(64, 64, gps=True)], "200 OK", headers=headers, request=Request({}))
    first = next(iter(world.items.values()))
    with world.app.app_context():
        kept = db.session.get_one(Item, first)

    assert faults_of_bytes(raw, "raw")
    assert MARK.findall("x mark-draft-title-en y") == ["mark-draft-title-en"]
    assert kept.gallery_id in world.galleries.values()
