"""Judge 1.7: the memory that a process has for itself, as the kernel counts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, short
from lessonkit.checks.forking.common import Hints, first
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Case = Mapping[str, Any]

SLACK_KIB = 256
SLACK_PART = 0.05

_WHAT: Mapping[str, str] = {
    "reader": "a child that has read all of the block and written nothing",
    "repeater": "a child that has written to the same few pages again and again",
    "writer": "a child that has written to a part of the block",
    "another writer": "a child that has written to another part",
    "later": "the first writer, which has written more since you were asked",
    "zombie": "a zombie, which has no memory any more",
    "gone": "a pid that no process has any more",
}


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: writers, readers, later, ended."""
    cases: Mapping[str, _Case] = {one["case"]: one for one in need(run.facts, "cases")}

    def ask(*names: str) -> Finding | None:
        return first(_answer(cases, name, hints) for name in names)

    writers = fact(
        "what was written",
        1,
        expected=f"the KiB of both writers ({_truth(cases, 'writer', 'another writer')}), to "
        f"{SLACK_PART:.0%} and {SLACK_KIB} KiB",
        good=f"right, though both have a resident size of {_resident(cases)} KiB",
        finding=ask("writer", "another writer"),
        manual="proc_pid_smaps(5), Private_Clean and Private_Dirty",
    )
    others = [
        fact(
            "what was only read",
            1,
            expected="next to nothing for who only reads, or writes to the same page again "
            f"({_truth(cases, 'reader', 'repeater')} KiB)",
            good="right for both",
            finding=ask("reader", "repeater"),
            manual="fork(2), section NOTES: copy-on-write",
        ),
        fact(
            "written later",
            0.5,
            expected=f"more when it has written more ({_truth(cases, 'later')} KiB)",
            good="right",
            finding=ask("later"),
            manual="fork(2), section NOTES: copy-on-write",
        ),
        fact(
            "ended",
            0.5,
            expected="0 for a zombie and for a pid that is gone; the zombie is left to its parent",
            good="0, and the zombie is still there",
            finding=ask("zombie", "gone") or _zombie(run.facts),
            manual="proc_pid_smaps(5); wait(2), section NOTES",
        ),
    ]
    return [writers, *gated(others, by=writers, until="until the writers are right")]


def _truth(cases: Mapping[str, _Case], *names: str) -> str:
    known = [str(cases[name]["own_kib"]) for name in names if name in cases]
    return " and ".join(known) or "not asked"


def _resident(cases: Mapping[str, _Case]) -> str:
    return str(cases["writer"]["rss_kib"]) if "writer" in cases else "?"


def _answer(cases: Mapping[str, _Case], name: str, hints: Hints) -> Finding | None:
    if name not in cases:
        return Finding(seen="not asked: a call before this one did not come back")
    case = cases[name]
    call = f"own_kib({case['pid']})"
    problem = call_finding(case["call"], call)
    if problem is not None:
        return Finding(
            seen=f"{problem.seen}, for {_WHAT[name]}", why=problem.why, hint=_hint(name, hints)
        )
    given = case["call"]["value"]
    if name in ("zombie", "gone"):
        if _is_number(given) and given == 0:
            return None
        return Finding(seen=f"{call} is {short(given)}, for {_WHAT[name]}", hint=hints[2])
    own = case["own_kib"]
    if own is None:
        return Finding(
            seen=f"pid {case['pid']}, {_WHAT[name]}, could not be looked at",
            why="it was ended, or the process of the check that looks was",
        )
    if _is_number(given) and abs(given - own) <= SLACK_KIB + SLACK_PART * own:
        return None
    seen = f"{call} is {short(given)}, but {own} KiB are its own: {_WHAT[name]}"
    if not _is_number(given):
        return Finding(seen=seen, why="return a number", hint=hints[1])
    known = [
        (cases[one]["call"]["value"], cases[one]["own_kib"] or 0)
        for one in ("writer", "another writer")
        if one in cases
    ]
    misconception, why = _wrong(given, own, case["rss_kib"] or 0, known)
    return Finding(seen=seen, why=why, misconception=misconception, hint=_hint(name, hints))


def _hint(name: str, hints: Hints) -> str:
    return hints[2] if name in ("zombie", "gone") else hints[0]


def _is_number(given: object) -> bool:
    return isinstance(given, (int, float)) and not isinstance(given, bool)


def _wrong(
    given: float, own: int, resident: int, known: Sequence[tuple[Any, int]]
) -> tuple[str | None, str]:
    if isinstance(given, int) and given.bit_length() > 60:
        return None, "no process has that much memory"

    def near(value: float) -> bool:
        return value > 0 and abs(given - value) <= 0.1 * value

    if near(resident) or (given > 1.3 * own and near(resident - own)):
        return "M1.8", (
            "the resident size counts pages that are shared with the parent too: fork copies the "
            "page table, and a page only when somebody writes to it"
        )
    if near(own * 1024):
        return None, "these are bytes; KiB are asked for"
    for unit, text in ((1 / 4, "pages of 4 KiB"), (1 / 1024, "MiB")):
        # A chance could make one number fit; so all writers have to.
        if all(_is_number(said) and abs(said - unit * o) <= 0.05 * unit * o for said, o in known):
            return None, f"these are {text}; KiB are asked for"
    return None, "own is what no other process maps: not what it shares, nor a part of that"


def _zombie(facts: Mapping[str, Any]) -> Finding | None:
    if need(facts, "zombie_left"):
        return None
    return Finding(
        seen="the zombie is gone: it was collected by a wait call",
        why="asking must not take the exit code away from whoever waits for it",
        misconception="M3.10",
    )
