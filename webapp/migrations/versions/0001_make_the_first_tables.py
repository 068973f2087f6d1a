"""Make the first tables."""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROLES = ("admin", "editor", "translator", "viewer")

FORGET = "INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.id, old.words)"
LEARN = "INSERT INTO search_index(rowid, words) VALUES (new.id, new.words)"

SEARCH_INDEX = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_index USING fts5(words, content='search_entries', content_rowid='id',"
        " tokenize='ascii', prefix='1 2 3', detail='none', columnsize=0)",
        f"CREATE TRIGGER search_entries_made AFTER INSERT ON search_entries BEGIN {LEARN}; END",
        f"CREATE TRIGGER search_entries_gone AFTER DELETE ON search_entries BEGIN {FORGET}; END",
        f"CREATE TRIGGER search_entries_changed AFTER UPDATE ON search_entries BEGIN {FORGET}; {LEARN}; END",
    ),
    "postgresql": (
        "CREATE INDEX search_index_words ON search_entries"
        " USING gin (array_to_tsvector(string_to_array(words, ' ')))",
    ),
}
"""Words come folded and apart: the index only has to look them up, and takes all letters beyond ASCII as letters."""


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "blobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mime_type", sa.String(length=100), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("has_alpha", sa.Boolean(), nullable=False),
        sa.Column("thumbhash", sa.LargeBinary(), nullable=True),
        sa.Column("colour", sa.String(length=7), nullable=True),
        sa.Column("taken_at", sa.String(length=23), nullable=True),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blobs")),
        sa.UniqueConstraint("sha256", name=op.f("uq_blobs_sha256")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_keys")),
    )
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.create_index("uq_idempotency_keys_scope", ["scope", "key"], unique=True)

    op.create_table(
        "languages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=35), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("native_name", sa.String(length=100), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("fallback_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["fallback_id"], ["languages.id"], name=op.f("fk_languages_fallback_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_languages")),
        sa.UniqueConstraint("code", name=op.f("uq_languages_code")),
    )
    with op.batch_alter_table("languages", schema=None) as batch_op:
        batch_op.create_index(
            "uq_languages_default",
            ["is_default"],
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=False),
        sa.Column("gallery_id", sa.Uuid(), nullable=True),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("identity", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_due", ["delivered_at", "id"], unique=False)
        batch_op.create_index("ix_outbox_entity", ["entity", "entity_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_gallery_id"), ["gallery_id"], unique=False)

    op.create_table(
        "roles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("name", name=op.f("uq_roles_name")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=270), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failures_subject", ["subject", "at"], unique=False)

    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("set_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("key", name=op.f("uq_tags_key")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("theme", sa.String(length=8), nullable=False),
        sa.Column("density", sa.String(length=12), nullable=False),
        sa.Column("shortcuts", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_users_fs_uniquifier")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("permissions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_keys_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_keys_public_id")),
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_keys_user_id"), ["user_id"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("languages", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["users.id"], name=op.f("fk_invitations_invited_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_table(
        "media",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("blob_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("original_filename", sa.String(length=255), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=True),
        sa.Column("uploaded_through", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["blob_id"], ["blobs.id"], name=op.f("fk_media_blob_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_media_uploaded_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("filename", name=op.f("uq_media_filename")),
    )
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_media_blob_id"), ["blob_id"], unique=False)
        batch_op.create_index("ix_media_created", ["deleted_at", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_media_uploaded_by_id"), ["uploaded_by_id"], unique=False)

    op.create_table(
        "renditions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("blob_id", sa.Uuid(), nullable=False),
        sa.Column("batch", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["blob_id"], ["blobs.id"], name=op.f("fk_renditions_blob_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renditions")),
        sa.UniqueConstraint("blob_id", "name", name=op.f("uq_renditions_blob_id_name")),
    )
    with op.batch_alter_table("renditions", schema=None) as batch_op:
        batch_op.create_index("ix_renditions_due", ["state", "due_at"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("agent", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tokens_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tokens_token_hash")),
    )
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tokens_user_id"), ["user_id"], unique=False)

    op.create_table(
        "user_languages",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("language_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["language_id"], ["languages.id"], name=op.f("fk_user_languages_language_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_languages_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "language_id", name=op.f("pk_user_languages")),
    )
    op.create_table(
        "user_roles",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_user_roles_role_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_roles_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_user_roles")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("door", sa.String(length=16), nullable=False),
        sa.Column("verb", sa.String(length=64), nullable=False),
        sa.Column("thing", sa.String(length=32), nullable=False),
        sa.Column("thing_id", sa.String(length=64), nullable=False),
        sa.Column("gallery_id", sa.Uuid(), nullable=True),
        sa.Column("language_id", sa.Uuid(), nullable=True),
        sa.Column("changes", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_audit_key_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_audit_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_gallery", ["gallery_id", "id"], unique=False)
        batch_op.create_index("ix_audit_thing", ["thing", "thing_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_user_id"), ["user_id"], unique=False)

    op.create_table(
        "galleries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("source_language_id", sa.Uuid(), nullable=False),
        sa.Column("cover_media_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("sort_order", sa.Double(), nullable=True),
        sa.Column("category_uri", sa.String(length=2048), nullable=True),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unpublish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("order_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trashed_slug", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_galleries_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["cover_media_id"], ["media.id"], name=op.f("fk_galleries_cover_media_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_galleries_created_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["source_language_id"],
            ["languages.id"],
            name=op.f("fk_galleries_source_language_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_galleries")),
    )
    with op.batch_alter_table("galleries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_galleries_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_galleries_cover_media_id"), ["cover_media_id"], unique=False)
        batch_op.create_index("ix_galleries_created", ["deleted_at", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_galleries_created_by_id"), ["created_by_id"], unique=False)
        batch_op.create_index("ix_galleries_status", ["deleted_at", "status", "touched_at", "id"], unique=False)
        batch_op.create_index("ix_galleries_touched", ["deleted_at", "touched_at", "id"], unique=False)
        batch_op.create_index(
            "uq_galleries_sort_order_living",
            ["sort_order"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "media_aliases",
        sa.Column("dialect", sa.String(length=16), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_media_aliases_media_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dialect", "domain", "external_id", name=op.f("pk_media_aliases")),
    )
    with op.batch_alter_table("media_aliases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_media_aliases_media_id"), ["media_id"], unique=False)

    op.create_table(
        "media_tags",
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_media_tags_media_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_media_tags_tag_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("media_id", "tag_id", name=op.f("pk_media_tags")),
    )
    with op.batch_alter_table("media_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_media_tags_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "media_texts",
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("caption", sa.String(length=500), nullable=True),
        sa.Column("alt", sa.String(length=250), nullable=True),
        sa.Column("credit", sa.String(length=255), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("drafts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("kept", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["language_id"], ["languages.id"], name=op.f("fk_media_texts_language_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_media_texts_media_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_texts")),
        sa.UniqueConstraint("media_id", "language_id", name=op.f("uq_media_texts_media_id_language_id")),
    )
    with op.batch_alter_table("media_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_media_texts_language_id"), ["language_id"], unique=False)

    op.create_table(
        "gallery_slugs",
        sa.Column("slug", sa.String(length=255), nullable=False),
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("current", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_gallery_slugs_gallery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_gallery_slugs")),
    )
    with op.batch_alter_table("gallery_slugs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gallery_slugs_gallery_id"), ["gallery_id"], unique=False)
        batch_op.create_index(
            "uq_gallery_slugs_current",
            ["gallery_id"],
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )

    op.create_table(
        "gallery_tags",
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_gallery_tags_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_gallery_tags_tag_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("gallery_id", "tag_id", name=op.f("pk_gallery_tags")),
    )
    with op.batch_alter_table("gallery_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gallery_tags_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "gallery_texts",
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("meta_title", sa.String(length=255), nullable=True),
        sa.Column("meta_description", sa.String(length=500), nullable=True),
        sa.Column("title_key", sa.String(length=255), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("drafts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("kept", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_gallery_texts_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["language_id"], ["languages.id"], name=op.f("fk_gallery_texts_language_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gallery_texts")),
        sa.UniqueConstraint("gallery_id", "language_id", name=op.f("uq_gallery_texts_gallery_id_language_id")),
    )
    with op.batch_alter_table("gallery_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gallery_texts_language_id"), ["language_id"], unique=False)

    op.create_table(
        "holds",
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_by_id", sa.Uuid(), nullable=True),
        sa.Column("order_version", sa.Integer(), nullable=False),
        sa.Column("gallery", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("texts", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_holds_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["held_by_id"], ["users.id"], name=op.f("fk_holds_held_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("gallery_id", name=op.f("pk_holds")),
    )
    op.create_table(
        "items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=True),
        sa.Column("sort_order", sa.Double(), nullable=False),
        sa.Column("link_url", sa.String(length=2048), nullable=True),
        sa.Column("link_text", sa.String(length=255), nullable=True),
        sa.Column("focal_x", sa.Double(), nullable=True),
        sa.Column("focal_y", sa.Double(), nullable=True),
        sa.Column("decorative", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("style", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("video", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("poster_id", sa.Uuid(), nullable=True),
        sa.Column("added_by_id", sa.Uuid(), nullable=True),
        sa.Column("added_through", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["users.id"], name=op.f("fk_items_added_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_items_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_items_media_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["poster_id"], ["media.id"], name=op.f("fk_items_poster_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index("ix_items_deleted_at", ["deleted_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_items_media_id"), ["media_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_items_poster_id"), ["poster_id"], unique=False)
        batch_op.create_index("ix_items_order", ["gallery_id", "deleted_at", "sort_order", "id"], unique=False)
        batch_op.create_index("ix_items_neighbours", ["gallery_id", "sort_order", "id"], unique=False)

    op.create_table(
        "arrivals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("sort_order", sa.Double(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_arrivals_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_arrivals_item_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
        sa.UniqueConstraint("gallery_id", "batch", "place", name=op.f("uq_arrivals_gallery_id_batch_place")),
    )
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arrivals_item_id"), ["item_id"], unique=False)

    op.create_table(
        "revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_revisions_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_revisions_made_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("gallery_id", "number", name=op.f("uq_revisions_gallery_id_number")),
    )
    op.create_table(
        "held_items",
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("sort_order", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=True),
        sa.Column("poster_id", sa.Uuid(), nullable=True),
        sa.Column("item", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("texts", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["holds.gallery_id"], name=op.f("fk_held_items_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_held_items_media_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["poster_id"], ["media.id"], name=op.f("fk_held_items_poster_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("gallery_id", "item_id", name=op.f("pk_held_items")),
    )
    with op.batch_alter_table("held_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_items_media_id"), ["media_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_held_items_poster_id"), ["poster_id"], unique=False)
        batch_op.create_index("ix_held_items_order", ["gallery_id", "sort_order", "item_id"], unique=False)

    op.create_table(
        "item_tags",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_tags_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_item_tags_tag_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "tag_id", name=op.f("pk_item_tags")),
    )
    with op.batch_alter_table("item_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_tags_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "item_texts",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("caption", sa.String(length=500), nullable=True),
        sa.Column("alt", sa.String(length=250), nullable=True),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("drafts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("kept", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_texts_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["language_id"], ["languages.id"], name=op.f("fk_item_texts_language_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_texts")),
        sa.UniqueConstraint("item_id", "language_id", name=op.f("uq_item_texts_item_id_language_id")),
    )
    with op.batch_alter_table("item_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_texts_language_id"), ["language_id"], unique=False)

    _make_what_things_are_found_by()
    _insert_what_every_site_has()


def downgrade() -> None:
    """Bring the database back."""
    _drop_what_things_are_found_by()
    with op.batch_alter_table("item_texts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_texts_language_id"))

    op.drop_table("item_texts")
    with op.batch_alter_table("item_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_tags_tag_id"))

    op.drop_table("item_tags")
    with op.batch_alter_table("held_items", schema=None) as batch_op:
        batch_op.drop_index("ix_held_items_order")
        batch_op.drop_index(batch_op.f("ix_held_items_poster_id"))
        batch_op.drop_index(batch_op.f("ix_held_items_media_id"))

    op.drop_table("held_items")
    op.drop_table("revisions")
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_arrivals_item_id"))

    op.drop_table("arrivals")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index("ix_items_neighbours")
        batch_op.drop_index("ix_items_order")
        batch_op.drop_index(batch_op.f("ix_items_poster_id"))
        batch_op.drop_index(batch_op.f("ix_items_media_id"))
        batch_op.drop_index("ix_items_deleted_at")

    op.drop_table("items")
    op.drop_table("holds")
    with op.batch_alter_table("gallery_texts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gallery_texts_language_id"))

    op.drop_table("gallery_texts")
    with op.batch_alter_table("gallery_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gallery_tags_tag_id"))

    op.drop_table("gallery_tags")
    with op.batch_alter_table("gallery_slugs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_gallery_slugs_current", sqlite_where=sa.text("current"), postgresql_where=sa.text("current")
        )
        batch_op.drop_index(batch_op.f("ix_gallery_slugs_gallery_id"))

    op.drop_table("gallery_slugs")
    with op.batch_alter_table("media_texts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_media_texts_language_id"))

    op.drop_table("media_texts")
    with op.batch_alter_table("media_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_media_tags_tag_id"))

    op.drop_table("media_tags")
    with op.batch_alter_table("media_aliases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_media_aliases_media_id"))

    op.drop_table("media_aliases")
    with op.batch_alter_table("galleries", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_galleries_sort_order_living",
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.drop_index("ix_galleries_touched")
        batch_op.drop_index("ix_galleries_status")
        batch_op.drop_index(batch_op.f("ix_galleries_created_by_id"))
        batch_op.drop_index("ix_galleries_created")
        batch_op.drop_index(batch_op.f("ix_galleries_cover_media_id"))
        batch_op.drop_index(batch_op.f("ix_galleries_author_id"))

    op.drop_table("galleries")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_user_id"))
        batch_op.drop_index("ix_audit_thing")
        batch_op.drop_index("ix_audit_gallery")

    op.drop_table("audit")
    op.drop_table("user_roles")
    op.drop_table("user_languages")
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tokens_user_id"))

    op.drop_table("tokens")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_user_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("renditions", schema=None) as batch_op:
        batch_op.drop_index("ix_renditions_due")

    op.drop_table("renditions")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_media_uploaded_by_id"))
        batch_op.drop_index("ix_media_created")
        batch_op.drop_index(batch_op.f("ix_media_blob_id"))

    op.drop_table("media")
    op.drop_table("invitations")
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_keys_user_id"))

    op.drop_table("api_keys")
    op.drop_table("users")
    op.drop_table("tags")
    op.drop_table("site")
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_failures_subject")

    op.drop_table("sign_in_failures")
    op.drop_table("roles")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_gallery_id"))
        batch_op.drop_index("ix_outbox_entity")
        batch_op.drop_index("ix_outbox_due")

    op.drop_table("outbox")
    with op.batch_alter_table("languages", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_languages_default", sqlite_where=sa.text("is_default"), postgresql_where=sa.text("is_default")
        )

    op.drop_table("languages")
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.drop_index("uq_idempotency_keys_scope")

    op.drop_table("idempotency_keys")
    op.drop_table("blobs")


def _make_what_things_are_found_by() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("query", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_saved_views_user_id_key")),
    )
    op.create_table(
        "presences",
        sa.Column("gallery_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_presences_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_presences_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("gallery_id", "user_id", name=op.f("pk_presences")),
    )
    op.create_table(
        "search_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("gallery_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("media_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_search_entries_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.id"], name=op.f("fk_search_entries_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_search_entries_media_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("item_id", name=op.f("uq_search_entries_item_id")),
        sa.UniqueConstraint("media_id", name=op.f("uq_search_entries_media_id")),
    )
    op.create_index(op.f("ix_search_entries_gallery_id"), "search_entries", ["gallery_id"], unique=False)
    op.create_index(
        "uq_search_entries_gallery",
        "search_entries",
        ["gallery_id"],
        unique=True,
        sqlite_where=sa.text("item_id IS NULL"),
        postgresql_where=sa.text("item_id IS NULL"),
    )
    for statement in SEARCH_INDEX[op.get_bind().dialect.name]:
        op.execute(statement)


def _drop_what_things_are_found_by() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_entries")
    op.drop_table("presences")
    op.drop_table("saved_views")


def _insert_what_every_site_has() -> None:
    roles = sa.table("roles", sa.column("id", sa.Uuid), sa.column("name", sa.String))
    op.bulk_insert(roles, [{"id": uuid4(), "name": name} for name in ROLES])
    texts = ("code", "name", "native_name", "direction")
    languages = sa.table(
        "languages",
        sa.column("id", sa.Uuid),
        *(sa.column(name, sa.String) for name in texts),
        sa.column("is_default", sa.Boolean),
        sa.column("is_active", sa.Boolean),
        sa.column("version", sa.Integer),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    names = ("id", *texts, "is_default", "is_active", "version", "created_at")
    english = (uuid4(), "en", "English", "English", "ltr", True, True, 1, datetime.now(UTC))
    op.bulk_insert(languages, [dict(zip(names, english, strict=True))])
    site = sa.table(
        "site",
        sa.column("id", sa.Integer),
        sa.column("instance_id", sa.Uuid),
        sa.column("name", sa.String),
        sa.column("version", sa.Integer),
    )
    op.bulk_insert(site, [{"id": 1, "instance_id": uuid4(), "name": "Vitrine", "version": 1}])
