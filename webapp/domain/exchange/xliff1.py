"""XLIFF 1.2, the format that every translator's tool reads: written to the strict schema, read leniently."""

from collections.abc import Iterator
from typing import Any, Final

from webapp.domain.exchange import inline, xml
from webapp.domain.exchange.inline import Code, foreign
from webapp.domain.exchange.units import Damaged, Document, Returned, Unit, check_room
from webapp.domain.exchange.xml import Node, quoted

SPACE: Final = "urn:oasis:names:tc:xliff:document:1.2"
HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<xliff xmlns="{SPACE}" version="1.2">\n'
    '<file original="vitrine" datatype="plaintext" source-language="{source}" target-language="{target}">\n<body>\n'
)
FOOT: Final = "</body>\n</file>\n</xliff>\n"
STATES: Final = {"machine": "needs-review-translation", "stale": "needs-adaptation", "done": "final"}
UNFINISHED: Final = frozenset({"new", "needs-translation"})


def write(document: Document) -> Iterator[str]:
    """Give a document piece by piece."""
    yield HEAD.format(source=quoted(document.source), target=quoted(document.target))
    for unit in document.units:
        yield _unit(unit, document)
    yield FOOT


def read(content: bytes) -> list[Returned]:
    """Return the texts of a file. Raises Damaged."""
    found: list[Returned] = []
    for above, node in xml.elements(content, ("trans-unit",)):
        if not above:
            _check_root(node)
            continue
        file = next((attributes for tag, attributes in reversed(above) if tag == "file"), {})
        found.append(_returned(node, file.get("target-language", "")))
        check_room(len(found))
    return found


def _check_root(root: Node) -> None:
    if root.tag != "xliff" or root.space != SPACE:
        raise Damaged("This is no XLIFF 1.2: its outermost element is another.")


def _unit(unit: Unit, document: Document) -> str:
    source = inline.pieces(unit.source, html=unit.html)
    lines = [
        f'<trans-unit id="{unit.id}" resname="{unit.field}" datatype="{"html" if unit.html else "plaintext"}"'
        f' xml:space="preserve" approved="{"yes" if unit.state == "done" else "no"}"'
        f' extradata="{unit.fingerprint}"{_limit(unit)}>',
        f'<source xml:lang="{quoted(document.source)}">{_inside(source)}</source>',
    ]
    if unit.target:
        target = inline.pieces(unit.target, html=unit.html, known=source)
        said = f'xml:lang="{quoted(document.target)}" state="{STATES.get(unit.state, "final")}"'
        qualifier = ' state-qualifier="leveraged-mt"' if unit.state == "machine" else ""
        lines.append(f"<target {said}{qualifier}>{_inside(target)}</target>")
    if unit.place:
        context = f'<context context-type="x-place">{quoted(unit.place)}</context>'
        lines.append(f'<context-group purpose="location">{context}</context-group>')
    lines += [f'<note from="developer">{quoted(note)}</note>' for note in (unit.note, _was(unit)) if note]
    return "\n".join([*lines, "</trans-unit>\n"])


def _limit(unit: Unit) -> str:
    return f' maxwidth="{unit.most}" size-unit="char"' if unit.most else ""


def _was(unit: Unit) -> str:
    return f"The source was: {unit.was}" if unit.was else ""


def _inside(pieces: inline.Pieces) -> str:
    return "".join(_code(piece) if isinstance(piece, Code) else quoted(piece) for piece in pieces)


def _code(code: Code) -> str:
    return f'<ph id="{code.id}">{f"U+{ord(code.text):04X}" if code.control else quoted(code.text)}</ph>'


def _returned(node: Node, language: str) -> Returned:
    source, target = node.first("source"), node.first("target")
    said: dict[str, Any] = {"id": node.attributes.get("id", "")}
    said["fingerprint"] = node.attributes.get("extradata", "")
    said["language"] = (target.attributes.get("xml:lang", "") if target else "") or language
    try:
        known = _known(source)
        said |= {"source": inline.joined(source, known), "target": inline.joined(target, known)}
    except inline.Unknown as unknown:
        return Returned(**said, trouble=foreign(unknown))
    state = target.attributes.get("state", "") if target else ""
    return Returned(**said, finished=state not in UNFINISHED)


def _known(source: Node | None) -> dict[str, str]:
    return {code.attributes.get("id", ""): code.text for code in source.all("ph")} if source else {}
