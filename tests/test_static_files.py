"""Static files: hashed, kept for good, compressed, and never two versions on one page."""

import gzip
import re

import brotli
import pytest
from flask import Flask

from webapp.config import PROJECT_ROOT
from webapp.static_files import BrokenReference, collect, init_static

FILES = {
    "css/site.css": "@import './parts/tile.css';\n"
    "@font-face { src: url('../fonts/a.woff2') }\n"
    '.x { background: url("../icon.svg#grid") }\n'
    ".y { background: url(data:image/png;base64,AAAA) }\n"
    ".z { mask: url(#clip) }\n" + ".filler { color: red }\n" * 40,
    "css/parts/tile.css": ".tile { background: url(../../icon.svg) }\n",
    "fonts/a.woff2": "not really a font " * 60,
    "icon.svg": '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "js/app.js": "import { grid } from './grid.js';\nimport './side.js';\n"
    "export * from \"../js/side.js\";\nconst later = () => import('./late.js');\n",
    "js/grid.js": "import {tile} from './parts/tile.js';export const grid = tile;\n",
    "js/late.js": "export const late = 1;\n",
    "js/side.js": "import { grid } from './grid.js';\n",
    "js/parts/tile.js": "export const tile = 1;\n",
    "vendor/MANIFEST": "not served",
}


@pytest.fixture
def folder(tmp_path):
    """A folder of files that refer to each other."""
    write(tmp_path, FILES)
    return tmp_path


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def client_of(folder):
    app = Flask("static-test", static_folder=None)
    init_static(app, folder)
    app.add_url_rule(
        "/page",
        view_func=lambda: app.jinja_env.from_string("{{ static_url('icon.svg') }}").render(),
        endpoint="page",
    )
    return app.test_client()


def test_static_url_names_a_file_by_its_content(folder):
    path = collect(folder)["css/site.css"].path

    assert re.fullmatch(r"/static/css/site\.[0-9a-f]{12}\.css", path)


def test_static_url_refuses_a_name_that_is_not_there(folder):
    client = client_of(folder)
    global_ = client.application.jinja_env.globals["static_url"]

    with pytest.raises(LookupError, match=r"css/nothing\.css"):
        global_("css/nothing.css")


def test_templates_write_the_hashed_address(folder):
    assert client_of(folder).get("/page").text == collect(folder)["icon.svg"].path


def test_hashed_file_is_kept_for_good_with_its_type(folder):
    answer = client_of(folder).get(collect(folder)["js/app.js"].path)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_plain_name_answers_the_same_bytes_for_a_short_time(folder):
    client = client_of(folder)

    plain = client.get("/static/js/grid.js")

    assert plain.headers["Cache-Control"] == "public, max-age=60"
    assert plain.data == client.get(collect(folder)["js/grid.js"].path).data


def test_stylesheet_names_hashed_fonts_pictures_and_imports(folder):
    assets = collect(folder)

    text = assets["css/site.css"].body.decode()

    assert f"@import '{assets['css/parts/tile.css'].path}'" in text
    assert f"url('{assets['fonts/a.woff2'].path}')" in text
    assert f'url("{assets["icon.svg"].path}#grid")' in text
    assert "url(data:image/png;base64,AAAA)" in text
    assert "url(#clip)" in text
    assert assets["icon.svg"].path in assets["css/parts/tile.css"].body.decode()


def test_module_imports_hashed_modules_in_every_form(folder):
    assets = collect(folder)

    text = assets["js/app.js"].body.decode()

    assert f"from '{assets['js/grid.js'].path}'" in text
    assert f"import '{assets['js/side.js'].path}'" in text
    assert f'from "{assets["js/side.js"].path}"' in text
    assert f"import('{assets['js/late.js'].path}')" in text
    assert assets["js/parts/tile.js"].path in assets["js/grid.js"].body.decode()


def test_change_deep_down_renames_everything_above_and_nothing_else(folder):
    before = collect(folder)

    write(folder, {"js/parts/tile.js": "export const tile = 22;\n"})
    after = collect(folder)

    renamed = {name for name in before if before[name].path != after[name].path}
    assert renamed == {"js/parts/tile.js", "js/grid.js", "js/side.js", "js/app.js"}


def test_old_address_is_gone_after_a_change(folder):
    old = collect(folder)["js/parts/tile.js"].path
    write(folder, {"js/parts/tile.js": "export const tile = 22;\n"})

    assert client_of(folder).get(old).status_code == 404


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_text_is_packed_as_the_client_likes_it(folder, accepted, encoding):
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]

    answer = client_of(folder).get(collect(folder)["css/site.css"].path, headers={"Accept-Encoding": accepted})

    assert answer.headers.get("Content-Encoding") == encoding
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert unpack(answer.data) == collect(folder)["css/site.css"].body


def test_packed_text_is_smaller_and_a_font_is_left_alone(folder):
    assets = collect(folder)
    headers = {"Accept-Encoding": "br"}

    text = client_of(folder).get(assets["css/site.css"].path, headers=headers)
    font = client_of(folder).get(assets["fonts/a.woff2"].path, headers=headers)

    assert len(text.data) * 3 < len(assets["css/site.css"].body)
    assert "Content-Encoding" not in font.headers


def test_client_that_has_the_file_is_told_so(folder):
    client, path = client_of(folder), collect(folder)["icon.svg"].path
    tag = client.get(path).headers["ETag"]

    again = client.get(path, headers={"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"].endswith("immutable")


def test_head_has_the_headers_and_no_body(folder):
    client, path = client_of(folder), collect(folder)["icon.svg"].path

    head, whole = client.head(path), client.get(path)

    assert head.data == b""
    assert dict(head.headers) == dict(whole.headers)


def test_other_methods_are_refused(folder):
    answer = client_of(folder).post("/static/icon.svg")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static/vendor/MANIFEST",
        "/static//etc/passwd",
        "/static/",
        "/static/css",
    ],
)
def test_nothing_else_is_served(folder, path):
    assert client_of(folder).get(path).status_code == 404


def test_missing_reference_refuses_to_start(tmp_path):
    write(tmp_path, {"js/app.js": "import './gone.js';"})

    with pytest.raises(BrokenReference, match=r"static/js/app.js refers to './gone.js'"):
        collect(tmp_path)


def test_missing_reference_in_a_vendored_file_is_left_alone(tmp_path):
    write(tmp_path, {"vendor/lib.css": ".a { background: url(images/gone.png) }"})

    assert b"url(images/gone.png)" in collect(tmp_path)["vendor/lib.css"].body


def test_modules_in_a_circle_are_named(tmp_path):
    write(tmp_path, {"js/a.js": "import './b.js';", "js/b.js": "import './a.js';"})

    with pytest.raises(BrokenReference, match=r"circle: .*js/a.js"):
        collect(tmp_path)


def test_folder_is_read_once_until_it_changes(folder):
    assert collect(folder) is collect(folder)


def test_files_of_this_version_refer_to_nothing_missing():
    assets = collect(PROJECT_ROOT / "static")

    assert len({asset.path for asset in assets.values()}) == len(assets) > 0
