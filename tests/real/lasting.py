"""A child that does one thing for ever, until its test is over."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["lasting"]


@contextmanager
def lasting(does: Callable[[], object], *, pinned: bool = False) -> Iterator[int]:
    """Its pid. pinned: on one processor, the same for all such children."""
    pid = os.fork()
    if pid == 0:
        try:
            if pinned:
                os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
            while True:
                does()
        finally:
            os._exit(1)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
