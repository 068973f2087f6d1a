"""Take videos: how long they last, what stands for them, and how far the work on them is."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("blobs", sa.Column("duration", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("media") as media:
        media.add_column(sa.Column("poster_id", sa.Uuid(), nullable=True))
        media.create_foreign_key(op.f("fk_media_poster_id"), "media", ["poster_id"], ["id"], ondelete="RESTRICT")
        media.create_index(op.f("ix_media_poster_id"), ["poster_id"])
    with op.batch_alter_table("renditions") as renditions:
        renditions.add_column(sa.Column("progress", sa.Integer(), nullable=False, server_default="0"))
        renditions.alter_column("size", type_=sa.BigInteger(), existing_type=sa.Integer())
    with op.batch_alter_table("renditions") as renditions:
        renditions.alter_column("progress", server_default=None)


def downgrade() -> None:
    """Take it back: videos leave the tables with what they need."""
    with op.batch_alter_table("renditions") as renditions:
        renditions.alter_column("size", type_=sa.Integer(), existing_type=sa.BigInteger())
        renditions.drop_column("progress")
    with op.batch_alter_table("media") as media:
        media.drop_index(op.f("ix_media_poster_id"))
        media.drop_constraint(op.f("fk_media_poster_id"), type_="foreignkey")
        media.drop_column("poster_id")
    op.drop_column("blobs", "duration")
