"""Show that ordinary notebooks get the points that their tests say, in every usual way to test."""

from __future__ import annotations

import dataclasses
import json
import signal
from typing import Any

import pytest

from lessonkit.errors import UsageError
from lessonkit.grading import codec
from lessonkit.grading.judging import judge, judge_job
from lessonkit.grading.records import Budget, CellSpec
from lessonkit.sandbox import sessions_pool
from tests.grading.making import (
    QUICK,
    Part,
    answer,
    given,
    job_of,
    judged,
    locked,
    outputs_of,
    points_of,
    test,
)


def test_a_right_answer_has_all_points_and_a_wrong_one_none() -> None:
    """Each test is judged by itself, and the points add up."""
    result = judged(
        answer("def add(a, b):\n    return a + b"),
        test("assert add(1, 2) == 3\nassert add(-1, 1) == 0", 2),
        answer("def mul(a, b):\n    return a + b"),
        test("assert mul(3, 4) == 12", 3),
    )

    assert result.status == "graded"
    assert points_of(result) == [2, 0]
    assert result.points == 2
    assert result.cells[1].why == "AssertionError"


def test_a_box_that_died_in_reserve_costs_no_points() -> None:
    """The system may end what waits (memory); the next submission takes another box."""
    parts = [answer("def f():\n    return 1"), test("assert f() == 1", 2)]
    judged(*parts)
    (spare,) = [kept.spare for kept in sessions_pool._kept.values() if kept.spare is not None]
    spare._take_answer()
    signal.pidfd_send_signal(spare.pidfd, signal.SIGKILL)
    assert spare.has_ended(60_000)
    result = judged(*parts)

    assert result.status == "graded"
    assert points_of(result) == [2]


def test_bytes_go_in_and_bytes_come_out() -> None:
    """`judge` is what an Executor calls, and says the same as `judge_job`."""
    job = job_of(answer("def f():\n    return 1"), test("assert f() == 1", 2), files={"a": b"\xff"})

    back = codec.job_from_bytes(codec.job_to_bytes(job))
    result = codec.judgement_from_bytes(judge(codec.job_to_bytes(job)))

    assert back == job
    assert points_of(result) == [2]
    assert codec.judgement_from_bytes(codec.judgement_to_bytes(result)) == result


def test_bytes_that_are_no_job_are_refused() -> None:
    """With what they begin with, so that it can be found out what they are."""
    with pytest.raises(UsageError, match="begin"):
        judge(b"{}")


def test_a_raw_fork_in_a_cell_does_not_run_the_rest_twice() -> None:
    """The child ends with its cell; later cells run once."""
    result = judged(
        given("import os\ncount = []"),
        answer("pid = os.fork()\nif pid:\n    os.waitpid(pid, 0)"),
        answer("count.append(1)\nprint('once')"),
        test("assert count == [1] and pid > 0", 2),
    )

    assert points_of(result) == [2]
    assert outputs_of(result, 2) == [{"output_type": "stream", "name": "stdout", "text": "once\n"}]


def test_tests_see_the_state_at_their_place_and_change_nothing() -> None:
    """A name that is bound anew later counts as it was; a test's calls leave no trace."""
    result = judged(
        answer("x = 1\nseen = []\ndef note(v):\n    seen.append(v)\n    return len(seen)"),
        test("assert x == 1 and note('a') == 1 and note('b') == 2"),
        answer("x = 2"),
        test("assert x == 2 and note('c') == 1 and seen == []"),
    )

    assert points_of(result) == [1, 1]


def test_names_come_from_whom_the_instructor_says() -> None:
    """Imports and helpers are the instructor's, answers the student's, builtins nobody else's."""
    result = judged(
        given("import math, os.path as p\nfrom collections import Counter"),
        locked("def close(a, b):\n    return abs(a - b) < 1e-9\nLIMIT = 5"),
        answer(
            "def half(x):\n    return x / 2\ndef abs(x):\n    return 0\nclose = sum = print",
            model="def half(x):\n    return x / 2",
        ),
        test("assert close(half(3), 1.5) and not close(half(1), 9) and LIMIT == 5", 2),
        test("assert sum([1, 2]) == 3 and Counter('aa')['a'] == 2 and p.join('a', 'b') == 'a/b'"),
        test("assert math.sqrt(4) == 2"),
    )

    assert points_of(result) == [2, 1, 1]


