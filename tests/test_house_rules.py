"""The rules of the house that a machine can keep; ARCHITECTURE.md says why."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(path for path in (ROOT / "webapp").rglob("*.py") if "migrations/versions" not in path.as_posix())
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FRAGMENTS = [path for path in TEMPLATES if path.name.startswith("_") and path.parent.name != "errors"]
MACROS = sorted((ROOT / "templates" / "ui").glob("*.html"))
NOT_BLUEPRINTS = {"layouts", "ui", "errors", "emails"}
FORBIDDEN_NAMES = re.compile(r"\b(util|utils|helper|helpers|manager|service|services)\b")
MOST_LINES = 400
MOST_FUNCTION_LINES = 25
ROUTE_FUNCTION_LINES = 12
ORM_WORDS = re.compile(r"\bdb\.session\b|\bselect\(")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without its signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_modules_are_one_thing(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_modules_say_what_they_are(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))

    assert docstring, "every module begins with one line that says what it is"
    assert not FORBIDDEN_NAMES.search(path.stem)


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_functions_are_short(path: Path) -> None:
    lengths = {found.name: body_lines(found) for found in functions(path)}

    assert {name: lines for name, lines in lengths.items() if lines > MOST_FUNCTION_LINES} == {}


@pytest.mark.parametrize("path", [path for path in MODULES if re.search("/(web|api)/", named(path))], ids=named)
def test_doors_hold_no_query(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if ORM_WORDS.search(line)] == []


@pytest.mark.parametrize("path", [path for path in MODULES if "/web/" in named(path)], ids=named)
def test_views_translate_and_no_more(path: Path) -> None:
    views = [found for found in functions(path) if any(is_route(each) for each in found.decorator_list)]

    assert [f"{view.name}: {body_lines(view)}" for view in views if body_lines(view) > ROUTE_FUNCTION_LINES] == []


def is_route(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in ("get", "post", "route", "put", "patch", "delete")
    )


def test_only_one_room_opens_pictures() -> None:
    opens = re.compile(r"\b(import pyvips|from PIL)\b")
    openers = {named(path) for path in MODULES if opens.search(path.read_text(encoding="utf-8"))}

    assert {name for name in openers if not name.startswith("webapp/infra/image_process/")} == {
        "webapp/infra/painting.py"
    }


def test_only_one_room_knows_htmx_headers() -> None:
    knowing = {named(path) for path in MODULES if re.search(r"[\"']HX-", path.read_text(encoding="utf-8"))}

    assert knowing == {"webapp/web/hx.py"}


def test_only_the_domain_sends_events() -> None:
    senders = {named(path) for path in MODULES if "events.publish" in path.read_text(encoding="utf-8")}

    assert {name for name in senders if not name.startswith("webapp/domain/")} == set()


@pytest.mark.parametrize("path", FRAGMENTS, ids=named)
def test_fragments_stand_alone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    thing = path.parent.name.removesuffix("ies") + "y" if path.parent.name.endswith("ies") else path.parent.name
    wanted = path.stem[1:].replace("_", "-")

    assert "{% extends" not in text
    assert re.search(rf'id="({path.parent.name}|{thing})-{wanted}"', text), f"its root's id is {thing}-{wanted}"


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_templates_keep_the_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle\s*=", text), "no inline style"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "no inline handler"
    assert not re.search(r"<script(?![^>]*(?:\bsrc=|type=\"application/ld\+json\"))", text), "no inline script"
    assert not re.search(r"\bhx-on[:-]|js:", text), "nothing that needs eval"


def test_template_folders_are_blueprints() -> None:
    folders = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    blueprints = {path.name for path in (ROOT / "webapp" / "web").iterdir() if path.is_dir()}

    assert folders - NOT_BLUEPRINTS - blueprints == set()


@pytest.mark.parametrize("path", MACROS, ids=named)
def test_macros_are_used(path: Path) -> None:
    name = f"ui/{path.name}"
    users = [other for other in TEMPLATES if other != path and name in other.read_text(encoding="utf-8")]

    assert users, f"nobody uses {name}"
