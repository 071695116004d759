"""Judge 2.4: the ancestors of a process, as they were at one moment of the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, Missing, call_finding, fact, gated, need, plural, short
from lessonkit.checks.forking.common import Hints, first
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Case = Mapping[str, Any]

_WHAT: Mapping[str, str] = {
    "deep": "a process deep in a tree",
    "middle": "a process in the middle of a tree",
    "own": "the process that asks",
    "root": "pid 1, whose parent is out of sight (PPid 0)",
    "names": "a process whose ancestors have nasty names",
    "moving": "a process whose parent lives",
    "inheriting": "a process with a subreaper above it",
    "moving: later": "the same process when its parent has ended",
    "inheriting: later": "the same process when its parent has ended",
    "zombie": "a zombie",
    "gone": "a number that no process has any more",
    "parent": "a process whose parent ended during the call",
    "grandparent": "a process whose grandparent ended during the call",
    "itself": "a process that ended during the call",
}
_NOT_TRACED = (
    " (that an ancestor ends in the middle of a call cannot be staged on this host: not observed)"
)


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: chains, names, new parents, ended, in the middle of a call."""
    facts = run.facts
    cases: Mapping[str, _Case] = {one["case"]: one for one in need(facts, "cases")}
    traceable = need(facts, "traceable")

    def ask(*names: str) -> Finding | None:
        return first(_answer(cases, name, hints) for name in names)

    chains = fact(
        "up to the root",
        1,
        expected="the process, its parent, and so on, up to the one whose PPid is 0",
        good=f"right, with up to {_longest(cases)} generations",
        finding=ask("deep", "middle", "own", "moving", "inheriting", "root"),
        manual="proc_pid_status(5), PPid; pid_namespaces(7)",
    )
    others = [
        fact(
            "names",
            0.5,
            expected="whatever the names of the ancestors are",
            good="not fooled by any name",
            finding=ask("names"),
            manual="proc_pid_stat(5), field 2 comm",
        ),
        fact(
            "new parents",
            0.75 if traceable else 1.5,
            expected="the parents that they have now: init, or a subreaper"
            + ("" if traceable else _NOT_TRACED),
            good="right after their parents had ended" + ("" if traceable else _NOT_TRACED),
            finding=ask("moving: later", "inheriting: later"),
            manual="getppid(2); PR_SET_CHILD_SUBREAPER(2const)",
        ),
        fact(
            "ended",
            0.5,
            expected="the ancestors of a zombie too; an empty list for nobody",
            good="right for both",
            finding=ask("zombie", "gone"),
            manual="proc_pid_stat(5), field 4 ppid",
        ),
    ]
    if traceable:
        others.append(
            fact(
                "in the middle of a call",
                0.75,
                expected="a chain as it was at one moment, also when a part of it ends meanwhile",
                good=_good(facts.get("interrupted", [])),
                finding=_interrupted(cases, facts.get("interrupted", []), hints),
                manual="proc(5)",
            )
        )
    return [chains, *gated(others, by=chains, until="until the quiet chains are right")]


def _longest(cases: Mapping[str, _Case]) -> int:
    return max((len(case["was"]) for case in cases.values()), default=0)


def _good(interrupted: Sequence[_Case]) -> str:
    hits = sum(bool(case["hit"]) for case in interrupted)
    if not hits:
        return "right; your function does not open these files itself, so nothing came in between"
    return (
        f"right, though {plural(hits, 'process', 'processes')} vanished right after your "
        "function had opened a file of it"
    )


def _answer(cases: Mapping[str, _Case], name: str, hints: Hints) -> Finding | None:
    if name in cases:
        return _wrong(cases[name], hints)
    if name == "root" and "own" in cases:
        return None  # where there is no pid namespace it is not ours to ask about
    if _cut_short(cases):
        return Finding(seen="not asked: a call before this one did not come back")
    raise Missing(f"the scene did not ask about {name!r}")


def _cut_short(cases: Mapping[str, _Case]) -> bool:
    last = list(cases.values())[-1] if cases else None
    return last is not None and last["call"]["kind"] in ("timeout", "gone")


def _wrong(case: _Case, hints: Hints) -> Finding | None:
    kind, call = case["case"], f"ancestry({case['pid']})"
    hint = hints[2] if kind in ("parent", "grandparent", "itself") else hints[1]
    problem = call_finding(case["call"], call)
    if problem is not None:
        nasty = kind == "names"
        why = problem.why
        if case["call"]["kind"] == "timeout" and case["call"].get("state") == "R":
            why = "the loop does not end at the root: its PPid is 0, and there is no /proc/0"
        elif _vanishing(kind):
            why = "between two steps anybody may end, also after its file was opened"
        return Finding(
            seen=f"{problem.seen}, for {_WHAT[kind]}",
            why="the name of a process may hold blanks and parentheses" if nasty else why,
            misconception="M3.12" if nasty else _vanishing(kind),
            hint=hint,
        )
    given = case["call"]["value"]
    if isinstance(given, (list, tuple)) and list(given) in (case["was"], case["now"]):
        return None
    seen = f"{call} is {short(given)}, for {_WHAT[kind]}; right is {case['now']}"
    if case["now"] != case["was"]:
        seen += f" (or {case['was']})"
    if not isinstance(given, (list, tuple)):
        return Finding(seen=seen, why="return a list of pids", hint=hints[0])
    misconception, why = _why(case, list(given))
    return Finding(seen=seen, why=why, misconception=misconception, hint=hint)


def _vanishing(kind: str) -> str | None:
    return "M2.10" if kind in ("parent", "grandparent", "itself") else None


def _why(case: _Case, given: list[Any]) -> tuple[str | None, str]:
    """The likely idea behind a wrong chain."""
    kind, now = case["case"], case["now"]
    if kind == "names":
        return "M3.12", "the name of a process may hold blanks and parentheses"
    if kind.endswith(": later"):
        return "M2.9", "the parent is looked up when you ask: when it ends, another one takes over"
    if _vanishing(kind):
        return "M2.10", (
            "each file tells of the moment in which it is read; a chain of several readings can be "
            "one that never was"
        )
    if kind == "gone":
        return None, "nobody has this number: the list is empty"
    if given == [*now, 0]:
        return None, "0 is no process: it says that the parent is outside, or that there is none"
    if given and given == now[1:]:
        return None, "the list begins with the process itself"
    if given == now[::-1]:
        return None, "the list begins with the process itself, and ends with the root"
    if given == now[: len(given)]:
        return None, "it goes on upwards from there, until the PPid is 0"
    return None, ""


def _interrupted(
    cases: Mapping[str, _Case], interrupted: Sequence[_Case], hints: Hints
) -> Finding | None:
    for case in interrupted:
        found = _wrong(case, hints)
        if found is not None:
            return found
        if not case["traced"]:
            return Finding(
                seen="the calls could not be interrupted",
                why="the processes of the check that do that were ended or stopped, or your "
                "process hides from them",
            )
    if len(interrupted) < 3:
        if _cut_short(cases):
            return Finding(seen="not asked: a call before this one did not come back")
        raise Missing("the scene did not interrupt three calls")
    return None
