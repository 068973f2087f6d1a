"""Find files that look alike, miss those that are gone, and know since when bytes are nobody's."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("blobs", sa.Column("likeness", sa.String(length=16), nullable=True))
    op.add_column("blobs", sa.Column("unused_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_blobs_likeness"), "blobs", ["likeness"])
    op.create_index(op.f("ix_blobs_unused_since"), "blobs", ["unused_since"])
    op.create_index(op.f("ix_media_state"), "media", ["state"])
    op.create_table(
        "likenesses",
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("blob_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blobs.id"], name=op.f("fk_likenesses_blob_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("band", "blob_id", name=op.f("pk_likenesses")),
    )
    op.create_index(op.f("ix_likenesses_blob_id"), "likenesses", ["blob_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("likenesses")
    op.drop_index(op.f("ix_media_state"), "media")
    op.drop_index(op.f("ix_blobs_unused_since"), "blobs")
    op.drop_index(op.f("ix_blobs_likeness"), "blobs")
    op.drop_column("blobs", "unused_since")
    op.drop_column("blobs", "likeness")
