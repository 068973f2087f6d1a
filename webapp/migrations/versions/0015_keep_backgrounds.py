"""Keep backgrounds for zones and places."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "backgrounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("turns", sa.String(length=8), nullable=False),
        sa.Column("metadatas", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("versioned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_backgrounds_created_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["users.id"], name=op.f("fk_backgrounds_updated_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backgrounds")),
    )
    op.create_index("ix_backgrounds_created", "backgrounds", ["deleted_at", "created_at", "id"])
    op.create_index(op.f("ix_backgrounds_created_by_id"), "backgrounds", ["created_by_id"])
    op.create_index(op.f("ix_backgrounds_updated_by_id"), "backgrounds", ["updated_by_id"])
    op.create_table(
        "background_areas",
        sa.Column("background_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("address", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("distance", sa.String(length=32), nullable=True),
        sa.Column("latitude", sa.Float(precision=53), nullable=True),
        sa.Column("longitude", sa.Float(precision=53), nullable=True),
        sa.Column("radius", sa.Float(precision=53), nullable=True),
        sa.Column("country", sa.String(length=255), nullable=True),
        sa.Column("region", sa.String(length=255), nullable=True),
        sa.Column("department", sa.String(length=255), nullable=True),
        sa.Column("locality", sa.String(length=255), nullable=True),
        sa.Column("postal_code", sa.String(length=255), nullable=True),
        sa.Column("street_address", sa.String(length=255), nullable=True),
        sa.Column("complementary_street_address", sa.String(length=255), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("origin_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["background_id"], ["backgrounds.id"], name=op.f("fk_background_areas_background_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("background_id", "place", name=op.f("pk_background_areas")),
    )
    op.create_table(
        "background_pictures",
        sa.Column("background_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["background_id"],
            ["backgrounds.id"],
            name=op.f("fk_background_pictures_background_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_background_pictures_media_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("background_id", "place", name=op.f("pk_background_pictures")),
    )
    op.create_index(op.f("ix_background_pictures_media_id"), "background_pictures", ["media_id"])
    op.create_table(
        "background_spots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("background_id", sa.Uuid(), nullable=False),
        sa.Column("zone", sa.String(length=16), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=True),
        sa.Column("latitude", sa.Float(precision=53), nullable=True),
        sa.Column("longitude", sa.Float(precision=53), nullable=True),
        sa.Column("radius", sa.Float(precision=53), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("parts", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["background_id"], ["backgrounds.id"], name=op.f("fk_background_spots_background_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background_spots")),
    )
    op.create_index("ix_background_spots_address", "background_spots", ["zone", "address", "made_at"])
    op.create_index(op.f("ix_background_spots_background_id"), "background_spots", ["background_id"])
    op.create_index("ix_background_spots_cell", "background_spots", ["zone", "cell", "radius"])
    op.create_table(
        "background_texts",
        sa.Column("background_id", sa.Uuid(), nullable=False),
        sa.Column("language_id", sa.Uuid(), nullable=False),
        sa.Column("caption", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["background_id"], ["backgrounds.id"], name=op.f("fk_background_texts_background_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["language_id"], ["languages.id"], name=op.f("fk_background_texts_language_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("background_id", "language_id", name=op.f("pk_background_texts")),
    )
    op.create_index(op.f("ix_background_texts_language_id"), "background_texts", ["language_id"])
    op.create_table(
        "background_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("background_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["background_id"],
            ["backgrounds.id"],
            name=op.f("fk_background_versions_background_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_background_versions_made_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background_versions")),
        sa.UniqueConstraint("background_id", "number", name=op.f("uq_background_versions_background_id_number")),
    )
    op.create_index(op.f("ix_background_versions_made_by_id"), "background_versions", ["made_by_id"])
    op.create_table(
        "background_zones",
        sa.Column("background_id", sa.Uuid(), nullable=False),
        sa.Column("zone", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["background_id"], ["backgrounds.id"], name=op.f("fk_background_zones_background_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("background_id", "zone", name=op.f("pk_background_zones")),
    )
    op.create_index("ix_background_zones_zone", "background_zones", ["zone", "background_id"])


def downgrade() -> None:
    """Take it back."""
    for table in (
        "background_areas",
        "background_pictures",
        "background_spots",
        "background_texts",
        "background_versions",
        "background_zones",
        "backgrounds",
    ):
        op.drop_table(table)
