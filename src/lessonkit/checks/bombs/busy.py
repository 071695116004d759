"""Say whether a process was at work all the time, also on a host that had little time for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["is_busy"]

LEAST_CPU_SECONDS = 0.05
LEAST_LOOKS = 8
AT_WORK = 0.8


def is_busy(
    call: Mapping[str, Any], looks: Sequence[int], share: float, *, own: float | None
) -> bool:
    """True if the call used more than this share of its time on the processor, or wanted to.

    looks: in how many looks the process was in state R, and how many there were. Whoever asks again
    and again is always in state R, even if others have the processor.
    own: the part that it used of the time in which it had not to wait for them (`Turns.own`); None
    if nobody knows. Whoever asks again and again has used nearly all of it.
    """
    wall, cpu = call["wall_seconds"], call["cpu_seconds"]
    if cpu <= LEAST_CPU_SECONDS:
        return False
    at_work, total = looks
    wanted = total >= LEAST_LOOKS and at_work >= AT_WORK * total
    return cpu > share * wall or (wanted and (own is None or own > share))
