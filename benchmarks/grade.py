"""Compare `lessonkit grade` with stock `nbgrader autograde` on the same submissions, in one run.

    python benchmarks/grade.py [--submissions 40] [--growth 10,200] [--rounds 1]

A made-up assignment of six functions, three of which fork, and a test for each; submissions are
right, wrong, blank and mixed. Scores are compared, too. Time per submission is without start-up,
which is measured by a run that finds everything graded. To reach, with one job: a tenth of
stock's time per submission, a third of its start-up; time that grows with the number of
submissions and no faster; memory that does not grow.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAMS = Path(sys.executable).parent
CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "bench"\n'
FUNCTIONS = {
    "add": ("a, b", "return a + b", "assert add(2, 3) == 5\nassert add(-2, 2) == 0"),
    "most": ("words", "return max(words, key=len)", "assert most(['a', 'bcd', 'ef']) == 'bcd'"),
    "count": (
        "text",
        "found = {}\nfor one in text:\n    found[one] = found.get(one, 0) + 1\nreturn found",
        "assert count('abca') == {'a': 2, 'b': 1, 'c': 1}",
    ),
    "spawn": (
        "code",
        "pid = os.fork()\nif pid == 0:\n    os._exit(code)\n"
        "return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])",
        "assert spawn(7) == 7",
    ),
    "family": (
        "number",
        "pids = []\nfor _ in range(number):\n    pid = os.fork()\n    if pid == 0:\n"
        "        os._exit(0)\n    pids.append(pid)\nreturn [os.waitpid(p, 0)[1] for p in pids]",
        "assert family(3) == [0, 0, 0]",
    ),
    "ask": (
        "text",
        "r, w = os.pipe()\nif os.fork() == 0:\n    os.write(w, text.upper().encode())\n"
        "    os._exit(0)\nos.close(w)\nos.wait()\nreturn os.read(r, 100).decode()",
        "assert ask('hello') == 'HELLO'",
    ),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command took. rss: of its largest process, in MiB."""

    wall: float
    cpu: float
    rss: float


