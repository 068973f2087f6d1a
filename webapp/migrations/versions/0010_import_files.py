"""Import files by address and from archives: each import, its entries, and the archives that come in pieces."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    _make_imports()
    _make_entries()
    with op.batch_alter_table("partial_uploads") as table:
        table.add_column(sa.Column("archive", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("import_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            op.f("fk_partial_uploads_import_id"), "imports", ["import_id"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("partial_uploads") as table:
        table.alter_column("archive", server_default=None)
    op.create_index(op.f("ix_partial_uploads_import_id"), "partial_uploads", ["import_id"])


def _make_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("gallery_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("door", sa.String(length=16), nullable=False),
        sa.Column("reuse", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_imports_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_imports_asked_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_created", "imports", ["created_at", "id"])
    for column in ("gallery_id", "asked_by_id"):
        op.create_index(op.f(f"ix_imports_{column}"), "imports", [column])


def _make_entries() -> None:
    op.create_table(
        "import_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("member", sa.Integer(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=True),
        sa.Column("said", sa.String(length=500), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_entries_import_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_import_entries_media_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_entries")),
        sa.UniqueConstraint("import_id", "place", name=op.f("uq_import_entries_import_id_place")),
    )
    op.create_index("ix_import_entries_due", "import_entries", ["state", "due_at", "import_id", "place"])
    op.create_index("ix_import_entries_state", "import_entries", ["import_id", "state"])
    op.create_index(op.f("ix_import_entries_media_id"), "import_entries", ["media_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_partial_uploads_import_id"), "partial_uploads")
    with op.batch_alter_table("partial_uploads") as table:
        table.drop_constraint(op.f("fk_partial_uploads_import_id"), type_="foreignkey")
        table.drop_column("import_id")
        table.drop_column("archive")
    op.drop_table("import_entries")
    op.drop_table("imports")
