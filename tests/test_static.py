"""What browsers are sent: its weight, where it came from, whether it can be read, and that its parts fit together."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from flask import Flask, get_template_attribute, render_template_string
from flask_babel import Babel

from webapp.static_bundles import BUNDLES
from webapp.static_files import collect
from webapp.web import remembering

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
STYLES = sorted((STATIC / "css").glob("*.css"))
KB = 1000

THEMES = {"light": 0, "dark": 1}
TEXT = 4.5  # WCAG 2.2, 1.4.3
SHAPE = 3.0  # 1.4.11
READ_ON = [
    ("ink", ["wall", "surface", "sunken", "raised", "idle-soft"]),
    ("ink-2", ["wall", "surface", "sunken", "raised", "idle-soft"]),
    ("ink-3", ["wall", "surface", "sunken", "raised", "idle-soft"]),
    ("accent-ink", ["surface", "wall", "accent-soft"]),
    ("on-accent", ["accent"]),
    ("on-button", ["button", "button-hover"]),
    ("on-night", ["night"]),
    ("ok", ["surface", "ok-soft"]),
    ("warn", ["surface", "warn-soft"]),
    ("bad", ["surface", "bad-soft"]),
    ("ink", ["warn-soft", "bad-soft", "accent-soft", "near"]),
]
SEEN_ON = [
    ("line-strong", ["surface", "wall"]),
    ("accent", ["surface", "wall", "accent-soft"]),
    ("button", ["surface"]),
]


def text_of(*paths: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def packed(*paths: Path) -> int:
    """Sum what files weigh on the wire, each packed by itself."""
    return sum(len(gzip.compress(path.read_bytes(), 9, mtime=0)) for path in paths)


def sheet(*names: str) -> list[Path]:
    return [STATIC / "css" / f"{name}.css" for name in names]


def script(name: str) -> Path:
    return STATIC / "js" / name


def needs(*names: str) -> set[str]:
    """Return modules and all they import."""
    found = set(names)
    for name in names:
        found |= needs(*re.findall(r'from "\./([\w-]+\.js)"', text_of(script(name))))
    return found


def asked_for(name: str) -> list[str]:
    """Return the modules that one asks for when it needs them."""
    return re.findall(r'import\("\./([\w-]+\.js)"', text_of(script(f"{name}.js")))


def parts(folder: str) -> set[str]:
    """Return the script parts that the pages of a blueprint ask for."""
    text = text_of(*(ROOT / "templates" / folder).rglob("*.html"))
    return {f"{name}.js" for name in re.findall(r"\{\{ module\('(\w+)'\)", text)}


# ---- weight ----


def test_dashboard_styles_stay_within_their_budget() -> None:
    assert packed(*sheet("base", "dashboard")) <= 15 * KB


def test_public_styles_stay_within_their_budget() -> None:
    assert packed(*sheet("public")) <= 4 * KB
    assert packed(*sheet("base", "public")) <= 6 * KB


def test_first_load_of_a_list_is_small() -> None:
    assert needs("app.js") == {"app.js"}, "one request"
    assert packed(VENDOR / "htmx.min.js", script("app.js")) <= 20 * KB


def test_first_load_of_the_editor_stays_within_its_budget(looks: Flask) -> None:
    module = macro("module", "module")
    first = {name for name in parts("editor") if 'data-when="used"' not in module(name.removesuffix(".js"))}

    assert parts("editor") - first == {"upload.js", "frame.js"}
    assert first >= {"grid.js", "autosave.js", "focal.js"}
    rest = {name for name in first if name.removesuffix(".js") not in BUNDLES["js/editor.js"]}
    assert rest == set(), "an editor asks for htmx, app.js and one file more"
    bundle = len(collect(STATIC)["js/editor.js"].variants["gzip"])
    assert bundle + packed(VENDOR / "htmx.min.js", script("app.js")) <= 45 * KB


def test_lightbox_alone_is_all_visitors_run() -> None:
    assert needs("lightbox.js") == {"lightbox.js"}
    assert packed(script("lightbox.js")) <= 2 * KB


def test_typeface_stays_within_its_budget() -> None:
    assert sum(path.stat().st_size for path in VENDOR.glob("*.woff2")) <= 45 * KB


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_one_thing(path: Path) -> None:
    lines = text_of(path).splitlines()

    assert lines[0].startswith("//"), "every module begins with what it is"
    assert len(lines) <= 400


# ---- where it came from ----


def test_manifest_names_every_vendored_file_as_it_is() -> None:
    listed = json.loads(text_of(VENDOR / "MANIFEST.json"))["files"]
    licences = {entry["licence_file"] for entry in listed}

    known = {entry["file"] for entry in listed} | licences | {"MANIFEST.json"}
    assert known == {path.name for path in VENDOR.iterdir()}
    for entry in listed:
        assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry["file"]
        assert set(entry) == {"file", "name", "version", "licence", "licence_file", "sha256"}


def test_nothing_is_asked_of_other_sites() -> None:
    named = text_of(*STYLES, *SCRIPTS).replace("http://www.w3.org/2000/svg", "")  # a name, asked of nobody
    assert re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}/", named) == []


def test_scripts_make_no_code_and_no_markup_of_text() -> None:
    assert re.findall(r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write", text_of(*SCRIPTS)) == []


# ---- whether it can be read ----


def tokens(theme: str) -> dict[str, str]:
    """Return the colours that the style sheets name, as they are in one theme."""
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", text_of(*sheet("base", "dashboard")))
    single = re.findall(r"--([\w-]+): (#\w{6});", text_of(*sheet("dashboard")))
    return {name: found[THEMES[theme]] for name, *found in pairs} | dict(single)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def weak_pairs(theme: str, pairs: list[tuple[str, list[str]]], least: float) -> list[str]:
    named = tokens(theme)
    return [
        f"{front} on {back}: {found:.2f}"
        for front, backs in pairs
        for back in backs
        if (found := contrast(named[front], named[back])) < least
    ]


def test_contrast_is_counted_as_the_standard_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_words_can_be_read_on_what_they_stand_on(theme: str) -> None:
    assert weak_pairs(theme, READ_ON, TEXT) == []


@pytest.mark.parametrize("theme", THEMES)
def test_edges_of_controls_can_be_seen(theme: str) -> None:
    assert weak_pairs(theme, SEEN_ON, SHAPE) == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_follow_the_writing_direction(path: Path) -> None:
    physical = r"(?:margin|padding|border)-(?:left|right)\b|(?<![\w-])right:|text-align: (?:left|right)|float:"

    assert re.findall(physical, text_of(path)) == []


def test_styles_name_only_tokens_that_there_are() -> None:
    text = text_of(*STYLES)
    used = set(re.findall(r"var\(--([\w-]+)", text))

    assert used - set(re.findall(r"--([\w-]+):", text)) == set()
    assert used >= set(re.findall(r"--([\w-]+): light-dark", text)), "no token is there in vain"


def test_motion_and_forced_colours_are_heeded() -> None:
    assert "prefers-reduced-motion: reduce" in text_of(*sheet("base"))
    for path in (each for each in STYLES if each.name != "print.css"):
        assert "forced-colors: active" in text_of(path), path.name


# ---- pictures by class, because no style attribute is allowed ----


@pytest.fixture
def looks() -> Iterator[Flask]:
    """The macros with no more around them than they need."""
    app = Flask("looks", template_folder=str(ROOT / "templates"))
    app.secret_key = "of no use"
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    Babel(app)
    app.add_template_global(lambda name: f"/static/{name}", "static_url")
    app.add_template_global(lambda name: f"/static/js/{name}.js", "module_url")
    remembering.init(app)
    with app.test_request_context():
        yield app


class Drawn:
    """A picture as templates get it."""

    def __init__(self, **given: object) -> None:
        self.src, self.sources = "/p.jpg", ()
        self.width, self.height, self.colour = given.get("width", 3), given.get("height", 2), given.get("colour")
        self.focal_x, self.focal_y = given.get("focal_x"), given.get("focal_y")


def macro(file: str, name: str):
    return get_template_attribute(f"ui/{file}.html", name)


def rules(prefix: str) -> set[str]:
    return set(re.findall(rf"\.({prefix}\d+) \{{ --", text_of(*STYLES)))


def test_every_focal_point_has_its_rule(looks: Flask) -> None:
    classes = macro("picture", "shot_classes")
    points = [(at / 100, 1 - at / 100) for at in range(101)]
    drawn = {name for x, y in points for name in classes(Drawn(focal_x=x, focal_y=y)).split()}

    assert drawn == {"shot"} | rules("fx") | rules("fy")
    assert "fx05" in classes(Drawn(focal_x=0.25, focal_y=0.9)).split()
    assert "fy18" in classes(Drawn(focal_x=0.25, focal_y=0.9)).split()
    assert classes(Drawn(focal_x=0.25, focal_y=0.9), whole=True) == "shot"
    assert classes(Drawn()) == "shot"


def test_every_colour_has_its_rule_and_comes_near(looks: Flask) -> None:
    classes = macro("picture", "shot_classes")
    levels = ["00", "3f", "40", "7f", "80", "bf", "c0", "ff"]
    colours = ["#" + "".join(parts) for parts in product(levels, repeat=3)]
    drawn = {name for colour in colours for name in classes(Drawn(colour=colour)).split()}

    assert drawn - {"shot"} == rules("c")
    assert len(rules("c")) == 64
    styles = text_of(*sheet("base"))
    assert ".c00 { --c: #222 }" in styles
    assert ".c63 { --c: #ddd }" in styles


def test_every_ratio_has_its_rule(looks: Flask) -> None:
    ratio = macro("picture", "ratio")
    drawn = {str(ratio(Drawn(width=width, height=1000))) for width in range(300, 3400, 7)}

    assert drawn == rules("r")
    assert ratio(Drawn(width=1500, height=1000)) == "r150"
    assert ratio(Drawn(width=100, height=5000)) == "r050"
    assert ratio(Drawn(width=9000, height=100)) == "r300"


def test_every_share_of_a_bar_has_its_rule(looks: Flask) -> None:
    languages = [{"code": f"l{percent}", "name": "Language", "percent": percent} for percent in range(101)]
    html = macro("language_bar", "language_bar")(languages)

    assert set(re.findall(r"\b(w\d+)\b", html)) == rules("w")


def test_picture_says_its_size_and_when_it_is_loaded(looks: Flask) -> None:
    picture = macro("picture", "picture")
    drawn = Drawn(width=1280, height=853, colour="#c0a080")
    drawn.sources = (("image/avif", "/a 320w, /b 640w"),)

    lazy, first = picture(drawn, alt="A <lake>", sizes="50vw"), picture(drawn, first=True)

    assert 'width="1280" height="853"' in lazy
    assert '<source type="image/avif" srcset="/a 320w, /b 640w" sizes="50vw">' in lazy
    assert 'alt="A &lt;lake&gt;"' in lazy
    assert 'loading="lazy"' in lazy
    assert 'fetchpriority="high"' in first
    assert "loading" not in first


def test_picture_that_is_being_made_is_its_colour(looks: Flask) -> None:
    drawn = Drawn(colour="#204060")
    drawn.src = ""

    html = macro("picture", "picture")(drawn, alt="A lake")

    assert html == '<picture><span class="shot c05" role="img" aria-label="A lake"></span></picture>'


# ---- whether the parts fit ----


def test_icons_that_are_named_are_there_and_no_others() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', text_of(VENDOR / "lucide.svg")))
    sources = text_of(*TEMPLATES, *SCRIPTS, *(ROOT / "webapp" / "web").rglob("*.py"))
    named = set(re.findall(r"icon\('([\w-]+)'", sources)) | set(re.findall(r"glyph='([\w-]+)'", sources))

    assert named - drawn == set()
    assert {name for name in drawn if not re.search(rf"[\"']{name}[\"']", sources)} == set()


def test_parts_that_pages_ask_for_are_there(looks: Flask) -> None:
    asked = set(re.findall(r"\{\{ module\('(\w+)'\)", text_of(*TEMPLATES)))

    assert asked
    for name in asked:
        assert f'data-module="/static/js/{name}.js"' in macro("module", "module")(name)
        assert "export default" in text_of(script(f"{name}.js"))


def test_words_of_scripts_are_said_and_translated(looks: Flask) -> None:
    words = macro("module", "words")
    for name in ("app", "grid", "places", "list", "autosave", "upload", "focal", "map"):
        files = {"app.js"} if name == "app" else needs(f"{name}.js", *asked_for(name)) - {"app.js"}
        given = set(json.loads(re.fullmatch(r"data-words='(.*)'", str(words(name)), re.DOTALL)[1]))
        said = set(re.findall(r"\bwords(?:Of\(document\.body\))?\.(\w+)", text_of(*map(script, files))))
        assert said == given, name


def test_classes_that_scripts_count_on_are_styled() -> None:
    styles = text_of(*STYLES)
    for name in ("drag-ghost", "drop-line", "lifted", "moving", "fresh", "upq", "uq", "toast", "over"):
        assert re.search(rf"\.{name}\b", styles), name


def test_field_ties_label_hint_and_error_together(looks: Flask) -> None:
    from wtforms import Form, StringField

    class Named(Form):
        title = StringField("Title")

    form = Named(data={"title": "Lake"})
    form.title.errors = ["Write a title."]

    html = macro("field", "field")(form.title, hint="What visitors read.", counter=255, lang="fr")

    assert 'for="title"' in html
    assert 'aria-describedby="title-hint title-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="title-error"' in html
    assert "4 / 255" in html
    assert 'lang="fr"' in html


def test_field_without_trouble_says_nothing_of_it(looks: Flask) -> None:
    from wtforms import Form, StringField

    class Named(Form):
        title = StringField("Title")

    html = macro("field", "field")(Named().title)

    assert "aria-invalid" not in html
    assert "aria-describedby" not in html


def test_error_summary_links_to_each_field_in_its_words(looks: Flask) -> None:
    from wtforms import Form, StringField

    class Named(Form):
        title = StringField("Title")
        slug = StringField("Address")

    form = Named()
    form.slug.errors = ["This address is taken."]
    form.form_errors = ["Something else is wrong."]

    html = macro("error_summary", "error_summary")(form)

    assert '<a href="#slug">This address is taken.</a>' in html
    assert "Something else is wrong." in html
    assert "#title" not in html
    assert macro("error_summary", "error_summary")(Named()) == ""


def test_tabs_keep_the_current_language_in_sight(looks: Flask) -> None:
    languages = [
        {"code": f"l{at}", "name": f"Language {at}", "url": f"?lang=l{at}", "percent": at * 10, "is_source": at == 0}
        for at in range(8)
    ]

    html = macro("tabs", "tabs")(languages, current="l7", label="Text", shown=3)
    bar, menu = html.split("<details")

    assert re.findall(r'id="tab-(l\d)"', bar) == ["l0", "l1", "l2", "l7"]
    assert re.findall(r"\?lang=(l\d)", menu) == ["l3", "l4", "l5", "l6"]
    assert bar.count('aria-current="page"') == 1


def test_toast_that_can_be_undone_is_a_form(looks: Flask) -> None:
    looks.add_template_global(lambda: "token", "csrf_token")

    html = render_template_string(
        "{% from 'ui/toast.html' import toast %}{{ toast('Gone', action_url='/undo', action_label='Undo') }}"
    )

    assert '<form method="post" action="/undo">' in html
    assert 'name="csrf_token" value="token"' in html
    assert 'data-toast="goes"' in html
