"""Deeds that are done again and again while the server is killed: each is whole afterwards or never was."""

import contextlib
import http.client
import operator
import random
import threading
import time
import urllib.parse
from dataclasses import dataclass, field

from sqlalchemy import func, select

from bench import kill
from bench.client import Client, Unanswered, multipart
from bench.visitor import Visitor, fields_of
from bench.writers import OneState
from tests import factories
from tests.fixtures.databases import opened
from webapp.domain import indexing
from webapp.domain.models import AuditEntry, Revision
from webapp.domain.transaction import release, transaction

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

    def file(self, path, content, name):
        """Send a file and return status and where the answer leads to. Raises Unanswered."""
        body, content_type = multipart(content, name)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        with contextlib.closing(connection):
            try:
                own = self.headers | {"Content-Type": content_type, "X-CSRFToken": self.token}
                connection.request("POST", path, body, own)
                answer = connection.getresponse()
                return answer.status, answer.headers.get("Location") or answer.read().decode()[:200]
            except (OSError, http.client.HTTPException) as error:
                raise Unanswered(f"POST {path}: {error}") from None


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


@contextlib.contextmanager
def installed(server, url, kinds):
    """Give an editor, a key and deeds of these kinds on a server that serves."""
    added = ("user", "add", "ed@example.org", "--role", "admin", "--name", "Ed", "--password-stdin")
    server.command(*added, stdin=PASSWORD)
    key = server.command("key", "add", "--user", "ed@example.org", "--name", "tests").stdout.strip()
    with opened(url) as app, app.app_context():
        with transaction():
            cast = factories.actor("Writer", "editor")
        yield sign_in(server, key), [each(cast) for each in kinds]
        release()


def live_and_die(server, desk, deeds, moments):
    """Let all be done again and again, each at least once, and kill the server in the midst of the next ones."""
    before, over = [deed.acknowledged for deed in deeds], threading.Event()
    latest, rest = time.monotonic() + SECONDS, moments.uniform(0, LAST_SECONDS)
    with kill.writing(desk, deeds, over):
        while not all(map(operator.gt, (deed.acknowledged for deed in deeds), before)) and time.monotonic() < latest:
            time.sleep(kill.POLL_SECONDS)
        time.sleep(rest)
        server.kill()
        over.set()


def storm(server, desk, deeds, *, seed, kills):
    """Kill the server while all are done again and again; return what was wrong, and what was answered."""
    moments, faults = random.Random(seed), []
    for _ in range(kills):
        live_and_die(server, desk, deeds, moments)
        server.start()
        faults += [f"{deed.kind}: {fault[:300]}" for deed in deeds for fault in deed.check(desk)]
    faults += [fault for deed in deeds for fault in deed.surprises]
    faults += [f"not found by what it says: {each}" for each in indexing.differing()]
    release()
    return faults, {deed.kind: deed.acknowledged for deed in deeds}, sum(deed.unanswered for deed in deeds)
