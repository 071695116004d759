"""Judge 5.4: k at a time, the next one at once, the codes in order, nobody left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.bombs.busy import is_busy
from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, plural, short
from lessonkit.checks.forking.common import (
    Hints,
    fell_through,
    first,
    is_number,
    shown,
    too_few,
    wrong_code,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

ROUNDS = 3
BUSY = 0.3
_Round = Mapping[str, Any]


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: k at a time, refilled, codes, clean."""
    rounds: Sequence[_Round] = need(run.facts, "rounds")
    at_a_time = fact(
        "k at a time",
        1.25,
        expected=" and ".join(
            f"{plural(len(one['codes']), 'job')}, {min(one['k'], len(one['codes']))} at a time"
            for one in rounds
            if one["codes"]
        ),
        good="as many as there may be, and never more",
        finding=first(_crowd(one, hints) for one in rounds),
        manual="fork(2), section ERRORS, EAGAIN; wait(2)",
    )
    refilled = fact(
        "the next one at once",
        1,
        expected="when any job ends, the next one starts; the others are still running",
        good="each place was taken again while the others went on",
        finding=first(_refilled(one, hints) for one in rounds),
        manual="wait(2), section DESCRIPTION",
    )
    codes = fact(
        "the codes",
        0.75,
        expected="one code for each job, in the order of the jobs",
        good="as init let them end",
        finding=first(_codes(one, hints) for one in rounds) or too_few(rounds, ROUNDS),
        manual="wait(2), WIFEXITED and WIFSIGNALED",
    )
    clean = fact(
        "collected, and asleep in between",
        0.5,
        expected="no zombie when the next one starts, nothing left, less than a third of the time "
        "on the processor",
        good="every job was collected as it ended",
        finding=first(_clean(one, hints) for one in rounds),
        manual="wait(2), section NOTES",
    )
    until = "until there are k at a time"
    return [at_a_time, *gated([refilled, codes, clean], by=at_a_time, until=until)]


def _call(one: _Round) -> str:
    return f"pool of {plural(len(one['codes']), 'job')}, k = {one['k']}"


def _crowd(one: _Round, hints: Hints) -> Finding | None:
    strayed = fell_through(one["call"], _call(one), "A child runs its job with os.execvp.")
    if strayed is not None:
        return strayed
    if one["most"] > one["k"]:
        return Finding(
            seen=f"{_call(one)}: {one['most']} at a time",
            why="count before you start the next one: k are there already",
            hint=hints[2],
        )
    jobs = len(one["codes"])
    most = min(one["k"], jobs)
    if one["most"] < most:
        problem = call_finding(one["call"], _call(one))
        if problem is not None and not one["started"]:
            return problem
        return Finding(
            seen=f"{_call(one)}: at most {one['most']} at a time"
            + (f"; {problem.seen}" if problem else ""),
            why="start k of them before you wait for one: who waits for each job before the next "
            "one starts runs them one by one",
            hint=hints[2],
        )
    if one["started"] < jobs:
        problem = call_finding(one["call"], _call(one))
        return Finding(
            seen=f"{_call(one)}: {one['started']} jobs were started"
            + (f"; {problem.seen}" if problem else ""),
            why="the loop ends too early, or never goes on",
            hint=hints[2],
        )
    return None


def _refilled(one: _Round, hints: Hints) -> Finding | None:
    for step in one["steps"]:
        if step["seen"] < step["wanted"]:
            return Finding(
                seen=f"{_call(one)}: after {plural(step['released'], 'end')} only {step['seen']} "
                f"of {step['wanted']} were running",
                why="somebody waits for one certain job, or for all of a batch, while another one "
                "has ended: ask for any child",
                misconception="M3.9",
                hint=hints[0],
            )
    if not one["codes"]:
        return None
    return call_finding(one["call"], _call(one), blocks="all jobs have ended; it waits for more")


def _codes(one: _Round, hints: Hints) -> Finding | None:
    problem = call_finding(
        one["call"], _call(one), blocks="there is nobody left to wait for; it waits all the same"
    )
    if problem is not None:
        return problem
    value, codes = one["call"]["value"], one["codes"]
    if not isinstance(value, (list, tuple)) or len(value) != len(codes):
        return Finding(
            seen=f"{_call(one)} returned {short(value, 60)}",
            why=f"return a list of {plural(len(codes), 'code')}",
            hint=hints[1],
        )
    for place, (given, code) in enumerate(zip(value, codes, strict=True)):
        if is_number(given, code):
            continue
        misconception, why = wrong_code(given, code)
        if all(any(is_number(other, one_code) for other in value) for one_code in codes):
            why = "all codes are there, in another order: that in which the jobs ended?"
        return Finding(
            seen=f"{_call(one)}: job {place} got the code {short(given, 40)}, but it was {code}",
            why=why,
            misconception=misconception,
            hint=hints[1],
        )
    return None


def _clean(one: _Round, hints: Hints) -> Finding | None:
    zombies = max((step["zombies"] for step in one["steps"]), default=0)
    if zombies:
        return Finding(
            seen=f"{_call(one)}: {plural(zombies, 'zombie')} of jobs beside {one['k']} that run",
            why="a zombie takes room like a running process: collect it before the next one starts",
            misconception="M5.9",
            hint=hints[1],
        )
    if one["left"]:
        return Finding(
            seen=f"{_call(one)}: left over: {shown(one['left'])}",
            why="each job is to be collected, each helper as well",
            misconception="M3.9",
            hint=hints[1],
        )
    wall, cpu = one["call"]["wall_seconds"], one["call"]["cpu_seconds"]
    if is_busy(one["call"], one["looks"], BUSY, own=one["own"]):
        return Finding(
            seen=f"{_call(one)}: {cpu:.2f} s of {wall:.2f} s on the processor",
            why="asking again and again is not waiting: os.wait() sleeps until somebody ends",
            misconception="M3.10",
            hint=hints[0],
        )
    return None
