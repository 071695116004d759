"""Judge 2.2: was the child in the state that was asked for, and did it stay there?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import (
    STATES,
    Finding,
    Missing,
    call_finding,
    fact,
    gated,
    need,
    short,
)
from lessonkit.checks.forking.common import Hints, fell_through, first, shown
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Round = Mapping[str, Any]

FEWEST_LOOKS = 20
STEADY = 0.9

_NAMES = {"S": "asleep", "R": "runnable", "T": "stopped", "Z": "zombie", "D": "uninterruptible"}
_MANUALS = {
    "S": "proc_pid_stat(5), field 3 state",
    "R": "proc_pid_stat(5), field 3 state; sched(7)",
    "T": "signal(7), section Standard signals: SIGSTOP",
    "Z": "wait(2), section NOTES",
    "D": "vfork(2), section DESCRIPTION",
}
_EXPECTED = {
    "S": "a child that waits for something",
    "R": "a child that always has something to do, whether a processor is free or not",
    "T": "a child that a signal has stopped",
    "Z": "a child that has ended and that nobody has asked about",
    "D": "a child that waits in the kernel and that an ordinary signal does not wake",
}
_WHY: Mapping[tuple[str, str], tuple[str | None, str]] = {
    ("R", "S"): (
        "M2.12",
        "a process that sleeps again and again, however briefly, is asleep nearly all of its time",
    ),
    ("T", "S"): (
        "M2.13",
        "a process that sleeps waits for something of its own; stopped it is by a signal: SIGSTOP, "
        "or SIGTSTP where somebody could continue it (not in an orphaned process group)",
    ),
    ("T", "t"): (None, "t is another state: a tracer has stopped it"),
    ("Z", "z"): ("M2.15", "its main thread has ended, another one runs: it has not ended yet"),
    ("Z", "S"): ("M3.2", "a zombie does not sleep: it has ended, and only its entry is left"),
    ("D", "S"): ("M2.5", "most waiting is interruptible: state S"),
    ("D", "T"): ("M2.5", "D is not stopped: it waits in the kernel, and goes on by itself"),
    ("D", "Z"): ("M2.5", "D is not dead: it waits in the kernel"),
    ("S", "R"): (None, "it is at work: it asks again and again instead of waiting"),
}

_IS = {
    "R": "it is at work: nothing holds it",
    "S": "it waits for something, and an ordinary signal could wake it up",
    "Z": "it has ended: what it was to do came to its end, or failed",
    "T": "it was stopped by a signal, and waits for SIGCONT",
}
"""Where no particular idea is behind it."""


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: one for each state, and nothing else."""
    rounds: Sequence[_Round] = need(run.facts, "rounds")
    states = [
        fact(
            f"{letter}: {name}",
            0.5,
            expected=f"{_EXPECTED[letter]}: state {letter}, each of {FEWEST_LOOKS} times",
            good=f"state {letter} all the time",
            finding=_pose(letter, rounds, hints),
            manual=_MANUALS[letter],
        )
        for letter, name in _NAMES.items()
    ]
    nothing = fact(
        "nothing else",
        0.5,
        expected="one child for each call (and what is below it), and the earlier ones as before",
        good="nobody else",
        finding=_nothing_else(run, rounds, hints),
        manual="fork(2)",
    )
    enough = next((f for f in states if not f.ok), states[0])
    if sum(bool(f.ok) for f in states) >= 3:
        enough = next(f for f in states if f.ok)
    return [*states, *gated([nothing], by=enough, until="until three of the states are right")]


def _pose(letter: str, rounds: Sequence[_Round], hints: Hints) -> Finding | None:
    asked = [one for one in rounds if one["letter"] == letter]
    if not asked:
        return _not_asked(rounds)
    return first(_one(one, letter, hints) for one in asked)


def _not_asked(rounds: Sequence[_Round]) -> Finding:
    last = rounds[-1]["call"]["kind"] if rounds else ""
    if last not in ("timeout", "gone"):
        raise Missing("the scene did not ask for every state")
    return Finding(seen="not asked: a call before this one did not come back")


def _one(this: _Round, letter: str, hints: Hints) -> Finding | None:
    call = f"make_state({letter!r})"
    hint = hints[2] if letter == "D" else hints[1]
    problem = call_finding(this["call"], call, blocks="return the pid while the child is there")
    if problem is not None:
        return Finding(seen=problem.seen, why=problem.why, hint=hint)
    pid, seen = this["call"]["value"], this["seen"]
    if not isinstance(pid, int) or isinstance(pid, bool):
        return Finding(seen=f"{call} returned {short(pid)}", why="return the pid of the child")
    if len(seen) < FEWEST_LOOKS:
        there = next((p for p in this["new"] if p["pid"] == pid), None)
        if seen or there is not None:
            parent = f", a child of pid {there['ppid']}" if there else ""
            return Finding(
                seen=f"{call}: pid {pid}{parent} did not stay a child of your process", hint=hint
            )
        found = f"; new is {shown(this['new'])}" if this["new"] else "; there is no new process"
        collected = letter == "Z" and not this["new"]
        return Finding(
            seen=f"{call}: pid {pid} is no new process{found}",
            why="who waits for a zombie takes it away" if collected else "",
            misconception="M3.10" if collected else None,
            hint=hint,
        )
    if seen.count(letter) >= STEADY * len(seen):
        return None
    counts: list[tuple[str, int]] = Counter(str(seen)).most_common()
    text = ", ".join(
        f"{count} times {state} ({STATES.get(state, '?')})"
        for state, count in ((state.replace("z", "Z"), count) for state, count in counts)
    )
    misconception, why = _WHY.get((letter, counts[0][0]), (None, _IS.get(counts[0][0], "")))
    if counts[0][0] == letter:
        misconception, why = None, "it does not stay in that state all the time"
        if letter == "R":
            misconception, why = _WHY["R", "S"]
    return Finding(
        seen=f"{call}: pid {pid} was seen {text}",
        why=why,
        misconception=misconception,
        hint=hint,
    )


def _nothing_else(run: Run, rounds: Sequence[_Round], hints: Hints) -> Finding | None:
    for this in rounds:
        call = f"make_state({this['letter']!r})"
        found = fell_through(this["call"], call, hints[0])
        if found is not None:
            return found
        if this["others"]:
            return Finding(seen=f"{call}: there is also {shown(this['others'])}", hint=hints[0])
        helpers = [p for p in this["new"] if p["pid"] != this["call"]["value"]]
        if helpers and this["letter"] != "D":
            return Finding(
                seen=f"{call}: the child is not alone, there is also {shown(helpers)}",
                why="only for D another process may be needed",
            )
    if "kept" not in run.facts:
        return _not_asked(rounds)
    for child in run.facts["kept"]:
        if child["state"] != child["letter"]:
            now = "is gone" if child["state"] is None else f"is in state {child['state']} now"
            return Finding(
                seen=f"the child for {child['letter']} (pid {child['pid']}) {now}",
                why="a child that was asked for stays as it is until somebody ends it",
            )
    return None
