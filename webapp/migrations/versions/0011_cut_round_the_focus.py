"""Keep by which policy the files of a blob were made."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("blobs", sa.Column("policy", sa.String(16), nullable=True))
    op.create_index("ix_blobs_policy", "blobs", ["policy"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_blobs_policy", "blobs")
    with op.batch_alter_table("blobs") as blobs:
        blobs.drop_column("policy")
    op.execute("DELETE FROM renditions WHERE batch LIKE 'crop:%' OR batch LIKE '%+'")
