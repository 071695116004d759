"""Show that tests of objects run beside the student's code, and only those, and are marked."""

from __future__ import annotations

import dataclasses
import json

import pytest

from lessonkit.grading import calibrate
from lessonkit.grading.calibrating import calibrate_job
from lessonkit.grading.codec import job_to_bytes
from lessonkit.grading.judging import judge_job
from tests.grading.making import (
    QUICK,
    answer,
    given,
    job_of,
    judged,
    locked,
    outputs_of,
    points_of,
    test,
)

STACK = (
    "class Stack:\n"
    "    def __init__(self):\n        self.items = []\n"
    "    def push(self, x):\n        self.items.append(x)\n"
    "    def pop(self):\n        return self.items.pop()\n"
)
USE = (
    "s = Stack()\ns.push(1)\ns.push(2)\n"
    "assert s.pop() == 2, 'the last one first'\nassert len(s.items) == 1"
)


def test_only_what_cannot_cross_runs_together() -> None:
    """A test of a function stays apart, one of an object does not, a broken one is told."""
    job = job_of(
        given("import os"),
        answer(STACK + "def f(x):\n    return x + 1"),
        test("assert f(1) == 2"),
        test(USE),
        test("assert f(1) == 3, 'never'"),
        test("%time f(1)\nassert f(2) == 3"),
    )
    found = calibrate(job.spec, {}, QUICK)
    told = json.loads(calibrate_job(job_to_bytes(job)))

    assert found.modes == told["modes"] == {"c3": "together", "c5": "together"}
    assert found.problems == {"c4": "AssertionError: never"}
    assert len(told["problems"]) == 1
    assert "c4: AssertionError: never" in told["problems"][0]


def test_nothing_is_run_where_every_test_is_a_check_or_a_quiz() -> None:
    """They need no calibration: not even a solution that would not run matters."""
    hidden = "### BEGIN HIDDEN TESTS\nright = quiz.is_right('K', a, key='x')\nassert right, 'no'\n"
    job = job_of(answer("while True: pass"), test("check('3.1', f)"), test(hidden))

    assert calibrate(job.spec, {}, QUICK).modes == {}


def test_a_test_that_runs_together_gives_points_and_is_marked() -> None:
    """Right and wrong, with partial points, and never called proof against tampering."""
    wrong = STACK.replace("self.items.pop()", "self.items.pop(0)")
    for source, points in ((STACK, [4, 1.5]), (wrong, [0, 1.5])):
        result = judged(
            answer(source),
            test(USE, 4),
            test("s = Stack()\n1.5", 3),
            modes={"c1": "together", "c2": "together"},
        )

        assert points_of(result) == points
        assert [cell.tamper_proof for cell in result.cells] == [False, False]


def test_what_fails_together_says_the_tests_own_words_and_no_others() -> None:
    """The assert's message as it is written; nothing that the student's process made up."""
    cheat = (
        "class Stack:\n"
        "    def push(self, x): pass\n"
        "    def pop(self):\n"
        "        import sys\n"
        "        print('the test says', sys._getframe(1).f_code.co_names)\n"
        "        raise AssertionError('leaked: ' + str(sys._getframe(1).f_globals.keys()))\n"
    )
    result = judged(answer(cheat, model=STACK), test(USE, 4), modes={"c1": "together"})
    shown = json.dumps(outputs_of(result, 1))

    assert points_of(result) == [0]
    assert "leaked" not in shown
    assert "the test says" not in shown
    assert "the last one first" in shown


def test_a_test_together_sees_what_earlier_tests_define() -> None:
    """They ran elsewhere, so what this one needs of them is run again in its copy."""
    result = judged(
        answer(STACK),
        test("def fill(s):\n    s.push(7)\n    return s"),
        test("assert fill(Stack()).pop() == 7", 2),
        modes={"c2": "together"},
    )

    assert points_of(result) == [1, 2]


def test_tests_that_build_on_each_other_are_found_and_run_together() -> None:
    """The second expects what the first has done to the student's account."""
    source = "total = 0\ndef pay(n):\n    global total\n    total += n\n    return total"
    job = job_of(
        answer(source), test("assert pay(5) == 5"), test("assert pay(2) == 7"), test("pay(1)")
    )
    modes = calibrate(job.spec, {}, QUICK).modes
    result = judge_job(dataclasses.replace(job, spec=dataclasses.replace(job.spec, modes=modes)))

    assert modes == {"c2": "together"}
    assert points_of(result) == [1, 1, 1]


def test_together_leaves_no_trace_either() -> None:
    """Neither in the student's interpreter nor in the tests that follow."""
    result = judged(
        answer("x = []\ndef f():\n    x.append(1)\n    return len(x)"),
        test("assert f() == 1 and f() == 2", 1),
        answer("y = len(x)"),
        test("assert y == 0 and f() == 1", 1),
        modes={"c1": "together"},
    )

    assert points_of(result) == [1, 1]


@pytest.mark.parametrize("end", ["import os; os._exit(0)", "while True: pass"])
def test_an_answer_that_does_not_let_the_test_end_has_no_points(end: str) -> None:
    """The next test has its own."""
    budget = dataclasses.replace(QUICK, test_seconds=2)
    result = judged(
        answer(f"def f():\n    {end}\ndef g():\n    return 1"),
        test("f()", 1),
        test("assert g() == 1", 1),
        modes={"c1": "together"},
        budget=budget,
    )

    assert points_of(result) == [0, 1]


def test_a_locked_helper_is_there_in_both_ways() -> None:
    """Apart it is run in the trusted interpreter, together it ran in the student's."""
    parts = [
        locked("def near(a, b):\n    return abs(a - b) < 0.1"),
        answer("def f():\n    return 1.05"),
        test("assert near(f(), 1)"),
    ]

    assert points_of(judged(*parts)) == [1]
    assert points_of(judge_job(job_of(*parts, modes={"c2": "together"}))) == [1]
