"""Verdicts of 4.3 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import (
    back,
    did_not_return,
    family,
    judged,
    one_failed,
    raised,
    vanished,
)

NULL = "/dev/null"


def seen(pid: int, **changes: Any) -> dict[str, Any]:
    """What was looked at of a process; S if it is 2, else a daemon as it should be."""
    student = {
        "pid": 2,
        "ppid": 1,
        "pgid": 2,
        "sid": 2,
        "state": "S",
        "cwd": "/tmp",
        "umask": "0022",
        "fds": {0: NULL, 1: "pipe:[1]", 2: "pipe:[2]", 56: "/tmp/log", 230: "socket:[3]"},
    }
    if pid == 2:
        return {**student, **changes}
    fds = {0: NULL, 1: NULL, 2: NULL, 10: NULL}
    own = {"pid": pid, "pgid": 3, "sid": 3, "cwd": "/", "umask": "0000", "fds": fds}
    return {**student, **own, **changes}


def facts(daemon: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A daemon with these changes, and other changes of the record."""
    return {
        "argv": ["sh", "-c", "read line < /tmp/gate"],
        "call": back(9),
        "count": 1,
        "daemon": seen(9, **(daemon or {})),
        "before": seen(2),
        "after": seen(2),
        "left": [],
        **changes,
    }


def test_a_daemon_as_it_should_be_is_full_points() -> None:
    """What a host does not let us read costs nothing."""
    assert judged("4.3", facts(), init_pid=1).points == 3
    unread = facts({"fds": None, "cwd": None}, before=seen(2, fds=None, cwd=None))
    unread["after"] = unread["before"]
    verdict = judged("4.3", unread, init_pid=1)
    assert verdict.points == 3
    assert "only the umask was looked at" in verdict.facts[2].expected


@pytest.mark.parametrize(
    ("record", "misconception", "words"),
    [
        (facts(daemon={"ppid": 2}), "M4.10", "pid 9 is your child"),
        (facts(daemon={"ppid": 8}), None, "the parent of pid 9 is pid 8, which still runs"),
        ({**facts(), "daemon": None}, None, "no process has the argv"),
        (facts(count=2), None, "2 processes run the program"),
        (facts(call=back(8)), None, "returned 8, and the daemon is pid 9"),
        (facts(call=back(None)), None, "returned None"),
        (facts(call=back(9, strays=2)), "M3.11", "2 copies came back"),
        (facts(call=raised("OSError", "x")), None, "raised OSError"),
        (facts(call=did_not_return()), None, "it was asleep"),
        (facts(call=vanished(0)), None, "ended during the call"),
    ],
)
def test_without_a_daemon_nothing_counts(
    record: dict[str, Any], misconception: str | None, words: str
) -> None:
    """A child, or nobody, is no daemon."""
    verdict = judged("4.3", record, init_pid=1)
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, 0)


@pytest.mark.parametrize(
    ("changes", "misconception", "words", "points"),
    [
        ({"sid": 2}, None, "is in your session (2)", 2.25),
        ({"sid": 9}, "M4.10", "is the leader of its session", 2.25),
        ({"cwd": "/tmp"}, "M4.11", "working directory is '/tmp'", 2.25),
        ({"cwd": None, "fds": None}, None, "nobody can look at the descriptors", 2.25),
        ({"umask": "0022"}, "M4.11", "umask is '0022'", 2.25),
        ({"fds": {0: NULL, 1: "pipe:[1]", 2: NULL}}, "M4.11", "{1: 'pipe:[1]'}", 2.25),
        ({"fds": {0: NULL, 1: NULL}}, "M4.11", "{2: None}", 2.25),
        ({"fds": {0: NULL, 1: NULL, 2: NULL, 56: "/tmp/log"}}, "M4.11", "56: '/tmp/log'", 2.25),
        ({"fds": {0: NULL, 1: NULL, 2: NULL, 56: None}}, "M4.11", "56: None", 2.25),
    ],
)
def test_each_step_of_a_daemon_is_looked_at(
    changes: dict[str, Any], misconception: str | None, words: str, points: float
) -> None:
    """One missing step fails one fact."""
    verdict = judged("4.3", facts(changes), init_pid=1)
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, points)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"left": family((8, 2, "Z"))}, "1 zombie (pid 8)"),
        ({"left": family((8, 2, "S"))}, "also still there: pid 8"),
        ({"after": seen(2, cwd="/")}, "working directory of your process was '/tmp'"),
        ({"after": seen(2, umask="0000")}, "umask of your process was"),
        ({"after": seen(2, sid=7)}, "session of your process was 2"),
        ({"after": seen(2, fds={0: NULL, 3: "pipe:[9]"})}, "descriptors of your process"),
        ({"after": None}, "your process has ended"),
    ],
)
def test_the_caller_has_to_be_as_before(changes: dict[str, Any], words: str) -> None:
    """What belongs into the child was done in the parent, or something was left."""
    verdict = judged("4.3", facts(**changes), init_pid=1)
    assert words in one_failed(verdict).seen
    assert verdict.points == 2.5
