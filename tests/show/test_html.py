"""HTML that stands alone, escapes what it did not write, and reads without its styles."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from lessonkit import show
from lessonkit.records import Fact
from tests.show.handmade import HOSTILE, RUN, TIMELINE, TREE, VERDICT

AGAIN = replace(VERDICT, facts=(), run_again=f"no memory {HOSTILE}")
PAGES = {
    "tree": show.tree_html(TREE),
    "timeline": show.timeline_html(TIMELINE),
    "run": show.run_html(replace(RUN, timeline=TIMELINE)),
    "verdict": show.verdict_html(VERDICT),
    "run again": show.verdict_html(AGAIN),
}
# What sanitizers of JupyterLab and GitHub both let through.
ALLOWED = {
    "b", "br", "code", "details", "div", "img", "li", "p", "pre", "span", "summary", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


class _Reader(HTMLParser):
    """Collects tags, attributes and text, and checks that tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("page", PAGES)
def test_only_harmless_tags_are_used(page: str) -> None:
    """No script, no style sheet, no handler, no address but pictures that are inside."""
    read = _read(PAGES[page])

    assert read.tags <= ALLOWED
    assert {name for name, _ in read.attributes} <= {"style", "src", "alt", "colspan", "open"}
    for name, value in read.attributes:
        if name == "src":
            assert (value or "").startswith("data:image/svg+xml;base64,")
        assert "url(" not in (value or "")


def test_a_short_history_is_open_and_a_long_one_folded() -> None:
    """What happened is read at once where it is short; a thousand events do not fill the page."""
    long = replace(TIMELINE, events=TIMELINE.events * 60)

    assert "<details open><summary>All 16 events" in show.timeline_html(TIMELINE)
    assert "<details><summary>All 960 events" in show.timeline_html(long)


@pytest.mark.parametrize("page", PAGES)
def test_hostile_text_stays_text(page: str) -> None:
    """Markup that a program printed is shown, its control characters are not passed on."""
    assert "<script>" not in PAGES[page]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e\ud800-\udfff]", PAGES[page])


@pytest.mark.parametrize("page", PAGES)
def test_colour_is_never_set(page: str) -> None:
    """Text takes the colours of the theme around it, so it reads in light and dark alike."""
    styles = " ".join(
        value or "" for name, value in _read(PAGES[page]).attributes if name == "style"
    )

    assert not re.search(r"(^|[; ])(color|background)", styles)


def test_the_words_remain_without_styles() -> None:
    """Marks have words beside them: expected, seen, why, hint, manual page, points."""
    text = _read(PAGES["verdict"]).text

    for words in (
        "Exercise 3.1: Make zombies",
        "1.5 of 3 points (1 of 3 facts as expected)",
        "not as expected",
        "could not be observed here",
        "codes 7, 8, 9",
        "codes 0, 0, 0 <script>",
        "Python ended them with code 0.",
        "Next hint",
        "_exit(2)",
    ):
        assert words in text


def test_a_hint_is_folded_away() -> None:
    """Learners open the hint when they want it."""
    hint = "<p>Look at the last line<br>of each child.</p>"

    assert f"<details><summary>Next hint</summary>{hint}</details>" in PAGES["verdict"]


def test_the_picture_has_the_text_beside_it() -> None:
    """Where pictures are dropped, the lifelines and events are there as text."""
    page = PAGES["timeline"]
    picture = re.search(r"base64,([A-Za-z0-9+/=]+)", page)

    assert picture is not None
    assert base64.b64decode(picture[1]) == show.timeline_svg(TIMELINE)
    assert "z zombie: ended, not reaped" in _read(page).text
    assert "reaps 3: exit code 0" in _read(page).text


def test_our_own_failure_costs_nothing_and_says_so() -> None:
    """No table of facts, no number of points: what happened, and to run the cell again."""
    text = _read(PAGES["run again"]).text

    assert "No points are lost. Run this cell again." in text
    assert "of 3 points" not in text


def test_pages_are_bounded() -> None:
    """However much a program printed, the notebook stays small."""
    big = replace(RUN, stdout="x" * 10_000_000, value="y" * 1_000_000)
    fact = Fact(name="n" * 9999, ok=False, points=1, expected="e" * 99999, seen="s" * 99999)
    verdict = replace(VERDICT, facts=(fact,), stdout="o" * 10_000_000)

    assert len(show.run_html(big)) < 60_000
    assert len(show.verdict_html(verdict)) < 60_000
