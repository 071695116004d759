"""Judge 5.1: the answers against the numbers that were counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, short
from lessonkit.checks.forking.common import Hints, first, is_number
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Row = Mapping[str, Any]
_Case = Mapping[str, Any]

_WHAT: Mapping[str, tuple[str, float]] = {
    "double": ("everybody goes on", 0.5),
    "bomb": ("each forks two and ends", 0.75),
    "tree": ("each forks two and stays", 0.5),
    "loop": ("only the first one forks", 0.25),
    "relay": ("each forks one and ends", 0.5),
}

_LINEAR = (
    "M5.1",
    "whoever is there forks in the next round too: the number doubles, it does not grow by two",
)
_ENDED = (None, "whoever has forked its two ends: only the last generation is alive")
_STAYED = (None, "nobody ends here: all generations are alive, the first process too")
_TOTAL = (None, "forks are counted over all generations, also of those that have ended")
_FIRST = (None, "the first process was there before: it is alive, but nobody forked it")

_ALIVE: Mapping[str, Sequence[tuple[Callable[[int], int], tuple[str | None, str]]]] = {
    "double": [(lambda n: 2 * n, _LINEAR), (lambda n: n + 1, _LINEAR), (lambda n: n * n, _LINEAR)],
    "bomb": [
        (lambda n: 2 * n, _LINEAR),
        (lambda n: 2 * n + 1, _LINEAR),
        (lambda n: n * n, _LINEAR),
        (lambda n: 2 ** (n + 1) - 1, _ENDED),
        (lambda n: 2 ** (n + 1) - 2, _ENDED),
        (lambda n: 3**n, _ENDED),
    ],
    "tree": [(lambda n: 2 * n + 1, _LINEAR), (lambda n: 2 * n, _LINEAR), (lambda n: 2**n, _STAYED)],
    "loop": [(lambda n: 2**n, (None, "a child stays at once: it does not go on in the loop"))],
    "relay": [
        (lambda n: n + 1, (None, "whoever has forked ends: one is alive at a time")),
        (lambda n: 0, (None, "the last one forks nobody: it stays")),
    ],
}
_FORKED: Mapping[str, Sequence[tuple[Callable[[int], int], tuple[str | None, str]]]] = {
    "double": [(lambda n: n, _LINEAR), (lambda n: 2 * n, _LINEAR), (lambda n: 2**n, _FIRST)],
    "bomb": [
        (lambda n: 2 * n, _LINEAR),
        (lambda n: n * n, _LINEAR),
        (lambda n: 2**n, _TOTAL),
        (lambda n: 2**n - 1, _TOTAL),
        (lambda n: 2 ** (n + 1) - 1, _FIRST),
    ],
    "tree": [(lambda n: 2 * n, _LINEAR), (lambda n: 2**n, _TOTAL)],
    "loop": [(lambda n: n + 1, _FIRST)],
    "relay": [(lambda n: n + 1, _FIRST), (lambda n: 1, _TOTAL)],
}
"""The formulas that go with a wrong idea."""

_MANUAL = "fork(2), section DESCRIPTION"


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return one fact for each program, and one for the large numbers."""
    rows: Sequence[_Row] = need(run.facts, "counted")
    cases: Sequence[_Case] = need(run.facts, "cases")
    facts = {}
    for name, (what, points) in _WHAT.items():
        mine = [row for row in rows if row["program"] == name and not row["large"]]
        facts[name] = fact(
            f"{name}: {what}",
            points,
            expected=" and ".join(
                f"({row['alive']}, {row['forked']}) for n = {row['n']}"
                for row in sorted(mine, key=lambda row: int(row["n"]))
            ),
            good="as counted when the program was run",
            finding=first(_answer(row, cases, hints) for row in mine),
            manual=_MANUAL,
        )
    large = [row for row in rows if row["large"]]
    facts["large"] = fact(
        "large numbers",
        0.5,
        expected="the same for " + ", ".join(f"{r['program']}({r['n']})" for r in large),
        good="they go on as they began",
        finding=first(_answer(row, cases, hints) for row in large),
        manual=_MANUAL,
    )
    later = [facts["loop"], facts["relay"], facts["large"]]
    later = gated(later, by=facts["bomb"], until="until bomb is right")
    return [facts["double"], facts["bomb"], facts["tree"], *later]


def _answer(row: _Row, cases: Sequence[_Case], hints: Hints) -> Finding | None:
    name, n = row["program"], row["n"]
    call = f"population({name!r}, {n})"
    case = next((c for c in cases if (c["program"], c["n"]) == (name, n)), None)
    if case is None:
        return Finding(seen="not asked: a call before this one did not come back")
    problem = call_finding(case["call"], call)
    if problem is not None:
        return problem
    given = case["call"]["value"]
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        return Finding(seen=f"{call} is {short(given)}", why="return two numbers: (alive, forked)")
    alive, forked = given
    if not is_number(alive, row["alive"]):
        seen = f"{call}: {short(alive, 40)} alive, but {row['alive']} {_source(row)}"
        return _named(seen, alive, n, _said(name, 0, cases), _ALIVE[name], hints[0])
    if not is_number(forked, row["forked"]):
        seen = f"{call}: {short(forked, 40)} forks, but {row['forked']} {_source(row)}"
        return _named(seen, forked, n, _said(name, 1, cases), _FORKED[name], hints[1])
    return None


def _source(row: _Row) -> str:
    return "go on from those that were counted" if row["large"] else "were counted when it was run"


def _said(name: str, place: int, cases: Sequence[_Case]) -> dict[int, Any]:
    """What was answered for this program: n -> one of the two numbers."""
    values = {c["n"]: c["call"]["value"] for c in cases if c["program"] == name}
    pairs = {n: v for n, v in values.items() if isinstance(v, (tuple, list)) and len(v) == 2}
    return {n: v[place] for n, v in pairs.items()}


def _named(
    seen: str,
    given: Any,
    n: int,
    said: Mapping[int, Any],
    ideas: Sequence[tuple[Callable[[int], int], tuple[str | None, str]]],
    hint: str,
) -> Finding:
    """The finding, with the wrong idea whose formula gives just these numbers.

    For a small n several formulas can give the same: so the idea has to fit the others too,
    if there is one that does.
    """
    if not isinstance(given, int) or isinstance(given, bool):
        return Finding(seen=seen, why="return whole numbers")
    fitting = [(formula, idea) for formula, idea in ideas if given == formula(n)]
    everywhere = [pair for pair in fitting if all(v == pair[0](k) for k, v in said.items())]
    for _, (misconception, why) in everywhere or fitting:
        return Finding(seen=seen, why=why, misconception=misconception, hint=hint)
    return Finding(seen=seen, hint=hint)
