"""Speak Wix, and tell others: what came with the third dialect and with webhooks, one pair of functions a part."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    wix_up()


def downgrade() -> None:
    """Take it back."""
    wix_down()


def wix_up() -> None:
    """Keep what programs give, and fetch the pictures that they name."""
    op.add_column("items", sa.Column("given", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("media", sa.Column("told_width", sa.Integer(), nullable=True))
    op.add_column("media", sa.Column("told_height", sa.Integer(), nullable=True))
    op.create_table(
        "fetches",
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_fetches_media_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_fetches_asked_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_fetches")),
    )
    op.create_index("ix_fetches_due", "fetches", ["state", "due_at"])


def wix_down() -> None:
    """Forget it."""
    op.drop_table("fetches")
    for column in ("told_height", "told_width"):
        op.drop_column("media", column)
    op.drop_column("items", "given")
