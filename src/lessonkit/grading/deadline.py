"""End a test that does not end by itself, also one that catches everything.

In the main thread by the kernel's timer; in another thread, as a Dask worker has it, by an
exception that Python puts there at the next step, which a blocking system call can hold up.
Neither comes in the middle of our own talk with a sandbox, which has a time limit of its own.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["deadline"]

AGAIN_SECONDS = 0.1
_PATIENCE_SECONDS = 60.0
_OURS = ("lessonkit.sandbox", "lessonkit.runner", "lessonkit.grading.student")


@contextmanager
def deadline(
    seconds: float, kind: type[BaseException], left: Callable[[], float] | None = None
) -> Iterator[None]:
    """Raise *kind* in the code that runs within, once *seconds* are over, again and again.

    left: asked then whether more time is given after all, as on a busy host: seconds, 0.0 for none.
    """
    end = _End(left)
    if threading.current_thread() is threading.main_thread():
        with _by_signal(seconds, kind, end):
            yield
    else:
        with _by_thread(seconds, kind, end):
            yield


class _End:
    """Whether a test is to be ended now."""

    def __init__(self, left: Callable[[], float] | None) -> None:
        self._left = left
        self._since: float | None = None

    def has_come(self, frame: FrameType | None) -> bool:
        """*frame*: where the test is."""
        if self._since is None:
            if self._left is not None and self._left() > 0:
                return False
            self._since = time.monotonic()
        return time.monotonic() > self._since + _PATIENCE_SECONDS or not _is_ours(frame)


def _is_ours(frame: FrameType | None) -> bool:
    """Whether the code of the test waits for a sandbox just now."""
    while frame is not None:
        if str(frame.f_globals.get("__name__")).startswith(_OURS):
            return True
        frame = frame.f_back
    return False


@contextmanager
def _by_signal(seconds: float, kind: type[BaseException], end: _End) -> Iterator[None]:
    armed = [True]

    def ring(number: int, frame: FrameType | None) -> None:
        if armed[0] and end.has_come(frame):
            raise kind

    before: Any = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), AGAIN_SECONDS)
    try:
        yield
    finally:
        armed[0] = False  # the first step, so that a late one changes nothing
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before if before is not None else signal.SIG_DFL)


@contextmanager
def _by_thread(seconds: float, kind: type[BaseException], end: _End) -> Iterator[None]:
    number = threading.get_ident()
    over = threading.Event()
    lock = threading.Lock()

    def watch() -> None:
        wait = seconds
        while not over.wait(wait):
            wait = AGAIN_SECONDS
            with lock:
                if over.is_set() or not end.has_come(sys._current_frames().get(number)):
                    continue
                raise_in(number, kind)

    watcher = threading.Thread(target=watch, name="deadline", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        with lock:
            over.set()
            raise_in(number, None)  # one that is on its way still
        watcher.join()


def raise_in(thread: int, kind: type[BaseException] | None) -> None:
    """Raise *kind* in a thread at its next step; None takes back what has not come yet."""
    error = ctypes.py_object(kind) if kind is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)
