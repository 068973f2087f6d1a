"""Sift the library: files of a kind, the newest first."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.create_index("ix_media_kind", "media", ["deleted_at", "kind", "created_at", "id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_media_kind", "media")
