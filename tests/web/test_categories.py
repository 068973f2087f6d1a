"""Categories through the door: the tree, its pages, the filter of the list, and what a gallery is in."""

from uuid import UUID, uuid4

import pytest

from tests import factories
from tests.fixtures.app import browser_of, on_sqlite
from tests.fixtures.browser import HTMX
from tests.statements import counted
from webapp.domain import categories, category_trees, galleries, languages
from webapp.domain.models import Gallery
from webapp.domain.transaction import transaction
from webapp.infra.db import db

TREE = "/categories/"
LIST = "/galleries/"
LONG = "Aussergewöhnlichlangesbindestrichloseswort " * 2

pytestmark = on_sqlite


@pytest.fixture
def make(app, cast):
    """Make a category by its name in English, below another, and return its id."""

    def made(name, under=None, **names):
        with app.app_context(), transaction():
            spoken = {factories.language(code).id: text for code, text in names.items()}
            given = {languages.default_id(): name, **spoken}
            return categories.add(given, parent_id=under, actor=cast.ed).id

    return made


@pytest.fixture
def seasons(make):
    """Seasons (summer with June, winter), then cities."""
    top = make("Seasons")
    found = {"seasons": top, "summer": make("Summer", top), "winter": make("Winter", top), "cities": make("Cities")}
    return found | {"june": make("June", found["summer"])}


@pytest.fixture
def lake(app, cast):
    """Make a gallery of a category."""

    def made(title, uri):
        with app.app_context(), transaction():
            gallery = factories.gallery(cast.ed, title)
            galleries.update(gallery, {"category_uri": uri}, actor=cast.ed)
            return gallery.id

    return made


@pytest.fixture
def drawn(app):
    """Draw the tree as uris, indented by dashes."""

    def drawing():
        with app.app_context():
            return ["-" * node.depth + node.uri for node in category_trees.tree()]

    return drawing


@pytest.fixture
def named(app):
    """Tell what a gallery names."""

    def naming(gallery_id):
        with app.app_context():
            return db.session.get(Gallery, gallery_id).category_uri

    return naming


@pytest.fixture
def names(app):
    """Tell what a category is called in all languages."""

    def calling(uri):
        with app.app_context():
            return sorted(category_trees.of([uri])[uri].names.values())

    return calling


def shown(page):
    """Return the names of the tree as they are drawn, indented by dashes."""
    found = []
    for entry in page.one(id="categories-tree").all("li"):
        if entry.get("id", "").startswith("category-"):
            deep, above = 0, entry.parent
            while above is not None:
                deep, above = deep + (above.name == "li"), above.parent
            found.append("-" * deep + entry.all("bdi")[0].words)
    return found


def titles(page):
    return sorted(link.words for heading in page.all("h2") for link in heading.all("a"))


# ---- the page of the tree ----


def test_the_tree_is_empty_at_first_and_says_what_to_do(ed, vi):
    page = ed.page(TREE)
    assert page.heading == "Categories"
    assert "No categories yet" in page.words
    assert "Add one below" in page.words
    assert "Add one below" not in vi.page(TREE).words


def test_a_category_is_added_below_another(ed, make, drawn):
    seasons = make("Seasons")
    answer = ed.send(ed.page(TREE), TREE, name=" Summer days ", parent=str(seasons))
    page = ed.follow(answer)

    assert "“\u2068Summer days\u2069” is added." in page.words
    assert drawn() == ["seasons", "-summer-days"]
    assert shown(page) == ["Seasons", "-Summer days"]


def test_a_category_is_added_by_a_uri_of_its_own(ed, make, drawn):
    ed.send(ed.page(TREE), TREE, name="Lakes", uri="https://sherl.io/categories/7", status=303)

    assert drawn() == ["https://sherl.io/categories/7"]


