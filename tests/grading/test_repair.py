"""What repair does to single cells: answers in words, tasks, code without a function, names."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from lessonkit.grading.records import Budget, CellSpec, NotebookSpec
from lessonkit.grading.repair import NotGradable, Repaired, repair
from tests.grading.fuzzing import lesson_base
from tests.grading.properties import structure_problems, validation_problems
from tests.submissions.drafts import ANSWERS, Draft, assignment_spec, code_cell

ROOT = Path(__file__).resolve().parents[2]

Cell = dict[str, Any]


def essay_spec() -> NotebookSpec:
    """A notebook with an answer in words, a task, an answer that is an expression, and a test."""
    cells = (
        CellSpec(kind="markdown", source="# Part 1"),
        CellSpec(kind="markdown", source="Why?", grade_id="why-text", locked=True),
        CellSpec(
            kind="markdown",
            source="### BEGIN SOLUTION\nBecause.\n### END SOLUTION",
            grade_id="why",
            points=3,
            grade=True,
            solution=True,
        ),
        CellSpec(kind="markdown", source="Do this.", grade_id="task", points=2, task=True),
        CellSpec(kind="code", source="given = [1, 2]", grade_id="data", locked=True),
        CellSpec(
            kind="code",
            source="### BEGIN SOLUTION\nsum(given)\n### END SOLUTION",
            grade_id="total",
            solution=True,
        ),
        CellSpec(kind="code", source="assert given == [1, 2]", grade_id="t1", points=1, grade=True),
    )
    released = {
        "why-text": "Why?",
        "why": "YOUR ANSWER HERE",
        "task": "Do this.",
        "data": "given = [1, 2]",
        "total": "# YOUR CODE HERE\nraise NotImplementedError()",
        "t1": "assert given == [1, 2]",
    }
    return NotebookSpec(name="essay", cells=cells, released=released)


def essay(**texts: str) -> list[Cell]:
    """The cells of that notebook as handed in, with these texts."""
    spec = essay_spec()
    return [
        {
            "cell_type": cell.kind,
            "source": texts.get(cell.grade_id, spec.released.get(cell.grade_id, cell.source)),
            "metadata": {"nbgrader": {"grade_id": cell.grade_id, "schema_version": 3}}
            if cell.grade_id
            else {},
        }
        for cell in spec.cells
    ]


def repaired(cells: list[Cell], spec: NotebookSpec | None = None) -> Repaired:
    """Repair a notebook of these cells; it keeps all promises."""
    spec = spec or essay_spec()
    result = repair(json.dumps({"cells": cells, "nbformat": 4}).encode(), spec, Budget())
    assert structure_problems(result, spec) == []
    assert validation_problems(result) == []
    return result


def text_of(result: Repaired, name: str) -> str:
    """The text of a cell in the repaired notebook."""
    text: str = result.notebook["cells"][result.places[name]]["source"]
    return text


def good(draft: Draft) -> Repaired:
    """Repair what a draft of the tiny assignment hands in."""
    return repair(draft.bytes(), assignment_spec(), Budget())


def test_an_undamaged_notebook_is_left_as_it_is() -> None:
    """No repair is named, answers are the student's, tests have their hidden part again."""
    result = good(Draft())

    assert result.repairs == ()
    assert [text_of(result, name) for name in ANSWERS] == list(ANSWERS.values())
    assert "HIDDEN" in text_of(result, "q1-test")
    assert [cell.grade_id for cell in result.cells] == ["", *ANSWERS]
    assert [cell.given for cell in result.cells] == [False] * 7


LESSONS = sorted(path.name for path in (ROOT / "source").iterdir() if path.is_dir())


@pytest.mark.parametrize("lesson", LESSONS)
def test_lessons_of_this_course_need_no_repair(lesson: str) -> None:
    """Neither as they are handed out nor with all answers written."""
    base = lesson_base(lesson)
    released = (ROOT / "course" / lesson / f"{lesson}.ipynb").read_bytes()

    for data in (released, json.dumps(base.notebook).encode()):
        result = repair(data, base.spec, Budget())
        assert result.repairs == ()
        assert structure_problems(result, base.spec) == []
        assert len(result.notebook["cells"]) == len(json.loads(data)["cells"])


