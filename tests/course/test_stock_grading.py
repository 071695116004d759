"""Stock nbgrader's own commands give a solved lesson all its points, and an untouched one none.

Each lesson is generated, handed in by the three students of autograder/samples, autograded and
given feedback, as `make grade-demo` does it. The answers that a person reads are listed here:
only they may wait.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import grade_demo
import sample_submissions
from grade_demo import CellScore, Score
from lessonkit.checks import EXERCISES
from lessonkit.checks.quiz import normalise
from tests.course.lessons import LESSONS, Lesson

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "autograder" / "samples"
NAMES = [lesson.name for lesson in LESSONS]

READ_BY_A_PERSON = {
    "00-safety": {},
    "01-fork-exec": {"k1-5-answer": 3, "k1-7-answer": 2},
    "02-task-struct": {"k2-8-answer": 2, "k2-9-answer": 3},
    "03-zombies": {"k3-6-answer": 3, "k3-7-answer": 2},
    "04-orphans": {"k4-7-answer": 3, "k4-8-answer": 2},
    "05-fork-bombs": {"k5-6-answer": 3, "k5-7-answer": 3},
    "06-sigchld": {"k6-5-answer": 3, "k6-6-answer": 2},
}
"""Lesson -> cell -> points."""

Written = dict[str, int]


def complaints(scores: Sequence[Score], written: Written) -> list[str]:
    """What is wrong with the points of the student who solved all, and of the one who nothing."""
    by_name = {score.student: score for score in scores}
    found = [
        f"{one.grade_id}: solved, {one.points:g} of {one.max_points:g}: {one_line(one.reasons)}"
        for one in by_name["ada"].cells
        if one.grade_id not in written and one.points != one.max_points
    ]
    found += [
        f"{one.grade_id}: nothing written, {one.points:g} points: {one_line(one.reasons)}"
        for one in by_name["cleo"].cells
        if one.points != 0
    ]
    for name, expected in (("ada", written), ("cleo", {})):
        waits = {c.grade_id: c.max_points for c in by_name[name].cells if c.needs_manual_grade}
        found += [f"{name}: {waits} wait for a person"] if waits != expected else []
    return found


def page_of(work: Path, student: str, lesson: str) -> str:
    """The words of the feedback page that a student gets, on one line."""
    page = work / "autograder" / "feedback" / student / lesson / f"{lesson}.html"
    return one_line(grade_demo.text_of_html(page.read_text()))


def one_line(text: str) -> str:
    """The words without their line breaks."""
    return " ".join(text.split())


# Each takes most of a minute of processor time; all of them with LESSONKIT_ALL_HOSTS=1, as in
# `make soak`. The cells of the first one are graded further below in any case.
EVERYTHING = os.environ.get("LESSONKIT_ALL_HOSTS") == "1"
CHOSEN = [one for one in LESSONS if EVERYTHING or one.name == "03-zombies"]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("lesson", CHOSEN, ids=[one.name for one in CHOSEN])
def test_stock_grading_of_a_lesson(
    lesson: Lesson, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """All points, none, and in between each right answer; the pages say why."""
    work = tmp_path / "work"
    scores = grade_demo.grade(ROOT, SAMPLES, work, [lesson.name])
    ada, ben, cleo = scores
    for score in scores:
        told = {"lesson": lesson.name, "student": score.student, "points": score.points}
        waits = sum(cell.max_points for cell in score.cells if cell.needs_manual_grade)
        told |= {"most": score.max_points, "waits": waits}
        request.node.user_properties.append(("stock", json.dumps(told)))

    assert complaints(scores, READ_BY_A_PERSON[lesson.name]) == []
    assert ada.points == ada.max_points - sum(READ_BY_A_PERSON[lesson.name].values())
    assert cleo.points == 0
    assert mistaken(ben, lesson) == []

    exercises = [one for one in EXERCISES if one.startswith(f"{lesson.number}.")]
    unwritten = page_of(work, "cleo", lesson.name)
    assert unwritten.count("is not written yet") >= len(exercises)
    solved = page_of(work, "ada", lesson.name)
    assert "is not written yet" not in solved
    for one in exercises:
        assert f"0 of {EXERCISES[one].max_points:g} points" in unwritten
        assert f"{EXERCISES[one].max_points:g} of {EXERCISES[one].max_points:g} points" in solved
    page = page_of(work, "ben", lesson.name)
    for reason in reasons(lesson):
        assert reason in page


def own_answers(lesson: Lesson) -> dict[str, Any]:
    """Question -> answer of the student who has some right and some wrong."""
    students = {one.name: one for one in sample_submissions.students_in(SAMPLES)}
    return dict(students["ben"].own[lesson.name])


def program(question: str, name: str) -> Path:
    """A program that the student handed in."""
    return sample_submissions.program_for(question, name, ROOT / "tests" / "exercises")


def reasons(lesson: Lesson) -> list[str]:
    """What the verdicts on the wrong programs have to say, as their own docstrings tell."""
    found = []
    for question, name in own_answers(lesson).items():
        if question.startswith("q") and name.startswith("wrong_"):
            text = program(question, name).read_text()
            said = re.search(r"^message: (.+)$", text, flags=re.MULTILINE)
            assert said is not None
            found.append(one_line(said[1]))
    return found


def mistaken(ben: Score, lesson: Lesson) -> list[str]:
    """Where the points of the mixed submission are not what its answers deserve."""
    answers = own_answers(lesson)
    found = []
    for one in ben.cells:
        question = re.sub(r"-(answer|check)$", "", one.grade_id)
        wanted = deserved(question, answers.get(question), lesson)
        if points_as_word(one) not in wanted:
            found.append(f"{question}: {one.points:g} of {one.max_points:g} points, not {wanted}")
    return found


def points_as_word(one: CellScore) -> str:
    """What became of a cell, in a word."""
    if one.needs_manual_grade:
        return "waits"
    return "all" if one.points == one.max_points else "some" if one.points else "none"


def deserved(question: str, answer: Any, lesson: Lesson) -> tuple[str, ...]:
    """The words that fit this answer."""
    if answer is None:
        return ("none",)
    if question.startswith("q"):
        return ("some", "none") if answer.startswith("wrong_") else ("all",)
    if question in lesson.written:
        return ("waits",)
    source = lesson.by_id[f"{question}-answer"].source
    right = re.search(r"return (.+)$", source, flags=re.MULTILINE)
    assert right is not None
    return ("all",) if normalise(answer) == normalise(ast.literal_eval(right[1])) else ("none",)


def test_answers_that_a_person_reads_are_those_of_the_lessons() -> None:
    """The list above is neither too long nor too short."""
    found = {
        lesson.name: {
            cell.id: cell.grader["points"]
            for cell in lesson.cells
            if cell.grader and cell.grader["grade"] and cell.grader["solution"]
        }
        for lesson in LESSONS
    }
    assert found == READ_BY_A_PERSON


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_broken_solution_and_a_broken_judge_are_noticed(tmp_path: Path) -> None:
    """With a wrong program as the solution, or a check that always pays, the test above fails."""
    name = NAMES[0]
    original = tmp_path / "original"
    shutil.copytree(ROOT / "source" / name, original / "source" / name)
    shutil.copy(ROOT / "nbgrader_config.py", original)
    notebook = original / "source" / name / f"{name}.ipynb"
    content = json.loads(notebook.read_text())
    # Nothing but the set-up and a few graded cells, so that this takes no longer than it must.
    content["cells"] = [
        cell
        for cell in content["cells"]
        if cell["id"] == "setup" or re.fullmatch(r"(q0-[12]|k0-9)-(answer|check)", cell["id"])
    ]
    cells = {cell["id"]: cell for cell in content["cells"]}
    answer = "".join(cells["q0-1-answer"]["source"])
    assert "os.getpid()" in answer
    cells["q0-1-answer"]["source"] = answer.replace("os.getpid()", "os.getppid()")
    cells["q0-2-check"]["source"] = "2.0"
    notebook.write_text(json.dumps(content))
    samples = tmp_path / "samples"
    samples.mkdir()
    for student in ("ada", "cleo"):
        shutil.copy(SAMPLES / f"{student}.toml", samples)

    scores = grade_demo.grade(original, samples, tmp_path / "work", [name])

    found = complaints(scores, {"k0-9-answer": 2})
    assert [words.split(": ")[:2] for words in found] == [
        ["q0-1-check", "solved, 0 of 2"],
        ["q0-2-check", "nothing written, 2 points"],
        ["ada", "{} wait for a person"],
    ]
    assert "getppid asks for the parent" in found[0]