def test_an_answer_may_be_called_like_a_builtin_when_the_instructor_asks_for_that() -> None:
    """Then the student's counts."""
    parts = [
        answer("def sum(x):\n    return 42", model="def sum(x):\n    return 0"),
        test("assert sum([1]) == 42"),
    ]

    assert points_of(judged(*parts)) == [1]


def test_tests_share_names_among_themselves() -> None:
    """What one test defines, a later one may use, also a stand-in that is looked up anew."""
    result = judged(
        answer("def f(x):\n    return x"),
        test("def agree(a, b):\n    return a == b\ncases = [(f, 1)]\nassert agree(f(1), 1)"),
        answer("y = 3"),
        test("g, v = cases[0]\nassert agree(g(v), 1) and agree(y, 3)"),
    )

    assert points_of(result) == [1, 1]


@pytest.mark.parametrize(
    ("last", "points"),
    [
        ("2.5", 2.5),
        ("0", 0),
        ("99", 4),
        ("-1", 0),
        ("float('nan')", 0),
        ("float('inf')", 0),
        ("None", 4),
        ("False", 4),
        ("'words'", 4),
        ("[1]", 4),
        ("1;", 4),
        ("f() / 3", 1 / 3),
    ],
)
def test_the_last_expression_gives_the_points(last: str, points: float) -> None:
    """As nbgrader reads it, but never an error, and never more than there are."""
    result = judged(answer("def f():\n    return 1"), test(f"assert f() == 1\n{last}", 4))

    assert points_of(result) == [points]


def test_nbgrader_reads_the_same_points_from_the_notebook() -> None:
    """Its own `determine_grade`, over outputs of all kinds, finds what was judged."""
    import nbformat
    from nbgrader.utils import determine_grade

    as_node: Any = nbformat.from_dict
    ends = ["2.5", "0", "99", "-1", "float('nan')", "float('inf')", "None", "'a'", "f() / 3", ""]
    tests = [test(f"f()\nassert True\n{end}", 4) for end in ends]
    source = "import sys\ndef f():\n    print('x', file=sys.stderr)\n    return 1"
    result = judged(answer(source), *tests, test("assert f() == 2", 4))
    cells = [c for c in json.loads(result.notebook)["cells"] if c["metadata"].get("nbgrader")]
    graded = [c for c in cells if c["metadata"]["nbgrader"]["grade"]]

    assert [determine_grade(as_node(c))[0] for c in graded] == points_of(result)
    assert len(graded) == len(ends) + 1


def test_a_failed_test_says_where_and_why_and_shows_the_students_line() -> None:
    """The line of the test, the message, and the traceback within the student's code."""
    result = judged(
        answer("def f(x):\n    return 1 / x"),
        test("a = 1\nassert f(1) == 2, 'one is not two'", 1),
        test("f(0)", 1),
    )
    first, second = outputs_of(result, 1)[-1], outputs_of(result, 2)[-1]

    assert (first["ename"], first["evalue"]) == ("AssertionError", "one is not two")
    assert first["traceback"][:2] == [
        "Line 2 of the test:",
        "    assert f(1) == 2, 'one is not two'",
    ]
    assert second["ename"] == "ZeroDivisionError"
    assert any("return 1 / x" in line for line in second["traceback"])
    assert "site-packages" not in str(second)
    assert "lessonkit" not in str(second)


def test_hidden_lines_are_not_shown_nor_what_is_printed_or_raised_there() -> None:
    """Neither the line, nor what the function says of the values that it was called with."""
    source = "def f(x):\n    print('called with', x)\n    raise ValueError(f'got {x}')"
    checked = (
        "try:\n    f(1)\nexcept ValueError:\n    pass\n"
        "### BEGIN HIDDEN TESTS\nassert f(4711) == 2\n### END HIDDEN TESTS"
    )
    result = judged(answer(source), test(checked, 2))
    shown = json.dumps(outputs_of(result, 1))

    assert points_of(result) == [0]
    assert "called with 1" in shown
    assert "4711" not in shown
    assert "assert" not in shown
    assert "hidden test" in shown


def test_student_cells_keep_their_outputs_in_order() -> None:
    """Prints, displays, results and errors, as a kernel would have shown them."""
    source = (
        "from IPython.display import display, HTML\nprint('a')\ndisplay(HTML('<b>x</b>'))\n"
        "print('b')\n{'k': 1}"
    )
    result = judged(answer(source), answer("1 / 0"), answer("x = 5;x;"))
    first = outputs_of(result, 0)

    assert [o["output_type"] for o in first] == [
        "stream",
        "display_data",
        "stream",
        "execute_result",
    ]
    assert first[1]["data"]["text/html"] == "<b>x</b>"
    assert first[3]["data"]["text/plain"] == "{'k': 1}"
    assert first[3]["execution_count"] == 1
    assert outputs_of(result, 1)[0]["ename"] == "ZeroDivisionError"
    assert outputs_of(result, 2) == []


