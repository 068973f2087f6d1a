"""A place is tried in the dashboard: who wins and why, who comes next, what is wanting, and what makes no sense."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from tests import factories, places
from tests.fixtures.app import Cast, on_sqlite
from tests.fixtures.browser import HTMX, Browser
from tests.statements import counted
from webapp.domain import languages
from webapp.domain.backgrounds import keeping
from webapp.domain.backgrounds.areas import Area
from webapp.domain.transaction import transaction

PATH = "/backgrounds/try"
LYON = "latitude=45.7580&longitude=4.8330"
TOWN = Area.located({"country": "FR", "locality": "Lyon"}, None)


def make(app: Flask, cast: Cast, name: str, *areas: Area, pictures: int = 1, **fields: object) -> UUID:
    with app.app_context(), transaction():
        given = {"media_ids": places.pictures(pictures), "zones": ("HOME_PAGE",), "areas": areas, "name": name}
        return keeping.register(given | fields, actor=cast.ed).id


def round_(radius: str, latitude: float = 45.7578, longitude: float = 4.8320) -> Area:
    return Area.round(latitude, longitude, radius)


def fits(page: Browser) -> list[tuple[str, str, str]]:
    """Who fits in order: names, why, and by what."""
    found = page.one("section", id="backgrounds-tried").all("li")
    return [(each.one("h3").words, each.one("p").words, each.one("span", class_="fits-by").words) for each in found]


def test_trying_shows_who_wins_and_why_and_who_comes_next(app: Flask, cast: Cast, ed: Browser) -> None:
    make(app, cast, "Everywhere")
    make(app, cast, "Town", TOWN)
    make(app, cast, "Wide", round_("5km"))
    near = make(app, cast, "Near", round_("900m"), pictures=3)

    page = ed.page(f"{PATH}?zone=HOME_PAGE&{LYON}&country=fr&locality=LYON")
    assert fits(page) == [
        ("Near", "Its circle holds the place; its middle is 80.7 m away.", "900 m"),
        ("Wide", "Its circle holds the place; its middle is 80.7 m away.", "5 km"),
        ("Town", "It names 2 parts of the address.", "A postal address"),
        ("Everywhere", "It stands everywhere in this zone.", "Everywhere"),
    ]
    said = page.one("p", class_="tried-said")
    assert (said.one("b").words, said.one("span").words) == ("Near", "Picture 1 of 3")
    assert said.one("a")["href"] == f"/backgrounds/{near}"
    assert page.one("figure").one("img")["src"].startswith("/media/")
    drawn = page.one("section", id="backgrounds-tried").all("span", data_radius="900.0")
    assert [(each["data-latitude"], each["data-longitude"]) for each in drawn] == [("45.7578", "4.832")]


@on_sqlite
@pytest.mark.parametrize(
    "query", ["latitude=45.7580, 4.8330", "longitude=4.8330° E, 45.7580° N", "latitude=٤٥٫٧٥٨&longitude=4.833"]
)
def test_coordinates_are_pasted_as_people_write_them(app: Flask, cast: Cast, ed: Browser, query: str) -> None:
    make(app, cast, "Near", round_("900m"))

    assert [name for name, *_ in fits(ed.page(f"{PATH}?{query}"))] == ["Near"]


@on_sqlite
def test_another_moment_language_and_visit_can_be_tried(app: Flask, cast: Cast, ed: Browser) -> None:
    with app.app_context(), transaction():
        french = factories.language("fr")
        said = {languages.default_id(): "At dusk", french.id: "Au crépuscule"}
    fair = {"starts_at": datetime(2031, 5, 1, tzinfo=UTC), "ends_at": datetime(2031, 5, 3, tzinfo=UTC)}
    make(app, cast, "Always", pictures=5, turns="visit", captions=said)
    make(app, cast, "Fair", **fair)

    def winner(query: str) -> str:
        return fits(ed.page(f"{PATH}?{query}"))[0][0]

    assert winner("") == winner("when=2031-05-03T00:00") == "Always"
    page = ed.page(f"{PATH}?when=2031-05-02T10:30")
    assert fits(page)[0][0] == "Fair"
    assert "It may be another from" in page.one("p", class_="tried-said").words
    caption = ed.page(f"{PATH}?lang=fr").one("figcaption")
    assert (caption.words, caption["lang"]) == ("Au crépuscule", "fr")
    numbers = {ed.page(f"{PATH}?visit={each}").one("p", class_="tried-said").words for each in range(12)}
    assert len(numbers) > 1


def test_where_nothing_is_shown_it_says_what_is_wanting(app: Flask, cast: Cast, ed: Browser) -> None:
    def words(query: str) -> str:
        return ed.page(f"{PATH}?{query}").one("section", id="backgrounds-tried").words

    assert "No background is for this zone." in words("zone=MENU")
    over = make(app, cast, "Over", ends_at=datetime.now(UTC) - timedelta(days=1))
    assert "1 background is for this zone, but it is not shown at this moment" in words("")
    make(app, cast, "Far", round_("10km", 45.9))
    make(app, cast, "Farther", round_("900m", 46.9))
    make(app, cast, "Town", TOWN)
    found = words(LYON)
    assert "3 backgrounds are shown in this zone, but elsewhere" in found
    assert "The nearest is Far: its circle ends 5.79 km before this place." in found
    assert "The nearest" not in words("")
    page = ed.page(f"{PATH}?{LYON}")
    assert page.one("a", id="tried-zone")["href"] == "/backgrounds/?zone=HOME_PAGE"
    assert str(over) not in page.html


@on_sqlite
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("latitude=91&longitude=4", "latitude"),
        ("latitude=NaN&longitude=4", "latitude"),
        ("latitude=45", "longitude"),
        ("longitude=4", "latitude"),
        ("latitude=45&longitude=181", "longitude"),
        ("zone=KITCHEN", "zone"),
        ("when=tomorrow", "when"),
        (f"visit={'x' * 256}", "visit"),
        ("locality=%00", "locality"),
    ],
)
def test_what_makes_no_sense_is_complained_of_at_its_field(
    app: Flask, cast: Cast, ed: Browser, query: str, field: str
) -> None:
    make(app, cast, "Everywhere")
    page = ed.page(f"{PATH}?{query}", status=422)

    assert page.one(id=field)["aria-invalid"] == "true"
    assert page.one("section", id="backgrounds-tried").all("a", href=f"#{field}")
    part = ed.get(f"{PATH}?{query}", headers=HTMX)
    assert (part.status_code, part.text.strip()[:8]) == (422, "<section")


@on_sqlite
def test_htmx_gets_what_came_of_it_alone(app: Flask, cast: Cast, ed: Browser) -> None:
    make(app, cast, "Everywhere")
    part = ed.get(PATH, headers=HTMX).text

    assert part.strip().startswith('<section class="panel tried" id="backgrounds-tried"')
    assert "<form" not in part
    assert part.strip() in ed.get(PATH).text


@on_sqlite
def test_trying_is_for_who_may_read_backgrounds(client: Browser, ed: Browser, ada: Browser, vi: Browser) -> None:
    assert client.get(PATH).status_code == 303
    assert vi.get(PATH).status_code == vi.get("/backgrounds/").status_code
    assert ada.page(PATH).status == ed.page(PATH).status == 200
    assert PATH in {link["href"] for link in ed.page("/backgrounds/").all("a")}


def test_trying_is_a_fixed_number_of_statements(app: Flask, cast: Cast, ed: Browser) -> None:
    counts = []
    for number in (1, 12):
        for nth in range(number):
            make(app, cast, f"{number} {nth}", round_(f"{900 + nth}m"), TOWN, pictures=3)
        ed.get(f"{PATH}?{LYON}")
        with app.app_context(), counted() as sent:
            ed.get(f"{PATH}?{LYON}")
        counts.append(len(sent))

    assert counts[0] == counts[1]
