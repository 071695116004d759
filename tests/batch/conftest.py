"""Courses to grade: released once by stock nbgrader, copied for each test."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.batch.courses import make_course
from tests.batch.postgresql import find_server, server

HERE = "tests/batch/"
SECONDS = 900
"""Grading is many short-lived programs, and releasing a course takes nbgrader a while."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder more time, where they do not ask for it themselves."""
    for item in items:
        if item.nodeid.startswith(HERE) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(SECONDS))


@pytest.fixture(scope="session")
def released_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose assignments are released; nobody has handed in anything. Not to be changed."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    root = shared / "released-course"
    with open(shared / "released-course.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of the processes that test side by side makes it
        if not (root / "made").exists():
            shutil.rmtree(root, ignore_errors=True)
            make_course(root)
            (root / "made").touch()
    return root


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
