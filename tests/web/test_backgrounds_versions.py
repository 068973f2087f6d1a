"""What backgrounds were, two people's changes of one, and the trash, through the door."""

import pytest

from tests import factories, places
from tests.fixtures.app import on_sqlite
from tests.statements import counted
from tests.web.backgrounding import LYON, PARIS, change, every, gone, make, of, rows
from webapp.domain.transaction import transaction


@pytest.fixture
def media_ids(app, cast):
    with app.app_context(), transaction():
        factories.language("ar", is_active=True)
        return places.pictures(4)


@pytest.fixture
def english(app, cast):
    with app.app_context(), transaction():
        return factories.language("en").id


@pytest.fixture
def dusk(app, cast, media_ids, english):
    """The path of a background of two pictures on the home page, round Paris; version 1."""
    fields = {"name": "Dusk", "areas": (PARIS,), "captions": {english: "Lanterns"}, "metadatas": {"a": 1}}
    return f"/backgrounds/{make(app, cast.ed, media_ids[:2], **fields)}"


def changed(app, person, **fields):
    change(app, person, every(app)[0], **fields)


def section(page, name):
    """What stands in a field on both sides."""
    title = page.one("h2", id=f"side-{name}")
    sides = next(each for each in title.ancestors() if each.name == "section").all("div")[1:]
    return [side.words.removeprefix(side.one("h3").words).strip() for side in sides]


# ---- versions ----


def test_versions_say_who_and_when_the_newest_first(ed, ada, app, cast, dusk):
    assert "Nothing has been changed yet." in ed.page(f"{dusk}/versions").words
    changed(app, cast.ada, name="Night")
    page = ed.page(f"{dusk}/versions")

    found = page.one("ul", id="version-rows").all("li")
    assert [each.one("b").words for each in found] == ["Version 2 now", "Version 1"]
    assert ("Ada" in found[0].words, "Ed" in found[1].words) == (True, True)
    assert page.one("a", id="compare-1")["href"] == f"{dusk}/versions/1"


@on_sqlite
def test_many_versions_come_in_pages_for_the_same_price(ed, app, cast, dusk):
    for number in range(32):
        changed(app, cast.ed, name=f"Dusk {number}")
    page = ed.page(f"{dusk}/versions")
    later = ed.page(page.one("a", id="load-more")["href"])

    assert len(page.one("ul", id="version-rows").all("li")) == 31
    assert [each.one("b").words for each in later.one("ul", id="version-rows").all("li")] == [
        "Version 2",
        "Version 1",
    ]
    with app.app_context(), counted() as sent:
        ed.page(f"{dusk}/versions")
    assert len(sent) == 15


def test_two_versions_are_compared_in_words_and_pictures(ed, app, cast, dusk, *, media_ids, english):
    later = {"media_ids": (media_ids[2], media_ids[0]), "zones": ("MENU", "HOME_PAGE"), "turns": "day"}
    changed(app, cast.ed, name="Dusk again", areas=(PARIS, LYON), is_active=False, **later)
    changed(app, cast.ed, metadatas={"a": 2}, captions={english: "Lanterns at dusk"}, areas=())
    page = ed.page(f"{dusk}/versions/1")

    assert page.heading == "Version 1 and now"
    assert section(page, "name") == ["Dusk", "Dusk again"]
    assert section(page, "zones") == ["Home page", "Home pageMenu"]
    assert section(page, "areas")[1] == "Everywhere"
    assert section(page, "is_active") == ["Yes", "No"]
    assert section(page, "turns") == ["Always the first picture", "Another one each day"]
    assert [each.words for each in page.all("del")][-2:] == ["Always the first picture", "1"]
    assert [each.words for each in page.all("ins")][:2] == ["again", "Menu"]
    assert page.one("h2", id="side-metadatas")
    assert page.all("h2", id=f"side-caption-{english}")
    strips = page.all("ol", class_="bg-strip")
    assert [[each.get("class") for each in strip.all("li")] for strip in strips] == [
        [None, "removed"],
        ["added", None],
    ]

    between = ed.page(f"{dusk}/versions/2?with=1")
    assert between.heading == "Versions 1 and 2", "the older first, whatever is asked"
    assert "Quai Saint-Antoine" in section(between, "areas")[1]
    assert "Both say the same." in ed.page(f"{dusk}/versions/3?with=3").words


