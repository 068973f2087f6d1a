"""Commands that serve: `serve`, and `worker` and `migrate` for more machines than one."""

import os

import click

from webapp.config import Settings


@click.command()
def serve() -> None:
    """Migrate, then serve the dashboard, the API and the jobs until stopped with Ctrl+C or SIGTERM."""
    from webapp import server

    try:
        server.serve(Settings.from_environ(os.environ))
    except server.StartFailed as failure:
        raise click.ClickException(str(failure)) from None


@click.command()
def worker() -> None:
    """Run jobs and their schedule until stopped; `serve` already runs one."""
    settings = Settings.from_environ(os.environ)
    from webapp import create_app
    from webapp.infra.processes import forks_die_with_us
    from webapp.jobs import consumer

    forks_die_with_us()
    consumer(create_app(settings)).run()


@click.command()
def migrate() -> None:
    """Bring the database to this version; `serve` does so by itself."""
    settings = Settings.from_environ(os.environ)
    from webapp import migrations

    migrations.upgrade(settings.database_url)
