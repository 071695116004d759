"""Judge 6.4: own children collected, the library's left to it, the old handler called."""

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
)
from lessonkit.checks.forking.common import first, shown
from lessonkit.checks.reaping.common import Hints, Step, no_callable, pairs, wrong_codes
from lessonkit.records import Fact, Run

__all__ = ["looks"]

STEPS = 4
RUNS = 10
_CALL = "good_neighbour(commands)"
_BLOCKS = "it waits for the commands: return codes at once"


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: own ones collected, their codes, the library's, the old handler."""
    start = need(run.facts, "start")
    none = no_callable(start, _CALL, "codes", hints, _BLOCKS)
    if none is None:
        none = _started(run, hints)
    steps: Sequence[Step] = () if none else need(run.facts, "steps")
    own = fact(
        "own children",
        1,
        expected="each command runs as a child of your process, and is collected when it ends",
        good=f"{plural(len(run.facts.get('all', ())), 'command')} started and collected",
        finding=none or first(_own_left(step, hints) for step in steps) or _unfinished(run, steps),
        manual="wait(2), section DESCRIPTION",
    )
    others = [
        fact(
            "their codes",
            0.5,
            expected="codes() has exactly your own children, with their codes",
            good="right for all of them",
            finding=_codes(run, hints),
            manual="wait(2), WIFEXITED and WIFSIGNALED",
        ),
        fact(
            "the library",
            1,
            expected="the library waits for its children itself, and gets all of their codes",
            good=f"its zombies stayed until it asked; {RUNS} times 7 from subprocess.run",
            finding=first(_stolen(step, hints) for step in steps) or _later(run, hints),
            manual="wait(2), section DESCRIPTION: the value of pid",
        ),
        fact(
            "the handler that was there",
            0.5,
            expected="it is still called when a child ends",
            good="called, each time",
            finding=_silenced(steps, hints),
            manual="sigaction(2), oldact",
        ),
    ]
    return [own, *gated(others, by=own, until="until your own children are collected")]


def _started(run: Run, hints: Hints) -> Finding | None:
    student = need(run.facts, "student_pid")
    for one in need(run.facts, "started"):
        there = one["processes"]
        if not there:
            return Finding(
                seen=f"no process with the argv {short(one['argv'], 90)} was seen",
                why="start each command as it is: fork and exec, or subprocess.Popen",
            )
        if len(there) > 1 or there[0]["ppid"] != student:
            return Finding(
                seen=f"it runs as {shown(there)}; parent: {pids_text([there[0]['ppid']])}",
                why="each command once, as a child of your own process",
                hint=hints[1],
            )
    return None


def _own_left(step: Step, hints: Hints) -> Finding | None:
    if not step["own_left"]:
        return None
    return Finding(
        seen=f"{plural(len(step['own_left']), 'zombie')} of yours stayed "
        f"({pids_text(step['own_left'])})",
        why="nobody waited for them; codes() may never be called",
        hint=hints[2],
    )


def _unfinished(run: Run, steps: Sequence[Step]) -> Finding | None:
    if len(steps) >= STEPS:
        return None
    problem = call_finding(steps[-1]["collected"], "your process") if steps else None
    return Finding(
        seen=problem.seen if problem else "not tried to the end: your process could not go on",
        why="an exception in a handler comes out of whatever the process is doing just then",
    )


def _codes(run: Run, hints: Hints) -> Finding | None:
    call = run.facts.get("codes")
    if call is None:
        return Finding(seen="not asked: your process could not go on")
    problem = call_finding(call, "codes()")
    if problem is not None:
        return problem
    claim = pairs(call["value"])
    if claim is None:
        return Finding(seen=f"codes() returned {short(call['value'])}", why="return {pid: code}")
    return wrong_codes(claim, run.facts["all"], "codes()", hints)


def _stolen(step: Step, hints: Hints) -> Finding | None:
    library: Mapping[int, int] = step["library"]
    lost = [pid for pid in library if pid not in step["library_left"]]
    if lost:
        return Finding(
            seen=f"a child of the library ended, and its zombie was gone before the library asked "
            f"({pids_text(lost)})",
            why="waitpid(-1) takes any child of the process, and SIG_IGN lets all of them vanish: "
            "the library now finds no child, and takes that for success",
            misconception="M6.5",
            hint=hints[0],
        )
    call = step["collected"]
    problem = call_finding(call, "the library's wait")
    if problem is not None:
        return problem
    heard: Any = call["value"]
    if heard != list(library.values()):
        return Finding(
            seen=f"the library's children ended with {list(library.values())}, and it was told "
            f"{short(heard, 60)}",
            why="somebody stands between the library and its children",
            misconception="M6.5",
            hint=hints[0],
        )
    return None


def _later(run: Run, hints: Hints) -> Finding | None:
    call = run.facts.get("later")
    if call is None:
        return Finding(seen="not tried: your process could not go on")
    problem = call_finding(call, "subprocess.run in the library")
    if problem is not None:
        return problem
    if call["value"] == [7] * RUNS:
        return None
    got = call["value"] if isinstance(call["value"], list) else []
    wrong = sum(code != 7 for code in got)
    return Finding(
        seen=f'{wrong} of {RUNS} times subprocess.run(["sh", "-c", "exit 7"]) did not give 7 '
        f"({short(got, 60)})",
        why="somebody else was faster and took the status: subprocess then says 0",
        misconception="M6.5",
        hint=hints[0],
    )


def _silenced(steps: Sequence[Step], hints: Hints) -> Finding | None:
    silent = [step for step in steps if not step["heard"]]
    if not silent:
        return None
    return Finding(
        seen=f"in {len(silent)} of {plural(len(steps), 'step')} children ended, and the handler "
        "that was there was not called",
        why="a signal has one handler: the new one has to call the one that it has replaced",
        misconception="M6.10",
        hint=hints[2],
    )
