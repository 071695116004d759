"""Judge 6.5: collected when done, TERM and KILL in time, asleep in between.

Nothing is too early because of a busy host: the clock began before the call. For what is late, the
seconds that the host kept from those who take part are taken off.
"""

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
UNSEEN_SECONDS = 0.2
"""A host that has kept so much from init may have kept it from seeing a short moment."""

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
            finding=_codes(jobs, call, sum(times), hints),
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
    together = need(run.facts, "together")
    if together < len(jobs):
        problem = call_finding(run.facts["call"], _CALL)
        one = together == 1
        return Finding(
            seen=f"{together} of {plural(len(jobs), 'job')} ran at the same time"
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
    lost = job["lost_dead"] or 0.0
    if dead is not None and dead < seconds + grace - EARLY_SECONDS and kind == "stubborn":
        early = _too_early(job, seconds, grace, hints)
        if early is not None:
            return early
    asked, lost_asked = job["asked"], job["lost_asked"] or 0.0
    if kind == "polite":
        asked, lost_asked = dead, lost
    if asked is None:
        if not job["ready"]:
            return None  # a very busy host: it had not come to its handler before SIGTERM
        if dead is None:
            return Finding(seen=f"{who} got no SIGTERM", hint=hints[2])
        if lost >= UNSEEN_SECONDS and dead >= seconds + grace - EARLY_SECONDS:
            return None  # it may have got SIGTERM while init could not look, and not come to run
        return _no_request(job, hints)
    if asked < seconds - EARLY_SECONDS:
        return Finding(
            seen=f"{who} got SIGTERM after {asked:.1f} s, and had {seconds:g} s",
            why="each job has its own time, from its start",
            hint=hints[2],
        )
    if asked - lost_asked > seconds + LATE_SECONDS:
        return Finding(
            seen=f"{who} got SIGTERM after {asked:.1f} s, and had {seconds:g} s",
            why="its time was up while your process waited for something else",
            misconception="M6.9",
            hint=hints[1],
        )
    if kind != "stubborn" or dead is None:
        return None
    after = dead - asked
    if after - (lost - lost_asked) > grace + LATE_SECONDS:
        return Finding(
            seen=f"{who} was ended {after:.1f} s after SIGTERM, and the grace is {grace:g} s",
            hint=hints[2],
        )
    # SIGKILL may be due by the clock although SIGTERM was kept waiting by the host.
    if after + lost_asked < grace * 0.7:
        return _no_grace(job, grace, hints)
    return None


def _too_early(job: _Job, seconds: float, grace: float, hints: Hints) -> Finding | None:
    """Ended before its time and the grace were over, which no busy host can do."""
    if job["asked"] is not None:
        return _no_grace(job, grace, hints) if job["asked"] >= seconds - EARLY_SECONDS else None
    return _no_request(job, hints) if job["ready"] else None


def _no_request(job: _Job, hints: Hints) -> Finding:
    return Finding(
        seen=f"{_KINDS[job['kind']]} ended after {job['dead']:.1f} s, and its handler for SIGTERM "
        "had not run",
        why="SIGTERM is the request, which a program can answer, in its time; SIGKILL is none",
        hint=hints[2],
    )


def _no_grace(job: _Job, grace: float, hints: Hints) -> Finding:
    return Finding(
        seen=f"{_KINDS[job['kind']]} was ended {job['dead'] - job['asked']:.2f} s after SIGTERM, "
        f"and the grace is {grace:g} s",
        why="between the request and SIGKILL a program has time to tidy up",
        hint=hints[2],
    )


def _codes(jobs: Sequence[_Job], call: _Job, run_out: float, hints: Hints) -> Finding | None:
    value = call["value"]
    if not isinstance(value, (list, tuple)) or len(value) != len(jobs):
        return Finding(
            seen=f"{_CALL} returned {short(value)}",
            why=f"return a list of {plural(len(jobs), 'code')}",
        )
    for job, given in zip(jobs, value, strict=True):
        right = _right(job, run_out)
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


def _right(job: _Job, all_over: float) -> list[int]:
    """The codes that fit to what was seen.

    all_over: when its time and the grace are over. Who lives that long on a busy host may have
    come too late to do what it was told, and was ended by SIGKILL.
    """
    if job["kind"] == "polite":
        code = [-15]
    else:
        code = [-9 if job["kind"] == "stubborn" or job["code"] is None else job["code"]]
    if job["dead"] is not None and job["dead"] >= all_over - EARLY_SECONDS:
        code += [-9]
    return code if job["ready"] else [*code, -15, -9]
