"""Answer again as before: what came after the first whole API, one pair of functions a part."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    answers_up()
    formats_up()


def downgrade() -> None:
    """Take it back."""
    formats_down()
    answers_down()


def answers_up() -> None:
    """Keep with an answer what its headers say."""
    op.add_column("idempotency_keys", sa.Column("headers", sa.JSON(none_as_null=True), nullable=True))


def answers_down() -> None:
    """Forget it."""
    op.drop_column("idempotency_keys", "headers")


def formats_up() -> None:
    """Keep with a message the format that it is written in: its webhook's can change."""
    op.add_column("deliveries", sa.Column("format", sa.String(length=8), nullable=True))
    op.execute(
        "UPDATE deliveries SET format = (SELECT format FROM webhooks WHERE webhooks.id = deliveries.webhook_id)"
        " WHERE content IS NOT NULL"
    )


def formats_down() -> None:
    """Forget it."""
    op.drop_column("deliveries", "format")
