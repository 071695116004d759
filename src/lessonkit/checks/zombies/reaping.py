"""Judge 3.4: the dead collected with their codes, the living untouched, never blocked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import (
    Finding,
    call_finding,
    fact,
    gated,
    need,
    pids_text,
    plural,
    short,
    signal_name,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Hints = tuple[str, str, str]
_Call = Mapping[str, Any]

_BLOCKS = "wait() without WNOHANG waits until a child ends, and these live on"


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: collected, codes, living untouched, none ready, no child."""
    calls: Sequence[_Call] = need(run.facts, "calls")
    busy = [one for one in calls if one["expected"]]
    first = fact(
        "all that had ended",
        1,
        expected="every child that has ended is collected and reported",
        good=", then ".join(plural(len(one["expected"]), "child", "children") for one in busy),
        finding=_first([_collected(one, hints) for one in busy]),
        manual="wait(2), section RETURN VALUE",
    )
    others = [
        fact(
            "their codes",
            0.75,
            expected="the code that each child ended with, -N for signal N",
            good="all codes are right",
            finding=_first([_codes(one, hints) for one in busy]) or _unfinished(calls),
            manual="wait(2), WIFEXITED and WIFSIGNALED",
        ),
        fact(
            "the living",
            0.5,
            expected="children that live are not touched and not waited for",
            good="they live on, the stopped one is still stopped",
            finding=_first([_living(one, hints) for one in calls]),
            manual="wait(2), WNOHANG",
        ),
        fact(
            "none ready",
            0.25,
            expected="an empty result at once when no child is ready",
            good="empty, at once",
            finding=_empty(calls, "none ready", hints),
            manual="wait(2), section RETURN VALUE",
        ),
        fact(
            "no children",
            0.5,
            expected="an empty result when there is no child at all",
            good="empty",
            finding=_empty(calls, "no child", hints),
            manual="wait(2), section ERRORS, ECHILD",
        ),
    ]
    return [first, *gated(others, by=first, until="until all that had ended are collected")]


def _first(findings: Sequence[Finding | None]) -> Finding | None:
    return next((finding for finding in findings if finding is not None), None)


