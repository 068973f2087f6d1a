"""Translate, preview and show: what came after the first tables, one pair of functions a part."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SHARE_INDEXES = {
    "shares": ("gallery_id", "made_by_id", "language_id"),
    "share_visits": ("share_id",),
    "share_notes": ("visit_id", "item_id", "language_id"),
    "share_answers": ("note_id", "user_id"),
    "share_approvals": ("share_id", "visit_id"),
}

LOOKS = {"layout": "justified", "tile_size": "medium", "tile_shape": "square"}


def upgrade() -> None:
    """Bring the database forward."""
    add_language()
    add_looks()
    add_gate()
    share_up()
    exchange_up()
    machine_up()


def downgrade() -> None:
    """Take it back."""
    machine_down()
    exchange_down()
    share_down()
    remove_gate()
    remove_looks()
    remove_language()


def add_language() -> None:
    """Let users choose what the dashboard is written in."""
    op.add_column("users", sa.Column("language", sa.String(8), nullable=False, server_default=""))


def remove_language() -> None:
    """Leave it to the browser again."""
    op.drop_column("users", "language")


def add_looks() -> None:
    """Let a gallery say how visitors see its items."""
    for name, standard in LOOKS.items():
        op.add_column("galleries", sa.Column(name, sa.String(16), nullable=False, server_default=standard))


def remove_looks() -> None:
    """Show every gallery alike again."""
    for name in reversed(LOOKS):
        op.drop_column("galleries", name)


def add_gate() -> None:
    """Let a site ask for complete texts before a gallery is public, and for a review of what translators save."""
    op.add_column("site", sa.Column("gate", sa.String(8), nullable=False, server_default="off"))
    chosen = sa.Column("gate_languages", sa.JSON(none_as_null=True), nullable=False, server_default="[]")
    op.add_column("site", chosen)
    op.add_column("site", sa.Column("reviews", sa.Boolean(), nullable=False, server_default=sa.false()))


def remove_gate() -> None:
    """Publish whatever there is again."""
    for name in ("reviews", "gate_languages", "gate"):
        op.drop_column("site", name)


def share_up() -> None:
    """Share links, who came by them, what they asked for and approved."""
    op.create_table(
        "shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("language_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("downloads", sa.Boolean(), nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["gallery_id"], ["galleries.id"], name="fk_shares_gallery_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["language_id"], ["languages.id"], name="fk_shares_language_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name="fk_shares_made_by_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
        sa.UniqueConstraint("token_hash", name="uq_shares_token_hash"),
    )
    op.create_table(
        "share_visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name="fk_share_visits_share_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_share_visits"),
        sa.UniqueConstraint("token_hash", name="uq_share_visits_token_hash"),
    )
    note_up()
    op.create_table(
        "share_approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("prints", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name="fk_share_approvals_share_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["share_visits.id"], name="fk_share_approvals_visit_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_share_approvals"),
    )
    for table, columns in SHARE_INDEXES.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index("ix_share_notes_gallery", "share_notes", ["gallery_id", "solved_at"])


def note_up() -> None:
    """Notes and what was answered to them."""
    op.create_table(
        "share_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("language_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=True),
        sa.Column("x", sa.Double(), nullable=True),
        sa.Column("y", sa.Double(), nullable=True),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solved_by", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name="fk_share_notes_share_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name="fk_share_notes_gallery_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["share_visits.id"], name="fk_share_notes_visit_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_share_notes_item_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["language_id"], ["languages.id"], name="fk_share_notes_language_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_share_notes"),
        sa.UniqueConstraint("share_id", "number", name="uq_share_notes_share_id_number"),
    )
    op.create_table(
        "share_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["share_notes.id"], name="fk_share_answers_note_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_share_answers_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_share_answers"),
    )


def share_down() -> None:
    """Take share links away, and all that came by them."""
    for table in ("share_approvals", "share_answers", "share_notes", "share_visits", "shares"):
        op.drop_table(table)


def exchange_up() -> None:
    """Files of translations that wait to be taken."""
    op.create_table(
        "exchange_uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("replace", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("written", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_exchange_uploads_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_uploads")),
    )
    op.create_index("ix_exchange_uploads_user", "exchange_uploads", ["user_id", "created_at"])
    op.create_index(op.f("ix_exchange_uploads_expires_at"), "exchange_uploads", ["expires_at"])


def exchange_down() -> None:
    """Take them away."""
    op.drop_table("exchange_uploads")


def machine_up() -> None:
    """A machine that translates, the words it has to use, and what it is asked for."""
    op.create_table(
        "machine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=2048), nullable=False),
        sa.Column("header", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine")),
    )
    op.create_table(
        "terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=100), nullable=False),
        sa.Column("translation", sa.String(length=100), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["language_id"], ["languages.id"], name=op.f("fk_terms_language_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
        sa.UniqueConstraint("language_id", "term", name=op.f("uq_terms_language_id_term")),
    )
    machine_work_up()


def machine_work_up() -> None:
    """Orders, and the texts of each."""
    op.create_table(
        "machine_orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language_id", sa.Uuid(), nullable=False),
        sa.Column("gallery_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["language_id"], ["languages.id"], name=op.f("fk_machine_orders_language_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_machine_orders_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_machine_orders_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_orders")),
    )
    op.create_index(op.f("ix_machine_orders_gallery_id"), "machine_orders", ["gallery_id"])
    op.create_table(
        "machine_tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["machine_orders.id"], name=op.f("fk_machine_tasks_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["languages.id"], name=op.f("fk_machine_tasks_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_tasks")),
        sa.UniqueConstraint("order_id", "unit", name=op.f("uq_machine_tasks_order_id_unit")),
    )
    op.create_index("ix_machine_tasks_due", "machine_tasks", ["state", "due_at"])


def machine_down() -> None:
    """Take it away."""
    for table in ("machine_tasks", "machine_orders", "terms", "machine"):
        op.drop_table(table)
