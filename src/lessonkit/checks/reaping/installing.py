"""Judge 6.1: collected without being asked, all of them, with their codes, asleep meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from lessonkit.checks.facts import (
    Finding,
    call_finding,
    ending_text,
    fact,
    gated,
    need,
    pids_text,
    plural,
)
from lessonkit.checks.facts import short as shortened
from lessonkit.checks.forking.common import first
from lessonkit.checks.reaping.common import (
    Hints,
    Step,
    no_callable,
    not_asleep,
    not_collected,
    pairs,
    wrong_codes,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

STEPS = ("burst", "stop", "one by one", "the rest", "the last")
_CALL = "install_reaper()"
_BLOCKS = "it waits for children that live, instead of leaving something behind that collects"
_HANDLER_ERROR = (
    "what a handler raises comes out of whatever the process is doing just then. When no child is "
    "left, waitpid raises ChildProcessError"
)


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: the burst, codes, the living, asleep."""
    none = no_callable(need(run.facts, "install"), _CALL, "seen", hints, _BLOCKS)
    steps: Sequence[Step] = run.facts.get("steps", ()) if none else need(run.facts, "steps")
    ignored = bool(run.facts.get("ignored"))
    burst = fact(
        "the burst",
        1,
        expected="children that ended at the same time are collected, before anybody asks",
        good=f"{len(steps[0]['expected'])} at once, no zombie stayed" if steps else "",
        finding=none or not_collected(steps[0], True, ignored, hints) or _no_answer(steps[0]),
        manual="signal(7), section Queueing and delivery semantics for standard signals",
    )
    others = [
        fact(
            "every child once",
            1,
            expected="each child that ended, once, with its code: the later and the last ones too",
            good="all of them, with their codes",
            finding=first(_worked(step, hints) for step in steps)
            or first(
                _left(step, hints) or _codes(step, steps[:place], hints)
                for place, step in enumerate(steps)
            )
            or _unfinished(run, steps),
            manual="wait(2), WIFEXITED and WIFSIGNALED",
        ),
        fact(
            "the living",
            0.5,
            expected="children that live are left alone, and nobody waits for them",
            good="they live on, the stopped one is still stopped",
            finding=first(_living(step, hints) for step in steps),
            manual="wait(2), WNOHANG",
        ),
        fact(
            "asleep",
            0.5,
            expected="while nothing happens, your process sleeps",
            good="it slept",
            finding=not_asleep(run.facts.get("quiet"), hints),
            manual="signal(7), section Interruption of system calls",
        ),
    ]
    return [burst, *gated(others, by=burst, until="until the burst is collected")]


def _no_answer(step: Step) -> Finding | None:
    """The process does not answer any more: seen() cannot be called."""
    call = step["seen"]
    problem = call_finding(call, "seen()", blocks="a handler that waits for the living")
    if problem is None:
        if pairs(call["value"]) is None:
            return Finding(
                seen=f"seen() returned {shortened(call['value'])}",
                why="return a list of tuples (pid, code)",
            )
        return None
    if call["kind"] == "gone":
        return Finding(
            seen=f"your process ended when children ended ({ending_text(call['wait_status'])})",
            why=_HANDLER_ERROR,
            misconception="M6.6" if call["wait_status"] in (0, 256) else None,
        )
    return Finding(
        seen=problem.seen,
        why=problem.why,
        misconception="M3.10" if call["kind"] == "timeout" else None,
    )


def _worked(step: Step, hints: Hints) -> Finding | None:
    """The last child ended in the middle of some work of the process: did that go on?"""
    work = step.get("work")
    problem = None if work is None else call_finding(work, "the work")
    if work is None or problem is None:
        return None
    return Finding(
        seen="the last child ended while your process was at work, which then failed: "
        + problem.seen,
        why=_HANDLER_ERROR,
        misconception="M6.6" if work["error"] else None,
        hint=hints[1],
    )


def _codes(step: Step, earlier: Sequence[Step], hints: Hints) -> Finding | None:
    if step["kind"] == "stop":
        return None  # "the living" judges it
    problem = _no_answer(step)
    if problem is not None:
        return problem
    claim = pairs(step["seen"]["value"]) or []
    before = [one for other in earlier for one, _ in pairs(other["seen"]["value"]) or []]
    missing = set(step["so_far"]) - {pid for pid, _ in claim if type(pid) is int}
    forgotten = sorted(missing.intersection(pid for pid in before if type(pid) is int))
    if forgotten:
        return Finding(
            seen=f"{pids_text(forgotten)} in what seen() returned once, and not in what it "
            "returned later",
            why="seen() tells of all that were collected so far, each time: it takes nothing away",
            hint=hints[1],
        )
    return wrong_codes(claim, step["so_far"], "seen()", hints)


def _left(step: Step, hints: Hints) -> Finding | None:
    return not_collected(step, False, False, hints) if step["left"] else None


def _living(step: Step, hints: Hints) -> Finding | None:
    dead = [pid for pid, state in step["living"].items() if state in (None, "Z", "X")]
    if dead:
        return Finding(
            seen=f"{plural(len(dead), 'child', 'children')} that should live "
            f"{'has' if len(dead) == 1 else 'have'} ended",
            why="collect who has ended; nobody asked you to end anyone",
        )
    if step["kind"] != "stop":
        return None
    call = step["seen"]
    if call["kind"] == "timeout":
        return Finding(
            seen="a child was stopped, and your process does not answer any more",
            why="SIGCHLD came, and nobody has ended: what was called waits for the living",
            misconception="M6.4",
            hint=hints[1],
            manual="wait(2), WNOHANG",
        )
    problem = _no_answer(step)
    if problem is not None:
        return problem
    claim = pairs(call["value"]) or []
    extra = [pid for pid, _ in claim if type(pid) is not int or pid not in step["so_far"]]
    if extra:
        return Finding(
            seen=f"{shortened(extra)} in what seen() returned: nobody with such a pid has ended",
            why="SIGCHLD also tells that a child was stopped: it lives on",
            misconception="M6.4",
            hint=hints[1],
        )
    return None


def _unfinished(run: Run, steps: Sequence[Step]) -> Finding | None:
    if len(steps) >= len(STEPS):
        return None
    later = run.facts.get("later")
    problem = None if later is None else call_finding(later, "your process")
    return Finding(
        seen="children that came later could not be tried"
        + (f": {problem.seen}" if problem else ""),
        why="your process has to go on as before, and to be able to fork",
    )
