"""`lessonkit report`: the figures of a real gradebook, worked out by hand here."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from lessonkit.batch.gradebooks import Gradebook
from lessonkit.batch.reporting import read_classes, roster
from lessonkit.batch.reports.figures import Row, histogram, rows_of, totals_of
from lessonkit.batch.reports.misconceptions import MISCONCEPTIONS
from lessonkit.batch.reports.records import Class
from lessonkit.batch.reports.text import report_text
from lessonkit.cli import main
from tests.batch.report_books import STOCK_COLUMNS, STOCK_SCORES, cell, note

REPOSITORY = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def graded(graded_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A graded class of the test's own, and the place where it works."""
    root = shutil.copytree(graded_book, tmp_path / "course")
    monkeypatch.chdir(root)
    monkeypatch.setenv("HOME", str(tmp_path))
    return root


def the_class(root: Path, name: str = "ps1") -> Class:
    """One assignment, read from the gradebook; hal's folder is there for ps1."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        return read_classes(book, [name], lambda one: ["hal"] if one == "ps1" else [])[0]


def the_rows(root: Path) -> dict[str, Row]:
    """The table per question of ps1, by cell."""
    return {row.question.grade_id: row for row in rows_of(the_class(root))}


def change(root: Path, statement: str) -> None:
    """Change rows behind everybody's back."""
    connection = sqlite3.connect(root / "gradebook.db")
    with connection:
        assert connection.execute(statement).rowcount
    connection.close()


def test_the_table_per_question_has_the_figures_worked_out_by_hand(graded: Path) -> None:
    """Points 2 0 0 2 0; 3 1 3 2 0; 1.5 ? 2 0 ?; 4 and half a point extra, ?, 0, ?, ?."""
    found = {
        name: (row.submissions, row.graded, row.waiting, row.full, row.zero, row.unproven)
        for name, row in the_rows(graded).items()
    }
    assert found == {
        "add": (5, 5, 0, 2, 3, 0),
        "double": (5, 5, 0, 2, 1, 1),
        "why": (5, 3, 2, 1, 1, 0),
        "draw": (5, 2, 3, 1, 1, 0),
    }
    means = [row.mean for row in the_rows(graded).values()]
    assert means == pytest.approx([4 / 5, 9 / 5, 3.5 / 3, 4.5 / 2])


def test_the_order_is_the_notebooks_and_kinds_and_titles_are_known(graded: Path) -> None:
    """From our notes; the gradebook itself keeps no order."""
    group = the_class(graded)
    assert [one.grade_id for one in group.questions] == ["add", "double", "why", "draw"]
    assert [one.kind for one in group.questions] == ["test", "test", "manual", "task"]
    assert group.questions[0].title.startswith("3.1 Add")
    assert group.ordered
    assert not the_class(graded, "ps2").ordered


def test_misconceptions_are_counted_and_the_most_frequent_is_first(graded: Path) -> None:
    """bob and cyd showed M3.1, bob M3.2 as well; fay's M3.9 is of an older grade."""
    rows = the_rows(graded)
    assert rows["add"].misconceptions == (("M3.1", 2), ("M3.2", 1))
    assert rows["double"].misconceptions == (("M3.2", 1),)


def test_notes_that_agree_with_the_gradebook_are_used(graded: Path) -> None:
    """The control: with the points that we gave, fay's notes count, and she is ours."""
    change(
        graded,
        "UPDATE grade SET auto_score = 2 WHERE cell_id = (SELECT id FROM base_cell WHERE name = "
        "'add' AND type = 'GradeCell') AND notebook_id = (SELECT n.id FROM submitted_notebook n "
        "JOIN submitted_assignment a ON a.id = n.assignment_id WHERE a.student_id = 'fay')",
    )
    row = the_rows(graded)["add"]
    assert ("M3.9", 1) in row.misconceptions
    assert row.unproven == 1
    statuses = {one.student.id: one.status for one in the_class(graded).submitted}
    assert statuses["fay"] == "graded"


