"""What galleries over the Sherl dialect say of their category, where one has the uri that they name."""

from collections.abc import Callable
from typing import Any

from tests import factories
from tests.api.sherl.conftest import Sherl
from tests.fixtures.app import Cast
from webapp.api.sherl import shapes
from webapp.domain import categories
from webapp.domain.models import Category


def add(cast: Cast, uri: str, parent: Category | None = None, **names: str) -> Category:
    said = {factories.language(code).id: name for code, name in names.items()}
    return categories.add(said, uri=uri, parent_id=parent.id if parent else None, actor=cast.ed)


def test_category_comes_with_all_below_it(sherl: Sherl, in_domain: Callable[..., Any], cast: Cast) -> None:
    def plant() -> None:
        trips = add(cast, "/api/categories/trips", en="Trips", fr="Voyages")
        north = add(cast, "/api/categories/north", trips, en="North")
        add(cast, "/api/categories/lapland", north, en="Lapland")

    in_domain(plant)

    made = sherl.gallery(category="/api/categories/north")

    shapes.IGallery.model_validate(made)
    category = made["category"]
    assert (category["name"], category["parentUri"]) == ("North", "/api/categories/trips")
    assert [each["name"] for each in category["subCategories"]] == ["Lapland"]
    assert category["consumerId"] == made["consumerId"]
    assert sherl.get("/galleries")["results"] == [made]
    top = sherl.gallery(category="/api/categories/trips")["category"]
    assert (top["parentUri"], top["name"]) == ("", "Trips")


def test_category_that_nobody_has_made_is_only_named(sherl: Sherl) -> None:
    made = sherl.gallery(category="/api/categories/c1")

    assert made["categoryUri"] == "/api/categories/c1"
    assert "category" not in made


def test_category_that_is_renamed_is_shown_anew(sherl: Sherl, in_domain: Callable[..., Any], cast: Cast) -> None:
    made = in_domain(lambda: add(cast, "c1", en="Trips").id)
    sherl.gallery(category="c1")
    assert sherl.get("/galleries")["results"][0]["category"]["name"] == "Trips"

    in_domain(lambda: categories.rename(made, {factories.language("en").id: "Journeys"}, actor=cast.ed))

    assert sherl.get("/galleries")["results"][0]["category"]["name"] == "Journeys"
