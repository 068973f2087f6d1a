"""What leaves, read by others: the OASIS schemas, and translate-toolkit (GPL: a tool of the tests, no part of us)."""

from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from lxml import etree
from translate.storage import csvl10n, po, xliff, xliff2

from tests.domain.test_exchange_formats import TEXTS, unit_lists
from webapp.domain.exchange import formats
from webapp.domain.exchange.units import Document, Unit, unit_id

SCHEMAS = Path(__file__).resolve().parent.parent / "vendor" / "xliff"
FILES = {"xliff12": "xliff-core-1.2-strict.xsd", "xliff20": "xliff-core-2.0.xsd"}
ELSEWHERE = ("http://www.w3.org/2001/xml.xsd", "informativeCopiesOf3rdPartySchemas/w3c/xml.xsd")
MARKED = '<p dir="ltr">One <b>{name}</b>\x01 &amp; 京都 </p>'


@cache
def schema(name):
    """Return the schema of a format; what it imports stands beside it."""
    text = (SCHEMAS / FILES[name]).read_text(encoding="utf-8")
    for place in ELSEWHERE:
        text = text.replace(f'schemaLocation="{place}"', 'schemaLocation="xml.xsd"')
    parser = etree.XMLParser(no_network=True)
    return etree.XMLSchema(etree.fromstring(text.encode(), parser, base_url=str(SCHEMAS / FILES[name])))


def document(*some, target="fr"):
    return Document(source="en", target=target, units=some)


def unit(number=1, *, field="alt", **said):
    return Unit(id=unit_id("item", UUID(int=number), field), field=field, **said)


def parsed(content):
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=40, deadline=None)
@given(some=unit_lists())
def test_a_file_keeps_to_the_oasis_schema(name, some):
    schema(name).assertValid(parsed(formats.written(document(*some, target="zh-Hans"), name)))


@pytest.mark.parametrize("name", FILES)
def test_the_schema_refuses_what_is_wrong(name):
    content = formats.written(document(unit(source="A")), name)

    assert not schema(name).validate(parsed(content.replace(b"<source", b"<sauce").replace(b"</source", b"</sauce")))


@pytest.mark.parametrize(("name", "storage"), [("xliff12", xliff.Xliff1File), ("xliff20", xliff2.Xliff2File)])
class TestToolkit:
    def test_xliff_is_read_text_by_text(self, name, storage):
        some = [
            unit(1, source="A boat\n& <sea>", target="Une barque", state="done"),
            unit(2, source="A pier"),
            unit(3, source="Now", target="Avant", state="stale", was="Before"),
        ]

        found = storage.parsestring(formats.written(document(*some), name))

        assert [(str(each.source), str(each.target or "")) for each in found.units] == [
            (each.source, each.target) for each in some
        ]
        assert [each.getid().rpartition("\x04")[2].removesuffix("::s1") for each in found.units] == [
            each.id for each in some
        ]

    def test_what_the_toolkit_fills_in_comes_back(self, name, storage):
        some = [unit(1, source="A boat"), unit(2, source=MARKED, field="html"), unit(3, source="A pier")]
        store = storage.parsestring(formats.written(document(*some), name))
        store.units[0].target = "Une <barque>\n京都"

        returned = formats.read(bytes(store))[1]

        assert [(each.id, each.source, each.target, each.fingerprint) for each in returned] == [
            (each.id, each.source, target, each.fingerprint)
            for each, target in zip(some, ("Une <barque>\n京都", "", ""), strict=True)
        ]
        assert [each.finished for each in returned] == [True, True, True]


@settings(max_examples=40, deadline=None)
@given(source=TEXTS.filter(str.strip), target=TEXTS)
def test_po_is_read_by_the_toolkit_to_the_letter(source, target):
    lost = "".join(map(chr, [*range(9), 11, 12, 13, *range(14, 32), 127, 0x85, 0x2028]))
    source, target = (text.translate(str.maketrans("", "", lost)) or "x" for text in (source, target))

    found = po.pofile.parsestring(formats.written(document(unit(source=source, target=target, state="done")), "po"))

    assert [(str(each.source), str(each.target)) for each in found.units if not each.isheader()] == [(source, target)]
    assert found.gettargetlanguage() == "fr"


def test_po_that_the_toolkit_writes_comes_back():
    some = [unit(1, source='A "boat"\nand\ta pier'), unit(2, source="Now", target="Avant", state="machine")]
    store = po.pofile.parsestring(formats.written(document(*some), "po"))
    store.units[1].target = 'Une "barque"\n\\o/'

    returned = formats.read(bytes(store))[1]

    assert [(each.id, each.source, each.target, each.finished) for each in returned] == [
        (some[0].id, some[0].source, 'Une "barque"\n\\o/', True),
        (some[1].id, "Now", "Avant", False),
    ]
    assert [each.fingerprint for each in returned] == [each.fingerprint for each in some]


def test_csv_is_read_by_the_toolkit():
    found = csvl10n.csvfile.parsestring(formats.written(document(unit(source="A, boat\n2", target="B")), "csv"))

    assert [(each.source, each.target) for each in found.units if not each.isheader()] == [("A, boat\n2", "B")]
