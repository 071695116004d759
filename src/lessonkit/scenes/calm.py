"""What counts as sleeping while nothing happens, for those who look and those who judge.

Imports nothing of the system: verdicts are read where nothing can be run, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = [
    "CALM_CPU_SECONDS",
    "CALM_READY_SECONDS",
    "CALM_SWITCHES",
    "QUIET_SECONDS",
    "is_calm",
]

QUIET_SECONDS = 0.6
"""How long a process is looked at."""

CALM_SWITCHES = 1
CALM_CPU_SECONDS = 0.05
"""In that time: who wakes up more often, or runs for so long, does not sleep."""

CALM_READY_SECONDS = 0.8 * QUIET_SECONDS
"""Who runs, or waits for a processor, for so long does not sleep either, on a busy host."""


def is_calm(moment: Mapping[str, Any]) -> bool:
    """True if a process slept in that moment of `lessonkit.scenes.reaping.bursts.quiet`."""
    return bool(
        moment["switches"] <= CALM_SWITCHES
        and moment["cpu_seconds"] < CALM_CPU_SECONDS
        and moment["ready_seconds"] < CALM_READY_SECONDS
    )
