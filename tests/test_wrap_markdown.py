"""Long lines of Markdown are broken, and a page shows what it showed before."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from wrap_markdown import WIDTH, too_long, wrapped

ROOT = Path(__file__).resolve().parent.parent
LONG = "a sentence that is rather long and says something. " * 4
CODE = "`" + "code with spaces " * 3 + "in it`"

TRICKY = {
    "paragraph": LONG,
    "list": f"- {LONG}\n- short\n  1. {LONG}\n\nafter",
    "quote": f"> {LONG}",
    "table": f"| head | {LONG} |\n|---|---|\n| cell | {LONG} |",
    "fence": f"before\n\n```text\n{LONG}\n  indented {LONG}\n```\n{LONG}",
    "two fences": f"~~~\n```\n{LONG}\n~~~\n\n{LONG}",
    "heading": f"### {LONG}",
    "html": f"<details><summary>{LONG}</summary>\n\n{LONG}\n</details>",
    "indented code": f"before\n\n    {LONG}\n\nafter",
    "break": f"{LONG.strip()}  \nnext line",
    "code": f"{'word ' * 17}{CODE} {'word ' * 14}{CODE}",
    "link": f"{'word ' * 18}[a text of words](https://example.org/{'x' * 90}) and {LONG}",
    "dash": f"{'word ' * 19}1234 - 5 {'word ' * 18}123456 + 7. 8. {LONG}",
    "number": f"{'word ' * 19}1234 7. {'word ' * 18}12345 # > = | <b>x</b> {LONG}",
    "rule": f"{'word ' * 19}1234 --- === {LONG}",
}


def shown(text: str) -> str:
    """The page, with every run of spaces as one, but for text that is set as it is."""
    parts = re.split(r"(<pre.*?</pre>)", markdown2html_mistune(text), flags=re.DOTALL)
    return "".join(p if p.startswith("<pre") else re.sub(r"\s+", " ", p) for p in parts)


@pytest.mark.parametrize("text", TRICKY.values(), ids=TRICKY)
def test_a_page_shows_what_it_showed_before(text: str) -> None:
    """Nothing becomes a list, a heading or a table, and code keeps its spaces."""
    once = wrapped(text)

    assert shown(once) == shown(text)
    assert wrapped(once) == once


@pytest.mark.parametrize("name", ["paragraph", "list", "code", "html"])
def test_long_lines_are_broken(name: str) -> None:
    """Negative control: a tool that changes nothing would keep every page as it is."""
    before, after = TRICKY[name], wrapped(TRICKY[name])

    assert too_long(before)
    assert not too_long(after)
    assert after.count("\n") > before.count("\n")


@pytest.mark.parametrize("name", ["quote", "table", "heading", "indented code", "break"])
def test_what_cannot_be_broken_is_left_as_it_is(name: str) -> None:
    """A line end would mean something there."""
    assert wrapped(TRICKY[name]) == TRICKY[name]


def test_short_lines_are_left_where_they_are() -> None:
    """A paragraph is set anew only if a line of it is too long."""
    text = "one sentence.\nAnother one.\n\n- an item\n  and its second line"

    assert wrapped(text) == text
    assert wrapped(f"short\n{LONG}").startswith("short a sentence")


def test_the_lessons_are_in_short_lines() -> None:
    """All but what cannot be broken: links, code, tables, and lines of HTML."""
    for path in sorted((ROOT / "source").rglob("*.ipynb")):
        for cell in json.loads(path.read_text())["cells"]:
            if cell["cell_type"] == "markdown":
                assert too_long("".join(cell["source"]), WIDTH) == [], (path.name, cell["id"])