def test_a_persons_score_wins_and_is_final(graded: Path) -> None:
    """bob's waiting answer gets 2 points from a person: one more graded, one fewer waiting."""
    change(
        graded,
        "UPDATE grade SET manual_score = 2, needs_manual_grade = 0 WHERE cell_id = (SELECT id FROM "
        "base_cell WHERE name = 'why' AND type = 'GradeCell') AND notebook_id = (SELECT n.id FROM "
        "submitted_notebook n JOIN submitted_assignment a ON a.id = n.assignment_id "
        "WHERE a.student_id = 'bob')",
    )
    row = the_rows(graded)["why"]
    assert (row.graded, row.waiting, row.full) == (4, 1, 2)


def test_a_regraded_answer_waits_although_it_has_points(graded: Path) -> None:
    """nbgrader keeps the old points and asks a person to look again: not final."""
    change(graded, "UPDATE grade SET needs_manual_grade = 1 WHERE manual_score = 1.5")
    row = the_rows(graded)["why"]
    assert (row.graded, row.waiting) == (2, 3)


def test_scores_are_those_of_nbgraders_own_export(graded: Path) -> None:
    """With extra credit and penalties, and never below 0."""
    stock = json.loads((graded / STOCK_SCORES).read_text())
    found = {one.student.id: one.score for one in the_class(graded).submitted}
    assert found["ada"] == 11.0
    assert found["bob"] == 0.5
    assert {who: score for who, score in found.items() if score is not None} == {
        who: stock[who] for who in ("ada", "bob", "cyd", "dan", "fay")
    }
    totals = totals_of(the_class(graded))
    assert [totals.mean, totals.median] == pytest.approx([20.5 / 5, 4])
    assert (totals.late, totals.waiting) == (2, 3)


def test_everybody_has_a_status(graded: Path) -> None:
    """Ours, stock nbgrader's, neither; and who handed in nothing."""
    group = the_class(graded)
    assert {one.student.id: one.status for one in group.submitted} == {
        "ada": "graded",
        "bob": "timed out",
        "cyd": "graded",
        "dan": "graded by nbgrader",
        "eve": "we failed",
        "fay": "graded by nbgrader",
        "hal": "not graded",
    }
    assert [one.id for one in group.absent] == ["gil"]


def test_a_damaged_note_does_not_stop_the_report(graded: Path) -> None:
    """What cannot be read is left out, such as one of a later version."""
    change(graded, "UPDATE lessonkit_grading SET detail = '[1]' WHERE student = 'bob'")
    change(graded, "UPDATE lessonkit_grading SET detail = 'no' WHERE student = 'cyd'")
    assert the_rows(graded)["add"].misconceptions == ()


def test_what_is_no_number_of_a_misconception_is_not_shown(graded: Path) -> None:
    """A test that runs together with a student's code may say anything."""
    note(graded, "cyd", "graded", [cell("add", 0, 2, "M3.1", "<b>", "M3.1", "M3.1\n")])
    assert the_rows(graded)["add"].misconceptions == (("M3.1", 2), ("M3.2", 1))


