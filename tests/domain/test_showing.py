"""What visitors are shown: only what is published, in a language, honest about what falls back."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from tests import factories
from webapp.domain import editing, galleries, holds, items, languages, showing, slugs, translations
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery, Media
from webapp.domain.permissions import Actor
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db


@pytest.fixture
def ada(domain: Flask) -> Actor:
    with transaction():
        for code in ("fr", "de", "ar"):
            factories.language(code)
        return factories.actor("Ada", "admin")


@pytest.fixture
def summer(ada: Actor) -> Gallery:
    with transaction():
        return factories.gallery(ada, "Summer", pictures=3, status="published", description="By the lake")


def shown(gallery: Gallery, **asked: object) -> showing.Showing:
    db.session.expire_all()
    return showing.show(gallery, slugs.of(gallery.id), **asked)  # type: ignore[arg-type]


def test_showing_finds_a_published_gallery_by_its_slug(summer: Gallery) -> None:
    found, slug = showing.find("summer")

    assert (found.id, slug) == (summer.id, "summer")


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"status": "archived"},
        {"publish_at": now() + timedelta(hours=1)},
        {"unpublish_at": now() - timedelta(seconds=1)},
    ],
    ids=["draft", "archived", "not yet", "no longer"],
)
def test_d12_showing_hides_what_is_not_public_now(summer: Gallery, ada: Actor, fields: dict[str, object]) -> None:
    with transaction():
        galleries.update(galleries.get(summer.id), fields, actor=ada)  # type: ignore[arg-type]

    with pytest.raises(NotFound):
        showing.find("summer")


def test_showing_hides_a_trashed_gallery(summer: Gallery, ada: Actor) -> None:
    with transaction():
        galleries.trash(galleries.get(summer.id), actor=ada)

    with pytest.raises(NotFound):
        showing.find("summer")


def test_d11_showing_leads_from_a_former_slug_to_the_current_one(summer: Gallery, ada: Actor) -> None:
    with transaction():
        galleries.update(galleries.get(summer.id), {"slug": "summer-2026"}, actor=ada)

    assert showing.find("summer")[1] == "summer-2026"


def test_showing_gives_the_items_in_their_order_numbered(summer: Gallery, ada: Actor) -> None:
    first, second, third = factories.order(summer.id)
    with transaction():
        items.move(summer.id, [third], before=first, actor=ada)

    page = shown(summer)

    assert [(item.number, item.id) for item in page.items] == [(1, third), (2, first), (3, second)]
    assert page.count == 3
    assert page.after is None


def test_d20_showing_falls_back_and_says_which_language_it_is(summer: Gallery, ada: Actor) -> None:
    with transaction():
        factories.write(summer, "fr", ada, title="Été")

    page = shown(summer, code="fr")

    assert (page.title.text, page.title.code, page.title.fallback) == ("Été", "fr", False)
    assert page.description is not None
    assert (page.description.text, page.description.code, page.description.fallback) == ("By the lake", "en", True)
    whole = {tongue.code: tongue.whole for tongue in page.tongues}
    assert whole == {"en": True, "fr": True, "de": False, "ar": False}


def test_showing_falls_back_along_the_chain_before_the_source(summer: Gallery, ada: Actor) -> None:
    with transaction():
        french = languages.find_by_code("fr")
        german = languages.find_by_code("de")
        assert french is not None
        assert german is not None
        languages.update(german.id, {"fallback_id": french.id}, actor=ada)
        factories.write(summer, "fr", ada, title="Été")

    page = shown(summer, code="de")

    assert (page.title.text, page.title.code) == ("Été", "fr")


def test_d20_showing_finds_the_default_languages_alt_for_a_gallery_of_another_source(ada: Actor) -> None:
    with transaction():
        port = factories.gallery(ada, "Le port", pictures=1, status="published", source="fr")
        picture = db.session.get_one(Media, items.get(port.id, factories.order(port.id)[0]).media_id)
        factories.write(picture, "en", ada, alt="A harbour")

    french_page, german_page = shown(port, code="fr"), shown(port, code="de")

    assert [str(page.title) for page in (french_page, german_page)] == ["Le port", "Le port"]
    for page in (french_page, german_page):
        alt = page.items[0].alt
        assert alt is not None
        assert (alt.text, alt.code, alt.fallback) == ("A harbour", "en", True)


def test_d20_editors_and_visitors_look_for_a_text_in_the_same_languages(summer: Gallery, ada: Actor) -> None:
    with transaction():
        french, german = factories.language("fr"), factories.language("de")
        languages.update(german.id, {"fallback_id": french.id}, actor=ada)
        factories.write(summer, "fr", ada, title="Été")
        languages.remove(french.id, actor=ada)

    assert [each.code for each in editing.speak(summer, "de").chain] == ["de", "en"]
    page = shown(summer, code="de")
    assert (page.title.text, page.title.code) == ("Summer", "en")


def test_showing_resolves_alt_from_the_item_then_from_the_library(summer: Gallery, ada: Actor) -> None:
    first, second, third = (items.get(summer.id, item_id) for item_id in factories.order(summer.id))
    with transaction():
        translations.write(first, languages.default().id, {"alt": "Its own"}, actor=ada)
        factories.write(db.session.get_one(Media, second.media_id), "en", ada, alt="The library's")
        factories.write(db.session.get_one(Media, first.media_id), "en", ada, alt="Hidden")
        items.change(items.get(summer.id, third.id), {"decorative": True}, actor=ada)

    alts = [item.alt.text if item.alt else None for item in shown(summer).items]

    assert alts == ["Its own", "The library's", None]
    assert shown(summer).items[2].decorative


def test_d08_showing_never_shows_a_draft(summer: Gallery, ada: Actor) -> None:
    with transaction():
        translations.draft(summer, languages.default().id, {"title": "Unfinished"}, actor=ada)

    assert shown(summer).title.text == "Summer"
    assert shown(summer, working=True).title.text == "Summer"


def test_d09_showing_keeps_the_held_copy_while_everybody_edits(summer: Gallery, ada: Actor) -> None:
    before = factories.order(summer.id)
    with transaction():
        holds.hold(summer.id, actor=ada)
    with transaction():
        items.reorder(summer.id, before[::-1], actor=ada)
        items.trash(summer.id, [before[0]], actor=ada)
        factories.fill(galleries.get(summer.id), 2, by=ada)
        translations.write(galleries.get(summer.id), languages.default().id, {"title": "Autumn"}, actor=ada)

    public, working = shown(summer), shown(summer, working=True)

    assert [item.id for item in public.items] == before
    assert (public.title.text, public.count) == ("Summer", 3)
    assert (working.title.text, working.count) == ("Autumn", 4)
    assert showing.neighbours(summer, before[1]) == (before[0], before[2])


def test_showing_pages_give_each_item_once(summer: Gallery, ada: Actor) -> None:
    with transaction():
        factories.fill(galleries.get(summer.id), 8, by=ada)
    seen, after = [], None

    while True:
        page = shown(summer, after=after, limit=4)
        seen += [(item.number, item.id) for item in page.items]
        after = page.after
        if after is None:
            break

    assert seen == list(enumerate(factories.order(summer.id), start=1))


def test_showing_one_item_knows_its_number_and_neighbours(summer: Gallery) -> None:
    first, second, third = factories.order(summer.id)

    page = shown(summer, only=second, limit=1)

    assert [(item.number, item.id) for item in page.items] == [(2, second)]
    assert showing.neighbours(summer, second) == (first, third)
    assert showing.neighbours(summer, first) == (None, second)
    assert [thumb.number for thumb in showing.strip(summer, second, reach=1)] == [1, 2, 3]


def test_showing_refuses_a_language_that_the_site_does_not_speak(summer: Gallery, ada: Actor) -> None:
    with transaction():
        german = languages.find_by_code("de")
        assert german is not None
        languages.update(german.id, {"is_active": False}, actor=ada)

    for code in ("de", "xx", "../../etc"):
        with pytest.raises(NotFound):
            shown(summer, code=code)


def test_showing_lists_the_files_that_are_ready(domain: Flask, ada: Actor) -> None:
    with transaction():
        gallery = factories.gallery(ada, "Files", status="published")
        items.add(gallery.id, [factories.picture().id, factories.picture(state="pending").id], actor=ada)

    ready, pending = shown(gallery).items

    assert ready.picture is not None
    assert pending.picture is not None
    assert {file.name for file in ready.picture.files} >= {"w320.webp", "w320.jpg"}
    assert pending.picture.files == ()


@pytest.mark.parametrize("number", [1, 40])
def test_showing_asks_the_database_equally_often_however_many_items(ada: Actor, number: int) -> None:
    with transaction():
        gallery = factories.gallery(ada, "Many", pictures=number, status="published")
    asked: list[str] = []
    db.session.rollback()
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    found, slug = showing.find("many")
    page = showing.show(found, slug, limit=50)

    assert gallery.id == page.id
    assert len(page.items) == number
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 10
