"""Copy the student's interpreter so that it never learns of it.

The copy is a child of init, not of the process that it is a copy of (CLONE_PARENT): that one
gets no SIGCHLD, and a `waitpid(-1)` in the student's code finds nothing that is not theirs.

What `os.register_at_fork` was given is not called: what the student registered would see a fork
that is not theirs, and `random` would go on with other numbers than in the state that is copied.
Of what Python itself does after a fork, all is for other threads, which had locks or were waited
for; so where there are any, it is done, and the registered functions are a part of it.

Source: clone(2), PR_GET_TID_ADDRESS in prctl(2).
"""

from __future__ import annotations

import ctypes
import os
import platform
import random
from contextlib import suppress

__all__ = ["fork_sibling"]

_CLONE_PARENT = 0x00008000
_CLONE_CHILD_CLEARTID = 0x00200000
_CLONE_CHILD_SETTID = 0x01000000
_PR_GET_TID_ADDRESS = 40
_NUMBERS = {"x86_64": 56, "aarch64": 220}

# Not CDLL: the interpreter's lock must be held while the process is copied, also where there
# are several threads; a thread that held it in the original does not exist in the copy.
_libc = ctypes.PyDLL(None, use_errno=True)


def fork_sibling() -> int:
    """Fork; the child's parent is the caller's own parent. Return its pid, 0 in the child.

    Raises OSError as os.fork does.
    """
    machine = platform.machine()
    if machine not in _NUMBERS:
        raise OSError(38, f"system call numbers for {machine!r} are not known")
    flags, address = _CLONE_PARENT | 17, 0
    found = ctypes.c_void_p()
    # The C library remembers the number of each thread: for its locks, and until glibc 2.34 for
    # raise(3) and abort(3).
    # Its own fork(3) corrects that in the child; here the kernel does, at the same address.
    if _libc.prctl(_PR_GET_TID_ADDRESS, ctypes.byref(found), 0, 0, 0) == 0 and found.value:
        flags, address = flags | _CLONE_CHILD_SETTID | _CLONE_CHILD_CLEARTID, found.value
    places = (address, None) if machine == "x86_64" else (None, address)
    words = [ctypes.c_void_p(place or None) for place in places]
    threads, numbers = not _is_single(), None
    if threads:
        with suppress(Exception):  # the program may have put anything in its place
            numbers = random.getstate()
        ctypes.pythonapi.PyOS_BeforeFork()
    pid: int = _libc.syscall(_NUMBERS[machine], ctypes.c_ulong(flags), None, None, *words)
    if pid == 0:
        if threads:
            ctypes.pythonapi.PyOS_AfterFork_Child()
            with suppress(Exception):
                random.setstate(numbers or ())
        return 0
    code = ctypes.get_errno()
    if threads:
        with suppress(Exception):
            ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(code, f"the interpreter could not be copied: {os.strerror(code)}")
    return pid


def _is_single() -> bool:
    """Whether it is certain that this process has one thread only, those of C libraries counted."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False
