"""Keep a few photographs of a changing tree, and tell them as text and as HTML.

This is what stays of a live tree: in the saved notebook, under nbconvert, in a terminal.
"""

from __future__ import annotations

from html import escape

from lessonkit import show
from lessonkit.records import ProcessInfo, Snapshot
from lessonkit.show.words import plural

__all__ = ["Album", "counts"]

MOST_PHOTOGRAPHS = 6
MOST_EARLIER_LINES = 40
MOST_LAST_LINES = 500
_BOX = "overflow:auto;border:1px solid #8a8a8a;border-radius:3px;padding:0 8px"


class Album:
    """The last photograph, and a few earlier ones where the tree differed.

    origin: the `at_seconds` that counts as 0; None: that of the first photograph.
    """

    def __init__(self, origin: float | None = None) -> None:
        self.last: Snapshot | None = None
        self._origin = origin
        self._shape: list[object] = []
        self._kept: list[Snapshot] = []

    def add(self, photograph: Snapshot) -> None:
        """Look at one more photograph; one without processes says nothing and is left out."""
        if not photograph.processes:
            return
        if self._origin is None:
            self._origin = photograph.at_seconds
        self.last = photograph
        shape: list[object] = [_shape(process) for process in photograph.processes]
        if shape == self._shape:
            return
        self._shape = shape
        self._kept.append(photograph)
        if len(self._kept) > 2 * MOST_PHOTOGRAPHS:  # every other one, and the first always
            del self._kept[1::2]

    def photographs(self) -> list[Snapshot]:
        """At most MOST_PHOTOGRAPHS in order of time: the first, the last, some between."""
        if self.last is None:
            return []
        earlier = [kept for kept in self._kept if kept is not self.last]
        if _same_tree(earlier, self.last):
            earlier.pop()  # it showed the same tree as the last one
        room = MOST_PHOTOGRAPHS - 1
        if len(earlier) > room:
            picked = {round(n * (len(earlier) - 1) / (room - 1)) for n in range(room)}
            earlier = [earlier[index] for index in sorted(picked)]
        return [*earlier, self.last]

    def text(self, title: str, end: str) -> str:
        """Tell all photographs, as ps --forest draws them."""
        if self.last is None:
            return f"{title}: no photograph. {end}".rstrip()
        *earlier, last = self.photographs()
        parts = [f"{title}. {end}".rstrip()]
        for photograph in earlier:
            tree = show.tree_text(photograph, limit=MOST_EARLIER_LINES)
            parts.append(f"{self._when(photograph)}\n{tree}")
        parts.append(f"{self._when(last)}\n{show.tree_text(last, limit=MOST_LAST_LINES)}")
        return "\n\n".join(parts)

    def html(self, title: str, end: str, height_px: int | None = None) -> str:
        """Show the last photograph, with *height_px* in a box; the earlier ones are folded."""
        box = f"{_BOX};height:{height_px}px" if height_px else _BOX
        opening = f'<div style="{box}" tabindex="0" role="group" aria-label="{escape(title)}">'
        if self.last is None:
            head = f"<p><b>{escape(title)}</b>: no photograph. {escape(end)}</p>"
            return f"<div>{head}{opening}</div></div>" if height_px else f"<div>{head}</div>"
        *earlier, last = self.photographs()
        head = f"<p><b>{escape(title)}</b>. {escape(end)}<br>{escape(self._when(last))}</p>"
        tree = show.tree_html(last, limit=MOST_LAST_LINES)
        body = f"{opening}{tree}</div>" if height_px else tree
        return f"<div>{head}{body}{self._folded(earlier)}</div>"

    def _folded(self, earlier: list[Snapshot]) -> str:
        if not earlier:
            return ""
        told = "".join(
            f"<p>{escape(self._when(photograph))}</p>"
            f"{show.tree_html(photograph, limit=MOST_EARLIER_LINES)}"
            for photograph in earlier
        )
        title = plural(len(earlier), "earlier photograph", "earlier photographs")
        return f"<details><summary>{title}</summary>{told}</details>"

    def _when(self, photograph: Snapshot) -> str:
        after = photograph.at_seconds - (self._origin or 0.0)
        return f"After {after:.1f} s: {counts(photograph)}"


def counts(photograph: Snapshot) -> str:
    """Say what is in a photograph: "7 processes: 2 zombies, 1 stopped"."""
    zombies = sum(process.is_zombie for process in photograph.processes)
    stopped = sum(process.state in "Tt" for process in photograph.processes)
    notes = [plural(zombies, "zombie", "zombies")] if zombies else []
    notes += [f"{stopped} stopped"] if stopped else []
    return ": ".join(
        [
            plural(len(photograph.processes) + photograph.left_out, "process", "processes"),
            *([", ".join(notes)] if notes else []),
        ]
    )


def _shape(process: ProcessInfo) -> object:
    """What makes a photograph worth keeping; whether a process runs or sleeps does not."""
    state = process.state if process.state in "ZXTt" else ""
    return process.pid, process.start_ticks, process.ppid, process.comm, state


def _same_tree(earlier: list[Snapshot], last: Snapshot) -> bool:
    return bool(earlier) and [_shape(p) for p in earlier[-1].processes] == [
        _shape(p) for p in last.processes
    ]
