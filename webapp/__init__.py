"""Vitrine: a self-hosted gallery dashboard.

This module loads nothing by itself: whoever needs a part of the house, as the confined processes that decode pictures
do, gets no Flask with it.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from webapp.config import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """Make the app from its settings (default: the environment's). Raises ConfigError."""
    from webapp import assembly  # noqa: PLC0415  the command line's --help need not load the house
    from webapp.config import Settings  # noqa: PLC0415

    return assembly.assemble(settings or Settings.from_environ(os.environ))


__all__ = ["create_app"]
