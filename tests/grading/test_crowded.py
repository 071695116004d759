"""A busy host costs no points: what others had of the processors is not counted."""

from __future__ import annotations

import os
from collections.abc import Iterable
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
SOAK = os.environ.get("LESSONKIT_SOAK") == "1"


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


CHILD = """
CHILD = WORK + (
    "import os\\ndef child(seconds):\\n    pid = os.fork()\\n    if pid == 0:\\n"
    "        work(seconds)\\n        os._exit(1)\\n"
    "    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])")
OWN = ("import time\\nuntil = time.process_time() + 0.7\\n"
       "while time.process_time() < until:\\n    pass\\nassert f() == 1")
MORE = "work(0.2)\\ndef f():\\n    return work(0.15)"
"""
LIMITS = "Budget(**{'cell_seconds': 60, 'call_seconds': 60, 'test_seconds': 100} | "
WAITING = {
    "a cell": (
        LIMITS + "{'cell_seconds': limit, 'wall_seconds': 300})",
        'answer(WORK + "done = work(0.7)"), test("assert done == 1")',
        MOST,
    ),
    "a call": (
        LIMITS + "{'call_seconds': limit, 'wall_seconds': 300})",
        'answer(CHILD), test("assert work(0.7) == 1")',
        MOST,
    ),
    "a call that waits for a child": (
        LIMITS + "{'call_seconds': limit, 'wall_seconds': 300})",
        'answer(CHILD), test("assert child(0.7) == 1")',
        MOST,
    ),
    "a test that computes itself": (
        LIMITS + "{'test_seconds': limit, 'wall_seconds': 300})",
        'answer("def f():\\n    return 1"), test(OWN)',
        MOST_OF_ALL,
    ),
    "a notebook": (
        LIMITS + "{'wall_seconds': limit})",
        'answer(WORK + "work(0.2)"), answer(MORE), '
        'test("assert f() == 1"), test("assert f() == 1")',
        MOST_OF_ALL,
    ),
}
"""What takes longer than its limit, only because it has to wait for a processor: the budget, the
notebook, how many times its limit it is given back at most."""

ENDLESS = {
    "a cell": ('answer("while True: pass"), test("1")', MOST),
    "a sleeper": ('answer("import time\\ntime.sleep(1000)"), test("1")', MOST),
    "a call": ('answer("def f():\\n    while True: pass"), test("f()"), test("1")', MOST),
    "a test": (
        'answer("def f():\\n    return 1"), test("while True: pass"), test("1")',
        MOST_OF_ALL,
    ),
}


def sampled(names: Iterable[str], *in_ci: str) -> list[str]:
    """In CI these, for `make soak` all: each takes seconds in which nothing else may run."""
    return [name for name in names if SOAK or name in in_ci]


@pytest.mark.parametrize("name", sampled(WAITING, "a cell", "a call that waits for a child"))
def test_what_has_to_wait_for_a_processor_is_not_cut_short(name: str) -> None:
    """It gets its processor time later than its limit, and costs no points."""
    budget, parts, most = WAITING[name]
    program = f"{CHILD}\nbudget = {budget}\ntold['it'] = took({parts})"
    assert set(points_in_a_crowd(program, most)) == {1}


@pytest.mark.parametrize("name", sampled(ENDLESS, "a call"))
def test_what_never_ends_is_ended_on_a_busy_host_as_well(name: str) -> None:
    """A loop gets at most four times its limit; so does a sleeper, who waits for nobody."""
    parts, most = ENDLESS[name]
    limits = "cell_seconds=1.5, call_seconds=1.5, test_seconds=1.5, wall_seconds=100"
    told = judged_in_a_crowd(f"budget = Budget({limits})\ntold['it'] = took({parts})")
    seconds, points, status = told["it"]
    slack = 20.0  # until a box is there, and after the interrupt
    assert 1.5 <= seconds <= 1.5 * (1 + most) + slack, told
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
