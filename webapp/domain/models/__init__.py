"""The domain objects: SQLAlchemy models, imported here so that the metadata is whole."""

from webapp.domain.models.account import (
    ApiKey,
    Invitation,
    OneTimeToken,
    Role,
    SignInFailure,
    SignInSession,
    User,
    UserLanguage,
    UserRole,
)
from webapp.domain.models.background import (
    Background,
    BackgroundArea,
    BackgroundPicture,
    BackgroundSpot,
    BackgroundText,
    BackgroundVersion,
    BackgroundZone,
)
from webapp.domain.models.category import Category, CategoryName
from webapp.domain.models.exchange import ExchangeUpload
from webapp.domain.models.finding import Mark, Presence, SavedView, SearchEntry, Shelved, Tally
from webapp.domain.models.gallery import Gallery, GallerySlug, HeldItem, Hold, Revision
from webapp.domain.models.importing import Import, ImportEntry
from webapp.domain.models.item import Arrival, Item
from webapp.domain.models.language import Language, Site
from webapp.domain.models.machine import Machine, MachineOrder, MachineTask, Term
from webapp.domain.models.media import Blob, Caption, Fetch, Likeness, Media, MediaAlias, Rendition
from webapp.domain.models.record import AuditEntry, IdempotencyKey, OutboxEvent
from webapp.domain.models.sharing import Share, ShareAnswer, ShareApproval, ShareNote, ShareVisit
from webapp.domain.models.tag import GalleryTag, ItemTag, MediaTag, Tag
from webapp.domain.models.translation import GalleryText, ItemText, MediaText
from webapp.domain.models.uploading import PartialUpload
from webapp.domain.models.webhook import Delivery, DeliveryTry, SigningKey, Webhook

__all__ = [
    "ApiKey",
    "Arrival",
    "AuditEntry",
    "Background",
    "BackgroundArea",
    "BackgroundPicture",
    "BackgroundSpot",
    "BackgroundText",
    "BackgroundVersion",
    "BackgroundZone",
    "Blob",
    "Caption",
    "Category",
    "CategoryName",
    "Delivery",
    "DeliveryTry",
    "ExchangeUpload",
    "Fetch",
    "Gallery",
    "GallerySlug",
    "GalleryTag",
    "GalleryText",
    "HeldItem",
    "Hold",
    "IdempotencyKey",
    "Import",
    "ImportEntry",
    "Invitation",
    "Item",
    "ItemTag",
    "ItemText",
    "Language",
    "Likeness",
    "Machine",
    "MachineOrder",
    "MachineTask",
    "Mark",
    "Media",
    "MediaAlias",
    "MediaTag",
    "MediaText",
    "OneTimeToken",
    "OutboxEvent",
    "PartialUpload",
    "Presence",
    "Rendition",
    "Revision",
    "Role",
    "SavedView",
    "SearchEntry",
    "Share",
    "ShareAnswer",
    "ShareApproval",
    "ShareNote",
    "ShareVisit",
    "Shelved",
    "SignInFailure",
    "SignInSession",
    "SigningKey",
    "Site",
    "Tag",
    "Tally",
    "Term",
    "User",
    "UserLanguage",
    "UserRole",
    "Webhook",
]
