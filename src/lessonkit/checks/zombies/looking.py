"""Judge 3.2: who runs and who does not, and did the asking change anything?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, short
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Hints = tuple[str, str, str]

_KINDS: Mapping[str, tuple[bool, str]] = {
    "sleeping": (True, "a process that sleeps (state S)"),
    "stopped": (True, "a process that is stopped (state T)"),
    "own": (True, "the process that asks"),
    "init": (True, "init"),
    "reaped": (False, "a process that ended and was reaped"),
    "unused": (False, "a number that no process has"),
    "own child": (True, "a child of the process that asks, asleep"),
    "own zombie": (False, "a zombie, child of the process that asks"),
    "zombie": (False, "a zombie, child of another process"),
    "thread": (False, "a thread, not the main one of its process"),
    "nasty living": (True, "a sleeping process whose name looks like the end of a name"),
    "nasty zombie": (False, "a zombie whose name looks like the end of a name"),
    "nasty living too": (True, "another sleeping process with such a name"),
    "nasty zombie too": (False, "another zombie with such a name"),
}


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: living and gone, zombies, threads, names, nothing changed."""
    cases = {case["case"]: case for case in need(run.facts, "cases")}
    staged = need(run.facts, "staged")

    def ask(*kinds: str) -> Finding | None:
        asked = (_answer(cases, kind, hints) for kind in kinds if kind in staged)
        return next((finding for finding in asked if finding), None)

    first = fact(
        "living and gone",
        0.5,
        expected="True for sleeping, stopped, itself and init; False for reaped and unused pids",
        good="right for all of them",
        finding=ask("sleeping", "stopped", "own", "own child", "init", "reaped", "unused"),
        manual="proc_pid_status(5), State",
    )
    others = [
        fact(
            "zombies",
            1,
            expected="False for a zombie: it has ended",
            good="False for its own zombie and for somebody else's",
            finding=ask("own zombie", "zombie"),
            manual="kill(2), section NOTES; proc_pid_status(5), State",
        ),
        fact(
            "thread id",
            0.5,
            expected="False for the id of a thread that is not the main one",
            good="False",
            finding=ask("thread"),
            manual="proc_pid_status(5), Tgid",
        ),
        fact(
            "names",
            0.5,
            expected="the name of a process does not change the answer",
            good="right for all four",
            finding=ask("nasty living", "nasty zombie", "nasty living too", "nasty zombie too"),
            manual="proc_pid_stat(5), field 2 comm",
        ),
        fact(
            "nothing changed",
            0.5,
            expected="the same processes in the same states after all the questions",
            good="all of them are as they were",
            finding=_changed(run.facts, hints),
            manual="wait(2), section DESCRIPTION",
        ),
    ]
    return [first, *gated(others, by=first, until="until the living and the vanished are right")]


def _answer(cases: Mapping[str, Any], kind: str, hints: _Hints) -> Finding | None:
    expected, what = _KINDS[kind]
    case = cases.get(kind)
    if case is None:
        return Finding(seen="not asked: a call before this one did not come back")
    call = f"is_running({case['pid']})"
    problem = call_finding(case["call"], call, blocks="asking must not wait for the process")
    if problem is not None:
        return Finding(
            seen=f"{problem.seen}, for {what}", why=problem.why, hint=hints[1 if expected else 0]
        )
    answer = case["call"]["value"]
    if answer is expected:
        return None
    if not isinstance(answer, bool):
        return Finding(
            seen=f"{call} returned {short(answer)} for {what}", why="return True or False"
        )
    wrong = _WRONG.get(kind)
    misconception, why, hint = wrong if wrong else (None, "", 1)
    return Finding(
        seen=f"{call} is {answer} for {what}",
        why=why,
        misconception=misconception,
        hint=hints[hint],
    )


_ZOMBIE = (
    "M2.8",
    "a zombie still has its pid: kill(pid, 0) succeeds, /proc/PID is there; only its state tells",
    0,
)
_NAME = ("M3.12", "the name stands before the state and can hold blanks and parentheses", 1)
_WRONG: Mapping[str, tuple[str | None, str, int]] = {
    "zombie": _ZOMBIE,
    "own zombie": _ZOMBIE,
    "thread": (
        "M2.3",
        "a thread has an id of its own, kill and /proc accept it, but its process has another pid",
        2,
    ),
    "nasty living": _NAME,
    "nasty zombie": _NAME,
    "nasty living too": _NAME,
    "nasty zombie too": _NAME,
    "stopped": (None, "a stopped process has not ended: SIGCONT makes it go on", 1),
}


def _changed(facts: Mapping[str, Any], hints: _Hints) -> Finding | None:
    if "after" not in facts:
        return Finding(seen="not known: a call did not come back")
    before, after = need(facts, "before"), facts["after"]
    for kind, state in before.items():
        if kind in ("own", "init"):
            continue
        now, (_, what) = after[kind], _KINDS[kind]
        if state == "Z" and now is None:
            return Finding(
                seen=f"{what} is gone: it was collected by a wait call",
                why="wait takes the exit code away from whoever needs it; WNOWAIT leaves it",
                misconception="M3.10",
                hint=hints[1],
            )
        if now is None and state is not None:
            return Finding(seen=f"{what} is gone: a signal ended it", hint=hints[0])
        if (state == "T") != (now == "T"):
            return Finding(seen=f"{what} is now in state {now}", hint=hints[0])
    left: Sequence[Mapping[str, Any]] = facts["left"]
    if left:
        shown = ", ".join(f"pid {p['pid']} ({p['comm']}, state {p['state']})" for p in left)
        return Finding(seen=f"left behind by your function: {shown}")
    return None
