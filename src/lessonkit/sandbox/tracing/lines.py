"""Tell which line of the program's own text a stopped task is at.

That is read from outside, out of the frames of the Python interpreter in the task's process:
no hook, no trace function, nothing that the program could notice or that would slow it. It
works for as long as the process runs the same interpreter as init does: until it calls exec.

What is read is in the hands of the program. So it is a claim, fit to be shown and for nothing
else. Every step is bounded, and what leads nowhere gives no line.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from lessonkit.sandbox.tracing import memory
from lessonkit.sandbox.tracing.layout import Layout, frame_behind, layout_here
from lessonkit.sandbox.tracing.locations import line_in_table

__all__ = ["Lines", "lines_of"]

MOST_FRAMES = 100
MOST_THREADS = 100
MOST_TABLE_BYTES = 1 << 15
_WORD, _INT = struct.Struct("=Q"), struct.Struct("=i")
_TAG_BITS = 7
_SIZE_AT = 16  # in objects of types str and bytes
_PROBE = "<lessonkit probe>"


def lines_of(sources: Mapping[str, str]) -> Lines | None:
    """What tells the lines of *sources* (file name -> text); None if it cannot be done here.

    Whether it works is tried out on this process itself.
    """
    layout = layout_here() if sources else None
    if layout is None:
        return None
    text = "\n\ndef look():\n    return at(\n        sys._getframe())\nfound = look()\n"
    probe = Lines({_PROBE: text}, layout)
    path = memory.Path()
    path.begin(os.getpid())
    names = {"sys": sys, "at": lambda frame: probe.in_frame(path, frame_behind(frame))}
    exec(compile(text, _PROBE, "exec"), names)
    works = names["found"] == {"line": 4, "source": _PROBE}
    return Lines(sources, layout) if works else None


class Lines:
    """The lines of *sources*, in processes whose interpreter has the layout of ours."""

    def __init__(self, sources: Mapping[str, str], layout: Layout) -> None:
        self.sources = sources
        self._layout = layout
        self._counts = {n: max(t.count("\n"), t.count("\r")) + 1 for n, t in sources.items()}
        # Equal texts look the same in memory, so names are compared as they stand there.
        self._names: dict[int, list[tuple[str, int, bytes]]] = {}
        for name in sources:
            self._names.setdefault(len(name), []).append((name, *_characters(name, layout)))
        at = (layout.code_at, layout.previous_at, layout.instruction_at)
        self._frame_bytes = max(at) + 8
        self._state_bytes = max(layout.thread_at, layout.frame_at, layout.older_at) + 8
        self._paths: dict[str, memory.Path] = {}

    def at(self, tid: int, thread: int | None, call: str) -> dict[str, Any]:
        """`line` and `source` of the innermost call of *tid* that is in one of the sources.

        Empty when there is none. thread: the number that the interpreter knows *tid* by (its
        thread pointer); None if it is not known, then it must be the only one. call: a word
        for what it does; what was done last under the same word may have come the same way.
        """
        path = self._paths.get(call)
        if path is None:
            path = self._paths[call] = memory.Path()
        path.begin(tid)
        place = self.in_frame(path, self._innermost(path, thread))
        path.end()
        return place

    def in_frame(self, path: memory.Path, frame: int) -> dict[str, Any]:
        """The same for the call that a frame is in, or the nearest one around it."""
        for code_at, instruction in self._frames(path, frame):
            code = path.read(code_at, self._layout.instructions_at)
            source = self._source(path, code)
            if source is not None:
                offset = instruction - code_at - self._layout.instructions_at
                line = self._line(path, code, offset // 2)
                inside = line is not None and 1 <= line <= self._counts[source]
                return {"line": line, "source": source} if inside else {}
        return {}

    def _innermost(self, path: memory.Path, thread: int | None) -> int:
        """The address of the innermost frame of a thread; 0 if it has none."""
        layout = self._layout
        state = path.word(layout.interpreter + layout.newest_at)
        for _ in range(MOST_THREADS):
            data = path.read(state, self._state_bytes)
            if len(data) < self._state_bytes:
                break
            (older,) = _WORD.unpack_from(data, layout.older_at)
            if thread is None and older:
                break
            if thread is None or _WORD.unpack_from(data, layout.thread_at)[0] == thread:
                (frame,) = _WORD.unpack_from(data, layout.frame_at)
                if layout.hop_at is not None:
                    frame = path.word(frame + layout.hop_at)
                if frame:  # a thread that is just being made has none, and its maker's number
                    return int(frame)
            state = older
        return 0

    def _frames(self, path: memory.Path, frame: int) -> Iterator[tuple[int, int]]:
        """The code and the instruction in it of a frame, then of who called it, and so on."""
        layout = self._layout
        for _ in range(MOST_FRAMES):
            data = path.read(frame, self._frame_bytes)
            if len(data) < self._frame_bytes:
                return
            (code,) = _WORD.unpack_from(data, layout.code_at)
            (instruction,) = _WORD.unpack_from(data, layout.instruction_at)
            yield code & ~_TAG_BITS, instruction
            (frame,) = _WORD.unpack_from(data, layout.previous_at)

    def _object(self, path: memory.Path, address: int, guess: int) -> bytes | None:
        """The beginning of a str or bytes object of unknown size, at least up to its size."""
        least = _SIZE_AT + 8
        data = path.read(address, max(least, memory.to_end_of_page(address, guess)))
        return data if len(data) >= least else None

    def _source(self, path: memory.Path, code: bytes) -> str | None:
        """The source that a code object belongs to, or None."""
        layout = self._layout
        if len(code) < layout.instructions_at or _WORD.unpack_from(code, 8)[0] != layout.code_type:
            return None
        (address,) = _WORD.unpack_from(code, layout.filename_at)
        head = self._object(path, address, layout.wide_at + 80)
        if head is None:
            return None
        for name, start, characters in self._names.get(_WORD.unpack_from(head, _SIZE_AT)[0], ()):
            end = start + len(characters)
            if len(head) < end:
                head = path.read(address, end)
            if head[start:end] == characters:
                return name
        return None

    def _line(self, path: memory.Path, code: bytes, unit: int) -> int | None:
        """The line of the code unit with that number."""
        layout = self._layout
        (address,) = _WORD.unpack_from(code, layout.table_at)
        data = self._object(path, address, 512)
        if data is None:
            return None
        end = layout.bytes_at + min(_WORD.unpack_from(data, _SIZE_AT)[0], MOST_TABLE_BYTES)
        if len(data) < end:
            data = path.read(address, end)
        (first_line,) = _INT.unpack_from(code, layout.first_line_at)
        return line_in_table(data[layout.bytes_at : end], first_line, unit)


def _characters(text: str, layout: Layout) -> tuple[int, bytes]:
    """Where the characters of a str object begin, and how they stand there. Source: PEP 393."""
    order = "le" if sys.byteorder == "little" else "be"
    widest = max(text, default="")
    if widest < "\u0080":
        return layout.ascii_at, text.encode("ascii")
    if widest < "\u0100":
        return layout.wide_at, text.encode("latin-1")
    encoding = "utf-16" if widest < "\U00010000" else "utf-32"
    return layout.wide_at, text.encode(f"{encoding}-{order}", "surrogatepass")
