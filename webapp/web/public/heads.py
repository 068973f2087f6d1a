"""What a public page tells search engines and those who pass its link on, in the head that nobody sees."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import current_app, url_for

from webapp.domain.pictures import Picture
from webapp.domain.showing import Showing, Shown, Text
from webapp.web.files.addresses import rendition_url
from webapp.web.public.addresses import PublicAddresses

SUMMARY: Final = 300
"""Letters of a description."""


@dataclass(frozen=True)
class Card:
    """The picture beside a link: its whole address, and width and height in pixels."""

    url: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True)
class Head:
    """A page's own address, its twins in other languages, a picture to show beside its link, and its data."""

    canonical: str
    alternates: tuple[tuple[str, str], ...]
    title: str
    summary: str
    card: Card | None
    feeds: tuple[tuple[str, str], ...]
    structured: dict[str, Any]
    oembed: str = ""


def of_gallery(shown: Showing, addresses: PublicAddresses, *, after: UUID | None, placed: bool) -> Head:
    """Return the head of one page of a gallery; what has no place on the site has no feeds (D12)."""
    later = after if shown.items and shown.items[0].number > 1 else None
    title, summary = _nearer(shown.meta_title, shown.title), _nearer(shown.meta_description, shown.description)
    where = {code: absolute(addresses.gallery(code, later)) for code in spoken(shown)}
    face, focal, alt = _face(shown)
    own = absolute(addresses.gallery())
    return Head(
        canonical=where.get(shown.language.code) or where.get(shown.title.code) or where[shown.source_code],
        alternates=_alternates(shown, where),
        title=str(title),
        summary=str(summary or "")[:SUMMARY],
        card=card_of(face, focal, alt),
        feeds=_feeds(shown, addresses) if placed else (),
        structured=_gallery_data(shown, where, addresses),
        oembed=absolute(url_for("embed.oembed", url=own, format="json")),
    )


def of_item(shown: Showing, addresses: PublicAddresses) -> Head:
    """Return the head of the page of one item."""
    item = shown.items[0]
    in_each = {code: PublicAddresses(shown.slug, code, shown.source_code) for code in spoken(shown)}
    where = {code: absolute(each.item(item.id)) for code, each in in_each.items()}
    name = item.title or item.caption or item.alt
    return Head(
        canonical=where.get(shown.language.code) or where[shown.source_code],
        alternates=_alternates(shown, where),
        title=f"{name} · {shown.title}" if name else str(shown.title),
        summary=str(item.description or item.caption or item.alt or shown.description or "")[:SUMMARY],
        card=card_of(item.picture, item.focal, str(item.alt or item.caption or "")),
        feeds=(),
        structured={"@context": "https://schema.org", **picture_data(item, shown, absolute(addresses.item(item.id)))},
    )


def feeds_of_site() -> tuple[tuple[str, str], ...]:
    """Return where the site's feeds are, with what each is written in."""
    return (
        ("application/rss+xml", absolute(url_for("public.site_rss"))),
        ("application/feed+json", absolute(url_for("public.site_json"))),
    )


def spoken(shown: Showing) -> list[str]:
    """Return the languages that the gallery has pages of its own in: its source's, and those with a title."""
    return [tongue.code for tongue in shown.tongues if tongue.whole or tongue.code == shown.source_code]


def absolute(path: str) -> str:
    """Return the whole address of a path of ours."""
    return f"{current_app.extensions['vitrine-settings'].base_url}{path}"


def card_of(picture: Picture | None, focal: tuple[float, float] | None = None, alt: str = "") -> Card | None:
    """Return what is shown of a picture beside a link; nothing while nothing is made of it."""
    file = picture.card(focal) if picture else None
    if picture is None or file is None:
        return None
    return Card(absolute(rendition_url(picture.sha256, file.name)), file.width, file.height, alt)


def largest(picture: Picture) -> str:
    """Return the whole address of the largest JPEG made of a picture; nothing while there is none."""
    made = [file for file in picture.files if file.format == "jpg"]
    return absolute(rendition_url(picture.sha256, made[-1].name)) if made else ""


def picture_data(item: Shown, shown: Showing, url: str) -> dict[str, Any]:
    """Describe an item for search engines, as schema.org has it; what is not known is left out."""
    kinds = {"image": "ImageObject", "video": "VideoObject"}
    picture = item.picture
    said = {
        "@type": kinds.get(item.kind, "CreativeWork"),
        "url": url,
        "name": str(item.title or item.caption or item.alt or ""),
        "caption": str(item.caption or ""),
        "description": str(item.description or item.alt or ""),
        "text": item.written.text.text if item.written else "",
        "contentUrl": largest(picture) if picture and item.kind == "image" else "",
        "thumbnailUrl": largest(picture) if picture and item.kind == "video" else "",
        "embedUrl": item.video.player_url if item.video else "",
        "width": picture.width if picture else "",
        "height": picture.height if picture else "",
        "inLanguage": shown.language.code,
    }
    return {name: value for name, value in said.items() if value}


def _nearer(meant: Text | None, other: Text | None) -> Text | None:
    """Return what was written for search engines, unless the other text is in the page's language and it is not."""
    return other if meant is None or (meant.fallback and other and not other.fallback) else meant


def _alternates(shown: Showing, where: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the twins of a page that is one of them; a page that only falls back is nobody's twin."""
    if shown.language.code not in where or len(where) < 2:
        return ()
    return (*where.items(), ("x-default", where[shown.source_code]))


def _face(shown: Showing) -> tuple[Picture | None, tuple[float, float] | None, str]:
    """Return the picture that stands for a gallery, its focal point and its alt text."""
    pictured = [item for item in shown.items if item.picture]
    if shown.cover:
        alike = [item for item in pictured if item.picture and item.picture.sha256 == shown.cover.sha256]
        return shown.cover, *((alike[0].focal, str(alike[0].alt or "")) if alike else (None, ""))
    if not pictured:
        return None, None, ""
    return pictured[0].picture, pictured[0].focal, str(pictured[0].alt or "")


def _feeds(shown: Showing, addresses: PublicAddresses) -> tuple[tuple[str, str], ...]:
    where: dict[str, Any] = {"slug": shown.slug, "code": addresses.prefix}
    return (
        ("application/rss+xml", absolute(url_for("public.gallery_rss", **where))),
        ("application/feed+json", absolute(url_for("public.gallery_json", **where))),
    )


def _gallery_data(shown: Showing, where: dict[str, str], addresses: PublicAddresses) -> dict[str, Any]:
    said = {
        "@context": "https://schema.org",
        "@type": "ImageGallery",
        "url": where.get(shown.language.code) or where[shown.source_code],
        "name": str(shown.title),
        "description": str(shown.description or ""),
        "inLanguage": shown.language.code,
        "datePublished": shown.published_at.isoformat(timespec="seconds") if shown.published_at else "",
        "author": {"@type": "Person", "name": shown.author} if shown.author else "",
        "image": largest(shown.cover) if shown.cover else "",
        "hasPart": [picture_data(item, shown, absolute(addresses.item(item.id))) for item in shown.items],
    }
    return {name: value for name, value in said.items() if value}
