"""Translate, preview and show: what came after the first tables, one pair of functions a part."""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""


def downgrade() -> None:
    """Take it back."""
