"""Tag files: look quickly through a large library."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.create_index("ix_renditions_shown", "renditions", ["blob_id", "state", "batch"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_renditions_shown", "renditions")
