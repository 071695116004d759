"""Say in plain words what was expected, what was seen, and why that may be.

    fact("zombies", 1.5, expected="4 zombies", good="4 zombies", finding=found or None)

A `Finding` is what is wrong; no finding means that the fact is as expected.
"""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lessonkit.records import Fact

__all__ = [
    "Finding",
    "Missing",
    "at_line",
    "call_finding",
    "ending_text",
    "fact",
    "gated",
    "need",
    "pids_text",
    "plural",
    "short",
    "signal_name",
    "states_text",
    "stray_words",
]

STATES: Mapping[str, str] = {
    "R": "running",
    "S": "asleep",
    "D": "asleep, uninterruptibly",
    "T": "stopped",
    "t": "stopped by a tracer",
    "Z": "zombie",
    "X": "dead",
    "I": "idle",
}
"""Source: proc_pid_stat(5), field 3."""


_NOT_ASLEEP: Mapping[str, tuple[str, str]] = {
    "T": ("the process was stopped", "SIGSTOP and its like stop who gets them, until SIGCONT"),
    "Z": ("its main thread had ended", "another thread lives on, but nobody is left to return"),
}


class Missing(Exception):
    """The scene did not write down something that it should have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What was seen instead of what was expected, and the likely reason."""

    seen: str
    why: str = ""
    misconception: str | None = None
    hint: str = ""
    manual: str = ""


def need(facts: Mapping[str, Any], name: str) -> Any:
    """Return what the scene wrote down under *name*, or raise Missing."""
    try:
        return facts[name]
    except KeyError:
        raise Missing(f"the scene did not write down {name!r}") from None


def fact(
    name: str,
    points: float,
    *,
    expected: str,
    good: str,
    finding: Finding | None,
    manual: str = "",
    note: str = "",
) -> Fact:
    """Make a fact; *good* is what was seen when there is no finding.

    note: what could not be observed on this host. It stands behind what was seen when that is
    good, for then the rest is not always shown, and else behind what was expected.
    """
    if finding is None:
        seen = good + note
        return Fact(name=name, ok=True, points=points, expected=expected, seen=seen, manual=manual)
    return Fact(
        name=name,
        ok=False,
        points=points,
        expected=expected + note,
        seen=finding.seen,
        misconception=finding.misconception,
        why=finding.why,
        hint=finding.hint,
        manual=finding.manual or manual,
    )


def gated(facts: Iterable[Fact], *, by: Fact | None, until: str) -> list[Fact]:
    """Facts that an empty function would meet too count only once *by* holds.

    until: what has to be seen first, as in "until all zombies are found".
    """
    if by is not None and by.ok:
        return list(facts)
    return [
        replace(
            one,
            ok=False,
            seen=f"not counted yet, {until}",
            why="",
            misconception=None,
            hint="",
            manual="",
        )
        for one in facts
    ]


def call_finding(call: Mapping[str, Any], what: str, *, blocks: str = "") -> Finding | None:
    """Say why a call brought no value; None if it did.

    blocks: the likely reason when it slept until its time was up.
    """
    kind = call["kind"]
    if kind == "value":
        return None
    if kind == "error":
        error = call["error"]
        text = f"{error['type']}: {error['message']}" if error["message"] else error["type"]
        return Finding(seen=f"{what} raised {text}{at_line(error['traceback'])}")
    if kind == "timeout":
        wall, cpu = call["wall_seconds"], call["cpu_seconds"]
        if call.get("state") == "R":
            return Finding(
                seen=f"{what} was still busy after {wall:.0f} s ({cpu:.1f} s of CPU time)",
                why="it goes round in a loop that nothing ends",
            )
        if call.get("state") in _NOT_ASLEEP:
            was, why = _NOT_ASLEEP[call["state"]]
            return Finding(seen=f"{what} had not come back after {wall:.0f} s; {was}", why=why)
        return Finding(
            seen=f"{what} had not come back after {wall:.0f} s; it was asleep",
            why=blocks or "something that it calls waits for an event that does not come",
        )
    if kind == "gone":
        return Finding(
            seen=f"the process that ran {what} ended during the call "
            f"({ending_text(call['wait_status'])})",
            why="os._exit and a fatal signal end the process they hit: here it was the parent",
        )
    return Finding(
        seen=f"{what} returned something that cannot be compared: {call['problem']}",
        why="return numbers, strings, tuples, lists and dicts",
    )


def stray_words(*calls: Mapping[str, Any]) -> str:
    """ "; one of them had raised ValueError: no (line 7)", or "" if none of the copies had.

    calls: noted replies. A child that raises comes back through the function like one that returns.
    """
    errors = [error for call in calls for error in call.get("stray_errors", ())]
    if not errors:
        return ""
    who = "it" if sum(call["strays"] for call in calls) == 1 else "one of them"
    name, message = errors[0]["type"], _first_line(errors[0]["message"])
    return f"; {who} had raised {name}{message and f': {message}'}{at_line(errors[0]['traceback'])}"


def _first_line(text: str, limit: int = 160) -> str:
    """The first line of a text, cut when it is long."""
    line = text.partition("\n")[0]
    return line if len(line) <= limit else line[: limit - 3] + "..."


def at_line(traceback: str) -> str:
    """ " (line 7)" for the innermost line of the student's that the traceback names, or ""."""
    frames = re.findall(r'^  File "(.*)", line (\d+)', traceback, flags=re.MULTILINE)
    lines = [
        line
        for file, line in frames
        if "/lib/python" not in file and not file.startswith("<frozen")
    ]
    return f" (line {lines[-1]})" if lines else ""


def ending_text(wait_status: int | None) -> str:
    """How a process ended, in words. Source: wait(2)."""
    if wait_status is None:
        return "nobody knows how"
    if wait_status & 0x7F == 0:
        return f"exit code {wait_status >> 8 & 0xFF}"
    return f"ended by {signal_name(wait_status & 0x7F)}"


def signal_name(number: int) -> str:
    """ "SIGKILL" for 9; "signal 34" where there is no name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """ "1 zombie", "4 zombies"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def pids_text(pids: Sequence[int]) -> str:
    """ "pid 7" or "pids 7, 9, 12"; at most six of them."""
    shown = ", ".join(map(str, pids[:6])) + (", ..." if len(pids) > 6 else "")
    return f"{'pid' if len(pids) == 1 else 'pids'} {shown}"


def states_text(processes: Sequence[Mapping[str, Any]], one: str, many: str | None = None) -> str:
    """ "2 children in state S (asleep) and 1 child in state T (stopped)"."""
    counts = Counter(str(process["state"]) for process in processes)
    return " and ".join(
        f"{plural(count, one, many)} in state {state} ({STATES.get(state, '?')})"
        for state, count in sorted(counts.items())
    )


def short(value: object, limit: int = 120) -> str:
    """The value as Python writes it, cut when it is long."""
    try:
        text = repr(value)
    except ValueError:  # a number of thousands of digits: sys.set_int_max_str_digits
        text = f"a {type(value).__name__} that is too long to be written"
    return text if len(text) <= limit else text[: limit - 3] + "..."