def test_locked_code_runs_among_the_students_cells_and_tests_do_not() -> None:
    """It is the instructor's text that runs, whatever the student made of it."""
    result = repaired(essay(data="given = [9]", total="sum(given)"))

    assert [(cell.source, cell.given) for cell in result.cells] == [
        ("given = [1, 2]", True),
        ("sum(given)", False),
    ]
    assert result.repairs == ("The code in “Part 1” had been changed; the original was put back.",)


def test_parts_of_an_answer_in_words_are_put_together() -> None:
    """A reader gets all of it in one cell."""
    cells = essay(why="First.")
    cells.insert(3, json.loads(json.dumps(cells[2])) | {"source": "Second."})

    assert text_of(repaired(cells), "why") == "First.\n\nSecond."


def test_an_answer_in_words_without_label_is_known_by_its_place() -> None:
    """It stands between the question and the next cell that is known."""
    cells = essay(why="My own words.")
    cells[2]["metadata"] = {}

    result = repaired(cells)

    assert text_of(result, "why") == "My own words."
    assert result.repairs == (
        "Your answer in “Part 1” had the label of another cell, or none; it was recognised by "
        "its text and place.",
    ) or any("recognised" in sentence for sentence in result.repairs)


def test_a_deleted_answer_comes_back_without_the_solution() -> None:
    """What was handed out is put back, in words and in code; never what the instructor wrote."""
    result = repaired([cell for cell in essay() if cell["source"] not in _blank_answers()])

    assert text_of(result, "why") == "YOUR ANSWER HERE"
    assert text_of(result, "total").startswith("# YOUR CODE HERE")


def test_without_a_released_text_an_answer_comes_back_empty() -> None:
    """Even then the solution stays with the instructor."""
    spec = NotebookSpec(name="essay", cells=essay_spec().cells)

    result = repaired(essay()[:2], spec)

    assert text_of(result, "why") == ""
    assert text_of(result, "total") == ""


def test_a_task_keeps_its_text_and_its_points() -> None:
    """A task is graded by a person; its label says so again, whatever it said."""
    cells = essay()
    cells[3]["metadata"]["nbgrader"] |= {"task": False, "points": 50, "solution": True}

    result = repaired(cells)

    label = result.notebook["cells"][result.places["task"]]["metadata"]["nbgrader"]
    assert (label["task"], label["points"], label["solution"]) == (True, 2, False)
    assert "The label of the task in “Part 1”" in result.repairs[0]


def test_a_blank_copy_put_back_does_not_undo_an_answer_elsewhere() -> None:
    """What was put back does not run if its function is defined by a cell of the student's."""
    draft = Draft()
    draft.remove("q1-answer")
    draft.write("q2-answer", "area = lambda w, h: w * h\n\n" + ANSWERS["q2-answer"])

    result = good(draft)

    assert "NotImplementedError" in text_of(result, "q1-answer")
    assert "q1-answer" not in [cell.grade_id for cell in result.cells]


def test_what_the_instructor_defines_too_is_no_answer() -> None:
    """An example of the lesson that the student has edited does not count as the answer."""
    example = CellSpec(kind="code", source="def area(width, height):\n    return width * height")
    spec = assignment_spec()
    spec = NotebookSpec(name=spec.name, cells=(example, *spec.cells), released=spec.released)
    draft = Draft()
    draft.blank("q1-answer")
    draft.insert("title", code_cell(example.source + "  # my remark"))

    result = repair(draft.bytes(), spec, Budget())

    assert "NotImplementedError" in text_of(result, "q1-answer")


def test_an_answer_that_was_put_elsewhere_counts_if_its_own_cell_is_blank() -> None:
    """It earned its points, in the wrong cell."""
    draft = Draft()
    draft.blank("q2-answer")
    draft.insert("q1-text", code_cell(ANSWERS["q2-answer"]))

    assert text_of(good(draft), "q2-answer") == ANSWERS["q2-answer"]


