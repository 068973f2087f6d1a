"""The formats of the exchange: what is written is read again the same, what is damaged is refused with a reason."""

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.domain.exchange import formats, inline, tables, units
from webapp.domain.exchange.units import Damaged, Document, Unit, fingerprint

ID = "00000000-0000-4000-8000-{:012d}"
MARKUP = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", '<a href="https://x.example/?a=1&b=2">', "</a>", "<br>", "<!-- x -->", "&nbsp;",
     "&amp;", "]]>", "<![CDATA[", "<", ">", "&", '"', "'", "%s", "{name}", "=1+1", "'=1", "-", "@", "\\n", "\\",
     "#, fuzzy"]
)  # fmt: skip
SCRIPTS = st.sampled_from(
    ["京都の朝", "مسا الواحات", "שלום", "é", "e\u0301", "👩‍👩‍👧", "\u200f", "\u2028", "\x85", "\ufeff", "ก็"]
)
CONTROLS = st.sampled_from(
    ["\x01", "\x08", "\x0b", "\x0c", "\x1b", "\x1f", "\x7f", "\ufffe", "\uffff", "\t", "\n", "\r"]
)
ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
TEXTS = st.lists(st.one_of(MARKUP, SCRIPTS, CONTROLS, st.text(ANY, max_size=8)), max_size=12).map("".join)
STATES = st.sampled_from(units.STATES)


def unit(number=1, *, field="alt", **said):
    return Unit(id=units.unit_id("item", units.UUID(ID.format(number)), field), field=field, **said)


def document(*some):
    return Document(source="en", target="fr", units=some)


def back(content):
    return formats.read(content)[1]


@st.composite
def unit_lists(draw):
    made = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        state = draw(STATES)
        target = "" if state == "missing" else draw(TEXTS)
        field = draw(st.sampled_from(["alt", "html", "description"]))
        notes = {"place": draw(TEXTS), "note": draw(TEXTS), "was": draw(TEXTS) if state == "stale" else ""}
        made.append(
            unit(number, field=field, source=draw(TEXTS) or "x", target=target, state=state, most=250, **notes)
        )
    return made


@pytest.mark.parametrize("name", formats.FORMATS)
@given(some=unit_lists())
@example(some=[unit(source="a\r\nb\x01<", target="\x0b<p", state="done", field="html")])
@example(some=[unit(source="<a \x01>", target="<a \x01><a \x01>", state="done", field="html")])
@example(
    some=[
        unit(source=" a ", target="\n\n", state="done", place="x\ny"),
        unit(2, source="'=", target="''=1", state="stale"),
    ]
)
def test_what_is_written_is_read_again_to_the_letter(name, some):
    returned = back(formats.written(document(*some), name))

    assert [(each.id, each.source, each.target, each.fingerprint) for each in returned] == [
        (each.id, each.source, each.target, fingerprint(each.source)) for each in some
    ]
    assert {each.language for each in returned} == {"fr"}
    assert [each.trouble for each in returned] == [""] * len(some)


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_file_is_known_by_what_is_in_it(name):
    content = formats.written(document(unit(source="A", target="B", state="done")), name)
    found, _ = formats.read(content)

    assert (
        found.label.partition(" for ")[0].partition(" (")[0]
        == formats.FORMATS[name].label.partition(" for ")[0].partition(" (")[0]
    )


@pytest.mark.parametrize(("name", "finished"), [("xliff12", True), ("xliff20", True), ("po", False), ("csv", True)])
def test_a_stale_text_leaves_with_what_its_source_was(name, finished):
    content = formats.written(document(unit(source="Now", target="Avant", state="stale", was="Before")), name)

    assert b"Before" in content
    assert [each.finished for each in back(content)] == [finished]


def test_excel_is_told_that_a_file_is_utf_8():
    plain, excel = (formats.written(document(unit(source="é")), name) for name in ("csv", "csv-excel"))

    assert excel == b"\xef\xbb\xbf" + plain


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "'=1", "''=1", "＝1"])
def test_a_spreadsheet_takes_no_cell_for_a_formula(cell):
    content = formats.written(document(unit(source=cell, target=cell, state="done", note=cell, place=cell)), "csv")
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))

    assert [each for each in rows[1] if re.match(r"[=+\-@\t\r＝]", each)] == []
    assert [(each.source, each.target) for each in back(content)] == [(cell, cell)]


