"""Originals that are gone: noticed on disk and in a bucket, never a reason to delete, healed when they are back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests import factories, pictures
from tests.uploads import blob_of, upload
from webapp.domain import items, media, missing, removal, replacing, upkeep
from webapp.domain.errors import Forbidden
from webapp.domain.models import AuditEntry, Blob, Item, Media
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import blob_key, storage_from_url


@pytest.fixture(params=["disk", pytest.param("bucket", marks=pytest.mark.full)])
def storage(request, domain, database_url, tmp_path):
    """A store on the disk, and an S3-compatible one."""
    if request.param == "disk":
        return storage_from_url(None, tmp_path)
    engine = database_url.partition(":")[0]
    server = request.getfixturevalue("bucket_server")
    return storage_from_url(server.url(f"{tmp_path.name}-{engine}"), tmp_path)


def put(storage, tmp_path, sha256, content):
    path = tmp_path / "again"
    path.write_bytes(content)
    storage.put_file(blob_key(sha256), path)


def stands(media_id):
    release()
    return media.get(media_id).state, blob_of(media_id).missing_since is not None


def healed(storage):
    return missing.heal_found(storage, beyond=set())


def test_what_is_gone_is_flagged_and_healed_when_it_is_back(storage, tmp_path):
    content = pictures.photo(160, 120)
    lost, there = upload(storage, content), upload(storage, pictures.photo(160, 120, seed=2))
    assert missing.look(storage) == 0
    sha256 = blob_of(lost).sha256
    storage.delete(blob_key(sha256))

    assert (missing.look(storage), missing.look(storage)) == (1, 0)
    assert (stands(lost), stands(there)) == (("missing", True), ("ready", False))
    assert healed(storage) == 0
    put(storage, tmp_path, sha256, content)
    assert (healed(storage), healed(storage)) == (1, 0)
    assert stands(lost) == ("ready", False)


@pytest.mark.parametrize("wrong", [b"short", "same length"])
def test_what_is_not_whole_does_not_count_as_back(storage, tmp_path, wrong):
    content = pictures.photo(160, 120)
    lost = upload(storage, content)
    sha256 = blob_of(lost).sha256
    storage.delete(blob_key(sha256))
    missing.look(storage)
    put(storage, tmp_path, sha256, wrong if isinstance(wrong, bytes) else bytes(len(content)))

    assert (missing.look(storage), healed(storage)) == (0, 0)
    assert stands(lost) == ("missing", True)
    found = upkeep.check(storage)
    assert any(each.kind == "original" and sha256 in each.what for each in found)


def test_what_is_damaged_is_read_once_until_somebody_asks_anew(storage, tmp_path):
    content, beyond = pictures.photo(160, 120), set()
    lost = upload(storage, content)
    sha256 = blob_of(lost).sha256
    storage.delete(blob_key(sha256))
    missing.look(storage)
    assert (missing.heal_found(storage, beyond=beyond), beyond) == (0, set()), "what is not there costs no reading"
    put(storage, tmp_path, sha256, bytes(len(content)))
    assert (missing.heal_found(storage, beyond=beyond), len(beyond)) == (0, 1)

    put(storage, tmp_path, sha256, content)

    assert missing.heal_found(storage, beyond=beyond) == 0
    assert healed(storage) == 1


def test_a_file_of_the_wrong_size_is_flagged(storage, tmp_path):
    media_id = upload(storage, pictures.photo(160, 120))
    put(storage, tmp_path, blob_of(media_id).sha256, b"cut off")

    assert missing.look(storage) == 1
    assert stands(media_id) == ("missing", True)


# ---- deleted for good ----


def test_bytes_of_a_purged_file_go_after_a_while_unless_another_entry_has_them(storage, ed):
    content = pictures.photo(160, 120)
    first, twin = upload(storage, content), upload(storage, content)
    sha256 = blob_of(first).sha256
    for each in (first, twin):
        with transaction():
            media.trash(media.locked(each), actor=ed)
        with transaction():
            assert removal.purge(each, actor=ed) == "photo.jpg"
        release()
        unused = db.session.scalars(select(Blob.unused_since)).one()
        assert (unused is not None) is (each == twin)
    with transaction():
        db.session.execute(update(Blob).values(unused_since=now() - replacing.KEPT - timedelta(hours=1)))
    upkeep.tidy(storage)

    assert db.session.scalars(select(func.count()).select_from(Blob)).one() == 0
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "media.purge")).first()
    assert (entry.thing_id, entry.changes) == (str(first), {"original_filename": ["photo.jpg", None]})
    assert storage.exists(blob_key(sha256)), "too young to be a leftover; the check removes it"


def test_items_in_the_trash_go_with_the_file(storage, ed):
    media_id = upload(storage, pictures.photo(160, 120))
    with transaction():
        gallery = factories.gallery(ed, "Summer", pictures=1)
        item = items.add(gallery.id, [media_id], actor=ed)[0]
        items.trash(gallery.id, [item.id], actor=ed)
        media.trash(media.locked(media_id), actor=ed)
    assert removal.rest(media_id).items == 1
    with transaction():
        removal.purge(media_id, actor=ed)

    assert db.session.scalars(select(func.count()).select_from(Item)).one() == 1
    assert db.session.get(Media, media_id) is None


def test_who_may_not_delete_purges_nothing(storage, ed):
    media_id = upload(storage, pictures.photo(160, 120))
    with transaction():
        media.trash(media.locked(media_id), actor=ed)
        tessa = factories.actor("Tessa", "viewer")

    with pytest.raises(Forbidden), transaction():
        removal.purge(media_id, actor=tessa)
