"""On honest submissions all that nbgrader keeps is what stock `nbgrader autograde` writes."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.batch.courses import fake_grade, hand_in, lessonkit, nbgrader, nbgrader_each
from tests.batch.rows import everything, graded_rows
from tests.hosts import chosen_hosts

RIGHT = {
    "add": "def add(a, b):\n    return a + b",
    "double": "def double(a):\n    return 2 * a",
    "why": "Because it is so.",
    "show": "print('shown')",
}
PARTLY = RIGHT | {"double": "def double(a):\n    return abs(2 * a)"}
WRONG = {"add": "def add(a, b):\n    return a - b", "double": "def double(a) return a"}
LATE, IN_TIME = "2030-01-02 10:00:00.123456 UTC", "2029-12-31 10:00:00 +0100"
PLUGIN = """
from nbgrader.plugins import BasePlugin

class PerHour(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 3600 / 10
"""


def a_class(course: Path) -> None:
    """Right and in time; wrong and late; blank; partly right, late and with files of their own."""
    hand_in(course, "ada", RIGHT, timestamp=IN_TIME)
    hand_in(course, "cleo", WRONG, timestamp=LATE)
    hand_in(course, "dan", {})
    hand_in(course, "eve", PARTLY | {"why": "", "show": "1 / 0"}, timestamp=LATE)
    (course / "submitted" / "eve" / "ps1" / "more").mkdir()
    (course / "submitted" / "eve" / "ps1" / "more" / "notes.txt").write_text("notes")
    with sqlite3.connect(course / "gradebook.db") as connection:
        connection.execute("UPDATE assignment SET duedate = '2030-01-01 10:00:00.000000'")
    connection.close()


@pytest.mark.slow
@pytest.mark.parametrize("penalty", chosen_hosts("own", "zero", "none", always=1))
def test_rows_and_files_are_those_of_stock(course: Path, tmp_path: Path, penalty: str) -> None:
    """Every grade, comment, penalty, student and time; every file with its permissions, and every
    notebook with the same cells, texts and nbgrader entries."""
    with (course / "nbgrader_config.py").open("a") as config:
        if penalty == "own":
            (course / "hourly.py").write_text(PLUGIN)
            config.write("import sys; sys.path.insert(0, '.')\n")
            config.write("c.AssignLatePenalties.plugin_class = 'hourly.PerHour'\n")
        else:
            config.write(f"c.LateSubmissionPlugin.penalty_method = '{penalty}'\n")
    a_class(course)
    if penalty == "none":
        hand_in(course, "ada", {}, assignment="ps2", notebooks=("one",))
        hand_in(course, "ben", {}, assignment="ps2", notebooks=("one", "two"))
    stock = shutil.copytree(course, tmp_path / "stock")
    for assignment in ("ps1", "ps2") if penalty == "none" else ("ps1",):
        nbgrader(stock, "autograde", assignment)
        done = lessonkit(course, "grade", assignment)
        assert done.returncode == 0, done.stderr
    assert graded_rows(course) == graded_rows(stock)
    ours, theirs = everything(course)["files"], files_of(stock)
    assert {name: mode for name, (mode, _) in ours.items()} == theirs
    assert cells_of(course) == cells_of(stock)
    assert len(cells_of(course)) >= 4


def test_what_we_graded_and_our_tables_are_nothing_to_nbgrader(course: Path) -> None:
    """`nbgrader generate_feedback` reads our folders and rows, also of what was not gradable;
    `nbgrader db upgrade`, `nbgrader export` and a new release go on as if we were not there."""
    hand_in(course, "ada", {"add": "right", "double": "half"})
    (hand_in(course, "ben", {}) / "proc.ipynb").write_text("damaged")
    assert fake_grade(course, "ps1").returncode == 0
    before = graded_rows(course)

    nbgrader_each(
        course, "generate_feedback ps1", "db upgrade", "export", "generate_assignment ps1 --force"
    )

    assert ",ada," in (course / "grades.csv").read_text()
    assert graded_rows(course) == before
    page = (course / "feedback" / "ada" / "ps1" / "proc.html").read_text()
    assert "(Score: 3.5 / 12.0)" in page
    assert "(Score: 0.0 / 12.0)" in (course / "feedback" / "ben" / "ps1" / "proc.html").read_text()


def files_of(course: Path) -> dict[str, int]:
    """The files of autograded/, and their permissions."""
    root = course / "autograded"
    return {
        str(path.relative_to(root)): path.stat().st_mode & 0o777
        for path in root.rglob("*")
        if path.is_file()
    }


def cells_of(course: Path) -> dict[str, list[object]]:
    """The cells of each judged notebook: kind, text, nbgrader's entry."""
    found: dict[str, list[object]] = {}
    root = course / "autograded"
    for file in root.rglob("*.ipynb"):
        content = json.loads(file.read_text())
        assert content["metadata"]["kernelspec"]["name"] == "python3"
        found[str(file.relative_to(root))] = [
            (one["cell_type"], "".join(one["source"]), one["metadata"].get("nbgrader"))
            for one in content["cells"]
        ]
    return found
