"""A report only reads: it waits for no writer that is busy, and no writer waits for it."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from lessonkit.batch.reporting import read_classes
from lessonkit.batch.snapshots import Snapshot
from lessonkit.cli import main
from lessonkit.errors import LessonkitError


@pytest.fixture
def course(graded_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A graded class of the test's own, and the place where it works."""
    root = shutil.copytree(graded_book, tmp_path / "course")
    monkeypatch.chdir(root)
    monkeypatch.setenv("HOME", str(tmp_path))
    return root


def test_a_report_beside_a_grader_shows_what_is_written(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A transaction that is open, as a grader's is, is not waited for, and not seen."""
    assert main(["report", "ps1"]) == 0
    before = capsys.readouterr().out
    writer = sqlite3.connect(course / "gradebook.db", isolation_level=None)
    try:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE grade SET manual_score = 0")
        assert main(["report", "ps1"]) == 0
        assert capsys.readouterr().out == before
        writer.execute("COMMIT")
    finally:
        writer.close()
    assert main(["report", "ps1"]) == 0
    assert capsys.readouterr().out != before


def test_a_grader_beside_a_report_does_not_wait(course: Path) -> None:
    """While a report is made grades can be written at once; it shows the moment of its start."""
    written: list[int] = []

    def writes(_assignment: str) -> list[str]:
        writer = sqlite3.connect(course / "gradebook.db", timeout=0)
        with writer:
            written.append(writer.execute("UPDATE grade SET manual_score = 0").rowcount)
        writer.close()
        return []

    url = f"sqlite:///{course / 'gradebook.db'}"
    with Snapshot(url) as book:
        (during,) = read_classes(book, ["ps1"], writes)
    with Snapshot(url) as book:
        (after,) = read_classes(book, ["ps1"], lambda _: [])

    assert written[0] > 0
    assert [one.score for one in during.submitted] != [one.score for one in after.submitted]


def test_a_gradebook_is_not_changed_by_a_report(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even by tables of ours where nbgrader alone has graded; a read-only file will do."""
    file = course / "gradebook.db"
    connection = sqlite3.connect(file)
    connection.execute("DROP TABLE lessonkit_grading")
    connection.commit()
    connection.close()
    file.chmod(0o444)
    before = hashlib.sha256(file.read_bytes()).hexdigest()

    assert main(["report", "ps1"]) == 0

    assert "graded by nbgrader" in capsys.readouterr().out
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before
    assert [one.name for one in course.glob("gradebook.db*")] == ["gradebook.db"]


def test_a_file_that_stays_locked_is_one_sentence(course: Path) -> None:
    """Another program that keeps everybody out is waited for as long as patience lasts."""
    other = sqlite3.connect(course / "gradebook.db", isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LessonkitError, match=r"kept locked by another program for 0\.5 s"):
            Snapshot(f"sqlite:///{course / 'gradebook.db'}", patience_seconds=0.5)
    finally:
        other.close()


def test_a_file_that_is_no_database_is_one_sentence(course: Path) -> None:
    """It says which one."""
    (course / "gradebook.db").write_bytes(b"no database" * 1000)
    with pytest.raises(LessonkitError, match=r"gradebook.db cannot be used: file is not a data"):
        Snapshot(f"sqlite:///{course / 'gradebook.db'}")
