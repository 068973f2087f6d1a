"""Commands that keep an installation well: `demo`, `backup`, `restore` and `check`."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import click

from webapp.config import Settings, find_secret

KEY_VARIABLES = ("VITRINE_SECRET_KEY", "VITRINE_SECRET_KEY_FILE")
UNUSED = "0" * 32
"""Stands for the secret key where none may be made: the home is to get the backup's."""


@click.command()
@click.option(
    "--renditions/--no-renditions",
    "make",
    default=True,
    help="Make the smaller pictures at once, or leave them to the worker.",
)
def demo(make: bool) -> None:
    """Load sample galleries in English, French, German, Japanese and Arabic; those already there stay."""
    from webapp import jobs
    from webapp.cli.opened import house
    from webapp.domain import renditions, samples
    from webapp.domain.permissions import system

    with house() as (app, _):
        storage = app.extensions["vitrine-storage"]
        loaded = samples.load(actor=system("cli"), owner_id=_first_admin(), storage=storage)
        if make:
            renditions.work_off(storage)
        else:
            jobs.ring(app)
    click.echo(f"Loaded {loaded} sample {'gallery' if loaded == 1 else 'galleries'}.")


def _first_admin() -> UUID | None:
    """Name who the sample galleries are by; nobody where nobody has an account yet."""
    from webapp.domain import accounts
    from webapp.domain.transaction import release

    people = accounts.all_users()
    found = next((user.id for user in people if user.active and accounts.role_of(user) == "admin"), None)
    release()
    return found


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write database, media and the secret key into FILE while the server goes on. Keep it as secret as the key."""
    from webapp import migrations
    from webapp.infra import backups
    from webapp.infra.storage import StorageError
    from webapp.stores import open_store

    settings = Settings.from_environ(os.environ)
    try:
        summary = backups.backup(
            file.absolute(),
            database_url=settings.database_url,
            schema=migrations.current,
            storage=open_store(settings),
            secret_key=settings.secret_key,
        )
    except (backups.BackupError, StorageError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{summary.files} files and the database, {summary.size:,} bytes, checksums written.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Bring back what FILE holds into an empty installation; checksums are verified before anything is written.

    The backup's secret key goes into VITRINE_HOME; a key in VITRINE_SECRET_KEY or VITRINE_SECRET_KEY_FILE stays
    what it is, and has to be the same one.
    """
    from webapp import migrations
    from webapp.infra import backups, locks
    from webapp.infra.storage import StorageError
    from webapp.stores import open_store

    settings = _settings_without_key()
    try:
        with locks.hold(settings.home / "serve.lock"):
            summary = backups.restore(
                file.absolute(),
                database_url=settings.database_url,
                schemas=migrations.known(),
                storage=open_store(settings),
                home=settings.home,
            )
            migrations.upgrade(settings.database_url)
    except locks.Locked as held:
        raise click.ClickException(f"Process {held.pid} serves {settings.home}: stop it first.") from None
    except (backups.BackupError, StorageError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{summary.files} files and the database of {summary.made_at} are back, checksums verified.")
    _warn_of_another_key(settings.home)


def _settings_without_key() -> Settings:
    """Read the settings and make no secret key; one that the environment names has to be a good one."""
    named = {name: os.environ[name] for name in KEY_VARIABLES if os.environ.get(name)}
    others = {name: value for name, value in os.environ.items() if name not in KEY_VARIABLES}
    settings = Settings.from_environ(others | {"VITRINE_SECRET_KEY": UNUSED})
    if named:
        find_secret(named, home=settings.home)
    return settings


def _warn_of_another_key(home: Path) -> None:
    """Say so where the environment will have the server use another key than the restored one."""
    if find_secret(os.environ, home=home) != find_secret({}, home=home):
        click.echo(
            "The environment names another secret key than the backup's: unset VITRINE_SECRET_KEY and"
            f" VITRINE_SECRET_KEY_FILE, so that the one in {home} is used.",
            err=True,
        )


@click.command()
@click.option(
    "--repair", is_flag=True, help="Remove leftovers, have lost renditions made again, flag lost originals."
)
@click.option("--deep", is_flag=True, help="Read every original and compare its SHA-256.")
@click.option(
    "--grace",
    type=click.IntRange(min=0),
    default=60,
    show_default=True,
    help="Minutes that a file without a row may be young.",
)
def check(repair: bool, deep: bool, grace: int) -> int:
    """Say whether rows and files agree; exit 1 where they do not."""
    from webapp import jobs
    from webapp.cli.opened import house
    from webapp.domain import upkeep
    from webapp.infra.storage import StorageError

    with house() as (app, _):
        try:
            findings = upkeep.check(
                app.extensions["vitrine-storage"], repair=repair, deep=deep, grace=timedelta(minutes=grace)
            )
        except StorageError as error:
            raise click.ClickException(str(error)) from None
        if any(finding.kind == "rendition" and finding.repaired for finding in findings):
            jobs.ring(app)
    for finding in findings:
        click.echo(f"{finding.kind}: {finding.what}{' (repaired)' if finding.repaired else ''}")
    wrong = sum(not finding.repaired for finding in findings)
    click.echo(f"{wrong} finding{'' if wrong == 1 else 's'}." if wrong else "Rows and files agree.")
    return 1 if wrong else 0
