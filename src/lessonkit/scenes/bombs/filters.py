"""Filters on system calls, for parts that no host would play by itself.

`refuse_forks` lets every fork fail with an error; `hand_over_signals` gives each signal that a
process sends to init first, which lets it through when it likes. Both need no privilege.

Source: seccomp(2), seccomp_unotify(2), linux/filter.h.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import struct
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Held", "Signal", "hand_over_signals", "refuse_forks"]

_MACHINES = {
    # seccomp; fork, vfork, clone, clone3; then kill, tkill, tgkill, pidfd_send_signal,
    # rt_sigqueueinfo, rt_tgsigqueueinfo. x86-64 is tried.
    "x86_64": (0xC000003E, 317, (57, 58, 56, 435), (62, 200, 234, 424, 129, 297)),
    "aarch64": (0xC00000B7, 277, (220, 435), (129, 130, 131, 424, 138, 240)),
}
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_CALL, _ARCH = 0, 4  # offsets in struct seccomp_data
_ALLOW, _REFUSE, _HAND_OVER = 0x7FFF0000, 0x00050000, 0x7FC00000
_SET_FILTER, _ALL_THREADS, _NEW_LISTENER = 1, 1, 8
_PR_SET_NO_NEW_PRIVS = 38
_RECEIVE, _SEND, _CONTINUE = 0xC0502100, 0xC0182101, 1
_NOTICE_BYTES = 80


class Signal(NamedTuple):
    """One signal that is held: who sends it, what, to whom (None: to a pidfd)."""

    id: int
    sender: int
    number: int
    target: int | None


class Held:
    """Init's side: the signals that wait to be let through."""

    def __init__(self, listener: int) -> None:
        self._listener = listener

    def next(self, seconds: float = 0.0) -> Signal | None:
        """One that waits, or None; it may take so long to come."""
        if not select.select([self._listener], [], [], seconds)[0]:
            return None
        notice = bytearray(_NOTICE_BYTES)
        try:
            fcntl.ioctl(self._listener, _RECEIVE, notice, True)
        except OSError:  # ENOENT: its sender has ended
            return None
        number, sender, _, call, _, _, *values = struct.unpack("=QIIiIQ6Q", notice)
        signals = _MACHINES[platform.machine()][3]
        kind = signals.index(call)
        place = 2 if kind in (2, 5) else 1  # tgkill and rt_tgsigqueueinfo: thread group, thread
        target = None if kind == 3 else ctypes.c_int(values[0]).value
        return Signal(number, sender, ctypes.c_int(values[place]).value, target)

    def let_through(self, signal: Signal) -> None:
        """Let the call go on as if nothing had been."""
        try:
            fcntl.ioctl(
                self._listener, _SEND, bytearray(struct.pack("=QqiI", signal.id, 0, 0, _CONTINUE))
            )
        except OSError:
            pass  # its sender has ended meanwhile

    def close(self) -> None:
        """From now on such calls fail with ENOSYS."""
        os.close(self._listener)


def refuse_forks(number: int) -> None:
    """Let every fork, vfork and thread of this process fail with this error, for good."""
    _install(_machine()[2], _REFUSE | number, _ALL_THREADS)


def hand_over_signals() -> int:
    """From now on each signal that this process or a child of it sends is held; the descriptor
    that is returned is for who lets them through."""
    return _install(_machine()[3], _HAND_OVER, _NEW_LISTENER)


def _machine() -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
    try:
        return _MACHINES[platform.machine()]
    except KeyError:
        raise OSError(errno.ENOSYS, f"no filter is known for {platform.machine()}") from None


def _install(calls: Sequence[int], action: int, flags: int) -> int:
    arch, seccomp = _machine()[:2]
    rows = [(_LOAD, 0, 0, _ARCH), (_EQUAL, 1, 0, arch), (_RETURN, 0, 0, _ALLOW)]
    rows.append((_LOAD, 0, 0, _CALL))
    rows += [(_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    rows += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, action)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
    program = ctypes.create_string_buffer(
        struct.pack("HxxxxxxQ", len(rows), ctypes.addressof(code))
    )
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    result = int(libc.syscall(seccomp, _SET_FILTER, flags, program))
    if result < 0:
        raise OSError(ctypes.get_errno(), "cannot install the filter")
    return result
