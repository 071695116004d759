"""Find the lines of the learner's program that events name, and what to show around them."""

from __future__ import annotations

from typing import Any

from lessonkit.records import Event, Timeline
from lessonkit.show.words import block, name

__all__ = ["excerpts", "source_line", "source_of"]

MAX_LINES = 400
_MAX_LINE_CHARS = 400
_AROUND = 12


def source_of(timeline: Timeline, event: Event) -> str | None:
    """Return the name of the source that holds the event's line, None if it is not known.

    An event that names a line but no source means the only source, where there is but one.
    """
    sources = timeline.sources
    found = event.source
    if found is None and len(sources) == 1:
        found = next(iter(sources))
    if found is None or event.line is None or found not in sources:
        return None
    return found if 1 <= event.line <= sources[found].count("\n") + 1 else None


def source_line(timeline: Timeline, event: Event) -> str:
    """Return the line of the program that made the call, safe to show; "" if not known."""
    found = source_of(timeline, event)
    if found is None or event.line is None:
        return ""
    return _lines(timeline.sources[found], event.line, event.line)[0].strip()


def excerpts(timeline: Timeline) -> dict[str, dict[str, Any]]:
    """Return what is to be shown of each source: its name, first line's number, and lines.

    Whole sources of up to 400 lines; of longer ones the part that events name, with some
    lines around it. Sources that no event names are left out.
    """
    used: dict[str, tuple[int, int]] = {}
    for event in timeline.events:
        found = source_of(timeline, event)
        if found is not None and event.line is not None:
            first, last = used.get(found, (event.line, event.line))
            used[found] = min(first, event.line), max(last, event.line)
    shown = {}
    for found, (first, last) in used.items():
        text = timeline.sources[found]
        count = text.count("\n") + 1
        if count <= MAX_LINES:
            first, last = 1, count
        else:
            first = max(1, first - _AROUND)
            last = min(count, last + _AROUND, first + MAX_LINES - 1)
        lines = _lines(text, first, last)
        while len(lines) > 1 and not lines[-1]:
            lines.pop()
        shown[found] = {"name": _called(found), "first": first, "lines": lines}
    return shown


def _called(source: str) -> str:
    folder, _, file = source.replace("\\", "/").rpartition("/")
    # ipykernel gives every cell a file name that says nothing to anybody.
    if "ipykernel" in folder or source.startswith("<ipython-input"):
        return "Notebook cell"
    return name(file or source)


def _lines(text: str, first: int, last: int) -> list[str]:
    # str.splitlines would count form feeds and their like, which Python's own lines do not.
    lines = text.replace("\r\n", "\n").split("\n")[first - 1 : last]
    return [block(line[:_MAX_LINE_CHARS]).rstrip() for line in lines]
