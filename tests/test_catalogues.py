"""The catalogues of the interface: whole, in step with the code, and harmless; and no word stands outside them."""

import ast
import gettext
import re
from collections import Counter
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from jinja2 import Environment, nodes

from webapp import catalogues
from webapp.catalogues import TRANSLATED
from webapp.config import PROJECT_ROOT

TEMPLATES = sorted((PROJECT_ROOT / "templates").rglob("*.*"))
SCRIPTS = sorted((PROJECT_ROOT / "static" / "js").rglob("*.js"))
RINGS = ("web", "domain", "infra/image_process")
MODULES = sorted(path for ring in RINGS for path in (PROJECT_ROOT / "webapp" / ring).rglob("*.py"))

PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
TAGS = re.compile(r"</?\w[^<>]*>|&\w+;")
IN_HTML = re.compile(r"[<>&\"]")
COUNT = "%(num)s"
WITHOUT_NUMBER = {"ar": {0, 1, 2}, "de": {0}}
"""Forms of a language that are of one number alone and may say it in a word: none, one, two."""

HOLE = "\0"
NAMED = re.compile(r'\b(?:aria-label|aria-description|title|placeholder|alt|label)="([^"]*)"')
KEY_CAPS = re.compile(r"<kbd\b[^<>]*>[^<>]*</kbd>")
NAMES = {"Vitrine", "lb", f"shot{HOLE} c{HOLE * 3} fx{HOLE} fy"}
"""Ours, and classes that stand in a block or a macro of their own."""
LETTERS = re.compile(r"[^\W\d_]{2,}")
ADDRESS = re.compile(r"https?://\S*")
NAMED_BUTTON = re.compile(r"button\(_\('([^']*)'\)(?:(?!button\().)*?'aria-label': _\('([^']*)'")
CAPITALISED = re.compile(r"[A-Z][a-z]+(?:,? [A-Za-z]+)*[.?!…:]?")
SENTENCE = re.compile(r"[A-Z][\w’']*,? .*[.?!…:]", re.DOTALL)
KEYS = re.compile(r"(?:Ctrl|Shift|Alt|Esc|Enter|Space|Tab)\b.*")
LOOKED_UP = {"_", "gettext", "ngettext"}
LOGGED = {"debug", "info", "warning", "error", "exception"}

SAID_TO_PROGRAMS = {
    "A sort order is a number from -",
    "Nothing is here.",
    "The file ends before.",
}
"""Sentences that no page shows: answers to those who ask for a file, and errors of the wire."""


@pytest.fixture(scope="module")
def template() -> Catalog:
    """All words of the interface, in English."""
    return catalogues.found()


def ids(catalogue: Catalog) -> set[object]:
    return {message.id for message in catalogues.words_of(catalogue)}


def forms(said: object) -> list[str]:
    return [said] if isinstance(said, str) else list(said or ())


def done(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogues.words_of(catalogue) if catalogues.is_done(message)]


def words(message: Message) -> list[str]:
    return forms(message.id)


# --- in step --------------------------------------------------------------------------------------------------------


def test_the_words_are_found_wherever_they_are_written(template: Catalog) -> None:
    assert len(ids(template)) > 1100
    for where, said in {
        "a template": "Galleries",
        "words for a script": "Picked up {what}, position {position} of {total}. Arrow keys move, Enter drops, "
        "Escape puts back.",
        "a form": "Write an email address.",
        "a refusal of the domain": "This account is deactivated. Reactivate it first.",
        "a refusal with values": "Write a name of %(least)s to %(most)s characters.",
        "what is not there": "Item",
        "a picture that is refused": "This file is empty.",
        "what a file is instead": "a PDF document",
        "a letter": "If it was not you, do nothing: your password stays as it is.",
    }.items():
        assert said in ids(template), where
    assert ("an item", "%(num)s items") in ids(template)


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_has_the_words_of_the_interface_and_no_others(code: str, template: Catalog) -> None:
    kept = ids(catalogues.kept(code))
    assert kept == ids(template), "./run words brings them in step"


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_leaves_nothing_out(code: str) -> None:
    waiting = [
        message.id
        for message in catalogues.words_of(catalogues.kept(code))
        if message.fuzzy or not catalogues.is_done(message)
    ]
    assert waiting == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_read_at_run_time_is_the_catalogue(code: str) -> None:
    path = catalogues.FOLDER / code / "LC_MESSAGES" / "messages.mo"
    with path.open("rb") as file:
        read = gettext.GNUTranslations(file)
    made = gettext.GNUTranslations(BytesIO(catalogues.compiled(code)))
    assert read._catalog == made._catalog, "./run words compiles them"