def test_an_earlier_version_is_made_so_again_as_a_version_of_its_own(ed, app, cast, dusk, media_ids):
    with app.app_context(), transaction():
        arabic = factories.language("ar").id
    later = {"name": "Night", "zones": ("MENU",), "areas": (LYON,), "metadatas": {}, "media_ids": media_ids[2:]}
    changed(app, cast.ed, captions={arabic: "ليل"}, **later)
    page = ed.page(f"{dusk}/versions/1")
    page = ed.follow(ed.send(page, f"{dusk}/versions/1/restoration"))

    assert "Version 1 is back" in page.words
    row, found, captions = of(app, every(app)[0])
    assert (row.name, row.version, row.metadatas) == ("Dusk", 3, {"a": 1})
    assert (found.zones, found.areas, list(found.media_ids)) == (("HOME_PAGE",), (PARIS,), media_ids[:2])
    assert captions == {"en": "Lanterns"}
    assert "Both say the same." in ed.page(f"{dusk}/versions/1?with=3").words


@on_sqlite
def test_pictures_that_are_gone_are_left_out_of_what_comes_back(ed, app, cast, dusk, media_ids):
    changed(app, cast.ed, media_ids=media_ids[2:])
    gone(app, media_ids[0])
    restoration, page = f"{dusk}/versions/1/restoration", ed.page(f"{dusk}/versions/1")
    assert page.all("span", aria_label="No longer in the library")
    page = ed.follow(ed.send(page, restoration))
    assert "1 picture is no longer in the library." in page.words
    assert of(app, every(app)[0])[1].media_ids == (media_ids[1],)

    changed(app, cast.ed, media_ids=media_ids[2:])
    gone(app, media_ids[1])
    page = ed.send(ed.page(f"{dusk}/versions/1"), restoration, status=409)
    assert "The library has none of the pictures of this version any more." in page.one("div", id="problem").words
    assert of(app, every(app)[0])[0].version == 4


@on_sqlite
def test_nothing_comes_back_over_what_somebody_has_saved_meanwhile(ed, app, cast, dusk):
    changed(app, cast.ed, name="Night")
    page = ed.page(f"{dusk}/versions/1")
    changed(app, cast.ada, name="Morning")
    answer = ed.send(page, f"{dusk}/versions/1/restoration", status=409)

    assert "Somebody else changed this background" in answer.one("div", id="problem").words
    assert of(app, every(app)[0])[0].name == "Morning"


@pytest.mark.parametrize("path", ["/versions/9", "/versions/99999999999", "/versions/1?with=9"])
@on_sqlite
def test_a_version_that_there_never_was_is_missing(ed, dusk, path):
    ed.page(dusk + path, status=404)


@on_sqlite
def test_a_viewer_compares_and_restores_nothing(vi, app, cast, dusk):
    changed(app, cast.ed, name="Night")
    page = vi.page(f"{dusk}/versions/1")

    assert not page.all("button", id="restore")
    assert page.all("form", id="compare-form")


# ---- two people ----


def test_what_only_one_has_changed_goes_together(ed, app, cast, dusk, *, media_ids, english):
    page = ed.page(dusk)
    changed(app, cast.ada, zones=("MENU",), media_ids=media_ids[2:], captions={english: "Quiet"})
    ed.follow(ed.send(page, dusk, name="Night", **{"caption-ar": "ليل"}))

    row, found, captions = of(app, every(app)[0])
    assert (row.name, row.version, found.zones) == ("Night", 3, ("MENU",))
    assert (list(found.media_ids), captions) == (media_ids[2:], {"en": "Quiet", "ar": "ليل"})


def conflict(ed, app, cast, dusk, media_ids):
    """Ed's changes over Ada's: both changed name, pictures, places and caption; the zones only Ada."""
    page, (paris, *_) = ed.page(dusk), every(app)
    theirs = {"name": "Morning", "media_ids": media_ids[2:], "areas": (LYON,), "zones": ("MENU",)}
    with app.app_context(), transaction():
        english = factories.language("en").id
    change(app, cast.ada, paris, captions={english: "Theirs"}, **theirs)
    mine = {"name": "Night", "media": [str(media_ids[1])], "area-0-radius": "5", "caption-en": "Mine"}
    return ed.send(page, dusk, status=409, turns="day", **mine)


