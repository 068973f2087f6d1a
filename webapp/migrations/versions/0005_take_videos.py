"""Take videos: how long they last, and how far the work on them is."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("blobs", sa.Column("duration", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("renditions") as renditions:
        renditions.add_column(sa.Column("progress", sa.Integer(), nullable=False, server_default="0"))
        renditions.alter_column("size", type_=sa.BigInteger(), existing_type=sa.Integer())
    with op.batch_alter_table("renditions") as renditions:
        renditions.alter_column("progress", server_default=None)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("renditions") as renditions:
        renditions.alter_column("size", type_=sa.Integer(), existing_type=sa.BigInteger())
        renditions.drop_column("progress")
    op.drop_column("blobs", "duration")
