"""The way of a picture through a bucket: in, judged, made smaller, read, checked, and missed when it is gone."""

import io

import pytest
from PIL import Image

from tests import pictures
from tests.uploads import blob_of, bytes_of, files_in, rows_of, states_of, upload
from webapp.domain import media, renditions, upkeep
from webapp.domain.errors import Invalid
from webapp.domain.upkeep import Finding
from webapp.infra.storage import blob_key, rendition_key, storage_from_url


@pytest.fixture
def storage(domain, bucket_server, database_url, tmp_path):
    engine = database_url.partition(":")[0]
    return storage_from_url(bucket_server.url(f"{tmp_path.name}-{engine}"), tmp_path)


def test_a_picture_goes_through_a_bucket_whole(storage):
    content = pictures.photo(900, 600, orientation=6)
    media_id = upload(storage, content)

    assert renditions.work_off(storage) == 2

    assert storage.read(blob_key(blob_of(media_id).sha256)) == content
    made = bytes_of(storage, media_id)
    for row in rows_of(media_id):
        with Image.open(io.BytesIO(made[row.name])) as picture:
            assert (picture.size, len(made[row.name])) == ((row.width, row.height), row.size)
        assert b"48.8582" not in made[row.name]
    assert upkeep.check(storage, deep=True, grace=upkeep.GRACE * 0) == []
    assert files_in(storage.spool.folder) == []


def test_a_refused_file_leaves_nothing_in_a_bucket(storage):
    with pytest.raises(Invalid):
        media.take_in(io.BytesIO(b"no picture"), "photo.jpg", storage=storage)

    assert list(storage.keys()) == []
    assert files_in(storage.spool.folder) == []


def test_what_is_lost_in_a_bucket_is_found_and_made_again(storage):
    media_id = upload(storage, width=400, height=300)
    renditions.work_off(storage)
    before, sha256 = bytes_of(storage, media_id), blob_of(media_id).sha256
    lost = rendition_key(sha256, "w320.jpg")
    storage.delete(lost)

    assert upkeep.check(storage, repair=True) == [Finding("rendition", f"{lost} is missing", repaired=True)]
    renditions.work_off(storage)
    assert bytes_of(storage, media_id) == before
    storage.delete(blob_key(sha256))
    assert upkeep.check(storage, repair=True) == [Finding("original", f"{sha256} is missing")]
    assert states_of(media_id) == {"ready"}


def test_an_orphan_in_a_bucket_is_left_while_young_and_removed_after(storage):
    intake = media.take_in(io.BytesIO(pictures.photo(400, 300)), "photo.jpg", storage=storage)
    key = blob_key(intake.sha256)

    assert upkeep.check(storage, repair=True) == []
    assert storage.exists(key)
    assert upkeep.check(storage, repair=True, grace=upkeep.GRACE * -1) == [Finding("leftover", key, repaired=True)]
    assert not storage.exists(key)
