"""The form of a background, without any script: made, changed row by row, refused at its fields, nothing lost."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tests import factories, places
from tests.fixtures.app import on_sqlite
from tests.web.backgrounding import LYON, PARIS, address, circle, every, gone, make, of, said
from webapp.domain.backgrounds.areas import Area
from webapp.domain.transaction import transaction

NEW, LIST = "/backgrounds/new", "/backgrounds/"


@pytest.fixture
def media_ids(app, cast):
    with app.app_context(), transaction():
        factories.language("ar", is_active=True)
        return places.pictures(4)


def send(browser, to=LIST, page=NEW, status=None, **fields):
    return browser.send(browser.page(page), to, status=status, **fields)


def error(page, name):
    return page.one("p", id=f"{name}-error").words


# ---- made and changed ----


def test_a_form_makes_a_background(ed, app, media_ids):
    texts = {"caption-en": "Lanterns", "caption-ar": "قناديل"}
    fields = circle() | address(1, country="FR", locality="Lyon") | texts
    fields |= {"starts_at": "2026-06-21T20:00", "turns": "hour", "metadatas": '{"colour": "blue", "n": [1, 2.5]}'}
    answer = send(ed, **said(media_ids, name=" Dusk ", **fields))

    assert "The background is made." in ed.follow(answer).words
    row, found, captions = of(app, every(app)[0])
    assert (row.name, row.is_active, row.turns, row.version) == ("Dusk", True, "hour", 1)
    assert row.starts_at == datetime(2026, 6, 21, 20, tzinfo=UTC)
    assert row.metadatas == {"colour": "blue", "n": [1, 2.5]}
    assert (found.zones, list(found.media_ids)) == (("HOME_PAGE",), media_ids[:2])
    assert [each.kind for each in found.areas] == ["circle", "location"]
    assert (found.areas[0].distance, found.areas[0].circle.radius) == ("1km", 1000)
    assert found.areas[1].address == {"country": "FR", "locality": "Lyon"}
    assert captions == {"en": "Lanterns", "ar": "قناديل"}


def test_a_form_shows_what_there_is_and_sending_it_back_changes_nothing(ed, app, cast, media_ids):
    located = Area.located({"country": "FR", "latitude": 45, "longitude": 4.8, "id": 7, "more": {"a": [1]}}, "250")
    with app.app_context(), transaction():
        arabic = factories.language("ar").id
    whole = {"areas": (PARIS, LYON, located, Area.round(1e-07, -179.999999999, "3in")), "metadatas": {"ü": None}}
    more = {"name": "Dusk", "turns": "day", "captions": {arabic: "قناديل"}, "zones": ("MENU", "MAP_LIST")}
    one = f"/backgrounds/{make(app, cast.ed, media_ids, **whole, **more)}"
    page = ed.page(one)

    assert page.heading == "Dusk"
    assert page.one("textarea", id="caption-ar")["dir"] == "rtl"
    assert page.one("select", id="area-3-unit").all("option", value="in", selected="")
    ed.follow(ed.send(page, one))
    assert of(app, every(app)[0])[0].version == 1, "not a field of it is another one"


def test_a_form_changes_a_background(ed, app, cast, media_ids):
    one = f"/backgrounds/{make(app, cast.ed, media_ids[:2], areas=(PARIS, LYON), name='Dusk')}"
    fields = {"media": [str(media_ids[3]), str(media_ids[0])], "zones": ["MENU"], "name": "", "active": None}
    page = ed.follow(send(ed, one, one, **fields, **{"caption-en": "Quiet", "area-0-radius": "2,5"}))

    assert "Saved." in page.words
    row, found, captions = of(app, every(app)[0])
    assert (row.name, row.is_active, row.version) == ("", False, 2)
    assert (found.zones, list(found.media_ids)) == (("MENU",), [media_ids[3], media_ids[0]])
    assert ([each.distance for each in found.areas], captions) == (["2.5km", None], {"en": "Quiet"})


@on_sqlite
def test_captions_of_languages_that_are_switched_off_stay(ed, app, cast, media_ids):
    with app.app_context(), transaction():
        hidden = factories.language("ja", is_active=False).id
    one = f"/backgrounds/{make(app, cast.ed, media_ids, captions={hidden: '夜'})}"
    ed.follow(send(ed, one, one, **{"caption-en": "Night"}))

    assert of(app, every(app)[0])[2] == {"ja": "夜", "en": "Night"}


# ---- rows and pictures, by buttons ----


@on_sqlite
def test_rows_come_and_go_and_nothing_typed_is_lost(ed, app, media_ids):
    typed = said(media_ids, name="Dusk", metadatas="{oh", **circle(latitude="12", radius="x"))
    page = send(ed, status=200, do="area-location", **typed)
    assert page.one("input", id="area-1-country").get("autofocus") is not None
    assert (page.one("input", id="area-0-latitude")["value"], page.one("input", id="area-0-radius")["value"]) == (
        "12",
        "x",
    )
    page = ed.send(page, LIST, status=200, do="area-circle", **{"area-1-locality": "Lyon"})
    assert page.one("input", id="area-2-latitude")["value"] == ""
    page = ed.send(page, LIST, status=200, do="area-remove-0")

    assert page.one("input", id="area-0-locality")["value"] == "Lyon"
    assert page.values(LIST)["area-1-kind"] == ["circle"]
    assert not page.all("input", id="area-2-latitude")
    assert page.one("textarea", id="metadatas").text.strip() == "{oh"
    assert page.one("input", id="name")["value"] == "Dusk"
    assert every(app) == []


@on_sqlite
def test_pictures_are_put_in_order_and_taken_out(ed, media_ids):
    def order(page):
        return [each["value"] for each in page.all("input", name="media")]

    first, second, third = map(str, media_ids[:3])
    page = send(ed, status=200, do="picture-up-2", **said(media_ids, media=[first, second, third]))
    assert order(page) == [first, third, second]
    page = ed.send(page, LIST, status=200, do="picture-down-0", zones=[])
    assert order(page) == [third, first, second]
    page = ed.send(page, LIST, status=200, do="picture-remove-1")
    assert order(page) == [third, second]
    for deed in ("picture-up-0", "picture-down-1", "picture-up-9", "picture-remove-x", "picture-", "nonsense"):
        assert order(ed.send(page, LIST, status=200, do=deed)) == [third, second]


@on_sqlite
def test_pictures_are_chosen_from_the_library(ed, app, media_ids):
    with app.app_context(), transaction():
        lantern = str(factories.picture("lantern.jpg").id)
        for number in range(14):
            factories.picture(f"other-{number}.jpg")
    page = send(ed, status=200, do="find", **{"library-q": "lantern"})
    assert [each["value"] for each in page.all("input", name="pick")] == [lantern]
    page = ed.send(page, LIST, status=200, do="pick", pick=[lantern])
    assert [each["value"] for each in page.all("input", name="media")] == [lantern]
    assert not page.all("input", name="pick", value=lantern), "what is chosen is not offered again"
    page = ed.send(page, LIST, status=200, do="find", **{"library-q": ""})
    offered = {each["value"] for each in page.all("input", name="pick")}
    page = ed.send(page, LIST, status=200, do="next")
    later = {each["value"] for each in page.all("input", name="pick")}

    assert (len(offered | later | {lantern}), offered & later) == (19, set())
    answer = ed.send(page, LIST, pick=[min(later)], zones=["MENU"])
    assert answer.status == 303
    assert [str(each) for each in of(app, every(app)[0])[1].media_ids] == [lantern, min(later)], "a tick is enough"


@on_sqlite
def test_a_library_without_a_match_or_with_a_wrong_cursor_is_no_dead_end(ed, media_ids):
    page = send(ed, status=200, do="find", **{"library-q": "zzzz"})
    assert "The library has no picture like that." in page.words
    page = send(ed, status=200, do="next", **{"library-after": "nonsense"})
    assert len(page.all("input", name="pick")) == 4


@on_sqlite
def test_enter_in_a_field_saves(ed):
    first = next(each for each in ed.page(NEW).form(LIST).walk() if each.name == "button")

    assert (first["name"], first["value"]) == ("do", "save")


# ---- pasted, typed in other ways ----


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("48.8566, 2.3522", ""),
        ("", "48.8566, 2.3522"),
        ("48.8566, 2.3522", "9"),
        ("48.8566 2.3522", ""),
        ("48.8566° N, 2.3522° E", ""),
        ("2.3522 E; 48.8566 N", ""),
        ("48,8566; 2,3522", ""),
        ("48,8566", "2,3522"),
        ("٤٨٫٨٥٦٦", "٢٫٣٥٢٢"),
        ("(48.8566,2.3522)", ""),
    ],
)
@on_sqlite
def test_coordinates_are_understood_as_people_write_them(ed, app, media_ids, latitude, longitude):
    assert send(ed, **said(media_ids, **circle(latitude=latitude, longitude=longitude))).status == 303

    centre = of(app, every(app)[0])[1].areas[0].circle.centre
    assert (centre.latitude, centre.longitude) == (48.8566, 2.3522)


# ---- refused, at its field ----


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"media": []}, "medias", "Choose at least one picture."),
        ({"media": ["nonsense"]}, "medias", "Choose at least one picture."),
        ({"media": [str(uuid4())]}, "medias", "A picture is no longer in the library."),
        ({"media": [str(uuid4())] * 101}, "medias", "Choose at most 100 pictures."),
        ({"zones": []}, "zones", "Choose at least one zone."),
        ({"zones": ["CELLAR"]}, "zones", "not a valid choice"),
        ({"turns": "often"}, "turns", "Not a valid choice"),
        ({"name": "x" * 201}, "name", "Shorten this to 200 characters."),
        ({"name": "a\x00b"}, "name", "Remove the control characters"),
        ({"starts_at": "soon"}, "starts_at", "Not a valid datetime"),
        ({"starts_at": "2026-06-02T10:00", "ends_at": "2026-06-01T10:00"}, "ends_at", "The end must come after"),
        ({"caption-en": "x" * 501}, "caption-en", "Shorten this to 500 characters."),
        ({"metadatas": '{"a": 1,}'}, "metadatas", "line 1, character"),
        ({"metadatas": '{\n"a": \n}'}, "metadatas", "line 3, character 1"),
        ({"metadatas": '{"a": 1, "a": 2}'}, "metadatas", "The name a stands there twice."),
        ({"metadatas": '{"a": NaN}'}, "metadatas", "JSON has no number NaN."),
        ({"metadatas": '{"a": -Infinity}'}, "metadatas", "JSON has no number -Infinity."),
        ({"metadatas": "[]"}, "metadatas", "Metadata is an object"),
        ({"metadatas": '{"__proto__": 1}'}, "metadatas", "cannot have the name __proto__"),
        ({"metadatas": '{"a": "' + "x" * 70_000 + '"}'}, "metadatas", "at most 64 KB"),
        ({"metadatas": '{"a":' * 20 + "1" + "}" * 20}, "metadatas", "nested too deeply"),
        ({"metadatas": "[" * 100_000}, "metadatas", "nested too deeply"),
        ({"metadatas": '{"a": "\\ud800"}'}, "metadatas", "Metadata is an object of JSON."),
        ({"metadatas": '{"a": ' + "9" * 40 + "}"}, "metadatas", "Metadata is an object of JSON."),
        (circle(latitude="91"), "area-0-latitude", "from -90 to 90"),
        (circle(longitude="-180.5"), "area-0-longitude", "from -180 to 180"),
        (circle(latitude="NaN"), "area-0-latitude", "Write this in degrees, such as 48.8566."),
        (circle(latitude=""), "area-0-latitude", "together, or neither"),
        (circle(latitude="", longitude=""), "area-0-latitude", "Say where the middle of the circle is."),
        (circle(radius=""), "area-0-radius", "Say how far the circle reaches."),
        (circle(radius="-5"), "area-0-radius", "Write the radius as a number"),
        (circle(radius="1e3"), "area-0-radius", "Write the radius as a number"),
        (circle(radius="0"), "area-0-radius", "A radius is more than 0"),
        (circle(radius="30000"), "area-0-radius", "at most 20,000 km"),
        (circle(unit="parsec"), "area-0-radius", "Write the radius as a number"),
        (address(), "area-0-country", "Give an address"),
        (address(country="x" * 256), "area-0-country", "Shorten this to 255 characters."),
        (address(country="FR", radius="5", unit="km"), "area-0-latitude", "take the radius out"),
        (circle() | address(1, latitude="91", longitude="1", country="FR"), "area-1-latitude", "from -90 to 90"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@on_sqlite
def test_what_has_no_meaning_is_said_at_its_field_and_kept(ed, app, media_ids, *, fields, name, words):
    page = send(ed, status=422, **(said(media_ids, **{"caption-ar": "قناديل"}) | fields))

    assert words in error(page, name)
    assert page.one("title").words.startswith("Error:")
    assert page.all("a", href=f"#{name}"), "the summary leads to it"
    assert page.one("textarea", id="caption-ar").text.strip() == "قناديل"
    for field, value in fields.items():
        kept = page.all("input", name=field) or page.all("textarea", name=field)
        if isinstance(value, str) and kept and kept[0].get("type") not in ("radio", "hidden"):
            assert kept[0].get("value", kept[0].text.removeprefix("\r\n")) == value
    assert every(app) == []


@on_sqlite
def test_every_row_says_at_once_what_is_wrong_with_it(ed, media_ids):
    rows = circle(radius="") | circle(1, latitude="95") | address(2)
    page = send(ed, status=422, **said(media_ids, zones=[], metadatas="{", **rows))

    names = ("zones", "metadatas", "area-0-radius", "area-1-latitude", "area-2-country")
    assert all(error(page, name) for name in names)
    assert len(page.one("div", id="errors").all("a")) == len(names)


@on_sqlite
def test_a_picture_that_has_gone_can_be_taken_out_again(ed, app, cast, media_ids):
    one = f"/backgrounds/{make(app, cast.ed, media_ids[:2])}"
    gone(app, media_ids[0])
    page = send(ed, one, one, status=422, name="Dusk")
    assert "no longer in the library" in error(page, "medias")
    page = ed.send(page, one, status=200, do="picture-remove-0")

    assert ed.send(page, one).status == 303
    assert of(app, every(app)[0])[1].media_ids == (media_ids[1],)


@on_sqlite
def test_what_is_hidden_of_an_address_cannot_be_forged_into_anything(ed, app, media_ids):
    for number, rest in enumerate(("[1]", "{broken", '{"latitude": 91, "country": "BE", "id": 3}', "{" * 20_000)):
        send(ed, status=303, **said(media_ids, **address(country="FR", rest=rest)))
        found = of(app, every(app)[number])[1].areas[0]
        assert found.address == ({"country": "FR", "id": 3} if number == 2 else {"country": "FR"})


@on_sqlite
def test_more_places_than_there_may_be_are_not_added(ed, media_ids):
    rows = {}
    for number in range(200):
        rows |= circle(number)
    answer = ed.post(LIST, data=token(ed) | said(media_ids, **rows) | {"do": "area-circle"})

    assert answer.status_code == 200
    assert 'id="area-199-latitude"' in answer.text
    assert 'id="area-200-latitude"' not in answer.text


def token(browser):
    return {"csrf_token": browser.page(NEW).all("input", name="csrf_token")[0]["value"]}
