"""A cell that lowers or uses up its own process's limits costs no other question."""

from __future__ import annotations

import pytest

from lessonkit.grading.records import Budget
from tests.grading.making import answer, judged, outputs_of, points_of, test

LOWER = "import resource\nresource.setrlimit(resource.RLIMIT_{}, ({}, {}))"
CELLS = {
    "all": (
        "import resource\nfor number in range(16):\n    try:\n"
        "        resource.setrlimit(number, (0, 0))\n"
        "    except (OSError, ValueError):\n        pass"
    ),
    "address space": LOWER.format("AS", 0, 0),
    "data": LOWER.format("DATA", 0, 0),
    "processor time": LOWER.format("CPU", 0, 0),
    "stack": LOWER.format("STACK", 0, 0),
    "descriptors": LOWER.format("NOFILE", 0, 0),
    "few descriptors": LOWER.format("NOFILE", 12, 12),
    "processes": LOWER.format("NPROC", 0, 0),
    "descriptors in use": "held = [open('/dev/null') for _ in range(100_000)]",
    "memory in use": (
        "held = []\ntry:\n    while True:\n        held.append(bytearray(1 << 20))\n"
        "except MemoryError:\n    pass"
    ),
}
AREA = "def area(a, b):\n    return a * b"
TWICE = "def twice(a):\n    return 2 * a"
CODE = (
    "import os\ndef code(n):\n    pid = os.fork()\n    if pid == 0:\n        os._exit(n)\n"
    "    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])"
)


@pytest.mark.parametrize("cell", CELLS)
def test_the_questions_after_it_are_judged_without_it(cell: str) -> None:
    """Whether the interpreter dies of it, in whichever cell or copy, or only has no copies."""
    result = judged(
        answer(AREA),
        test("assert area(2, 3) == 6"),
        answer(TWICE),
        test("assert twice(2) == 4"),
        answer(CODE),
        test("assert code(3) == 3"),
        test("assert twice(code(2)) == 4"),
        extra={2: CELLS[cell]},
        modes={"c6": "together"},
    )
    assert points_of(result) == [1, 1, 1, 1], (result.status, [c.why for c in result.cells])


def test_the_cell_that_did_it_is_told_so() -> None:
    """In its output, as for a cell that ends the interpreter; what it defined goes with it."""
    result = judged(
        answer(LOWER.format("CPU", 0, 0) + "\ndef f():\n    return 1"),
        test("assert f() == 1"),
        answer("def g():\n    return 1"),
        test("assert g() == 1"),
    )
    assert points_of(result) == [0, 1]
    told = outputs_of(result, 0)[-1]["evalue"]
    assert told == (
        "This cell ended the notebook's interpreter: "
        "it left it too little processor time to go on with."
    )


def test_what_the_function_itself_does_to_its_process_is_its_own_fault() -> None:
    """No cell is left out for it."""
    result = judged(
        answer(LOWER.format("DATA", 400 << 20, 400 << 20) + "\ndef g():\n    return 1"),
        answer("import os\ndef f():\n    os._exit(1)"),
        test("f()"),
        test("assert g() == 1"),
    )
    assert points_of(result) == [0, 1]
    assert "it ended its process, with exit code 1" in result.cells[0].why


def test_a_smaller_limit_that_leaves_room_stays_as_it_is() -> None:
    """Nothing is left out of a notebook in which nothing went wrong."""
    result = judged(
        answer(LOWER.format("DATA", 400 << 20, 400 << 20)),
        answer(LOWER.format("CPU", 30, 30)),
        answer("def limit(n):\n    return resource.getrlimit(n)[0]"),
        test("import resource\nassert limit(resource.RLIMIT_DATA) == 400 << 20"),
        test("assert limit(resource.RLIMIT_CPU) == 30"),
    )
    assert points_of(result) == [1, 1]


def test_a_call_that_uses_up_all_processor_time_leaves_some_to_the_tests_after_it() -> None:
    """What is left of four seconds is nothing; a later function needs one and a half of them."""
    work = (
        "import time\ndef work():\n    until = time.process_time() + 1.5\n"
        "    while time.process_time() < until:\n        pass\n    return 1"
    )
    result = judged(
        answer("def endless():\n    while True:\n        pass"),
        answer(work),
        test("endless()"),
        test("assert work() == 1"),
        budget=Budget(call_seconds=60, tree_cpu_seconds=4),
    )
    assert points_of(result) == [0, 1], [c.why for c in result.cells]
