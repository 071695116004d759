"""Verdicts of 1.8 on records made by hand."""

from __future__ import annotations

import errno
from typing import Any

import pytest

from tests.checks.handmade import back, did_not_return, failed, judged, one_failed, raised, vanished
from tests.checks.test_forking_running import program

TABLE = {"0": "/dev/null", "1": "pipe:[1]"}
ARGV = ["backup", "script", "script", "two words"]
PATHS = ["/tmp/tool-1", "/tmp/none", "/tmp/text", "/tmp/script", "/tmp/tool-2"]


def started(path: str, **changes: Any) -> dict[str, Any]:
    """A program that runs as it should, with these changes."""
    return {
        "path": path,
        "argv": ARGV,
        "exe": path,
        "errno": 0,
        "seen": [program(argv=ARGV)],
        "look": {"exe": path},
        "ignored": "0000000180000000",
        "became": False,
        "call": back(9),
        "left": [program(argv=ARGV)],
        **changes,
    }


def refused(path: str, number: int, kind: str) -> dict[str, Any]:
    """A file that cannot be started."""
    nothing: dict[str, Any] = {"seen": [], "look": None, "ignored": None, "left": []}
    return {**started(path), **nothing, "errno": number, "call": raised(kind, "no")}


def facts(change: int = 0, **changes: Any) -> dict[str, Any]:
    """Five calls, number *change* with these changes."""
    cases = [
        started(PATHS[0]),
        refused(PATHS[1], errno.ENOENT, "FileNotFoundError"),
        refused(PATHS[2], errno.EACCES, "PermissionError"),
        {**refused(PATHS[3], errno.ENOENT, "FileNotFoundError"), "broken": True},
        started(PATHS[4]),
    ]
    cases[change] = {**cases[change], **changes}
    return {"before": TABLE, "after": TABLE, "cases": cases}


def test_five_calls_are_full_points() -> None:
    """Two programs, three exceptions; what glibc ignores for itself does not count."""
    verdict = judged("1.8", facts())
    assert verdict.passed
    assert verdict.points == 3
    assert "backup (tool-1)" in verdict.facts[0].seen


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"became": True}, "M1.6", "your own process, turned into /tmp/tool-1"),
        ({"seen": [program(argv=ARGV[1:])]}, "M1.15", "has the arguments ['script', 'script'"),
        ({"seen": [{**program(), "comm": "backup"}]}, "M1.16", "pid 9 has this name (comm)"),
        ({"look": {"exe": "/usr/bin/python3"}}, "M1.16", "still runs /usr/bin/python3"),
        ({"seen": [program(9, 8, ARGV)]}, None, "its parent is pid 8"),
        ({"seen": [program()]}, None, "instead pid 9 with the argv ['sh'"),
        ({"seen": []}, None, "no process with this argv"),
        ({"seen": [program(argv=ARGV), program(10, 9)]}, None, "besides the program"),
        ({"call": back(2)}, "M1.6", "returned 2; the program has pid 9"),
        ({"call": back(None)}, "M1.6", "returned None; the program has pid 9"),
        ({"call": did_not_return()}, None, "had not come back"),
        ({"call": vanished(0)}, None, "ended during the call"),
    ],
)
def test_without_the_program_nothing_counts(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """Exceptions for files that are no programs are no merit alone."""
    verdict = judged("1.8", facts(0, **changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("ignored", "words"),
    [
        ("0000000001001000", "SIGPIPE and SIGXFSZ ignored"),
        ("0000000000010000", "SIGCHLD ignored"),
        (None, "not known"),
    ],
)
def test_ignored_signals_cost_half_a_point(ignored: str | None, words: str) -> None:
    """As the kernel shows them in the program."""
    verdict = judged("1.8", facts(4, ignored=ignored))
    assert words in one_failed(verdict).seen
    assert verdict.points == 2.5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"call": back(9)}, "returned 9, for a path that is not there"),
        ({"call": back(None)}, "returned None, for a path that is not there"),
        ({"call": raised("OSError", "x")}, "raised OSError ('x') for a path that is not there"),
        ({"left": [{**program(), "state": "Z"}]}, "a child is left after"),
        ({"call": did_not_return()}, "had not come back"),
    ],
)
def test_failures_have_to_be_told(changes: dict[str, Any], words: str) -> None:
    """In the caller, and with nothing left behind: a point."""
    verdict = judged("1.8", facts(1, **changes))
    assert words in failed(verdict)[0].seen
    assert verdict.points == 2


def test_a_child_that_raises_is_a_copy_that_came_back() -> None:
    """Both facts say so."""
    verdict = judged("1.8", facts(2, call=back(9, strays=1)))
    assert {fact.misconception for fact in failed(verdict)} == {"M1.7", "M3.11"}
    assert verdict.points == 1.5


@pytest.mark.parametrize(
    "spoil",
    [
        {"after": None},
        {"after": {**TABLE, "5": "pipe:[9]"}},
        {"cases": facts(0, left=[program(argv=ARGV), program(11)])["cases"]},
    ],
)
def test_nothing_else_may_be_there(spoil: dict[str, Any]) -> None:
    """Half a point for descriptors and other processes."""
    assert judged("1.8", {**facts(), **spoil}).points == 2.5


def test_calls_that_were_not_made_are_not_counted() -> None:
    """A call that did not come back ends the asking."""
    record = facts(1, call=did_not_return())
    record["cases"] = record["cases"][:2]
    verdict = judged("1.8", record)
    assert verdict.points == 0
    assert "not tried" in failed(verdict)[0].seen
