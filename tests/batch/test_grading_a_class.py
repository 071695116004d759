"""A class is graded: rows, folders, what is said, what is left alone."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.batch.courses import fake_grade, hand_in
from tests.batch.rows import everything, graded_rows, our_rows

RIGHT = {"add": "right", "double": "right"}


def points(course: Path, student: str) -> dict[str, tuple[float | None, bool]]:
    """Cell -> automatic score, and whether it waits for a person."""
    rows = graded_rows(course)["grades"]
    return {row[3]: (row[5], bool(row[8])) for row in rows if row[0] == student}


def test_scores_are_written_and_told(course: Path) -> None:
    """Points, what waits for a person and blank answers are in the gradebook and in the table."""
    hand_in(course, "ada", RIGHT | {"why": "It is so."})
    hand_in(course, "ben", {"add": "half"})
    done = fake_grade(course, "ps1", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert points(course, "ada") == {
        "test-add": (2.0, False),
        "test-double": (3.0, False),
        "why": (None, True),
        "show": (0.0, False),
        "draw": (None, True),
    }
    assert points(course, "ben")["test-add"] == (1.0, False)
    lines = done.stdout.splitlines()
    assert lines[1].split() == ["ada", "graded", "5", "of", "5", "+", "7"]
    assert lines[-1] == "ps1: 2 of 2 graded now"


def test_what_is_graded_is_left_alone(course: Path) -> None:
    """The second run judges nothing, and says so; --force judges all again, to the same end."""
    hand_in(course, "ada", RIGHT)
    fake_grade(course, "ps1")
    before = everything(course)
    again = fake_grade(course, "ps1", "--resume")
    assert again.stdout == "ps1: 0 of 1 graded now; 1 graded before, and as they were then\n"
    assert "1 of 1 submissions have been graded" in again.stderr
    assert everything(course) == before
    forced = fake_grade(course, "ps1", "--force")
    assert "1 of 1 graded now" in forced.stdout
    assert everything(course) == before


def test_a_changed_submission_is_graded_again(course: Path) -> None:
    """A new file, a new limit or a folder that somebody removed: only that student is judged."""
    folder = hand_in(course, "ada", RIGHT)
    hand_in(course, "ben", RIGHT)
    fake_grade(course, "ps1")
    (folder / "more.txt").write_text("more")
    assert "ada" in fake_grade(course, "ps1").stdout
    for file in (course / "autograded" / "ben" / "ps1").iterdir():
        file.unlink()
    told = json.loads(fake_grade(course, "ps1", "--json").stdout)
    assert {row["student"]: row["graded_before"] for row in told["students"]} == {
        "ada": True,
        "ben": False,
    }


def test_json_is_one_object_and_the_only_thing_on_stdout(course: Path) -> None:
    """--json says everything of everybody."""
    hand_in(course, "ada", RIGHT)
    told = json.loads(fake_grade(course, "ps1", "--json").stdout)
    assert (told["submissions"], told["graded"], told["failed"]) == (1, 1, 0)
    (row,) = told["students"]
    assert (row["status"], row["points"], row["max_points"]) == ("graded", 5.0, 12.0)


def test_manual_scores_stay_and_ask_for_another_look(course: Path) -> None:
    """What a person gave is never touched; after new grading it waits for a person again."""
    hand_in(course, "ada", RIGHT)
    fake_grade(course, "ps1")
    with sqlite3.connect(course / "gradebook.db") as connection:
        connection.execute("UPDATE grade SET manual_score = 1.5, extra_credit = 1")
        connection.execute("UPDATE comment SET manual_comment = 'well done'")
    connection.close()
    fake_grade(course, "ps1", "--force")
    rows = graded_rows(course)
    assert {row[6:8] for row in rows["grades"]} == {(1.5, 1.0)}
    assert all(row[8] for row in rows["grades"])
    assert {row[6] for row in rows["comments"]} == {"well done"}


def test_only_the_named_students_are_graded(course: Path) -> None:
    """--student may be repeated; the others have no rows afterwards."""
    for student in ("ada", "ben", "cleo"):
        hand_in(course, student, RIGHT)
    done = fake_grade(course, "ps1", "--student", "ada", "--student", "cleo")
    assert done.returncode == 0
    assert set(our_rows(course)) == {"ada", "cleo"}


def test_a_damaged_notebook_costs_nobody_else_anything(course: Path) -> None:
    """It is told as not gradable, waits for a person, and has a page that says why."""
    hand_in(course, "ada", RIGHT)
    folder = hand_in(course, "ben", {})
    (folder / "proc.ipynb").write_text("\0 no notebook")
    hand_in(course, "cleo", RIGHT)
    done = fake_grade(course, "ps1")
    assert done.returncode == 0, done.stderr
    assert our_rows(course)["ben"]["status"] == "not gradable"
    assert points(course, "ben")["test-add"] == (0.0, True)
    assert points(course, "cleo")["test-add"] == (2.0, False)
    page = json.loads((course / "autograded" / "ben" / "ps1" / "proc.ipynb").read_text())
    assert page["cells"][0]["source"].endswith("\n- It is no notebook.")
    assert "HIDDEN" not in json.dumps(page)


def test_a_missing_notebook_is_told(course: Path) -> None:
    """Nothing handed in but a text: 0 points, a reason, a page with it, and a person looks."""
    folder = hand_in(course, "ada", {})
    (folder / "proc.ipynb").unlink()
    (folder / "readme.txt").write_text("my dog has it")
    done = fake_grade(course, "ps1")
    assert done.returncode == 0, done.stderr
    assert our_rows(course)["ada"]["status"] == "not gradable"
    assert "There is no proc.ipynb" in our_rows(course)["ada"]["reason"]
    assert points(course, "ada")["test-add"] == (0.0, True)
    page = json.loads((course / "autograded" / "ada" / "ps1" / "proc.ipynb").read_text())
    assert "There is no proc.ipynb in the submission." in page["cells"][0]["source"]


def test_one_missing_notebook_of_two_is_zero_and_the_other_counts(course: Path) -> None:
    """As nbgrader has it: no points for what was not handed in, and nobody has to look."""
    hand_in(course, "ada", {"minus": "right"}, assignment="ps2", notebooks=("two",))
    done = fake_grade(course, "ps2")
    assert done.returncode == 0, done.stderr
    assert points(course, "ada")["test-minus"] == (1.0, False)
    assert points(course, "ada")["test-add"] == (0.0, False)
    assert "There is no one.ipynb" in our_rows(course)["ada"]["reason"]


def test_files_lie_as_nbgrader_lays_them(course: Path) -> None:
    """The instructor's file wins, others are kept, all are read-only, ignored ones stay behind."""
    folder = hand_in(course, "ada", RIGHT)
    (folder / "data.txt").write_text("the student's")
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "mine.txt").write_text("mine")
    (folder / "deep" / "cache.pyc").write_text("no")
    fake_grade(course, "ps1")
    graded = course / "autograded" / "ada" / "ps1"
    found = {str(path.relative_to(graded)) for path in graded.rglob("*") if path.is_file()}
    assert found == {"proc.ipynb", "data.txt", "deep/er/mine.txt"}
    assert (graded / "data.txt").read_text() == "the instructor's\n"
    assert {path.stat().st_mode & 0o777 for path in graded.rglob("*.*")} == {0o444}