@given(TEXTS)
def test_a_cell_that_is_marked_can_be_unmarked(cell):
    assert tables.unmarked(tables.marked(cell)) == cell


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_table_may_come_back_with_other_delimiters(delimiter):
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows(
        [["id", "language", "source", "target"], ["x", "fr", "a,b", "c;d"]]
    )

    assert [(each.id, each.source, each.target) for each in back(written.getvalue().encode())] == [
        ("x", "a,b", "c;d")
    ]


def test_codes_have_the_same_id_in_both_languages():
    source = inline.pieces("<p>One <b>two</b></p>", html=True)
    target = inline.pieces("<p><b>Deux</b> un <i>x</i></p>", html=True, known=source)
    ids = {piece.text: piece.id for piece in target if isinstance(piece, inline.Code)}

    assert {ids[text] for text in ("<p>", "<b>", "</b>", "</p>")} == {"c1", "c2", "c3", "c4"}
    assert ids["<i>"] not in {"c1", "c2", "c3", "c4"}


XLIFF1 = """<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file original="x" datatype="html"
 source-language="en" target-language="fr"><body><group><trans-unit id="u"><source>{source}</source>{target}\
</trans-unit></group></body></file></xliff>"""


def xliff1(target, source='<ph id="c1">&lt;b&gt;</ph>One'):
    return back(XLIFF1.format(source=source, target=target).encode())[0]


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("<target>Un</target>", "Un"),
        ("<target/>", ""),
        ("", ""),
        ("<target><![CDATA[a<b]]>&#233;</target>", "a<bé"),
        ('<target><mrk mtype="seg" mid="0">Un </mrk><mrk mtype="seg" mid="1">deux</mrk></target>', "Un deux"),
        ('<target><ph id="c1"/>Un</target>', "<b>Un"),
        ('<target><x id="c1"/>Un</target>', "<b>Un"),
        ('<target><ph id="c1">&lt;b&gt;</ph>Un</target>', "<b>Un"),
        ("<seg-source>One</seg-source><target>Un</target><alt-trans><target>Autre</target></alt-trans>", "Un"),
    ],
)
def test_what_other_tools_make_of_xliff_1_is_read(target, text):
    found = xliff1(target)

    assert (found.target, found.trouble, found.language) == (text, "", "fr")


@pytest.mark.parametrize(
    "target",
    ['<target><g id="1">Un</g></target>', '<target><x id="9"/></target>', '<target><ph id="cpzz-1"/></target>'],
)
def test_a_code_that_nobody_sent_out_is_trouble_of_its_text_alone(target):
    assert "not in it when it left" in xliff1(target).trouble


@pytest.mark.parametrize(
    ("state", "finished"), [("new", False), ("needs-translation", False), ("translated", True), ("final", True)]
)
def test_an_unfinished_text_of_xliff_1_is_known(state, finished):
    assert xliff1(f'<target state="{state}">Un</target>').finished is finished


XLIFF2 = """<xliff version="2.1" srcLang="en" trgLang="fr" xmlns="urn:oasis:names:tc:xliff:document:2.0"><file id="f">
<group id="g"><unit id="u">{inside}</unit></group></file></xliff>"""


def xliff2(inside):
    return back(XLIFF2.format(inside=inside).encode())[0]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<segment><source>One</source><target>Un</target></segment>", "Un"),
        ("<segment><source>One</source></segment>", ""),
        (
            "<segment><source>One.</source><target>Un.</target></segment><ignorable><source> </source></ignorable>"
            "<segment><source>Two.</source><target>Deux.</target></segment>",
            "Un. Deux.",
        ),
        ("<segment><source>A.</source><target>B.</target></segment><segment><source>C.</source></segment>", ""),
        (
            '<originalData><data id="d">&lt;b&gt;<cp hex="0001"/></data></originalData>'
            '<segment><source><ph id="1" dataRef="d"/></source>'
            '<target><ph id="1"/>x<cp hex="0002"/></target></segment>',
            "<b>\x01x\x02",
        ),
        (
            "<segment><source>A</source>"
            '<target><mrk id="m" type="term">B</mrk><sm id="s"/>C<em startRef="s"/></target></segment>',
            "BC",
        ),
    ],
)
def test_what_other_tools_make_of_xliff_2_is_read(inside, text):
    found = xliff2(inside)

    assert (found.target, found.trouble, found.language) == (text, "", "fr")


