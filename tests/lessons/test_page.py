"""The start page without a browser: what its HTML and text hold, and that it holds still."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from lessonkit import lessons
from lessonkit.lessons.catalogue import read_course
from lessonkit.workbook import Workbook
from tests.lessons.making import record, text, write_course, write_lesson

ROOT = Path(__file__).resolve().parents[2]
WIDGET = "application/vnd.jupyter.widget-view+json"
CHECKED = {"1.1": {"best": 1.5, "changed": "2026-11-20T12:00:00+00:00"}}


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that one stands in, with two lessons, of which the first was begun."""
    write_course(tmp_path, "01-a", "02-b")
    record(tmp_path / "01-a", checks=CHECKED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LESSONKIT_VIEWS", "still")
    return tmp_path


def html(shown: Any) -> str:
    """The HTML of a thing that shows itself."""
    found: str = shown._repr_mimebundle_()["text/html"]
    return found


def test_the_page_links_what_it_names(course: Path) -> None:
    """The next step and every lesson are links, relative to the page; points stand as words."""
    page = html(lessons.start_page())

    assert re.findall(r'href="([^"]+)"', page) == ["01-a/01-a.ipynb"] * 2 + ["02-b/02-b.ipynb"]
    assert "exercise 1.1 in 01-a, First (1.5 of 2 points so far)" in page
    assert "1.5 of 4" in page
    assert "not begun" in page


@pytest.mark.parametrize("make", [lessons.start_page, lessons.three_questions])
def test_html_stands_alone(course: Path, make: Any) -> None:
    """No script, no style sheet, no variables, nothing from outside; and there is plain text."""
    bundle = make()._repr_mimebundle_()

    assert set(bundle) == {"text/plain", "text/html"}
    assert not re.search(r"<script|<style|var\(|https?:|on\w+=", bundle["text/html"])
    assert bundle["text/plain"] == repr(make())


def test_what_notebooks_and_records_hold_is_escaped(course: Path) -> None:
    """A title is text, and so is a question; neither becomes an element."""
    evil = "<img src=x onerror=alert(1)>"
    details = f"## Interview preparation\n\n<details><summary>{evil}</summary>\n\n{evil}</details>"
    write_lesson(course, "01-a", [text(f"# 1 · {evil}"), text(details)])
    page, questions = html(lessons.start_page()), html(lessons.three_questions())

    assert "<img" not in page + questions
    assert "&lt;img" in page
    assert "&lt;img" in questions


def test_a_course_without_lessons_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run All does not fail: where lessons were looked for is said on the page."""
    monkeypatch.chdir(tmp_path)

    assert "no lessons were found" in html(lessons.start_page())
    assert "No questions yet" in html(lessons.three_questions())


def test_a_widget_is_made_only_where_a_browser_listens(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And never for nothing: without questions there is none."""
    assert WIDGET not in lessons.three_questions()._repr_mimebundle_()
    monkeypatch.setenv("LESSONKIT_VIEWS", "live")
    bundle = lessons.three_questions()._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", WIDGET}
    (course / "01-a" / "my-work.json").unlink()
    assert WIDGET not in lessons.three_questions()._repr_mimebundle_()


def test_what_was_known_is_kept_and_told(course: Path) -> None:
    """The note says when the question comes back, and stands in the HTML after a new look."""
    asked = lessons.three_questions()
    key = asked.progress.questions[0].key

    assert asked.note(key, False) == {"knew": False, "text": "Not yet. It comes back tomorrow."}
    assert asked.note(key, True) == {"knew": True, "text": "Known. It comes back in 3 days."}
    assert Workbook(course).get("recall", key)["box"] == 2
    assert "Known. It comes back in 3 days." in html(lessons.three_questions())


def test_an_answer_that_cannot_be_kept_says_why(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk ends in a sentence, not in a traceback."""

    def full(*args: object, **fields: object) -> None:
        from lessonkit.workbook import WorkbookError

        raise WorkbookError("my-work.json cannot be written: No space left on device")

    asked = lessons.three_questions()
    monkeypatch.setattr(Workbook, "update", full)
    note = asked.note(asked.progress.questions[0].key, True)

    assert (note["knew"], "No space left" in note["text"]) == (None, True)


@pytest.mark.parametrize(
    "message",
    [
        None,
        "x",
        {},
        {"value": {"key": "nobody", "knew": True}},
        {"value": {"key": "q", "knew": "yes"}},
        {"value": {"key": ["q"], "knew": 1}},
        {"value": {"key": "q", "knew": 1}, "number": "1"},
        {"key": "q", "knew": True},
    ],
)
def test_a_message_that_is_no_answer_is_not_heard(message: Any) -> None:
    """The page is another program: only a known question and a yes or no count."""
    view_class = importlib.import_module("lessonkit.views.recalling").RecallView
    heard: list[Any] = []

    def note(key: str, knew: bool) -> dict[str, Any]:
        heard.append((key, knew))
        return {"knew": True}

    view = view_class([{"key": "q"}], {}, note)
    view._heard(view, message, [])
    assert (heard, view.notes) == ([], {})
    said = {"do": "note", "value": {"key": "q", "knew": False}, "number": 2}
    view._heard(view, said, [])
    assert (heard, view.notes) == ([("q", False)], {"q": {"knew": True}})
    assert view.heard == 2
    view.close()


# ------------------------------------------------------------------ the notebook


INDEX = json.loads((ROOT / "source/index.ipynb").read_text())
CELLS = {cell["id"]: "".join(cell["source"]) for cell in INDEX["cells"]}


def test_the_notebook_links_every_lesson_by_its_title() -> None:
    """Before anything was run, its list is the catalogue: names, titles, order."""
    links = re.findall(r"^- \[(\d+) · (.+)\]\((.+)\)$", CELLS["lessons"], re.MULTILINE)
    course = read_course(ROOT / "source")

    assert links == [
        (str(one.number), one.title, f"{one.name}/{one.name}.ipynb") for one in course.lessons
    ]


def test_the_notebook_runs_alone_and_in_any_order(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each code cell works in a fresh kernel, and shows something."""
    for cell in INDEX["cells"]:
        if cell["cell_type"] == "code":
            lines = CELLS[cell["id"]].splitlines()
            names: dict[str, Any] = {}
            exec("\n".join(lines[:-1]), names)
            assert html(eval(lines[-1], names))


def test_links_of_the_notebook_lead_somewhere() -> None:
    """Files beside it in course/, and headings of its own."""
    headings = {
        line.lstrip("# ").replace(" ", "-")
        for source in CELLS.values()
        for line in source.splitlines()
        if line.startswith("#")
    }
    for source in CELLS.values():
        for target in re.findall(r"\]\(([^)]+)\)", source):
            if target.startswith("#"):
                assert target[1:] in headings
            else:
                assert (ROOT / "course" / target).is_file()