def main() -> int:
    """Measure, print, compare."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--submissions", type=int, default=40)
    parser.add_argument("--growth", default="10,200", metavar="FEW,MANY")
    parser.add_argument("--rounds", type=int, default=1, help="the best of so many counts")
    arguments = parser.parse_args()
    few, many = map(int, arguments.growth.split(","))
    number = arguments.submissions
    with tempfile.TemporaryDirectory(prefix="lessonkit-bench-") as folder:
        base = Path(folder)
        course = _course(base / "course")
        print(
            f"{number} submissions, the best of {arguments.rounds}; load {os.getloadavg()[0]:.1f}"
        )
        graders = {
            "stock": [sys.executable, "-m", "nbgrader", "autograde", "ps"],
            "one job": [sys.executable, "-m", "lessonkit.cli", "grade", "ps", "--jobs", "1"],
            "two jobs": [sys.executable, "-m", "lessonkit.cli", "grade", "ps", "--jobs", "2"],
        }
        found: dict[str, tuple[Cost, Cost]] = {}
        scores: dict[str, Any] = {}
        for _ in range(arguments.rounds):
            for name, command in graders.items():
                work = _with_submissions(course, base / "work", number)
                grading, nothing = _run(work, command), _run(work, command)
                scores[name] = _scores(work)
                shutil.rmtree(work)
                before = found.get(name, (grading, nothing))
                found[name] = _best(before[0], grading), _best(before[1], nothing)
        _print(found, number)
        if scores["one job"] != scores["stock"] or scores["two jobs"] != scores["stock"]:
            print("The scores differ.")
            return 1
        print(f"All {len(scores['stock'])} scores are those of stock.\n")
        growth = {}
        for size in (few, many):
            work = _with_submissions(course, base / "work", size)
            growth[size] = _run(work, graders["one job"])
            shutil.rmtree(work)
        _print_growth(growth, found["one job"][1])
    return 0


def _best(one: Cost, other: Cost) -> Cost:
    return min(one, other, key=lambda cost: cost.wall)


def _print(found: dict[str, tuple[Cost, Cost]], number: int) -> None:
    print(
        f"{'':10}{'nothing to do':>15}{'all of it':>12}{'each':>12}{'CPU each':>12}{'memory':>12}"
    )
    each = {}
    for name, (grading, nothing) in found.items():
        each[name] = max(grading.wall - nothing.wall, 0.0) / number
        cpu = max(grading.cpu - nothing.cpu, 0.0) / number
        print(
            f"{name:13}{nothing.wall:13.2f} s{grading.wall:13.2f} s{each[name] * 1000:12.0f} ms"
            f"{cpu * 1000:12.0f} ms{grading.rss:11.0f} MiB"
        )
    start = found["one job"][1].wall / found["stock"][1].wall
    print(f"\nstart-up: {start:.2f} of stock's (to reach: 0.33)")
    for name in ("one job", "two jobs"):
        goal = " (to reach: 0.10)" if name == "one job" else ""
        whole = found[name][0].wall / found["stock"][0].wall
        print(f"{name}: {each[name] / each['stock']:.3f} of stock's time for each{goal}; ", end="")
        print(f"{whole:.3f} with start-up")


def _print_growth(growth: dict[int, Cost], nothing: Cost) -> None:
    (few, small), (many, large) = growth.items()
    each = {size: (cost.wall - nothing.wall) / size * 1000 for size, cost in growth.items()}
    print(f"growth, one job: {each[few]:.0f} ms each for {few}, {each[many]:.0f} ms for {many}")
    print(f"memory: {small.rss:.0f} MiB for {few}, {large.rss:.0f} MiB for {many}")


def _course(root: Path) -> Path:
    cells: list[dict[str, Any]] = [_cell("code", "import os", "")]
    for name, (arguments, body, test) in FUNCTIONS.items():
        solution = f"### BEGIN SOLUTION\n{_function(name, arguments, body)}\n### END SOLUTION"
        cells.append(_cell("code", solution, name, solution=True))
        cells.append(_cell("code", test, f"test-{name}", grade=True, locked=True, points=2))
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    content = {"cells": cells, "metadata": {"kernelspec": kernel}}
    folder = root / "source" / "ps"
    folder.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    _write(folder / "proc.ipynb", content)
    cost = _run(root, [sys.executable, "-m", "nbgrader", "generate_assignment", "ps"])
    print(f"(released in {cost.wall:.1f} s)")
    return root


def _function(name: str, arguments: str, body: str) -> str:
    return f"def {name}({arguments}):\n    " + body.replace("\n", "\n    ")


def _cell(kind: str, source: str, name: str, **entry: Any) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": name or "plain", "source": source}
    cell |= {"metadata": {}, "execution_count": None, "outputs": []}
    if name:
        flags = {"grade": False, "locked": False, "solution": False, "task": False}
        cell["metadata"]["nbgrader"] = flags | entry | {"grade_id": name, "schema_version": 3}
    return cell


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps({**content, "nbformat": 4, "nbformat_minor": 5}))


def _with_submissions(course: Path, work: Path, number: int) -> Path:
    """A copy of the course with so many submissions: right, wrong, blank and mixed in turn."""
    shutil.copytree(course, work)
    content = json.loads((work / "release" / "ps" / "proc.ipynb").read_text())
    for student in range(number):
        for place, cell in enumerate(content["cells"]):
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name in FUNCTIONS:
                arguments, body, _ = FUNCTIONS[name]
                kind = (student + (place if student % 4 == 3 else 0)) % 4
                if kind == 2:
                    cell["source"] = "# YOUR CODE HERE\nraise NotImplementedError()"
                else:
                    text = body if kind != 1 else "return None"
                    cell["source"] = f"{_function(name, arguments, text)}  # {student}"
        folder = work / "submitted" / f"student{student:04}" / "ps"
        folder.mkdir(parents=True)
        _write(folder / "proc.ipynb", content)
    return work


def _run(work: Path, command: list[str]) -> Cost:
    environment = {**os.environ, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    log = work / "log.txt"
    begun = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begun
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{log.read_text()[-3000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _scores(work: Path) -> list[tuple[Any, ...]]:
    query = """
        SELECT student_id, base_cell.name, auto_score, needs_manual_grade FROM grade
        JOIN base_cell ON base_cell.id = grade.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment
            ON submitted_assignment.id = submitted_notebook.assignment_id
        ORDER BY 1, 2
    """
    connection = sqlite3.connect(work / "gradebook.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
