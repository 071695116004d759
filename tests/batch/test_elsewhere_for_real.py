"""The real engine on a Dask cluster of which a worker is lost, and with a gradebook on a server."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.batch import rows
from tests.batch.real_engine import (
    EARNED,
    WAIT_SECONDS,
    eventually,
    graded_students,
    hand_in_class,
    orphanage,
    proc_course,
    start_grade,
)
from tests.batch.test_cluster import cluster

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


def finish(course: Path, *arguments: str) -> str:
    """Grade what is not graded yet; return what was said of it."""
    process = start_grade(course, *arguments)
    said, errors = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 0, errors
    return said.decode()


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which a class has handed in. Not to be changed."""
    course = proc_course(tmp_path_factory.mktemp("handed-in") / "course")
    hand_in_class(course)
    return course


@pytest.fixture(scope="module")
def here(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same course, graded on this machine and in a file. Not to be changed."""
    course = shutil.copytree(handed_in, tmp_path_factory.mktemp("here") / "course")
    finish(course)
    assert {name: row["points"] for name, row in rows.our_rows(course).items()} == EARNED
    return course


@pytest.mark.skipif(find_spec("distributed") is None, reason="Dask is not installed")
def test_a_cluster_that_loses_a_worker_judges_as_this_machine_does(
    handed_in: Path, here: Path, tmp_path: Path
) -> None:
    """Rows and files are the same, byte for byte; the lost worker leaves nothing in boxes."""
    course = shutil.copytree(handed_in, tmp_path / "course")
    with orphanage(), cluster(tmp_path) as made:
        process = start_grade(course, "--scheduler", made.address)
        eventually(
            lambda: graded_students(course) >= 1 or process.poll() is not None,
            "the first submission is graded",
        )
        made.kill(made.workers[0])
        said, errors = process.communicate(timeout=WAIT_SECONDS)
        assert process.returncode == 0, errors
    assert f"{len(EARNED)} of {len(EARNED)} graded now" in said.decode()
    assert rows.everything(course) == rows.everything(here)


def in_file(course: Path) -> dict[str, list[Any]]:
    """What is in the gradebook of *course*, as `on_server` gives it."""
    found = rows.graded_rows(course)
    ours = rows.our_rows(course)
    return {
        "grades": [(*row[:8], bool(row[8])) for row in found["grades"]],
        "comments": found["comments"],
        "students": found["students"],
        "ours": [(name, row["status"], row["points"]) for name, row in sorted(ours.items())],
    }


def on_server(address: str) -> dict[str, list[Any]]:
    """What is in the gradebook at *address*."""
    queries = {"grades": rows.GRADES, "comments": rows.COMMENTS, "students": rows.STUDENTS}
    queries["ours"] = "SELECT student, status, points FROM lessonkit_grading ORDER BY 1"
    engine = sa.create_engine(address)
    with engine.connect() as connection:
        found = {
            name: [tuple(row) for row in connection.exec_driver_sql(query)]
            for name, query in queries.items()
        }
    engine.dispose()
    return found


def test_a_gradebook_on_a_server_has_the_rows_of_one_in_a_file(
    address: str, here: Path, tmp_path: Path
) -> None:
    """Also when the grader is killed in between, and the command is given again."""
    course = proc_course(tmp_path / "course", f'c.CourseDirectory.db_url = "{address}"\n')
    hand_in_class(course)
    with orphanage():
        process = start_grade(course)
        eventually(
            lambda: graded_students(course) >= 2 or process.poll() is not None,
            "two submissions are graded",
        )
        process.kill()
        process.communicate(timeout=WAIT_SECONDS)
    said = finish(course)
    assert f"of {len(EARNED)} graded now" in said
    assert on_server(address) == in_file(here)
    assert rows.files_and_folders(course) == rows.files_and_folders(here)
