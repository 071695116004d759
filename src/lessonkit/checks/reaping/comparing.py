"""Judge 6.8: what each of eight ways leaves, against what the kernel showed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, Missing, call_finding, fact, gated, need, plural, short
from lessonkit.records import Fact, Run

__all__ = ["looks"]

CASES = 8
_One = Mapping[str, Any]
_Hints = tuple[str, str, str]
_CALL = "compare(case)"


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: one for each key of the answer."""
    cases: Sequence[_One] = need(run.facts, "cases")
    unfinished = None
    if len(cases) < CASES:
        unfinished = call_finding(cases[-1]["call"], _CALL)
        if unfinished is None:
            raise Missing(f"the scene wrote down {len(cases)} of {CASES} ways")
    texts = {
        "zombies": ("how many zombies there are when all is quiet", 0.75, "wait(2), section NOTES"),
        "runs": (
            "how often a handler has run",
            0.5,
            "signal(7), section Queueing and delivery semantics for standard signals",
        ),
        "known": ("of how many own children the code is known", 0.5, "wait(2), section NOTES"),
        "library": (
            "how many codes are still there for the library",
            0.5,
            "wait(2), section DESCRIPTION: the value of pid",
        ),
        "busy": ("whether it uses the CPU all the time", 0.25, "wait(2), WNOHANG"),
    }
    facts = [
        fact(
            key,
            points,
            expected=f"{text}, for all {CASES} ways",
            good=f"{plural(len(cases), 'way')}, all as the kernel showed it",
            finding=next((f for f in (_wrong(one, key, hints) for one in cases) if f), None)
            or unfinished,
            manual=manual,
        )
        for key, (text, points, manual) in texts.items()
    ]
    return [facts[0], *gated(facts[1:], by=facts[0], until="until the zombies are right")]


def _wrong(one: _One, key: str, hints: _Hints) -> Finding | None:
    case, truth = one["case"], one["truth"]
    problem = call_finding(one["call"], f"compare({case})")
    if problem is not None:
        return problem
    value = one["call"]["value"]
    if not isinstance(value, dict) or key not in value:
        return Finding(
            seen=f"{_CALL} returned {short(value)}",
            why='return a dict with "runs", "zombies", "known", "library" and "busy"',
        )
    told, actual = value[key], truth[key]
    if type(told) is type(actual) and told == actual:
        return None
    misconception, why, hint = _WHY[key](case, told)
    if isinstance(told, (bool, int, float)) and told == actual:
        kind = "True or False" if key == "busy" else "a whole number"
        misconception, why = None, f"the same, but not as asked for: {key} is {kind}"
    return Finding(
        seen=f"way {case['way']}, {case['ended']} of {case['own']} own and {case['library']} of "
        f"the library's ended: {key} is {actual}, and not {short(told, 40)}",
        why=why,
        misconception=misconception,
        hint=hints[hint],
    )


_Why = tuple[str | None, str, int]


def _zombies(case: _One, told: Any) -> _Why:
    way = case["way"]
    if way == "B":
        return "M3.7", "SIG_IGN lets the kernel drop every child at once, status and all", 1
    if way == "C":
        return "M6.1", "one SIGCHLD for all of them, one run, one waitpid: one child collected", 0
    if way in "EH":
        return "M6.5", "it asks for its own children only: the library's stay until it asks", 2
    if way == "A":
        return "M3.7", "nobody waits, and SIGCHLD at its default only means that nobody hears it", 1
    return "M6.5", "-1 is any child of the process, whoever has started it", 2


def _runs(case: _One, told: Any) -> _Why:
    if case["way"] in "CDE":
        return "M6.1", "a signal is pending once, however often it was sent meanwhile", 0
    return None, "there is no handler", 0


def _known(case: _One, told: Any) -> _Why:
    way = case["way"]
    if way == "B":
        return "M3.7", "the codes are thrown away with the children", 1
    if way == "A":
        return "M3.10", "a code is known to who has waited", 1
    if way == "C":
        return "M6.1", "one run, one waitpid, one code", 0
    return None, "who has collected a child knows its code", 1


def _library(case: _One, told: Any) -> _Why:
    if case["way"] == "B":
        return "M3.7", "SIG_IGN is for the whole process: the library's children vanish too", 1
    if case["way"] in "DFG":
        return "M6.5", "waitpid(-1) has taken them: their codes can be had only once", 2
    return "M6.5", "nobody has taken the library's children: they are there, as zombies", 2


def _busy(case: _One, told: Any) -> _Why:
    if case["way"] == "F":
        return "M3.10", "WNOHANG comes back at once, and the loop asks again", 2
    return "M3.10", "the kernel wakes it up when a child ends; until then it sleeps", 2


_WHY: Mapping[str, Callable[[_One, Any], _Why]] = {
    "zombies": _zombies,
    "runs": _runs,
    "known": _known,
    "library": _library,
    "busy": _busy,
}
