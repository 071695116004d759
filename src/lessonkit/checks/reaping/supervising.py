"""Judge 6.5: collected when done, TERM and KILL in time, asleep in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, plural, short
from lessonkit.checks.forking.common import fell_through, first, is_number, shown, wrong_code
from lessonkit.checks.reaping.common import Hints, ended_text, not_asleep
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Job = Mapping[str, Any]

_CALL = "supervise(jobs, seconds, grace)"
EARLY_SECONDS = 0.02
LATE_SECONDS = 1.3
_KINDS = {
    "early": "the job that ended soon",
    "hit": "the job that a signal of somebody else ended",
    "polite": "the job that SIGTERM ends",
    "slow": "the job that needs a part of the grace",
    "stubborn": "the job that does not end at SIGTERM",
}


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: all at once, collected at once, the deadlines, codes, asleep."""
    jobs: Sequence[_Job] = need(run.facts, "jobs")
    call = need(run.facts, "call")
    times = need(run.facts, "seconds"), need(run.facts, "grace")
    there = fact(
        "all jobs",
        1,
        expected=f"{plural(len(jobs), 'job')} at the same time, children of your process; the call "
        "comes back when all have ended",
        good="all started at once, all ended",
        finding=_there(run, jobs, hints) or _back(run, call, hints),
        manual="wait(2), section DESCRIPTION",
    )
    others = [
        fact(
            "collected at once",
            0.75,
            expected="who is done is collected at once, whatever its place in the list",
            good="the early ones were gone while the others ran",
            finding=first(_stale(job, hints) for job in jobs),
            manual="pidfd_open(2), section DESCRIPTION",
        ),
        fact(
            "deadlines",
            1,
            expected=f"SIGTERM after {times[0]:g} s, SIGKILL {times[1]:g} s later; not earlier",
            good="as it should be, for the three that needed it",
            finding=first(_deadline(job, *times, hints) for job in jobs),
            manual="signal(7), section Standard signals",
        ),
        fact(
            "codes",
            0.5,
            expected="a list of the codes in the order of the jobs, -N for signal N",
            good="all of them",
            finding=_codes(jobs, call, hints),
            manual="wait(2), WIFEXITED and WIFSIGNALED",
        ),
        fact(
            "asleep",
            0.75,
            expected="while nothing happens, your process sleeps",
            good="it slept until the next deadline",
            finding=not_asleep(run.facts.get("quiet"), hints),
            manual="poll(2), timeout",
        ),
    ]
    return [there, *gated(others, by=there, until="until all jobs run at once, and have ended")]


def _there(run: Run, jobs: Sequence[_Job], hints: Hints) -> Finding | None:
    student = need(run.facts, "student_pid")
    latest = run.facts["seconds"]
    born = [job for job in jobs if job["born"] is not None and job["born"] < latest]
    if len(born) < len(jobs):
        problem = call_finding(run.facts["call"], _CALL)
        one = len(born) == 1
        return Finding(
            seen=f"{len(born)} of {plural(len(jobs), 'job')} ran at the same time"
            + (f"; {problem.seen}" if problem else ""),
            why="it waits for the first before it starts the second"
            if one
            else "start all, then wait",
            misconception="M6.9" if one else None,
            hint=hints[0],
        )
    other = next((job for job in jobs if job["ppid"] != student or job["copies"] > 1), None)
    if other is not None:
        return Finding(
            seen=f"{_KINDS[other['kind']]}: pid {other['pid']}, parent {other['ppid']}, "
            f"{plural(other['copies'], 'time')}",
            why="each job once, as a child of your own process",
        )
    return None


def _back(run: Run, call: _Job, hints: Hints) -> Finding | None:
    problem = call_finding(call, _CALL, blocks="it waits for a job that nobody ends")
    if problem is not None:
        return Finding(seen=problem.seen, why=problem.why, hint=hints[0])
    fell = fell_through(call, _CALL, hints[0])
    if fell is not None:
        return fell
    if run.facts["left"]:
        return Finding(
            seen=f"it came back, and left {shown(run.facts['left'])}",
            why="come back when all jobs have ended and are collected",
            hint=hints[2],
        )
    return None


def _stale(job: _Job, hints: Hints) -> Finding | None:
    if job["stale"]:
        return Finding(
            seen=f"{_KINDS[job['kind']]} was still a zombie half a second later, and your process "
            "slept",
            why="it waited for another one: whoever ends first is to be collected first",
            misconception="M6.9",
            hint=hints[1],
        )
    if job["kind"] in ("early", "hit") and job["gone"] is None:
        return Finding(seen=f"{_KINDS[job['kind']]} was not collected during the call")
    return None


def _deadline(job: _Job, seconds: float, grace: float, hints: Hints) -> Finding | None:
    kind, dead = job["kind"], job["dead"]
    who = _KINDS[kind]
    if kind in ("early", "hit"):
        return None
    asked = dead if kind == "polite" else job["asked"]
    if asked is None:
        if not job["ready"]:
            return None  # a very busy host: it had not come to its handler before SIGTERM
        if dead is None:
            return Finding(seen=f"{who} got no SIGTERM", hint=hints[2])
        return Finding(
            seen=f"{who} ended after {dead:.1f} s, and its handler for SIGTERM had not run",
            why="SIGTERM is the request, which a program can answer, in its time; SIGKILL is none",
            hint=hints[2],
        )
    if asked < seconds - EARLY_SECONDS:
        return Finding(
            seen=f"{who} got SIGTERM after {asked:.1f} s, and had {seconds:g} s",
            why="each job has its own time, from its start",
            hint=hints[2],
        )
    if asked > seconds + LATE_SECONDS:
        return Finding(
            seen=f"{who} got SIGTERM after {asked:.1f} s, and had {seconds:g} s",
            why="its time was up while your process waited for something else",
            misconception="M6.9",
            hint=hints[1],
        )
    if kind == "polite" or dead is None:
        return None
    after = dead - asked
    if kind == "stubborn" and after > grace + LATE_SECONDS:
        return Finding(
            seen=f"{who} was ended {after:.1f} s after SIGTERM, and the grace is {grace:g} s",
            hint=hints[2],
        )
    if kind == "stubborn" and after < grace * 0.7:
        return Finding(
            seen=f"{who} was ended {after:.2f} s after SIGTERM, and the grace is {grace:g} s",
            why="between the request and SIGKILL a program has time to tidy up",
            hint=hints[2],
        )
    return None


def _codes(jobs: Sequence[_Job], call: _Job, hints: Hints) -> Finding | None:
    value = call["value"]
    if not isinstance(value, (list, tuple)) or len(value) != len(jobs):
        return Finding(
            seen=f"{_CALL} returned {short(value)}",
            why=f"return a list of {plural(len(jobs), 'code')}",
        )
    for job, given in zip(jobs, value, strict=True):
        right = _right(job)
        if any(is_number(given, code) for code in right):
            continue
        misconception, why = wrong_code(given, right[0])
        return Finding(
            seen=f"{_KINDS[job['kind']]}: {short(given)}, but {ended_text(right[0])}, so "
            f"{right[0]} is right",
            why=why,
            misconception=misconception,
            hint=hints[2],
        )
    return None


def _right(job: _Job) -> list[int]:
    """The codes that fit to what was seen."""
    if job["kind"] == "polite":
        return [-15]
    killed = job["kind"] == "stubborn" or job["code"] is None
    code = [-9 if killed else job["code"]]
    return code if job["ready"] else [*code, -15, -9]
