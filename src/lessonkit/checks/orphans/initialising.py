"""Judge 4.5: pid 1 runs one program, collects everybody, and ends as the program ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import (
    Finding,
    Missing,
    call_finding,
    ending_text,
    fact,
    gated,
    need,
    pids_text,
    plural,
    short,
    signal_name,
    stray_words,
)
from lessonkit.records import Fact, Run

__all__ = ["SUBREAPER_NOTE", "kept_from_pid_1", "looks", "no_start"]

_Hints = tuple[str, str, str]
_Run = Mapping[str, Any]
_BUSY_CPU = 0.25
"""Part of the time that a pid 1 may be at work while nothing happens at all."""

_BUSY_RUNNABLE, _FEW_SLEEPS = 0.5, 3
"""Where others need the CPU too: it could run half of the time, and hardly ever slept; and of the
time in which it had not to wait for them, it ran half."""

_ORPHAN_CODES = (77, 78)
SUBREAPER_NOTE = (
    " (on this host nobody can make a pid namespace: your function ran as a subreaper, and what is "
    "special about pid 1 itself was not observed)"
)


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: ends with its program, collects all, exit codes, sleeps."""
    runs: Sequence[_Run] = need(run.facts, "runs")
    if not runs:
        raise Missing("the scene wrote down no run of mini_init")
    long, others = runs[0], runs[1:]
    note = "" if run.facts.get("pid_1", True) else SUBREAPER_NOTE
    first = fact(
        "runs its program",
        1,
        expected="the program is a child of pid 1; when it ends, pid 1 ends too, with its exit "
        f"code {long['code']}, though an orphan lives on",
        good=f"exit code {long['code']}, with one orphan still alive",
        finding=kept_from_pid_1(run) or _long(long, hints),
        manual="pid_namespaces(7), section The namespace init process",
        note=note,
    )
    if first.ok and len(others) < 2:
        ended = [one for one in others if one["call"]["kind"] not in ("value", "gone")]
        if not ended and all(one.get("ran", True) for one in others):
            raise Missing(f"the scene wrote down {len(runs)} of 3 runs")
    collects = fact(
        "collects everybody",
        1.25,
        expected=f"{plural(long['orphans'] - 1, 'orphan')} end at once: no zombie is left",
        good="all gone within a second, the program still running",
        finding=_zombies(long, hints),
        manual="wait(2), section NOTES",
    )
    codes = fact(
        "exit codes",
        0.75,
        expected="128 + n when signal n ended the program; 127 when there is no such program",
        good=", ".join(str(one["code"]) for one in others),
        finding=next((f for f in (_code(one, hints) for one in others) if f), None),
        manual="wait(2), WIFSIGNALED; execve(2), section RETURN VALUE",
    )
    sleeps = fact(
        "sleeps meanwhile",
        0.5,
        expected="no CPU time while nothing happens",
        good="it slept until somebody ended",
        finding=_busy(long, hints),
        manual="wait(2), section DESCRIPTION",
    )
    collects, codes = gated([collects, codes], by=first, until="until it ends with its program")
    sleeps = gated([sleeps], by=collects, until="until everybody is collected")[0]
    return [first, collects, codes, sleeps]


def kept_from_pid_1(run: Run) -> Finding | None:
    """Say so if it was no pid 1 on a host on which it could have been one."""
    if run.facts.get("pid_1", True) or not run.facts.get("pid_1_possible"):
        return None
    return Finding(
        seen="your function did not run as pid 1 of a namespace, though this host allows it",
        why="something in your code keeps the check from making the namespace",
    )


def no_start(one: _Run, what: str) -> Finding | None:
    """Say why there is nothing to look at: it raised, came back wrong, or more than once."""
    call = one["call"]
    if call["strays"]:
        copies = plural(call["strays"], "copy", "copies")
        return Finding(
            seen=f"{copies} of pid 1 came back from {what} too{stray_words(call)}",
            why="a child runs on behind the fork when exec fails; end it with os._exit",
            misconception="M3.11",
            manual="fork(2), section DESCRIPTION",
        )
    if call["kind"] in ("error", "bad") or "ended" not in one:
        return call_finding(call, what) or Finding(seen=f"{what} was not called")
    return None


def _ended(one: _Run) -> str:
    """How pid 1 ended, and what the function had returned."""
    call = one["call"]
    text = ending_text(call["wait_status"])
    if call["kind"] == "value" and type(call["value"]) is not int:
        text += f", for mini_init returned {short(call['value'], 40)}, which is no number"
    return text