def test_a_file_may_be_the_students_own(course: Path) -> None:
    """c.Autograde.exclude_overwriting names the instructor's files that students change."""
    with (course / "nbgrader_config.py").open("a") as config:
        config.write('c.Autograde.exclude_overwriting = {"ps1": ["data.txt"]}\n')
    folder = hand_in(course, "ada", RIGHT)
    (folder / "data.txt").write_text("the student's")
    fake_grade(course, "ps1")
    assert (course / "autograded/ada/ps1/data.txt").read_text() == "the student's"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ps9",), "has no assignment 'ps9'. It has: helped, pages, proc, ps1, ps2"),
        (("ps1", "--student", "zoe"), "'zoe' handed in nothing for ps1"),
        (("ps1", "--jobs", "0"), "--jobs is at least 1"),
        (("ps1", "--resume", "--force"), "give one of them"),
    ],
)
def test_bad_usage_is_one_sentence(course: Path, arguments: tuple[str, ...], words: str) -> None:
    """Exit status 2, nothing on stdout, one line on stderr that says what there is."""
    hand_in(course, "ada", RIGHT)
    done = fake_grade(course, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_assignment_without_submissions_is_no_error(course: Path) -> None:
    """Nothing was handed in: said, exit status 0."""
    done = fake_grade(course, "ps1")
    assert (done.returncode, done.stdout) == (0, "ps1: nobody has handed in anything\n")


def test_folders_that_no_gradebook_can_name_are_told(course: Path) -> None:
    """A name that is too long or cannot be shown: a warning, and everybody else is graded."""
    hand_in(course, "ada", RIGHT)
    hand_in(course, "b" * 129, RIGHT)
    hand_in(course, "c\x1b[31m", RIGHT)
    done = fake_grade(course, "ps1")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("has a name that cannot stand in a gradebook") == 2
    assert "\x1b" not in done.stderr
    assert set(our_rows(course)) == {"ada"}


def test_what_a_student_writes_does_nothing_to_a_terminal(course: Path) -> None:
    """Signs that move the cursor or hide text are shown as what they are not: harmless."""
    folder = hand_in(course, "ada", {})
    (folder / "proc.ipynb").unlink()
    (folder / "\x1b[2J.ipynb").write_text("{}")
    (folder / "x\x9b.txt").write_text("")
    done = fake_grade(course, "ps1")
    assert not {"\x1b", "\x9b"} & set(done.stdout + done.stderr)


def test_a_plugin_for_late_submissions_that_fails_is_told(course: Path) -> None:
    """It is the instructor's program: its student is not graded because we failed, others are."""
    (course / "failing.py").write_text(
        "class Plugin:\n"
        "    def __init__(self, config): pass\n"
        "    def late_submission_penalty(self, student, score, late): return 1 / 0\n"
    )
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("import sys; sys.path.insert(0, '.')\n")
        config.write("c.AssignLatePenalties.plugin_class = 'failing.Plugin'\n")
    with sqlite3.connect(course / "gradebook.db") as connection:
        connection.execute("UPDATE assignment SET duedate = '2030-01-01 10:00:00.000000'")
    connection.close()
    hand_in(course, "ada", RIGHT, timestamp="2030-01-01 09:00:00 UTC")
    hand_in(course, "ben", RIGHT, timestamp="2030-01-01 11:00:00 UTC")
    done = fake_grade(course, "ps1")
    assert done.returncode == 3, done.stderr
    rows = our_rows(course)
    assert (rows["ada"]["status"], rows["ben"]["status"]) == ("graded", "we failed")
    assert "failing.Plugin, failed: ZeroDivisionError" in rows["ben"]["reason"]
    assert {row[0] for row in graded_rows(course)["grades"]} == {"ada"}


def test_more_time_for_one_student_is_graded_anew(course: Path) -> None:
    """An extension that is granted after grading takes the penalty away with the next run."""
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with sqlite3.connect(course / "gradebook.db") as connection:
        connection.execute("UPDATE assignment SET duedate = '2030-01-01 10:00:00.000000'")
    connection.close()
    for student in ("ada", "ben"):
        hand_in(course, student, RIGHT, timestamp="2030-01-01 11:00:00 UTC")
    fake_grade(course, "ps1")
    assert {row[6] for row in graded_rows(course)["notebooks"]} == {5.0}
    with sqlite3.connect(course / "gradebook.db") as connection:
        connection.execute(
            "UPDATE submitted_assignment SET extension = '1970-01-02 00:00:00.000000' "
            "WHERE student_id = 'ada'"
        )
    connection.close()
    assert "1 of 2 graded now" in fake_grade(course, "ps1").stdout
    penalties = {row[0]: row[6] for row in graded_rows(course)["notebooks"]}
    assert penalties == {"ada": None, "ben": 5.0}