def test_the_judged_notebook_is_a_valid_one() -> None:
    """By nbformat's own schema."""
    import nbformat

    read: Any = nbformat.reads
    result = judged(
        answer("print('x')\n1"), test("assert False", 1), test("1", 2), answer("import sys\n1/0")
    )

    nbformat.validate(read(result.notebook.decode(), as_version=4))


def test_files_are_beside_the_students_code_and_the_tests() -> None:
    """Both read them; what the student wrote of the same name as a module harms nobody."""
    files = {"data.txt": b"17", "random.py": b"raise SystemExit('imported')", "d/x.txt": b"y"}
    result = judged(
        answer("def f(name):\n    return int(open(name).read())"),
        test("with open('data.txt') as it:\n    assert f('data.txt') == int(it.read()) == 17"),
        test("import random, os\nassert random.random() < 1 and os.path.exists('d/x.txt')"),
        files=files,
    )

    assert points_of(result) == [1, 1]


def test_magics_and_shell_lines_work_in_answers() -> None:
    """The student's interpreter is IPython."""
    result = judged(
        answer("%precision 3\nout = !echo hi\nlines = list(out)"),
        answer("%%capture cap\nprint('kept')"),
        answer("text = cap.stdout"),
        test("assert lines == ['hi'] and text == 'kept\\n'"),
    )

    assert points_of(result) == [1]


def test_written_answers_are_left_to_a_person_unless_nobody_wrote_one() -> None:
    """None for what is to be read; 0 for a cell that is as it was handed out."""
    manual = CellSpec(
        kind="code", source="model", grade_id="?", points=3, grade=True, solution=True
    )
    job = job_of(Part(manual, "my words = 1"), Part(manual, "# WRITE HERE"))
    spec = dataclasses.replace(job.spec, released={"c0": "# WRITE HERE", "c1": "# WRITE HERE"})
    result = judge_job(dataclasses.replace(job, spec=spec))

    assert points_of(result) == [None, 0]
    assert "not answered" in result.cells[1].why


def test_what_cannot_be_read_is_not_gradable_and_lists_all_its_cells() -> None:
    """One sentence, no points, no notebook."""
    job = dataclasses.replace(job_of(answer("x = 1"), test("assert x", 2)), submitted=b"\0\1\2")
    result = judge_job(job)

    assert result.status == "not gradable"
    assert result.reason
    assert result.notebook == b""
    assert [(c.grade_id, c.points, c.max_points) for c in result.cells] == [("c1", 0, 2)]


def test_the_random_numbers_of_the_worker_are_its_own() -> None:
    """A job with a seed draws the same in its tests each time, and leaves no trace."""
    import random

    job = job_of(answer("x = 1"), test("import random\nprint(random.random())"))
    job = dataclasses.replace(job, seed=5)
    state = random.getstate()

    first, second = (outputs_of(judge_job(job), 1) for _ in range(2))

    assert first == second
    assert random.getstate() == state


def test_limits_are_those_of_the_job() -> None:
    """A function that takes more than call_seconds fails its test; others go on."""
    budget = dataclasses.replace(QUICK, call_seconds=2)
    result = judged(
        answer("import time\ndef slow():\n    time.sleep(60)\ndef quick():\n    return 1"),
        test("assert slow() is None"),
        test("assert quick() == 1"),
        budget=budget,
    )

    assert points_of(result) == [0, 1]
    assert result.status == "timed out"
    assert result.cells[0].why == "TimeoutError: slow() did not come back within 2 s"
    assert isinstance(budget, Budget)


def test_processor_time_is_a_limit_of_the_whole_submission() -> None:
    """The status names it, and what was earned before and after is kept."""
    budget = dataclasses.replace(QUICK, tree_cpu_seconds=1, cell_seconds=60, wall_seconds=200)
    result = judged(
        answer("def f():\n    return 1"),
        test("assert f() == 1"),
        answer("while True: pass"),
        test("assert f() == 1"),
        budget=budget,
    )

    assert (result.status, points_of(result)) == ("limit hit", [1, 1])
    assert "processor time" in result.reason
