"""RSS 2.0 and JSON Feed 1.1, of the site and of each gallery; what has no place on the site stands in none (D12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final
from uuid import UUID
from xml.etree import ElementTree as Xml

from flask import Response, json, redirect, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from webapp.domain import languages, published, showing, site
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery
from webapp.domain.pictures import Picture
from webapp.domain.published import Listed
from webapp.domain.showing import Shown
from webapp.doors import PUBLIC, allows
from webapp.web.public import heads, xml
from webapp.web.public.addresses import PublicAddresses
from webapp.web.public.routes import lasting, public

ATOM: Final = "http://www.w3.org/2005/Atom"
DUBLIN: Final = "http://purl.org/dc/elements/1.1/"
MEDIA: Final = "http://search.yahoo.com/mrss/"
VERSION: Final = "https://jsonfeed.org/version/1.1"

for _name, _space in (("atom", ATOM), ("dc", DUBLIN), ("media", MEDIA)):
    Xml.register_namespace(_name, _space)


@dataclass(frozen=True)
class Entry:
    """One thing in a feed: a gallery of the site, or an item of a gallery; `html` says all that there is to say."""

    url: str
    title: str
    html: str
    picture: Picture | None
    at: datetime | None


@dataclass(frozen=True)
class Feed:
    """A feed in one language; `rss` and `json` are where its two forms are."""

    title: str
    summary: str
    url: str
    code: str
    author: str
    rss: str
    json: str
    entries: tuple[Entry, ...]


@public.get("/feed.xml")
@allows(PUBLIC)
def site_rss() -> AnyResponse:
    """Tell of the galleries that were published last, as RSS."""
    return _as_rss(_of_site())


@public.get("/feed.json")
@allows(PUBLIC)
def site_json() -> AnyResponse:
    """Tell of the galleries that were published last, as a JSON Feed."""
    return _as_json(_of_site())


@public.get("/g/<slug>/feed.xml")
@public.get("/<code>/g/<slug>/feed.xml")
@allows(PUBLIC)
def gallery_rss(slug: str, code: str | None = None) -> AnyResponse:
    """Tell of the items that a gallery got last, as RSS."""
    found, current = _find(slug)
    if slug != current:
        return redirect(url_for("public.gallery_rss", slug=current, code=code), 301)
    return _as_rss(_of_gallery(found, current, code))


@public.get("/g/<slug>/feed.json")
@public.get("/<code>/g/<slug>/feed.json")
@allows(PUBLIC)
def gallery_json(slug: str, code: str | None = None) -> AnyResponse:
    """Tell of the items that a gallery got last, as a JSON Feed."""
    found, current = _find(slug)
    if slug != current:
        return redirect(url_for("public.gallery_json", slug=current, code=code), 301)
    return _as_json(_of_gallery(found, current, code))


def _find(slug: str) -> tuple[Gallery, str]:
    found, current = showing.find(slug)
    if found.sort_order is None:
        raise NotFound("Feed")
    return found, current


def _of_site() -> Feed:
    language = languages.default()
    name = site.get().name
    return Feed(
        title=name,
        summary=name,
        url=heads.absolute(url_for("public.index")),
        code=language.code,
        author="",
        rss=heads.absolute(url_for("public.site_rss")),
        json=heads.absolute(url_for("public.site_json")),
        entries=tuple(_gallery_entry(each) for each in published.newest(code=language.code)),
    )


def _of_gallery(found: Gallery, slug: str, code: str | None) -> Feed:
    shown, added = showing.newest(found, slug, code=code)
    addresses = PublicAddresses(slug, shown.language.code, shown.source_code)
    where: dict[str, Any] = {"slug": slug, "code": addresses.prefix}
    return Feed(
        title=str(shown.title),
        summary=str(shown.description or shown.title),
        url=heads.absolute(addresses.gallery()),
        code=shown.language.code,
        author=shown.author or "",
        rss=heads.absolute(url_for("public.gallery_rss", **where)),
        json=heads.absolute(url_for("public.gallery_json", **where)),
        entries=tuple(_item_entry(item, addresses, added) for item in shown.items),
    )


def _gallery_entry(listed: Listed) -> Entry:
    url = heads.absolute(PublicAddresses(listed.slug, listed.code, listed.source_code).gallery())
    words = Markup("<p>{}</p>").format(listed.description) if listed.description else ""
    html = f"{_pictured(listed.cover, '')}{words}"
    return Entry(url, str(listed.title), html, listed.cover, listed.published_at)


def _item_entry(item: Shown, addresses: PublicAddresses, added: Mapping[UUID, datetime]) -> Entry:
    said = [each for each in (item.caption, item.description) if each]
    words = "".join(Markup("<p>{}</p>").format(each) for each in said)
    html = f"{_pictured(item.picture, str(item.alt or ''))}{words}{item.written.text.markup if item.written else ''}"
    title = str(item.title or item.caption or item.alt or "")
    return Entry(heads.absolute(addresses.item(item.id)), title, html, item.picture, added.get(item.id))


def _pictured(picture: Picture | None, alt: str) -> str:
    src = heads.largest(picture) if picture else ""
    return Markup('<p><img src="{}" alt="{}"></p>').format(src, alt) if src else ""


def _as_rss(feed: Feed) -> AnyResponse:
    root = Xml.Element("rss", version="2.0")
    channel = Xml.SubElement(root, "channel")
    for name, words in (("title", feed.title), ("link", feed.url), ("description", feed.summary)):
        xml.add(channel, name, words)
    xml.add(channel, "language", feed.code)
    Xml.SubElement(channel, f"{{{ATOM}}}link", href=feed.rss, rel="self", type="application/rss+xml")
    for entry in feed.entries:
        _add_entry(channel, entry, feed.author)
    return lasting(xml.answer(root, "application/rss+xml"))


def _add_entry(channel: Xml.Element, entry: Entry, author: str) -> None:
    made = Xml.SubElement(channel, "item")
    xml.add(made, "title", entry.title)
    xml.add(made, "link", entry.url)
    xml.add(made, "guid", entry.url, isPermaLink="true")
    xml.add(made, "description", entry.html)
    if entry.at:
        xml.add(made, "pubDate", format_datetime(entry.at.astimezone(UTC), usegmt=True))
    xml.add(made, f"{{{DUBLIN}}}creator", author)
    if entry.picture and (url := heads.largest(entry.picture)):
        Xml.SubElement(made, f"{{{MEDIA}}}content", url=url, type="image/jpeg", medium="image")


def _as_json(feed: Feed) -> AnyResponse:
    said = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.url,
        "feed_url": feed.json,
        "description": feed.summary,
        "language": feed.code,
        "authors": [{"name": feed.author}] if feed.author else [],
        "items": [_json_entry(entry) for entry in feed.entries],
    }
    kept = {name: value for name, value in said.items() if value or name == "items"}
    return lasting(Response(json.dumps(kept, ensure_ascii=False), mimetype="application/feed+json"))


def _json_entry(entry: Entry) -> dict[str, str]:
    said = {
        "id": entry.url,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html or entry.title or entry.url,
        "image": heads.largest(entry.picture) if entry.picture else "",
        "date_published": entry.at.isoformat(timespec="seconds") if entry.at else "",
    }
    return {name: value for name, value in said.items() if value}
