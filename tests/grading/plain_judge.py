"""Give points to a repaired notebook in the plainest way: run all its cells, in order, at once.

For honest notebooks only. It tells what repair alone has kept of the points, without any of the
grader that protects the tests.
"""

from __future__ import annotations

import json
import subprocess
import sys

from lessonkit.grading.records import NotebookSpec
from lessonkit.grading.repair import Repaired

__all__ = ["plain_points"]

_PROGRAM = """
import json, sys
steps = json.load(sys.stdin)
space = {"__name__": "__main__"}
passed = []
for name, text in steps:
    try:
        exec(compile(text, name or "cell", "exec"), space)
    except BaseException:
        continue
    if name:
        passed.append(name)
sys.__stdout__.write("\\n" + json.dumps(passed))
"""


def plain_points(repaired: Repaired, spec: NotebookSpec) -> dict[str, float]:
    """Return the points of each test."""
    runs = {cell.place for cell in repaired.cells}
    tests = {repaired.places[cell.grade_id]: cell for cell in spec.cells if cell.is_test}
    steps = []
    for place, cell in enumerate(repaired.notebook["cells"]):
        if place in tests:
            steps.append((tests[place].grade_id, cell["source"]))
        elif place in runs:
            steps.append(("", cell["source"]))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _PROGRAM],
        input=json.dumps(steps),
        capture_output=True,
        text=True,
        timeout=280,
        check=True,
    )
    passed = json.loads(done.stdout.splitlines()[-1])
    return {c.grade_id: c.points if c.grade_id in passed else 0.0 for c in tests.values()}