def test_parts_in_another_order_are_trouble():
    inside = '<segment><source>A</source><target order="2">B</target></segment>'

    assert "another order" in xliff2(inside).trouble


def test_an_unfinished_text_of_xliff_2_is_known():
    parts = '<segment state="{}"><source>A</source><target>B</target></segment>'

    assert not xliff2(parts.format("initial")).finished
    assert xliff2(parts.format("reviewed")).finished


PO = 'msgid ""\nmsgstr ""\n"Language: pt_BR\\n"\n\n'


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('msgctxt "u"\nmsgid "A"\nmsgstr "B"', ("u", "A", "B", True)),
        ('msgctxt "u"\nmsgid ""\n"A\\n"\n"b"\nmsgstr ""\n"B\\t\\"\\\\"', ("u", "A\nb", 'B\t"\\', True)),
        ('#, fuzzy, c-format\nmsgctxt "u"\nmsgid "A"\nmsgstr "B"', ("u", "A", "B", False)),
        (
            '# a remark\n#: place:1\n#| msgid "was"\nmsgctxt "u"\nmsgid "A"\nmsgstr "\\001\\x1b"',
            ("u", "A", "\x01\x1b", True),
        ),
        ('msgctxt  "u"\r\nmsgid "A"\r\nmsgstr "B"\r\n\r\n#~ msgid "old"\r\n#~ msgstr "gone"', ("u", "A", "B", True)),
    ],
)
def test_what_other_tools_make_of_po_is_read(entry, said):
    found = back((PO + entry).encode())

    assert [(each.id, each.source, each.target, each.finished) for each in found] == [said]
    assert found[0].language == "pt-BR"


def test_entries_of_po_need_no_blank_line_between_them():
    found = back((PO + 'msgctxt "u"\nmsgid "A"\nmsgstr "B"\nmsgctxt "v"\nmsgid "C"\nmsgstr "D"').encode())

    assert [(each.id, each.target) for each in found] == [("u", "B"), ("v", "D")]


def test_plural_forms_are_trouble_of_their_text_alone():
    plural = 'msgctxt "u"\nmsgid "A"\nmsgid_plural "As"\nmsgstr[0] "B"\nmsgstr[1] "Bs"\n\n'
    found = back((PO + plural + 'msgctxt "v"\nmsgid "C"\nmsgstr "D"').encode())

    assert [bool(each.trouble) for each in found] == [True, False]


