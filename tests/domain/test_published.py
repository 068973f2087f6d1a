"""What of the site is public and placed: lists for feeds and sitemaps, and the gallery that comes next."""

from datetime import timedelta

import pytest
from flask import Flask

from tests import factories
from webapp.domain import galleries, holds, items, published, showing, site_order, slugs
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery
from webapp.domain.permissions import Actor
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db


@pytest.fixture
def ada(domain: Flask) -> Actor:
    with transaction():
        factories.language("fr")
        return factories.actor("Ada", "admin")


@pytest.fixture
def walls(ada: Actor) -> list[Gallery]:
    """Three public galleries in this order on the site, and a draft between them."""
    with transaction():
        names = ("Dawn", "Noon", "Draft", "Dusk")
        made = [
            factories.gallery(ada, name, pictures=2, status="draft" if name == "Draft" else "published")
            for name in names
        ]
        site_order.add([each.id for each in made], actor=ada)
        factories.write(made[1], "fr", ada, title="Midi")
    db.session.expire_all()
    return [each for each in made if each.status == "published"]


def test_published_following_goes_round_what_visitors_see(walls: list[Gallery]) -> None:
    names = [str(found.title) for each in walls if (found := published.following(each.id, code="en"))]

    assert names == ["Noon", "Dusk", "Dawn"]


def test_published_following_speaks_the_language_where_it_can(walls: list[Gallery]) -> None:
    found = published.following(walls[0].id, code="fr")
    other = published.following(walls[1].id, code="fr")

    assert found is not None
    assert other is not None
    assert (str(found.title), found.title.fallback, found.codes) == ("Midi", False, ("en", "fr"))
    assert (str(other.title), other.title.fallback, other.codes) == ("Dusk", True, ("en",))


def test_published_following_of_what_has_no_place_is_none(walls: list[Gallery], ada: Actor) -> None:
    with transaction():
        loose = factories.gallery(ada, "Loose", status="published")

    assert published.following(loose.id, code="en") is None


@pytest.mark.parametrize(
    "fields", [{"status": "archived"}, {"unpublish_at": now() - timedelta(seconds=1)}], ids=["archived", "no longer"]
)
def test_d12_published_lists_only_what_is_public_now(
    walls: list[Gallery], ada: Actor, fields: dict[str, object]
) -> None:
    with transaction():
        galleries.update(galleries.get(walls[1].id), fields, actor=ada)  # type: ignore[arg-type]

    assert {each.slug for each in published.newest()} == {"dawn", "dusk"}
    assert [each.slug for each in published.chunk()] == ["dawn", "dusk"]


def test_published_newest_begins_with_what_was_published_last(walls: list[Gallery], ada: Actor) -> None:
    with transaction():
        galleries.set_status(galleries.get(walls[0].id), "draft", actor=ada)
        galleries.set_status(galleries.get(walls[0].id), "published", actor=ada)

    assert [each.slug for each in published.newest(limit=2)] == ["dawn", "dusk"]


def test_published_chunks_cover_the_site_once(walls: list[Gallery], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "CHUNK", 2)

    pages = [published.chunk(first) for first, _ in published.chunks()]

    assert [[each.slug for each in page] for page in pages] == [["dawn", "noon"], ["dusk"]]


def test_published_chunk_from_what_is_hidden_is_missing(walls: list[Gallery], ada: Actor) -> None:
    with transaction():
        hidden = factories.gallery(ada, "Hidden").id

    with pytest.raises(NotFound):
        published.chunk(hidden)


def test_d09_published_pictures_are_the_frozen_copys(walls: list[Gallery], ada: Actor) -> None:
    held, living = walls[0].id, walls[1].id
    with transaction():
        holds.hold(held, actor=ada)
    with transaction():
        for each in (held, living):
            items.add(each, [factories.picture().id], actor=ada)
        galleries.update(galleries.get(held), {"source_language_id": factories.language("fr").id}, actor=ada)

    found = published.pictures_of([held, living])

    assert {each: len(pictures) for each, pictures in found.items()} == {held: 2, living: 3}
    assert published.chunk(held)[0].source_code == "en"


def test_showing_newest_is_what_was_added_last(walls: list[Gallery], ada: Actor) -> None:
    gallery = galleries.get(walls[0].id)
    with transaction():
        added = items.add(gallery.id, [factories.picture().id], actor=ada)[0].id
        items.move(gallery.id, [added], place="top", actor=ada)

    shown, moments = showing.newest(gallery, slugs.of(gallery.id), limit=2)

    assert shown.items[0].id == added
    assert list(moments) == [item.id for item in shown.items]
    assert len(shown.items) == 2


def test_showing_says_what_stands_before_a_page(ada: Actor) -> None:
    with transaction():
        gallery = factories.gallery(ada, "Many", pictures=130, status="published")
    order = factories.order(gallery.id)
    slug = slugs.of(gallery.id)

    last = showing.show(gallery, slug, after=order[119])
    middle = showing.show(gallery, slug, after=order[59])
    one = showing.show(gallery, slug, only=order[100], limit=1)

    assert (last.items[0].number, last.back) == (121, order[59])
    assert (middle.items[0].number, middle.back) == (61, None)
    assert one.back == order[59]