@pytest.mark.parametrize("code", TRANSLATED)
def test_renewing_a_catalogue_that_is_in_step_changes_no_byte(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: Catalog
) -> None:
    path = Path(code, "LC_MESSAGES", "messages.po")
    before = (catalogues.FOLDER / path).read_bytes()
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_bytes(before)
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    monkeypatch.setattr(catalogues, "found", lambda: template)

    waiting = catalogues.renew(code)

    assert (waiting, (tmp_path / path).read_bytes()) == (0, before)


def test_renewing_keeps_what_is_said_and_drops_what_nobody_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: Catalog
) -> None:
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    monkeypatch.setattr(catalogues, "found", lambda: template)
    old = catalogues._empty("fr")
    old.add("Galleries", "Galeries")
    old.add("Nobody says this", "Personne")
    catalogues._write(catalogues._path("fr", "po"), catalogues._po(old))

    waiting = catalogues.renew("fr")

    kept = catalogues.kept("fr")
    assert kept.get("Galleries").string == "Galeries"
    assert "Nobody says this" not in ids(kept)
    assert waiting == len(ids(template)) - 1


def test_every_call_that_looks_words_up_is_found(template: Catalog) -> None:
    """The search reads tokens, and can be led astray by what stands between two strings of one call."""
    known = ids(template) | {message.id[0] for message in catalogues.words_of(template) if len(words(message)) > 1}

    def missed(path: Path) -> list[object]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)]
        asked = [call for call in named if call.func.id in catalogues.KEYWORDS]
        said = [literals(call.args, catalogues.KEYWORDS[call.func.id] or (1,)) for call in asked]
        return [words for words in said if words and words not in known]

    assert faults(MODULES, missed) == {}


def literals(args: list[ast.expr], places: tuple[int, ...]) -> str | tuple[str, ...] | None:
    """Return the strings that stand at these places of a call, None where one is no string."""
    said = [args[place - 1] if len(args) >= place else None for place in places]
    words = tuple(each.value for each in said if isinstance(each, ast.Constant) and isinstance(each.value, str))
    if len(words) != len(places):
        return None
    return words if len(words) > 1 else words[0]


