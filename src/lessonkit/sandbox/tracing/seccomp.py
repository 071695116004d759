"""Pick out the system calls of which the tracer must know, with a seccomp filter.

Without it the tracer would have to stop a task at every call it makes. The filter stays with
a process for ever and is inherited, through exec too; it forbids nothing.

Source: seccomp(2); struct seccomp_data in linux/seccomp.h, instructions in linux/filter.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import struct

from lessonkit.sandbox.tracing.abi import Architecture, here, libc

__all__ = ["filter_code", "install_filter"]

_LOAD_WORD, _JUMP_IF_EQUAL, _JUMP_IF_GE, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _TRACE = 0x7FFF0000, 0x7FF00000
_X32_BIT = 0x40000000
_ONLY_FOR = {"prctl": 15, "rt_sigaction": int(signal.SIGCHLD)}  # PR_SET_NAME
# What these do the kernel reports by itself; a stop before them is for the line alone.
_FOR_LINES = ("execve", "execveat", "exit_group")


def filter_code(machine: Architecture, *, lines: bool = True) -> bytes:
    """The BPF program: tell the tracer of the watched calls, let every other one pass.

    lines: tell also of those which matter only to somebody who wants to know their lines.
    Some are told only for one value of their first argument (`_ONLY_FOR`). What runs as
    another architecture than the machine's own passes.
    """
    unwatched = _ONLY_FOR.keys() if lines else {*_ONLY_FOR, *_FOR_LINES}
    plain = [number for number, name in machine.calls.items() if name not in unwatched]
    choosy = {n: _ONLY_FOR[name] for n, name in machine.calls.items() if name in _ONLY_FOR}
    allow = 4 + len(plain) + 3 * len(choosy)
    trace = allow + 1
    code: list[tuple[int, int, int, int]] = []

    def jump(kind: int, value: int, *, to: int | None = None, otherwise: int | None = None) -> None:
        after = len(code) + 1
        yes, no = (0 if t is None else t - after for t in (to, otherwise))
        code.append((kind, yes, no, value))

    code.append((_LOAD_WORD, 0, 0, 4))  # seccomp_data.arch
    jump(_JUMP_IF_EQUAL, machine.audit, otherwise=allow)
    code.append((_LOAD_WORD, 0, 0, 0))  # seccomp_data.nr
    jump(_JUMP_IF_GE, _X32_BIT, to=allow)
    for number in plain:
        jump(_JUMP_IF_EQUAL, number, to=trace)
    for number, first in choosy.items():
        jump(_JUMP_IF_EQUAL, number, otherwise=len(code) + 3)
        code.append((_LOAD_WORD, 0, 0, 16))  # seccomp_data.args[0], lower half
        jump(_JUMP_IF_EQUAL, first, to=trace, otherwise=allow)
    code.append((_RETURN, 0, 0, _ALLOW))
    code.append((_RETURN, 0, 0, _TRACE))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def install_filter(*, lines: bool = True) -> None:
    """Make this process and its descendants report waits and sent signals to their tracer.

    lines: and what else has to be stopped to learn from which line of its text it was called.

    Call it in the process to be traced, after it was seized and no_new_privs was set, and
    before any other thread exists: without a tracer the watched calls would fail with ENOSYS.
    Raises OSError: ENOSYS on an architecture that is not in the table, EACCES without
    no_new_privs, EINVAL where the kernel has no seccomp filters.
    """
    machine = here()
    if machine is None:
        what = f"tracing does not know the system calls of {os.uname().machine}"
        raise OSError(errno.ENOSYS, what)
    code = filter_code(machine, lines=lines)
    program = _FilterProgram(
        len(code) // 8, ctypes.cast(ctypes.c_char_p(code), ctypes.c_void_p).value
    )
    set_seccomp, mode_filter = 22, 2
    done = libc.prctl(
        ctypes.c_int(set_seccomp),
        ctypes.c_ulong(mode_filter),
        ctypes.byref(program),
        ctypes.c_ulong(0),
        ctypes.c_ulong(0),
    )
    if done != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot install the tracing filter: {os.strerror(number)}")
