"""What many tests begin with: released once by stock nbgrader, graded once, copied by each test.

nbgrader takes seconds of the processor to start, most of it to import; so each of these is made by
one of the processes that test side by side, and the others wait for it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.batch.courses import answer, cell, first, make_course, notebook, second
from tests.batch.postgresql import find_server, server
from tests.batch.real_engine import EARNED, finish, hand_in_class, proc
from tests.batch.report_books import make_book
from tests.batch.rows import our_rows
from tests.batch.test_feedback_pages import lesson

HERE = "tests/batch/"
SECONDS = 900
"""Grading is many short-lived programs, and releasing a course takes nbgrader a while."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder more time, where they do not ask for it themselves."""
    for item in items:
        if item.nodeid.startswith(HERE) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(SECONDS))


def helped() -> Any:
    """A test that asks a module beside the notebook."""
    double = answer("def double(a):\n    return 2 * a")
    return notebook(
        [
            cell("code", "import helper"),
            cell("code", double, "double", solution=True),
            cell("code", "assert double(4) == helper.expected(4)", "t", 2, grade=True, locked=True),
        ]
    )


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder that *make* has filled, for all processes that test side by side."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    root = shared / name
    with open(shared / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the first of them makes it
        if not (shared / f"{name}.made").exists():
            shutil.rmtree(root, ignore_errors=True)
            make(root)
            (shared / f"{name}.made").touch()
    return root


@pytest.fixture(scope="session")
def released_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose assignments are released; nobody has handed in anything. Not to be changed.

    ps1 and ps2 are for the driver; "helped", "pages" and "proc" each for the tests of one thing.
    """
    assignments = {
        "ps1": {"proc": first()},
        "ps2": {"one": first(), "two": second()},
        "helped": {"proc": helped()},
        "pages": {"proc": lesson()},
        "proc": {"proc": proc()},
    }
    return once(tmp_path_factory, "released-course", lambda root: make_course(root, assignments))


@pytest.fixture(scope="session")
def proc_class(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The class of `real_engine`, which has handed in. Not to be changed."""
    course = shutil.copytree(released_course, tmp_path_factory.mktemp("proc-class") / "course")
    hand_in_class(course)
    return course


@pytest.fixture(scope="session")
def proc_graded(proc_class: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same class, graded by the real engine, undisturbed. Not to be changed."""

    def make(root: Path) -> None:
        shutil.copytree(proc_class, root)
        finish(root, "--jobs", "2", TMPDIR=str(tmp_path_factory.mktemp("temporary")))

    course = once(tmp_path_factory, "proc-graded", make)
    assert {name: row["points"] for name, row in our_rows(course).items()} == EARNED
    return course


@pytest.fixture(scope="session")
def graded_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graded class of `report_books`. Not to be changed."""
    return once(tmp_path_factory, "graded-book", make_book)


@pytest.fixture
def course(released_course: Path, tmp_path: Path) -> Path:
    """A released course of the test's own."""
    return shutil.copytree(released_course, tmp_path / "course")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a PostgreSQL server of the tests' own."""
    pytest.importorskip("psycopg")
    programs = find_server()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed (Debian: postgresql)")
    with server(programs) as made:
        yield made
