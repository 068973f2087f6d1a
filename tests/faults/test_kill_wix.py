"""What an app does to a gallery at once, many items with texts and keys, is whole after SIGKILL or never was."""

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.faults.deeds import Deed, installed, storm
from webapp.domain.models import Item, ItemText, OutboxEvent

KILLS = 3
MANY = 12
PATH = "/progallery/v2/galleries"


class Windows(Deed):
    """Brings a dozen items by one change of the gallery, then deletes them by one request."""

    kind = "windows"

    def seen(self):
        mine = (Item.gallery_id == self.id, Item.deleted_at.is_(None), Item.added_through == "wix")
        living = list(factories.db.session.scalars(select(Item.id).where(*mine).order_by(Item.sort_order.desc())))
        texts = select(func.count()).where(ItemText.item_id.in_(living), ItemText.title.like("Item %"))
        told = select(OutboxEvent.kind, func.count()).where(OutboxEvent.gallery_id == self.id)
        counts = dict(iter(factories.db.session.execute(told.group_by(OutboxEvent.kind))))
        marks = (counts.get("item.created", 0), counts.get("items.deleted", 0))
        return len(living), factories.db.session.scalar(texts), marks, self.audited("item.trash")

    def write(self, desk):
        count, _, (made, gone), trashed = self.possible[0]
        path = f"{PATH}/{self.id}"
        if count:
            return self.change((0, 0, (made, gone + 1), trashed + 1), lambda: empty(desk, path), good=200)
        rows = [{"title": f"Item {nth}", "text": {"html": f"<p>{nth}</p>"}} for nth in range(MANY)]
        wanted = (MANY, MANY, (made + MANY, gone), trashed)
        return self.change(wanted, lambda: desk.send("PATCH", path, {"gallery": {"items": rows}}), good=200)


def empty(desk, path):
    """Delete all items that an app brought, which stand above the pictures."""
    _, shown = desk.send("GET", f"{path}/items")
    ids = [item["id"] for item in shown["items"] if item["type"] == "TEXT"]
    return desk.send("POST", f"{path}/items/delete", {"itemIds": ids})


@pytest.mark.kill
@pytest.mark.full
def test_what_an_app_does_is_whole_after_a_kill_or_never_was(server):
    with installed(server, f"sqlite:///{server.home / 'vitrine.db'}", (Windows,)) as (desk, deeds):
        faults, acknowledged, _ = storm(server, desk, deeds, seed=20261127, kills=KILLS)

    assert faults == []
    assert min(acknowledged.values()) >= KILLS, acknowledged
