"""`make course` makes what learners get with stock nbgrader, and replaces nothing of theirs.

Starting nbgrader takes longer than all that it does here, so it is started for several tests.
"""

from __future__ import annotations

import copy
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import generate_course
import normalise_notebooks as notebooks
from tests.tiny_course import LESSON, MINE, STALE, begin, make_tiny_course

Notebook = dict[str, Any]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny course whose course/ was just generated."""
    root = tmp_path_factory.mktemp("tiny")
    notebook = make_tiny_course(root)
    notebook.write_text(notebooks.normalised_text(notebook.read_text()))
    (notebook.parent / "recordings").mkdir()
    (notebook.parent / "recordings" / "family.json").write_text('{"recorded": {}}')
    generate_course.generate(root)
    return root


def test_generation_replaces_the_solution_and_keeps_the_check(made: Path) -> None:
    """What students get has a stub where the solution was, and the check cell as it was."""
    cells = json.loads((made / "course" / LESSON / f"{LESSON}.ipynb").read_text())["cells"]
    sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
    assert "NotImplementedError" in sources["q0-1-answer"]
    assert "return a + b" not in sources["q0-1-answer"]
    assert sources["q0-1"] == 'check("0.1", add)'


def test_generated_notebook_is_already_in_form(made: Path) -> None:
    """Stock nbgrader writes the form that git keeps, so no step of ours has to follow it."""
    text = (made / "course" / LESSON / f"{LESSON}.ipynb").read_text()
    assert notebooks.normalised_text(text) == text


def test_learners_get_the_recordings_of_a_lesson(made: Path) -> None:
    """Stock nbgrader copies them."""
    released = made / "course" / LESSON / "recordings" / "family.json"
    assert released.read_text() == '{"recorded": {}}'


def test_a_generated_lesson_can_be_graded(made: Path) -> None:
    """It is in the gradebook, with the most that its cells can give."""
    gradebook = sqlite3.connect(made / "autograder" / "gradebook.db")
    try:
        found = gradebook.execute(
            "SELECT base_cell.name, max_score FROM grade_cells JOIN base_cell USING (id)"
        ).fetchall()
    finally:
        gradebook.close()
    assert found == [("q0-1", 2.0)]


@pytest.fixture(scope="module")
def said(made: Path) -> str:
    """What nbgrader's other commands say of it: one releases, two validate."""
    return generate_course.nbgrader(
        made,
        ("release_assignment", LESSON),
        *(("validate", f"{folder}/{LESSON}/{LESSON}.ipynb") for folder in ("source", "course")),
    )


def test_stock_release_asks_for_no_system_folder(made: Path, said: str) -> None:
    """The exchange is below autograder/ and is made by whoever releases first."""
    released = made / "autograder" / "exchange" / "lessonkit" / "outbound" / LESSON
    assert (released / f"{LESSON}.ipynb").is_file()


def test_stock_validate_tells_solved_from_unsolved(said: str) -> None:
    """`nbgrader validate` passes the instructor's notebook and not the released one."""
    solved = said.index("Success! Your notebook passes all the tests.")
    unsolved = said.index("Partial credit; passed some but not all of the tests")
    assert solved < unsolved


