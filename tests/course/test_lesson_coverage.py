"""docs/coverage.md names cells, exercises and questions that are there."""

from __future__ import annotations

import re
from pathlib import Path

from lessonkit.checks import EXERCISES
from tests.course.lessons import LESSONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "coverage.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| Section")
]
QUESTIONS = {
    found[1]
    for lesson in LESSONS
    for cell in lesson.text
    for found in re.finditer(r"^### (K\d\.\d) ", cell.source, re.M)
}


def cells_of(text: str) -> set[tuple[int, str]]:
    """What "03: why, picture; 04: why" names, as (lesson, id)."""
    found = set()
    for number, names in re.findall(r"(\d\d): ([a-z\d]+(?:-[a-z\d]+)*(?:, [a-z\d-]+)*)", text):
        found |= {(int(number), name) for name in names.split(", ")}
    return found


def test_every_section_is_taught_in_cells_that_are_there() -> None:
    """A cell that was renamed, or taken out, is noticed."""
    there = {(lesson.number, cell.id) for lesson in LESSONS for cell in lesson.cells}
    named = [cells_of(where) for _, where, _ in ROWS]

    assert len(ROWS) > 30
    assert all(named)
    assert set().union(*named) - there == set()


def test_whoever_judges_a_section_is_there() -> None:
    """Exercises and questions; a section without one is a summary or a list of things to read."""
    judges = [re.findall(r"K?\d\.\d", by) for _, _, by in ROWS]
    alone = [row[0] for row, by in zip(ROWS, judges, strict=True) if not by]

    assert {one for by in judges for one in by} - QUESTIONS - set(EXERCISES) == set()
    assert [name.split()[0] for name in alone] == ["Metadata,", "Summary,", "Further"]


def test_every_lesson_and_nearly_every_exercise_has_a_place() -> None:
    """What no section asks for is depth of our own; most of the course is not."""
    named = set().union(*(cells_of(where) for _, where, _ in ROWS))
    judges = {one for _, _, by in ROWS for one in re.findall(r"(?<!K)\d\.\d", by)}

    assert {number for number, _ in named} == {lesson.number for lesson in LESSONS}
    assert len(judges) > 0.8 * len(EXERCISES)