def test_a_row_with_too_few_cells_is_trouble_of_its_text_alone():
    found = back(b"id,language,source,target\nu,fr,A\nv,fr,C,D\n")

    assert [bool(each.trouble) for each in found] == [True, False]
    assert "3 cells" in found[0].trouble


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
WHOLE = XLIFF1.format(source="A", target="<target>B</target>")
DAMAGED = {
    "nothing": (b"", "empty"),
    "blanks": (b"\xef\xbb\xbf \r\n", "empty"),
    "a-laugh": (f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><xliff>&l9;</xliff>'.encode(), "document type"),
    "a-file": (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xliff>&e;</xliff>', "document type"),
    "a-far-dtd": (b'<!DOCTYPE xliff SYSTEM "http://127.0.0.1:1/x.dtd"><xliff version="1.2"/>', "document type"),
    "a-parameter": (b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/">%p;]><xliff/>', "document type"),
    "an-unknown-entity": (WHOLE.replace(">B<", ">&nbsp;<").encode(), "undefined entity"),
    "cut-off": (WHOLE.encode()[:-30], "no whole XML"),
    "cut-in-a-character": ("<xliff version='1.2'>é".encode()[:-1], "no whole XML"),
    "crossed": (WHOLE.replace("</source>", "</sorce>").encode(), "mismatched tag"),
    "two-roots": ((WHOLE + WHOLE).encode(), "no whole XML"),
    "a-control": (WHOLE.replace(">B<", ">\x01<").encode(), "no whole XML"),
    "no-utf-8": (WHOLE.encode().replace(b">B<", b">\xff\xfe<"), "no whole XML"),
    "an-unknown-encoding": (b'<?xml version="1.0" encoding="klingon"?><xliff version="1.2"/>', "encoding"),
    "too-deep": (b"<xliff version='1.2'>" + b"<group>" * 100, "nested"),
    "another-xml": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "<svg>"),
    "another-version": (b"<xliff version='3.0'/>", "no XLIFF 1.2 or 2.0"),
    "another-space": (b"<xliff version='1.2' xmlns='urn:x'/>", "outermost"),
    "no-texts": (b"<xliff version='2.0' xmlns='urn:oasis:names:tc:xliff:document:2.0'/>", "no text"),
    "po-cut-off": (b'msgctxt "u"\nmsgid "A"\n', "middle of a text"),
    "po-unquoted": (b'msgctxt "u"\nmsgid A\nmsgstr "B"\n', "Line 2"),
    "po-open-quote": (b'msgctxt "u"\nmsgid "A\nmsgstr "B"\n', "Line 2"),
    "po-twice": (b'msgctxt "u"\nmsgid "A"\nmsgid "A"\nmsgstr "B"\n', "Line 3"),
    "po-latin": (b'msgid ""\nmsgstr "Content-Type: text/plain; charset=ISO-8859-1\\n"\n', "ISO-8859-1"),
    "po-no-utf-8": (b'msgctxt "u"\nmsgid "A"\nmsgstr "\xe9"\n', "no UTF-8"),
    "csv-latin": ("id,language,target\nu,fr,é\n".encode("latin-1"), "no UTF-8"),
    "csv-utf-16": ("id,language,target\nu,fr,B\n".encode("utf-16"), "UTF-16"),
    "csv-open-quote": (b'id,language,target\nu,fr,"B\n', "no row"),
    "csv-crossed-quote": (b'id,language,target\nu,fr,"B"x\n', "no row"),
    "csv-without-columns": (b"u,fr,B\n", "id, language, target"),
    "a-spreadsheet": (b"PK\x03\x04rest", "another program"),
    "a-picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "no UTF-8"),
    "too-large": (b"x" * (units.MOST_BYTES + 1), "larger than 16 MiB"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_refused_with_a_reason(name):
    content, reason = DAMAGED[name]

    with pytest.raises(Damaged) as refused:
        formats.read(content)

    assert reason in refused.value.message
    assert (refused.value.code, refused.value.field) == ("damaged", "file")


def read_or_refused(content):
    """Return the texts of a file, or the reason why it is none."""
    try:
        return formats.read(content)[1]
    except Damaged as refused:
        return refused.message


@given(st.binary(max_size=300))
@example(b"<\x00")
@example(b'msgid "')
def test_no_file_at_all_does_more_than_be_refused(content):
    assert read_or_refused(content)


@given(st.data(), st.sampled_from(sorted(formats.FORMATS)))
def test_a_file_with_bytes_lost_is_read_or_refused(data, name):
    whole = formats.written(document(unit(source="<p>é</p>", target="<b>\x01</b>", state="done", field="html")), name)
    start = data.draw(st.integers(0, len(whole)))

    assert read_or_refused(whole[:start] + whole[start + data.draw(st.integers(0, 40)) :])


def test_a_file_holds_so_many_texts_and_no_more(monkeypatch):
    monkeypatch.setattr(units, "MOST_UNITS", 3)
    rows = "".join(f"u{n},fr,B\n" for n in range(4))

    with pytest.raises(Damaged, match="3 texts at most"):
        formats.read(f"id,language,target\n{rows}".encode())


def test_a_file_that_would_not_be_taken_back_is_not_sent_out(monkeypatch):
    monkeypatch.setattr(formats, "MOST_BYTES", 400)

    with pytest.raises(Damaged, match="ask for fewer"):
        formats.written(document(*(unit(n, source="long " * 9) for n in range(1, 9))), "xliff12")
