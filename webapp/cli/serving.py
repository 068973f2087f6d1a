"""Commands that serve: `serve` and its parts, and `worker` and `migrate` for more machines than one."""

import os
from datetime import timedelta

import click

from webapp.config import Settings

LEFT_OVER = timedelta(hours=1)
"""Unfinished work that old is nobody's: another machine may be at work in the same storage."""

parent_option = click.option("--parent", type=int, hidden=True, help="Die with this process.")


def settings_of_child(parent: int | None) -> Settings:
    """Bind this process to the supervisor's life, then read the settings."""
    if parent is not None:
        from webapp.infra.processes import die_with

        die_with(parent)
    return Settings.from_environ(os.environ)


@click.command()
def serve() -> None:
    """Migrate, then serve the dashboard, the API and the jobs until stopped with Ctrl+C or SIGTERM."""
    from webapp import server

    try:
        server.serve(Settings.from_environ(os.environ))
    except server.StartFailed as failure:
        raise click.ClickException(str(failure)) from None


@click.command()
@parent_option
def web(parent: int | None) -> None:
    """Serve HTTP alone: no migration, no jobs, no supervision."""
    settings = settings_of_child(parent)
    from webapp import wsgi

    wsgi.run(settings)


@click.command()
@parent_option
def worker(parent: int | None) -> None:
    """Run jobs and their schedule until stopped; `serve` already runs one."""
    settings = settings_of_child(parent)
    from webapp.infra.processes import forks_die_with_us
    from webapp.jobs import consumer

    forks_die_with_us()
    consumer(settings).run()


@click.command()
def migrate() -> None:
    """Bring the database to this version; `serve` does so by itself."""
    from webapp import migrations

    migrations.upgrade(Settings.from_environ(os.environ).database_url)


@click.command()
@parent_option
def prepare(parent: int | None) -> None:
    """Migrate, clear up after a kill, and print the set-up link where nobody has an account."""
    settings = settings_of_child(parent)
    from webapp import create_app, migrations
    from webapp.domain import accounts
    from webapp.domain.transaction import transaction

    migrations.upgrade(settings.database_url)
    app = create_app(settings)
    app.extensions["vitrine-storage"].sweep(LEFT_OVER)
    with app.app_context(), transaction():
        link = accounts.setup_link(settings.base_url)
    if link:
        click.echo(
            f"Nobody has an account yet. Make the first administrator here; the link works once:\n{link}"
        )
