"""Show that `check` gives a verdict whose number nbgrader reads, and never costs points."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lessonkit import Handle, Verdict, check, checking, show, to_json
from lessonkit.checks import EXERCISES
from lessonkit.checks.exercise import Exercise
from lessonkit.errors import UsageError
from lessonkit.sandbox import pool
from tests.notebook_runner import execute

EXERCISE = "3.1"
FUNCTION = EXERCISES[EXERCISE].function
MOST = EXERCISES[EXERCISE].max_points

SOLUTION = f"""
import os

def {FUNCTION}(n):
    pids = []
    for _ in range(n):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        pids.append(pid)

    def release():
        for pid in pids:
            os.waitpid(pid, 0)

    return release
"""
STUB = f"def {FUNCTION}(n):\n    raise NotImplementedError\n"
PARTLY = SOLUTION.replace("os.waitpid(pid, 0)", "pass")


def function(source: str) -> Any:
    """The function that a cell with this text defines, as the notebook has it."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, "<answer>", "exec", dont_inherit=True), names)
    return names[FUNCTION]


def handle(source: str) -> Handle:
    """The same as text and name."""
    return Handle(source=source, name=FUNCTION)


def bundle(verdict: Verdict) -> dict[str, str]:
    """What Jupyter is given to show, and nbgrader to read."""
    return verdict._repr_mimebundle_()


def from_dict(output: dict[str, Any]) -> Any:
    """One output of JSON, as notebook libraries hold it."""
    import nbformat

    return nbformat.from_dict(output)  # type: ignore[no-untyped-call]


def points_in_nbgrader(*outputs: dict[str, Any]) -> float:
    """What nbgrader's own code reads from a graded cell with these outputs."""
    from nbformat.v4 import new_code_cell
    from nbgrader.utils import determine_grade

    cell = new_code_cell("...", outputs=[from_dict(o) for o in outputs])  # type: ignore[no-untyped-call]
    cell.metadata["nbgrader"] = {
        "grade": True,
        "grade_id": "q",
        "points": MOST,
        "locked": True,
        "schema_version": 3,
        "solution": False,
        "task": False,
        "cell_type": "code",
    }
    points, most = determine_grade(cell)
    assert most == MOST
    return float(points)


def result(verdict: Verdict) -> dict[str, Any]:
    """The output of a cell whose last line is this verdict."""
    from nbformat.v4 import new_output

    return dict(
        new_output(  # type: ignore[no-untyped-call]
            "execute_result", data=bundle(verdict), execution_count=1
        )
    )


def signature(verdict: Verdict) -> list[tuple[str, bool | None, float]]:
    """What must be the same when a verdict is repeated; times and pids may differ."""
    return [(fact.name, fact.ok, fact.points) for fact in verdict.facts]


def test_a_solution_has_all_points() -> None:
    """The text is the number and nothing else, the HTML has the reasons, nbgrader agrees."""
    verdict = check(EXERCISE, function(SOLUTION))

    assert verdict.passed
    assert float(bundle(verdict)["text/plain"]) == verdict.points == MOST
    assert all(fact.name in bundle(verdict)["text/html"] for fact in verdict.facts)
    assert points_in_nbgrader(result(verdict)) == MOST


def test_a_stub_has_none() -> None:
    """What is not written yet is no failure of ours and no error on the page."""
    verdict = check(EXERCISE, function(STUB))

    assert (verdict.points, verdict.run_again) == (0, None)
    assert "not written yet" in str(verdict.problem)
    assert points_in_nbgrader(result(verdict)) == 0


def test_a_part_of_the_behaviour_has_a_part_of_the_points() -> None:
    """Points per fact add up, and nbgrader reads the sum."""
    verdict = check(EXERCISE, function(PARTLY))

    assert 0 < verdict.points < MOST
    assert points_in_nbgrader(result(verdict)) == verdict.points


