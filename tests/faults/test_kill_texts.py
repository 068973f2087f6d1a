"""What comes from outside is whole after SIGKILL or never was: a file of translations that is taken in, texts that
a machine is asked for, what visitors by a share link write. A machine's work that was cut off is done afterwards."""

import dataclasses
import threading
import time
from collections import Counter
from datetime import timedelta
from ipaddress import ip_network

import pytest
from sqlalchemy import func, select, update

from bench import kill
from bench.visitor import Visitor, fields_of
from tests import factories
from tests.faults.deeds import FORM, ITEMS, SECONDS, Deed, Desk, installed, storm
from tests.machines import Machine, translated
from webapp.domain import approving, items, shares, translations
from webapp.domain.exchange import formats, gathering
from webapp.domain.exchange.gathering import Scope
from webapp.domain.machine import settings
from webapp.domain.machine.settings import Outfit
from webapp.domain.models import (
    GalleryText,
    ItemText,
    MachineOrder,
    MachineTask,
    ShareApproval,
    ShareNote,
    ShareVisit,
)
from webapp.domain.permissions import system
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.outbound import Way

NOTES = 20
"""Notes that one visitor writes: more in an hour are refused."""
CODES = ("fr", "de", "es", "it", "pt", "nl", "sv", "da")
FINISH_SECONDS = 90


class Imports(Deed):
    """Takes in a file with another alt text for each item, as XLIFF and as CSV in turn."""

    kind = "imports"

    def set_up(self, made, ed):
        self.language = factories.language("fr").id
        for item_id in factories.order(made.id):
            factories.write(items.get(made.id, item_id), "en", ed, alt="A quay")
        scope = Scope(language_id=self.language, source_id=made.source_language_id, gallery_ids=[made.id])
        document = gathering.gather(scope, actor=ed)
        self.document = dataclasses.replace(document, units=[unit for unit in document.units if unit.field == "alt"])

    def seen(self):
        mine = select(ItemText.alt).where(ItemText.item_id.in_(self.order), ItemText.language_id == self.language)
        return self.kept("before import"), Counter(factories.db.session.scalars(mine))

    def write(self, desk):
        number = self.possible[0][0] + 1
        wanted = (number, Counter({f"Quai {number}": ITEMS}))
        return self.change(wanted, lambda: self.taken_in(desk, number), good=303)

    def taken_in(self, desk, number):
        units = [dataclasses.replace(unit, target=f"Quai {number}") for unit in self.document.units]
        document = dataclasses.replace(self.document, units=units)
        content = formats.written(document, ("xliff12", "csv")[number % 2])
        status, location = desk.file("/translations/exchange/uploads", content, "quays")
        return desk.form(f"{location}/application") if status == 303 else (status, location)


class Orders(Deed):
    """Asks the machine for all texts of the gallery in one language after the other."""

    kind = "orders"

    def set_up(self, made, ed):
        self.codes = [factories.language(code).code for code in CODES]
        for item_id in factories.order(made.id):
            factories.write(items.get(made.id, item_id), "en", ed, alt=f"A boat {item_id}")

    def seen(self):
        rows = factories.db.session.execute(
            select(func.count(MachineTask.id))
            .join(MachineOrder, MachineOrder.id == MachineTask.order_id, isouter=True)
            .where(MachineOrder.gallery_id == self.id)
            .group_by(MachineOrder.id)
        )
        return self.audited("order"), Counter(rows.scalars())

    def write(self, desk):
        if self.possible[0][0] == len(self.codes) - 1:
            time.sleep(kill.POLL_SECONDS)
            return 503
        return self.place(desk)

    def place(self, desk):
        number = self.possible[0][0]
        path, told = "/translations/machine/orders", {"gallery": str(self.id), "language": self.codes[number]}
        return self.change((number + 1, Counter({ITEMS + 1: number + 1})), lambda: desk.form(path, **told), good=303)

    def check(self, desk):
        """Compare what is written with what is noted as done; then let the time of what was cut off be over."""
        faults = super().check(desk)
        done, written = self.states()["done"], self.written()
        with transaction():
            factories.db.session.execute(update(MachineTask).values(lease_until=now() - timedelta(seconds=1)))
        return faults + ([] if done == written else [f"{done} texts are done, {written} are there"])

    def states(self):
        release()
        rows = factories.db.session.execute(select(MachineTask.state, func.count()).group_by(MachineTask.state))
        return Counter(dict(iter(rows)))

    def written(self):
        """Count the machine's texts."""
        release()
        rows = factories.db.session.scalars(
            select(ItemText).where(ItemText.item_id.in_(self.order), ItemText.alt.is_not(None))
        )
        titles = factories.db.session.scalars(select(GalleryText).where(GalleryText.gallery_id == self.id))
        return sum(translations.state(row, "alt") == "machine" for row in rows) + sum(
            translations.state(row, "title") == "machine" for row in titles
        )

    def finish(self, desk):
        """Ask for one more language, which wakes the worker, and wait until nothing is left to do."""
        assert self.place(desk) == 303
        latest = time.monotonic() + FINISH_SECONDS
        while self.states()["waiting"] and time.monotonic() < latest:
            time.sleep(0.1)
        return self.states()


