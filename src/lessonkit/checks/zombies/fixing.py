"""Judge 3.6: was each zombie healed with the least harm?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, Missing, call_finding, fact, gated, need, short
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Hints = tuple[str, str, str]
_Case = Mapping[str, Any]

_ANSWERS = {"stopped": "continue", "missed": "nudge", "never": "terminate", "adopted": "leave"}


_REASONS = {
    "stopped": "handles no signal before SIGCONT comes (but SIGKILL ends it)",
    "missed": "waits when SIGCHLD comes, which it has missed",
    "never": "never waits, with or without SIGCHLD",
}


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: one for each reason, and that nobody else was hurt."""
    cases = {case["case"]: case for case in need(run.facts, "cases")}
    if len(cases) < len(_ANSWERS) and all(_came_back(case) for case in cases.values()):
        raise Missing(f"the scene wrote down {len(cases)} of {len(_ANSWERS)} cases")
    healed = [
        fact(
            "stopped parent",
            1,
            expected='"continue": SIGCONT to the parent, which then reaps; it stays up',
            good="continued; it reaped its zombie and is up",
            finding=_stays_up(cases.get("stopped"), hints),
            manual="signal(7), Standard signals, SIGCONT",
        ),
        fact(
            "missed signal",
            1,
            expected='"nudge": SIGCHLD to the parent, whose handler then reaps; it stays up',
            good="nudged; it reaped its zombie and is up",
            finding=_stays_up(cases.get("missed"), hints),
            manual="proc_pid_status(5), SigCgt",
        ),
        fact(
            "never waits",
            1,
            expected='"terminate": SIGTERM to the parent, which says goodbye; init reaps',
            good="ended politely; init reaped the zombie",
            finding=_never(cases.get("never"), hints),
            manual="signal(7), Standard signals, SIGTERM",
        ),
    ]
    others = [
        fact(
            "adopted by init",
            0.5,
            expected='"leave": nothing but init can reap it',
            good="left alone",
            finding=_adopted(cases.get("adopted"), hints),
            manual="wait(2), section NOTES",
        ),
        fact(
            "nobody hurt",
            0.5,
            expected="the workers of all parents and a bystander live on",
            good="all of them live",
            finding=_hurt(run.facts.get("hurt")),
            manual="kill(2), section DESCRIPTION",
        ),
    ]
    gate = next((one for one in healed if one.ok), None)
    return [*healed, *gated(others, by=gate, until="until one of the three zombies is healed")]


def _came_back(case: _Case) -> bool:
    return case["call"] is None or case["call"]["kind"] not in ("timeout", "gone")


def _call_problem(case: _Case | None, hints: _Hints) -> Finding | None:
    if case is None:
        return Finding(seen="not tried: an earlier call did not come back")
    if case["call"] is None:
        return Finding(
            seen=f"zombie {case['zombie']} was gone before fix({case['zombie']}) was called",
            why="a call for another zombie has changed more than it should",
            hint=hints[1],
        )
    problem = call_finding(
        case["call"], f"fix({case['zombie']})", blocks="it waits for something that does not come"
    )
    if problem is None:
        return None
    error = case["call"]["error"]
    kind = None if error is None else error["type"]
    misconception, why = None, problem.why
    if kind == "ChildProcessError":
        misconception, why = "M3.13", "it is not your child: only its parent can wait for it"
    elif kind == "PermissionError" and case["case"] == "adopted":
        misconception = "M3.3"
        why = f'{_who(case)} is init: you may not signal it. It reaps in its own time: "leave"'
    return Finding(seen=problem.seen, why=why, misconception=misconception, hint=hints[0])


def _who(case: _Case) -> str:
    return f"the parent (pid {case['parent']}, {case['parent_name']})"


def _still_there(case: _Case, hints: _Hints) -> Finding:
    answer, right = case["call"]["value"], _ANSWERS[case["case"]]
    state = case["parent_state"]
    parent = f"{_who(case)} is in state {state}" if state else f"{_who(case)} is gone"
    if answer == right:
        return Finding(
            seen=f"fix said {short(answer)}, but zombie {case['zombie']} is still there, {parent}",
            why="the name is right; now do it, and to the parent, not to the zombie",
            misconception="M3.14",
            hint=hints[2],
        )
    seen = f"zombie {case['zombie']} is still there and {parent}; fix said {short(answer)}"
    if answer == "leave":
        return Finding(
            seen=seen,
            why="init does not take it: its parent lives",
            misconception="M3.3",
            hint=hints[1],
        )
    return Finding(
        seen=seen,
        why="a signal to the zombie itself has no effect, and this parent "
        + _REASONS[case["case"]],
        misconception="M3.1",
        hint=hints[1],
    )


def _stays_up(case: _Case | None, hints: _Hints) -> Finding | None:
    problem = _call_problem(case, hints)
    if problem is not None or case is None:
        return problem
    if case["parent_state"] is None:
        return Finding(
            seen=f"{_who(case)} was ended",
            why="it would have reaped its zombie: it was only stopped"
            if case["case"] == "stopped"
            else "it would have reaped its zombie: it has a handler for SIGCHLD",
            misconception="M3.4",
            hint=hints[1],
        )
    if not case["gone"]:
        return _still_there(case, hints)
    return _wrong_name(case, hints)


def _never(case: _Case | None, hints: _Hints) -> Finding | None:
    problem = _call_problem(case, hints)
    if problem is not None or case is None:
        return problem
    if not case["gone"]:
        return _still_there(case, hints)
    if not case["goodbye"]:
        return Finding(
            seen=f"{_who(case)} was ended without its goodbye",
            why="SIGKILL leaves no time to clean up; ask first, with SIGTERM",
            misconception="M3.4",
            hint=hints[1],
        )
    return _wrong_name(case, hints)


def _adopted(case: _Case | None, hints: _Hints) -> Finding | None:
    problem = _call_problem(case, hints)
    if problem is not None or case is None:
        return problem
    return _wrong_name(case, hints)


def _wrong_name(case: _Case, hints: _Hints) -> Finding | None:
    answer, right = case["call"]["value"], _ANSWERS[case["case"]]
    if answer == right:
        return None
    return Finding(
        seen=f"fix said {short(answer)}, and {right!r} is right",
        why=f"{_who(case)} is init: it reaps in its own time, and you may not signal it"
        if case["case"] == "adopted"
        else "return one of: continue, nudge, terminate, leave",
        misconception="M3.3" if case["case"] == "adopted" else None,
        hint=hints[2],
    )


def _hurt(hurt: Sequence[Mapping[str, Any]] | None) -> Finding | None:
    if hurt is None:
        return Finding(seen="not known: the run ended before")
    if not hurt:
        return None
    shown = ", ".join(
        f"{one['who']} (pid {one['pid']}) is "
        + ("stopped" if one["state"] == "T" else "gone" if one["state"] is None else "dead")
        for one in hurt[:3]
    )
    return Finding(
        seen=shown + (" and more" if len(hurt) > 3 else ""),
        why="signal one pid, the parent's. A negative pid is a whole group, and kill -9 of "
        "everything is no diagnosis",
        misconception="M3.4",
    )
