"""What changes a whole gallery at once is whole after SIGKILL or never was: publishing a hold, restoring a revision,
changing many items, sorting. Each leaves marks (a revision, the audit) that have to agree with what it did."""

from collections import Counter

import pytest
from sqlalchemy import select

from tests import factories
from tests.faults.deeds import ITEMS, Deed, installed, storm
from webapp.domain import galleries, holds, items, revisions, showing, slugs, translations
from webapp.domain.models import Item, ItemText

KILLS = 2


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


@pytest.mark.kill
@pytest.mark.full
def test_deeds_on_a_whole_gallery_are_whole_after_a_kill_or_never_were(server):
    with installed(server, f"sqlite:///{server.home / 'vitrine.db'}", DEEDS) as (desk, deeds):
        faults, acknowledged, unanswered = storm(server, desk, deeds, seed=20261123, kills=KILLS)

    assert faults == []
    assert min(acknowledged.values()) > 0, acknowledged
    assert unanswered > 0


@pytest.mark.kill
@pytest.mark.full
@pytest.mark.postgres
def test_deeds_on_a_whole_gallery_are_whole_after_a_kill_on_postgres(make_server, postgres_url):
    server = make_server(DATABASE_URL=postgres_url)
    server.start()

    with installed(server, postgres_url, DEEDS) as (desk, deeds):
        faults, acknowledged, unanswered = storm(server, desk, deeds, seed=20261124, kills=1)

    assert faults == []
    assert min(acknowledged.values()) > 0, acknowledged
    assert unanswered > 0
