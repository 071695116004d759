"""Judge 4.4: what was predicted for each family, against what the kernel did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, Missing, call_finding, fact, gated, need, plural, short
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Hints = tuple[str, str, str]
_Case = Mapping[str, Any]

_EXPECTED = {
    "plain": "where nobody asked for orphans: init; and whoever still has its parent keeps it",
    "subreaper": "the nearest living ancestor that is a subreaper",
    "order": "one end after the other, each from what the ones before have left",
    "thread": "another thread of the same process, as long as there is one: the parent stays",
    "namespace": "never out of the pid namespace; with its pid 1 all of it ends",
}
_MANUALS = {
    "plain": "wait(2), section NOTES",
    "subreaper": "PR_SET_CHILD_SUBREAPER(2const); prctl(2), PR_SET_CHILD_SUBREAPER",
    "order": "PR_SET_CHILD_SUBREAPER(2const); prctl(2), PR_SET_CHILD_SUBREAPER",
    "thread": "pthreads(7); clone(2), CLONE_THREAD",
    "namespace": "pid_namespaces(7), section Adoption of orphaned children",
}
_POINTS = {"plain": 1.0, "subreaper": 1.0, "order": 0.5, "thread": 0.5, "namespace": 0.5}
_WITHOUT_NAMESPACES = {"plain": 1.0, "subreaper": 1.0, "order": 1.0, "thread": 0.5}
_NAMES = {
    "plain": "without a subreaper",
    "subreaper": "with subreapers",
    "order": "one after the other",
    "thread": "threads",
    "namespace": "pid namespaces",
}
_NOT_BUILT = " (families with pid namespaces cannot be built on this host: not observed)"
_FEWEST = {"plain": 4, "subreaper": 5, "order": 6, "thread": 2, "namespace": 3}


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: one for each kind of family."""
    cases: Sequence[_Case] = need(run.facts, "cases")
    namespaces = need(run.facts, "namespaces")
    points = _POINTS if namespaces else _WITHOUT_NAMESPACES
    facts = [_fact(kind, points[kind], cases, hints, namespaces) for kind in points]
    return [facts[0], *gated(facts[1:], by=facts[0], until="until the first kind is right")]


def _fact(
    kind: str, points: float, cases: Sequence[_Case], hints: _Hints, namespaces: bool
) -> Fact:
    asked = [case for case in cases if case["kind"] == kind]
    finding = next((f for f in (_wrong(case, hints) for case in asked) if f), None)
    if finding is None and len(asked) < _FEWEST[kind]:
        ended = call_finding(cases[-1]["call"], "new_parent(...)")
        if ended is None:
            raise Missing(f"the scene wrote down {len(asked)} families of the kind {kind!r}")
        finding = Finding(seen=f"not asked: {ended.seen}", why=ended.why)
    return fact(
        _NAMES[kind],
        points,
        expected=_EXPECTED[kind],
        good=f"{plural(len(asked), 'family', 'families')}, all as the kernel did it",
        finding=finding,
        manual=_MANUALS[kind],
        note=_NOT_BUILT if kind == "order" and not namespaces else "",
    )


def _wrong(case: _Case, hints: _Hints) -> Finding | None:
    problem = call_finding(case["call"], f"new_parent({_told(case)})")
    if problem is not None:
        return problem
    claim, after = case["call"]["value"], case["after"]
    if not isinstance(claim, dict):
        return Finding(
            seen=f"new_parent(...) returned {short(claim)}",
            why="return a dict: name -> name of the parent, of all who live afterwards",
        )
    for name, parent in after.items():
        if name not in claim:
            return Finding(
                seen=f"{_told(case)}: {name} is missing, and it lives",
                why="nobody dies because its parent did: no signal is sent to children",
                misconception="M4.4",
                hint=hints[0],
            )
        if claim[name] != parent:
            return _wrong_parent(case, name, claim[name], hints)
    extra = [name for name in claim if name not in after]
    if extra:
        killed = [name for name in extra if name in case["family"] and name not in case["ends"]]
        return Finding(
            seen=f"{_told(case)}: {short(extra[0])} is in the answer, and lives no more",
            why="when pid 1 of a pid namespace ends, the kernel kills all who are in it"
            if killed
            else "name those who live afterwards",
            misconception="M4.12" if killed else None,
            hint=hints[2] if killed else hints[0],
        )
    return None


def _wrong_parent(case: _Case, name: str, told: Any, hints: _Hints) -> Finding:
    family, actual = case["family"], case["after"][name]
    first = family[name]["parent"]
    seen = f"{_told(case)}: {name} has the parent {actual}, and not {short(told, 40)}"
    if family[name]["thread"]:
        return Finding(
            seen=seen,
            why="it belongs to the process, not to the thread that forked it: as long as that "
            "process has another thread, nothing changes",
            misconception="M4.13",
            hint=hints[2],
        )
    if actual == first:
        return Finding(
            seen=seen,
            why="its parent lives: only the children of the one that ended get a new parent, not "
            "their children",
            misconception="M4.3",
            hint=hints[0],
        )
    if told in case["ends"]:
        return Finding(
            seen=seen,
            why=f"{told} has ended by then: only the living adopt",
            hint=hints[1],
        )
    if case["kind"] == "namespace":
        return Finding(
            seen=seen,
            why="nobody leaves a pid namespace by being orphaned: its pid 1 is the last to ask",
            misconception="M4.12",
            hint=hints[2],
        )
    if told == "init":
        return Finding(
            seen=seen,
            why="on the way up to init there is a subreaper, and it lives",
            misconception="M4.1",
            hint=hints[1],
        )
    if told in _ancestors(family, name) and not family[told]["subreaper"]:
        return Finding(
            seen=seen,
            why=f"being the grandparent is no reason to adopt: {told} has not asked for orphans",
            misconception="M4.2",
            hint=hints[1],
        )
    return Finding(
        seen=seen,
        why="ancestors only, the living only, and the nearest that is a subreaper; nobody "
        "inherits that from a parent",
        hint=hints[1],
    )


def _ancestors(family: Mapping[str, Any], name: str) -> list[str]:
    """Its ancestors in the family as it was at first."""
    found: list[str] = []
    while (name := family[name]["parent"]) in family:
        found.append(name)
    return found


def _told(case: _Case) -> str:
    """The family in one line: "bob of ada, eve of bob; bob ends"."""
    words = []
    for name, one in case["family"].items():
        marks = [
            f"{'forked by a thread ' if one['thread'] else ''}of {one['parent']}",
            *(["a subreaper"] if one["subreaper"] else []),
            *(["pid 1 of a namespace"] if one["namespace"] else []),
        ]
        words.append(f"{name} ({', '.join(marks)})")
    return f"{', '.join(words)}; then ends {', then '.join(case['ends'])}"