def _pairs(value: Any) -> dict[Any, Any] | None:
    """What the student returned, as pid -> code; None if it is neither dict nor pairs."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, (list, tuple)):
        return None
    if not all(isinstance(item, (list, tuple)) and len(item) == 2 for item in value):
        return None
    try:
        return {item[0]: item[1] for item in value}
    except TypeError:  # a list where the pid should be
        return None


def _no_child_error(one: _Call) -> bool:
    error = one["call"]["error"]
    return error is not None and error["type"] == "ChildProcessError"


def _collected(one: _Call, hints: _Hints) -> Finding | None:
    expected = one["expected"]
    left = [child["pid"] for child in one["after"] if child["pid"] in expected]
    # When the last child is collected, the next wait fails with ECHILD: "no children" judges it.
    if one["case"] == "the rest" and _no_child_error(one) and not left:
        return None
    problem = call_finding(one["call"], "reap_ready()", blocks=_BLOCKS)
    if problem is not None:
        spins = one["call"]["kind"] == "timeout" and "busy" in problem.seen
        sleeps = one["call"]["kind"] == "timeout" and "asleep" in problem.seen
        return Finding(
            seen=problem.seen,
            why="(0, 0) means that none is ready now: stop there" if spins else problem.why,
            misconception="M6.6" if spins else "M3.10" if sleeps else None,
            hint=hints[1],
        )
    if left:
        return _left(one, left, hints)
    claim = _pairs(one["call"]["value"])
    if claim is None:
        return Finding(
            seen=f"reap_ready() returned {short(one['call']['value'])}",
            why="return a dict {pid: code}, or a list of tuples (pid, code)",
        )
    if 0 in claim:
        return Finding(
            seen=f"reap_ready() returned {short(one['call']['value'])}: 0 is no child",
            why="waitpid gives (0, 0) when no child is ready: nothing was collected",
            misconception="M6.6",
            hint=hints[1],
        )
    missing = [pid for pid in expected if pid not in claim]
    if missing:
        return Finding(seen=f"{pids_text(missing)} collected, but not in the result")
    extra = [pid for pid in claim if pid not in expected]
    if extra:
        stopped = {child["pid"] for child in one["after"] if child["state"] == "T"}
        return Finding(
            seen=f"{short(extra)} reported, but had not ended",
            why="it is stopped: with WUNTRACED, wait reports that too, and it lives on"
            if stopped.intersection(pid for pid in extra if isinstance(pid, int))
            else "",
            hint=hints[1],
        )
    return None


def _left(one: _Call, left: list[int], hints: _Hints) -> Finding:
    expected = one["expected"]
    some = len(left) < len(expected)
    return Finding(
        seen=f"{len(left)} of {plural(len(expected), 'zombie')} still there ({pids_text(left)})",
        why="one wait collects one child: call it until it has no more to give" if some else "",
        misconception="M3.9" if some else None,
        hint=hints[2] if some else hints[0],
    )


def _codes(one: _Call, hints: _Hints) -> Finding | None:
    claim = _pairs(one["call"]["value"]) or {}
    for pid, code in one["expected"].items():
        given = claim.get(pid)
        if pid not in claim or (given == code and isinstance(given, int)):
            continue
        ended = f"it was ended by {signal_name(-code)}" if code < 0 else f"it exited with {code}"
        misconception, why = _wrong_code(given, code)
        return Finding(
            seen=f"pid {pid}: {short(given)}, but {ended}, so {code} is right",
            why=why,
            misconception=misconception,
            hint="os.waitstatus_to_exitcode turns a wait status into such a code.",
        )
    return None


def _wrong_code(given: object, code: int) -> tuple[str | None, str]:
    if code < 0 and given == 0:
        return "M3.6", "WEXITSTATUS means something only if WIFEXITED says so"
    if code < 0 and given == 128 - code:
        return "M3.5", "128 + N is what a shell shows in $?; the kernel reports the signal itself"
    if code < 0 and given == -code:
        return "M3.5", "that is the wait status; a minus sign marks a signal"
    if given == code << 8:
        return "M3.5", "that is the wait status, which holds more than the code"
    return None, ""


def _unfinished(calls: Sequence[_Call]) -> Finding | None:
    """The last group was collected, but its codes were lost with an exception."""
    lost = next((one for one in calls if one["case"] == "the rest" and one["call"]["error"]), None)
    if lost is None:
        return None
    return Finding(
        seen=f"the codes of {pids_text(list(lost['expected']))} are lost: reap_ready() collected "
        f"them and then raised {lost['call']['error']['type']}",
        why="wait gives each status once only",
    )


def _living(one: _Call, hints: _Hints) -> Finding | None:
    after = {child["pid"]: child["state"] for child in one["after"]}
    for child in one["before"]:
        pid, state = child["pid"], child["state"]
        if pid in one["expected"]:
            continue
        if pid not in after or after[pid] in "ZX":
            return Finding(
                seen=f"pid {pid} was alive (state {state}) before the call and is dead now",
                why="collect who has ended; nobody asked you to end anyone",
            )
        if (state == "T") != (after[pid] == "T"):
            return Finding(
                seen=f"pid {pid} was in state {state} before the call and is in {after[pid]} now"
            )
    if one["call"]["kind"] == "timeout":
        return Finding(
            seen=f"reap_ready() had not come back after {one['call']['wall_seconds']:.0f} s",
            why=_BLOCKS,
            misconception="M3.10",
            hint=hints[1],
        )
    return None


def _empty(calls: Sequence[_Call], case: str, hints: _Hints) -> Finding | None:
    tried = [one for one in calls if one["case"] == case]
    if not tried:
        return Finding(seen="not tried: an earlier call left the children in disorder")
    for one in tried:
        if _no_child_error(one):
            return Finding(
                seen="reap_ready() raised ChildProcessError (ECHILD)",
                why="that is how wait says that this process has no child: not a failure",
                misconception="M6.6",
                hint=hints[2],
            )
        problem = call_finding(one["call"], "reap_ready()", blocks=_BLOCKS)
        if problem is not None:
            return Finding(
                seen=problem.seen,
                why=problem.why,
                misconception="M3.10" if one["call"]["kind"] == "timeout" else None,
                hint=hints[1],
            )
        if _pairs(one["call"]["value"]) != {}:
            return Finding(
                seen=f"reap_ready() returned {short(one['call']['value'])}",
                why="nothing was ready: return an empty dict or list",
                misconception="M6.6",
                hint=hints[1],
            )
    return None
