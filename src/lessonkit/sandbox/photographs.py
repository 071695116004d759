"""Photograph the processes of a box at a steady pace, without touching them.

Kept only when something changed since the last photograph. What is born and reaped
between two of them is missed; how many that were, the kernel's pid counter tells.
"""

from __future__ import annotations

from lessonkit.records import Snapshot
from lessonkit.sandbox.keeper import Keeper

__all__ = ["Photographs"]

MOST_KEPT = 2000


class Photographs:
    """The snapshots of one run, oldest first; `wanted` is False when none were asked for."""

    def __init__(self, keeper: Keeper, sample_seconds: float | None) -> None:
        self.wanted = sample_seconds is not None
        self.kept: list[Snapshot] = []
        self.truncated = False
        self._last: tuple[tuple[object, ...], ...] = ()
        if sample_seconds is not None:
            keeper.sample_seconds = sample_seconds
            keeper.on_sample = self._keep

    def _keep(self, snapshot: Snapshot) -> None:
        shape = tuple((*p.identity, p.ppid, p.state, p.comm) for p in snapshot.processes)
        if shape == self._last:
            return
        if len(self.kept) >= MOST_KEPT:
            self.truncated = True
            return
        self._last = shape
        self.kept.append(snapshot)
