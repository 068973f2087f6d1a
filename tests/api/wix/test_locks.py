"""Locks are taken in one order, the site's before a gallery's: who wants both waits for another and no longer."""

import threading
import time
from uuid import UUID

import pytest
from flask import Flask

from tests.api.wix.conftest import Wix, text
from tests.races import race
from webapp.domain import galleries, site
from webapp.domain.transaction import transaction
from webapp.infra.db import db

SECONDS = 30
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"

pytestmark = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def somebody_waits() -> bool:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if db.session.execute(db.text(WAITING)).scalar_one():
            return True
    return False


@pytest.mark.parametrize("verb", ["POST", "PATCH"])
def test_a_place_on_the_site_is_taken_before_the_gallery_is_held(wix: Wix, app: Flask, verb: str) -> None:
    made = wix.gallery(text())
    path = "/galleries" if verb == "POST" else f"/galleries/{made['id']}"
    holds = threading.Event()

    def arrange_the_site() -> bool:
        with transaction():
            site.lock()
            holds.set()
            waited = somebody_waits()
            galleries.locked(UUID(made["id"]))
            return waited

    def place_a_gallery() -> int:
        assert holds.wait(SECONDS)
        said = {"gallery": {"name": "Placed", "sortOrder": 7.5}, "cloneFromGalleryId": made["id"]}
        return wix.ask(verb, path, said, status=None).status_code

    assert race(app, arrange_the_site, place_a_gallery) == [True, 200]
    assert 7.5 in [each.get("sortOrder") for each in wix.get("/galleries")["galleries"]]
