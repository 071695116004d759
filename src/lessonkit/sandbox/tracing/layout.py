"""Find out where this interpreter keeps its frames, by looking at our own from outside.

CPython promises nothing about that, and every version keeps them elsewhere. But init was
forked by its launcher, and the student's process by init: both hold the same interpreter
at the same addresses. So init looks into its own memory for what it knows of itself, such
as the address of a code object or the number of its thread, and notes where it stands.

Source: Include/internal/pycore_frame.h, Include/cpython/code.h and pystate.h of CPython.
"""

from __future__ import annotations

import ctypes
import functools
import os
import struct
import sys
import threading
import types
from typing import NamedTuple

from lessonkit.sandbox.tracing import memory

__all__ = ["Layout", "frame_behind", "layout_here"]

_UNUSUAL_LINE = 0x1234567
_INTERPRETER_BYTES = 1 << 15
_MOST_THREADS = 1000
_TAG_BITS = 7  # newer versions mark pointers to objects in bits that are 0 in an address


class Layout(NamedTuple):
    """Where things are: what ends in _at is an offset in bytes, the rest are addresses.

    interpreter: what holds the thread states; newest_at: its pointer to the newest of them.
    older_at: from one thread state to the next older; thread_at: the thread's own number;
    frame_at: its innermost frame, or (unless hop_at is None) what holds that at hop_at.
    code_at, previous_at, instruction_at: in a frame.
    filename_at, table_at, first_line_at, instructions_at: in a code object, whose type is at
    code_type. bytes_at, ascii_at, wide_at: where the contents of bytes and str objects begin.
    """

    interpreter: int
    newest_at: int
    older_at: int
    thread_at: int
    frame_at: int
    hop_at: int | None
    code_at: int
    previous_at: int
    instruction_at: int
    filename_at: int
    table_at: int
    first_line_at: int
    instructions_at: int
    code_type: int
    bytes_at: int
    ascii_at: int
    wide_at: int


class _NotFoundError(Exception):
    """Something is not where it was looked for: this is another kind of interpreter."""


@functools.cache
def layout_here() -> Layout | None:
    """The layout of this process's interpreter; None where it cannot be found out.

    It may be wrong in ways that only a try can show.
    """
    if sys.implementation.name != "cpython" or struct.calcsize("P") != 8:
        return None
    try:
        return _look()
    except (_NotFoundError, AttributeError, ValueError):
        return None


def _look() -> Layout:
    inner = sys._getframe()
    outer = inner.f_back
    if outer is None:
        raise _NotFoundError
    caller = frame_behind(outer)
    instructions_at = types.CodeType.__basicsize__
    lines = inner.f_code.replace(co_firstlineno=_UNUSUAL_LINE)
    numbers = memory.read(os.getpid(), id(lines), instructions_at)
    state, interpreter = _from_api("PyThreadState_Get"), _from_api("PyInterpreterState_Get")
    frame_at, hop_at = _innermost(state)
    wide = "\u0431\u0432"
    return Layout(
        interpreter=interpreter,
        newest_at=_find(_newest(state), interpreter, _INTERPRETER_BYTES),
        older_at=8,
        thread_at=_find(threading.get_ident(), state, 512),
        frame_at=frame_at,
        hop_at=hop_at,
        code_at=_find(id(outer.f_code), caller, 80),
        previous_at=_find(caller, frame_behind(inner), 80),
        instruction_at=_find(id(outer.f_code) + instructions_at + outer.f_lasti, caller, 80),
        filename_at=_find(id(lines.co_filename), id(lines), instructions_at),
        table_at=_find(id(lines.co_linetable), id(lines), instructions_at),
        first_line_at=numbers.index(struct.pack("=i", _UNUSUAL_LINE)),
        instructions_at=instructions_at,
        code_type=id(types.CodeType),
        bytes_at=bytes.__basicsize__ - 1,
        ascii_at=sys.getsizeof("") - 1,
        wide_at=sys.getsizeof(wide) - 2 * (len(wide) + 1),
    )


def _from_api(name: str) -> int:
    function = getattr(ctypes.pythonapi, name)
    function.restype = ctypes.c_size_t
    return int(function())


def _newest(state: int) -> int:
    """The newest thread state; each points to the next newer one first, then to the next older."""
    for _ in range(_MOST_THREADS):
        newer = memory.read_word(os.getpid(), state)
        if not newer:
            return state
        state = newer
    raise _NotFoundError


def frame_behind(frame: types.FrameType) -> int:
    """The address of what a frame object stands for: the field after f_back."""
    return memory.read_word(os.getpid(), id(frame) + object.__basicsize__ + 8)


def _find(wanted: int, address: int, size: int) -> int:
    """The offset of the first word after *address* that is *wanted*, but for tag bits."""
    done = 0
    while done < size:
        left = memory.to_end_of_page(address + done, size - done)
        data = memory.read(os.getpid(), address + done, left)
        for offset in range(0, len(data) - 7, 8):
            if int.from_bytes(data[offset : offset + 8], sys.byteorder) | _TAG_BITS == (
                wanted | _TAG_BITS
            ):
                return done + offset
        if not data:
            break
        done += len(data)
    raise _NotFoundError


def _innermost(state: int) -> tuple[int, int | None]:
    """Where a thread state leads to its innermost frame.

    That is this function's own, as long as it calls no Python function.
    """
    own = frame_behind(sys._getframe())
    shot = memory.Shot(state, 256)
    shot.fire(*shot.how)
    words = shot.words()
    if own in words:
        return words.index(own) * 8, None
    for index, word in enumerate(words):
        shot = memory.Shot(word, 32)
        shot.fire(*shot.how)
        inside = shot.words()
        if own in inside:
            return index * 8, inside.index(own) * 8
    raise _NotFoundError