class Reviews(Deed):
    """Asks for changes over a share link, and approves what it shows."""

    kind = "reviews"

    def set_up(self, made, ed):
        fields = {"label": "Mia", "code": None, "state": "working", "days": 7}
        fields |= {"password": None, "max_uses": None, "downloads": False}
        self.share, address = shares.make(made.id, fields, base_url="", actor=ed)
        self.path, self.share_id = address, self.share.id
        self.seen_by_her = approving.token(approving.prints(made, self.share))

    def enter(self, server):
        """Open the link as Mia's browser does."""
        browser = Visitor(server.port)
        browser.post(f"{self.path}/visits", fields_of(browser.get(self.path), "/visits"))
        token = fields_of(browser.get(self.path), "/notes")["csrf_token"]
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        own = {"Cookie": cookies, "Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
        self.desk = Desk(server.port, "", headers=own, token=token)

    def seen(self):
        mine = select(ShareNote.number, ShareNote.words, ShareNote.author).where(ShareNote.share_id == self.share_id)
        approved = select(func.count()).where(ShareApproval.share_id == self.share_id)
        name = select(ShareVisit.name).where(ShareVisit.share_id == self.share_id)
        notes = tuple(tuple(row) for row in factories.db.session.execute(mine.order_by(ShareNote.number)))
        return notes, factories.db.session.scalar(approved), factories.db.session.scalar(name)

    def write(self, _desk):
        notes, approvals, _ = self.possible[0]
        if len(notes) < NOTES and len(notes) <= approvals:
            number = len(notes) + 1
            wanted = ((*notes, (number, f"Brighter, {number}", "Mia")), approvals, "Mia")
            about = {"about": str(self.order[0]), "field": "", "x": "40", "y": "60", "words": f"Brighter, {number}"}
            return self.change(wanted, lambda: self.desk.form(f"{self.path}/notes", name="Mia", **about), good=303)
        told = {"seen": self.seen_by_her, "name": "Mia"}
        wanted = (notes, approvals + 1, "Mia")
        return self.change(wanted, lambda: self.desk.form(f"{self.path}/approvals", **told), good=303)


class Slow(Machine):
    """A machine that answers one request and keeps the next ones waiting until it is let go."""

    def __init__(self):
        super().__init__()
        self.freed, self.held = threading.Event(), threading.Event()
        self.answer = self.answered

    def answered(self, asked):
        if len(self.asked) > 1 and not self.freed.is_set():
            self.held.set()
            self.freed.wait(60)
        return translated(asked)


@pytest.fixture
def machine():
    made = Slow()
    yield made
    made.freed.set()
    made.close()


def cut_off(server, desk, orders, machine):
    """Kill the server while the machine thinks, and say how many texts were held for it."""
    assert orders.write(desk) == 303
    assert machine.held.wait(SECONDS)
    server.kill()
    machine.freed.set()
    server.start()
    release()
    held = MachineTask.lease_until.is_not(None)
    return factories.db.session.scalar(select(func.count()).where(held, MachineTask.state == "waiting"))


def live(server, machine, *, seed, kills):
    """Have all three done, cut off and done again; return what was wrong, what was answered, and how orders ended."""
    url = f"sqlite:///{server.home / 'vitrine.db'}"
    with installed(server, url, (Imports, Orders, Reviews)) as (desk, deeds):
        _, orders, reviews = deeds
        outfit = Outfit("of no use", Way(allow=(ip_network("127.0.0.0/8"),)))
        with transaction():
            told = {"header": "Authorization", "secret": None, "version": None, "actor": system("job")}
            settings.save(address=machine.address, outfit=outfit, **told)
        reviews.enter(server)
        held = cut_off(server, desk, orders, machine)
        faults = orders.check(desk)
        more, acknowledged, unanswered = storm(server, desk, deeds, seed=seed, kills=kills)
        return held, faults + more, acknowledged, unanswered, orders.finish(desk)


@pytest.mark.kill
@pytest.mark.full
def test_texts_from_outside_are_whole_after_a_kill_and_a_machine_finishes(make_server, machine):
    server = make_server(OUTBOUND_ALLOW="127.0.0.0/8")
    server.start()

    held, faults, acknowledged, unanswered, states = live(server, machine, seed=20261125, kills=1)

    assert held > 0
    assert faults == []
    assert min(acknowledged.values()) > 0, acknowledged
    assert unanswered > 0
    assert set(states) == {"done"}, states
