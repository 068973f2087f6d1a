"""What tests of the domain need: the store of the files."""

from pathlib import Path

import pytest
from flask import Flask

from webapp.infra.storage import Storage, storage_from_url


@pytest.fixture
def storage(domain: Flask, bucket: dict[str, str], tmp_path: Path) -> Storage:
    """A store of the test's own: a folder, or in the lane that has its files in a bucket, that bucket."""
    return storage_from_url(bucket.get("VITRINE_STORAGE_URL"), tmp_path)
