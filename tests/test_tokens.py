"""The look is made of tokens: colours, spaces, radii and type stand in a token's definition and nowhere else.

So does every size that two things have. A size that one thing alone has needs no name, nor do 0 and the hairline of
1px, shares of what is around (%, fr, vw) or of a line of type (em, ch), and strokes: borders, outlines and shadows.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "static" / "css"
SHEETS = sorted(path.name for path in FOLDER.glob("*.css"))
COLOUR = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch|oklab|lab|lch|hwb|color)\(|(?<![\w-])(?:white|black)(?![\w-])"
)
COMMENT = re.compile(r"/\*.*?\*/", re.S)
TOKEN = re.compile(r"--[\w-]+\s*:[^;}]*")
ADDRESS = re.compile(r"url\([^)]*\)")

SIDES = r"(?:-(?:block|inline|start|end|block-start|block-end|inline-start|inline-end|top|left|bottom|right))?"
SPACE = rf"(?:margin|padding|inset|scroll-padding|scroll-margin){SIDES}|(?:row-|column-)?gap|top|left|border-spacing"
ROUND = r"border(?:-(?:start|end)){0,2}-radius"
TYPE = r"font-size|font"
SIZE = (
    r"(?:min-|max-)?(?:inline-size|block-size|width|height)|flex|flex-basis|grid-(?:template|auto)[a-z-]*|line-height"
)
DECLARED = re.compile(rf"(?<![\w-])({SPACE}|{ROUND}|{TYPE}|{SIZE})\s*:\s*([^;{{}}]+)")
LENGTH = re.compile(r"(?<![\w#.-])-?((?:\d*\.)?\d+(?:px|rem))\b")
AROUND = re.compile(r"@media[^{]*|@font-face\s*\{[^}]*\}")
HAIRLINES = ("0px", "1px")
ONE_OFFS = {
    "2.5px": "what is left of a switch's border-box beside its knob",
    "68px": "so that what has the focus stays above the bar of what is selected",
    "76px": "toasts beside the slim rail of Arrange",
    "92px": "the film strip below a picture of the lightbox",
    ".625rem": "initials in the smallest circle",
    "46px": "the most space between the pictures of a public page",
    "2.5rem": "the least size of a public page's title",
    "8.25rem": "the largest",
}
"""Lengths that stand in one place, with what they are for."""


def spelled_out(sheet: str) -> list[str]:
    """List the colours of a stylesheet that are no token's."""
    rules = TOKEN.sub("", ADDRESS.sub("", COMMENT.sub("", sheet)))
    return COLOUR.findall(rules)


@pytest.mark.parametrize("name", SHEETS)
def test_colours_are_tokens(name: str) -> None:
    assert spelled_out((FOLDER / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("rule", ["a { color: #fff }", "a { color: white }", "a { background: rgb(1 2 3 / 4%) }"])
def test_a_colour_spelled_out_is_found(rule: str) -> None:
    assert spelled_out(rule)


@pytest.mark.parametrize(
    "rule",
    [":root { --ink: #000; }", "a { color: var(--ink) }", "a { color: color-mix(in srgb, var(--ink), var(--wall)) }"],
)
def test_tokens_and_what_is_made_of_them_pass(rule: str) -> None:
    assert not spelled_out(rule)


def lengths(sheet: str) -> list[tuple[str, str]]:
    """List the lengths of a stylesheet that are no token's, each with its property."""
    rules = AROUND.sub("", TOKEN.sub("", ADDRESS.sub("", COMMENT.sub("", sheet))))
    return [
        (name, length)
        for name, value in DECLARED.findall(rules)
        for length in LENGTH.findall(value)
        if length not in HAIRLINES
    ]


def unnamed(*sheets: str) -> list[str]:
    """List the lengths that ought to be tokens: spaces, radii and type always, sizes where two things have them."""
    found = [each for sheet in sheets for each in lengths(sheet) if each[1] not in ONE_OFFS]
    count = Counter(length for _, length in found)
    return [f"{name}: {length}" for name, length in found if count[length] > 1 or not re.fullmatch(SIZE, name)]


def test_spaces_radii_type_and_sizes_are_tokens() -> None:
    assert unnamed(*((FOLDER / name).read_text(encoding="utf-8") for name in SHEETS)) == []


def test_one_offs_are_few_and_each_stands_in_one_place() -> None:
    found = [length for name in SHEETS for _, length in lengths((FOLDER / name).read_text(encoding="utf-8"))]

    assert {length: found.count(length) for length in ONE_OFFS} == dict.fromkeys(ONE_OFFS, 1)
    assert len(ONE_OFFS) <= 12


def test_no_length_is_named_in_vain() -> None:
    sheets = "".join((FOLDER / name).read_text(encoding="utf-8") for name in SHEETS)
    named = set(re.findall(r"--[\w-]+(?=: [\d.]+(?:px|rem);)", sheets))

    assert len(named) > 30
    assert {name for name in named if f"var({name})" not in sheets} == set()


@pytest.mark.parametrize(
    "rule",
    [
        "a { padding: 0 7px }",
        "a { margin-block-start: -9px }",
        "a { gap: var(--s2) 3px }",
        "a { inset: calc(100% + 4px) 0 auto }",
        "a { border-start-start-radius: 6px }",
        "a { font-size: .8rem }",
        "a { font: 400 .875rem/1.4 serif }",
        "a { inline-size: 20px } b { block-size: 20px }",
        "@media (max-width: 9px) { a { padding: 5px } }",
    ],
)
def test_a_length_spelled_out_is_found(rule: str) -> None:
    assert unnamed(rule)


@pytest.mark.parametrize(
    "rule",
    [
        ":root { --s4: 4px; --gap: 12px }",
        "a { padding: 0 var(--s4); margin: 0; inset: -1px; gap: 1px }",
        "a { inline-size: 312px; block-size: 60% }",
        "a { border: 2px solid; outline-offset: 3px; box-shadow: 0 0 0 5px }",
        "a { padding: .2em 1.4em; max-inline-size: 62ch; grid-template-columns: 2fr 5vw }",
        "@media (max-width: 820px) { a { padding: 0 } }",
        "/* padding: 7px */",
    ],
)
def test_tokens_shares_strokes_and_what_one_thing_alone_has_pass(rule: str) -> None:
    assert unnamed(rule) == []


def test_density_changes_tokens_and_nothing_else() -> None:
    sheets = [(FOLDER / name).read_text(encoding="utf-8") for name in SHEETS]
    rules = [rule for sheet in sheets for rule in re.findall(r"[^{};]*data-density[^{]*\{([^}]*)\}", sheet)]

    assert len(rules) == 1
    changed = re.findall(r"--[\w-]+(?=:)", rules[0])
    assert len(changed) > 5
    assert TOKEN.sub("", rules[0]).replace(";", "").strip() == ""
    for name in changed:
        assert sum(sheet.count(f"var({name})") for sheet in sheets), f"{name} changes nothing"
