"""Migrations: up and down on populated tables, on both engines, whole or not at all."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic import command, op
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from webapp import migrations
from webapp.infra.db import Base

REVISIONS = [script.revision for script in ScriptDirectory.from_config(migrations._config()).walk_revisions()][::-1]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
    else:
        yield request.getfixturevalue("postgres_url")


@pytest.mark.both_engines
def test_migrations_give_the_tables_that_the_models_describe(empty_url: str) -> None:
    migrations.upgrade(empty_url)

    migrations._run(empty_url, command.check)

    assert migrations.current(empty_url) == migrations.newest() == REVISIONS[-1]


def test_migrations_down_to_base_leave_nothing_even_of_full_tables(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    counts = fill(empty_url)

    migrations.downgrade(empty_url, "base")

    assert set(counts) == set(Base.metadata.tables)
    assert tables(empty_url) - {"alembic_version"} == set()


def test_migrations_up_twice_change_nothing(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    before = fill(empty_url)

    migrations.upgrade(empty_url)

    assert rows(empty_url) == before


def test_migrations_throw_away_what_an_analyze_has_noted(tmp_path: Any) -> None:
    """SQLite 3.40 finds nothing where it seeks by a list of values, as long as it is there."""
    url = f"sqlite:///{tmp_path}/noted.db"
    migrations.upgrade(url)
    fill(url)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    before = rows(url)
    assert "sqlite_stat1" in everything(engine)

    migrations.upgrade(url)

    assert not [name for name in everything(engine) if name.startswith("sqlite_stat")]
    assert rows(url) == before
    engine.dispose()


def everything(engine: sa.Engine) -> set[str]:
    """Return all tables of a SQLite database, its own too."""
    with engine.connect() as connection:
        return {name for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_migrations_keep_every_row_up_and_down_one_step_after_another(empty_url: str) -> None:
    migrations.upgrade(empty_url, REVISIONS[0])
    for below, above in pairwise([*REVISIONS, "head"]):
        before = fill(empty_url)

        migrations.upgrade(empty_url, above)
        up = rows(empty_url)
        migrations.downgrade(empty_url, below)

        assert {name: up.get(name, before[name]) for name in before} == before
        assert rows(empty_url) == before
        migrations.upgrade(empty_url, above)


def test_migrations_that_rebuild_a_table_keep_its_children(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    before = fill(empty_url)

    migrations._run(empty_url, lambda config: rebuild_galleries(config.attributes["connection"]))

    assert rows(empty_url) == before
    assert before["items"] > 0
    assert before["gallery_texts"] > 0


def test_migrations_that_fail_half_way_leave_the_tables_as_they_were(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    before = rows(empty_url)

    with pytest.raises(RuntimeError, match="half-way"):
        migrations._run(empty_url, lambda config: fail_half_way(config.attributes["connection"]))

    assert "half" not in tables(empty_url)
    assert rows(empty_url) == before


def test_migrations_that_leave_a_row_pointing_at_nothing_are_rolled_back(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path}/broken.db"
    migrations.upgrade(url)
    before = fill(url)

    with pytest.raises(migrations.BrokenReferences, match="point at nothing"):
        migrations._run(url, lambda config: config.attributes["connection"].execute(sa.text("DELETE FROM blobs")))

    assert rows(url) == before


def test_a_new_site_has_english_its_roles_and_a_name(empty_url: str) -> None:
    migrations.upgrade(empty_url)

    with connected(empty_url) as connection:
        languages = connection.execute(sa.text("SELECT code, name, is_default, is_active FROM languages")).all()
        roles = connection.execute(sa.text("SELECT name FROM roles ORDER BY name")).scalars().all()
        site = connection.execute(sa.text("SELECT id, name FROM site")).all()

    assert [(code, name, bool(default), bool(active)) for code, name, default, active in languages] == [
        ("en", "English", True, True)
    ]
    assert roles == ["admin", "editor", "translator", "viewer"]
    assert [tuple(row) for row in site] == [(1, "Vitrine")]


def rebuild_galleries(connection: sa.Connection) -> None:
    operations = Operations.context(MigrationContext.configure(connection))
    with operations, op.batch_alter_table("galleries", recreate="auto") as batch:
        batch.add_column(sa.Column("mood", sa.String(20), nullable=True))
        batch.alter_column("status", type_=sa.String(24))


def fail_half_way(connection: sa.Connection) -> None:
    connection.execute(sa.text("CREATE TABLE half (id INTEGER PRIMARY KEY)"))
    connection.execute(sa.text("UPDATE site SET name = 'Half'"))
    raise RuntimeError("killed half-way")


def fill(url: str) -> dict[str, int]:
    """Put one row into each table that has none, whatever its columns, parents first; return how many each has."""
    with connected(url) as connection, connection.begin():
        found = sa.MetaData()
        found.reflect(connection)
        made: dict[str, Any] = {}
        for table in found.sorted_tables:
            if table.name == "alembic_version" or table.name.startswith("search_index"):
                continue
            row = connection.execute(sa.select(table).limit(1)).mappings().first()
            if row is None:
                connection.execute(table.insert(), invent(table, made))
                row = connection.execute(sa.select(table).limit(1)).mappings().one()
            made[table.name] = row
    return rows(url)


def invent(table: sa.Table, made: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in table.columns:
        for key in column.foreign_keys:
            if key.column.table.name in made:
                row[column.name] = made[key.column.table.name][key.column.name]
        if column.name not in row and not column.nullable and column.server_default is None:
            row[column.name] = value(column)
    return {name: found for name, found in row.items() if found is not None}


def value(column: sa.Column[Any]) -> Any:  # noqa: PLR0911  one line a kind
    if isinstance(column.type, sa.Uuid) or (isinstance(column.type, sa.CHAR) and column.type.length == 32):
        return uuid4() if isinstance(column.type, sa.Uuid) else uuid4().hex
    if isinstance(column.type, sa.Boolean):
        return False
    if isinstance(column.type, sa.Integer) and column.primary_key and len(column.table.primary_key) == 1:
        return None
    if isinstance(column.type, sa.Integer | sa.Numeric | sa.Float):
        return 7
    if isinstance(column.type, sa.DateTime):
        return datetime.now(UTC)
    if isinstance(column.type, sa.JSON):
        return {}
    if isinstance(column.type, sa.LargeBinary):
        return b"bytes"
    return uuid4().hex[: getattr(column.type, "length", None) or 32]


def rows(url: str) -> dict[str, int]:
    with connected(url) as connection:
        found = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
        names = sorted(name for name in found if not name.startswith("search_index"))
        return {name: connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names}


def tables(url: str) -> set[str]:
    with connected(url) as connection:
        return set(sa.inspect(connection).get_table_names())


class connected:  # noqa: N801  reads as what it does
    """A connection to a database that is closed for good afterwards."""

    def __init__(self, url: str) -> None:
        self.engine = sa.create_engine(url)

    def __enter__(self) -> sa.Connection:
        self.connection = self.engine.connect()
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.engine.dispose()


def test_the_populator_knows_every_kind_of_column() -> None:
    kinds = {type(column.type) for table in Base.metadata.tables.values() for column in table.columns}

    assert UUID in {column.type.python_type for column in Base.metadata.tables["galleries"].columns}
    assert len(kinds) > 5
