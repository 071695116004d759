"""What lessons say about themselves is read from their notebooks; damage costs one message."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonkit.errors import NotebookError, UsageError
from lessonkit.lessons.catalogue import (
    Lesson,
    find_course,
    find_notebook,
    read_course,
    read_lesson,
)
from lessonkit.lessons.notebooks import read_cells
from lessonkit.lessons.recall import questions_of
from tests.lessons.making import check_cell, code, text, write_course, write_lesson

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("folder", ["source", "course"])
def test_the_lessons_of_this_repository_are_read(folder: str) -> None:
    """Each has a title, minutes that hold its core path, and points on every exercise."""
    course = read_course(ROOT / folder)

    assert course.problems == ()
    assert "03-zombies" in [lesson.name for lesson in course.lessons]
    for lesson in course.lessons:
        assert lesson.number == int(lesson.name[:2])
        assert lesson.minutes is not None
        assert lesson.core_minutes is not None
        assert 0 < lesson.core_minutes <= lesson.minutes
        assert lesson.difficulty
        assert all(item.points > 0 for item in (*lesson.exercises, *lesson.graded_later))
        assert all(re.fullmatch(rf"[A-Z]?{lesson.number}\.\d+", i.id) for i in lesson.items)
        assert all(item.title not in ("", item.id) for item in lesson.items)


def test_what_graded_cells_are_is_seen_from_their_form() -> None:
    """Exercise, quiz, written answer and self-check of the lesson on zombies."""
    lesson = read_lesson(ROOT / "source/03-zombies/03-zombies.ipynb")
    kinds = {item.id: (item.kind, item.points) for item in lesson.items}

    assert kinds["3.6"] == ("exercise", 4.0)
    assert kinds["K3.1"] == ("quiz", 1.0)
    assert kinds["K3.7"] == ("written", 2.0)
    assert kinds["K3.8"] == ("self-check", 0.0)
    assert lesson.max_points == 22
    assert lesson.predictions == ("D1", "D2", "D3", "D4")


def made(tmp_path: Path, *cells: dict[str, Any]) -> Lesson:
    """A lesson of these cells."""
    return read_lesson(write_lesson(tmp_path, "07-x", list(cells)))


def test_a_lesson_that_says_little_is_shown_with_little(tmp_path: Path) -> None:
    """No heading, no table: the folder's number and name stand in; nothing is made up."""
    lesson = made(tmp_path, code("1 + 1"))

    assert (lesson.number, lesson.title, lesson.minutes) == (7, "07-x", None)
    assert (lesson.items, lesson.max_points, lesson.difficulty) == ((), 0, "")


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ('check("7.1", f)', "exercise"),
        ("check('7.1', f)  \n", "exercise"),
        ('print(check("7.1", f))', "quiz"),
        ('check("7.1", f)\nx = 1', "quiz"),
        ('check("7.1", f())', "quiz"),
    ],
)
def test_only_a_line_that_is_a_check_alone_is_an_exercise(
    tmp_path: Path, source: str, kind: str
) -> None:
    """A cell that does more is graded by nbgrader, but not by `lessonkit check`."""
    lesson = made(tmp_path, code(source, grade=True, grade_id="g", points=2, solution=False))

    assert [item.kind for item in lesson.items] == [kind]


def test_a_check_that_is_not_graded_is_no_exercise(tmp_path: Path) -> None:
    """A learner's own copy of a check counts nothing."""
    assert made(tmp_path, code('check("7.1", f)')).items == ()


def test_an_exercise_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    """A copied cell does not give its points again."""
    assert made(tmp_path, check_cell("7.1", 3), check_cell("7.1", 3)).max_points == 3


def test_the_title_is_that_of_its_own_heading(tmp_path: Path) -> None:
    """A check without a heading does not take the one of the exercise before it."""
    cells = text("### Q7.1 ● Do it (3 points)"), check_cell("7.1", 3), check_cell("7.2", 1)

    assert [item.title for item in made(tmp_path, *cells).items] == ["Do it", "7.2"]


@pytest.mark.parametrize("points", [-1, "3", None, True, 1e9, [2]])
def test_points_that_are_no_points_count_nothing(tmp_path: Path, points: Any) -> None:
    """Metadata can be edited; a sum of it must stay a sum."""
    cell = code('check("7.1", f)', grade=True, grade_id="g", points=points, solution=False)

    assert made(tmp_path, cell).max_points == 0


