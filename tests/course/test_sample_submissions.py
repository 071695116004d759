"""The made-up students of autograder/samples answer questions that the lessons ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sample_submissions
from tests.course.lessons import LESSONS, Lesson

ROOT = Path(__file__).resolve().parents[2]
STUDENTS = {one.name: one for one in sample_submissions.students_in(ROOT / "autograder/samples")}


def handed_in(student: str, lesson: str, folder: Path) -> dict[str, str]:
    """Cell -> its text in what that student hands in."""
    released = ROOT / "course" / lesson / f"{lesson}.ipynb"
    made = sample_submissions.hand_in(STUDENTS[student], ROOT, released, folder)
    assert made == folder / student / lesson / f"{lesson}.ipynb"
    return {cell["id"]: "".join(cell["source"]) for cell in json.loads(made.read_text())["cells"]}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_three_kinds_of_submissions_are_made_of_each_lesson(lesson: Lesson, tmp_path: Path) -> None:
    """All solved, without the marks around solutions; as released; and something in between."""
    released = ROOT / "course" / lesson.name / f"{lesson.name}.ipynb"
    cells = json.loads(released.read_text())["cells"]
    before = {cell["id"]: "".join(cell["source"]) for cell in cells}
    solved, mixed, left = (handed_in(s, lesson.name, tmp_path) for s in ("ada", "ben", "cleo"))

    assert left == before
    assert "# YOUR CODE HERE" not in "".join(solved.values())
    assert "YOUR ANSWER HERE" not in solved.values()
    assert "### BEGIN" not in "".join([*solved.values(), *mixed.values()])
    answers = [cell.id for cell in lesson.cells if cell.grader.get("solution")]
    assert [name for name in before if solved[name] != before[name]] == answers
    own = [f"{question}-answer" for question in STUDENTS["ben"].own[lesson.name]]
    assert sorted(name for name in before if mixed[name] != before[name]) == sorted(own)
    assert "misconception:" not in "".join(mixed.values())


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_the_mixed_submission_has_answers_of_each_kind(lesson: Lesson) -> None:
    """Wrong and right programs, and at least one question of the longer lessons left blank."""
    answers = STUDENTS["ben"].own[lesson.name]
    programs = {name.split("_")[0] for q, name in answers.items() if q.startswith("q")}

    assert {"wrong", "odd"} <= programs
    questions = [cell.id for cell in lesson.cells if cell.grader.get("solution")]
    assert lesson.number in (0, 3) or len(answers) < len(questions)
    for question, name in answers.items():
        if question.startswith("q"):
            program = sample_submissions.program_for(question, name, ROOT / "tests" / "exercises")
            assert program.parent.parent.name == lesson.name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('about = "x"', "either `answers` or tables"),
        ('about = "x"\nanswers = "some"', "is not a student"),
        ('answers = "nothing"', "is not a student"),
        ('about = "x"\nanswers = "nothing"\n["03-zombies"]\nk3-1 = 7', "not both"),
    ],
)
def test_a_students_file_of_another_form_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """And it is said what is wanted."""
    (tmp_path / "dora.toml").write_text(text)
    with pytest.raises(ValueError, match=said):
        sample_submissions.students_in(tmp_path)


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("q3-1", "wrong_as_never_seen", "no program 'wrong_as_never_seen'"),
        ("k3-99", 7, "answers k3-99, and 03-zombies asks no such question"),
    ],
)
def test_an_answer_that_fits_nowhere_is_refused(
    tmp_path: Path, question: str, answer: object, said: str
) -> None:
    """So a sample cannot fall behind its lesson without being noticed."""
    lesson = "03-zombies"
    student = sample_submissions.Student(
        name="dora", about="x", answers="own", own={lesson: {question: answer}}
    )
    released = ROOT / "course" / lesson / f"{lesson}.ipynb"
    with pytest.raises(ValueError, match=said):
        sample_submissions.hand_in(student, ROOT, released, tmp_path)