# --- harmless -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_keep_placeholders_and_tags(code: str) -> None:
    wrong = [
        (message.id, said)
        for message in done(catalogues.kept(code))
        if isinstance(message.id, str)
        for said in forms(message.string)
        for marks in (PLACEHOLDERS, TAGS)
        if Counter(marks.findall(message.id)) != Counter(marks.findall(said))
    ]
    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_each_form_of_a_number_has_its_placeholders(code: str) -> None:
    kept = catalogues.kept(code)
    wrong = []
    for message in done(kept):
        if isinstance(message.id, str):
            continue
        needed = {*PLACEHOLDERS.findall(message.id[1])} - {COUNT}
        for number, said in enumerate(forms(message.string)):
            has = {*PLACEHOLDERS.findall(said)}
            free = WITHOUT_NUMBER.get(code, set()) | ({0} if COUNT not in message.id[0] else set())
            counts = COUNT in has or number in free or COUNT not in message.id[1]
            if has - {COUNT} != needed or not counts or (COUNT in has and COUNT not in message.id[1]):
                wrong.append((message.id, number, said))
        assert len(forms(message.string)) == kept.num_plurals, message.id
    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_hold_nothing_that_ends_an_attribute(code: str) -> None:
    wrong = [
        said
        for message in done(catalogues.kept(code))
        for said in forms(message.string)
        if set(IN_HTML.findall(said)) - set(IN_HTML.findall("".join(words(message))))
    ]
    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_name_of_a_button_holds_the_words_that_are_seen_on_it(code: str) -> None:
    """Who speaks to the machine says what stands there (WCAG 2.5.3)."""
    kept = catalogues.kept(code)
    named = {pair for path in TEMPLATES for pair in NAMED_BUTTON.findall(path.read_text(encoding="utf-8"))}
    said = [[kept.get(each).string.casefold() for each in pair] for pair in named]
    assert len(said) > 5
    assert [pair for pair in said if pair[0] not in pair[1]] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_begin_and_end_with_a_space_where_the_source_does(code: str) -> None:
    wrong = [
        (message.id, said)
        for message in done(catalogues.kept(code))
        for said in forms(message.string)
        if (said != said.strip()) != (words(message)[0] != words(message)[0].strip())
    ]
    assert wrong == []


def test_arabic_has_six_forms_and_each_number_its_own() -> None:
    kept = catalogues.kept("ar")
    assert kept.num_plurals == 6
    plural = gettext.c2py(kept.plural_expr)
    numbers = (0, 1, 2, 3, 10, 11, 99, 100, 101, 103, 111)
    assert [plural(number) for number in numbers] == [0, 1, 2, 3, 3, 4, 4, 5, 5, 3, 4]


# --- no word outside ------------------------------------------------------------------------------------------------


def html_of(path: Path) -> str:
    """Return a template without what is filled in."""
    text = path.read_text(encoding="utf-8")
    parts = (
        value if kind == "data" else HOLE
        for _line, kind, value in jinja().lex(text)
        if kind in ("data", "variable_end", "block_end", "comment_end")
    )
    html = re.sub(r"<!--.*?-->", "", "".join(parts), flags=re.DOTALL)
    return html if "<" in html or path.suffix == ".txt" else ""  # what has no tag is a part of one


def jinja() -> Environment:
    return Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def parsed(path: Path) -> nodes.Template:
    return jinja().parse(path.read_text(encoding="utf-8"))


def faults(paths: Iterable[Path], of: Callable[[Path], list[Any]]) -> dict[str, list[Any]]:
    """Return what is wrong, by file."""
    found = {str(path.relative_to(PROJECT_ROOT)): of(path) for path in paths}
    assert found
    return {path: wrong for path, wrong in found.items() if wrong}


def bare_words(html: str) -> list[str]:
    """List words of a page that stand between tags or in attributes that are read out."""
    tags = re.findall(r"<[^<>]*>", html)
    text = re.sub(r"<[^<>]*>", "\n", KEY_CAPS.sub("\n", html))
    lines = [re.sub(r"&\w+;", "", line).strip(f" {HOLE}") for line in text.split("\n")]
    read_out = [ADDRESS.sub("", value) for tag in tags for value in NAMED.findall(tag)]
    return [found for found in (*lines, *read_out) if LETTERS.search(found) and found not in NAMES]


def test_templates_say_nothing_untranslated() -> None:
    assert faults(TEMPLATES, lambda path: bare_words(html_of(path))) == {}


def test_templates_hand_no_untranslated_words_to_macros() -> None:
    def handed(path: Path) -> list[str]:
        tree = parsed(path)
        said = {id(word) for call in calls(tree) for word in call.find_all(nodes.Const)}
        bare = [
            word.value
            for word in tree.find_all(nodes.Const)
            if isinstance(word.value, str) and id(word) not in said and CAPITALISED.fullmatch(word.value)
        ]
        return [word for word in bare if word not in NAMES and not KEYS.match(word) and not word.endswith("Field")]

    assert faults(TEMPLATES, handed) == {}


