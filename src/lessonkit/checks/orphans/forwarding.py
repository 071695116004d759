"""Judge 4.6: signals to pid 1 reach its child, each time, and nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from signal import SIGTERM
from typing import Any

from lessonkit.checks.facts import Finding, Missing, ending_text, fact, gated, need, signal_name
from lessonkit.checks.orphans.initialising import SUBREAPER_NOTE, kept_from_pid_1, no_start
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Hints = tuple[str, str, str]
_Start = Mapping[str, Any]
_WHAT = "forward(argv)"
_ITSELF_TOO = (
    "pass a signal on once, when it comes. kill(0, ...) is the whole process group, and pid 1 "
    "itself is in it: its handler hears its own signal, again and again"
)
_LIVE_ON = "pass it on, and go on waiting: pid 1 is to live until the program has ended"
_NAMES = "SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2"


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: passed on, again and to nobody else, the end, a clean child."""
    start: _Start = need(run.facts, "start")
    note = "" if run.facts.get("pid_1", True) else SUBREAPER_NOTE
    first = fact(
        "passed on",
        1.25,
        expected=f"{_NAMES}: sent to pid 1, pending in the program a moment later",
        good="each of the five",
        finding=kept_from_pid_1(run) or _passed_on(start, hints),
        manual="pid_namespaces(7), section The namespace init process; kill(2)",
        note=note,
    )
    others = [
        fact(
            "again, and to the program only",
            0.75,
            expected="the same signal arrives a second time too; each comes once for once, and an "
            "orphan beside the program gets none",
            good="twice sent, twice there; the orphan lives",
            finding=_again(start, hints),
            manual="kill(2), section DESCRIPTION",
        ),
        fact(
            "ends with its program",
            0.5,
            expected=f"exit code {start['code']}, and 143 (128 + 15) when SIGTERM ends the program",
            good="both",
            finding=_ends(start, run.facts.get("stop"), hints),
            manual="signal(7), section Standard signals",
        ),
        fact(
            "a clean child",
            0.5,
            expected="the program begins with none of these signals blocked or ignored",
            good="SigBlk and SigIgn hold none of them",
            finding=_clean(start, hints),
            manual="execve(2), section DESCRIPTION; sigprocmask(2), section NOTES",
        ),
    ]
    return [first, *gated(others, by=first, until="until all five are passed on")]


def _ended(start: _Start) -> str:
    return ending_text(start["call"]["wait_status"])


def _passed_on(start: _Start, hints: _Hints) -> Finding | None:
    problem = no_start(start, _WHAT)
    first = next(iter(start.get("steps", ())), None)
    if first is not None and first["alive"] and not first["pending"]:
        problem = None  # whatever came later: this was first
    if problem is not None:
        error = start["call"]["error"]
        if error is None or error["type"] != "RecursionError":
            return problem
        return Finding(
            seen=problem.seen,
            why=_ITSELF_TOO,
            misconception="M4.14",
            hint=hints[2],
            manual="kill(2), section DESCRIPTION",
        )
    if not start["ran"]:
        seen = f"pid 1 ended ({_ended(start)})" if start["ended"] else "pid 1 did nothing for 5 s"
        return Finding(
            seen=f"{seen}, and the program was never seen to run",
            why="begin with your function of 4.5: fork, exec in the child, wait in a loop",
            hint=hints[0],
        )
    if start["main"]["pid"] == start["pid"]:
        return Finding(
            seen="pid 1 has become the program itself",
            why="exec replaces the process that calls it: then nobody is there to pass on anything",
            misconception="M1.6",
            hint=hints[0],
        )
    if "steps" not in start:
        return Finding(
            seen="the program did not run on",
            why="it ended, or was stopped, before any signal was sent",
            hint=hints[0],
        )
    return _missing(start, hints)


