"""Become another program that is sent a signal when the process that started it is gone.

    python tied.py PARENT SIGNAL PROGRAM [ARGUMENT ...]

A server whose tests were killed would go on for ever: nobody is left who could end it. The kernel
tells it, however the tests ended; its own children are its own affair. The process id stays that
of this program.

Source: PR_SET_PDEATHSIG(2const), "preserved across execve(2)"; it is the thread that called
fork(2) whose end counts, so whoever starts this does it in one that stays.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

__all__ = ["tied"]

_PR_SET_PDEATHSIG = 1


def tied(*command: str, signal_number: int = signal.SIGTERM) -> list[str]:
    """Return the argv that runs *command*, a program's path first, tied to who starts it."""
    words = [str(os.getpid()), str(int(signal_number)), *command]
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), *words]


def _become(parent: int, signal_number: int, command: list[str]) -> None:
    """Ask for the signal, then run *command* in place of this; end where *parent* is gone."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0):
        number = ctypes.get_errno()
        sys.exit(f"prctl(PR_SET_PDEATHSIG, {signal_number}): {os.strerror(number)}")
    if os.getppid() == parent:  # else it was gone before it was asked for
        os.execv(command[0], command)


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
