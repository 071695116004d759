"""Judge 2.1: a line of /proc/PID/stat taken apart, against what init has read in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, Missing, call_finding, fact, gated, need, short
from lessonkit.checks.forking.common import Hints, first
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Case = Mapping[str, Any]

_TEXTS = ("comm", "state")
_KINDS: Mapping[str, Sequence[str]] = {
    "plain": ("asleep", "stopped", "zombie", "threads"),
    "blank": ("blank 0", "blank 1"),
    "parenthesis": tuple(f"parenthesis {i}" for i in range(5)),
    "past": ("gone", "since stopped", "since grown", "own"),
}
_FIELDS = {"state": 3, "ppid": 4, "num_threads": 20, "starttime": 22}
"""Source: proc_pid_stat(5)."""


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: plain lines, names with blanks, with parentheses, the text alone counts."""
    cases: Mapping[str, _Case] = {one["case"]: one for one in need(run.facts, "cases")}

    def ask(kind: str) -> Finding | None:
        return first(_answer(cases, name, hints) for name in _KINDS[kind])

    plain = fact(
        "plain lines",
        1,
        expected="pid, comm, state, ppid, num_threads and starttime, as they stand in the line",
        good="right for four: asleep, stopped, zombie, with threads",
        finding=ask("plain"),
        manual="proc_pid_stat(5)",
    )
    others = [
        fact(
            "names with blanks",
            0.5,
            expected="a blank in a name neither cuts it nor moves the fields behind it",
            good="right for both",
            finding=ask("blank"),
            manual="proc_pid_stat(5), field 2 comm",
        ),
        fact(
            "names with parentheses",
            1,
            expected="a parenthesis in a name does not end it: the last one of the line does",
            good="right for all five",
            finding=ask("parenthesis"),
            manual="proc_pid_stat(5), field 2 comm",
        ),
        fact(
            "the text alone",
            0.5,
            expected="what the line says, also when its process has ended or changed since",
            good="right for all four",
            finding=ask("past"),
            manual="proc_pid_stat(5)",
        ),
    ]
    return [plain, *gated(others, by=plain, until="until the plain lines are right")]


def _answer(cases: Mapping[str, _Case], name: str, hints: Hints) -> Finding | None:
    if name not in cases:
        last = list(cases.values())[-1] if cases else None
        if last is None or last["call"]["kind"] not in ("timeout", "gone"):
            raise Missing(f"the scene did not ask about {name!r}")
        return Finding(seen="not asked: a call before this one did not come back")
    case = cases[name]
    truth = case["truth"]
    call = f"parse_stat({_beginning(case['text'])})"
    nasty = name.startswith(("blank", "parenthesis"))
    hint = hints[2] if nasty else hints[0]
    problem = call_finding(case["call"], call)
    if problem is not None:
        if _looked_it_up(case["call"]):
            why = "the process is not as it was when the line was read: only the text counts"
            return Finding(seen=problem.seen, why=why, misconception="M2.10", hint=hints[1])
        return Finding(
            seen=problem.seen,
            why=_NAME_WHY if nasty else problem.why,
            misconception="M3.12" if nasty else None,
            hint=hint,
        )
    given = case["call"]["value"]
    if not isinstance(given, dict):
        return Finding(
            seen=f"{call} is {short(given)}", why="return a dict with the six keys", hint=hints[0]
        )
    for key, right in truth.items():
        if key not in given:
            return Finding(seen=f"{call} has no key {key!r}: {short(given)}", hint=hints[0])
        if _same(key, given[key], right):
            continue
        seen = f"{call}[{key!r}] is {short(given[key])}; {right!r} is right"
        if nasty:
            return Finding(seen=seen, why=_NAME_WHY, misconception="M3.12", hint=hint)
        if name in _KINDS["past"]:
            return Finding(seen=seen, why=_PAST_WHY, misconception="M2.10", hint=hints[1])
        why = _why(case["text"], key, given[key], right)
        return Finding(seen=seen, why=why, hint=hint)
    return None


_NAME_WHY = (
    "the name stands unquoted in the line and may hold blanks and parentheses; only behind its end "
    "can the fields be counted"
)
_PAST_WHY = (
    "the text was read before; what /proc says of this process now, if it is there, is another "
    "matter"
)


def _looked_it_up(call: Mapping[str, Any]) -> bool:
    """True if the call failed because a process is gone."""
    error = call["error"] or {}
    return error.get("type") in ("FileNotFoundError", "ProcessLookupError", "NotADirectoryError")


def _same(key: str, given: object, right: object) -> bool:
    if key in _TEXTS:
        return isinstance(given, str) and given == right
    return isinstance(given, int) and not isinstance(given, bool) and given == right


def _why(text: str, key: str, given: Any, right: object) -> str:
    """The likely reason for a wrong value of a plain line."""
    if isinstance(given, str) and key not in _TEXTS and given == str(right):
        return "these are the digits as text; a number is asked for"
    if key == "comm" and given == f"({right})":
        return "the parentheses around the name are no part of it"
    if key not in _FIELDS:
        return ""
    words = text.split()
    there = f"that is field {words.index(str(given)) + 1}; " if words.count(str(given)) == 1 else ""
    return f"{there}{key} is field {_FIELDS[key]} of the line, counted from 1"


def _beginning(text: str) -> str:
    """The line as far as it is interesting."""
    cut = text[: text.rfind(")") + 6].rstrip()
    return f'"{cut} ..."'