def test_files_of_macros_ask_for_no_word_when_they_are_read() -> None:
    """They are read once, and would say the words in the language of whoever came first."""

    def asked(path: Path) -> list[int]:
        outside = [node for node in parsed(path).body if not isinstance(node, nodes.Macro)]
        return [call.lineno for node in outside for call in calls(node)]

    assert faults([path for path in TEMPLATES if path.parent.name == "ui"], asked) == {}


def test_macros_that_are_remembered_without_words_say_none() -> None:
    remembered = []

    def said(path: Path) -> list[int]:
        tree = parsed(path)
        macros = {node.name: node for node in tree.find_all(nodes.Macro)}
        silent = [
            macros[kept.node.name]
            for kept in tree.find_all(nodes.Filter)
            if kept.name == "remembered" and not kept.kwargs and isinstance(kept.node, nodes.Name)
        ]
        remembered.extend(silent)
        return [call.lineno for macro in silent for call in calls(macro)]

    assert faults(TEMPLATES, said) == {}
    assert remembered


def calls(tree: nodes.Node) -> list[nodes.Call]:
    """List where words are looked up."""
    own = [tree] if isinstance(tree, nodes.Call) else []
    return [
        call
        for call in (*own, *tree.find_all(nodes.Call))
        if isinstance(call.node, nodes.Name) and call.node.name in LOOKED_UP
    ]


def test_scripts_hold_no_words_of_their_own() -> None:
    """A script gets them from the page (templates/ui/module.html)."""

    def written(path: Path) -> list[str]:
        text = re.sub(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        literals = [found[1:-1] for found in re.findall(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`", text)]
        return [word for word in literals if re.match(r"[A-Z][a-z]+ [a-z]|[A-Z][a-z]+[.!?…]$", word)]

    assert faults(SCRIPTS, written) == {}


def test_sentences_of_the_code_are_in_the_catalogues(template: Catalog) -> None:
    known = {said for message in catalogues.words_of(template) for said in words(message)} | SAID_TO_PROGRAMS

    def bare(path: Path) -> list[str]:
        return [said for said in sentences(ast.parse(path.read_text(encoding="utf-8"))) if said not in known]

    assert faults(MODULES, bare) == {}


def sentences(tree: ast.Module) -> list[str]:
    """List what reads as a sentence, but for docstrings and what is logged."""
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in LOGGED:
            passed |= {id(node) for node in ast.walk(call)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in passed
        and SENTENCE.fullmatch(node.value)
    ]


def test_doors_say_refusals_in_the_readers_language() -> None:
    """Only `told` reads the English of a refusal, and what asks it: a form, and another refusal."""

    def bare(path: Path) -> list[int]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(given) for call in ast.walk(tree) if isinstance(call, ast.Call) for given in handed_on(call)}
        return [
            read.lineno
            for read in ast.walk(tree)
            if isinstance(read, ast.Attribute) and read.attr == "message" and id(read) not in told
        ]

    doors = [path for path in MODULES if path.is_relative_to(PROJECT_ROOT / "webapp" / "web")]
    assert faults([path for path in doors if path.name not in ("phrases.py", "errors.py")], bare) == {}


def handed_on(call: ast.Call) -> list[ast.expr]:
    """List what is handed to `form.refuse`, or on in another refusal."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return call.args if name in ("refuse", "told", "Invalid") else []


def test_refusals_are_no_sentences_that_are_filled_already() -> None:
    """A catalogue knows `Use at most %(most)s tags.`, never `Use at most 50 tags.`"""
    refusals = {name for name in catalogues.KEYWORDS if name[0].isupper()}

    def filled(path: Path) -> list[int]:
        return [
            call.lineno
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in refusals
            for given in call.args[1 if call.func.id in ("Invalid", "Refused", "Unreachable", "Forbidden") else 0 :]
            if isinstance(given, ast.JoinedStr | ast.BinOp)
        ]

    assert faults(MODULES, filled) == {}
