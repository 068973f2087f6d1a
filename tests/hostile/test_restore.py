"""The corpus through the door of backups: a hostile file in the place of an original is not brought back.

What stands in a backup is named by its bytes, so a file can only be exchanged where its name, the list and the
database are changed too: by somebody who has the secret key, and with it everything.
"""

import io

import pytest

from tests.hostile.cases import REFUSED, TAKEN
from tests.hostile.films import refused_films, taken_films
from tests.pictures import photo
from tests.uploads import files_in, upload
from webapp import migrations
from webapp.infra import backups
from webapp.infra.archives import Writer, about, members
from webapp.infra.backups import BackupError
from webapp.infra.storage import LocalStorage

KEY = "a key that only these tests have, long enough"
CASES = [*REFUSED, *TAKEN, *refused_films(), *taken_films()]


@pytest.fixture
def backup(domain, database_url, tmp_path):
    """A backup with one picture."""
    storage, target = LocalStorage(tmp_path / "media"), tmp_path / "good.tar"
    upload(storage, photo(60, 40))
    backups.backup(target, database_url=database_url, schema=migrations.current, storage=storage, secret_key=KEY)
    return target


def exchanged(backup, content, target):
    """Write the backup anew with other bytes for its originals; its list agrees with them."""
    with target.open("w+b") as raw, io.BytesIO() as listed:
        writer = Writer(raw, listed, about(backup))
        for entry, file in members(backup):
            there = b"".join(file.chunks())
            kept = content if entry.name.startswith("files/blobs/") else there
            writer.add(entry.name, io.BytesIO(kept), len(kept))
        writer.finish()
    return target


def bring_back(source, folder):
    """Restore into an empty installation and return its store."""
    folder.mkdir()
    store, url = LocalStorage(folder / "media"), f"sqlite:///{folder / 'vitrine.db'}"
    backups.restore(source, database_url=url, schemas=migrations.known(), storage=store, home=folder)
    return store


@pytest.mark.full
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_hostile_file_in_a_backup_is_not_brought_back_and_the_good_backup_is(backup, tmp_path):
    wrong = []
    for number, case in enumerate(CASES):
        folder, source = tmp_path / str(number), exchanged(backup, case.content(), tmp_path / "bad.tar")
        with pytest.raises(BackupError) as caught:
            bring_back(source, folder)
        if not str(caught.value).endswith("nothing was restored.") or files_in(folder):
            wrong.append((case.name, str(caught.value), files_in(folder)))

    assert wrong == []
    assert len(files_in(bring_back(backup, tmp_path / "good").root)) == 1
