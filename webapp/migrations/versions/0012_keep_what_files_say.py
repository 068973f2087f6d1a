"""Keep what files say of themselves, and captions of videos."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("blobs", sa.Column("said", sa.JSON(none_as_null=True), nullable=True))
    for name in ("takes_texts", "shows_places"):
        op.add_column("site", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "captions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("language_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_captions_media_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["language_id"], ["languages.id"], name=op.f("fk_captions_language_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captions")),
        sa.UniqueConstraint("media_id", "language_id", name=op.f("uq_captions_media_id_language_id")),
    )
    for column in ("language_id", "sha256"):
        op.create_index(op.f(f"ix_captions_{column}"), "captions", [column])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("captions")
    with op.batch_alter_table("site") as batch:
        for name in ("takes_texts", "shows_places"):
            batch.drop_column(name)
    with op.batch_alter_table("blobs") as batch:
        batch.drop_column("said")
