"""Clients that write and remember: what each asked for, what it was told, and what must be there afterwards."""

import hashlib
import io
import random
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PIL import Image

from bench.client import Client, Unreadable, picture

State = TypeVar("State")

ITEMS = 12
POOL = 8
LONG = 200


class Writer:
    """One client: `surprises` are answers that are neither success nor 503."""

    kind = ""

    def __init__(self) -> None:
        self.acknowledged = 0
        self.unanswered = 0
        self.surprises: list[str] = []

    def write(self, client: Client) -> int:
        """Ask for one change and return the status. Raises Unanswered."""
        raise NotImplementedError

    def check(self, client: Client) -> list[str]:
        """Say what is not as it was answered, after a restart."""
        raise NotImplementedError

    def check_all(self, client: Client) -> list[str]:
        """Say what is not as it was ever answered, at the end."""
        return self.check(client)

    def told(self, status: int, answer: Any, *, good: int) -> bool:
        """Count an answer, and say whether the change was acknowledged."""
        if status == good:
            self.acknowledged += 1
        elif status != 503:
            self.surprises.append(f"{self.kind}: {status} {answer}")
        return status == good


class Uploads(Writer):
    """Uploads pictures, no two alike; made last, for it counts what is there before."""

    kind = "uploads"

    def __init__(self, client: Client, chance: random.Random) -> None:
        super().__init__()
        self.fresh: dict[str, tuple[str, str]] = {}
        self.kept: dict[str, tuple[str, str]] = {}
        self.others = client.read("/api/v1/media?page=1&per_page=1")["pagination"]["total"]

    def write(self, client: Client) -> int:
        """Upload one picture."""
        sent = picture(400, 300)
        status, answer = client.upload(sent, f"{self.acknowledged}.png")
        if self.told(status, answer, good=201):
            self.fresh[answer["id"]] = (answer["path"], pixels(sent))
        return status

    def check(self, client: Client) -> list[str]:
        """Look at what was uploaded since the last restart."""
        faults = [fault for item in self.fresh.items() for fault in whole(client, *item)]
        self.kept |= self.fresh
        self.fresh = {}
        return faults

    def check_all(self, client: Client) -> list[str]:
        """Look at everything, and for rows that nobody asked for."""
        faults = self.check(client)
        faults += [fault for item in self.kept.items() for fault in whole(client, *item)]
        there = client.read("/api/v1/media?page=1&per_page=1")["pagination"]["total"] - self.others
        if not len(self.kept) <= there <= len(self.kept) + self.unanswered:
            faults.append(f"{there} media, {len(self.kept)} acknowledged and {self.unanswered} not answered")
        return faults


class OneState(Writer, Generic[State]):
    """A writer of one thing, which must be as it was last answered, or as it was asked for without an answer."""

    def __init__(self, first: State) -> None:
        super().__init__()
        self.possible: list[State] = [first]

    def change(self, wanted: State, ask: Callable[[], tuple[int, Any]], *, good: int) -> int:
        """Ask for a state; until it is answered, both the old one and this one may be."""
        before = self.possible
        self.possible = [*before, wanted]
        status, answer = ask()
        self.possible = [wanted] if self.told(status, answer, good=good) else before
        return status

    def read(self, client: Client) -> State:
        """Read what is there."""
        raise NotImplementedError

    def check(self, client: Client) -> list[str]:
        """Compare what is there with what may be there; it is what later changes start from."""
        there = self.read(client)
        faults = [] if there in self.possible else [f"{there!r} is none of {self.possible!r}"]
        self.possible = [there]
        return faults


class Orders(OneState[tuple[str, ...]]):
    """Puts a gallery's pictures in another order, all at once."""

    kind = "orders"

    def __init__(self, client: Client, chance: random.Random) -> None:
        self.gallery, media = make_gallery(client, "orders", pictures=ITEMS)
        self.chance = chance
        for medium in media:
            done(client.send("POST", f"{self.gallery}/media", {"media_id": medium}), good=201)
        super().__init__(tuple(media))

    def write(self, client: Client) -> int:
        """Shuffle."""
        wanted = self.chance.sample(self.possible[0], ITEMS)
        path = f"{self.gallery}/media/reorder"
        return self.change(tuple(wanted), lambda: client.send("POST", path, {"media_ids": wanted}), good=200)

    def read(self, client: Client) -> tuple[str, ...]:
        """Read the order."""
        return tuple(contents(client, self.gallery))


