"""Judge 4.8: a child that ends with its parent, however that ends, and whenever."""

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

_Hints = tuple[str, str, str]
_Part = Mapping[str, Any]
_WHAT = "die_with_parent(argv)"
_ENDS = {"exits": "its parent has exited", "killed": "its parent was ended by SIGKILL"}
_NOT_TRACED = (
    " (that the parent ends before the child is ready cannot be staged on this host: not observed)"
)


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: an ordinary child, ends with its parent, nothing left, never too late."""
    facts = run.facts
    traceable = need(facts, "traceable")
    alive: _Part = need(facts, "alive")
    first = fact(
        "an ordinary child",
        0.75,
        expected="a child that runs argv as long as it likes while its parent lives; its pid is "
        "returned",
        good=f"pid {_pid(alive)}, child of pid {alive.get('parent')}; its exit code arrived",
        finding=_ordinary(alive, hints),
        manual="fork(2); wait(2)",
    )
    ends = {name: facts.get(name) for name in _ENDS}
    second = fact(
        "ends with its parent",
        1 if traceable else 1.75,
        expected="gone when its parent was killed by SIGKILL, and when its parent exited",
        good="gone, both times",
        finding=_ends(ends, hints),
        manual="PR_SET_PDEATHSIG(2const); prctl(2), PR_SET_PDEATHSIG",
        note="" if traceable else _NOT_TRACED,
    )
    left = fact(
        "nobody left over",
        0.5,
        expected="no helper either, once the parent has ended",
        good="nobody",
        finding=_left([part for part in ends.values() if part is not None], hints),
        manual="pipe(7), section I/O on pipes and FIFOs",
    )
    second = gated([second], by=first, until="until there is a child")[0]
    last = [left]
    if traceable:
        if second.ok and not facts.get("births"):
            raise Missing("the scene wrote down no birth")
        last.append(
            fact(
                "the parent was faster",
                0.75,
                expected="no program at all when the parent ends right after the fork, before the "
                "child has done anything",
                good="the child noticed, and ended",
                finding=_births(facts.get("births"), hints),
                manual="PR_SET_PDEATHSIG(2const); prctl(2), PR_SET_PDEATHSIG",
            )
        )
    return [first, second, *gated(last, by=second, until="until it ends with its parent")]


def _pid(part: _Part) -> int | None:
    children: Sequence[_Part] = part.get("children", ())
    return children[0]["pid"] if children else None


def _ordinary(part: _Part, hints: _Hints) -> Finding | None:
    call = part["call"]
    if call["strays"]:
        return Finding(
            seen=f"{plural(call['strays'], 'copy', 'copies')} of the parent came back too"
            + stray_words(call),
            why="a child runs on behind the fork when it does not exec; end it with os._exit",
            misconception="M3.11",
            manual="fork(2), section DESCRIPTION",
        )
    problem = call_finding(call, _WHAT, blocks="it waits for the child, which lives on")
    if problem is not None:
        return problem
    pid = _pid(part)
    if part.get("ended_already") or (pid is not None and not part.get("stays")):
        return Finding(
            seen=f"pid {pid or call['value']} ended while its parent lived",
            why="`parent` means the thread here: the signal also comes when the thread that forked "
            "has ended",
            misconception="M4.13",
            hint=hints[1],
            manual="PR_SET_PDEATHSIG(2const); prctl(2), PR_SET_PDEATHSIG",
        )
    if pid is None:
        return Finding(
            seen="no process ran the program when the function had come back",
            why="start it as it is: argv is a list of words",
            hint=hints[0],
        )
    parent = part["children"][0]["ppid"]
    if parent != part["parent"]:
        return Finding(
            seen=f"pid {pid} is a child of pid {parent}, not of pid {part['parent']}",
            why="the process that calls die_with_parent is to be the parent",
            hint=hints[0],
        )
    if type(call["value"]) is not int or call["value"] != pid:
        return Finding(
            seen=f"the function returned {short(call['value'])}, and the child is pid {pid}",
            why="return the pid of the child",
        )
    if part["heard"] != part["code"] or not part["kept"]:
        return Finding(
            seen=f"the child ended with code {part['code']}, its parent heard "
            f"{short(part['heard'])}",
            why="its parent could not collect it as usual: somebody else did, or its code is lost",
        )
    return None


def _ends(ends: Mapping[str, _Part | None], hints: _Hints) -> Finding | None:
    for name, part in ends.items():
        if part is None:
            return Finding(seen="not tried: an earlier call did not come back")
        problem = call_finding(part["call"], _WHAT)
        if problem is not None:
            return problem
        if _pid(part) is None:
            return Finding(seen="the program did not run this time", hint=hints[0])
        left: Sequence[_Part] = part["programs_left"]
        if not left:
            continue
        seen = f"pid {left[0]['pid']} lives on (state {left[0]['state']}) after {_ENDS[name]}"
        if name == "killed":  # an exit of its own it has taken with it
            return Finding(
                seen=seen,
                why="nothing of a process runs any more when SIGKILL ends it: no handler, no "
                "finally, no atexit. The kernel has to tell the child",
                misconception="M4.16",
                hint=hints[0],
            )
        return Finding(
            seen=seen,
            why="nobody ends a child because its parent has ended: it is adopted, and goes on",
            misconception="M4.4",
            hint=hints[0],
        )
    return None


def _left(parts: Sequence[_Part], hints: _Hints) -> Finding | None:
    for part in parts:
        others: Sequence[_Part] = part.get("others_left", ())
        if others:
            shown = ", ".join(f"pid {p['pid']} ({p['comm']}, {p['state']})" for p in others[:3])
            return Finding(
                seen=f"still there after the parent has ended: {shown}",
                why="whoever watches has to end too, when there is nobody to watch any more",
                hint=hints[0],
            )
    return None


def _births(births: Sequence[_Part] | None, hints: _Hints) -> Finding | None:
    if not births:
        return Finding(seen="not tried")
    for part in births:
        if not part["traced"]:
            problem = call_finding(part["call"], _WHAT)
            return problem or Finding(
                seen="the parent could not be stopped at its fork: something kept the check from "
                "tracing it",
                why="leave other processes alone, and PR_SET_DUMPABLE as it is",
            )
        left: Sequence[_Part] = part["programs_left"]
        if left:
            return Finding(
                seen=f"the parent ended when its child had just been born, and the program ran all "
                f"the same ({pids_text([p['pid'] for p in left])}, parent {left[0]['ppid']})",
                why="the signal comes when a parent ends, not when it has ended already. So look, "
                "after prctl, whether getppid() is still your parent",
                misconception="M4.17",
                hint=hints[2],
            )
        if part["forks"] is None or part["forks"] < max(1, part["which"]):
            return Finding(
                seen=f"of its forks only {part['forks'] or 'none'} could be seen",
                why="leave other processes alone: one of them watches for the check",
                hint=hints[0],
            )
    return _left(births, hints)
