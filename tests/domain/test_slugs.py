"""Slugs: what one may look like, what is made of a title, who has one, and where an old one leads."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from sqlalchemy import select

from tests.races import race
from webapp.domain import galleries, slugs
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.models import GallerySlug
from webapp.domain.transaction import transaction
from webapp.infra.db import db


def make(by, slug):
    with transaction():
        return galleries.create({"slug": slug}, actor=by).id


def all_slugs():
    rows = db.session.execute(select(GallerySlug.slug, GallerySlug.gallery_id, GallerySlug.current))
    return {slug: (gallery_id, current) for slug, gallery_id, current in rows}


@pytest.mark.parametrize("slug", ["ab", "summer-2026", "0-0", "a--b", "x" * 255])
def test_a_slug_of_letters_digits_and_dashes_is_taken(slug):
    assert slugs.check(slug) == slug


@pytest.mark.parametrize(
    "slug", ["", "a", "-ab", "ab-", "--", "Ab", "a b", "é-é", "a_b", "a/b", "ab\n", "٣٣", "x" * 256, "a.b", "ab\x00"]
)
def test_any_other_slug_is_refused(slug):
    with pytest.raises(Invalid) as refused:
        slugs.check(slug)

    assert (refused.value.field, refused.value.code) == ("slug", "slug")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Summer 2026", "summer-2026"),
        ("Été à Évian", "ete-a-evian"),
        ("京都の庭", "jing-du-noting"),
        ("صيف", "syf"),
        ("!!!", "gallery"),
        ("", "gallery"),
        ("7", "gallery-7"),
    ],
)
def test_a_slug_is_made_of_a_title(title, slug):
    assert slugs.make(title) == slug


@given(some.text(max_size=300))
@example("x" * 300)
@example("-" * 300)
@example("word " * 60)
@example("字" * 255)
def test_a_slug_made_of_any_title_is_one(title):
    made = slugs.make(title.encode("utf-8", "ignore").decode())

    assert slugs.check(made) == made


@pytest.mark.parametrize("base", ["x" * 255, "x" * 248 + "-" + "y" * 6, "ab"])
def test_a_slug_near_a_long_one_still_fits(domain, ed, base):
    make(ed, base)
    other = make(ed, "other")

    with transaction():
        near = slugs.claim_near(other, base)

    assert slugs.check(near).endswith("-2")


def test_d11_a_taken_slug_is_a_conflict_and_leaves_both_as_they_were(domain, ed):
    summer, winter = make(ed, "summer"), make(ed, "winter")

    with transaction(), pytest.raises(Conflict) as conflict:
        slugs.claim(winter, "summer")

    assert (conflict.value.code, conflict.value.message) == ("slug_taken", "Gallery slug already exists")
    assert all_slugs() == {"summer": (summer, True), "winter": (winter, True)}


def test_d11_an_old_slug_redirects(domain, ed):
    summer = make(ed, "summer")

    with transaction():
        slugs.claim(summer, "summer-2026")

    assert all_slugs() == {"summer": (summer, False), "summer-2026": (summer, True)}


def test_d11_an_old_slug_redirects_until_somebody_else_takes_it(domain, ed):
    first = make(ed, "summer")
    with transaction():
        slugs.claim(first, "summer-2026")

    second = make(ed, "summer")

    assert all_slugs() == {"summer": (second, True), "summer-2026": (first, True)}


def test_d11_a_gallery_takes_its_own_old_slug_back(domain, ed):
    summer = make(ed, "summer")
    with transaction():
        slugs.claim(summer, "summer-2026")
    with transaction():
        slugs.claim(summer, "summer")

    assert all_slugs() == {"summer": (summer, True), "summer-2026": (summer, False)}


def test_d11_the_first_free_number_is_found(domain, ed):
    make(ed, "summer")
    make(ed, "summer-2")
    third = make(ed, "third")

    with transaction():
        assert slugs.claim_near(third, "summer") == "summer-3"

    assert slugs.of(third) == "summer-3"


def test_d11_freeing_lets_old_slugs_go_too(domain, ed):
    summer = make(ed, "summer")
    with transaction():
        slugs.claim(summer, "summer-2026")
        assert slugs.free(summer) == "summer-2026"

    assert all_slugs() == {}


def test_d11_one_of_two_who_take_a_slug_at_once_gets_it(domain, ed):
    one, other = make(ed, "one"), make(ed, "other")

    def take(gallery_id):
        with transaction():
            slugs.claim(gallery_id, "wanted")

    outcomes = race(domain, lambda: take(one), lambda: take(other))

    assert sorted(type(outcome) for outcome in outcomes if outcome is not None) == [Conflict]
    assert all_slugs()["wanted"][1]
    assert sum(current for _, current in all_slugs().values()) == 2


def test_d11_one_of_two_who_take_an_old_slug_at_once_gets_it(domain, ed):
    former = make(ed, "wanted")
    with transaction():
        slugs.claim(former, "moved-on")
    one, other = make(ed, "one"), make(ed, "other")

    def take(gallery_id):
        with transaction():
            slugs.claim(gallery_id, "wanted")

    outcomes = race(domain, lambda: take(one), lambda: take(other))

    assert sorted(type(outcome) for outcome in outcomes if outcome is not None) == [Conflict]
    assert all_slugs()["wanted"][0] in (one, other)
