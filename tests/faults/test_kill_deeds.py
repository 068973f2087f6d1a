"""What changes a whole gallery at once is whole after SIGKILL or never was: publishing a hold, restoring a revision,
changing many items, sorting. Each leaves marks (a revision, the audit) that have to agree with what it did."""

import operator
import random
import threading
import time
import urllib.parse
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select

from bench import kill
from bench.client import Client
from bench.visitor import Visitor, fields_of
from bench.writers import OneState
from tests import factories
from tests.fixtures.databases import opened
from webapp.domain import galleries, holds, indexing, items, revisions, showing, slugs, translations
from webapp.domain.models import AuditEntry, Item, ItemText, Revision
from webapp.domain.transaction import release, transaction

KILLS = 2
ITEMS = 24
SECONDS = 60
LAST_SECONDS = 0.25
PASSWORD = "correct horse battery"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Desk(Client):
    """Ed's browser, without pages: forms and a token, and whether each was answered."""

    headers: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def form(self, path, **fields):
        """Send a form and return status and answer. Raises Unanswered."""
        body = urllib.parse.urlencode({"csrf_token": self.token, **fields}, doseq=True).encode()
        status, answer = self.exchange("POST", path, body, self.headers)
        return status, answer.decode(errors="replace")[:200]


def sign_in(server, key):
    visitor = Visitor(server.port)
    visitor.post(
        "/login", fields_of(visitor.get("/login"), "<form") | {"email": "ed@example.org", "password": PASSWORD}
    )
    token = fields_of(visitor.get("/galleries/new"), 'action="/galleries/"')["csrf_token"]
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    own = {"Cookie": cookies, "Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
    return Desk(server.port, key, headers=own, token=token)


class Deed(OneState):
    """One kind of change to one gallery; its state is what it leaves, and how often by the marks."""

    def __init__(self, ed, status="draft"):
        with transaction():
            made = factories.gallery(ed, self.kind, pictures=ITEMS, status=status)
            self.id, self.order = made.id, tuple(factories.order(made.id))
            self.set_up(made, ed)
        self.url = f"/galleries/{self.id}"
        super().__init__(self.read())

    def set_up(self, made, ed):
        """Write what the deed needs."""

    def read(self, _client=None):
        """Read what is there from the database itself."""
        release()
        found = self.seen()
        release()
        return found

    def audited(self, verb):
        mine = select(func.count()).where(AuditEntry.gallery_id == self.id, AuditEntry.verb == verb)
        return factories.db.session.scalar(mine)

    def kept(self, reason):
        mine = select(func.count()).where(Revision.gallery_id == self.id, Revision.reason == reason)
        return factories.db.session.scalar(mine)


class Publications(Deed):
    """Holds a gallery, changes its title behind that, publishes it."""

    kind = "publications"

    def __init__(self, ed):
        super().__init__(ed, status="published")

    def seen(self):
        gallery = galleries.get(self.id)
        public = showing.show(gallery, slugs.of(self.id)).title.text
        marks = (self.kept("hold published"), self.audited("gallery.hold.publish"))
        return marks, holds.find(self.id) is not None, public, galleries.title_of(gallery)

    def write(self, desk):
        marks, held, public, title = self.possible[0]
        if not held:
            return self.change((marks, True, public, title), lambda: desk.form(f"{self.url}/hold"), good=303)
        if public == title:
            fresh = f"Version {marks[0] + 1}"
            body = {"language_id": self.language, "title": fresh}
            path = f"/api/v1{self.url}/translations"
            return self.change((marks, True, public, fresh), lambda: desk.send("PUT", path, body), good=200)
        wanted = ((marks[0] + 1, marks[1] + 1), False, title, title)
        return self.change(wanted, lambda: desk.form(f"{self.url}/hold/publication"), good=303)

    def set_up(self, made, ed):
        self.language = str(made.source_language_id)


class Restorations(Deed):
    """Restores one of two revisions after the other, whose orders, items and captions differ."""

    kind = "restorations"
    cores: dict[int, tuple[object, ...]]

    def set_up(self, made, ed):
        self.cores = {}
        for words, shown in (("first", self.order), ("then", self.order[::-2])):
            if gone := set(self.order) - set(shown):
                items.trash(made.id, list(gone), actor=ed)
                items.reorder(made.id, list(shown), actor=ed)
            for place, item_id in enumerate(shown):
                text = {"caption": f"{words} at {place}"}
                translations.write(items.get(made.id, item_id), made.source_language_id, text, actor=ed)
            number = revisions.keep(made, reason="published", actor=ed).number
            self.cores[number] = tuple((each, f"{words} at {place}") for place, each in enumerate(shown))

    def seen(self):
        order = items.ids_in_order(self.id)
        rows = factories.db.session.execute(
            select(ItemText.item_id, ItemText.caption).where(ItemText.item_id.in_(order))
        )
        captions = dict(iter(rows))
        marks = (self.kept("before restoring"), self.audited("gallery.revision.restore"))
        return marks, tuple((each, captions[each]) for each in order)

    def write(self, desk):
        (kept, audited), core = self.possible[0]
        number = next(each for each, shown in self.cores.items() if shown != core)
        wanted = ((kept + 1, audited + 1), self.cores[number])
        return self.change(wanted, lambda: desk.form(f"{self.url}/revisions/{number}/restoration"), good=303)


class Bulks(Deed):
    """Gives all items another link and another alt text."""

    kind = "bulks"

    def seen(self):
        rows = factories.db.session.execute(
            select(Item.link_url, ItemText.alt)
            .join(ItemText, ItemText.item_id == Item.id, isouter=True)
            .where(Item.gallery_id == self.id)
        )
        return self.kept("before bulk change"), self.audited("item.update"), Counter(tuple(row) for row in rows)

    def write(self, desk):
        kept, audited, _ = self.possible[0]
        words = (f"/{kept + 1}", f"Alt {kept + 1}")
        wanted = (kept + 1, audited + ITEMS, Counter({words: ITEMS}))
        path = f"{self.url}/items/selection/changes"
        ids = ",".join(map(str, self.order))
        return self.change(wanted, lambda: desk.form(path, ids=ids, link_url=words[0], alt=words[1]), good=303)


class Sorts(Deed):
    """Turns all items round."""

    kind = "sorts"

    def seen(self):
        return galleries.get(self.id).order_version, tuple(items.ids_in_order(self.id))

    def write(self, desk):
        version, order = self.possible[0]
        wanted = (version + 1, order[::-1])
        return self.change(
            wanted, lambda: desk.form(f"{self.url}/sorts", by="reverse", order_version=version), good=303
        )


DEEDS = (Publications, Restorations, Bulks, Sorts)


@contextmanager
def installed(server, url):
    """Give an editor, a key and the deeds on a server that serves."""
    added = ("user", "add", "ed@example.org", "--role", "admin", "--name", "Ed", "--password-stdin")
    server.command(*added, stdin=PASSWORD)
    key = server.command("key", "add", "--user", "ed@example.org", "--name", "tests").stdout.strip()
    with opened(url) as app, app.app_context():
        with transaction():
            cast = factories.actor("Writer", "editor")
        yield sign_in(server, key), [each(cast) for each in DEEDS]


def live_and_die(server, desk, deeds, moments):
    """Let all four be done again and again, each at least once, and kill the server in the midst of the next ones."""
    before, over = [deed.acknowledged for deed in deeds], threading.Event()
    latest, rest = time.monotonic() + SECONDS, moments.uniform(0, LAST_SECONDS)
    with kill.writing(desk, deeds, over):
        while not all(map(operator.gt, (deed.acknowledged for deed in deeds), before)) and time.monotonic() < latest:
            time.sleep(kill.POLL_SECONDS)
        time.sleep(rest)
        server.kill()
        over.set()


def storm(server, url, *, seed, kills=KILLS):
    """Kill the server while all four are done again and again; return what was wrong and what was answered."""
    moments, faults = random.Random(seed), []
    with installed(server, url) as (desk, deeds):
        for _ in range(kills):
            live_and_die(server, desk, deeds, moments)
            server.start()
            faults += [f"{deed.kind}: {fault[:300]}" for deed in deeds for fault in deed.check(desk)]
        faults += [fault for deed in deeds for fault in deed.surprises]
        faults += [f"not found by what it says: {each}" for each in indexing.differing()]
        release()
    return faults, {deed.kind: deed.acknowledged for deed in deeds}, sum(deed.unanswered for deed in deeds)


@pytest.mark.kill
@pytest.mark.full
def test_deeds_on_a_whole_gallery_are_whole_after_a_kill_or_never_were(server):
    faults, acknowledged, unanswered = storm(server, f"sqlite:///{server.home / 'vitrine.db'}", seed=20261123)

    assert faults == []
    assert min(acknowledged.values()) > 0, acknowledged
    assert unanswered > 0


@pytest.mark.kill
@pytest.mark.full
@pytest.mark.postgres
def test_deeds_on_a_whole_gallery_are_whole_after_a_kill_on_postgres(make_server, postgres_url):
    server = make_server(DATABASE_URL=postgres_url)
    server.start()

    faults, acknowledged, unanswered = storm(server, postgres_url, seed=20261124, kills=1)

    assert faults == []
    assert min(acknowledged.values()) > 0, acknowledged
    assert unanswered > 0
