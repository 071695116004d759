"""Draw the lifelines of a timeline as an SVG image that stands alone.

Line shapes and letters carry the meaning, colour only repeats it; the background is white,
so it prints well and reads the same in light and dark themes. The colours are from the
palette of Okabe and Ito, which people with any kind of colour vision can tell apart.
"""

from __future__ import annotations

from html import escape

from lessonkit.records import Timeline
from lessonkit.show.lanes import LETTERS, Lane, column_at, lanes, moments, place
from lessonkit.show.words import clip, duration, name

__all__ = ["timeline_svg"]

MAX_LANES = 60
_STEP = 16  # px; a badge is 14 px wide, so two moments in neighbouring columns stay apart
_ROW = 28
_LEFT = 190
_TOP = 44
_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#767676"
_LEGEND = (
    "F forks · E execs · X exits · K killed by a signal · R reaped · W reaps a child",
    "s sends a signal · S gets a signal · T is stopped · C goes on · ^ gets a new parent",
    "> still there at the end. Time runs to the right, not to scale.",
)


def timeline_svg(timeline: Timeline) -> bytes:
    """Return the lifelines as an image/svg+xml document in UTF-8, at most 60 processes."""
    rows = lanes(timeline)
    times = moments(timeline)
    room = max(24, min(56, len(times) * 3 // 2))
    drawing = _Drawing(rows[:MAX_LANES], times, room)
    for row in drawing.rows:
        drawing.connections(row)
    for row in drawing.rows:
        drawing.life(row)
    bottom = _TOP + len(drawing.rows) * _ROW
    width, height = _LEFT + room * _STEP + 20, bottom + 104
    if len(rows) > MAX_LANES:
        drawing.text(8, bottom + 4, f"... and {len(rows) - MAX_LANES} more")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="DejaVu Sans, Verdana, sans-serif" '
        'font-size="12">',
        f"<title>Lifelines of {len(rows)} processes</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        drawing.axis(bottom),
        *drawing.parts,
        _legend(bottom + 24),
        "</svg>",
    ]
    return "\n".join(parts).encode()


class _Drawing:
    """The parts of one picture, and where each process and each moment is in it."""

    def __init__(self, rows: list[Lane], times: list[float], room: int) -> None:
        self.rows = rows
        self.times = times
        self.columns = place(times, room)
        self.room = room
        self.last = self.x(times[-1])
        self.y = {id(row): _TOP + 14 + index * _ROW for index, row in enumerate(rows)}
        self.parts: list[str] = []

    def x(self, at: float) -> int:
        return _LEFT + 8 + column_at(self.times, self.columns, at) * _STEP

    def text(self, x: int, y: int, words: str, extra: str = "") -> None:
        self.parts.append(f'<text x="{x}" y="{y}" fill="#000000"{extra}>{escape(words)}</text>')

    def line(self, x1: int, y1: int, x2: int, y2: int, style: str) -> None:
        self.parts.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" {style}/>')

    def axis(self, bottom: int) -> str:
        parts, free = [], 0
        for time in self.times:
            x, label = self.x(time), duration(time)
            if x >= free and x + 7 * len(label) < _LEFT + (self.room + 1) * _STEP:
                free = x + 7 * len(label) + 14
                parts.append(
                    f'<line x1="{x}" y1="28" x2="{x}" y2="{bottom}" stroke="#d0d0d0"/>'
                    f'<text x="{x}" y="22" font-size="11" fill="#000000">{label}</text>'
                )
        return "".join(parts)

    def connections(self, row: Lane) -> None:
        """Draw who made a process, and who reaped it, as lines between their rows."""
        y = self.y[id(row)]
        if row.born_at is not None and row.parents:
            parent = self._row_of(row.parents[0], row.born_at)
            if parent is not None:
                x = self.x(row.born_at)
                self.line(x, self.y[id(parent)], x, y, f'stroke="{_GREY}" stroke-width="1.5"')
        if row.reaped_at is not None and row.reaped_by:
            reaper = self._row_of(row.reaped_by, row.reaped_at)
            if reaper is not None:
                x = self.x(row.reaped_at)
                style = f'stroke="{_GREY}" stroke-width="1.5" stroke-dasharray="2 3"'
                self.line(x, self.y[id(reaper)], x, y, style)

    def life(self, row: Lane) -> None:
        y = self.y[id(row)]
        last_name = name(row.names[-1]) if row.names else "?"
        label = clip(f"{row.pid} {last_name}" + (" (thread)" if row.is_thread else ""), 22).rstrip()
        self.text(8 + 10 * min(row.depth, 5), y + 4, label)
        gone_at = row.ended_at if row.ended_at is not None else row.reaped_at
        born = self.x(self.times[0] if row.born_at is None else row.born_at)
        gone = self.last if gone_at is None else self.x(gone_at)
        execed = gone if row.exec_at is None else self.x(row.exec_at)
        self.line(born, y, execed, y, f'stroke="{_BLUE}" stroke-width="2"')
        self.line(execed, y, gone, y, f'stroke="{_BLUE}" stroke-width="7"')
        for stopped_at, continued_at in row.stops:
            until = gone if continued_at is None else self.x(continued_at)
            self.line(self.x(stopped_at), y, until, y, 'stroke="#ffffff" stroke-width="8"')
            style = f'stroke="{_GREY}" stroke-width="3" stroke-dasharray="1 5"'
            self.line(self.x(stopped_at), y, until, y, style)
        if row.ended_at is not None and (row.zombie_at is not None or row.reaped_at is not None):
            until = self.last if row.reaped_at is None else self.x(row.reaped_at)
            self.line(gone, y, until, y, _ZOMBIE)
            if until - gone > 80:
                self.text(gone + 14, y - 6, "zombie", ' font-size="11" font-style="italic"')
        if row.born_at is not None:
            self.line(born, y - 6, born, y + 6, 'stroke="#000000" stroke-width="2"')
        if gone_at is None:
            self.text(self.last + 4, y + 4, ">", ' font-weight="bold"')
        self._badges(row, y)

    def _badges(self, row: Lane, y: int) -> None:
        order = list(LETTERS)
        best: dict[int, str] = {}
        for at, mark in row.marks:
            x = self.x(at)
            if x not in best or order.index(mark) >= order.index(best[x]):
                best[x] = mark
        for x, mark in best.items():
            letter = LETTERS[mark]
            self.parts.append(
                f'<circle cx="{x}" cy="{y}" r="7" fill="#ffffff" stroke="#000000"/>'
                f'<text x="{x}" y="{y + 4}" font-size="10" font-weight="bold" fill="#000000" '
                f'text-anchor="middle">{letter}</text>'
            )

    def _row_of(self, pid: int, at: float) -> Lane | None:
        """Return the row that had this pid at that time; pids are used again."""
        rows = [r for r in self.rows if r.pid == pid and (r.born_at is None or r.born_at <= at)]
        return rows[-1] if rows else None


_ZOMBIE = f'stroke="{_ORANGE}" stroke-width="7" stroke-dasharray="4 3"'


def _legend(y: int) -> str:
    samples = (
        ("runs", f'stroke="{_BLUE}" stroke-width="2"'),
        ("runs after exec", f'stroke="{_BLUE}" stroke-width="7"'),
        ("stopped", f'stroke="{_GREY}" stroke-width="3" stroke-dasharray="1 5"'),
        ("zombie: ended, not reaped", _ZOMBIE),
    )
    parts, x = [], 8
    for words, style in samples:
        parts.append(f'<line x1="{x}" y1="{y - 4}" x2="{x + 30}" y2="{y - 4}" {style}/>')
        parts.append(f'<text x="{x + 36}" y="{y}" font-size="11">{words}</text>')
        x += 56 + 6 * len(words) + 14
    for index, words in enumerate(_LEGEND):
        parts.append(f'<text x="8" y="{y + 20 + 18 * index}" font-size="11">{escape(words)}</text>')
    return "".join(parts)
