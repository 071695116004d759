"""Judge 4.1: a living orphan, its new parent as the kernel has it, nothing else."""

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
    pids_text,
    plural,
    short,
    stray_words,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

ROUNDS = 3
_Round = Mapping[str, Any]
_Hints = tuple[str, str, str]


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: orphan made, its parent told, nothing left over."""
    rounds: Sequence[_Round] = need(run.facts, "rounds")
    student = need(run.facts, "student_pid")
    made = _first(_made(one, student, run.init_pid, hints) for one in rounds)
    if made is None and len(rounds) < ROUNDS:
        raise Missing(f"the scene wrote down {len(rounds)} of {ROUNDS} rounds")
    first = fact(
        "an orphan made",
        1.5,
        expected="one new process that lives on, and whose parent has ended",
        good=f"in each of {len(rounds)} calls: alive, and its first parent was gone",
        finding=made,
        manual="getppid(2), section RETURN VALUE",
    )
    others = [
        fact(
            "its new parent",
            1,
            expected=_expected_parents(rounds, student, run.init_pid),
            good="as the kernel says, each time",
            finding=_first(_told(one, student, run.init_pid, hints) for one in rounds),
            manual="PR_SET_CHILD_SUBREAPER(2const); prctl(2), PR_SET_CHILD_SUBREAPER",
        ),
        fact(
            "nothing left over",
            0.5,
            expected="no zombie, no other process, no copy of your process",
            good="the one in the middle was collected",
            finding=_first(_left_over(one, student, hints) for one in rounds),
            manual="wait(2), section NOTES",
        ),
    ]
    return [first, *gated(others, by=first, until="until there is an orphan")]


def _first(findings: Any) -> Finding | None:
    return next((finding for finding in findings if finding is not None), None)


def _claim(one: _Round) -> tuple[int, int] | None:
    value = one["call"]["value"]
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        return None
    pid, parent = value
    return (pid, parent) if type(pid) is int and type(parent) is int else None


def _process(one: _Round, pid: int) -> Mapping[str, Any] | None:
    return next((p for p in one.get("new", ()) if p["pid"] == pid), None)


def _made(one: _Round, student: int, init: int, hints: _Hints) -> Finding | None:
    problem = call_finding(
        one["call"], "orphan()", blocks="it waits for a process that does not end"
    )
    if problem is not None:
        return problem
    strays = one["call"]["strays"]
    if strays:
        copies = plural(strays, "copy came", "copies came")
        return Finding(
            seen=f"{copies} back from orphan() in addition to your process"
            + stray_words(one["call"]),
            why="a child runs on behind the fork; end it with os._exit, also the orphan",
            misconception="M3.11",
            hint=hints[2],
            manual="fork(2), section DESCRIPTION",
        )
    claim = _claim(one)
    if claim is None:
        return Finding(
            seen=f"orphan() returned {short(one['call']['value'])}",
            why="return a tuple of two numbers: (pid of the orphan, pid of its parent now)",
        )
    return _is_orphan(one, claim[0], student, hints) or _wrong_adopter(one, claim[0], student, init)


def _is_orphan(one: _Round, pid: int, student: int, hints: _Hints) -> Finding | None:
    if pid == student:
        return Finding(
            seen=f"pid {pid} is your own process",
            why="its parent lives; an orphan is somebody whose parent has ended",
            hint=hints[0],
        )
    process = _process(one, pid)
    living = [p["pid"] for p in one["new"] if p["state"] not in "ZX"]
    if process is None and living:
        return Finding(
            seen=f"pid {pid} is no new process that lives; pid {living[0]} is one",
            why="the first number is the pid of the orphan, the second that of its parent now; and "
            "fork told you the pid of the one in the middle, not that of the orphan",
            hint=hints[2],
        )
    if process is None or process["state"] in "ZX":
        gone = "is gone" if process is None else "is a zombie: it has ended"
        return Finding(
            seen=f"pid {pid} {gone}",
            why="nothing ends an orphan: it lives until it ends by itself, as this one did. Let it "
            "wait for something (it may sleep for a minute: it is ended with the box)",
            misconception="M4.4",
            hint=hints[1],
        )
    # What a subreaper has adopted looks like its own children; but somebody was its parent.
    only_one = one["forked"] is not None and one["forked"] < 2
    if process["ppid"] == student and (only_one or not one["subreaper"]):
        return Finding(
            seen=f"pid {pid} is your child: its parent, pid {student}, lives",
            why="a process becomes an orphan when the one that forked it ends. (If something made "
            "your process a subreaper here: leave that as the check has set it)",
            hint=hints[1],
        )
    parents = {p["pid"]: p for p in one["new"]}
    if process["ppid"] in parents:
        return Finding(
            seen=f"pid {pid} has its first parent still: pid {process['ppid']}, state "
            f"{parents[process['ppid']]['state']}",
            why="the process in the middle has to end before yours comes back; wait for it",
            hint=hints[2],
        )
    return None


def _wrong_adopter(one: _Round, pid: int, student: int, init: int) -> Finding | None:
    """Something in the student's process has undone what the check had set. Where that is seen is
    a matter of chance: with a subreaper set for good, an orphan cannot be told from a child. So it
    counts for as much where it can."""
    process = _process(one, pid)
    actual = None if process is None else process["ppid"]
    if actual in (None, student if one["subreaper"] else init):
        return None
    return Finding(
        seen=f"pid {pid} went to pid {actual}: somebody else was to adopt it here",
        why="whether your process is a subreaper was set by the check; leave that as the "
        "check has set it",
    )


def _expected_parents(rounds: Sequence[_Round], student: int, init: int) -> str:
    told = {
        f"pid {student} where your process is a subreaper"
        if one["subreaper"]
        else f"pid {init} where no subreaper lives above the orphan"
        for one in rounds
    }
    return " and ".join(sorted(told, reverse=True))


def _told(one: _Round, student: int, init: int, hints: _Hints) -> Finding | None:
    claim = _claim(one)
    process = None if claim is None else _process(one, claim[0])
    if claim is None or process is None:
        return Finding(seen="no orphan")
    pid, told = claim
    actual = process["ppid"]
    if told == actual:
        return None
    seen = f"orphan() said {told}, and the parent of pid {pid} is {actual}"
    if told in (1, init):
        return Finding(
            seen=f"{seen}: an ancestor that asked for orphans (a subreaper)",
            why="init is the last resort, not the rule. Ask the kernel, do not guess",
            misconception="M4.1",
            hint=hints[2],
        )
    if told == student:
        return Finding(
            seen=f"{seen}: init",
            why="being the grandparent is no reason: your process adopts nobody unless it is a "
            "subreaper",
            misconception="M4.2",
            hint=hints[2],
        )
    if _process(one, told) is None:
        return Finding(
            seen=f"{seen}; pid {told} has ended",
            why="you asked too early: while the first parent lived it still was the parent. Ask "
            "again until the answer changes, or ask after you have collected the first parent",
            hint=hints[2],
            manual="getppid(2), section RETURN VALUE",
        )
    return Finding(seen=seen, hint=hints[2])


def _left_over(one: _Round, student: int, hints: _Hints) -> Finding | None:
    claim = _claim(one)
    others = [p for p in one.get("new", ()) if claim is None or p["pid"] != claim[0]]
    zombies = [p["pid"] for p in others if p["state"] in "ZX"]
    if zombies:
        return Finding(
            seen=f"{plural(len(zombies), 'zombie')} ({pids_text(zombies)}), "
            f"{'child' if len(zombies) == 1 else 'children'} of pid {student}",
            why="the process in the middle was your child: you have to wait for it",
            misconception="M3.3",
            hint=hints[1],
        )
    if others:
        shown = ", ".join(f"pid {p['pid']} (state {p['state']})" for p in others[:4])
        return Finding(seen=f"also still there: {shown}", why="one orphan was asked for")
    return None
