"""Keep a program from signalling those it must not, where nothing else does.

A seccomp filter refuses the kill family for pid -1 and for a list of pids and their
groups. Best effort: a pid that is not on the list is not protected.

Source: seccomp(2), kill(2).
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Iterable

from lessonkit.sandbox import kernel

__all__ = ["forbid_signals_to"]

# audit architecture, then kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo,
# pidfd_open (a pidfd is the other way to name a process)
_MACHINES = {
    "x86_64": (0xC000003E, (62, 200, 234, 129, 297, 434)),
    "aarch64": (0xC00000B7, (129, 130, 131, 138, 240, 434)),
}
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2


def forbid_signals_to(pids: Iterable[int]) -> None:
    """Refuse, with EPERM, to signal everybody (-1), *pids*, and the groups they lead."""
    targets = sorted({-1, *pids, *(-pid for pid in pids)})
    arch, calls = _MACHINES[platform.machine()]
    rows: list[tuple[int, int, int, int]] = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, arch)]
    rows += [(_RETURN, 0, 0, _ALLOW), (_LOAD, 0, 0, 0)]
    count = len(targets)
    for place, call in enumerate(calls):
        # A match jumps over the other calls and the "allow" behind them.
        rows.append((_EQUAL, len(calls) - place, 0, call))
    rows += [(_RETURN, 0, 0, _ALLOW), (_LOAD, 0, 0, 16)]
    for place, target in enumerate(targets):
        rows.append((_EQUAL, count - place, 0, target & 0xFFFFFFFF))
    rows += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ERRNO | errno.EPERM)]
    code = b"".join(struct.pack("HBBI", *row) for row in rows)
    buffer = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxQ", len(rows), ctypes.addressof(buffer))
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    pointer = ctypes.create_string_buffer(program)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, pointer, 0, 0) < 0:
        code_number = ctypes.get_errno()
        raise OSError(code_number, "cannot install the signal filter")
