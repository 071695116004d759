"""Run a test beside the student's code, in a copy of their interpreter.

For tests of what cannot leave the sandbox, objects with a state above all. What such a test
came to is the word of a process that is in the student's hands, and the result says so. Nothing
that it prints or says is shown: it could tell what a hidden test looks like.
"""

from __future__ import annotations

import ast
from collections.abc import Set

from lessonkit.grading import scoring
from lessonkit.grading.names import read
from lessonkit.grading.proxies import TestFailed
from lessonkit.grading.records import CellSpec, NotebookSpec
from lessonkit.grading.student import Student
from lessonkit.grading.trusted import Result

__all__ = ["run_together"]


def run_together(
    spec: NotebookSpec, index: int, student: Student, passed: Set[int] = frozenset()
) -> Result:
    """Run the test that is cell *index* of the spec, in a copy of the student's interpreter.

    passed: the tests before it that have all their points. They go first, unseen: where one test
    builds on what another has done, as it can beside the student's code, it finds that done.
    """
    cell = spec.cells[index]
    student.begin_test(student.budget.test_seconds)
    before = [
        spec.cells[number].source
        for number in sorted(passed | _needed(spec, index))
        if number < index
    ]
    request = {"op": "test", "source": cell.source, "before": before}
    try:
        message = student.ask(request, "the test").message
    except TestFailed as failure:
        return _failed(cell, None, failure.kind, str(failure))
    finally:
        student.end_test()
    told = message.get("value") if isinstance(message, dict) else None
    if not isinstance(told, dict):
        return _failed(cell, None, "AssertionError", "the test came to no result")
    if told.get("ok") is not True:
        line = told.get("line")
        name = str(told.get("error") or "AssertionError")
        if not name.isidentifier() or len(name) > 80:
            name = "AssertionError"
        line = line if type(line) is int else None
        return _failed(cell, line, name, _own_words(cell, line))
    number = told.get("number")
    points = scoring.number_in(number if isinstance(number, str) else None, cell.points)
    if points == cell.points:
        return Result(points=points, tamper_proof=False)
    data = {"text/plain": repr(points)}
    return Result(
        points=points,
        why=f"{points:g} of {cell.points:g} points",
        outputs=[scoring.result_output(data, points, cell.points)],
        tamper_proof=False,
    )


def _needed(spec: NotebookSpec, index: int) -> set[int]:
    """The tests before it whose names this one needs, whatever came of them."""
    needed: set[int] = set()
    wanted = set(read(spec.cells[index].source).needs)
    for number in range(index - 1, -1, -1):
        cell = spec.cells[number]
        told = read(cell.source)
        if cell.is_test and told.makes & wanted:
            needed.add(number)
            wanted |= told.needs
    return needed


def _failed(cell: CellSpec, line: int | None, name: str, message: str) -> Result:
    lines = scoring.traceback_of(cell.source, line, name, message, "")
    why = f"{name}: {message}" if message else name
    return Result(
        points=0.0,
        why=why.split("\n")[0][:300],
        outputs=[scoring.error_output(name, message, lines)],
        tamper_proof=False,
    )


def _own_words(cell: CellSpec, line: int | None) -> str:
    """What the assert in that line says, as far as it is written there: no word of a process
    that has seen the hidden tests is repeated."""
    for node in ast.walk(ast.parse(cell.source)) if read(cell.source).is_python else ():
        told = node.msg if isinstance(node, ast.Assert) and node.lineno == line else None
        if isinstance(told, ast.Constant) and isinstance(told.value, str):
            return told.value
    return ""