def test_pictures_in_an_answer_stay() -> None:
    """Attachments of texts are kept where they are well formed, and only there."""
    picture = {"a.png": {"image/png": "AAAA"}}
    cells = essay(why="![x](attachment:a.png)")
    cells[2]["attachments"] = picture | {"evil": {"text/html": "<script>"}, "odd": 3}

    result = repaired(cells)

    assert result.notebook["cells"][result.places["why"]]["attachments"] == picture


def test_many_repairs_of_a_kind_are_one_sentence() -> None:
    """Feedback is not buried: with more than three cells the sentence counts them."""
    draft = Draft()
    draft.without_labels()
    draft.remove(*(f"q{number}-test" for number in range(1, 7)))

    missing = [sentence for sentence in good(draft).repairs if "missing" in sentence]

    assert missing == [
        "6 cells were missing (the test in “Q1 Rectangles”, the test in “Q2 The longest word”, "
        "the test in “Q3 A tally” and others); they were put back as they were handed out."
    ]


def test_no_sentence_tells_what_students_did_not_get() -> None:
    """Neither a model answer nor a hidden test gives a cell its name."""
    hidden = "### BEGIN HIDDEN TESTS\nassert add(1, 2) == 3\n### END HIDDEN TESTS\npass"
    spec = NotebookSpec(
        name="secrets",
        cells=(
            CellSpec(kind="markdown", source="# The key", grade_id="w", solution=True, grade=True),
            CellSpec(kind="code", source="key = 1", grade_id="a1", solution=True),
            CellSpec(kind="code", source="key = 2", grade_id="a2", solution=True),
            CellSpec(kind="code", source=hidden, grade_id="t1", grade=True),
            CellSpec(kind="code", source=hidden, grade_id="t2", grade=True),
        ),
        released={"w": "", "a1": "", "a2": "", "t1": "pass", "t2": "pass"},
    )
    cells = [{"cell_type": "code", "source": "1", "metadata": {"nbgrader": {"grade_id": "a1"}}}]

    told = " ".join(repaired(cells, spec).repairs)

    assert "key" not in told
    assert "add" not in told


def test_cells_under_one_heading_are_told_apart_by_how_they_begin() -> None:
    """Two tests of one question each have a name of their own."""
    spec = NotebookSpec(
        name="two",
        cells=(
            CellSpec(kind="markdown", source="## `Q1` ● Twice (4 points)"),
            CellSpec(kind="code", source="assert one", grade_id="t1", grade=True, points=2),
            CellSpec(kind="code", source="assert two", grade_id="t2", grade=True, points=2),
        ),
    )
    cells = [{"cell_type": "code", "source": "assert two", "metadata": {}}]

    assert repaired(cells, spec).repairs[-1] == (
        "The test in “Q1 Twice” that begins with “assert one” was missing and was put back as "
        "it was handed out."
    )


def test_ids_of_cells_are_unique_and_the_instructors_come_first() -> None:
    """A student's cell cannot take the id of an instructor's."""
    draft = Draft()
    draft.cells.insert(0, code_cell("x = 1") | {"id": "q6-test"})
    draft.cells.insert(0, code_cell("y = 1") | {"id": "mine"})
    draft.cells.insert(0, code_cell("z = 1") | {"id": "mine"})

    result = good(draft)
    ids = [cell["id"] for cell in result.notebook["cells"]]

    assert len(set(ids)) == len(ids)
    assert ids[result.places["q6-test"]] == "q6-test"
    assert ids.count("mine") == 1


def test_the_same_bytes_give_the_same_notebook() -> None:
    """Repair depends on nothing else, and changes no record that it was given."""
    data = Draft().bytes()

    first, second = (repair(data, assignment_spec(), Budget()) for _ in range(2))

    assert first == second


def test_a_refusal_crosses_between_processes() -> None:
    """It is told by a worker to the driver of a batch."""
    with pytest.raises(NotGradable) as caught:
        repair(b"", assignment_spec(), Budget())

    assert str(pickle.loads(pickle.dumps(caught.value))) == "The file is empty."


def _blank_answers() -> set[str]:
    released = essay_spec().released
    return {released["why"], released["total"]}
