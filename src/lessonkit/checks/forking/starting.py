"""Judge 1.8: another program in a child, under the name that was given, or the reason why not."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, short, signal_name
from lessonkit.checks.forking.common import (
    Hints,
    descriptors_finding,
    fell_through,
    first,
    is_number,
    left_in_the_end,
    not_the_program,
    shown,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

CASES = 5
_STANDARD = (1 << 31) - 1
"""Signals 1 to 31: glibc's posix_spawn ignores 32 and 33 in the child, which are its own."""

_Case = Mapping[str, Any]
_RAISED = {errno.ENOENT: "FileNotFoundError", errno.EACCES: "PermissionError"}


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: the program, its signals, the failures, nothing else."""
    facts = run.facts
    cases: Sequence[_Case] = need(facts, "cases")
    student = need(facts, "student_pid")
    good = [one for one in cases if not one["errno"]]
    bad = [one for one in cases if one["errno"]]
    unasked = None
    if len(cases) < CASES:
        unasked = Finding(seen="not tried: a call before this one did not come back")
    program = fact(
        "the program",
        1,
        expected=f"one new process, child of pid {student}, whose pid is returned, which runs the "
        "file at path with the arguments [name, *args]",
        good="so it was, for "
        + " and ".join(f"{one['argv'][0]} ({os.path.basename(one['path'])})" for one in good),
        finding=first(_started(one, student, hints) for one in good)
        or (unasked if len(good) < 2 else None),
        manual="execve(2), section DESCRIPTION",
    )
    others = [
        fact(
            "its signals",
            0.5,
            expected="no signal is ignored in the program",
            good="none is",
            finding=first(_ignored(one, hints) for one in good),
            manual="execve(2), section DESCRIPTION: effect on signals",
        ),
        fact(
            "what cannot be started",
            1,
            expected="FileNotFoundError or PermissionError, raised in the caller; no child left",
            good="all of them, and no child was left",
            finding=first(_failed(one, hints) for one in bad) or unasked,
            manual="execve(2), section RETURN VALUE; pipe(2), O_CLOEXEC",
        ),
        fact(
            "nothing else",
            0.5,
            expected="no other process, no copy of yours, no descriptor left open",
            good="nothing else",
            finding=first(_else(one, hints) for one in cases)
            or unasked
            or descriptors_finding(
                {"before": need(facts, "before"), "after": facts.get("after")}, hints[2]
            )
            or _left(run, cases),
            manual="fork(2), section DESCRIPTION",
        ),
    ]
    return [program, *gated(others, by=program, until="until the programs run")]


def _call(case: _Case) -> str:
    return f"start_as(path, {case['argv'][0]!r}, ...)"


def _started(case: _Case, student: int, hints: Hints) -> Finding | None:
    call = _call(case)
    if case["became"]:
        return Finding(
            seen=f"{call}: pid {student}, your own process, turned into {case['exe']}",
            why="exec makes no process: it gives another program to the one that calls it. Fork "
            "first.",
            misconception="M1.6",
            hint=hints[0],
        )
    cut = next((p for p in case["seen"] if p["cmdline"] == case["argv"][1:]), None)
    if cut is not None:
        return Finding(
            seen=f"{call}: pid {cut['pid']} has the arguments {short(cut['cmdline'])}",
            why="the first string of the list is argv[0], the name; exec adds nothing in front",
            misconception="M1.15",
            hint=hints[1],
        )
    other = next(
        (p for p in case["seen"] if p["cmdline"][:1] and p["cmdline"][1:] == case["argv"][1:]), None
    )
    if other is not None and other["cmdline"] != case["argv"]:
        return Finding(
            seen=f"{call}: not seen; instead pid {other['pid']}, whose first argument is "
            f"{short(other['cmdline'][0], 60)}",
            why="the first argument is whatever the list for exec begins with: the name here, and "
            "not the path",
            misconception="M1.15",
            hint=hints[1],
        )
    named = next((p for p in case["seen"] if p["comm"] == case["argv"][0]), None)
    if named is not None and named["cmdline"] != case["argv"]:
        return Finding(
            seen=f"{call}: pid {named['pid']} has this name (comm), but its arguments are "
            f"{short(named['cmdline'])}",
            why="a process that was only given another name still runs the program that it had",
            misconception="M1.16",
            hint=hints[0],
        )
    problem = not_the_program(case, student, call, hints[0])
    if problem is not None:
        return problem
    problem = call_finding(
        case["call"],
        call,
        blocks="it waits for the program to end, or for the end of a pipe that the program has "
        "open too: exec closes only what is marked close-on-exec",
    )
    if problem is not None:
        return Finding(seen=problem.seen, why=problem.why, hint=hints[2])
    pid = next(p["pid"] for p in case["seen"] if p["cmdline"] == case["argv"])
    if not is_number(case["call"]["value"], pid):
        return Finding(
            seen=f"{call} returned {short(case['call']['value'])}; the program has pid {pid}",
            why="exec keeps the pid: it is the one that fork returned in the parent",
            misconception="M1.6",
            hint=hints[0],
        )
    return None


def _ignored(case: _Case, hints: Hints) -> Finding | None:
    if case["ignored"] is None:
        return Finding(seen="not known: the program had ended before it could be looked at")
    mask = int(case["ignored"], 16) & _STANDARD
    if not mask:
        return None
    names = [signal_name(bit + 1) for bit in range(64) if mask >> bit & 1]
    return Finding(
        seen=f"{' and '.join(names)} ignored in the program (SigIgn {case['ignored']})",
        why="exec sets handlers back, but keeps what is ignored; and Python ignores SIGPIPE and "
        "SIGXFSZ",
        misconception="M1.18",
        hint=hints[1],
    )


def _failed(case: _Case, hints: Hints) -> Finding | None:
    call, wanted = _call(case), _RAISED[case["errno"]]
    what = "a path that is not there" if case["errno"] == errno.ENOENT else "a file without x"
    if case.get("broken"):
        what = "a script whose interpreter is not there (only exec finds that out)"
    fell = fell_through(case["call"], call, hints[1])
    if fell is not None:
        return Finding(
            seen=f"{fell.seen}, for {what}",
            why="exec comes back when it failed, in the child; an exception that is raised there "
            "does not reach the parent: the child has to tell its parent",
            misconception="M1.7",
            hint=hints[2],
        )
    error = case["call"]["error"]
    if error is None:
        back = call_finding(case["call"], call)
        told = back.seen if back else f"{call} returned {short(case['call']['value'])}"
        return Finding(
            seen=f"{told}, for {what}",
            why="when fork is back, nobody knows yet whether exec will work: the child has to tell "
            "its parent",
            misconception="M1.7",
            hint=hints[2],
        )
    if error["type"] != wanted:
        return Finding(
            seen=f"{call} raised {error['type']} ({short(error['message'])}) for {what}, where "
            f"{wanted} is wanted",
            why="OSError(number, text) becomes the exception that goes with the number",
            hint=hints[2],
        )
    if case["left"]:
        return Finding(
            seen=f"a child is left after {call}: {shown(case['left'])}",
            why="a child whose exec failed has to end, and to be collected",
            hint=hints[2],
        )
    return None


def _else(case: _Case, hints: Hints) -> Finding | None:
    fell = fell_through(case["call"], _call(case), hints[1])
    if fell is not None:
        return fell
    others = [p for p in case["left"] if p["cmdline"] != case["argv"]]
    if case["errno"] or not others:
        return None
    return Finding(seen=f"besides the program there was {shown(others)}", hint=hints[0])


def _left(run: Run, cases: Sequence[_Case]) -> Finding | None:
    ours = [p["pid"] for case in cases for p in case["left"]]
    return left_in_the_end(run, ours)
