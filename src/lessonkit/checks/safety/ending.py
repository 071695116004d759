"""Judge 0.2: the process ends by itself, with the exit code that was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import (
    STATES,
    Finding,
    Missing,
    call_finding,
    ending_text,
    fact,
    gated,
    need,
    plural,
    short,
    signal_name,
    stray_words,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

CALLS = 3
_End = Mapping[str, Any]
_Hints = tuple[str, str, str]


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: it ended each time, and with which code."""
    ends: Sequence[_End] = need(run.facts, "ends")
    alive = next((f for f in (_lives_on(one, hints) for one in ends) if f is not None), None)
    if alive is None and len(ends) < CALLS:
        raise Missing(f"the scene wrote down {len(ends)} of {CALLS} calls")
    over = fact(
        "the process ends",
        1,
        expected="goodbye(code) does not come back: the process that called it has ended",
        good=f"it ended, each of {len(ends)} times",
        finding=alive,
        manual="exit(3), section DESCRIPTION",
    )
    code = fact(
        "its exit code",
        1,
        expected="exit codes " + ", ".join(str(one["code"]) for one in ends),
        good="as asked for: init was its parent, and was told them by the kernel",
        finding=next((f for f in (_other_code(one, hints) for one in ends) if f), None),
        manual="exit(3), section DESCRIPTION; wait(2), WEXITSTATUS",
    )
    return [over, *gated([code], by=over, until="until the process ends")]


def _lives_on(one: _End, hints: _Hints) -> Finding | None:
    call, what = one["call"], f"goodbye({one['code']})"
    if call["kind"] == "gone" and one["wait_status"] is not None:
        return _copies(call, what, hints)
    if call["kind"] == "value" or call["kind"] == "bad":
        value = "" if call["kind"] == "bad" else f" with {short(call['value'])}"
        return Finding(
            seen=f"{what} came back{value}, and its process went on",
            why="return ends a function: its caller goes on. An exit code is not returned, it is "
            "what the kernel is told when the process ends",
            misconception="M0.4",
            hint=hints[0],
        )
    if call["kind"] == "gone":
        return Finding(seen=f"nobody knows how the process that ran {what} ended", hint=hints[1])
    if call["kind"] == "timeout":
        return Finding(
            seen=f"{call['wall_seconds']:.0f} s after {what} the process had not ended; it was "
            + STATES.get(call.get("state") or "", "still there"),
            why="it is to end by itself, at once; nothing else is to be waited for",
            hint=hints[1],
        )
    found = call_finding(call, what)
    if call["kind"] == "error" and found is not None:
        return Finding(
            seen=found.seen,
            why="an exception that nobody catches would end a program, but with a code of its own "
            "(1) and a traceback",
            hint=hints[1],
        )
    return found


def _copies(call: Mapping[str, Any], what: str, hints: _Hints) -> Finding | None:
    if not call["strays"]:
        return None
    return Finding(
        seen=f"the process ended; but {plural(call['strays'], 'copy', 'copies')} of it came back "
        f"from {what}{stray_words(call)}",
        why="a child that is not ended runs on behind the fork",
        misconception="M3.11",
        hint=hints[1],
    )


def _other_code(one: _End, hints: _Hints) -> Finding | None:
    status = one["wait_status"]
    if status is None or status == one["code"] << 8:
        return None
    what = f"after goodbye({one['code']})"
    if status & 0x7F:
        return Finding(
            seen=f"{what}: ended by {signal_name(status & 0x7F)}",
            why="what a signal ends has no exit code. Let the process end by itself",
            hint=hints[1],
        )
    return Finding(
        seen=f"{what}: {ending_text(status)}",
        why="the code is the argument of the function, another one in each call",
        hint=hints[2],
    )
