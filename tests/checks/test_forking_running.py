"""Verdicts of 1.4 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.records import Corpse
from tests.checks.handmade import (
    back,
    did_not_return,
    failed,
    family,
    judged,
    one_failed,
    raised,
    vanished,
)
from tests.show.handmade import process

PLAIN = ["HOME=/tmp", "PATH=/bin"]
CODES = {"first": 7, "elsewhere": 0, "bare": 0, "signaled": -15}


def program(pid: int = 9, ppid: int = 2, argv: list[str] | None = None) -> dict[str, Any]:
    """A process with its arguments, as the scene notes it."""
    (one,) = family((pid, ppid, "S"))
    return {**one, "comm": "sh", "cmdline": argv or ["sh", "-c", "x"]}


def ran(name: str) -> dict[str, Any]:
    """One of the programs that can be run."""
    given = name == "elsewhere"
    here = "/tmp/dir" if given else "/tmp"
    environ = {"elsewhere": ["COLOR=1"], "bare": []}.get(name, PLAIN)
    return {
        "case": name,
        "argv": ["sh", "-c", "x"],
        "code": CODES[name],
        "seen": [program()],
        "became": False,
        "exe": "/usr/bin/dash",
        "look": {"exe": "/usr/bin/dash", "environ": environ, "cwd": here, "fds": {}},
        "call": back(CODES[name]),
        "left": [],
        **({"environ": environ} if environ != PLAIN else {}),
        **({"cwd": here} if given else {}),
    }


def failing(name: str, code: int) -> dict[str, Any]:
    """One of the two that cannot."""
    return {"case": name, "argv": ["x"], "code": code, "call": back(code), "left": []}


def facts(change: str = "", **changes: Any) -> dict[str, Any]:
    """Six calls, the one named *change* with these changes."""
    cases = [ran("first"), ran("elsewhere"), ran("bare")]
    cases += [failing("missing", 127), failing("forbidden", 126), ran("signaled")]
    table = {"0": "/dev/null", "1": "pipe:[1]", "2": "pipe:[2]"}
    return {
        "plain": {"environ": PLAIN, "cwd": "/tmp"},
        "before": table,
        "after": table,
        "cases": [{**one, **changes} if one["case"] == change else one for one in cases],
        "others": family((3, 2, "Z"), (4, 2, "S")),
        "wanted_others": {"dead": 3, "alive": 4},
    }


def test_six_calls_are_full_points() -> None:
    """It ran, it was waited for, it failed as it should, and nobody else noticed."""
    left = {
        "zombies_left": (Corpse(pid=3, wait_status=256),),
        "processes_left": (process(4, 2, "python3"),),
    }
    verdict = judged("1.4", facts(), **left)
    assert verdict.passed
    assert verdict.points == 4


@pytest.mark.parametrize(
    ("change", "misconception", "words"),
    [
        ({"seen": [], "look": None}, None, "no process with this argv was there"),
        ({"seen": [], "look": None, "call": raised("TypeError")}, None, "raised TypeError"),
        ({"seen": [program(argv=["sh", "-c", "x y"])]}, None, "instead pid 9 with the argv ['sh',"),
        (
            {"seen": [program(8, argv=["sh"]), program(9, 8)]},
            None,
            "its parent is pid 8 (sh), not your process",
        ),
        ({"seen": [program(9, 8)]}, None, "its parent is pid 8, not your process"),
        ({"seen": [program(), program(10, 9, ["cat"])]}, None, "besides the program there was"),
        ({"became": True}, "M1.6", "pid 2, your own process, turned into 'sh'"),
        ({"look": {"exe": "/usr/bin/python3"}}, "M1.16", "still runs /usr/bin/python3"),
    ],
)
def test_another_process_than_the_program_earns_nothing(
    change: dict[str, Any], misconception: str | None, words: str
) -> None:
    """All other facts wait for it."""
    verdict = judged("1.4", facts("signaled", **change))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("name", "call", "misconception", "words"),
    [
        ("first", back(7 << 8), "M3.5", "returned 1792, but it exited with 7"),
        ("signaled", back(0), "M3.6", "SIGTERM ended the program"),
        ("signaled", back(143), "M3.5", "so -15 is right"),
        ("elsewhere", back(None), None, "returned None"),
        ("elsewhere", back(False), None, "returned False"),
        ("first", did_not_return(), None, "had not come back"),
        ("first", vanished(0), None, "ended during the call"),
    ],
)
def test_how_it_ended_is_what_init_drew(
    name: str, call: dict[str, Any], misconception: str | None, words: str
) -> None:
    """A wrong number costs a point."""
    verdict = judged("1.4", facts(name, call=call))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 3


@pytest.mark.parametrize(
    ("name", "changes", "misconception", "words"),
    [
        ("missing", {"call": back(126)}, None, "126 for a program that is not there, 127 is"),
        ("forbidden", {"call": back(127)}, None, "127 for a file without x permission, 126 is"),
        ("missing", {"call": raised("FileNotFoundError")}, None, "raised FileNotFoundError"),
        ("missing", {"call": back(127, strays=1)}, "M1.7", "1 copy of your process came back"),
    ],
)
def test_what_cannot_be_started(
    name: str, changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """A point for the two codes, and for a child that does not run on."""
    verdict = judged("1.4", facts(name, **changes))
    fact = failed(verdict)[0]
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == (3 if misconception is None else 2.5)


@pytest.mark.parametrize(
    ("name", "look", "misconception", "words"),
    [
        ("first", {"environ": [*PLAIN, "X=1"], "cwd": "/tmp"}, None, "too much: ['X=1']"),
        ("first", {"environ": PLAIN[:1], "cwd": "/tmp"}, None, "missing: ['PATH=/bin']"),
        ("elsewhere", {"environ": ["COLOR=1"], "cwd": "/tmp"}, None, "in /tmp, not in /tmp/dir"),
        ("signaled", {"environ": PLAIN, "cwd": "/tmp/dir"}, "M1.4", "in /tmp/dir, not in /tmp"),
        ("signaled", {}, None, "could not be looked at"),
        ("signaled", None, None, "could not be looked at"),
    ],
)
def test_environment_and_directory_are_the_kernels_word(
    name: str, look: dict[str, Any] | None, misconception: str | None, words: str
) -> None:
    """Half a point; without a look it is not earned."""
    verdict = judged("1.4", facts(name, look=look))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 3.5


@pytest.mark.parametrize(
    ("spoil", "misconception", "words"),
    [
        ({"others": family((4, 2, "S"))}, "M6.5", "pid 3, another child of your process"),
        ({"others": family((3, 2, "Z"))}, None, "pid 4, another child"),
        ({"others": family((3, 2, "Z"), (4, 2, "S"), (5, 2, "S"))}, None, "1 child more"),
        ({"after": {}}, None, "could not be looked at"),
        ({"after": {"0": "/dev/null", "1": "x", "2": "pipe:[2]"}}, "M1.4", "and is x now"),
        ({"after": {"0": "/dev/null", "1": "pipe:[1]"}}, None, "descriptor 2 (pipe:[2])"),
        (
            {"after": {"0": "/dev/null", "1": "pipe:[1]", "2": "pipe:[2]", "5": "x"}},
            "M1.4",
            "descriptor 5 (x) is still open",
        ),
    ],
)
def test_nothing_else_is_touched(
    spoil: dict[str, Any], misconception: str | None, words: str
) -> None:
    """Other children, descriptors: half a point."""
    verdict = judged("1.4", {**facts(), **spoil})
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 3.5


def test_a_program_that_is_left_costs_the_same() -> None:
    """Whether it lives or is a zombie."""
    verdict = judged("1.4", facts("signaled", left=[{**program(), "state": "Z"}]))
    assert "pid 9 (sh, state Z)" in one_failed(verdict).seen


def test_calls_that_were_not_made_are_not_counted() -> None:
    """A call that did not come back ends the asking."""
    record = facts("first", call=did_not_return())
    record["cases"] = record["cases"][:1]
    assert judged("1.4", record).points == 0
