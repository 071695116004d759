"""Refuse the few system calls by which a program can reach its keepers without a privilege.

A seccomp filter, for boxes whose programs have the same user as something that must be
left alone. It refuses, with EPERM:

* to set limits, priority or scheduling of the protected processes (prlimit(2) and others);
* where nothing else holds signals: to signal them, their groups, or everybody (pid -1);
* without namespaces: to set those of any process but the caller's own, and to make System V
  or POSIX queues, semaphores and shared memory, which would outlive the box.

For signals it is best effort: a pid that is not on the list is not protected.
Source: seccomp(2), kill(2), prlimit(2).
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable, Sequence

from lessonkit.sandbox import kernel

__all__ = ["install"]

# Names in the order of the columns; the machine's number of each. x86-64 is tried.
_SIGNALS = ("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open")
_TUNING = (
    "prlimit64",
    "sched_setparam",
    "sched_setscheduler",
    "sched_setaffinity",
    "sched_setattr",
)
_WHICH = ("setpriority", "ioprio_set")  # their first argument says what the second one names
_IPC = ("shmget", "semget", "msgget", "mq_open")
_MACHINES = {
    "x86_64": (
        0xC000003E,
        (62, 200, 234, 129, 297, 434),
        (302, 142, 144, 203, 314),
        (141, 251),
        (29, 64, 68, 240),
    ),
    "aarch64": (
        0xC00000B7,
        (129, 130, 131, 138, 240, 434),
        (261, 118, 119, 122, 274),
        (140, 30),
        (194, 190, 186, 180),
    ),
}
_LOAD, _EQUAL, _RETURN, _JUMP = 0x20, 0x15, 0x06, 0x05
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_ARCH, _CALL, _FIRST, _SECOND = 4, 0, 16, 24  # offsets in struct seccomp_data
_EVERYBODY_OF_MINE = (2, 3)  # PRIO_USER, IOPRIO_WHO_USER
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2

_Row = tuple[int, int, int, int]


def install(*, protected: Iterable[int], signals: bool, no_namespaces: bool) -> None:
    """Put the filter on this process and all that it forks. Raises OSError when refused."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        raise OSError(errno.ENOSYS, f"no filter is known for {platform.machine()}")
    arch, signal_calls, tuning_calls, which_calls, ipc_calls = machine
    targets = sorted({pid for pid in protected if pid > 0})
    rows: list[_Row] = [(_LOAD, 0, 0, _ARCH), (_EQUAL, 1, 0, arch), (_RETURN, 0, 0, _ALLOW)]
    if no_namespaces:
        rows += _block(ipc_calls, [], _FIRST)
        # Other programs of this user are in reach too, and no list can name them all.
        rows += _unless_zero(tuning_calls, _FIRST)
        rows += _unless_zero(which_calls, _SECOND)
    rows += _block(tuning_calls, targets, _FIRST)
    rows += _block(which_calls, _EVERYBODY_OF_MINE, _FIRST)
    rows += _block(which_calls, targets, _SECOND)
    if signals:
        rows += _block(signal_calls, [-1, *targets, *(-pid for pid in targets)], _FIRST)
    rows.append((_RETURN, 0, 0, _ALLOW))
    _load(rows)


def _block(calls: Sequence[int], values: Sequence[int], offset: int) -> list[_Row]:
    """Refuse *calls* whose argument at *offset* is one of *values*; without values, always.

    The block is passed through when it does not refuse: others may follow.
    """
    checks: list[_Row] = []
    if values:
        checks.append((_LOAD, 0, 0, offset))
        checks += [
            (_EQUAL, len(values) - place, 0, value & 0xFFFFFFFF)
            for place, value in enumerate(values)
        ]
        checks.append((_JUMP, 0, 0, 1))
    checks.append((_RETURN, 0, 0, _REFUSE))
    rows: list[_Row] = [(_LOAD, 0, 0, _CALL)]
    rows += [(_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    return [*rows, (_JUMP, 0, 0, len(checks)), *checks]


def _unless_zero(calls: Sequence[int], offset: int) -> list[_Row]:
    """Refuse *calls* on anybody but the caller itself, which 0 stands for."""
    rows: list[_Row] = [(_LOAD, 0, 0, _CALL)]
    rows += [(_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    rows += [(_JUMP, 0, 0, 3), (_LOAD, 0, 0, offset), (_EQUAL, 1, 0, 0)]
    return [*rows, (_RETURN, 0, 0, _REFUSE)]


def _load(rows: Sequence[_Row]) -> None:
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
    program = ctypes.create_string_buffer(
        struct.pack("HxxxxxxQ", len(rows), ctypes.addressof(code))
    )
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, program, 0, 0) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot install the filter: {os.strerror(number)}")
