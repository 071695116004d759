"""Turn what a test came to into points, and into the outputs that nbgrader reads them from.

What counts, in this order (nbgrader's `determine_grade`, made safe):

* the test raised something: 0
* the last expression is a number: that many points, at least 0 and at most all there are.
  nan and infinities are no number of points: 0
* anything else, also None, True and False, which nbgrader takes for text: all points

Text on stderr is shown and costs nothing; nbgrader gives 0 for any, so it is shown as stdout.
"""

from __future__ import annotations

import math
from typing import Any

__all__ = [
    "clean",
    "error_output",
    "hidden_lines",
    "number_in",
    "result_output",
    "stream_output",
    "traceback_of",
]

_BEGIN, _END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
_MOST_CHARS = 100_000


def number_in(text: str | None, max_points: float) -> float:
    """The points that the last expression of a test says, as text; None where there was none."""
    if text is None:
        return max_points
    try:
        number = float(text)
    except ValueError:
        return max_points
    if not math.isfinite(number):
        return 0.0
    return min(max(number, 0.0), max_points)


def hidden_lines(source: str) -> frozenset[int]:
    """The numbers of the lines that students do not get to see, from 1."""
    hidden, inside = set(), False
    for number, line in enumerate(source.splitlines(), 1):
        if _BEGIN in line:
            inside = True
        if inside:
            hidden.add(number)
        if _END in line:
            inside = False
    return frozenset(hidden)


def traceback_of(source: str, line: int | None, name: str, message: str, inner: str) -> list[str]:
    """The lines that are shown for a failed test: where, unless that is hidden, and why."""
    shown: list[str] = []
    lines = source.splitlines()
    if line is not None and 1 <= line <= len(lines):
        if line in hidden_lines(source):
            shown.append("In a hidden test:")
        else:
            shown += [f"Line {line} of the test:", f"    {lines[line - 1].strip()}"]
    if inner:
        shown += ["In your code:", *(f"    {text}" for text in inner.rstrip().split("\n"))]
    return [*shown, f"{name}: {message}" if message else name]


def error_output(name: str, message: str, lines: list[str]) -> dict[str, Any]:
    """A failed test as nbformat 4 has it."""
    return {
        "output_type": "error",
        "ename": clean(name)[:200],
        "evalue": clean(message)[:4000],
        "traceback": [clean(line)[:4000] for line in lines],
    }


def result_output(data: dict[str, Any], points: float, max_points: float) -> dict[str, Any]:
    """The last expression as it is shown. Where it is a number, nbgrader reads the points."""
    kept = {
        str(mime): clean(value)[:_MOST_CHARS] if isinstance(value, str) else value
        for mime, value in data.items()
    }
    said = _number(kept.get("text/plain"))
    if said != points and not (said is None and points == max_points):
        kept["text/plain"] = repr(points)  # nan is not equal to anything, so it goes too
    return {"output_type": "execute_result", "execution_count": None, "data": kept, "metadata": {}}


def stream_output(text: str) -> dict[str, Any]:
    """What was printed."""
    return {"output_type": "stream", "name": "stdout", "text": clean(text)}


def _number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def clean(text: str) -> str:
    """Text that can be written to a file: a lone surrogate becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
