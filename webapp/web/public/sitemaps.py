"""The site as search engines are told of it: sitemaps with pictures and languages, and what robots may look at."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID
from xml.etree import ElementTree as Xml

from flask import Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from webapp.domain import published
from webapp.domain.pictures import Picture
from webapp.domain.published import Listed
from webapp.doors import PUBLIC, allows
from webapp.web.public import heads, xml
from webapp.web.public.addresses import PublicAddresses
from webapp.web.public.routes import lasting, public

SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
IMAGE: Final = "http://www.google.com/schemas/sitemap-image/1.1"
XHTML: Final = "http://www.w3.org/1999/xhtml"
PRIVATE: Final = ("/galleries/", "/library/", "/api/", "/login", "/search")

for _name, _space in (("", SITEMAP), ("image", IMAGE), ("xhtml", XHTML)):
    Xml.register_namespace(_name, _space)


@public.get("/robots.txt")
@allows(PUBLIC)
def robots() -> AnyResponse:
    """Say what robots need not look at, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), "", f"Sitemap: {_whole('public.sitemap')}"]
    return lasting(Response("\n".join(lines) + "\n", mimetype="text/plain"))


@public.get("/sitemap.xml")
@allows(PUBLIC)
def sitemap() -> AnyResponse:
    """List the galleries that have a place on the site, or the pages of that list where there are many."""
    pages = published.chunks()
    return _index(pages) if len(pages) > 1 else _urls(published.chunk())


@public.get("/sitemaps/<uuid:first>.xml")
@allows(PUBLIC)
def sitemap_page(first: UUID) -> AnyResponse:
    """List some galleries that have a place on the site, from one on."""
    return _urls(published.chunk(first))


def _index(pages: list[tuple[UUID, datetime]]) -> AnyResponse:
    root = Xml.Element(f"{{{SITEMAP}}}sitemapindex")
    for first, at in pages:
        page = Xml.SubElement(root, f"{{{SITEMAP}}}sitemap")
        xml.add(page, f"{{{SITEMAP}}}loc", heads.absolute(url_for("public.sitemap_page", first=first)))
        xml.add(page, f"{{{SITEMAP}}}lastmod", _moment(at))
    return lasting(xml.answer(root, "application/xml"))


def _urls(listed: list[Listed]) -> AnyResponse:
    root = Xml.Element(f"{{{SITEMAP}}}urlset")
    shown = published.pictures_of([each.id for each in listed])
    for each in listed:
        where = {code: _address(each, code) for code in each.codes}
        for code, url in where.items():
            pictures = shown.get(each.id, []) if code == each.source_code else []
            _add(root, url, each, where, pictures)
    return lasting(xml.answer(root, "application/xml"))


def _add(root: Xml.Element, url: str, each: Listed, where: dict[str, str], pictures: list[Picture]) -> None:
    made = Xml.SubElement(root, f"{{{SITEMAP}}}url")
    xml.add(made, f"{{{SITEMAP}}}loc", url)
    xml.add(made, f"{{{SITEMAP}}}lastmod", _moment(each.touched_at))
    if len(where) > 1:
        for code, twin in (*where.items(), ("x-default", where[each.source_code])):
            Xml.SubElement(made, f"{{{XHTML}}}link", rel="alternate", hreflang=code, href=twin)
    for picture in pictures:
        if largest := heads.largest(picture):
            xml.add(Xml.SubElement(made, f"{{{IMAGE}}}image"), f"{{{IMAGE}}}loc", largest)


def _address(listed: Listed, code: str) -> str:
    return heads.absolute(PublicAddresses(listed.slug, code, listed.source_code).gallery())


def _whole(endpoint: str) -> str:
    return heads.absolute(url_for(endpoint))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
