"""The gradebook may be on a PostgreSQL server: the same rows, the same care."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lessonkit.batch.course import find_course
from lessonkit.batch.gradebooks import Gradebook
from lessonkit.batch.locks import advisory_key
from lessonkit.batch.reporting import read_classes
from lessonkit.batch.reports.records import Class
from lessonkit.batch.snapshots import Snapshot
from lessonkit.errors import LessonkitError
from tests.batch import rows
from tests.batch.courses import (
    fake_grade,
    first,
    hand_in,
    make_course,
    start_fake_grade,
)
from tests.batch.real_engine import (
    EARNED,
    WAIT_SECONDS,
    finish,
    graded_students,
    hand_in_class,
    orphanage,
    proc,
    start_grade,
)
from tests.batch.test_interruptions import end, eventually
from tests.batch.test_stock_seams import FAKE, SEAMS, start_python

RIGHT = {"add": "right", "double": "half", "why": "so"}
BY_API = """
import json
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader

if __name__ == "__main__":
    config = PyFileConfigLoader("nbgrader_config.py", ".").load_config()
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    print(json.dumps(api.autograde("ps1", "tom")), flush=True)
    input()
    print(json.dumps(api.autograde("ps1", "tom")), flush=True)
"""


@pytest.fixture(scope="module")
def there(address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose gradebook is on the server, released by stock nbgrader."""
    root = tmp_path_factory.mktemp("on-a-server")
    config = f'c.CourseDirectory.db_url = "{address}"\n'
    assignments = {"ps1": {"proc": first()}, "proc": {"proc": proc()}}
    return make_course(root / "course", assignments, config=config)


Rows = dict[str, list[Any]]


def on_server(address: str, assignment: str) -> Rows:
    """What is in the gradebook of one assignment, as `in_file` gives it."""
    queries = {"grades": rows.GRADES, "comments": rows.COMMENTS, "students": rows.STUDENTS}
    queries["ours"] = rows.OURS
    engine = sa.create_engine(address)
    with engine.connect() as connection:
        found = {
            name: [tuple(row) for row in connection.exec_driver_sql(query)]
            for name, query in queries.items()
        }
    engine.dispose()
    return of(assignment, found)


def in_file(course: Path, assignment: str) -> Rows:
    """The same of a course whose gradebook is a file."""
    ours = [(name, *row.values()) for name, row in rows.our_rows(course, assignment).items()]
    return of(assignment, {**rows.graded_rows(course), "ours": ours})


def of(assignment: str, found: Rows) -> Rows:
    """The rows of one assignment and of its students, in the same words for both databases."""
    grades = [(*row[:8], bool(row[8])) for row in found["grades"] if row[1] == assignment]
    ours = [(row[0], *row[3:]) for row in found["ours"] if row[1] == assignment]
    names = {row[0] for row in ours}
    return {
        "grades": grades,
        "comments": [row for row in found["comments"] if row[1] == assignment],
        "students": [row for row in found["students"] if row[0] in names],
        "ours": sorted(ours),
    }


def claims(address: str) -> int:
    """How many graders have a gradebook of this server for themselves."""
    engine = sa.create_engine(address)
    with engine.connect() as connection:
        query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        found = connection.exec_driver_sql(query).scalar()
    engine.dispose()
    return int(found or 0)


def test_rows_are_those_of_a_file(there: Path, course: Path, address: str) -> None:
    """The same submissions, graded twice on the server and once in SQLite, come to the same."""
    for place in (there, course):
        hand_in(place, "ada", RIGHT, timestamp="2030-01-02 10:00:00.123456 UTC")
        hand_in(place, "ben", {})
        (hand_in(place, "cleo", {}) / "proc.ipynb").write_text("damaged")
        done = fake_grade(place, "ps1")
        assert done.returncode == 0, done.stderr
    expected = in_file(course, "ps1")
    assert {row[0] for row in expected["grades"]} == {"ada", "ben", "cleo"}
    assert on_server(address, "ps1") == expected
    assert fake_grade(there, "ps1", "--force").returncode == 0
    assert on_server(address, "ps1") == expected
    assert fake_grade(there, "ps1").stdout.startswith("ps1: 0 of 3 graded now; 3 graded before")


