"""Sort the events of a timeline by process: one lane per life, placed along the time axis.

Text and SVG draw the same lanes, so both say the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lessonkit.records import Event, Timeline

__all__ = ["LETTERS", "Lane", "column_at", "lanes", "moments", "place", "program_name"]

_Finder = Callable[[int], "Lane"]

# Of several things at one place the last of these is shown.
LETTERS = {
    "send": "s",
    "signal": "S",
    "stop": "T",
    "continue": "C",
    "fork": "F",
    "exec": "E",
    "reparent": "^",
    "wait": "W",
    "exit": "X",
    "kill": "K",
    "reap": "R",
}
_OWN = {"exec", "send", "signal", "stop", "continue", "reparent"}


@dataclass(kw_only=True, slots=True)
class Lane:
    """The life of one process. A time is None when the timeline does not show the moment.

    names: what it ran, in order; the first is what it was born with.
    parents: its parents, in order; empty if unknown.
    marks: (time, what): the keys of `LETTERS`; "kill": a signal ended it, "reap": it was
        reaped, "wait": it reaped a child.
    depth: 0 for those without a parent in the timeline, else one more than the parent.
    """

    pid: int
    names: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    born_at: float | None = None
    exec_at: float | None = None
    exit_at: float | None = None
    wait_status: int | None = None
    zombie_at: float | None = None
    reaped_at: float | None = None
    reaped_by: int | None = None
    is_thread: bool = False
    stops: list[tuple[float, float | None]] = field(default_factory=list)
    marks: list[tuple[float, str]] = field(default_factory=list)
    depth: int = 0

    @property
    def was_killed(self) -> bool:
        """True if a signal ended it."""
        return self.wait_status is not None and self.wait_status & 0x7F != 0

    @property
    def ended_at(self) -> float | None:
        """When it ended, if the timeline shows it."""
        return self.exit_at if self.exit_at is not None else self.zombie_at

    @property
    def left_as_zombie(self) -> bool:
        """True if it became a zombie and nobody reaped it while we looked."""
        return self.zombie_at is not None and self.reaped_at is None


def lanes(timeline: Timeline) -> list[Lane]:
    """Return one lane per process, parents before their children, siblings by birth.

    A pid that is used again gets a lane of its own. Threads have lanes too.
    """
    made: list[Lane] = []
    now: dict[int, Lane] = {}
    by_lane: dict[int, list[Lane]] = {}

    def lane(pid: int) -> Lane:
        if pid not in now:
            now[pid] = Lane(pid=pid)
            made.append(now[pid])
        return now[pid]

    for event in timeline.events:
        if event.kind == "fork" and event.child is not None:
            parent = lane(event.pid)
            parent.marks.append((event.at_seconds, "fork"))
            if event.child in now and now[event.child].ended_at is not None:
                del now[event.child]  # that one is gone; this is another with its number
            child = lane(event.child)
            child.born_at = event.at_seconds
            child.parents.append(event.pid)
            child.names += parent.names[-1:]
            child.is_thread = event.how == "thread"
            by_lane.setdefault(id(parent), []).append(child)
        else:
            known = event.pid in now
            _apply(event, lane)
            if event.kind == "start" and event.by and event.by != event.pid and not known:
                by_lane.setdefault(id(lane(event.by)), []).append(lane(event.pid))
    for pid, last in now.items():
        if not last.names and pid in timeline.names:
            last.names.append(timeline.names[pid])
    return _nested(made, by_lane)


def _apply(event: Event, lane: _Finder) -> None:
    this, at = lane(event.pid), event.at_seconds
    if event.kind in _OWN:
        this.marks.append((at, event.kind))
    if event.kind == "start":
        this.born_at = at
        this.parents += [event.by] if event.by else []
        this.names += [event.text] if event.text else []
    elif event.kind == "exec":
        this.exec_at = at if this.exec_at is None else this.exec_at
        this.names.append(program_name(event.text or "?"))
    elif event.kind == "exit":
        this.exit_at, this.wait_status = at, event.wait_status
        this.marks.append((at, "kill" if this.was_killed else "exit"))
    elif event.kind == "zombie":
        this.zombie_at = at
    elif event.kind == "reparent" and event.by is not None:
        this.parents.append(event.by)
    elif event.kind == "stop":
        this.stops.append((at, None))
    elif event.kind == "continue" and this.stops:
        this.stops[-1] = (this.stops[-1][0], at)
    elif event.kind == "reap":
        this.reaped_at, this.reaped_by = at, event.by
        this.marks.append((at, "reap"))
        if this.wait_status is None:
            this.wait_status = event.wait_status
        if event.by:
            lane(event.by).marks.append((at, "wait"))


def program_name(path: str) -> str:
    """Return the name of the program at *path*, as a lane shows it."""
    # In a sampled timeline this is no path but a name, which may hold a slash itself.
    return path.rpartition("/")[2] or path if path.startswith(("/", ".")) else path


def _nested(made: list[Lane], children: dict[int, list[Lane]]) -> list[Lane]:
    placed: dict[int, Lane] = {}
    child_ids = {id(child) for several in children.values() for child in several}
    # Those that are nobody's child come first, so that nothing is placed at two depths.
    for first in [m for m in made if id(m) not in child_ids] + made:
        waiting = [(first, 0)]
        while waiting:
            lane, depth = waiting.pop()
            if id(lane) not in placed:
                placed[id(lane)] = lane
                lane.depth = depth
                waiting += [(c, depth + 1) for c in reversed(children.get(id(lane), []))]
    return list(placed.values())


def moments(timeline: Timeline) -> list[float]:
    """Return the times at which something happened, in order; at least one."""
    return sorted({event.at_seconds for event in timeline.events} or {0.0})


def place(times: Sequence[float], width: int) -> dict[float, int]:
    """Give each of the sorted *times* a column in range(width).

    Each has a column of its own as long as there are enough, so the order can always be
    read; what is left over is shared out by the length of the pauses. With too few columns
    the shortest pauses are not drawn.
    """
    if not times:
        return {}
    gaps = [later - earlier for earlier, later in pairwise(times)]
    drawn = set(sorted(range(len(gaps)), key=lambda i: (-gaps[i], i))[: max(0, width - 1)])
    spare = max(0, width - 1 - len(drawn))
    total = sum(gaps[i] for i in drawn) or 1.0
    columns = {times[0]: 0}
    steps, passed = 0, 0.0
    for index, time in enumerate(times[1:]):
        if index in drawn:
            steps += 1
            passed += gaps[index]
        columns[time] = steps + int(spare * min(1.0, passed / total) + 1e-9)
    return columns


def column_at(times: Sequence[float], columns: dict[float, int], at: float) -> int:
    """Return the column of *at*, or of the last moment before it."""
    index = bisect_right(times, at) - 1
    return columns[times[max(0, index)]]
