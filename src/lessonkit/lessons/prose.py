"""Turn the little Markdown that questions are written in into HTML, text, and a plain tree.

Paragraphs, lists with `-`, fenced code, `code`, **bold**, *emphasis*, links (their words
stay), and the tag <code>. Everything else stays as it is written, and is escaped. The tree is
for views, which build their elements from it and never take HTML: a node is a text or
[tag, node, ...] with a tag of TAGS.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any

__all__ = ["TAGS", "Node", "to_html", "to_text", "to_tree"]

Node = Any
"""A text, or a list: the tag, then its nodes. (A recursive type, which mypy cannot say.)"""

TAGS = frozenset({"p", "ul", "li", "pre", "code", "strong", "em"})

_FENCE = re.compile(r"^```\w*$")
_INLINE = re.compile(
    r"`(?P<code>[^`]+)`|<code>(?P<html>.*?)</code>|\*\*(?P<strong>.+?)\*\*"
    r"|(?<![\w*])\*(?P<em>[^*\s](?:[^*]*[^*\s])?)\*(?![\w*])|\[(?P<words>[^\]]+)\]\([^)\s]*\)",
    re.DOTALL,
)


def to_tree(markdown: str) -> list[Node]:
    """Return the blocks of *markdown*."""
    blocks: list[Node] = []
    lines = iter(markdown.strip().splitlines())
    paragraph: list[str] = []
    for line in lines:
        if _FENCE.match(line.strip()):
            _close(blocks, paragraph)
            blocks.append(["pre", "\n".join(_until_fence(lines))])
        elif not line.strip():
            _close(blocks, paragraph)
        else:
            paragraph.append(line)
    _close(blocks, paragraph)
    return blocks


def to_html(markdown: str) -> str:
    """Return *markdown* as HTML without any style."""
    return "".join(map(_html, to_tree(markdown)))


def to_text(markdown: str) -> str:
    """Return *markdown* as plain text: one line for each paragraph and each item."""
    return "\n".join(_text(block) for block in to_tree(markdown))


def _until_fence(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        if _FENCE.match(line.strip()):
            return
        yield line


def _close(blocks: list[Node], lines: list[str]) -> None:
    """Make a paragraph, a list, or one after the other of the lines, and forget them."""
    words: list[str] = []
    items: list[list[str]] = []
    for line in lines:
        if line.startswith("- "):
            items.append([line[2:]])
        elif items:
            items[-1].append(line)
        else:
            words.append(line)
    if words:
        blocks.append(["p", *_inline(" ".join(map(str.strip, words)))])
    if items:
        texts = (" ".join(map(str.strip, item)) for item in items)
        blocks.append(["ul", *(["li", *_inline(text)] for text in texts)])
    lines.clear()


def _inline(text: str) -> list[Node]:
    nodes: list[Node] = []
    end = 0
    for found in _INLINE.finditer(text):
        if found.start() > end:
            nodes.append(html.unescape(text[end : found.start()]))
        end = found.end()
        if found["code"] is not None:
            nodes.append(["code", found["code"]])
        elif found["html"] is not None:
            nodes.append(["code", html.unescape(found["html"])])
        elif found["words"] is not None:
            nodes.extend(_inline(found["words"]))
        else:
            tag = "strong" if found["strong"] is not None else "em"
            nodes.append([tag, *_inline(found[tag])])
    if end < len(text):
        nodes.append(html.unescape(text[end:]))
    return nodes


def _html(node: Node) -> str:
    if isinstance(node, str):
        return html.escape(node)
    tag, *children = node
    return f"<{tag}>{''.join(map(_html, children))}</{tag}>"


def _text(node: Node) -> str:
    if isinstance(node, str):
        return node
    tag, *children = node
    if tag == "ul":
        return "\n".join(f"- {_text(child)}" for child in children)
    if tag == "code":
        return f"`{''.join(map(_text, children))}`"
    return "".join(map(_text, children))