class Texts(OneState[tuple[str, str]]):
    """Saves a title and a description, which belong together."""

    kind = "texts"

    def __init__(self, client: Client, chance: random.Random) -> None:
        self.gallery, _ = make_gallery(client, "texts", pictures=0)
        self.language = client.read("/api/v1/languages")[0]["id"]
        super().__init__(("", ""))
        self.write(client)

    def write(self, client: Client) -> int:
        """Save the next version."""
        number = self.acknowledged + self.unanswered
        title, description = f"Version {number}", f"Text of version {number}. " * LONG
        body = {"language_id": self.language, "title": title, "description": description.strip()}
        path = f"{self.gallery}/translations"
        return self.change((title, description.strip()), lambda: client.send("PUT", path, body), good=200)

    def read(self, client: Client) -> tuple[str, str]:
        """Read both texts."""
        (found,) = client.read(self.gallery)["translations"]
        return found["title"], found["description"]


class Contents(OneState[frozenset[str]]):
    """Adds pictures to a gallery and takes them out again."""

    kind = "contents"

    def __init__(self, client: Client, chance: random.Random) -> None:
        self.gallery, self.pool = make_gallery(client, "contents", pictures=POOL)
        self.chance = chance
        super().__init__(frozenset())

    def write(self, client: Client) -> int:
        """Add a picture that is out, or take out one that is in."""
        medium = self.chance.choice(self.pool)
        wanted = self.possible[0] ^ {medium}
        if medium in wanted:
            path, body = f"{self.gallery}/media", {"media_id": medium}
            return self.change(wanted, lambda: client.send("POST", path, body), good=201)
        return self.change(wanted, lambda: client.send("DELETE", f"{self.gallery}/media/{medium}"), good=200)

    def read(self, client: Client) -> frozenset[str]:
        """Read what is in."""
        return frozenset(contents(client, self.gallery))


class Creations(Writer):
    """Makes galleries with a text in it, whole or not at all."""

    kind = "creations"

    def __init__(self, client: Client, chance: random.Random) -> None:
        super().__init__()
        self.language = client.read("/api/v1/languages")[0]["id"]
        self.made: dict[str, str] = {}
        self.asked = 0

    def write(self, client: Client) -> int:
        """Make one gallery."""
        self.asked += 1
        slug = f"made-{self.asked}"
        text = {"language_id": self.language, "title": f"Gallery {self.asked}"}
        status, answer = client.send("POST", "/api/v1/galleries", {"slug": slug, "translations": [text]})
        if self.told(status, answer, good=201):
            self.made[slug] = answer["id"]
        return status

    def check(self, client: Client) -> list[str]:
        """Look at every gallery that is there: answered ones must be, and all must be whole."""
        there = {row["slug"]: row["id"] for row in all_galleries(client) if row["slug"].startswith("made-")}
        faults = [f"{slug} was answered and is not there" for slug in self.made.keys() - there.keys()]
        for slug in there.keys() - self.made.keys():
            if len(client.read(f"/api/v1/galleries/{there[slug]}")["translations"]) != 1:
                faults.append(f"{slug} is half made")
        return faults


def make_gallery(client: Client, slug: str, *, pictures: int) -> tuple[str, list[str]]:
    """Make an empty gallery and some pictures for it; return its address and their ids."""
    gallery = done(client.send("POST", "/api/v1/galleries", {"slug": slug}), good=201)["id"]
    uploads = (client.upload(picture(64, 48), f"{slug}-{number}.png") for number in range(pictures))
    return f"/api/v1/galleries/{gallery}", [done(upload, good=201)["id"] for upload in uploads]


def done(answered: tuple[int, Any], *, good: int) -> Any:
    """Return the answer of a request that has to work."""
    status, answer = answered
    if status != good:
        raise RuntimeError(f"{good} was expected: {status} {answer}")
    return answer


def contents(client: Client, gallery: str) -> list[str]:
    """Read the pictures of a gallery in their order."""
    rows = client.read(gallery)["gallery_media"]
    return [row["media_id"] for row in sorted(rows, key=lambda row: row["order"])]


def all_galleries(client: Client) -> list[dict[str, str]]:
    """Read every gallery's summary, page by page."""
    found: list[dict[str, str]] = []
    while page := client.read(f"/api/v1/galleries?skip={len(found)}&limit=1000"):
        found += page
    return found


def whole(client: Client, media_id: str, kept: tuple[str, str]) -> list[str]:
    """Say what is wrong with an uploaded picture: its row, its file, its pixels."""
    path, digest = kept
    try:
        client.read(f"/api/v1/media/{media_id}")
        body = client.fetch(f"/{path}")
    except Unreadable as fault:
        return [str(fault)]
    return [] if pixels(body) == digest else [f"{path} is not what was uploaded"]


def pixels(body: bytes) -> str:
    """Digest what a picture shows, whatever else its file holds."""
    with Image.open(io.BytesIO(body)) as image:
        return hashlib.sha256(image.convert("RGB").tobytes()).hexdigest()
