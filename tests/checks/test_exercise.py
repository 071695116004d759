"""What is the same for all exercises: points add up, stubs get 0, our failures are no verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lessonkit.checks import EXERCISES
from lessonkit.checks.facts import (
    at_line,
    call_finding,
    ending_text,
    pids_text,
    short,
    signal_name,
    states_text,
)
from lessonkit.errors import CheckError
from lessonkit.records import Ending
from tests.checks.handmade import back, did_not_return, family, judged, raised, record, vanished

LIMIT = Ending(kind="limit", limit="tree_cpu_seconds")


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_an_unwritten_function_gets_no_points_and_a_friendly_sentence(exercise) -> None:  # type: ignore[no-untyped-def]
    """A stub raises NotImplementedError, wherever it is called first."""
    verdict = exercise.judge(record({"anything": [{"call": raised("NotImplementedError")}]}))
    assert verdict.points == 0
    assert verdict.problem.startswith(f"{exercise.function} is not written yet")
    assert verdict.stderr == ""


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_a_record_without_facts_is_our_failure(exercise) -> None:  # type: ignore[no-untyped-def]
    """A scene that wrote nothing down must not cost points."""
    with pytest.raises(CheckError, match="did not write down"):
        exercise.judge(record({}))


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_a_limit_that_ended_the_run_is_named(exercise) -> None:  # type: ignore[no-untyped-def]
    """What is missing then is not our failure."""
    verdict = exercise.judge(record({}, ending=LIMIT))
    assert verdict.points == 0
    assert "reached its limit tree_cpu_seconds (20.0)" in verdict.problem


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_a_box_that_had_to_be_ended_from_outside_earns_nothing(exercise) -> None:  # type: ignore[no-untyped-def]
    """Nothing at all was written down then, and it is still no failure of ours."""
    cut = Ending(kind="limit", limit="wall_seconds")
    verdict = exercise.judge(replace(record({}, ending=cut), facts={}))
    assert verdict.points == 0
    assert "reached its limit wall_seconds (10.0)" in verdict.problem
    unnamed = exercise.judge(record({"load": None}, ending=Ending(kind="limit")))
    assert (unnamed.points, unnamed.problem) == (
        0,
        "the run was ended because it reached one of its limits",
    )


def test_what_held_until_a_limit_ended_the_run_is_not_counted() -> None:
    """Unless the check was done by then."""
    case = {"kind": "exit", "number": 3, "status": 768, "core": False, "call": back(("exit", 3))}
    cases = [{**case} for _ in range(12)]
    verdict = judged("3.5", {"cases": cases}, ending=LIMIT)
    assert verdict.points == 0
    assert not verdict.passed
    assert {fact.seen for fact in verdict.facts} == {
        "not counted: a limit ended the run before its time"
    }
    assert judged("3.5", {"cases": cases, "complete": True}, ending=LIMIT).points > 0


def test_a_limit_before_the_code_was_loaded_is_named() -> None:
    """Even the staging can run into a limit of the host."""
    verdict = EXERCISES["3.1"].judge(record({"load": None}, ending=LIMIT))
    assert verdict.problem is not None
    assert "tree_cpu_seconds" in verdict.problem


def test_code_that_does_not_load_is_a_problem_with_its_reason() -> None:
    """The line of the student's code is in the sentence, the traceback below it."""
    verdict = judged("3.1", {"load": raised("NameError", "name 'oss' is not defined", line=3)})
    assert verdict.points == 0
    assert verdict.problem == (
        "your code could not be loaded: NameError: name 'oss' is not defined (line 3)"
    )
    assert "answer.py" in verdict.stderr


@pytest.mark.parametrize(
    ("load", "words"),
    [
        ({**back(), "kind": "bad", "problem": "nothing is named 'x'"}, "nothing is named 'x'"),
        (did_not_return(), "it was not done after 2 s"),
        (vanished(0), "the process ended while it was loaded"),
    ],
)
def test_other_ways_not_to_load(load: dict[str, object], words: str) -> None:
    """No function of that name, an endless cell, a cell that exits."""
    problem = judged("3.1", {"load": load}).problem
    assert problem is not None
    assert words in problem


def test_a_call_that_sleeps_and_one_that_spins_are_told_apart() -> None:
    """The state at the end of the time says it, not the CPU time, which depends on the load."""
    asleep = call_finding(did_not_return("S"), "f()")
    busy = call_finding(did_not_return("R"), "f()")
    assert asleep is not None
    assert "asleep" in asleep.seen
    assert busy is not None
    assert "busy" in busy.seen


@pytest.mark.parametrize(
    ("state", "words"), [("T", "the process was stopped"), ("Z", "its main thread had ended")]
)
def test_a_process_that_does_not_sleep_is_not_called_asleep(state: str, words: str) -> None:
    """SIGSTOP for itself, and the end of the main thread alone."""
    finding = call_finding(did_not_return(state), "f()", blocks="it waits")
    assert finding is not None
    assert words in finding.seen
    assert "asleep" not in finding.seen
    assert finding.why != "it waits"


def test_a_parent_that_ended_says_how() -> None:
    """os._exit in the parent is a mistake that learners make."""
    finding = call_finding(vanished(3 << 8), "f()")
    assert finding is not None
    assert "exit code 3" in finding.seen


def test_a_value_that_is_no_data_is_named() -> None:
    """Sockets and the like do not cross."""
    finding = call_finding({**back(), "kind": "bad", "problem": "value is of type socket"}, "f()")
    assert finding is not None
    assert "socket" in finding.seen


def test_words_for_numbers() -> None:
    """Endings, signals, pids, states: in plain words."""
    assert ending_text(9) == "ended by SIGKILL"
    assert ending_text(None) == "nobody knows how"
    assert signal_name(60) == "signal 60"
    assert pids_text([7]) == "pid 7"
    assert pids_text(list(range(9))) == "pids 0, 1, 2, 3, 4, 5, ..."
    two = family((3, 2, "S"), (4, 2, "S"), (5, 2, "T"))
    assert states_text(two, "child", "children") == (
        "2 children in state S (asleep) and 1 child in state T (stopped)"
    )
    assert short("x" * 500).endswith("...")
    assert short([10**5000]) == "a list that is too long to be written"
    assert at_line("no traceback") == ""


def test_the_line_of_an_error_is_the_students() -> None:
    """Not the one in the standard library that noticed it."""
    traceback = (
        '  File "answer.py", line 22, in fix\n    subprocess.run(argv, check=True)\n'
        '  File "/usr/lib/python3.11/subprocess.py", line 571, in run\n    raise\n'
    )
    assert at_line(traceback) == " (line 22)"