@pytest.mark.parametrize(
    ("given", "at", "said"),
    [
        ({"name": ""}, "name", "Write a name."),
        ({"name": "  "}, "name", "Give the category a name in the default language."),
        ({"name": "x" * 101}, "name", "Shorten this to 100 characters."),
        ({"name": "A", "uri": "x" * 161}, "uri", "Shorten this to 160 characters."),
        ({"name": "A", "uri": 'a"b'}, "uri", "Write a uri or a word"),
        ({"name": "A", "uri": "none"}, "uri", "Write a uri or a word"),
    ],
)
def test_what_cannot_be_added_is_said_beside_it(ed, given, at, said, drawn):
    page = ed.send(ed.page(TREE), TREE, status=422, **given)

    assert said in page.one("p", id=f"{at}-error").words
    assert page.one("title").words.startswith("Error:")
    assert page.one("input", id="name")["value"] == given["name"]
    assert drawn() == []


def test_a_uri_that_is_taken_is_a_conflict(ed, make, drawn):
    make("Lakes")
    page = ed.send(ed.page(TREE), TREE, status=409, name="A", uri="lakes")

    assert "There is a category with this uri already." in page.words
    assert drawn() == ["lakes"]


@pytest.mark.parametrize("parent", ["nonsense", str(UUID(int=1, version=4))])
def test_a_parent_that_has_gone_is_not_found(ed, parent):
    ed.send(ed.page(TREE), TREE, status=404, name="Lakes", parent=parent)


def test_names_are_shown_in_the_readers_language_and_say_theirs(ed, make):
    make("Lakes", ar="بحيرات")
    make("Plain")
    page = ed.page(TREE, headers={"Accept-Language": "ar"})
    called = [
        (each.words, each.get("lang")) for each in page.one(id="categories-tree").all("bdi") if each.get("lang")
    ]

    assert called == [("بحيرات", "ar"), ("Plain", "en")]
    assert shown(ed.page(TREE)) == ["Lakes", "Plain"]


def test_galleries_are_counted_with_those_below_and_lead_to_the_list(ed, seasons, lake):
    for title, uri in (("A", "seasons"), ("B", "june"), ("C", "odd words")):
        lake(title, uri)
    page = ed.page(TREE)
    links = {entry["id"].removeprefix("category-"): entry for entry in page.all("li") if "id" in entry.attributes}
    link = links[str(seasons["seasons"])].all("a")[1]

    assert link.words == "2 galleries"
    assert titles(ed.page(link["href"])) == ["A", "B"]
    assert "no gallery" in links[str(seasons["cities"])].words


def test_what_galleries_name_and_no_category_has_becomes_one(ed, make, lake, drawn):
    make("Lakes")
    for title, uri in (("A", "odd words"), ("B", "odd words"), ("C", "x" * 200), ("D", "lakes")):
        lake(title, uri)
    page = ed.page(TREE)
    rows = page.one("section", aria_labelledby="loose-title").all("li")
    assert [row.all("bdi")[0].words for row in rows] == ["odd words", "x" * 200]
    assert [len(row.all("form")) for row in rows] == [1, 0]
    assert titles(ed.page(rows[0].one("a")["href"])) == ["A", "B"]

    ed.post(TREE, data={each["name"]: each["value"] for each in rows[0].one("form").all("input")})

    assert drawn() == ["lakes", "odd words"]
    assert "2 galleries" in ed.page(TREE).one(id="categories-tree").one("section", aria_label="Categories").words


# ---- moved by steps ----


def test_steps_move_a_category_with_and_without_script(ed, seasons, drawn):
    page = ed.page(TREE)
    july = f"{TREE}{seasons['winter']}/moves"
    answer = ed.send(page, july, status=303, way="up")
    assert answer.headers["Location"] == f"{TREE}#category-{seasons['winter']}"
    assert drawn() == ["seasons", "-winter", "-summer", "--june", "cities"]

    fragment = ed.send(ed.page(TREE), july, status=200, htmx=True, way="down")
    assert fragment.root.children[0]["id"] == "categories-tree"
    assert shown(fragment) == ["Seasons", "-Summer", "--June", "-Winter", "Cities"]

    ed.send(ed.page(TREE), july, way="in", status=303)
    assert drawn() == ["seasons", "-summer", "--june", "--winter", "cities"]
    ed.send(ed.page(TREE), july, way="out", status=303)
    assert drawn() == ["seasons", "-summer", "--june", "-winter", "cities"]


