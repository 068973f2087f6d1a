"""What tests of the domain need: who acts, the store of the files, and pictures in it."""

from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from tests import factories, places
from webapp.domain.permissions import Actor
from webapp.domain.transaction import transaction
from webapp.infra.storage import Storage, storage_from_url


@pytest.fixture
def storage(domain: Flask, bucket: dict[str, str], tmp_path: Path) -> Storage:
    """A store of the test's own: a folder, or in the lane that has its files in a bucket, that bucket."""
    return storage_from_url(bucket.get("VITRINE_STORAGE_URL"), tmp_path)


@pytest.fixture
def ed(domain: Flask) -> Actor:
    """An editor."""
    with transaction():
        return factories.actor("Ed", "editor")


@pytest.fixture
def media_ids(ed: Actor) -> list[UUID]:
    """Three pictures of the library, of which only the rows are there."""
    with transaction():
        return places.pictures(3)
