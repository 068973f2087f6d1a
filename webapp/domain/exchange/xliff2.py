"""XLIFF 2.0: the newer standard, in which codes refer to data and control characters have an element."""

from collections.abc import Iterator
from typing import Any, Final

from webapp.domain.exchange import inline, xml
from webapp.domain.exchange.inline import Code, foreign
from webapp.domain.exchange.units import Damaged, Document, Returned, Unit, check_room
from webapp.domain.exchange.xml import Node, quoted
from webapp.domain.sentences import Sentence

SPACE: Final = "urn:oasis:names:tc:xliff:document:2.0"
HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<xliff xmlns="{SPACE}" version="2.0" srcLang="{{source}}" trgLang="{{target}}">\n'
    '<file id="vitrine" xml:space="preserve">\n'
)
FOOT: Final = "</file>\n</xliff>\n"
FINGERPRINT: Final = "vitrine-source"
STATES: Final = {
    "machine": ' state="translated" subState="vitrine:machine"',
    "stale": ' state="translated" subState="vitrine:stale"',
    "done": ' state="final"',
}
VERSIONS: Final = ("2.0", "2.1", "2.2")


def write(document: Document) -> Iterator[str]:
    """Give a document piece by piece; one without texts is no XLIFF 2.0, which wants a unit in each file."""
    yield HEAD.format(source=quoted(document.source), target=quoted(document.target))
    for unit in document.units:
        yield _unit(unit)
    yield FOOT


def read(content: bytes) -> list[Returned]:
    """Return the texts of a file. Raises Damaged."""
    found: list[Returned] = []
    language = ""
    for above, node in xml.elements(content, ("unit",)):
        if not above:
            language = _language(node)
            continue
        found.append(_returned(node, language))
        check_room(len(found))
    return found


def _language(root: Node) -> str:
    if root.tag != "xliff" or root.attributes.get("version") not in VERSIONS:
        raise Damaged("This is no XLIFF 2: its outermost element is another.")
    return root.attributes.get("trgLang", "")


def _unit(unit: Unit) -> str:
    source = inline.pieces(unit.source, html=unit.html)
    target = inline.pieces(unit.target, html=unit.html, known=source)
    kept = {code.id: code for code in (*source, *target) if isinstance(code, Code) and not code.control}
    notes = [("place", unit.place), ("note", unit.note), ("was", unit.was), ("limit", str(unit.most or ""))]
    said = "".join(f'<note category="{name}">{quoted(text)}</note>' for name, text in notes if quoted(text))
    data = "".join(f'<data id="d-{code.id}">{quoted(code.text)}</data>' for code in kept.values())
    return "\n".join(
        [
            f'<unit id="{unit.id}" name="{unit.field}">',
            f'<notes>{said}<note category="{FINGERPRINT}">{unit.fingerprint}</note></notes>',
            *([f"<originalData>{data}</originalData>"] if data else []),
            f'<segment id="s1"{STATES.get(unit.state, "") if unit.target else ""}>',
            f"<source>{_inside(source)}</source>",
            *([f"<target>{_inside(target)}</target>"] if unit.target else []),
            "</segment>\n</unit>\n",
        ]
    )


def _inside(pieces: inline.Pieces) -> str:
    return "".join(_code(piece) if isinstance(piece, Code) else quoted(piece) for piece in pieces)


def _code(code: Code) -> str:
    if code.control:
        return f'<cp hex="{ord(code.text):04X}"/>'
    return f'<ph id="{code.id}" dataRef="d-{code.id}"/>'


def _returned(node: Node, language: str) -> Returned:
    notes = node.first("notes")
    marks = {note.attributes.get("category"): note.text.strip() for note in notes.all("note")} if notes else {}
    said: dict[str, Any] = {"id": node.attributes.get("id", ""), "language": language}
    said["fingerprint"] = marks.get(FINGERPRINT, "")
    parts = [each for each in node.children if isinstance(each, Node) and each.tag in ("segment", "ignorable")]
    try:
        source, target = _texts(node, parts)
    except inline.Unknown as unknown:
        return Returned(**said, trouble=foreign(unknown))
    if any("order" in target.attributes for part in parts for target in part.all("target")):
        moved = Sentence("Its parts were put in another order, which cannot be followed.")
        return Returned(**said, trouble=moved)
    unfinished = any(part.attributes.get("state") == "initial" for part in parts)
    return Returned(**said, source=source, target=target, finished=not unfinished)


def _texts(node: Node, parts: list[Node]) -> tuple[str, str]:
    """Return source and target of a unit, which a tool may have cut into segments; a missing part is no target."""
    kept = node.first("originalData")
    data = {each.attributes.get("id", ""): inline.joined(each, {}) for each in kept.all("data")} if kept else {}
    sources = [inline.joined(part.first("source"), {}, within=data) for part in parts]
    known = {
        code.attributes.get("id", ""): data.get(code.attributes.get("dataRef", ""), "")
        for part in parts
        for source in part.all("source")
        for code in source.all("ph")
    }
    targets: list[str] = []
    for part, source in zip(parts, sources, strict=True):
        target = part.first("target")
        if target is None and part.tag == "segment":
            return "".join(sources), ""
        targets.append(inline.joined(target, known, within=data) if target else source)
    return "".join(sources), "".join(targets)