def _missing(start: _Start, hints: _Hints) -> Finding | None:
    steps: Sequence[_Start] = start["steps"]
    if not steps:
        raise Missing("the scene wrote down no signal that it sent")
    for step in (step for step in steps if step["first"]):
        name = signal_name(step["signal"])
        if step["signal"] in step["pending"]:
            continue
        others = ", ".join(map(signal_name, step["pending"]))
        if others:
            return Finding(
                seen=f"{name} was sent to pid 1, and {others} came to the program",
                why="pass on the number that your handler was given",
                hint=hints[2],
            )
        if not step["alive"]:
            status = start["call"]["wait_status"]
            return Finding(
                seen=f"{name} was sent to pid 1, which ended ({_ended(start)}); nothing came to "
                "the program",
                why="nobody passed it on: a signal goes to the process that it was sent to, not "
                "to its children"
                if status is not None and status & 0x7F
                else _LIVE_ON,
                misconception="M4.7",
                hint=hints[0],
            )
        return Finding(
            seen=f"{name} was sent to pid 1, and nothing came to the program",
            why="nobody passed it on: a signal goes to the process that it was sent to, not to its "
            "children. Without a handler pid 1 does not even hear it: for pid 1 of a namespace "
            "there are no default actions. And after a handler that only takes a note os.wait goes "
            "on waiting: pass it on in the handler",
            misconception="M4.7",
            hint=hints[1],
        )
    sent = [step for step in steps if step["first"]]
    last = signal_name(sent[-1]["signal"])
    all_there = ", ".join(map(signal_name, steps[-1]["pending"]))
    if len(sent) < 5 and len(steps[-1]["pending"]) > 1:
        return Finding(
            seen=f"{last} was sent once to pid 1, and {all_there} came to the program",
            why="pass on the signal that has come, when it comes, and no other",
            misconception="M4.14",
            hint=hints[2],
        )
    if len(sent) < 5 and steps[-1]["once_more"]:
        return Finding(
            seen=f"{last} was sent once to pid 1, and came to the program again and again",
            why=_ITSELF_TOO,
            misconception="M4.14",
            hint=hints[2],
            manual="kill(2), section DESCRIPTION",
        )
    if len(sent) < 5:
        who = "the program was gone" if steps[-1]["alive"] else f"pid 1 ended ({_ended(start)})"
        return Finding(
            seen=f"after {last} {who}",
            why=_LIVE_ON,
            misconception="M4.7",
            hint=hints[0],
        )
    return None


def _again(start: _Start, hints: _Hints) -> Finding | None:
    steps: Sequence[_Start] = start.get("steps", ())
    for step in steps:
        name = signal_name(step["signal"])
        if step["once_more"]:
            return Finding(
                seen=f"{name} was sent once to pid 1, and came to the program again and again",
                why=_ITSELF_TOO,
                misconception="M4.14",
                hint=hints[2],
            )
        if step["signal"] not in step["pending"] and not step["first"]:
            return Finding(
                seen=f"{name} was sent a second time, and nothing came to the program",
                why="the handler is to stay, also after the first signal",
                hint=hints[1],
            )
    if start.get("bystander") in (None, "Z", "X"):
        return Finding(
            seen="an orphan beside the program was ended by a signal that was not meant for it",
            why="kill with 0, -1 or a negative pid reaches many; your child has one pid",
            misconception="M4.14",
            hint=hints[2],
        )
    return None


def _ends(start: _Start, stop: _Start | None, hints: _Hints) -> Finding | None:
    if not start.get("ended"):
        return Finding(
            seen="pid 1 was still there when the program had ended",
            why="when wait() returns the pid of the program, the loop is over",
            hint=hints[0],
        )
    if start["call"]["wait_status"] != start["code"] << 8:
        return Finding(
            seen=f"pid 1: {_ended(start)}; the program: exit code {start['code']}",
            hint=hints[0],
        )
    if stop is None or not stop["ran"]:
        return Finding(seen="a second program was never seen to run", hint=hints[0])
    problem = no_start(stop, _WHAT)
    if problem is not None:
        return problem
    if not stop["program_ended"] or not stop["ended"]:
        who = "pid 1" if stop["program_ended"] else "the program"
        kept = SIGTERM in (*start.get("blocked", ()), *start.get("ignored", ()))
        return Finding(
            seen=f"two seconds after SIGTERM {who} was still there",
            why="it has SIGTERM blocked or ignored, as it was when the program began"
            if kept and not stop["program_ended"]
            else "that is how `docker stop` comes to take ten seconds, and to end with SIGKILL",
            misconception="M4.7",
            hint=hints[1],
        )
    if stop["call"]["wait_status"] != stop["code"] << 8:
        return Finding(
            seen=f"SIGTERM ended the program; pid 1: {_ended(stop)}, and exit code 143 is right",
            why="128 + n, as in 4.5",
            misconception="M3.5",
            hint=hints[0],
        )
    return None


def _clean(start: _Start, hints: _Hints) -> Finding | None:
    for key, word in (("blocked", "blocked"), ("ignored", "ignored")):
        if start.get(key):
            names = ", ".join(map(signal_name, start[key]))
            return Finding(
                seen=f"{word} in the program from its start: {names}",
                why="the signal mask and ignored signals survive fork and exec: what pid 1 needs "
                "for itself, its child has to undo before exec",
                misconception="M4.15",
                hint=hints[2],
            )
    return None
