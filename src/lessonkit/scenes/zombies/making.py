"""Scene 3.1: call make_zombies and release, three times in one process.

Facts: `rounds`, one for each n that was tried, with what was there after each of the two
calls; the first round that goes wrong is the last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.later import waited_faults
from lessonkit.scenes.zombies.stage import (
    ask,
    at_rest,
    family,
    late_strays,
    loaded,
    over,
    steady,
)

__all__ = ["make_zombies"]

SETTLE_SECONDS = 1.0
"""How long children may take to die after make_zombies came back: the text promises it."""

BUSY_SECONDS = 5.0
"""The same while they are at work or wait for a CPU: a busy host is nobody's mistake."""


def make_zombies(box: Box) -> None:
    """Try one zombie, a few and some more, in random order."""
    if not loaded(box):
        return
    counts = [1, box.rng.randint(2, 4), box.rng.randint(5, 9)]
    box.rng.shuffle(counts)
    rounds: list[dict[str, Any]] = []
    for count in counts:
        this: dict[str, Any] = {"n": count}
        clean = _round(box, count, this)
        rounds.append(this)  # not before: a limit may end the run in the middle of a round
        box.fact("rounds", rounds)
        if not clean:
            return
    box.finish()


def _round(box: Box, count: int, this: dict[str, Any]) -> bool:
    """Play one round into *this*; False if another one would start from a mess."""
    old = {p.identity for p in box.snapshot().processes}
    adopted, forks = len(box.adopted), box.forks()
    faults = waited_faults(box)

    def new() -> list[ProcessInfo]:
        return [p for p in box.snapshot().processes if p.identity not in old]

    def all_there(now: list[ProcessInfo]) -> bool:
        return len(now) == count and all(p.is_zombie and p.ppid == box.student_pid for p in now)

    made, this["call"] = ask(box, None, count)
    if made.kind == "value":
        _settle(box, lambda: all_there(new()), new)
    # What is written down decides how it goes on, whatever happens meanwhile.
    there = new()
    this["made"] = family(there)
    this["adopted"] = len(box.adopted) - adopted
    this["sigchld_ignored"] = _ignores_sigchld(box)
    this["forked"] = _difference(box.forks(), forks)
    this["waited_faults"] = waited_faults(box) - faults
    if over(made):
        return False
    if made.handle is None or made.strays or not all_there(there):
        late_strays(this["call"], box.fixture("children", 0))  # whatever is asked, they are told
        return False
    released, this["release"] = ask(box, made.handle)
    if released.kind != "value":
        return False
    _settle(box, lambda: not new(), new)
    this["after"] = family(new())
    this["adopted_after"] = len(box.adopted) - adopted
    return not this["after"]


def _settle(
    box: Box, condition: Callable[[], bool], processes: Callable[[], list[ProcessInfo]]
) -> None:
    if not box.wait_until(steady(condition), SETTLE_SECONDS):
        box.wait_until(steady(lambda: condition() or at_rest(processes())), BUSY_SECONDS)


def _ignores_sigchld(box: Box) -> bool:
    mask = box.status_field(box.student_pid, "SigIgn")
    return mask is not None and bool(int(mask, 16) >> 16 & 1)


def _difference(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before
