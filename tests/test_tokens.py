"""The look is made of tokens: a colour stands in a token's definition and nowhere else."""

import re
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


def test_density_changes_tokens_and_nothing_else() -> None:
    sheets = [(FOLDER / name).read_text(encoding="utf-8") for name in SHEETS]
    rules = [rule for sheet in sheets for rule in re.findall(r"[^{};]*data-density[^{]*\{([^}]*)\}", sheet)]

    assert len(rules) == 1
    changed = re.findall(r"--[\w-]+(?=:)", rules[0])
    assert len(changed) > 5
    assert TOKEN.sub("", rules[0]).replace(";", "").strip() == ""
    for name in changed:
        assert sum(sheet.count(f"var({name})") for sheet in sheets), f"{name} changes nothing"
