"""Draw a timeline in plain text: lifelines, one life per row, and the list of events.

         pid  process      ms |0.0 |1.2       |45.1
           2  python          |----F----------W->
           3    python             |==XzzzzzzzR

Only ASCII, so it looks the same in every terminal, font and print.
"""

from __future__ import annotations

import textwrap

from lessonkit.records import Timeline
from lessonkit.show.excerpts import source_line
from lessonkit.show.lanes import LETTERS, Lane, column_at, lanes, moments, place
from lessonkit.show.words import (
    clip,
    columns,
    duration,
    event_words,
    mode_words,
    name,
    wait_status_words,
)

__all__ = [
    "LEGEND",
    "LIFE_COLUMNS",
    "chart_text",
    "events_text",
    "life",
    "lives_text",
    "timeline_text",
]

LIFE_COLUMNS = ("pid", "parent", "ran", "how it ended", "zombie for", "reaped by")
MAX_LANES = 100
MAX_EVENTS = 400
_MAX_LABEL = 30

_RANK = {mark: rank for rank, mark in enumerate(LETTERS)}

LEGEND = """\
| born   - runs   = runs after exec   . stopped   z zombie: ended, not reaped
F forks   E execs   X exits   K killed by a signal   R reaped   W reaps a child
s sends a signal   S gets a signal   T is stopped   C goes on   ^ gets a new parent
> still there when the timeline ends
Time runs to the right, not to scale: every moment has its own column if there is room."""


def timeline_text(timeline: Timeline, *, width: int = 80) -> str:
    """Return how it was seen, the lifelines, how each life ended, and all events."""
    head = textwrap.fill(f"Timeline, {mode_words(timeline)}", width)
    if not timeline.events:
        return f"{head}\nNothing happened."
    parts = [
        head,
        chart_text(timeline, width=width),
        LEGEND,
        lives_text(timeline),
        events_text(timeline),
    ]
    return "\n\n".join(parts)


def chart_text(timeline: Timeline, *, width: int = 80) -> str:
    """Return the lifelines alone, at most *width* columns wide; fewer than 60 may be exceeded."""
    rows = lanes(timeline)
    times = moments(timeline)
    shown = rows[:MAX_LANES]
    labels = [_label(row) for row in shown]
    pid_width = max([3, *(len(str(row.pid)) for row in shown)])
    label_width = min(_MAX_LABEL, max([len("process"), *(columns(label) for label in labels)]))
    room = max(20, width - pid_width - label_width - 8)
    at = place(times, room)
    head = f"{'pid':>{pid_width}}  {clip('process', label_width)}  ms  "
    lines = [head + _axis(times, at, room)]
    for row, label in zip(shown, labels, strict=True):
        drawn = _draw(row, times, at, room)
        lines.append(f"{row.pid:>{pid_width}}  {clip(label, label_width)}      {drawn}".rstrip())
    if len(rows) > len(shown):
        lines.append(f"... and {len(rows) - len(shown)} more")
    return "\n".join(lines)


def lives_text(timeline: Timeline) -> str:
    """Return a table: for each process its parents, what it ran, its end, who reaped it."""
    rows = lanes(timeline)
    table = [LIFE_COLUMNS]
    table += [life(row, timeline) for row in rows[:MAX_LANES]]
    widths = [min(40, max(columns(cell) for cell in column)) for column in zip(*table, strict=True)]
    lines = [
        "  ".join(
            f"{cell:>{width}}" if index == 0 else clip(cell, width)
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()
        for cells in table
    ]
    if len(rows) > MAX_LANES:
        lines.append(f"... and {len(rows) - MAX_LANES} more")
    return "\n".join(lines)


def events_text(timeline: Timeline) -> str:
    """Return the list of events: time in ms, pid, what it did, the line that made it happen."""
    lines = []
    shown = timeline.events[:MAX_EVENTS]
    pid_width = max([3, *(len(str(event.pid)) for event in shown)])
    lines.append(f"{'at ms':>9}  {'pid':>{pid_width}}  event")
    for event in shown:
        pid, words = event_words(event)
        code = source_line(timeline, event)
        code = f":  {code}" if code else ""
        lines.append(f"{event.at_seconds * 1000:9.1f}  {pid:>{pid_width}}  {words}{code}")
    if len(timeline.events) > len(shown):
        lines.append(f"... and {len(timeline.events) - len(shown)} more")
    return "\n".join(lines)


def life(lane: Lane, timeline: Timeline) -> tuple[str, str, str, str, str, str]:
    """Return the cells of one row of the table of lives."""
    parents = " > ".join(str(pid) for pid in lane.parents) or "?"
    ran = " > ".join(name(one) for one in lane.names) or "?"
    runs = lane.ended_at is None and lane.reaped_at is None
    ended = "still running" if runs else wait_status_words(lane.wait_status)
    return str(lane.pid), parents, ran, ended, _zombie_for(lane, timeline), _reaper(lane)


def _zombie_for(lane: Lane, timeline: Timeline) -> str:
    if lane.zombie_at is None:
        return ""
    until = lane.reaped_at if lane.reaped_at is not None else timeline.events[-1].at_seconds
    span = duration(until - lane.zombie_at)
    return span if lane.reaped_at is not None else f"over {span}"


def _reaper(lane: Lane) -> str:
    if lane.left_as_zombie:
        return "nobody: it is a zombie"
    if lane.reaped_at is None:
        return ""
    if lane.reaped_by is None:
        return "not seen"
    return str(lane.reaped_by) if lane.reaped_by else "nobody had to"


def _label(lane: Lane) -> str:
    last = name(lane.names[-1]) if lane.names else "?"
    return "  " * min(lane.depth, 8) + last + (" (thread)" if lane.is_thread else "")


def _axis(times: list[float], at: dict[float, int], room: int) -> str:
    axis = ""
    for time in times:
        label = f"|{time * 1000:.1f}"
        if (len(axis) == 0 or at[time] > len(axis)) and at[time] + len(label) <= room:
            axis = axis.ljust(at[time]) + label
    return axis


def _draw(lane: Lane, times: list[float], at: dict[float, int], room: int) -> str:
    last = at[times[-1]]
    row = [" "] * (last + 1)

    def fill(since: float, until: float | None, character: str) -> None:
        end = last if until is None else column_at(times, at, until)
        for column in range(column_at(times, at, since), end + 1):
            row[column] = character

    gone_at = lane.ended_at if lane.ended_at is not None else lane.reaped_at
    born_at = times[0] if lane.born_at is None else lane.born_at
    fill(born_at, gone_at, "-")
    if lane.exec_at is not None:
        fill(lane.exec_at, gone_at, "=")
    for stopped_at, continued_at in lane.stops:
        fill(stopped_at, continued_at if continued_at is not None else gone_at, ".")
    if lane.ended_at is not None and (lane.zombie_at is not None or lane.reaped_at is not None):
        fill(lane.ended_at, lane.reaped_at, "z")
    if gone_at is None:
        row[last] = ">"
    if lane.born_at is not None:
        row[at[lane.born_at]] = "|"
    best: dict[int, int] = {}
    for time, mark in lane.marks:
        column, rank = at[time], _RANK[mark]
        if rank >= best.get(column, -1):
            best[column] = rank
            row[column] = LETTERS[mark]
    return "".join(row)