@pytest.mark.slow
def test_rows_of_real_boxes_are_those_of_a_file(
    there: Path, proc_graded: Path, address: str, tmp_path: Path
) -> None:
    """Also when the grader is killed in between, and the command is given again."""
    skipped = shutil.ignore_patterns("submitted", "autograded")
    course = shutil.copytree(there, tmp_path / "course", ignore=skipped)
    hand_in_class(course)
    with orphanage():
        process = start_grade(course)
        eventually(lambda: graded_students(course) >= 2 or process.poll() is not None)
        end(process, signal.SIGKILL)
    said = finish(course)
    assert f"of {len(EARNED)} graded now" in said
    assert on_server(address, "proc") == in_file(proc_graded, "proc")
    assert rows.files_and_folders(course) == rows.files_and_folders(proc_graded)


def test_a_second_grader_elsewhere_is_kept_out(there: Path, tmp_path: Path, address: str) -> None:
    """Another copy of the course, as on another machine, with the same gradebook: exit status 2."""
    elsewhere = shutil.copytree(there, tmp_path / "elsewhere")
    hand_in(there, "slow", {"add": "takes for ever"})
    process = start_fake_grade(there, "ps1", "--student", "slow")
    try:
        # Not before: the second one would be first now and then, and the first one kept out.
        eventually(lambda: claims(address) == 1 or process.poll() is not None)
        second = fake_grade(elsewhere, "ps1")
        assert second.returncode == 2, process.poll()
        assert "another grader is grading this course" in second.stderr
        assert second.stderr.count("\n") == 1
    finally:
        end(process, signal.SIGKILL)
    # The server lets go of the lock when it notices that its client is gone.
    eventually(lambda: fake_grade(elsewhere, "ps1").returncode == 0)


def test_a_report_on_a_server_only_reads(there: Path, address: str) -> None:
    """Of one moment, while somebody is writing, without making a table or waiting."""
    hand_in(there, "rita", RIGHT)
    assert fake_grade(there, "ps1", "--student", "rita").returncode == 0
    writer = sa.create_engine(address)

    def writes(_assignment: str) -> list[str]:
        with writer.begin() as connection:
            connection.exec_driver_sql("UPDATE grade SET auto_score = 0")
        return []

    with Snapshot(address) as book, writer.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE lessonkit_grading IN EXCLUSIVE MODE")
        (before,) = read_classes(book, ["ps1"], lambda _: [])
        connection.rollback()
        (during,) = read_classes(book, ["ps1"], writes)
        (after,) = read_classes(book, ["ps1"], lambda _: [])
        with pytest.raises(LessonkitError, match="read-only"):
            book.work(lambda one: one.exec_driver_sql("DELETE FROM grade"))
    writer.dispose()

    def points(group: Class) -> float:
        return sum(one.score or 0.0 for one in group.submitted)

    assert points(before) == points(during) > points(after) == 0


def test_autograde_elsewhere_is_kept_out(there: Path, tmp_path: Path, address: str) -> None:
    """nbgrader's own command on another machine is told in one sentence, and changes nothing."""
    elsewhere = shutil.copytree(there, tmp_path / "with-seams")
    config = elsewhere / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}{SEAMS}{FAKE}stock.PATIENCE_SECONDS = 0.3\n")
    with config.open("a") as more:
        more.write(f'c.CourseDirectory.db_url = "{address}"\n')
    hand_in(elsewhere, "tom", RIGHT)
    course = find_course(elsewhere)
    program = elsewhere / "by_api.py"
    program.write_text(BY_API)
    with Gradebook(address) as book:
        book.claim(advisory_key(course))
        process = start_python(elsewhere, str(program))
        assert process.stdout is not None
        refused = json.loads(process.stdout.readline())
        assert not (elsewhere / "autograded" / "tom").exists()
    said, errors = process.communicate(b"now\n", timeout=WAIT_SECONDS)
    assert json.loads(said)["success"], errors
    assert not refused["success"]
    assert "another grader is grading this course" in refused["log"]
    assert "Traceback" not in refused["log"]
    assert on_server(address, "ps1")["ours"][-1][:2] == ("tom", "graded")
    assert claims(address) == 0


def test_a_server_that_is_gone_is_one_sentence(there: Path, tmp_path: Path) -> None:
    """No server answers: said without the password, exit status 3."""
    copy = shutil.copytree(there, tmp_path / "copy")
    with (copy / "nbgrader_config.py").open("a") as config:
        config.write(
            'c.CourseDirectory.db_url = "postgresql+psycopg://ada:geheim@/grades?host=/nonexistent"\n'
        )
    done = fake_grade(copy, "ps1")
    assert done.returncode == 3
    assert "cannot be used" in done.stderr
    assert "geheim" not in done.stderr
    assert done.stderr.count("\n") == 1
