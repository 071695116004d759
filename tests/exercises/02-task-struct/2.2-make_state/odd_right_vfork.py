"""D by clone with CLONE_VFORK; T and Z by the parent; R by hashing."""

import ctypes
import hashlib
import os
import signal
import time

CLONE_VFORK = 0x4000
SYS_CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]


def make_state(letter):
    pid = os.fork()
    if pid == 0:
        if letter == "D":
            # The new child has memory of its own; its parent is held until it ends.
            flags = CLONE_VFORK | signal.SIGCHLD
            ctypes.CDLL(None).syscall(ctypes.c_long(SYS_CLONE), ctypes.c_long(flags), 0, 0, 0, 0)
        while letter == "R":
            hashlib.sha256(b"x" * 10_000_000).digest()
        time.sleep(600)
    if letter == "T":
        os.kill(pid, signal.SIGSTOP)
        os.waitpid(pid, os.WUNTRACED)
    if letter == "Z":
        os.kill(pid, signal.SIGKILL)
    return pid