def test_a_step_that_leads_nowhere_is_said_to_be_none_and_changes_nothing(ed, seasons, drawn):
    page = ed.page(TREE)
    first = str(seasons["seasons"])
    disabled = {each["id"] for each in page.all("button", aria_disabled="true") if each["id"].endswith(first)}

    assert disabled == {f"up-{first}", f"out-{first}", f"in-{first}"}
    before = drawn()
    for way in ("up", "out", "in"):
        ed.send(page, f"{TREE}{first}/moves", way=way, status=303)
    assert drawn() == before


def test_a_step_that_is_refused_says_so(ed, app, cast, make):
    below = None
    for level in range(categories.DEPTH):
        below = make(f"Level {level}", below)
    top = make("Top")
    with app.app_context(), transaction():
        categories.move(top, after=below, actor=cast.ed)
    page = ed.send(ed.page(TREE), f"{TREE}{top}/moves", way="in", status=422)

    assert "Categories stand in 5 levels at most." in page.words


# ---- the page of one category ----


def test_a_category_is_renamed_in_each_language(ed, seasons, names):
    url = f"{TREE}{seasons['summer']}"
    page = ed.page(url)
    assert page.heading == "Summer"
    assert page.one("input", id="name")["lang"] == "en"

    answer = ed.send(page, url, name="Summertime", name_fr="Été", status=303)

    assert answer.headers["Location"] == f"{TREE}#category-{seasons['summer']}"
    assert names("summer") == ["Summertime", "Été"]
    ed.send(ed.page(url), url, name_fr="", status=303)
    assert names("summer") == ["Summertime"]


def test_a_category_is_put_below_another_by_its_page(ed, seasons, drawn):
    url = f"{TREE}{seasons['summer']}"
    page = ed.page(url)
    offered = [each["value"] for each in page.one("select", id="parent").all("option")]
    assert offered == ["", str(seasons["seasons"]), str(seasons["winter"]), str(seasons["cities"])]

    ed.send(page, url, parent=str(seasons["cities"]), status=303)
    assert drawn() == ["seasons", "-winter", "cities", "-summer", "--june"]
    ed.send(ed.page(url), url, parent="", status=303)
    assert drawn() == ["seasons", "-winter", "cities", "summer", "-june"]


def test_saving_a_name_leaves_the_place_that_somebody_gave_meanwhile(ed, ada, seasons, drawn):
    url = f"{TREE}{seasons['summer']}"
    page = ed.page(url)
    ada.send(ada.page(url), url, parent=str(seasons["cities"]), status=303)
    ed.send(page, url, name="Summertime", status=303)

    assert drawn() == ["seasons", "-winter", "cities", "-summer", "--june"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "", "status": 422}, "Write a name."),
        ({"name_fr": "x" * 101, "status": 422}, "Shorten this to 100 characters."),
        ({"version": "0", "status": 409}, "Somebody else has changed this category"),
    ],
)
def test_what_cannot_be_saved_is_said(ed, seasons, given, said, names):
    url = f"{TREE}{seasons['summer']}"
    page = ed.send(ed.page(url), url, **given)

    assert said in page.words
    assert names("summer") == ["Summer"]


def test_a_circle_is_refused_beside_the_parent(ed, seasons):
    url = f"{TREE}{seasons['seasons']}"
    page = ed.send(ed.page(url), url, parent=str(seasons["june"]), status=422)

    assert "A category cannot stand below itself." in page.one("p", id="parent-error").words


# ---- taken away ----