def test_text_fits_a_terminal_and_says_all(
    graded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """80 columns, or up to 100 where there are more; no line is longer."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["report", "ps1"]) == 0
    shown, errors = capsys.readouterr()
    assert not errors
    assert max(map(len, shown.splitlines())) <= 80
    for words in (
        "2 × M3.1 a zombie can be killed",
        "timed out: 1",
        "graded by nbgrader: 2",
        "The disk was full.",
        "mean 4.1, median 4",
    ):
        assert words in shown
    assert "M3.9" not in shown
    group = the_class(graded)
    assert 80 < max(map(len, report_text([group], width=300).splitlines())) <= 100


def test_without_names_all_assignments_are_reported_in_natural_order(
    graded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """ps2 before ps10, also where nobody handed in anything."""
    assert main(["report"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("ps1:") < shown.index("ps2:") < shown.index("ps10:")
    assert "graded by nbgrader: 1" in shown


def test_csv_has_a_row_per_question(graded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With rates from 0 to 1."""
    assert main(["report", "--format", "csv", "ps1", "ps2"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["question"] for row in rows] == ["add", "double", "why", "draw", "minus"]
    assert (rows[0]["pass_rate"], rows[0]["zero_rate"], rows[0]["mean_points"]) == (
        "0.4",
        "0.6",
        "0.8",
    )
    assert rows[0]["misconceptions"].startswith("M3.1 a zombie can be killed (2); M3.2")
    assert (rows[1]["not_tamper_proof"], rows[2]["needs_person"]) == ("1", "2")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nosuch"], "has no assignment 'nosuch'. It has: ps1, ps10, ps2"),
        (["--zero"], "--zero are for"),
        (["--key", "email"], "--key is for --format moodle"),
        (["--format", "canvas", "--column", "ps1"], "write ASSIGNMENT=NAME"),
        (["--format", "canvas", "--column", "no=X"], "has no 'no'"),
        (["--format", "canvas", "--column", "ps1=ps2"], "the same name"),
        (["--out", "no/such/folder"], "cannot write no/such/folder: No such file"),
    ],
)
def test_bad_usage_is_said_in_one_sentence(
    graded: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """Exit status 2, nothing on stdout."""
    assert main(["report", *arguments]) == 2
    shown, errors = capsys.readouterr()
    assert not shown
    assert words in errors


def test_out_replaces_a_file_for_its_owner_only(
    graded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Grades are nobody else's business; what is not a file is written to, not replaced."""
    Path("r.csv").write_text("old")
    assert main(["report", "ps1", "--format", "csv", "--out", "r.csv"]) == 0
    assert Path("r.csv").read_text().startswith("assignment,")
    assert Path("r.csv").stat().st_mode & 0o777 == 0o600
    assert "written to r.csv" in capsys.readouterr().err
    assert main(["report", "ps1", "--out", "/dev/null"]) == 0
    assert not Path("/dev/null").is_file()
    assert sorted(path.name for path in graded.glob(".report-*")) == []


def test_the_report_changes_no_row_of_nbgraders(graded: Path) -> None:
    """It only reads."""

    def rows() -> list[str]:
        connection = sqlite3.connect(graded / "gradebook.db")
        try:
            return list(connection.iterdump())
        finally:
            connection.close()

    before = rows()
    assert main(["report", "--format", "html", "--out", "r.html"]) == 0
    assert rows() == before


def test_histograms_count_everybody_once() -> None:
    """The best score and what extra credit adds are in the last bar; no division by nothing."""
    bins = histogram([0, 0.5, 1, 9.99, 10], 10)
    assert [one.count for one in bins] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert histogram([12], 10)[-1].high == 12
    assert histogram([], 10) == []
    for most, edges in (
        (31, [0, 5, 10, 15, 20, 25, 31]),
        (28, [0, 5, 10, 15, 20, 25, 28]),
        (35.5, [0, 5, 10, 15, 20, 25, 30, 35.5]),
        (3, [0, 0.5, 1, 1.5, 2, 2.5, 3]),
        (1000, [*range(0, 1001, 100)]),
        (0.25, [0, 0.05, 0.1, 0.15, 0.2, 0.25]),
    ):
        bins = histogram([0, most], most)
        assert [*(one.low for one in bins), bins[-1].high] == edges
        assert [one.count for one in bins] == [1, *(0,) * (len(bins) - 2), 1]
    assert histogram([0, 0], 0) == []
    assert [one.count for one in histogram([0.3 - 1e-16], 1)].index(1) == 3


def test_the_words_for_misconceptions_are_those_of_the_exercises() -> None:
    """Both ways: each number of a lesson's own page is known, and no other."""
    told = {}
    for page in sorted((REPOSITORY / "docs/exercises").glob("*.md")):
        part = page.read_text().split("## Misconceptions", 1)[1].split("\n## ")[0]
        for line in part.splitlines():
            if line.startswith(f"| M{int(page.name[:2])}."):
                number, idea = line.strip("| ").split(" | ", 1)
                told[number] = idea.replace("`", "")
    assert len(told) > 70
    assert {number: MISCONCEPTIONS.get(number) for number in told} == told
    text = " ".join(
        " ".join(page.read_text().split()) for page in (REPOSITORY / "docs/exercises").glob("*.md")
    ).replace("`", "")
    for number in set(MISCONCEPTIONS) - set(told):
        assert f"{number} ({MISCONCEPTIONS[number]})" in text


def test_the_columns_of_students_are_those_of_nbgraders_models(graded_book: Path) -> None:
    """They are written down in ours, because importing nbgrader costs seconds."""
    told = json.loads((graded_book / STOCK_COLUMNS).read_text())
    assert "lms_user_id" in told
    assert set(told) == {column.name for column in roster.columns}
