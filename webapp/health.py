"""Whether the process lives (`/healthz`) and can serve (`/readyz`)."""

from flask import Blueprint, Flask, Response, current_app, jsonify

from webapp import doors, migrations
from webapp.domain.permissions import stranger
from webapp.infra.db import schema
from webapp.infra.storage import Storage

blueprint = Blueprint("health", __name__)


def init(app: Flask) -> None:
    """Register both."""
    app.register_blueprint(blueprint)
    doors.assign(app, "health", doors.Door("health", lambda: stranger("health")))


@blueprint.get("/healthz")
@doors.allows(doors.PUBLIC)
def alive() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@doors.allows(doors.PUBLIC)
def ready() -> tuple[Response, int]:
    """Say whether database and storage answer: 200, or 503 with what does not."""
    wanting = [name for name, works in (("database", _database_works()), ("storage", _storage_works())) if not works]
    status = "ok" if not wanting else f"waiting for {' and '.join(wanting)}"
    return jsonify(status=status), 503 if wanting else 200


def _database_works() -> bool:
    return schema() == migrations.newest()


def _storage_works() -> bool:
    storage: Storage = current_app.extensions["vitrine-storage"]
    return storage.works()
