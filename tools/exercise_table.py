"""Write the tables of docs/course-evidence.md from what a run of the tests has reported.

    python tools/exercise_table.py JUNIT.xml...

Nothing in the tables is typed: which programs there are is read from tests/exercises, which
of them were judged as they should be from the reports that `pytest --junitxml` wrote, and so
are the points under stock nbgrader and the times. What no report mentions counts as not seen;
what several mention is as the last of them has it, so that a part can be run again.
Exit code 1, and the table says which, where anything was not seen or not as it should be.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

__all__ = ["Report", "Row", "read_reports", "rows", "written"]

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "course-evidence.md"
PLACE = re.compile(r"(<!-- (?P<name>[a-z]+): begin[^>]*-->\n).*?(<!-- (?P=name): end -->)", re.S)
GOOD, BAD = "✓", "✗"

KINDS = {
    "wrong": "wrong, rejected with their message",
    "odd_right": "unusual right, accepted",
    "solution": "solution, all points",
    "stub": "stub, none",
}
STUDENTS = {"ada": "all solved", "ben": "mixed", "cleo": "nothing written"}
HOSTS = {"root": "root", "user": "ordinary user"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What the tests have said.

    judged: "3.1-make_zombies/wrong_x" -> it was judged as it should be, each time.
    courses: lines of tools/run_course.py. grades: what stock nbgrader gave to whom.
    failed: names of the tests that failed.
    """

    judged: Mapping[str, bool] = field(default_factory=dict)
    courses: Sequence[Mapping[str, Any]] = ()
    grades: Sequence[Mapping[str, Any]] = ()
    failed: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One exercise: (judged as they should be, all that there are) for each kind of program."""

    exercise: str
    title: str
    counts: Mapping[str, tuple[int, int]]

    @property
    def good(self) -> bool:
        """Whether every program was judged as it should be."""
        return all(seen == known > 0 for seen, known in self.counts.values())


def read_reports(paths: Iterable[Path]) -> Report:
    """Read what `pytest --junitxml` wrote; a test that failed once in a report has failed."""
    judged: dict[str, bool] = {}
    passed: dict[str, bool] = {}
    told: dict[str, dict[str, dict[str, Any]]] = {"course": {}, "stock": {}}
    for path in paths:
        seen: dict[str, bool] = {}
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            name = f"{case.get('classname', '')}.{case.get('name', '')}"
            bad = {"failure", "error", "skipped"} & {child.tag for child in case}
            seen[name] = seen.get(name, True) and not bad
            for one in case.iter("property"):
                if (kind := one.get("name", "")) in told:
                    lines = told[kind]
                    line = json.loads(one.get("value", ""))
                    who = f"{line['lesson']} {line.get('student', line.get('host'))}"
                    lines[who] = {**line, "passed": not bad}
        passed.update(seen)
    for name, good in passed.items():
        if found := re.search(r"\btest_exercises\.test_\w+\[(\d+\.\d+-\w+/\w+)\]$", name):
            judged[found[1]] = good
    return Report(
        judged=judged,
        courses=[*told["course"].values()],
        grades=[*told["stock"].values()],
        failed=[name for name, good in passed.items() if not good],
    )


def rows(exercises: Path, judged: Mapping[str, bool]) -> list[Row]:
    """One row for each folder of tests/exercises, in the order of the course."""
    found = []
    for folder in sorted(exercises.glob("*/*-*"), key=_order):
        programs = {kind: [path.stem for path in folder.glob(f"{kind}*.py")] for kind in KINDS}
        counts = {
            kind: (sum(judged.get(f"{folder.name}/{name}", False) for name in names), len(names))
            for kind, names in programs.items()
        }
        exercise, _, title = folder.name.partition("-")
        found.append(Row(exercise=exercise, title=title, counts=counts))
    return found


def written(page: str, report: Report, exercises: Path) -> str:
    """The page with its tables made anew; all other text stays as it is."""
    tables = {
        "machine": _machine(),
        "exercises": _exercise_table(rows(exercises, report.judged)),
        "grades": _grade_table(report.grades),
        "times": _time_table(report.courses),
    }

    def table(place: re.Match[str]) -> str:
        return f"{place[1]}\n{tables[place['name']]}\n\n{place[3]}"

    return PLACE.sub(table, page)


def _order(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.name.partition("-")[0].split("."))


def _machine() -> str:
    python, kernel = platform.python_version(), platform.release().split("-")[0]
    return (
        f"Made on {datetime.now(UTC):%Y-%m-%d}, with Python {python}, on Linux {kernel}, "
        f"{os.cpu_count()} processors."
    )


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    made = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in made)


def _exercise_table(all_rows: Sequence[Row]) -> str:
    lines = []
    for row in all_rows:
        counts = [f"{seen} of {known}" for seen, known in row.counts.values()]
        lines.append([f"{row.exercise} `{row.title}`", *counts, GOOD if row.good else BAD])
    sums = [
        f"{sum(row.counts[kind][0] for row in all_rows)} of "
        f"{sum(row.counts[kind][1] for row in all_rows)}"
        for kind in KINDS
    ]
    good = GOOD if all(row.good for row in all_rows) else BAD
    lines.append([f"all {len(all_rows)}", *sums, good])
    return _table(["exercise", *KINDS.values(), "as it should be"], lines)


def _grade_table(grades: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for lesson in sorted({one["lesson"] for one in grades}):
        mine = {one["student"]: one for one in grades if one["lesson"] == lesson}
        good = all(one["passed"] for one in mine.values())
        points = [f"{mine[student]['points']:g}" for student in STUDENTS]
        solved = mine["ada"]
        most = [f"{solved['most'] - solved['waits']:g}", f"{solved['waits']:g}"]
        lines.append([f"`{lesson}`", *most, *points, GOOD if good else BAD])
    head = ["lesson", "points of checks", "of written answers", *STUDENTS.values()]
    return _table([*head, "as it should be"], lines)


def _time_table(courses: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for lesson in sorted({one["lesson"] for one in courses}):
        mine = {one["host"]: one for one in courses if one["lesson"] == lesson}
        good = all(one["passed"] and not one["wrong"] for one in mine.values())
        seconds = [f"{mine[host]['seconds']:.1f}" if host in mine else "-" for host in HOSTS]
        some = next(iter(mine.values()))
        cell, longest = max((one["slowest"] for one in mine.values()), key=lambda told: told[1])
        words = [f"{some['run']} of {some['cells']}", *seconds, f"`{cell}`, {longest} s"]
        lines.append([f"`{lesson}`", *words, GOOD if good else BAD])
    sums = [sum(one["seconds"] for one in courses if one["host"] == host) for host in HOSTS]
    lines.append(["all", "", *(f"{seconds / 60:.1f} min" for seconds in sums), "", ""])
    head = ["lesson", "cells run", *(f"seconds, {name}" for name in HOSTS.values())]
    return _table([*head, "the longest cell", "no cell wrong"], lines)


def main(arguments: Sequence[str]) -> int:
    """Write the page; say what is not as it should be."""
    if not arguments or arguments[0].startswith("-"):
        print(__doc__)
        return 2
    report = read_reports(map(Path, arguments))
    page = written(PAGE.read_text(encoding="utf-8"), report, ROOT / "tests" / "exercises")
    PAGE.write_text(page, encoding="utf-8")
    print(*(f"failed: {name}" for name in report.failed), sep="\n")
    bad = [line for line in page.splitlines() if line.endswith(f"{BAD} |")]
    print(f"{PAGE.relative_to(ROOT)}: {len(bad)} lines are not as they should be", *bad, sep="\n")
    return 1 if bad or report.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
