"""Run lessons from top to bottom as whoever starts this, in real Jupyter kernels, and time them.

    python tools/run_course.py [LESSON...] [--json]

What is run is source/, with the solutions, the hidden tests, and a learner who answers each
prediction with its first option and presses its button. Wrong is whatever would stop or
puzzle somebody: a cell that raises, words on stderr, a demonstration without a fact, a check
that gives less than all points. Exit code 1 if anything was wrong, else 0.

Every lesson has a copy in a temporary folder and a kernel of its own; nothing is written to
the home of the user. With --json there is one line for each lesson:

    {"lesson": "03-zombies", "cells": 159, "run": 70, "points": 26.0, "seconds": 21.3,
     "slowest": ["q3-3-check", 1.9], "user": 0, "python": "3.11.7", "wrong": []}
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from generate_course import lessons_in
from grade_demo import text_of_html

__all__ = ["play"]

ROOT = Path(__file__).resolve().parent.parent
CELL_SECONDS = 120
ASKS = re.compile(r"\bviews\.predict\(")

# What a learner does below a demonstration; the form is what the cell showed.
LEARNER = """\
_asked = _.choice.options
_.keep("as I think" if _asked is None else next(iter(_asked)))
_.run()
_.explain("It came so.")
assert _.ran and (_asked is None or _.fact is not None), f"no fact: {_!s:.600}"
"""

Cell = dict[str, Any]


def play(notebook: Path) -> dict[str, Any]:
    """Run one lesson in a copy of its folder; return what is described above."""
    with tempfile.TemporaryDirectory(prefix="lessonkit-course-") as folder, _own_jupyter(folder):
        copy = Path(folder, notebook.stem)
        shutil.copytree(notebook.parent, copy, ignore=shutil.ignore_patterns("my-work*", ".*"))
        return _play(copy / notebook.name)


def _play(notebook: Path) -> dict[str, Any]:
    import nbformat
    from nbclient import NotebookClient

    opened = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    told = sum(cell.cell_type == "code" for cell in opened.cells)
    whole = len(opened.cells)
    opened.cells = [one for cell in opened.cells for one in _with_learner(cell)]
    client = NotebookClient(
        opened,
        timeout=CELL_SECONDS,
        allow_errors=True,
        resources={"metadata": {"path": str(notebook.parent)}},
    )
    wrong: list[str] = []
    points = 0.0
    slowest: tuple[str, float] = ("", 0.0)
    began = time.monotonic()
    with client.setup_kernel():
        for index, cell in enumerate(opened.cells):
            if cell.cell_type != "code":
                continue
            started = time.monotonic()
            client.execute_cell(cell, index)
            slowest = max(slowest, (cell["id"], time.monotonic() - started), key=lambda one: one[1])
            wrong += [f"{cell['id']}: {words}" for words in _complaints(cell)]
            points += _points(cell) or 0.0
    return {
        "lesson": notebook.stem,
        "cells": whole,
        "run": told,
        "points": points,
        "seconds": round(time.monotonic() - began, 1),
        "slowest": [slowest[0], round(slowest[1], 1)],
        "user": os.geteuid(),
        "python": platform.python_version(),
        "wrong": wrong,
    }


def _with_learner(cell: Cell) -> Iterator[Cell]:
    from nbformat.v4 import new_code_cell

    yield cell
    if cell["cell_type"] == "code" and ASKS.search(cell["source"]):
        yield new_code_cell(  # type: ignore[no-untyped-call]
            LEARNER, id=f"{cell['id']}-learner"[:64]
        )


def _complaints(cell: Cell) -> list[str]:
    """What a learner would stumble over in this cell's outputs."""
    found = []
    for out in cell["outputs"]:
        if out["output_type"] == "error":
            found.append(f"{out['ename']}: {out['evalue']:.600}")
        elif out.get("name") == "stderr":
            found.append(f"stderr: {out['text']:.300}")
    if cell["source"].startswith("check("):
        most, seen = cell["metadata"]["nbgrader"]["points"], _points(cell)
        if seen != most:
            pages = [out["data"].get("text/html", "") for out in cell["outputs"] if "data" in out]
            words = text_of_html("".join(pages)) or str(cell["outputs"])
            found.append(f"{seen} of {most:g} points: {words:.900}")
    return found


def _points(cell: Cell) -> float | None:
    """The points that a check shows; None for any other cell, and where it shows none."""
    if not cell["source"].startswith("check("):
        return None
    shown = [out["data"].get("text/plain", "") for out in cell["outputs"] if "data" in out]
    try:
        return float(shown[-1])
    except (IndexError, ValueError):
        return None


@contextmanager
def _own_jupyter(folder: str) -> Iterator[None]:
    """Let Jupyter and IPython keep their things in *folder*, as if nobody had used them before."""
    before = dict(os.environ)
    names = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR")
    os.environ.update({name: f"{folder}/{name.lower()}" for name in names})
    for name in ("JPY_SESSION_NAME", "PYTEST_CURRENT_TEST"):  # kernels behave differently then
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def main(arguments: Sequence[str]) -> int:
    """Run the lessons one after the other; say how each went."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("lesson", nargs="*", metavar="LESSON")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each lesson")
    options = parser.parse_args(arguments)
    failed = False
    for lesson in options.lesson or lessons_in(ROOT / "source"):
        told = play(ROOT / "source" / lesson / f"{lesson}.ipynb")
        failed = failed or bool(told["wrong"])
        if options.json:
            print(json.dumps(told), flush=True)
            continue
        slowest, seconds = told["slowest"]
        words = f"{told['run']:4} of {told['cells']} cells run, {told['points']:5g} points"
        words += f" {told['seconds']:7.1f} s (slowest: {slowest}, {seconds} s)"
        print(f"{lesson:<14}{words}", *told["wrong"], sep="\n    ", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
