"""Whether the process lives, and whether it can serve."""

import shutil

from sqlalchemy import text

from webapp.domain.transaction import transaction
from webapp.infra.db import db


def test_a_living_process_says_so(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_who_can_serve_says_so(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_tables_of_another_version_are_waited_for(app, client):
    with app.app_context(), transaction():
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json) == (503, {"status": "waiting for database"})
    assert client.get("/healthz").status_code == 200


def test_a_store_that_is_away_is_waited_for(app, client):
    root = app.extensions["vitrine-storage"].root
    shutil.rmtree(root)
    root.write_text("a file where the folder should be")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json) == (503, {"status": "waiting for storage"})


def test_a_database_without_tables_is_waited_for(app, client):
    with app.app_context(), transaction():
        db.session.execute(text("DROP TABLE alembic_version"))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json) == (503, {"status": "waiting for database"})
