"""The Markdown of questions becomes HTML and text, and nothing in it becomes a tag of its own."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonkit.lessons.prose import TAGS, to_html, to_text, to_tree


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("two\nlines", "<p>two lines</p>"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("a `b*c*` d", "<p>a <code>b*c*</code> d</p>"),
        ("**bold** and *slanted*", "<p><strong>bold</strong> and <em>slanted</em></p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("see [wait(2)](https://example.org/w)", "<p>see wait(2)</p>"),
        ("Why <code>kill -9</code>?", "<p>Why <code>kill -9</code>?</p>"),
        ("x &lt; y", "<p>x &lt; y</p>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
        (
            "Which?\n\n- **A** — one\n- **B** — two\n  more",
            "<p>Which?</p><ul><li><strong>A</strong> — one</li>"
            "<li><strong>B</strong> — two more</li></ul>",
        ),
        ("```text\na  b\n<c>\n```\nend", "<pre>a  b\n&lt;c&gt;</pre><p>end</p>"),
        ("```\nnever closed", "<pre>never closed</pre>"),
    ],
)
def test_markdown_becomes_html(markdown: str, html: str) -> None:
    """What lessons use is turned into elements; the rest stays text."""
    assert to_html(markdown) == html


def test_markdown_becomes_text() -> None:
    """Code keeps its marks, because `$?` before a question mark could not be read."""
    assert to_text("**What** is `$?`?\n\n- **A** — 1\n- **B** — 2") == (
        "What is `$?`?\n- A — 1\n- B — 2"
    )


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert attrs == []
        self.found.add(tag)


@given(st.text(alphabet="ab <>&`*[]()-/\n\"'scriptimg", max_size=80))
def test_no_text_makes_a_tag_that_is_not_meant(markdown: str) -> None:
    """Only the tags of the tree come out, without attributes; and the tree is plain data."""
    parser = _Tags()
    parser.feed(to_html(markdown))
    parser.close()

    assert parser.found <= TAGS
    assert all(_is_node(node) for node in to_tree(markdown))


def _is_node(node: Any) -> bool:
    if isinstance(node, str):
        return True
    return node[0] in TAGS and all(map(_is_node, node[1:]))