@pytest.mark.parametrize("source", [SOLUTION, STUB, PARTLY], ids=["solution", "stub", "partly"])
def test_a_handle_is_judged_like_the_function(source: str) -> None:
    """Source text and name are enough: the student's code need never have run here."""
    by_value, by_text = check(EXERCISE, function(source)), check(EXERCISE, handle(source))

    assert signature(by_text) == signature(by_value)
    assert (by_text.points, by_text.problem) == (by_value.points, by_value.problem)


def test_a_seed_makes_it_repeatable() -> None:
    """The same seed stages the same numbers: what was seen is the same, word for word."""
    first, second = (check(EXERCISE, function(SOLUTION), seed=7) for _ in range(2))

    assert [(f.name, f.ok, f.expected) for f in first.facts] == [
        (f.name, f.ok, f.expected) for f in second.facts
    ]
    assert signature(first) == signature(second)


@pytest.mark.parametrize(
    "source",
    [
        f"def {FUNCTION}(n):\n    return 'x' * 900_000\n",
        f"def {FUNCTION}(n):\n    return 'x' * 3_000_000\n",
        f"def {FUNCTION}(n):\n    return lambda: 'x' * 3_000_000\n",
        f"def {FUNCTION}(n):\n    return [[[]] * 1000] * 300\n",
        f"def {FUNCTION}(n):\n    raise ValueError('x' * 3_000_000)\n",
        f"def {FUNCTION}(n):\n    kept = []\n    while True: kept.append(bytearray(10_000))\n",
        f"def {FUNCTION}(n):\n    import os\n    os._exit(0)\n",
        f"def {FUNCTION}(n):\n    import os\n    os.closerange(0, 1 << 16)\n",
        f"def {FUNCTION}(n):\n    import os, signal\n    os.kill(os.getpid(), signal.SIGSTOP)\n",
        f"def {FUNCTION}(n):\n    import sys\n    sys.setrecursionlimit(10)\n    raise KeyError\n",
        f"def {FUNCTION}(n):\n    import sys\n    sys.modules.clear()\n",
        f"class Odd(Exception):\n    def __str__(self): raise SystemExit\n"
        f"def {FUNCTION}(n):\n    raise Odd\n",
        f"import os\nos._exit(0)\ndef {FUNCTION}(n): pass\n",
        f"import os\nos.fork()\ndef {FUNCTION}(n): pass\n",
        f"print('x' * 5_000_000)\ndef {FUNCTION}(n): pass\n",
        f"{FUNCTION} = 5\n",
        "pass\n",
        "def broken(:\n",
        "\0",
    ],
    ids=lambda source: source.replace(FUNCTION, "f")[:60],
)
def test_no_answer_makes_us_fail(source: str) -> None:
    """A failure of ours means full points: no code of a student's may bring one about."""
    verdict = check(EXERCISE, handle(source))

    assert verdict.run_again is None
    assert verdict.points < MOST


def test_a_failure_of_ours_costs_no_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, asks to run again, and is no number: nbgrader gives the full points."""
    pool.close()
    monkeypatch.setenv("LESSONKIT_TIER", "nosuch")
    verdict = check(EXERCISE, function(STUB))

    assert verdict.run_again is not None
    assert not verdict.passed
    with pytest.raises(ValueError, match="could not convert"):
        float(bundle(verdict)["text/plain"])
    assert points_in_nbgrader(result(verdict)) == MOST == verdict.points


def test_a_failure_of_ours_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is there, and what to do is not said twice."""
    pool.close()
    monkeypatch.setenv("LESSONKIT_TIER", "nosuch")
    text = bundle(check(EXERCISE, function(STUB)))["text/plain"]

    assert "nosuch" in text
    assert text.count("No points are lost") == 1


