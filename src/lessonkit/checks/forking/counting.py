"""Judge 1.3: the answers against the numbers that were counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, short
from lessonkit.checks.forking.common import Hints, first, is_number
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Case = Mapping[str, Any]

_WHAT: Mapping[str, str] = {
    "A": "fork in a loop",
    "B": "the child leaves the loop",
    "C": "the child forks once more and leaves the loop",
    "D": "fork and fork",
    "E": "exec behind the fork",
    "F": "fork and fork or fork",
}

_BOTH = (
    "M3.11",
    "a child is a copy that goes on behind the fork, in the loop too: in every round each process "
    "that is there forks",
)
_BREAK = (None, "`break` takes the child out of the loop: it forks no more")
_ZERO = (
    "M1.3",
    "in the child, fork returns 0, which counts as False: `and` stops there, `or` goes on",
)
_INNER = (None, "the child forks once more before it leaves the loop: two new processes a round")
_ROUND = (None, "`range(n)` gives n rounds")
_EXEC = ("M1.7", "exec does not come back: its process runs another program, which has no loop")

_IDEAS: Mapping[str, Sequence[tuple[Callable[[int], int], tuple[str | None, str]]]] = {
    "A": [
        (lambda n: 2 * n, _BOTH),
        (lambda n: n + 1, _BOTH),
        (lambda n: n, _BOTH),
        (lambda n: 2 ** (n - 1), _ROUND),
        (lambda n: 2 ** (n + 1), _ROUND),
    ],
    "B": [(lambda n: 2**n, _BREAK), (lambda n: n + 2, _ROUND)],
    "C": [
        (lambda n: 2**n, _BREAK),
        (lambda n: 2**n + 1, _BREAK),
        (lambda n: 4**n, _BREAK),
        (lambda n: n + 1, _INNER),
        (lambda n: n, _INNER),
        (lambda n: 2 * n - 1, _ROUND),
    ],
    "D": [
        (lambda n: 4**n, _ZERO),
        (lambda n: 2 * n + 1, _BOTH),
        (lambda n: 2 * n, _BOTH),
        (lambda n: 3 ** (n - 1), _ROUND),
    ],
    "E": [
        (lambda n: 2**n, _EXEC),
        (lambda n: n + 1, _EXEC),
        (lambda n: n, _EXEC),
        (lambda n: 2 * n, _EXEC),
    ],
    "F": [
        (lambda n: 4**n, _ZERO),
        (lambda n: 8**n, _ZERO),
        (lambda n: 3**n, _ZERO),
        (lambda n: 5 ** (n - 1), _ROUND),
    ],
}
"""The formulas that go with a wrong idea; it has to fit both answers."""


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return one fact for each program."""
    counted = {(one["program"], one["n"]): one["count"] for one in need(run.facts, "counted")}
    cases: Sequence[_Case] = need(run.facts, "cases")
    facts = {}
    for name, what in _WHAT.items():
        mine = {n: count for (program, n), count in counted.items() if program == name}
        facts[name] = fact(
            f"{name}: {what}",
            0.5,
            expected=" and ".join(f"{count} for n = {n}" for n, count in sorted(mine.items())),
            good="as counted when the program was run",
            finding=first(_answer(name, n, count, cases, hints) for n, count in mine.items()),
            manual=_MANUAL[name],
        )
    # Always to answer 2 is no insight.
    facts["E"] = gated([facts["E"]], by=facts["A"], until="until A is right")[0]
    return list(facts.values())


_MANUAL: Mapping[str, str] = {
    **dict.fromkeys("ABC", "fork(2), section DESCRIPTION"),
    **dict.fromkeys("DF", "fork(2), section RETURN VALUE"),
    "E": "execve(2), section RETURN VALUE",
}


def _answer(name: str, n: int, count: int, cases: Sequence[_Case], hints: Hints) -> Finding | None:
    case = next((c for c in cases if (c["program"], c["n"]) == (name, n)), None)
    call = f"how_many({name!r}, {n})"
    if case is None:
        return Finding(seen="not asked: a call before this one did not come back")
    problem = call_finding(case["call"], call)
    if problem is not None:
        return problem
    given = case["call"]["value"]
    if is_number(given, count):
        return None
    seen = f"{call} is {short(given)}, but {count} processes were there when it was run"
    if not isinstance(given, int) or isinstance(given, bool):
        return Finding(seen=seen, why="return a whole number")
    answers = {c["n"]: c["call"]["value"] for c in cases if c["program"] == name}
    for formula, (misconception, why) in _IDEAS[name]:
        if all(is_number(said, formula(asked)) for asked, said in answers.items()):
            return Finding(seen=seen, why=why, misconception=misconception, hint=hints[1])
    if given == count - 1:
        return Finding(seen=seen, why="the first process counts as well", hint=hints[0])
    return Finding(seen=seen, hint=hints[0])
