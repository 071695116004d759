"""Judge 0.1: in each process the number of that process, and nothing else done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import (
    Finding,
    Missing,
    call_finding,
    fact,
    gated,
    need,
    plural,
    short,
    stray_words,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

CALLS = 5
NEXT_NUMBERS = 4
_Call = Mapping[str, Any]
_Hints = tuple[str, str, str]


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: the right number each time, nothing left over."""
    calls: Sequence[_Call] = need(run.facts, "calls")
    wrong = _first(calls, run, hints)
    if wrong is None and len(calls) < CALLS:
        raise Missing(f"the scene wrote down {len(calls)} of {CALLS} calls")
    pids = sorted({call["pid"] for call in calls if call["pid"] is not None})
    number = fact(
        "the number of the process that runs it",
        1.5,
        expected="the pid of the process in which hello() is called, in each of several processes",
        good=f"{', '.join(map(str, pids))}: as init saw them",
        finding=wrong,
        manual="getpid(2), section DESCRIPTION",
    )
    nothing = fact(
        "nothing else done",
        0.5,
        expected="no new process, no zombie, no second copy of yours",
        good="nothing was left behind",
        finding=None if wrong is not None else _left_over(run, calls),
        manual="wait(2), section NOTES",
    )
    return [number, *gated([nothing], by=number, until="until the number is right")]


def _first(calls: Sequence[_Call], run: Run, hints: _Hints) -> Finding | None:
    first = calls[0]["pid"] if calls else None
    for one in calls:
        found = _problem(one, first, run, hints)
        if found is not None:
            return found
    return None


def _problem(one: _Call, first: int | None, run: Run, hints: _Hints) -> Finding | None:
    call, pid = one["call"], one["pid"]
    problem = call_finding(call, "hello()")
    if problem is not None:
        return problem
    value = call["value"]
    seen = f"hello() returned {short(value)}; the process that ran it was pid {pid}"
    if value is None:
        printed = any(sign.isdigit() for sign in run.stdout)
        return Finding(
            seen="hello() returned None: nothing",
            why="what a function prints goes to the screen, and its caller gets nothing of it"
            if printed
            else "give the number back with `return`",
            misconception="M0.1",
            hint=hints[2],
        )
    if isinstance(value, str) and value.strip() == str(pid):
        return Finding(
            seen=f"hello() returned {short(value)}, a text",
            why="the digits are right, but a number was asked for: int(...) makes one of them",
        )
    if type(value) is not int:
        return Finding(seen=seen, why="return one whole number", hint=hints[0])
    if value == pid:
        return None
    if value == first and not one["again"]:
        return Finding(
            seen=f"{seen}. {value} is the number of the process that was asked first",
            why="the number was not asked for anew: it was written down, or kept from before",
            misconception="M0.2",
            hint=hints[1],
        )
    if value == run.init_pid:
        return Finding(
            seen=f"{seen}. {value} is init, its parent",
            why="getppid asks for the parent of the process",
            hint=hints[1],
        )
    if value in one["groups"]:
        return Finding(
            seen=f"{seen}. {value} is the number of its session, or of its process group",
            why="sessions and groups are named after the process that began them: often, but not "
            "always, the one that asks",
            hint=hints[1],
        )
    # Without a namespace of its own the box shares its numbers with the host.
    if pid < value and (value <= pid + NEXT_NUMBERS or run.init_pid != 1):
        return Finding(
            seen=seen,
            why="numbers are given out one after the other: this one went to a process, or to a "
            "thread, that began later. To a child of it?",
            hint=hints[0],
        )
    return Finding(
        seen=seen,
        why="no process of the box that runs your function has that number. Outside the box it may "
        "well mean something: your notebook's kernel has a number too",
        misconception="M0.3",
        hint=hints[0],
    )


def _left_over(run: Run, calls: Sequence[_Call]) -> Finding | None:
    strays = sum(one["call"]["strays"] for one in calls)
    if strays:
        return Finding(
            seen=f"{plural(strays, 'copy', 'copies')} of your process came back from hello() too"
            + stray_words(*(one["call"] for one in calls)),
            why="a child that is not ended runs on behind the fork",
            misconception="M3.11",
        )
    left: Sequence[Mapping[str, Any]] = need(run.facts, "left")
    if left:
        shown = ", ".join(f"pid {p['pid']} (state {p['state']})" for p in left[:4])
        return Finding(
            seen=f"there afterwards and not before: {shown}",
            why="to ask for a number, no other process is needed",
        )
    return None
