"""Speak Wix, and tell others: what came with the third dialect and with webhooks, one pair of functions a part."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database forward."""
    wix_up()
    webhooks_up()


def downgrade() -> None:
    """Take it back."""
    webhooks_down()
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


def webhooks_up() -> None:
    """Webhooks, the keys that sign what they get, what they were told and how that went."""
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("kinds", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("own_key_id", sa.Uuid(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("secret_end", sa.String(length=8), nullable=False),
        sa.Column("old_secret", sa.LargeBinary(), nullable=True),
        sa.Column("old_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("ended", sa.String(length=16), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["users.id"], name=op.f("fk_webhooks_ended_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_webhooks_made_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["own_key_id"], ["api_keys.id"], name=op.f("fk_webhooks_own_key_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_ended_by_id"), "webhooks", ["ended_by_id"])
    op.create_index(op.f("ix_webhooks_made_by_id"), "webhooks", ["made_by_id"])
    op.create_index(op.f("ix_webhooks_own_key_id"), "webhooks", ["own_key_id"])
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
    )
    deliveries_up()


def deliveries_up() -> None:
    """Deliveries, and each try of them."""
    op.create_table(
        "deliveries",
        sa.Column("id", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("lane", sa.String(length=64), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=False),
        sa.Column("event", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("took", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_deliveries_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_deliveries_message_id")),
    )
    op.create_index("ix_deliveries_due", "deliveries", ["state", "due_at", "id"])
    op.create_index("ix_deliveries_lane", "deliveries", ["webhook_id", "lane", "state", "id"])
    op.create_index("ix_deliveries_log", "deliveries", ["webhook_id", "id"])
    op.create_table(
        "delivery_tries",
        sa.Column("id", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("delivery_id", SEQUENCE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("took", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer_headers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_tries_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_tries")),
    )
    op.create_index(op.f("ix_delivery_tries_delivery_id"), "delivery_tries", ["delivery_id"])


def webhooks_down() -> None:
    """Tell nobody any more."""
    for table in ("delivery_tries", "deliveries", "signing_keys", "webhooks"):
        op.drop_table(table)