def test_what_becomes_of_everything_is_said_before_it_is_deleted(ed, seasons, lake, drawn, named):
    gallery = lake("Lake", "summer")
    url = f"{TREE}{seasons['summer']}/removal"
    page = ed.page(url)
    assert "moves up, below “Seasons”." in page.words
    assert "1 gallery keeps naming “summer”" in page.words
    assert drawn() == ["seasons", "-summer", "--june", "-winter", "cities"]

    after = ed.follow(ed.send(page, url))

    assert "“\u2068Summer\u2069” is deleted." in after.words
    assert drawn() == ["seasons", "-june", "-winter", "cities"]
    assert named(gallery) == "summer"
    assert "Named by galleries, but no category" in after.words


def test_a_category_with_nothing_in_it_is_deleted_with_fewer_words(ed, seasons):
    words = ed.page(f"{TREE}{seasons['cities']}/removal").words
    assert "No gallery is in it." in words
    assert "moves up" not in words
    words = ed.page(f"{TREE}{seasons['seasons']}/removal").words
    assert "The 2 categories right below it move up, to the top." in words


# ---- who may ----


PATHS = (
    ("POST", TREE),
    ("GET", f"{TREE}{{id}}"),
    ("POST", f"{TREE}{{id}}"),
    ("POST", f"{TREE}{{id}}/moves"),
    ("GET", f"{TREE}{{id}}/removal"),
    ("POST", f"{TREE}{{id}}/removal"),
)


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_who_may_only_look_changes_nothing(app, cast, seasons, method, path):
    for person in (cast.tessa, cast.vi):
        browser = browser_of(app, person)
        token = browser.page("/profile").values("/profile")["csrf_token"]
        url = path.format(id=seasons["summer"])
        answer = browser.open(url, method=method, data={"csrf_token": token, "name": "x", "way": "up"})
        assert answer.status_code == 403


def test_who_may_only_look_sees_the_tree_without_anything_to_press(vi, seasons):
    page = vi.page(TREE)

    assert shown(page) == ["Seasons", "-Summer", "--June", "-Winter", "Cities"]
    assert page.one("main").all("form") == []


@pytest.mark.parametrize(("method", "path"), [("GET", TREE), *PATHS])
def test_strangers_are_asked_to_sign_in(client, cast, method, path):
    url = path.format(id=uuid4())
    assert client.open(url, method=method).status_code == 303
    assert client.open(url, method=method, headers=HTMX).status_code == 401


@pytest.mark.parametrize(("method", "path"), PATHS[1:])
def test_what_is_not_there_is_not_found(ed, method, path):
    token = ed.page("/profile").values("/profile")["csrf_token"]
    data = {"csrf_token": token, "name": "x", "way": "up", "version": "1"}
    answer = ed.open(path.format(id=uuid4()), method=method, data=data)

    assert ed.seen(answer, 404).heading == "Nothing is here"


def test_one_category_and_a_hundred_take_the_same_statements(ed, app, make, lake):
    def statements():
        ed.get(TREE)
        with app.app_context(), counted() as sent:
            ed.get(TREE)
        return len(sent)

    top = make("Top")
    lake("A", "top")
    before = statements()
    for number in range(40):
        make(f"C{number}", top if number % 2 else None)
    lake("B", "loose")

    assert statements() == before


# ---- the list ----


def test_the_list_is_filtered_by_a_category_and_all_below_it(ed, seasons, lake):
    for title, uri in (("A", "seasons"), ("B", "june"), ("C", None)):
        lake(title, uri)
    form = ed.page(LIST).one("form", id="category-filter")
    options = form.one("select").all("option")
    assert [each["value"] for each in options] == [
        *("", "seasons", "summer", "june", "winter", "cities"),
        "none",
    ]

    page = ed.page(f"{LIST}?category=seasons")
    assert titles(page) == ["A", "B"]
    assert "Category: Seasons" in page.words
    assert titles(ed.page(f"{LIST}?category=june&q=status:draft")) == ["B"]
    none = ed.page(f"{LIST}?q=category:none")
    assert (titles(none), "Category: none" in none.words) == (["C"], True)
    assert "Category: anything" in ed.page(f"{LIST}?q=category:anything").words


