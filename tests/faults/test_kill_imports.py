"""Each file of an archive becomes a file once, in its place, however often the server is killed meanwhile."""

import random
import time
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests import archives, factories, pictures
from tests.faults.deeds import installed
from webapp.domain.imports import reports
from webapp.domain.models import Import, Item, Media
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db

FILES = 40
KILLS = 10
PATIENCE = 180
"""Seconds: the last lease has to end, and the sweep after it to come."""


def finished(import_id):
    release()
    return db.session.get(Import, import_id).finished_at is not None


def wait_for(import_id):
    latest = time.monotonic() + PATIENCE
    while not finished(import_id) and time.monotonic() < latest:
        time.sleep(0.5)


@pytest.mark.kill
@pytest.mark.full
def test_an_import_survives_ten_kills(server):
    dice = random.Random(20261122)
    names = [f"{number}.jpg" for number in range(FILES)]
    photos = [pictures.photo(48, 36, seed=seed, corners=False) for seed in range(FILES)]
    content = archives.packed(*zip(reversed(names), photos, strict=True))
    with installed(server, f"sqlite:///{server.home / 'vitrine.db'}", ()) as (desk, _deeds):
        with transaction():
            gallery_id = factories.gallery(factories.actor("Owner", "editor"), "Summer").id
        status, place = desk.file(f"/imports/archives?gallery={gallery_id}", content, "many.zip")
        assert status == 303, place
        import_id = UUID(place.rpartition("/")[2])
        for _ in range(KILLS):
            time.sleep(dice.uniform(0.2, 1.2))
            server.kill()
            server.start()
        wait_for(import_id)

        report = reports.find(import_id)
        assert (report.counts, report.running) == ({"taken": FILES}, False)
        shown = select(Media.original_filename).join(Item, Item.media_id == Media.id)
        ordered = shown.where(Item.gallery_id == gallery_id).order_by(Item.sort_order.desc(), Item.id.desc())
        assert list(db.session.scalars(ordered)) == names
        assert db.session.scalar(select(func.count(Media.id))) == FILES
        release()
