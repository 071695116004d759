"""Judge 5.3: waited for room, made room, gave up in time, let other errors out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.bombs.busy import is_busy
from lessonkit.checks.facts import (
    Finding,
    call_finding,
    fact,
    gated,
    need,
    pids_text,
    plural,
    short,
)
from lessonkit.checks.forking.common import Hints, fell_through, is_number, shown
from lessonkit.records import Fact, Run

__all__ = ["looks"]

LATE_SECONDS = 1.2
"""How long after room has come the call may take: a pause, and what a host does beside. What it has
kept from those who take part is not counted."""

LONG_NAP_SECONDS = 0.5
"""0.2 is what is asked for; a pause of a bit more harms nobody."""

EARLY_SECONDS = 0.25
"""Who sees that the next try would come too late may give up before it."""

ONE_TRY_SECONDS = 0.025
"""More than one try takes, and what is done about it."""

AT_ONCE_SECONDS = 1.0
FEW_NAPS = 4
"""Who lets an error out does not sleep; on a busy host that tells more than the time."""

BUSY = 0.2
_Case = Mapping[str, Any]


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: waits, makes room, gives up, other errors, sleeps."""
    played: Sequence[_Case] = need(run.facts, "cases")
    cases = {case["case"]: case for case in played if "meddled" in case}
    student = need(run.facts, "student_pid")
    refusable = need(run.facts, "refusable")
    unseen = played[-1]
    waits = fact(
        "it waits for room",
        1,
        expected=f"no room at first; when it comes, the program runs, a child of pid {student}, "
        "and its pid is returned",
        good="the program ran soon after room had come",
        finding=_started(cases.get("later"), unseen, student, hints),
        manual="fork(2), section ERRORS, EAGAIN; getrlimit(2), RLIMIT_NPROC",
    )
    makes = fact(
        "it makes room",
        0.75,
        expected="zombies of yours collected before the next try, the living child untouched",
        good="the zombies were collected, and that made room",
        finding=_made(cases.get("zombies"), unseen, student, hints),
        manual="wait(2), WNOHANG and section NOTES",
    )
    gives_up = fact(
        "it gives up in time",
        0.5 if refusable else 0.75,
        expected="BlockingIOError when the seconds have passed and there was no room",
        good="BlockingIOError, in time",
        finding=_gave_up(cases.get("never"), unseen, hints),
        manual="fork(2), section ERRORS",
    )
    sleeps = fact(
        "it sleeps in between",
        0.25 if refusable else 0.5,
        expected="less than a fifth of the time on the processor",
        good="it slept between two tries",
        finding=_busy([cases[k] for k in ("later", "never") if k in cases], hints),
        manual="nanosleep(2)",
    )
    others = [makes, gives_up, sleeps]
    if refusable:
        memory = fact(
            "other errors",
            0.5,
            expected="fork fails with ENOMEM: the OSError comes out at once",
            good="it came out at once",
            finding=_let_out(cases.get("memory"), unseen, hints),
            manual="fork(2), section ERRORS, ENOMEM",
        )
        others.insert(2, memory)
    return [waits, *gated(others, by=waits, until="until it has waited for room")]


def _not_asked(unseen: _Case) -> Finding:
    if unseen.get("taken") is False:
        return Finding(
            seen="room could not be taken away: the process of the check that does it was gone"
        )
    problem = call_finding(unseen["call"], f"the call before this one ({unseen['case']})")
    return problem or Finding(seen="not asked: something before this call went wrong")


def _call(case: _Case) -> str:
    return f"polite_fork(argv, {case['seconds']})"


def _trouble(case: _Case, hints: Hints) -> Finding | None:
    """What is wrong in every case alike."""
    strayed = fell_through(case["call"], _call(case), hints[2])
    if strayed is not None:
        return strayed
    ran = case["call"]["kind"] == "value" and case["room_after"] is None and case["program"]
    if case["meddled"]:
        return Finding(
            seen="the soft limit was changed, and not by the check",
            why="a limit is somebody's decision: live with it, do not lift it",
            misconception="M5.14",
        )
    if case["was_there"]:
        return Finding(
            seen=f"{pids_text(case['was_there'])} runs the program, and was there before the call",
            why="a process that is kept ready takes room all the time, and is not forked politely",
        )
    if ran:
        return Finding(
            seen="the program ran although there was no room",
            why="who lifts the limit for a moment, or keeps a process ready, has not waited: live "
            "with the limit",
        )
    return None


def _started(case: _Case | None, unseen: _Case, student: int, hints: Hints) -> Finding | None:
    if case is None:
        return _not_asked(unseen)
    problem = call_finding(
        case["call"], _call(case), blocks="it waits for a child that does not end; WNOHANG asks"
    )
    trouble = None if problem is not None and case["over"] else _trouble(case, hints)
    if trouble is not None:
        return trouble
    if problem is not None:
        error = case["call"]["error"]
        if error is not None and error["type"] == "BlockingIOError":
            wall = case["call"]["wall_seconds"]
            return Finding(
                seen=f"{problem.seen}, after {wall:.1f} s",
                why="EAGAIN says: not now. Room may come, so try again until the seconds are over",
                misconception="M5.10",
                hint=hints[2],
            )
        if error is not None and error["type"] == "ChildProcessError":
            return Finding(
                seen=problem.seen,
                why="waitpid has told you that there is no child at all: that is no reason to stop",
                hint=hints[1],
            )
        return problem
    return _ran(case, student, hints) or _late(case, hints)


