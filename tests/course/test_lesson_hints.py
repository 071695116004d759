"""An exercise has one wording: in its notebook, on its page, and in the check that judges it.

Nothing here runs a lesson: notebooks and pages are read as text.
"""

from __future__ import annotations

import re

import pytest

from lessonkit.checks import EXERCISES
from tests.course.lessons import LESSONS, Asked, Lesson

ASKED = [(lesson, name) for lesson in LESSONS for name in lesson.asked]
each_exercise = pytest.mark.parametrize(
    ("lesson", "name"), ASKED, ids=[f"{lesson.name}-{name}" for lesson, name in ASKED]
)


def hints_in_notebook(lesson: Lesson, name: str) -> list[str]:
    """The three hints below the question, without line breaks."""
    source = lesson.by_id[f"{name}-text"].source
    found = re.findall(r"<summary>Hint \d</summary>(.*?)</details>", source, re.DOTALL)
    return [" ".join(hint.split()) for hint in found]


def without_marks(text: str) -> str:
    """The words of Markdown as plain text: no marks of code and emphasis; code stays as it is."""
    parts = re.split(r"(`[^`]*`)", text)
    emphasis = re.compile(r"\*([^*\s](?:[^*]*[^*\s])?)\*")
    return "".join(
        part[1:-1] if part.startswith("`") else emphasis.sub(r"\1", part) for part in parts
    )


@each_exercise
def test_the_page_has_the_hints_of_the_notebook(lesson: Lesson, name: str) -> None:
    """All three, word by word, in their order."""
    assert lesson.asked[name].hints == hints_in_notebook(lesson, name)


@each_exercise
def test_the_verdict_has_the_hints_of_the_notebook(lesson: Lesson, name: str) -> None:
    """A verdict shows one of the same three, as plain text."""
    hints = EXERCISES[lesson.asked[name].id].hints

    assert list(hints) == [without_marks(hint) for hint in hints_in_notebook(lesson, name)]


@each_exercise
def test_the_check_is_that_of_the_page(lesson: Lesson, name: str) -> None:
    """Title, points, and the name of the function."""
    asked: Asked = lesson.asked[name]
    exercise = EXERCISES[asked.id]

    assert exercise.title == asked.title
    assert f"{exercise.max_points:g}" == asked.points
    assert asked.signature.startswith(f"{exercise.function}(")


def test_every_check_is_asked_for() -> None:
    """No exercise is judged that no lesson has."""
    assert {lesson.asked[name].id for lesson, name in ASKED} == set(EXERCISES)


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("`os.fork()` in *every* child", "os.fork() in every child"),
        ("2 ** n, and `2 ** n`", "2 ** n, and 2 ** n"),
        ("`[name, *args]` and `*`", "[name, *args] and *"),
    ],
)
def test_marks_are_taken_off_and_code_is_kept(markdown: str, plain: str) -> None:
    """A star in code is no emphasis."""
    assert without_marks(markdown) == plain
