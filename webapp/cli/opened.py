"""The house, opened for a command: settings, tables up to date, an app to work in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from webapp import create_app, migrations
from webapp.config import Settings


@contextmanager
def house() -> Iterator[tuple[Flask, Settings]]:
    """Open the app in which a command works; its tables are brought up to date first."""
    settings = Settings.from_environ(os.environ)
    migrations.upgrade(settings.database_url)
    app = create_app(settings)
    with app.app_context():
        yield app, settings
