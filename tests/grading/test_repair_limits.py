"""Hostile bytes cost a bounded amount of time and memory, and one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lessonkit.grading.records import Budget
from lessonkit.grading.repair import NotGradable, raw_limit, repair
from tests.submissions.drafts import Draft, assignment_spec

ROOT = Path(__file__).resolve().parents[2]
MiB = 1024 * 1024
SIZE = 19 * MiB  # just below what a notebook may have
LARGE = 78 * MiB  # just below what is read at all

HOSTILE: dict[str, Callable[[], bytes]] = {
    "brackets": lambda: b"[" * SIZE,
    "braces": lambda: b'{"a":' * (SIZE // 5),
    "quotes": lambda: b'"' * SIZE,
    "backslashes": lambda: b'{"cell_type": "' + b"\\" * SIZE,
    "empty objects": lambda: b'{"cells": [' + b"{}," * (SIZE // 3) + b"{}]}",
    "empty lists": lambda: b'{"cells": [' + b"[]," * (SIZE // 3) + b"[]]}",
    "numbers": lambda: b'{"cells": [' + b"1," * (SIZE // 2) + b"1]}",
    "one number": lambda: b'{"cells": ' + b"9" * SIZE + b"}",
    "cells that begin": lambda: b'{"cell_type":' * (SIZE // 13),
    "cells": lambda: b'{"cell_type":"code","source":""},' * (SIZE // 33),
    "lines": lambda: b'{"cells":[{"cell_type":"code","source":[' + b'"",' * (SIZE // 3) + b'""]}]}',
    "marks of conflicts": lambda: b"<<<<<<< a\n=======\n>>>>>>> b\n" * (SIZE // 28),
    "blank lines": lambda: _one_cell("\n" * (SIZE // 2)),
    "blanks": lambda: _one_cell(" " * SIZE),
    "one long name": lambda: _one_cell("a" * SIZE),
    "equal signs": lambda: _one_cell("a=" * (SIZE // 2)),
    "definitions": lambda: _one_cell("def a\n" * (SIZE // 7)),
    "nested outputs": lambda: (
        b'{"cells":[{"cell_type":"code","outputs":' + b"[" * LARGE + b',"source":""}]}'
    ),
    "string of outputs": lambda: (
        b'{"cells":[{"cell_type":"code","outputs":"' + b"x" * LARGE + b'","source":""}]}'
    ),
    "escapes of outputs": lambda: (
        b'{"cells":[{"cell_type":"code","outputs":"' + b"\\n" * (LARGE // 2) + b'","source":""}]}'
    ),
    "utf-16": lambda: ("[" * (SIZE // 2)).encode("utf-16"),
    "white space": lambda: b" " * LARGE + b"{",
    "small cells": lambda: (
        b'{"cells": [' + b'{"cell_type":"code","source":"x=1"},' * 120_000 + b"{}]}"
    ),
    "copies": lambda: _labelled("def area(w, h):\n    return %d"),
    "parts": lambda: _labelled("    x = %d"),
    "keys of objects": lambda: b"{" + b",".join(b'"%d":{}' % n for n in range(SIZE // 12)) + b"}",
}

# 900 MB of addresses: the text of 78 MB, a few times, and Python itself; no trees of objects.
PROGRAM = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (900 << 20, 900 << 20))
from tests.grading.test_repair_limits import HOSTILE
from tests.submissions.drafts import assignment_spec
from lessonkit.grading.records import Budget
from lessonkit.grading.repair import NotGradable, repair
data = HOSTILE[sys.argv[1]]()
begin = time.process_time()
try:
    repair(data, assignment_spec(), Budget())
    outcome = "repaired"
except NotGradable as error:
    outcome = str(error)
sys.__stdout__.write(f"{time.process_time() - begin:.1f} {outcome}")
"""


def _one_cell(text: str) -> bytes:
    cells = [{"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "q1-answer"}}}]
    cells[0]["source"] = text
    return json.dumps({"cells": cells, "nbformat": 4}).encode()


def _labelled(text: str) -> bytes:
    label = {"nbgrader": {"grade_id": "q1-answer"}}
    cells = [
        {"cell_type": "code", "metadata": label, "source": text.replace("%d", str(number))}
        for number in range(30_000)
    ]
    return json.dumps({"cells": cells, "nbformat": 4}).encode()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_cost_seconds_and_not_the_memory_of_the_machine(name: str) -> None:
    """Files of 19 to 78 MB, made to be expensive, take at most 15 s of processor and 900 MB."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, name],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
    )

    assert done.stderr == ""
    seconds, _, outcome = done.stdout.partition(" ")
    assert float(seconds) < 15
    assert outcome == "repaired" or outcome.endswith(".")


def test_a_file_that_is_larger_than_can_be_read_is_refused_by_its_size() -> None:
    """The sentence says how large it is and how large it may be."""
    budget = Budget(notebook_bytes=1000)

    with pytest.raises(NotGradable, match="5,000 bytes; more than 4,000"):
        repair(b"x" * 5000, assignment_spec(), budget)
    assert raw_limit(budget) == 4000


def test_text_of_cells_is_limited_without_their_outputs() -> None:
    """A notebook within the limit of files is refused if its cells alone are too large."""
    draft = Draft()
    draft.write("q1-answer", "# " + "x" * 30_000)

    with pytest.raises(NotGradable, match="more than 20,000 characters"):
        repair(draft.bytes(), assignment_spec(), Budget(notebook_bytes=20_000))


def test_more_cells_than_a_notebook_may_have_leave_the_instructors() -> None:
    """With a limit of 30 cells, 22 of which are the instructor's, 8 others stay."""
    draft = Draft()
    for number in range(100):
        draft.cells.append({"cell_type": "code", "source": f"x = {number}", "metadata": {}})

    repaired = repair(draft.bytes(), assignment_spec(), Budget(notebook_cells=30))

    texts = [cell["source"] for cell in repaired.notebook["cells"]]
    assert len(texts) == 30
    assert texts[-8:] == [f"x = {number}" for number in range(8)]
    assert any("too many cells" in sentence for sentence in repaired.repairs)
