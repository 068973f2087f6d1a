"""Several modules in one file: an editor is a dozen small modules, and a browser asks for them once.

Only what our own modules are written in is understood: imports of names at the head of a module, exports before what
they name. Each module keeps a scope of its own; what it exports is handed to those that import it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Final

BUNDLES: Final = {
    "js/editor.js": ("grid", "autosave", "bulk", "focal", "presence"),
    "js/element.js": ("embedded", "background"),
}
"""Which modules are served in one; it exports the default of each by the module's name."""
SHARED: Final = "app"
"""The module that is on every page of ours: a bundle whose modules need it imports it."""

IMPORT: Final = re.compile(
    r'^import \{ (?P<names>\w+(?:, \w+)*) \} from "\./(?P<module>[\w-]+)\.js";\n', re.MULTILINE
)
DEFAULT: Final = re.compile(r"^export default (?P<named>function (?P<name>\w+))?", re.MULTILINE)
EXPORT: Final = re.compile(r"^export (?=(?:async function|function|class|const) (?P<name>\w+))", re.MULTILINE)
REMARK: Final = re.compile(r"^ *(?://.*|/\*\*.*\*/)\n", re.MULTILINE)
ANY: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class CannotBundle(Exception):
    """A module is written in a way that is not understood here."""


def bundles(bodies: Mapping[str, bytes]) -> dict[str, bytes]:
    """Make the bundles that can be made of these files. Raises CannotBundle."""
    return {
        name: in_one(modules, bodies).encode()
        for name, modules in BUNDLES.items()
        if all(f"js/{module}.js" in bodies for module in modules)
    }


def in_one(modules: Iterable[str], bodies: Mapping[str, bytes]) -> str:
    """Write modules and all they import, but the shared one, as one module, what is imported first."""
    texts = dict(reached(modules, bodies))
    needs = {name: [found["module"] for found in IMPORT.finditer(text)] for name, text in texts.items()}
    order = [name for name in TopologicalSorter(needs).static_order() if name != SHARED]
    scopes = [scope(name, texts[name]) for name in order]
    is_shared = any(SHARED in needed for needed in needs.values())
    shared = [f'import * as {variable(SHARED)} from "./{SHARED}.js";'] if is_shared else []
    handed = [f"export const {name} = {variable(name)}.default;" for name in modules]
    return "\n".join([*shared, *scopes, *handed, ""])


def reached(modules: Iterable[str], bodies: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """List modules and all they import, but the shared one, with their texts."""
    for name in modules:
        text = bodies[f"js/{name}.js"].decode()
        yield name, text
        yield from reached((found["module"] for found in IMPORT.finditer(text) if found["module"] != SHARED), bodies)


def scope(name: str, text: str) -> str:
    """Write a module as a constant that holds what it exports, its remarks left out."""
    text = REMARK.sub("", text)
    names = [found["name"] for found in EXPORT.finditer(text)]
    text = IMPORT.sub(lambda found: f"const {{ {found['names']} }} = {variable(found['module'])};\n", text)
    if default := DEFAULT.search(text):
        names.append(f"default: {default['name'] or 'whole'}")
        text = DEFAULT.sub(lambda found: found["named"] or "const whole = ", text)
    text = EXPORT.sub("", text)
    if left := ANY.search(text):
        raise CannotBundle(f"static/js/{name}.js says {left[0]!r}")
    return f"const {variable(name)} = (() => {{\n{text}return {{ {', '.join(names)} }};\n}})();"


def variable(name: str) -> str:
    """Name the constant of a module: one that no module uses."""
    return f"${name.replace('-', '_')}"
