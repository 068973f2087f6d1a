"""Count the library's files by each choice of its filters when they are written."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SHOWN = """
    EXISTS (SELECT 1 FROM items i JOIN galleries g ON g.id = i.gallery_id
            WHERE i.media_id = m.id AND i.deleted_at IS NULL AND g.deleted_at IS NULL)
    OR EXISTS (SELECT 1 FROM items i JOIN galleries g ON g.id = i.gallery_id
               WHERE i.poster_id = m.id AND i.deleted_at IS NULL AND g.deleted_at IS NULL)
    OR EXISTS (SELECT 1 FROM galleries g WHERE g.cover_media_id = m.id AND g.deleted_at IS NULL)
"""
SHAPE = "CASE WHEN b.width > b.height THEN 'landscape' WHEN b.width < b.height THEN 'portrait' ELSE 'square' END"
SIZE = "CASE WHEN b.size < 1000000 THEN 'small' WHEN b.size < 10000000 THEN 'medium' ELSE 'large' END"
BYTES = "JOIN blobs b ON b.id = m.blob_id"
TAGS = "JOIN media_tags t ON t.media_id = m.id"
SILENT = """
    NOT EXISTS (SELECT 1 FROM media_texts x WHERE x.media_id = m.id AND x.language_id = l.id AND x.alt <> '')
"""
CHOICES = (
    ("kind", "m.kind", "", ""),
    ("used", f"CASE WHEN {SHOWN} THEN 'yes' ELSE 'no' END", "", ""),
    ("lacking", "replace(cast(l.id AS varchar), '-', '')", "CROSS JOIN languages l", f"AND {SILENT}"),
    ("tag", "replace(cast(t.tag_id AS varchar), '-', '')", TAGS, ""),
    ("by", "replace(cast(m.uploaded_by_id AS varchar), '-', '')", "", "AND m.uploaded_by_id IS NOT NULL"),
    ("shape", SHAPE, BYTES, ""),
    ("size", SIZE, BYTES, ""),
    ("file", "m.state", "", "AND m.state = 'missing'"),
    ("day", "substr(cast(m.created_at AS varchar), 1, 10)", "", ""),
)
"""Each facet: its value, what is joined for it, and what has to hold."""


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "tallies",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("facet", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tallies")),
        sa.UniqueConstraint("facet", "value", name=op.f("uq_tallies_facet_value")),
    )
    op.create_index("ix_tallies_most", "tallies", ["facet", "files"])
    op.create_table(
        "shelved",
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tallies", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_shelved_media_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_shelved")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "marks",
        sa.Column("tally_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tally_id"], ["tallies.id"], name=op.f("fk_marks_tally_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tally_id", "created_at", "media_id", name=op.f("pk_marks")),
        sqlite_with_rowid=False,
    )
    _count()


def downgrade() -> None:
    """Take it back."""
    op.drop_table("marks")
    op.drop_table("shelved")
    op.drop_index("ix_tallies_most", "tallies")
    op.drop_table("tallies")


def _count() -> None:
    """Say of each file that is there what it is found by."""
    joined = "group_concat(t.id, ' ')" if op.get_bind().dialect.name == "sqlite" else "string_agg(t.id::text, ' ')"
    each = " UNION ALL ".join(
        f"SELECT m.id AS media_id, m.created_at AS created_at, '{facet}' AS facet, {value} AS value"  # noqa: S608
        f" FROM media m {joins} WHERE m.deleted_at IS NULL {where}"
        for facet, value, joins, where in CHOICES
    )
    found = "FROM found f JOIN tallies t ON t.facet = f.facet AND t.value = f.value"
    for statement in (
        f"CREATE TEMPORARY TABLE found AS {each}",
        "INSERT INTO tallies (facet, value, files) SELECT facet, value, count(*) FROM found GROUP BY facet, value",
        f"INSERT INTO marks (tally_id, created_at, media_id) SELECT t.id, f.created_at, f.media_id {found}"
        " WHERE f.facet <> 'day' ORDER BY t.id, f.created_at, f.media_id",
        f"INSERT INTO shelved (media_id, created_at, tallies) SELECT f.media_id, f.created_at, {joined} {found}"
        " GROUP BY f.media_id, f.created_at ORDER BY f.media_id",
        "DROP TABLE found",
    ):
        op.execute(statement)
