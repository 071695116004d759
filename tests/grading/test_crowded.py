"""A busy host costs no points: what others had of the processors is not counted."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.grading.clock import Clock
from lessonkit.sandbox.patience import MOST, MOST_OF_ALL
from tests.grading.crowd import HOGS, on_a_crowded_processor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

WORK = (
    "import time\\ndef work(seconds):\\n    until = time.process_time() + seconds\\n"
    "    while time.process_time() < until:\\n        pass\\n    return 1\\n"
)
AROUND = f"""
WORK = "{WORK}"
def took(*parts):
    began = time.monotonic()
    result = judged(*parts, budget=budget)
    return time.monotonic() - began, [cell.points for cell in result.cells], result.status
def crowd_seconds(cpu):
    began, until = time.monotonic(), time.process_time() + cpu
    while time.process_time() < until:
        pass
    return time.monotonic() - began
budget = Budget()
took(answer("def f():\\n    return 1"), test("f()"))  # so that all is there
limit = told["limit"] = crowd_seconds(0.4)
"""
ATTEMPTS = 12


def judged_in_a_crowd(program: str, *, hogs: int = HOGS) -> dict[str, Any]:
    """On the way the usual words for it."""
    return on_a_crowded_processor(AROUND + program, hogs=hogs)


def points_in_a_crowd(program: str, most: float) -> list[float]:
    """The points of what *program* puts into `told["it"]`, where that took longer than its limit
    and not so long that the host kept it waiting for more than is given back. The limit is what
    0.4 s of processor time take in this crowd."""
    for _ in range(ATTEMPTS):
        told = judged_in_a_crowd(program)
        (seconds, points, _), limit = told["it"], told["limit"]
        if all(points) and seconds <= limit:
            continue  # the processor was not crowded: this has shown nothing
        if all(points) or seconds < limit * (1 + most):
            return list(points)
    pytest.fail(f"{ATTEMPTS} times it took less than its limit, or more than {most:g} times more")


def test_a_cell_that_has_to_wait_for_a_processor_is_not_interrupted() -> None:
    """It needs 0.7 s of processor time, and gets that later than its limit."""
    program = """
budget = Budget(cell_seconds=limit, call_seconds=60, test_seconds=100, wall_seconds=300)
told["it"] = took(answer(WORK + "done = work(0.7)"), test("assert done == 1"))
"""
    assert points_in_a_crowd(program, MOST) == [1]


@pytest.mark.parametrize("name", ["work", "child"])
def test_a_call_that_has_to_wait_for_a_processor_is_not_given_up(name: str) -> None:
    """The same for a function that a test calls, and for one that waits for a child."""
    program = f"""
budget = Budget(cell_seconds=60, call_seconds=limit, test_seconds=100, wall_seconds=300)
CHILD = WORK + (
    "import os\\ndef child(seconds):\\n    pid = os.fork()\\n    if pid == 0:\\n"
    "        work(seconds)\\n        os._exit(1)\\n"
    "    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])")
told["it"] = took(answer(CHILD), test("assert {name}(0.7) == 1"))
"""
    assert points_in_a_crowd(program, MOST) == [1]


def test_a_test_is_given_back_what_its_own_thread_waits() -> None:
    """Instructors compute, too."""
    program = """
budget = Budget(cell_seconds=60, call_seconds=60, test_seconds=limit, wall_seconds=300)
OWN = ("import time\\nuntil = time.process_time() + 0.7\\n"
       "while time.process_time() < until:\\n    pass\\nassert f() == 1")
told["it"] = took(answer("def f():\\n    return 1"), test(OWN))
"""
    assert points_in_a_crowd(program, MOST_OF_ALL) == [1]


def test_a_notebook_is_given_back_what_all_of_it_waits() -> None:
    """Two cells and two tests, which together take longer than the whole may."""
    program = """
budget = Budget(cell_seconds=60, call_seconds=60, test_seconds=60, wall_seconds=limit)
MORE = "work(0.2)\\ndef f():\\n    return work(0.15)"
told["it"] = took(answer(WORK + "work(0.2)"), answer(MORE), test("assert f() == 1"),
                  test("assert f() == 1"))
"""
    assert points_in_a_crowd(program, MOST_OF_ALL) == [1, 1]


def test_what_never_ends_is_ended_on_a_busy_host_as_well() -> None:
    """A loop gets at most four times its limit; so does a sleeper, who waits for nobody."""
    told = judged_in_a_crowd("""
budget = Budget(cell_seconds=1.5, call_seconds=1.5, test_seconds=1.5, wall_seconds=100)
told["cell"] = took(answer("while True: pass"), test("1"))
told["sleep"] = took(answer("import time\\ntime.sleep(1000)"), test("1"))
told["call"] = took(answer("def f():\\n    while True: pass"), test("f()"), test("1"))
told["test"] = took(answer("def f():\\n    return 1"), test("while True: pass"), test("1"))
""")
    slack = 20.0  # until a box is there, and after the interrupt
    for name, limit in (("cell", MOST), ("sleep", MOST), ("call", MOST), ("test", MOST_OF_ALL)):
        seconds, points, status = told[name]
        assert 1.5 <= seconds <= 1.5 * (1 + limit) + slack, told
        assert points[-1] == 1, told
        assert sum(points) == 1, told
        assert status == "timed out", told


def test_time_is_up_on_an_idle_host_when_it_says() -> None:
    """Negative control: the same limits, and nobody to wait for."""
    told = judged_in_a_crowd(
        """
os.sched_setaffinity(0, range(os.cpu_count()))
budget = Budget(cell_seconds=1, call_seconds=60, test_seconds=60, wall_seconds=100)
told["it"] = took(answer(WORK + "done = work(9)"), test("assert done == 1"))
""",
        hogs=0,
    )
    assert told["it"][1:] == [[0], "timed out"]


def test_a_cells_own_time_is_what_others_did_not_have() -> None:
    """Which is what decides whether it is cheap enough to be run once more."""
    clock = Clock()
    since = clock.of_boxes()
    clock.hear(3.0, 0.0)
    assert clock.own_seconds(4.0, since) <= 1.0
    assert clock.own_seconds(2.0, since) == 0.0
    clock.begin_session(2.0)
    assert clock.look()[0] >= 5.0
    clock.hear(1.0, 0.0)
    assert clock.look()[0] >= 6.0


def test_a_box_that_keeps_the_processors_busy_itself_gets_no_time_back() -> None:
    """Waiting for oneself is no excuse."""
    clock = Clock()
    since = clock.of_boxes()
    clock.hear(100.0, 1e6)
    assert clock.own_seconds(4.0, since) == 4.0
