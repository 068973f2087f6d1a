"""What the element reads of a gallery: what visitors see of it and nothing else.

Addresses stand below the root of the site, whose own the element knows; words come in the gallery's language.
"""

from typing import Any, Final

from flask import json
from flask_babel import gettext as _

from webapp.domain.pictures import Picture
from webapp.domain.showing import Showing, Shown, Text
from webapp.infra import styles
from webapp.web import phrases
from webapp.web.embed import trees
from webapp.web.files.addresses import rendition_url
from webapp.web.public.addresses import PublicAddresses

FORMATS: Final = ("avif", "webp", "jpg")


def packed(shown: Showing) -> bytes:
    """Write a page of a gallery as JSON."""
    phrases.speak(shown.language.code)
    return json.dumps(_gallery(shown), ensure_ascii=False, separators=(",", ":"), sort_keys=False).encode()


def nothing() -> bytes:
    """Write that nothing is here, with the words to say so."""
    none = str(_("Nothing is here."))
    return json.dumps({"message": none, "words": _words() | {"none": none}}, ensure_ascii=False).encode()


def _gallery(shown: Showing) -> dict[str, Any]:
    addresses = PublicAddresses(shown.slug, shown.language.code, shown.source_code)
    return {
        "id": str(shown.id),
        "title": _said(shown.title),
        "url": addresses.gallery(),
        "language": {"code": shown.language.code, "direction": shown.language.direction},
        "layout": shown.look.layout,
        "size": shown.look.size,
        "shape": shown.look.shape,
        "count": shown.count,
        "styles": _styles(shown),
        "items": [_item(each, addresses) for each in shown.items],
        "after": str(shown.after) if shown.after else None,
        "words": _words(),
    }


def _styles(shown: Showing) -> str:
    """Return the rules that texts need, which the element puts into a sheet of its own."""
    named = styles.addresses([each for item in shown.items for each in item.declarations])
    return "\n".join(styles.stylesheet(each) or "" for each in named)


def _item(item: Shown, addresses: PublicAddresses) -> dict[str, Any]:
    said = {
        "id": str(item.id),
        "number": item.number,
        "kind": item.kind,
        "href": addresses.item(item.id),
        **{name: _said(getattr(item, name)) for name in ("title", "description", "caption", "alt")},
        "link": {"url": item.link_url, "text": item.link_text or ""} if item.link_url else None,
        "focal": list(item.focal) if item.focal else None,
        "picture": _picture(item.picture) if item.picture else None,
        "video": {"url": item.video.page_url, "provider": item.video.provider_name} if item.video else None,
        **_text(item),
    }
    return {name: value for name, value in said.items() if value is not None}


def _text(item: Shown) -> dict[str, Any]:
    """Return what is shown of a text item: a tree, its language and its box."""
    if item.written is None or item.html is None:
        return {}
    box = item.written.box
    return {
        "text": trees.grow(item.written.text.markup),
        "lang": item.html.code,
        "dir": item.html.direction,
        "box": {"ratio": box.ratio, "alignment": box.alignment, "classes": item.written.classes},
    }


def _picture(picture: Picture) -> dict[str, Any]:
    files: dict[str, list[tuple[int, str]]] = {kind: [] for kind in FORMATS}
    for each in picture.files:
        if each.format in files:
            files[each.format].append((each.width, rendition_url(picture.sha256, each.name)))
    return {
        "width": picture.width,
        "height": picture.height,
        "colour": picture.colour,
        "files": {kind: found for kind, found in files.items() if found},
    }


def _said(text: Text | None) -> str | dict[str, str] | None:
    """Return a text, with its language where that is not the page's."""
    if text is None:
        return None
    return {"text": text.text, "lang": text.code, "dir": text.direction} if text.fallback else text.text


def _words() -> dict[str, str]:
    """Return the words round the items; braces are filled in by the element."""
    words = {
        "close": _("Close"),
        "previous": _("Previous picture"),
        "next": _("Next picture"),
        "more": _("More pictures"),
        "none": _("There are no pictures here yet."),
        "picture": _("Picture %(number)s", number="{number}"),
        "text": _("Text %(number)s", number="{number}"),
        "video": _("Video: %(title)s", title="{title}"),
        "watch": _("Watch the video"),
        "about": _("More about this"),
    }
    return {name: str(said) for name, said in words.items()}
