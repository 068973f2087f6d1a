"""Vitrine: a self-hosted gallery dashboard."""

import os

from flask import Flask

from webapp.config import PROJECT_ROOT, Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Make the app from its settings (default: the environment's). Raises ConfigError."""
    from webapp import assembly  # noqa: PLC0415  the command line's --help need not load the house

    return assembly.assemble(settings or Settings.from_environ(os.environ))


__all__ = ["PROJECT_ROOT", "Settings", "create_app"]