def test_what_both_have_changed_is_asked_about(ed, app, cast, dusk, media_ids):
    page = conflict(ed, app, cast, dusk, media_ids)

    assert page.heading == "Choose between two versions"
    assert "Ada saved while you were typing" in page.words
    assert "4 fields differ." in page.words
    radios = [each["name"] for each in page.all("input", type="radio", value="mine")]
    assert [each.partition("-")[0] for each in radios] == [
        "choice_name",
        "choice_media_ids",
        "choice_areas",
        "choice_caption",
    ]
    assert all(each in page.words for each in ("Night", "Morning", "Mine", "Theirs", "Quai Saint-Antoine"))
    assert "taken over without asking" in page.words
    assert of(app, every(app)[0])[0].version == 2, "nothing is saved yet"


@pytest.mark.parametrize("all_", ["mine", "theirs"])
@on_sqlite
def test_all_of_one_side_can_be_taken(ed, app, cast, dusk, *, media_ids, all_):
    page = conflict(ed, app, cast, dusk, media_ids)
    ed.follow(ed.send(page, dusk, all=all_))

    row, found, captions = of(app, every(app)[0])
    mine = all_ == "mine"
    assert (row.name, row.turns, found.zones) == ("Night" if mine else "Morning", "day", ("MENU",))
    assert list(found.media_ids) == ([media_ids[1]] if mine else media_ids[2:])
    assert captions == {"en": "Mine" if mine else "Theirs"}
    assert [each.distance for each in found.areas] == (["5km"] if mine else [None])


@on_sqlite
def test_each_field_can_be_chosen(ed, app, cast, dusk, *, media_ids, english):
    page = conflict(ed, app, cast, dusk, media_ids)
    chosen = {f"choice_caption-{english}": "theirs", "choice_areas": "theirs", "choice_media_ids": "theirs"}
    ed.follow(ed.send(page, dusk, **chosen))

    row, found, captions = of(app, every(app)[0])
    assert (row.name, row.version, captions) == ("Night", 3, {"en": "Theirs"})
    assert (list(found.media_ids), found.areas) == (media_ids[2:], (LYON,))


@on_sqlite
def test_a_third_change_meanwhile_is_asked_about_again(ed, app, cast, dusk, media_ids):
    page = conflict(ed, app, cast, dusk, media_ids)
    changed(app, cast.ada, name="Noon")
    page = ed.send(page, dusk, status=409)

    assert [each["name"] for each in page.all("input", type="radio", value="mine")] == ["choice_name"]
    ed.follow(ed.send(page, dusk))
    assert of(app, every(app)[0])[0].name == "Night"


# ---- the trash ----


def test_what_was_written_is_not_lost_when_somebody_throws_it_away_meanwhile(ed, ada, app, dusk):
    page = ed.page(dusk)
    ada.follow(ada.send(ada.page(dusk), f"{dusk}/trash"))

    refused = ed.send(page, dusk, name="Dawn", status=409)
    assert "to the trash meanwhile" in refused.one("div", id="errors").words
    assert refused.one("input", id="name")["value"] == "Dawn"

    made = ed.follow(ed.send(refused, "/backgrounds/"))
    assert "The background is made." in made.words
    assert rows(ed.page("/backgrounds/")) == ["Dawn"]
    assert rows(ed.page("/backgrounds/trash")) == ["Dusk"]


def test_into_the_trash_and_back(ed, app, dusk):
    page = ed.follow(ed.send(ed.page(dusk), f"{dusk}/trash"))
    assert "The background is in the trash." in page.words
    assert page.form(f"{dusk}/restoration"), "the way back stands in the message"
    ed.page(dusk, status=404)
    trash = ed.page("/backgrounds/trash")
    assert rows(trash) == ["Dusk"]
    assert rows(ed.page("/backgrounds/?deleted=yes")) == ["Dusk"]
    page = ed.follow(ed.send(trash, f"{dusk}/restoration"))

    assert ("The background is back." in page.words, page.heading) == (True, "Dusk")
    assert rows(ed.page("/backgrounds/trash")) == []
    assert "The trash is empty" in ed.page("/backgrounds/trash").words


def test_deleted_for_good_after_a_question(ed, app, dusk):
    removal = f"{dusk}/removal"
    ed.page(removal, status=404)
    ed.send(ed.page(dusk), f"{dusk}/trash")
    page = ed.page(removal)
    assert "This cannot be taken back." in page.words
    assert len(every(app)) == 1
    page = ed.follow(ed.send(page, removal))

    assert "deleted for good" in page.words
    assert every(app) == []
    ed.page(removal, status=404)


@on_sqlite
def test_what_is_in_the_trash_leads_nowhere_from_the_list(ed, dusk):
    ed.send(ed.page(dusk), f"{dusk}/trash")

    assert not ed.page("/backgrounds/?deleted=yes").all("a", href=dusk)
