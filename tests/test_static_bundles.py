"""Several modules in one file: each keeps its own scope, and what cannot be understood is not guessed."""

import re

import pytest

from webapp.config import PROJECT_ROOT
from webapp.static_bundles import BUNDLES, CannotBundle, bundles, in_one
from webapp.static_files import collect

PIECES = {
    "js/app.js": "export const say = (words) => words;\n",
    "js/grid.js": 'import { say } from "./app.js";\nimport { Line, far } from "./grid-drag.js";\n\n'
    "const own = 1;\nexport default (root) => [say(root), own, far(), new Line().own];\n",
    "js/grid-drag.js": 'import { deep } from "./grid-deep.js";\nconst own = 2;\n'
    "export const far = () => deep;\nexport class Line {\n  own = own;\n}\n",
    "js/grid-deep.js": "const own = 3;\nexport const deep = own;\n",
    "js/focal.js": 'import { deep } from "./grid-deep.js";\n\nexport default function focal() {\n  return deep;\n}\n',
}


def made(**changes):
    pieces = PIECES | {f"js/{name.replace('_', '-')}.js": text for name, text in changes.items()}
    return in_one(("grid", "focal"), {name: text.encode() for name, text in pieces.items()})


def test_a_bundle_imports_what_is_shared_and_holds_the_rest_once():
    text = made()

    assert re.findall(r"^import .*", text, re.MULTILINE) == ['import * as $app from "./app.js";']
    assert re.findall(r"^export .*", text, re.MULTILINE) == [
        "export const grid = $grid.default;",
        "export const focal = $focal.default;",
    ]
    assert text.count("const own = 3;") == 1
    places = [text.index(f"const ${name} = ") for name in ("grid_deep", "grid_drag", "grid")]
    assert places == sorted(places), "what is imported comes first"


@pytest.mark.parametrize(
    "strange",
    [
        "export * from './grid-deep.js';\n",
        'import { deep as dark } from "./grid-deep.js";\n',
        'import "./grid-deep.js";\n',
        "const deep = 1;\nexport { deep };\n",
    ],
)
def test_what_is_not_understood_is_refused_by_name(strange):
    with pytest.raises(CannotBundle, match=r"static/js/grid-drag\.js says "):
        made(grid_drag=strange)


def test_remarks_are_left_out_and_nothing_else():
    text = made(grid_drag='// What it is.\n/** Where it says so. */\nexport const far = "//"; // kept\n')

    assert "What it is" not in text
    assert "Where it says so" not in text
    assert 'const far = "//"; // kept\n' in text


def test_a_bundle_without_its_modules_is_not_made():
    assert bundles({"js/app.js": b""}) == {}


def test_every_bundle_gives_its_modules_and_leaves_no_import_behind():
    assets = collect(PROJECT_ROOT / "static")
    for name, modules in BUNDLES.items():
        text = assets[name].body.decode()
        assert re.findall(r"^export const (\w+)", text, re.MULTILINE) == list(modules)
        shared = [] if name == "js/element.js" else [assets["js/app.js"].path]
        assert re.findall(r'^import .* from "(.*)";', text, re.MULTILINE) == shared
