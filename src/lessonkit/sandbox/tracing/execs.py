"""Tell which program a task runs that has just called exec.

The link in /proc says it, where we may read it. In a container's root that has not all of
root's rights we may not; but who traces may read the new program's stack, on which the kernel
has just written the path that exec was given.

Source: proc_pid_exe(5); getauxval(3), AT_EXECFN; System V ABI, "Process Initialization".
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator

from lessonkit.sandbox.tracing import abi

__all__ = ["path_on_stack", "program_of"]

_AT_NULL, _AT_EXECFN = 0, 31
_MOST_WORDS = 1 << 16
_MOST_BYTES = 4096
_STEP = 64


def program_of(tid: int, machine: abi.Architecture | None) -> str | None:
    """The path of the program; None if nobody may know it, or it is gone.

    Stopped by an exec event. Where the link cannot be read it is the path as it was given:
    perhaps a relative one, or a script's in place of its interpreter's.
    """
    try:
        return _text(os.fsencode(os.readlink(f"/proc/{tid}/exe")))
    except OSError:
        return None if machine is None else path_on_stack(tid, machine)


def path_on_stack(tid: int, machine: abi.Architecture) -> str | None:
    """The path that exec was given, from the stack of the program that has not begun yet."""
    stack = abi.stack_pointer(tid, machine)
    if stack is None:
        return None
    zeros, words = 0, _words(tid, stack + 8)  # argc; then the pointers of argv and environ
    for word in words:
        zeros += word == 0
        if zeros == 2:
            break
    for kind, value in zip(words, words, strict=False):  # and then pairs
        if kind == _AT_NULL:
            break
        if kind == _AT_EXECFN:
            path = abi.peek(tid, value, _MOST_BYTES).split(b"\0")[0]
            return _text(path) if path else None
    return None


def _words(tid: int, address: int) -> Iterator[int]:
    """The words of a task's memory from there on, until they cannot be read."""
    for at in range(address, address + 8 * _MOST_WORDS, _STEP):
        data = abi.peek(tid, at, _STEP)
        yield from struct.unpack(f"={len(data) // 8}Q", data)
        if len(data) < _STEP:
            return


def _text(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
