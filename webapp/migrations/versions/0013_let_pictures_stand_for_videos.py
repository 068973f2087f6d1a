"""Let a picture stand for a video wherever it is shown."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("blobs", sa.Column("poster", sa.String(64), nullable=True))
    op.create_index("ix_blobs_poster", "blobs", ["poster"])


def downgrade() -> None:
    """Take it back: what a video shows after a second stands for it again."""
    op.drop_index("ix_blobs_poster", "blobs")
    with op.batch_alter_table("blobs") as blobs:
        blobs.drop_column("poster")