def test_galleries_are_put_into_a_category_together_and_taken_back(ed, seasons, lake, named):
    ids = [lake("A", None), lake("B", "cities"), lake("C", None)]
    page = ed.page(LIST)
    fields = {"deed": "category", "into": "june", "ids": [str(each) for each in ids[:2]]}
    after = ed.follow(ed.send(page, "/galleries/bulk", **fields))

    assert [named(each) for each in ids] == ["june", "june", None]
    assert "2 galleries have the category." in after.words
    ed.send(after, after.one("div", id="toasts").one("form")["action"])
    assert [named(each) for each in ids] == [None, "cities", None]
    ed.send(ed.page(LIST), "/galleries/bulk", **{**fields, "into": "none"})
    assert [named(each) for each in ids] == [None, None, None]


def test_taking_back_leaves_a_category_that_was_given_since(ed, seasons, lake, named):
    ids = [lake("A", None), lake("B", None)]
    fields = {"deed": "category", "into": "june", "ids": [str(each) for each in ids]}
    after = ed.follow(ed.send(ed.page(LIST), "/galleries/bulk", **fields))
    ed.send(ed.page(LIST), "/galleries/bulk", **{**fields, "into": "winter", "ids": str(ids[0])})
    ed.send(after, after.one("div", id="toasts").one("form")["action"])

    assert [named(each) for each in ids] == ["winter", None]


def test_a_category_has_to_be_chosen_for_many(ed, seasons, lake):
    page = ed.page(LIST) if lake("A", None) else None
    answer = ed.send(page, "/galleries/bulk", deed="category", ids=str(uuid4()))
    assert answer.status == 422
    assert "Choose a category." in answer.words


def test_all_that_match_are_put_into_a_category(ed, seasons, lake, named):
    gallery = lake("A", None)
    page = ed.page("/galleries/matching?q=status:draft")
    ed.send(page, "/galleries/matching", deed="category", into="june", status=303)

    assert named(gallery) == "june"


# ---- the settings of a gallery ----


def saved(browser, ground, **fields):
    return browser.send(browser.page(ground.url), f"{ground.url}settings", **fields)


def test_a_gallery_is_put_into_a_category_by_its_settings(ed, ground, seasons):
    select = ed.page(ground.url).one("select", id="gallery-category_uri")
    assert [each["value"] for each in select.all("option")] == ["", "seasons", "summer", "june", "winter", "cities"]
    assert [each.text.count("\u2003") for each in select.all("option")] == [0, 0, 2, 4, 2, 0]

    saved(ed, ground, category_uri="june", status=303)
    assert ground.gallery().category_uri == "june"
    saved(ed, ground, category_uri="", status=303)
    assert ground.gallery().category_uri is None


def test_another_uri_goes_before_the_one_that_is_chosen_and_is_offered_then(ed, ground, seasons):
    saved(ed, ground, category_uri="june", category_other=" https://sherl.io/c/9 ", status=303)

    assert ground.gallery().category_uri == "https://sherl.io/c/9"
    select = ed.page(ground.url).one("select", id="gallery-category_uri")
    assert select.all("option")[-1]["value"] == "https://sherl.io/c/9"
    assert "selected" in select.all("option")[-1].attributes


def test_two_who_choose_categories_choose_between_them(ed, ground, seasons):
    page = ed.page(ground.url)
    ground.update(actor=ground.cast.ada, category_uri="winter")
    asked = ed.send(page, f"{ground.url}settings", category_uri="june")

    assert asked.status == 409
    assert ground.gallery().category_uri == "winter"


def test_the_history_and_a_revision_say_what_a_category_is_called(ed, ground, seasons):
    saved(ed, ground, category_uri="june", standing="published", status=303)
    saved(ed, ground, category_uri="winter", status=303)

    history = ed.page(f"{ground.url}history").words
    assert "Category" in history
    assert "Winter" in history
    revision = ed.page(f"{ground.url}revisions/1").words
    assert "June" in revision
    assert "Winter" in revision
    ed.send(ed.page(f"{ground.url}revisions/1"), f"{ground.url}revisions/1/restoration", status=303)
    assert ground.gallery().category_uri == "june"
