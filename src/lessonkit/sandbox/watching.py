"""Let the client watch the processes of a box while its program runs.

The client asks, and init answers with the next of the snapshots that it takes anyway to
enforce limits: at most one is on its way, always a fresh one. So a slow client gets fewer of
them, and neither holds up init nor lets anything pile up.
"""

from __future__ import annotations

import dataclasses
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lessonkit.records import ProcessInfo, Snapshot
from lessonkit.sandbox.channel import send_frame

__all__ = ["ASK", "MOST_PROCESSES", "Watch", "message_of", "plain_process", "plain_snapshot"]

ASK = "look"
MOST_PROCESSES = 1000
_FIELDS = tuple(field.name for field in dataclasses.fields(ProcessInfo))


def message_of(snapshot: Snapshot, started: float) -> dict[str, Any]:
    """What init answers: rows instead of objects, a fifth of the size and of the time."""
    kept = snapshot.processes[:MOST_PROCESSES]
    return {
        "op": "snapshot",
        "at_seconds": snapshot.at_seconds - started,
        "rows": [[getattr(process, name) for name in _FIELDS] for process in kept],
        "left_out": len(snapshot.processes) - len(kept),
    }


def plain_process(process: ProcessInfo) -> dict[str, Any]:
    """The same as `to_json`, several times as fast: every field is plain but one."""
    data = {name: getattr(process, name) for name in _FIELDS}
    words = data["cmdline"]
    if words is not None:
        data["cmdline"] = list(words)
    return data


def plain_snapshot(snapshot: Snapshot | None) -> dict[str, Any] | None:
    """The same as `to_json` for a snapshot of a box."""
    if snapshot is None:
        return None
    return {
        "at_seconds": snapshot.at_seconds,
        "processes": [plain_process(process) for process in snapshot.processes],
        "left_out": snapshot.left_out,
    }


class Watch:
    """The client's side: ask at a steady pace, hand on what comes.

    dropped: how many snapshots were due and could not be had, because the last one was still
    on its way or being looked at.
    """

    def __init__(self, show: Callable[[Snapshot], object], seconds: float) -> None:
        self.dropped = 0
        self.next_at = float("inf")
        self._show = show
        self._seconds = seconds
        self._waiting = False
        self._first = True

    def begin(self) -> None:
        """The program is about to run: the first snapshot is due."""
        self.next_at = time.monotonic()

    def ask_if_due(self, sock: socket.socket) -> None:
        """Ask init for a snapshot, unless it is too early or the last answer is missing."""
        late = time.monotonic() - self.next_at
        if late < 0:
            return
        missed = int(late / self._seconds)
        self.next_at += (missed + 1) * self._seconds
        self.dropped += missed + self._waiting
        if not self._waiting:
            self._waiting = True
            with suppress(OSError):  # it has ended: the end of its socket tells
                send_frame(sock, {"op": ASK, "seconds": self._seconds, "now": self._first})
            self._first = False

    def take(self, message: dict[str, Any]) -> None:
        """Show the snapshot that init sent."""
        self._waiting = False
        rows = message["rows"]
        self._show(
            Snapshot(
                at_seconds=message["at_seconds"],
                processes=tuple(ProcessInfo(**dict(zip(_FIELDS, r, strict=True))) for r in rows),
                left_out=message["left_out"],
            )
        )
