"""The galleries that have a place on the site, as visitors find them: what the name of the site leads to."""

from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from webapp.domain import languages, published, site
from webapp.domain.errors import NotFound
from webapp.domain.models import Language
from webapp.domain.published import Listed
from webapp.doors import PUBLIC, allows
from webapp.web import phrases
from webapp.web.public import heads
from webapp.web.public.routes import address_of, draw_picture, lasting, public


@public.get("/g/")
@public.get("/<code>/g/")
@allows(PUBLIC)
def index(code: str | None = None) -> AnyResponse:
    """Show a page of the site's galleries, in its language or another."""
    spoken = languages.all_languages(active_only=True)
    language = _chosen(spoken, code)
    if code and language is spoken[0]:
        return redirect(url_for("public.index"), 301)
    phrases.speak(language.code)
    return _draw(language, spoken, _first())


def _chosen(spoken: list[Language], code: str | None) -> Language:
    """Return the language asked for, else the site's, which is the first. Raises NotFound."""
    found = [each for each in spoken if code is None or each.code.lower() == code.lower()]
    if not found:
        raise NotFound("Language")
    return found[0]


def _first() -> UUID | None:
    """Return the gallery that the page begins with; raises NotFound for what is no id."""
    given = request.args.get("first")
    try:
        return UUID(given) if given else None
    except ValueError:
        raise NotFound("Gallery") from None


def _draw(language: Language, spoken: list[Language], first: UUID | None) -> AnyResponse:
    listed, following = published.shelf(code=language.code, first=first)
    where = {each.code: _address(each, spoken, first) for each in spoken}
    page = render_template(
        "public/index.html",
        listed=listed,
        language=language,
        tongues=spoken,
        where=where,
        first=_address(language, spoken, None) if first else None,
        following=_address(language, spoken, following) if following else None,
        address_of=address_of,
        draw=draw_picture,
        head=_head(language, {code: heads.absolute(path) for code, path in where.items()}, spoken[0].code, listed),
        page_lang=language.code,
        page_dir=language.direction,
        words_lang=phrases.language(),
        words_dir=phrases.direction(),
        site_name=site.get().name,
    )
    return lasting(make_response(page))


def _address(language: Language, spoken: list[Language], first: UUID | None) -> str:
    code = None if language is spoken[0] else language.code
    return url_for("public.index", code=code, first=first)


def _head(language: Language, where: dict[str, str], own: str, listed: list[Listed]) -> heads.Head:
    name, cover = site.get().name, next((each.cover for each in listed if each.cover), None)
    parts = [
        {"@type": "ImageGallery", "name": str(each.title), "url": heads.absolute(address_of(each))} for each in listed
    ]
    about = {"@type": "CollectionPage", "name": name, "url": where[language.code], "inLanguage": language.code}
    return heads.Head(
        canonical=where[language.code],
        alternates=(*where.items(), ("x-default", where[own])) if len(where) > 1 else (),
        title=name,
        summary="",
        card=heads.card_of(cover),
        feeds=heads.feeds_of_site(),
        structured={"@context": "https://schema.org", **about, "hasPart": parts},
    )