def _ran(case: _Case, student: int, hints: Hints) -> Finding | None:
    value, program = case["call"]["value"], case["program"]
    if not program:
        return Finding(
            seen=f"{_call(case)} returned {short(value, 40)}, but nobody runs the program",
            why="fork until it works, then exec the program in the child; do not wait for it",
            hint=hints[2],
        )
    if program[0]["ppid"] != student:
        return Finding(
            seen=f"pid {program[0]['pid']} runs it, but its parent is pid {program[0]['ppid']}",
            why="the program is to be your own child",
        )
    if not is_number(value, program[0]["pid"]):
        return Finding(
            seen=f"{_call(case)} returned {short(value, 40)}, but pid {program[0]['pid']} runs it",
            why="in the parent, fork returns the pid of the child: return it",
        )
    extra = [*program[1:], *case["others"]]
    if extra:
        return Finding(seen=f"besides the program there was {shown(extra)}")
    return None


def _late(case: _Case, hints: Hints) -> Finding | None:
    if case["longest_nap"] > LONG_NAP_SECONDS:
        return Finding(
            seen=f"between two tries it slept for {case['longest_nap']:.1f} s at a stretch",
            why="a pause between two tries is 0.2 s at most: nobody tells you that there is room",
            hint=hints[2],
        )
    room, wall = case["room_after"], case["call"]["wall_seconds"]
    if room is not None and wall - case["lost"] > room + LATE_SECONDS:
        return Finding(
            seen=f"room came after {room:.1f} s, the call came back after {wall:.1f} s",
            why="a pause between two tries is 0.2 s at most: nobody tells you that there is room",
            hint=hints[2],
        )
    return None


def _made(case: _Case | None, unseen: _Case, student: int, hints: Hints) -> Finding | None:
    if case is None:
        return _not_asked(unseen)
    trouble = _trouble(case, hints)
    if trouble is not None:
        return trouble
    if case["living"] in (None, "Z", "X"):
        return Finding(
            seen="the living child is not there any more",
            why="collect those that have ended; the others are at work",
        )
    if case["zombies"]:
        told = call_finding(case["call"], _call(case))
        return Finding(
            seen=f"{plural(case['zombies'], 'zombie')} of yours still there"
            + (f"; {told.seen}" if told else ""),
            why="a zombie is a process that counts, for every limit: to reap it is to make room. "
            "One wait collects one of them",
            misconception="M5.9" if case["zombies"] >= case["zombies_before"] else "M3.9",
            hint=hints[1],
        )
    problem = call_finding(
        case["call"], _call(case), blocks="it waits for a child that does not end; WNOHANG asks"
    )
    return problem or _ran(case, student, hints) or _late(case, hints)


def _gave_up(case: _Case | None, unseen: _Case, hints: Hints) -> Finding | None:
    if case is None:
        return _not_asked(unseen)
    call, seconds = case["call"], case["seconds"]
    if call["kind"] == "timeout":
        problem = call_finding(call, _call(case))
        return Finding(
            seen=problem.seen if problem else "",
            why=f"the {seconds} seconds were over: who waits for ever hides the trouble",
            hint=hints[2],
        )
    trouble = _trouble(case, hints)
    if trouble is not None:
        return trouble
    error = call["error"]
    if error is None or error["type"] != "BlockingIOError":
        problem = call_finding(call, _call(case))
        return Finding(
            seen=problem.seen if problem else f"{_call(case)} returned {short(call['value'], 40)}",
            why="let the BlockingIOError of the last try out: the caller has to know",
            hint=hints[2],
        )
    wall = call["wall_seconds"]
    if wall < seconds - EARLY_SECONDS:
        return Finding(
            seen=f"{_call(case)} gave up after {wall:.2f} s",
            why="there is time left: room may still come",
            misconception="M5.10",
            hint=hints[2],
        )
    if wall - case["lost"] > seconds + LATE_SECONDS:
        return Finding(
            seen=f"{_call(case)} gave up after {wall:.2f} s",
            why="look at the clock before each pause",
            hint=hints[2],
        )
    return None


def _let_out(case: _Case | None, unseen: _Case, hints: Hints) -> Finding | None:
    if case is None:
        return _not_asked(unseen)
    call = case["call"]
    error = call["error"]
    if error is None or error["type"] != "OSError" or "Errno 12" not in error["message"]:
        problem = call_finding(call, _call(case))
        return Finding(
            seen=problem.seen if problem else f"{_call(case)} returned {short(call['value'], 40)}",
            why="fork failed with ENOMEM, no memory. That is not the error you are waiting for",
            misconception="M5.10",
            hint=hints[0],
        )
    late = call["wall_seconds"] - (case["lost"] if case["naps"] <= FEW_NAPS else 0.0)
    if late > AT_ONCE_SECONDS:
        return Finding(
            seen=f"the error came out after {call['wall_seconds']:.1f} s",
            why="only EAGAIN is worth another try: catch BlockingIOError, not OSError",
            misconception="M5.10",
            hint=hints[0],
        )
    return None


def _never_naps(case: _Case) -> bool:
    """True if it has used the processor for longer than its tries can take: one more than naps."""
    ran, naps = case["tried"] or (None, 0)
    return ran is not None and ran > (naps + 1) * ONE_TRY_SECONDS


def _busy(cases: Sequence[_Case], hints: Hints) -> Finding | None:
    for case in cases:
        call = case["call"]
        wall, cpu = call["wall_seconds"], call["cpu_seconds"]
        if _never_naps(case) or is_busy(call, case["looks"], BUSY, own=case["own"]):
            return Finding(
                seen=f"{_call(case)}: {cpu:.2f} s of {wall:.2f} s on the processor",
                why="asking again and again, without a pause, takes the processor from those who "
                "could make room",
                misconception="M3.10",
                hint=hints[2],
            )
    return None