DAMAGED = {
    "empty": (b"", "not JSON"),
    "cut off": (b'{"cells": [', "not JSON"),
    "no text": (b"\xff\xfe\0", "not text in UTF-8"),
    "nested": (b"[" * 100_000, "cannot be read"),
    "a list": (b"[]", "no notebook"),
    "no format": (b'{"cells": []}', "no notebook"),
    "format 3": (b'{"nbformat": 3, "worksheets": []}', "format 3"),
    "no cells": (b'{"nbformat": 4}', "no list of cells"),
    "cells of text": (b'{"nbformat": 4, "cells": ["x"]}', "cell 1 has no text"),
    "cell of numbers": (b'{"nbformat": 4, "cells": [{"source": [1]}]}', "cell 1 has no text"),
}


@pytest.mark.parametrize(("data", "said"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_lesson_is_one_message_and_the_others_stay(
    tmp_path: Path, data: bytes, said: str
) -> None:
    """The message names the file and what is wrong; the lessons around it are read."""
    write_course(tmp_path, "01-a", "02-b", "03-c")
    (tmp_path / "02-b" / "02-b.ipynb").write_bytes(data)
    course = read_course(tmp_path)

    assert [lesson.name for lesson in course.lessons] == ["01-a", "03-c"]
    [problem] = course.problems
    assert "02-b.ipynb" in problem
    assert said in problem


def test_a_folder_without_its_notebook_is_one_message(tmp_path: Path) -> None:
    """Missing, or several and none with the folder's name: what is missing is named."""
    write_course(tmp_path, "01-a")
    (tmp_path / "02-b").mkdir()
    (tmp_path / "03-c").mkdir()
    for name in ("x", "y"):
        (tmp_path / "03-c" / f"{name}.ipynb").write_text("{}")
    course = read_course(tmp_path)

    assert [lesson.name for lesson in course.lessons] == ["01-a"]
    assert ["02-b.ipynb is missing" in problem for problem in course.problems] == [True, False]
    assert "several notebooks" in course.problems[1]


def test_the_only_notebook_of_a_folder_is_its_lesson(tmp_path: Path) -> None:
    """A folder may be renamed by whoever unpacks it."""
    notebook = write_lesson(tmp_path, "01-a")
    other = notebook.rename(notebook.with_name("other.ipynb"))

    assert find_notebook(tmp_path / "01-a") == other


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
CELLS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "cell_type": st.sampled_from(["code", "markdown", "raw", 5]),
            "id": JSON,
            "metadata": st.fixed_dictionaries({"nbgrader": JSON}) | JSON,
            "source": st.text(max_size=60) | st.lists(st.text(max_size=9)) | JSON,
        },
    ),
    max_size=4,
)


@given(content=st.fixed_dictionaries({"nbformat": st.just(4), "cells": CELLS}) | JSON)
def test_whatever_a_notebook_holds_it_is_read_or_named(
    tmp_path_factory: pytest.TempPathFactory, content: Any
) -> None:
    """No content at all ends in anything but a lesson or a NotebookError."""
    notebook = tmp_path_factory.getbasetemp() / "any.ipynb"
    notebook.write_text(json.dumps(content))
    lesson = None
    problem = "any.ipynb"
    try:
        lesson = read_lesson(notebook)
    except NotebookError as error:
        problem = str(error)

    assert "any.ipynb" in problem
    assert lesson is None or lesson.max_points >= 0
    assert lesson is None or all(question.key for question in questions_of(lesson))


def test_a_course_is_found_where_one_stands_or_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the course folder and beside it the same lessons are meant; elsewhere it is said."""
    write_course(tmp_path / "course", "01-a")
    monkeypatch.chdir(tmp_path)
    assert find_course() == Path("course")
    assert find_course(str(tmp_path)) == tmp_path / "course"
    monkeypatch.chdir("course")
    assert find_course() == Path()
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(UsageError, match="this folder and course"):
        find_course()
    with pytest.raises(UsageError, match="no such folder"):
        find_course("nowhere")


def test_reading_changes_nothing(tmp_path: Path) -> None:
    """The file has the same bytes and the same time afterwards."""
    notebook = write_lesson(tmp_path, "01-a")
    before = notebook.read_bytes(), notebook.stat().st_mtime_ns
    read_cells(notebook)
    read_course(tmp_path)

    assert (notebook.read_bytes(), notebook.stat().st_mtime_ns) == before