@pytest.fixture(scope="module")
def again(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that was generated again, on top of begun lessons and of older ones."""
    root = tmp_path_factory.mktemp("again") / "course-begun"
    shutil.copytree(made, root)
    begin(root)
    assert generate_course.generate(root) == [LESSON]
    return root


def test_generation_never_touches_what_a_learner_has(made: Path, again: Path) -> None:
    """`make course` on top of begun lessons: records stay to the byte, stale files go."""
    course = again / "course"
    lesson = Path(LESSON)
    assert {name: (course / name).read_text() for name in MINE} == MINE
    assert [name for name in STALE if (course / name).exists()] == []
    assert not (course / "02-withdrawn").exists()
    assert not (course / LESSON / "old").exists()
    for name in (lesson / f"{LESSON}.ipynb", lesson / "recordings" / "family.json"):
        assert (course / name).read_bytes() == (made / "course" / name).read_bytes()
    assert (course / LESSON / "data.csv").read_text() == "new"
    assert (course / "glossary.md").read_text() == "# Words"
    page = (course / "index.ipynb").read_text()
    assert notebooks.normalised_text(page) == page
    assert json.loads(page)["cells"][0]["outputs"] == []
    assert list((again / "autograder").glob(".course-*")) == []


def test_course_that_was_edited_by_hand_is_reported(again: Path) -> None:
    """A fresh generation equals course/ but for what somebody has edited in it.

    Records and checkpoints are no differences, and none is handed out from source/.
    """
    course = again / "course"
    edits = {
        f"{LESSON}/{LESSON}.ipynb": ("A tiny lesson", "A tiny lessson"),
        f"{LESSON}/recordings/family.json": ("recorded", "retold"),
        "index.ipynb": ("1 + 1", "1 + 2"),
    }
    before = {name: (course / name).read_text() for name in edits}
    for name, (old, new) in edits.items():
        (course / name).write_text(before[name].replace(old, new))
    (course / "glossary.md").unlink()
    gradebook = (again / "autograder" / "gradebook.db").read_bytes()

    found = generate_course.differences(again)

    assert [text.splitlines()[0] for text in found] == [
        "notes.txt: not made from source/",
        "glossary.md: missing",
        f"{LESSON}/{LESSON}.ipynb: differs",
        f"{LESSON}/recordings/family.json: differs",
        "index.ipynb: differs",
    ]
    assert '+    "# A tiny lesson"' in found[2]
    assert (again / "autograder" / "gradebook.db").read_bytes() == gradebook
    for name, text in before.items():
        (course / name).write_text(text)


def test_a_lesson_that_nbgrader_cannot_make_changes_nothing(
    made: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is named; what the lessons before it would have become is not kept either."""
    root = tmp_path / "damaged"
    shutil.copytree(made, root)
    title = root / "source" / LESSON / f"{LESSON}.ipynb"
    title.write_text(title.read_text().replace("A tiny lesson", "A new title"))
    (root / "source" / "01-damaged").mkdir()
    (root / "source" / "01-damaged" / "01-damaged.ipynb").write_text('{"cells": ')
    before = generate_course._files(root / "course")

    with pytest.raises(SystemExit, match="nbgrader failed"):
        generate_course.generate(root)

    assert "nbgrader generate_assignment 01-damaged" in capfd.readouterr().out.splitlines()[-2]
    assert generate_course._files(root / "course") == before
    assert list((root / "autograder").glob(".course-*")) == []


def test_nbgrader_that_is_missing_is_one_sentence(tmp_path: Path) -> None:
    """Where it is not installed, that is said, and not with a traceback."""
    done = subprocess.run(
        [sys.executable, "-S", "-P", generate_course.COMMANDS, "validate a.ipynb"],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("nbgrader cannot be started: No module named ")
    assert done.stderr.count("\n") == 1


def answer(notebook: Notebook) -> Notebook:
    """The cell in which a learner writes."""
    found: Notebook = next(
        c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("solution")
    )
    return found


def run(notebook: Notebook) -> None:
    """As Lab leaves it: a count, and what was printed."""
    answer(notebook)["execution_count"] = 1


def solve(notebook: Notebook) -> None:
    """An answer, even if the outputs were cleared."""
    answer(notebook)["source"] = "def add(a, b):\n    return a + b"


def save(notebook: Notebook) -> None:
    """A cell of one's own, and what Jupyter adds to every notebook that had a kernel."""
    notebook["metadata"]["language_info"]["version"] = "3.11.2"


@pytest.mark.parametrize("work", [run, solve, save])
def test_a_notebook_that_somebody_worked_on_is_not_replaced(
    made: Path, work: Callable[[Notebook], None]
) -> None:
    """One message says which it is and what to do; nothing else was changed either."""
    path = made / "course" / LESSON / f"{LESSON}.ipynb"
    original = path.read_text()
    notebook = json.loads(original)
    work(notebook)
    path.write_text(json.dumps(notebook))
    begun = path.read_bytes()
    (made / "course" / LESSON / "stale.csv").write_text("old")

    with pytest.raises(SystemExit) as refused:
        generate_course.generate(made)

    assert path.read_bytes() == begun
    assert (made / "course" / LESSON / "stale.csv").exists()
    assert f"course/{LESSON}/{LESSON}.ipynb" in str(refused.value)
    assert "generate --replace" in str(refused.value)

    path.write_text(original)
    assert generate_course.worked_on(made / "course") == []


def test_what_was_only_generated_is_no_work(made: Path) -> None:
    """Negative control: an older text of ours is nobody's work, whatever form it is in."""
    path = made / "course" / LESSON / f"{LESSON}.ipynb"
    original = path.read_text()
    older = copy.deepcopy(json.loads(original))
    older["cells"][0]["source"] = ["# An older title"]
    path.write_text(json.dumps(older))

    assert generate_course.worked_on(made / "course") == []
    path.write_text(original)


def test_who_says_so_gets_a_new_course_all_the_same(made: Path) -> None:
    """With --replace, what was worked on is made anew."""
    path = made / "course" / LESSON / f"{LESSON}.ipynb"
    original = path.read_text()
    notebook = json.loads(original)
    solve(notebook)
    path.write_text(json.dumps(notebook))

    assert generate_course.generate(made, replace=True) == [LESSON]
    assert path.read_text() == original


def test_a_damaged_notebook_is_nobodys_work(tmp_path: Path) -> None:
    """It is replaced, as before: there is nothing in it to keep."""
    for number, text in enumerate(("", "[]", "{}", '{"cells": [1]}')):
        (tmp_path / f"0{number}-lesson").mkdir()
        (tmp_path / f"0{number}-lesson" / "a.ipynb").write_text(text)

    assert generate_course.worked_on(tmp_path) == []
