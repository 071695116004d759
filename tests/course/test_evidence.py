"""docs/course-evidence.md tells of the programs, lessons and points that there are now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import exercise_table
from exercise_table import PAGE, Report
from tests.course.lessons import LESSONS

EXERCISES = Path(__file__).resolve().parents[1] / "exercises"
HEAD = '<testsuites><testsuite name="pytest">'
TAIL = "</testsuite></testsuites>"


def lines_of(name: str, page: str | None = None) -> dict[str, list[str]]:
    """The lines of a table of the page by their first cell, its head and its rule left out."""
    text = PAGE.read_text(encoding="utf-8") if page is None else page
    table = re.search(rf"<!-- {name}: begin.*?-->(.*?)<!-- {name}: end -->", text, re.DOTALL)
    assert table is not None
    lines = [line for line in table[1].splitlines() if line.startswith("|")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: rest for first, *rest in cells}


def test_the_table_counts_the_programs_that_are_there() -> None:
    """All of them, judged as they should be; whoever adds one makes the page again."""
    everything = {
        f"{path.parent.name}/{path.stem}": True for path in sorted(EXERCISES.glob("*/*/*.py"))
    }
    page = exercise_table.written(
        PAGE.read_text(encoding="utf-8"), Report(judged=everything), EXERCISES
    )
    assert lines_of("exercises") == lines_of("exercises", page)
    assert len(lines_of("exercises")) == len(list(EXERCISES.glob("*/*-*"))) + 1


@pytest.mark.parametrize("table", ["grades", "times"])
def test_every_lesson_has_its_line(table: str) -> None:
    """And none that is not as it should be."""
    lines = lines_of(table)
    assert [name for name in lines if name != "all"] == [f"`{one.name}`" for one in LESSONS]
    assert {cells[-1] for cells in lines.values()} <= {exercise_table.GOOD, ""}
    assert not any("-" in cells[1:4] for cells in lines.values())


def test_points_under_nbgrader_are_those_of_the_notebooks() -> None:
    """So a question that was added or left out since then is noticed."""
    lines = lines_of("grades")
    for lesson in LESSONS:
        graded = [cell.grader for cell in lesson.cells if cell.grader.get("grade")]
        person = sum(entry["points"] for entry in graded if entry["solution"])
        checks = sum(entry["points"] for entry in graded) - person
        told = lines[f"`{lesson.name}`"]
        assert told[:3] == [f"{checks:g}", f"{person:g}", f"{checks:g}"]
        assert told[4] == "0"


def _case(name: str, inner: str = "", file: str = "tests.real.test_exercises") -> str:
    return f'<testcase classname="{file}" name="{name}" time="1">{inner}</testcase>'


def test_what_failed_or_was_not_run_is_not_green(tmp_path: Path) -> None:
    """A program counts when the report says that its test passed, each time that it ran."""
    folder = tmp_path / "exercises" / "09-new" / "9.1-learn"
    folder.mkdir(parents=True)
    names = ("wrong_a", "wrong_b", "wrong_c", "odd_right_d", "solution", "stub")
    for name in names:
        (folder / f"{name}.py").touch()
    cases = [_case(f"test_it[9.1-learn/{name}]") for name in names if name != "wrong_c"]
    cases.append(_case("test_it[9.1-learn/wrong_b]", '<failure message="no"/>'))
    cases.append(_case("test_it[9.1-learn/wrong_c]", file="tests.real.test_another"))
    junit = tmp_path / "junit.xml"
    junit.write_text(HEAD + "".join(cases) + TAIL)

    report = exercise_table.read_reports([junit])
    (row,) = exercise_table.rows(tmp_path / "exercises", report.judged)

    assert row.counts == {
        "wrong": (1, 3),
        "odd_right": (1, 1),
        "solution": (1, 1),
        "stub": (1, 1),
    }
    assert not row.good
    assert report.failed == ["tests.real.test_exercises.test_it[9.1-learn/wrong_b]"]
    page = exercise_table.written(PAGE.read_text(encoding="utf-8"), report, tmp_path / "exercises")
    assert lines_of("exercises", page)["9.1 `learn`"][-1] == exercise_table.BAD

    again = tmp_path / "again.xml"
    again.write_text(f"{HEAD}{_case('test_it[9.1-learn/wrong_b]')}{TAIL}")
    assert exercise_table.read_reports([junit, again]).judged["9.1-learn/wrong_b"]
    assert not exercise_table.read_reports([again, junit]).judged["9.1-learn/wrong_b"]
