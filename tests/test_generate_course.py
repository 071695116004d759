"""`make course` replaces what it has made, and nothing that a learner has worked on."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import generate_course
import normalise_notebooks as notebooks
from tests.tiny_course import LESSON, make_tiny_course

Notebook = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny course whose course/ was just generated."""
    root = tmp_path_factory.mktemp("tiny")
    notebook = make_tiny_course(root)
    notebook.write_text(notebooks.normalised_text(notebook.read_text()))
    generate_course.generate(root)
    return root


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
@pytest.mark.slow
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


@pytest.mark.slow
def test_what_was_only_generated_is_no_work(made: Path) -> None:
    """Negative control: an older text of ours is nobody's work, whatever form it is in."""
    path = made / "course" / LESSON / f"{LESSON}.ipynb"
    original = path.read_text()
    older = copy.deepcopy(json.loads(original))
    older["cells"][0]["source"] = ["# An older title"]
    path.write_text(json.dumps(older))

    assert generate_course.worked_on(made / "course") == []
    path.write_text(original)


@pytest.mark.slow
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
