"""Every exercise is judged through the real check, on programs that learners might write.

Below tests/exercises there is one folder for each exercise, named "3.1-make_zombies" after
its number and its function:

* stub.py: what the learner finds; 0 points and a friendly sentence.
* solution.py and odd_right_*.py: full points.
* wrong_*.py: fewer points. Two lines of its docstring name the misconception that the verdict
  has to name ("none" if there is none), and a part of the message that has to be shown.

Once each takes about a minute. LESSONKIT_REPEATS=20 repeats each of them, and LESSONKIT_LOAD=4
keeps that many processes busy meanwhile: a verdict must not depend on luck or on speed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lessonkit import procfs
from lessonkit.checking import check
from lessonkit.checks import EXERCISES
from lessonkit.payload import Handle
from lessonkit.records import Fact, Verdict
from lessonkit.sandbox import pool

PROGRAMS = sorted(Path(__file__).parents[1].joinpath("exercises").glob("*/*/*.py"))
REPEATS = int(os.environ.get("LESSONKIT_REPEATS", "1"))
LOAD = int(os.environ.get("LESSONKIT_LOAD", "0"))


def belongings() -> tuple[set[int], set[str]]:
    """The children and the descriptors of this process now."""
    return set(procfs.children(os.getpid())), set(os.listdir("/proc/self/fd"))


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """The rule of tests/conftest.py, held once: one launcher serves all programs of this file."""
    pool.close()  # the launcher of the tests before
    children, descriptors = belongings()
    yield
    pool.close()
    until = time.monotonic() + 60
    while True:  # what ended a moment ago may still be on its way out
        now = belongings()
        left = now[0] - children, now[1] - descriptors
        if left == (set(), set()) or time.monotonic() > until:
            break
        time.sleep(0.02)
    assert left == (set(), set())


@pytest.fixture(scope="module", autouse=True)
def load(nothing_left_behind: None) -> Iterator[None]:
    """Keep the machine busy, where that was asked for."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(LOAD)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def programs(prefix: str) -> pytest.MarkDecorator:
    """All programs whose names begin so, as often as was asked for."""
    chosen = [path for path in PROGRAMS if path.stem.startswith(prefix)]
    return pytest.mark.parametrize(
        "path",
        [path for path in chosen for _ in range(REPEATS)],
        ids=[f"{path.parent.name}/{path.stem}" for path in chosen for _ in range(REPEATS)],
    )


def verdict_on(path: Path) -> Verdict:
    """The verdict of the real check, which must have been able to judge."""
    exercise, _, function = path.parent.name.partition("-")
    source = path.read_text()
    verdict = check(exercise, Handle(source=source, name=function, filename=path.name))
    assert verdict.run_again is None
    return verdict


def failed(verdict: Verdict) -> list[Fact]:
    """The facts that are not as expected."""
    return [fact for fact in verdict.facts if not fact.ok]


def message(verdict: Verdict) -> str:
    """All that the verdict says of what is wrong."""
    parts = [f"{fact.seen}: {fact.why} {fact.hint}" for fact in failed(verdict)]
    return "\n".join([verdict.problem or "", *parts])


def header(path: Path, name: str) -> str:
    """One of the lines "misconception: ..." and "message: ..." of a program."""
    found = re.search(rf"^{name}: (.+)$", path.read_text(), flags=re.MULTILINE)
    assert found, f"{path} does not say which {name}"
    return found[1]


def test_there_are_enough_programs_for_each_exercise() -> None:
    """At least four wrong ones and three unusual right ones."""
    folders = {path.parent.name.partition("-")[0]: path.parent for path in PROGRAMS}
    assert set(folders) == set(EXERCISES)
    for exercise, folder in folders.items():
        assert folder.name == f"{exercise}-{EXERCISES[exercise].function}"
        assert len(list(folder.glob("wrong_*.py"))) >= 4
        assert len(list(folder.glob("odd_right_*.py"))) >= 3


@programs("stub")
def test_a_stub_gets_no_points(path: Path) -> None:
    """Exactly 0, and a sentence that says why."""
    verdict = verdict_on(path)
    assert verdict.points == 0
    assert "is not written yet" in message(verdict)


@programs("solution")
def test_the_solution_gets_full_points(path: Path) -> None:
    """All facts are as expected."""
    verdict = verdict_on(path)
    assert message(verdict) == ""
    assert verdict.points == verdict.max_points == EXERCISES[verdict.exercise].max_points


@programs("odd_right")
def test_an_unusual_right_solution_gets_full_points(path: Path) -> None:
    """The check looks at what happened, not at how it is written."""
    verdict = verdict_on(path)
    assert message(verdict) == ""
    assert verdict.points == verdict.max_points


@programs("wrong")
def test_a_wrong_solution_gets_the_right_message(path: Path) -> None:
    """Fewer points, the likely misconception, and the words that its docstring names."""
    verdict = verdict_on(path)
    assert verdict.points < verdict.max_points
    assert header(path, "message") in message(verdict)
    misconception = header(path, "misconception")
    if misconception != "none":
        assert misconception in {fact.misconception for fact in failed(verdict)}
    assert all(fact.expected and fact.seen for fact in verdict.facts)
