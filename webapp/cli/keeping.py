"""Commands that keep an installation well: `demo`, `backup`, `restore` and `check`."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import click

from webapp import create_app, migrations
from webapp.config import Settings
from webapp.domain import accounts, renditions, samples, upkeep
from webapp.domain.permissions import system
from webapp.infra import backups, locks
from webapp.infra.storage import storage_from_url


@click.command()
@click.option("--renditions/--no-renditions", "make", default=True, help="Make the smaller pictures at once.")
def demo(make: bool) -> None:
    """Load sample galleries in English, French, German, Japanese and Arabic; those already there stay."""
    settings = Settings.from_environ(os.environ)
    migrations.upgrade(settings.database_url)
    app = create_app(settings)
    storage = app.extensions["vitrine-storage"]
    with app.app_context():
        loaded = samples.load(actor=system("cli"), owner_id=_first_admin(), storage=storage)
        if make:
            renditions.work_off(storage)
    click.echo(f"Loaded {loaded} sample galleries.")


def _first_admin() -> UUID | None:
    """Name who the sample galleries are by; nobody where nobody has an account yet."""
    people = accounts.all_users()
    return next((user.id for user in people if user.active and accounts.role_of(user) == "admin"), None)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write database, media and keys into FILE, a tar, while the server goes on."""
    settings = Settings.from_environ(os.environ)
    if file.exists():
        raise click.ClickException(f"{file} is there already: name a new file.")
    storage = storage_from_url(settings.storage_url, settings.home)
    try:
        summary = backups.backup(
            file.absolute(),
            database_url=settings.database_url,
            storage=storage,
            secret_key=settings.secret_key,
        )
    except (backups.BackupError, OSError) as error:
        raise click.ClickException(f"Nothing was written: {error}") from None
    click.echo(f"{summary.files} files and the database, {summary.size:,} bytes, checksums written.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Bring back what FILE holds into an empty installation; checksums are verified before anything is written."""
    settings = Settings.from_environ(os.environ)
    storage = storage_from_url(settings.storage_url, settings.home)
    try:
        with locks.hold(settings.home / "serve.lock"):
            summary = backups.restore(
                file.absolute(), database_url=settings.database_url, storage=storage, home=settings.home
            )
            migrations.upgrade(settings.database_url)
    except locks.Locked as held:
        raise click.ClickException(f"Vitrine serves {settings.home} (process {held.pid}): stop it.") from None
    except backups.BackupError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{summary.files} files and the database of {summary.made_at} are back, checksums verified.")


@click.command()
@click.option(
    "--repair", is_flag=True, help="Remove leftovers, re-make lost renditions, flag lost originals."
)
@click.option("--deep", is_flag=True, help="Read every original and compare its SHA-256.")
@click.option(
    "--grace", default=60, show_default=True, help="Minutes that a file without a row may be young."
)
def check(repair: bool, deep: bool, grace: int) -> int:
    """Say whether rows and files agree; exit 1 where they do not."""
    app = create_app(Settings.from_environ(os.environ))
    with app.app_context():
        findings = upkeep.check(
            app.extensions["vitrine-storage"], repair=repair, deep=deep, grace=timedelta(minutes=grace)
        )
    for finding in findings:
        click.echo(f"{finding.kind}: {finding.what}{' (repaired)' if finding.repaired else ''}")
    wrong = [finding for finding in findings if not finding.repaired]
    click.echo(f"{len(wrong)} findings." if wrong else "Rows and files agree.")
    return 1 if wrong else 0
