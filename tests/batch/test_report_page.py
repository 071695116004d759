"""The HTML page of `lessonkit report`: it stands alone, and nothing in it is anybody's code."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from lessonkit.batch.reports import page, plots
from lessonkit.batch.reports.page import report_html
from lessonkit.batch.reports.records import Class, Graded, Mark, Student, Submitted

SCRIPT = '<script src="http://evil.example/x.js">alert("&")</script>'
NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
VOID = {"meta", "br", "link", "img"}


class Reader(HTMLParser):
    """Tags with attributes, text, and whether everything that is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def hostile_class() -> Class:
    """Every text that anybody but us writes is a script."""
    question = Graded(notebook=SCRIPT, grade_id=SCRIPT, kind="test", max_points=2, title=SCRIPT)
    other = Graded(notebook="b", grade_id="b", kind="task", max_points=2)
    marks = {
        (SCRIPT, SCRIPT): Mark(points=1.0, misconceptions=("M3.1", "M9.9"), tamper_proof=False),
        ("b", "b"): Mark(points=None, waits=True),
    }
    student = Student(id=SCRIPT, first_name=SCRIPT, last_name=SCRIPT, email=SCRIPT)
    one = Submitted(student=student, status=SCRIPT, reason=SCRIPT, penalty=0.25, marks=marks)
    return Class(
        assignment=SCRIPT, questions=(question, other), submitted=(one,), absent=(student,)
    )


def test_the_page_has_no_script_and_nothing_from_outside() -> None:
    """Whatever names, reasons and titles say; and the page forbids it besides."""
    text = report_html([hostile_class(), hostile_class()], course=SCRIPT, made=NOW)
    reader = Reader(text)
    assert not reader.open
    tags = {tag for tag, _ in reader.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "use"}
    for _, attributes in reader.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert not {"src", "style", "action"} & set(attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in text
    assert "@import" not in text
    policies = [a for tag, a in reader.tags if tag == "meta" and "http-equiv" in a]
    assert [one["content"] for one in policies] == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert SCRIPT not in text
    assert "".join(reader.words).count(SCRIPT) > 10  # it is there, as text


def test_without_escaping_the_same_look_finds_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above."""
    for module in (page, plots):
        monkeypatch.setattr(module, "escape", lambda text: text)
    text = report_html([hostile_class()], course="c", made=NOW)
    assert SCRIPT in text


def test_plots_have_a_title_a_description_and_a_table() -> None:
    """For who cannot see them; ids are used once in the page."""
    text = report_html([hostile_class(), hostile_class()], course="", made=NOW)
    reader = Reader(text)
    ids = [a["id"] for _, a in reader.tags if "id" in a]
    assert len(ids) == len(set(ids))
    plots = [a for tag, a in reader.tags if tag == "svg"]
    assert len(plots) == 4
    for plot in plots:
        assert plot["role"] == "img"
        assert set((plot["aria-labelledby"] or "").split()) <= set(ids)
    captions = [tag for tag, _ in reader.tags if tag == "caption"]
    assert len(captions) == len([tag for tag, _ in reader.tags if tag == "table"]) == 8
    scopes = [a.get("scope") for tag, a in reader.tags if tag == "th"]
    assert set(scopes) == {"col", "row"}


def test_figures_are_on_the_page_in_words() -> None:
    """What the plots show: points, rates, penalties, misconceptions."""
    words = " ".join(Reader(report_html([hostile_class()], course="", made=NOW)).words)
    for said in (
        "1 × M3.1 a zombie can be killed",
        "1 × M9.9",
        "−0.25",
        "0.75",
        "2026-01-02 03:04",
    ):
        assert said in words


def test_an_assignment_without_submissions_has_no_plots() -> None:
    """And none of the empty tables."""
    group = replace(hostile_class(), submitted=(), absent=())
    tags = {tag for tag, _ in Reader(report_html([group], course="", made=NOW)).tags}
    assert not tags & {"svg", "table"}


def test_nothing_graded_and_nothing_to_reach_divide_by_nothing() -> None:
    """Questions of 0 points; questions that all wait for a person."""
    zero = Graded(notebook="n", grade_id="q", kind="test", max_points=0)
    waits = Graded(notebook="n", grade_id="w", kind="manual", max_points=1)
    marks = {("n", "q"): Mark(points=0.0), ("n", "w"): Mark(points=None, waits=True)}
    one = Submitted(student=Student(id="a"), status="graded", marks=marks)
    text = report_html(
        [Class(assignment="x", questions=(zero, waits), submitted=(one,))], course="", made=NOW
    )
    assert "nothing graded" in text
    assert "nan" not in text.lower()
