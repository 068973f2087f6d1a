"""How the house is put together: settings, database, doors, in that order."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from flask import Flask

import webapp.domain.models  # noqa: F401  the metadata is whole only when all models are known
from webapp import api, crowding, doors, health, jobs, limits, request_ids, static_files, web
from webapp.config import PROJECT_ROOT, Settings
from webapp.infra.db import db, engine_options, prepare
from webapp.proxies import TrustedProxies
from webapp.stores import open_store

FORM_BYTES: Final = 2 * 1024**2
FORM_PARTS: Final = 1000
SESSION_LIFE: Final = timedelta(days=30)


def assemble(settings: Settings) -> Flask:
    """Put the app together; raises UndeclaredRoute where a route says nothing about who may use it."""
    root = _root()
    app = Flask(
        "webapp",
        template_folder=str(root / "templates"),
        static_folder=None,
        instance_path=str(settings.home),
    )
    app.extensions["vitrine-settings"] = settings
    crowding.init(app, settings)
    limits.init(app, settings)
    _configure(app, settings)
    _open_database(app, settings)
    app.extensions["vitrine-storage"] = open_store(settings)
    jobs.init(app)
    static_files.init_static(app, root / "static")
    request_ids.init(app)
    health.init(app)
    api.init(app)
    web.init(app)
    doors.guard(app)
    return app


def _root() -> Path:
    """Where templates/ and static/ are: beside the package in a wheel, at the top in a checkout."""
    packed = Path(__file__).parent / "_data"
    return packed if packed.is_dir() else PROJECT_ROOT


def _configure(app: Flask, settings: Settings) -> None:
    prefix = "__Host-" if settings.https else ""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=f"{prefix}vitrine",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=SESSION_LIFE,
        PREFERRED_URL_SCHEME="https" if settings.https else "http",
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        MAX_FORM_PARTS=FORM_PARTS,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.json.sort_keys = False  # type: ignore[attr-defined]
    if settings.trusted_proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]


def _open_database(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
