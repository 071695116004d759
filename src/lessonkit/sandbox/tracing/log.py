"""Keep what was seen, as events in order of time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lessonkit.records import Event, EventKind

__all__ = ["Log"]


class Log:
    """The events so far, at most *limit*; later ones only set `truncated`."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self.limit = limit
        self.clock = clock
        self.truncated = False
        self._entries: list[dict[str, Any]] = []

    def add(
        self, kind: EventKind, pid: int, *, at: float | None = None, **fields: Any
    ) -> dict[str, Any]:
        """Note one event, now unless *at* says when. The entry returned may be corrected later."""
        fields["kind"] = kind
        fields["pid"] = pid
        if len(self._entries) < self.limit:
            fields["at_seconds"] = self.clock() if at is None else at
            self._entries.append(fields)
        else:
            self.truncated = True
        return fields

    def events(self, since: float = 0.0) -> list[Event]:
        """All events in order of time, counted from *since*."""
        ordered = sorted(self._entries, key=lambda entry: entry["at_seconds"])  # stable
        return [Event(**{**e, "at_seconds": e["at_seconds"] - since}) for e in ordered]
