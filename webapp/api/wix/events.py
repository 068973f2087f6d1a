"""Events as Wix tells them: three texts of JSON, one in the other, which a token carries (seed 001, contract §3).

`entityId` is always the gallery's id, and `identity` says who did it, so that a program knows its own deeds (D31).
"""

from typing import Any, Final

import orjson

from webapp.api.wix import answers
from webapp.domain.delivering.writing import Message, Writer

ENTITY: Final = "wix.pro_gallery.v2.gallery"
PREFIX: Final = "wix.pro_gallery.gallery_v2_"
CASCADED: Final = "Gallery Deleted"
SLUGS: Final = {
    "gallery.created": "created",
    "gallery.updated": "updated",
    "gallery.deleted": "deleted",
    "item.created": "gallery_item_created",
    "item.updated": "gallery_item_updated",
    "item.deleted": "gallery_item_deleted",
}


def writer(root: str) -> Writer:
    """Return what writes the claim `data` of a message; pictures are named by their addresses below `root`."""

    def write(message: Message) -> str:
        slug = SLUGS.get(message.kind, message.kind)
        said = {
            "eventType": f"{PREFIX}{slug}",
            "instanceId": str(message.instance_id),
            "data": _pack(_event(message, slug, root)),
            "identity": _pack(_identity(message)),
        }
        return _pack(said)

    return write


def _event(message: Message, slug: str, root: str) -> dict[str, Any]:
    said = {
        "id": str(message.id),
        "entityFqdn": ENTITY,
        "slug": slug,
        "entityId": str(message.gallery_id or message.entity_id),
        **_body(message, root),
        "eventTime": answers.moment(message.at),
        "triggeredByAnonymizeRequest": False,
    }
    return said | ({"originatedFrom": CASCADED} if message.cascade else {})


def _body(message: Message, root: str) -> dict[str, Any]:
    """Return what changed; a thing that has gone for good is told of by its id alone."""
    if message.kind in ("gallery.created", "gallery.updated"):
        gone = {"id": message.entity_id}
        shown = answers.gallery(message.gallery, root=root) if message.gallery else gone
        return {"createdEvent": {"entity": shown}} if message.kind == "gallery.created" else _updated(shown)
    if message.kind == "gallery.deleted":
        return {"deletedEvent": {}}
    if message.kind == "item.deleted":
        return {"actionEvent": {"body": {"itemId": message.entity_id}}}
    if message.kind in ("item.created", "item.updated"):
        item = answers.item(message.item, root=root) if message.item else {"id": message.entity_id}
        return {"actionEvent": {"body": {"item" if message.kind == "item.created" else "updatedItem": item}}}
    return {"actionEvent": {"body": {}}}


def _updated(shown: dict[str, Any]) -> dict[str, Any]:
    return {"updatedEvent": {"currentEntity": shown}}


def _identity(message: Message) -> dict[str, str]:
    """Say who did it; what Vitrine does of itself is done by an app that has its own id."""
    kind = message.identity.get("type")
    if kind == "USER":
        return {"identityType": "WIX_USER", "wixUserId": str(message.identity["user"])}
    app_id = f"vk_{message.program}" if message.program else str(message.identity.get("key") or message.instance_id)
    return {"identityType": "APP", "appId": app_id}


def _pack(said: dict[str, Any]) -> str:
    return orjson.dumps(said).decode()
