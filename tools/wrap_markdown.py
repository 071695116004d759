"""Break long lines of Markdown where a line end means a space, and nowhere else.

    wrapped("a paragraph of 300 characters")    # the same, in lines of at most 100

What is shown stays the same: only paragraphs and list items that hold a longer line are set anew.
Code, tables, headings, quotes, HTML, and lines that end with a break of their own are left as they
are; so is a single word that is too long, such as a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

__all__ = ["WIDTH", "too_long", "wrapped"]

WIDTH = 100

_FENCE = re.compile(r" {0,3}(```|~~~)")
_LEFT_ALONE = re.compile(r"\s*$|\s*[|>#<]| {4,}|\t| {0,3}(-{3,}|={3,}|\*{3,})\s*$")
_ITEM = re.compile(r"(?P<mark> {0,3}([-+*]|\d{1,9}[.)]) +)\S")
_HARD_BREAK = re.compile(r"(  |\\)$")

# One word: code with its spaces, and the address of a link, are not to be broken.
_WORD = re.compile(r"(?:(`+)(?!`).*?(?<!`)\1(?!`)|\]\([^)]*\)|\S)+")

# At the beginning of a line these would begin a list, a heading, a table, ...
_OPENS_A_BLOCK = re.compile(r"([-+*]|#{1,6}|\d{1,9}[.)]|-+|=+)$|[|>]|<|```|~~~")


def wrapped(text: str, width: int = WIDTH) -> str:
    """Return *text* with the lines of its paragraphs at most *width* characters long."""
    blocks = _blocks(text.split("\n"))
    return "\n".join(
        line for is_text, block in blocks for line in (_set(block, width) if is_text else block)
    )


def too_long(text: str, width: int = WIDTH) -> list[str]:
    """Return the lines that `wrapped` would break."""
    before = text.split("\n")
    kept = set(wrapped(text, width).split("\n"))
    return [line for line in before if len(line) > width and line not in kept]


def _blocks(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    """The lines in groups: True and a paragraph or list item, or False and a line to be left."""
    block: list[str] = []
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        alone = bool(fence or found or _LEFT_ALONE.match(line))
        if found and (not fence or found[1] == fence):
            fence = "" if fence else found[1]
        if block and (alone or _ITEM.match(line)):
            yield True, block
            block = []
        if alone:
            yield False, [line]
        else:
            block.append(line)
    if block:
        yield True, block


def _set(block: list[str], width: int) -> list[str]:
    """The lines of one group, set anew if one of them is too long."""
    if max(map(len, block)) <= width or any(map(_HARD_BREAK.search, block)):
        return block
    item = _ITEM.match(block[0])
    first = item["mark"] if item else re.match(r" *", block[0])[0]  # type: ignore[index]
    later = " " * len(first)
    text = " ".join(line.strip() for line in [block[0][len(first) :], *block[1:]])
    lines, line = [], first
    for unit in _units(text):
        if line.strip() and line not in (first, later) and len(line) + len(unit) > width:
            lines.append(line.rstrip())
            line = later
        line += unit + " "
    return [*lines, line.rstrip()]


def _units(text: str) -> list[str]:
    """The words; one that would open a block at the beginning of a line stays with the former."""
    words = [match[0] for match in _WORD.finditer(text)]
    numbers: list[int] = []
    for index, word in enumerate(words):
        joined = index > 0 and _OPENS_A_BLOCK.match(word)
        numbers.append(numbers[-1] if joined else index)
    return [
        " ".join(word for word, _ in group)
        for _, group in groupby(zip(words, numbers, strict=True), key=lambda pair: pair[1])
    ]