def _long(one: _Run, hints: _Hints) -> Finding | None:
    problem = no_start(one, "mini_init(argv)")
    if problem is not None:
        return problem
    if not one.get("ran"):
        seen = f"pid 1 ended ({_ended(one)})" if one["ended"] else "pid 1 did nothing for 6 s"
        return Finding(
            seen=f"{seen}, and the program was never seen to run",
            why="fork, and exec argv in the child; pid 1 stays what it is",
            hint=hints[0],
        )
    if one["main"]["pid"] == one["pid"]:
        return Finding(
            seen="pid 1 has become the program itself",
            why="exec replaces the process that calls it: nobody is left to collect the orphans",
            misconception="M1.6",
            hint=hints[0],
        )
    if one["main"]["ppid"] != one["pid"]:
        return Finding(
            seen=f"the program is a child of pid {one['main']['ppid']}, not of pid 1",
            why="run it as a child of pid 1: then pid 1 hears how it ended",
            hint=hints[0],
        )
    if not one["alive"] or not one.get("told", True):
        early = one["call"]["wait_status"]
        orphans = early is not None and early >> 8 in _ORPHAN_CODES
        return Finding(
            seen=f"pid 1 ended ({_ended(one)}) while the program was still running",
            why="the first that wait() returned was an orphan, not your child: compare the pid. "
            "And with pid 1 the kernel ends all others in its namespace"
            if orphans
            else "with pid 1 the kernel ends all others in its namespace: wait until the program "
            "has ended",
            misconception="M4.12",
            hint=hints[1],
        )
    if not one["adopted"]:
        return Finding(
            seen="the orphans of the program did not all come to pid 1",
            why="somebody between pid 1 and the program adopts or ends them: run the program as a "
            "child of pid 1",
            hint=hints[0],
        )
    if not one["ended"]:
        return Finding(
            seen="pid 1 was still there when the program had ended",
            why="one orphan lives, and nobody should wait for it: the program is the one that "
            "counts",
            hint=hints[1],
        )
    return _wrong_code(one, hints)


def _wrong_code(one: _Run, hints: _Hints) -> Finding | None:
    status, code = one["call"]["wait_status"], one["code"]
    if status == code << 8:
        return None
    seen = f"pid 1: {_ended(one)}; the program: exit code {code}"
    if status is not None and status & 0x7F == 0 and status >> 8 in _ORPHAN_CODES:
        return Finding(
            seen=seen, why="that is the exit code of an orphan: which pid is it?", hint=hints[1]
        )
    return Finding(
        seen=seen,
        why="whoever started pid 1 sees nothing but its exit code: hand on the one of the program",
        misconception="M3.5" if status == 0 else None,
        hint=hints[2],
    )


def _zombies(one: _Run, hints: _Hints) -> Finding | None:
    zombies = one.get("zombies", ())
    if not zombies:
        return None
    return Finding(
        seen=f"{plural(len(zombies), 'zombie')} ({pids_text(zombies)}), children of pid 1",
        why="orphans become children of pid 1, and somebody has to wait for them: not the kernel, "
        "but the program that is pid 1",
        misconception="M4.5",
        hint=hints[1],
    )


def _code(one: _Run, hints: _Hints) -> Finding | None:
    problem = no_start(one, "mini_init(argv)")
    if problem is not None:
        return problem
    code, status, fatal = one["code"], one["call"]["wait_status"], one["signal"]
    what = f"{signal_name(fatal)} ended the program" if fatal else "there is no such program"
    if not one.get("ran", True):
        return Finding(seen="the second program was never seen to run", hint=hints[0])
    if not one["ended"]:
        return Finding(seen=f"{what}, and pid 1 did not end", hint=hints[1])
    if status == code << 8:
        return None
    given = None if status is None or status & 0x7F else status >> 8
    misconception, why = None, ""
    if fatal and given == 0:
        misconception, why = "M3.6", "WEXITSTATUS means something only if WIFEXITED says so"
    elif fatal and given in (fatal, 256 - fatal):
        misconception = "M3.5"
        why = "an exit code is a number from 0 to 255; -n becomes 256 - n. Shells and inits agreed "
        why += "on 128 + n"
    elif not fatal:
        why = "os.execvp raises FileNotFoundError in the child: it has to end there, with os._exit"
    return Finding(
        seen=f"{what}; pid 1: {_ended(one)}, and exit code {code} is right",
        why=why,
        misconception=misconception,
        hint=hints[2],
    )


def _busy(one: _Run, hints: _Hints) -> Finding | None:
    idle = one.get("idle", {"cpu": 0.0, "runnable": 0.0, "sleeps": 0})
    spins = idle["runnable"] > _BUSY_RUNNABLE and idle["sleeps"] < _FEW_SLEEPS
    own = idle.get("own")  # None: this kernel does not say
    spins = spins and (own is None or own > _BUSY_RUNNABLE)
    if idle["cpu"] <= _BUSY_CPU and not spins:
        return None
    return Finding(
        seen=f"pid 1 was runnable {100 * idle['runnable']:.0f} % of the time while nothing "
        f"happened, and had {100 * idle['cpu']:.0f} % of a CPU",
        why="it asks again and again (WNOHANG in a loop): a wait that blocks costs nothing",
        misconception="M3.10",
        hint=hints[1],
    )