@pytest.mark.parametrize(
    ("exercise", "what", "word"),
    [
        ("9.9", len, "9.9"),
        (EXERCISE, 5, "5"),
        (EXERCISE, None, "parentheses"),
        (EXERCISE, "make_zombies", "make_zombies"),
    ],
)
def test_wrong_use_is_told_in_words(exercise: str, what: Any, word: str) -> None:
    """A UsageError names the exercises there are, or says that the function itself is meant."""
    with pytest.raises(UsageError) as caught:
        check(exercise, what)

    assert word in str(caught.value)


def test_a_function_that_cannot_be_sent_is_told_and_has_no_points() -> None:
    """An answer that holds a lock or an open file is the learner's to change, not our failure."""
    import threading

    lock = threading.Lock()
    verdict = check(EXERCISE, lambda n: lock)

    assert (verdict.points, verdict.run_again) == (0, None)
    assert "lock" in str(verdict.problem)


def test_nothing_is_written_by_a_check() -> None:
    """stderr stays empty, with all warnings on: nbgrader takes text there for a failure."""
    program = f"""
import os
from lessonkit import Handle, check
from lessonkit.sandbox import close
sources = {[SOLUTION, STUB, "1 / 0"]!r}
for source in sources:
    check({EXERCISE!r}, Handle(source=source, name={FUNCTION!r}))
close()
os.environ["LESSONKIT_TIER"] = "nosuch"
check({EXERCISE!r}, Handle(source=sources[0], name={FUNCTION!r}))
"""
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", program], capture_output=True, text=True, timeout=100
    )

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_verdicts_are_written_down_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line of JSON for each, in order: numbers, the text that people read, every fact."""
    file = tmp_path / "verdicts.jsonl"
    monkeypatch.setenv("LESSONKIT_VERDICTS", str(file))
    verdicts = [check(EXERCISE, function(source)) for source in (PARTLY, STUB)]
    with pytest.raises(UsageError):
        check("9.9", function(STUB))
    lines = [json.loads(line) for line in file.read_text().splitlines()]

    assert [line["exercise"] for line in lines] == [EXERCISE, EXERCISE]
    assert [line["points"] for line in lines] == [v.points for v in verdicts]
    assert [line["max_points"] for line in lines] == [MOST, MOST]
    assert [line["text"] for line in lines] == [show.verdict_text(v) for v in verdicts]
    assert [line["verdict"] for line in lines] == [to_json(v) for v in verdicts]


def test_a_verdict_that_cannot_be_written_down_is_given_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The learner did nothing wrong."""
    monkeypatch.setenv("LESSONKIT_VERDICTS", str(tmp_path / "nowhere" / "verdicts.jsonl"))

    assert check(EXERCISE, function(SOLUTION)).passed


def test_who_watches_is_told_when_a_check_begins_and_what_it_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The observer is entered before the function runs and left after the verdict."""
    seen: list[object] = []

    @contextmanager
    def watch(exercise: Exercise) -> Iterator[Callable[[Verdict], object]]:
        seen.append(exercise.id)
        yield seen.append
        seen.append("over")

    monkeypatch.setattr(checking, "observer", watch)
    verdict = check(EXERCISE, function(STUB))

    assert seen == [EXERCISE, verdict, "over"]


@pytest.mark.slow
def test_an_executed_notebook_is_graded() -> None:
    """What a kernel makes of the cell is what nbgrader reads: all, part, none, and no blame."""
    line = f"check({EXERCISE!r}, {FUNCTION})"
    lost = (
        "import os\nfrom lessonkit.sandbox import close\nclose()\n"
        "os.environ['LESSONKIT_TIER'] = 'nosuch'"
    )
    cells = ["from lessonkit import check", SOLUTION, line, PARTLY, line, STUB, line, lost, line]
    outputs = execute(*cells)
    graded = [
        points_in_nbgrader(*out) for out, cell in zip(outputs, cells, strict=True) if cell == line
    ]

    assert graded == [MOST, check(EXERCISE, function(PARTLY)).points, 0, MOST]
    assert "stderr" not in json.dumps(outputs)
