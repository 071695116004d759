"""Do a piece of work beside the kernel's main thread, so that cells can be run meanwhile.

    job = Job(lambda: run(program), done=lambda result, error: ...)
    job.start()
    job.stop()          # what Stop does, and an interrupt of the idle kernel

A message of a widget is handled in the main thread, and blocks it: whatever takes longer than
a few milliseconds is done here. Interrupts reach the main thread only; so a job is stopped by
ending the box that its thread waits for, or by an exception where it waits for none.
"""

from __future__ import annotations

import asyncio
import ctypes
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

__all__ = ["Job", "heed_interrupts"]

STOP_SECONDS = 10.0
_ATTEMPTS = 50
_ATTEMPT_SECONDS = 0.2

_running: set[Job] = set()


class Job:
    """One piece of work in a thread of its own.

    done: called in that thread, once, with (result, None) or (None, what was raised); what
        was stopped has raised KeyboardInterrupt.
    """

    def __init__(
        self, work: Callable[[], Any], done: Callable[[Any, BaseException | None], object]
    ) -> None:
        self._work = work
        self._done = done
        self._lock = threading.Lock()
        self._at_work = True
        self._stopped = False
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._live, name="lessonkit job", daemon=True)

    def start(self) -> None:
        """Begin, and return at once."""
        _running.add(self)
        self._thread.start()

    def seconds(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self._began

    def stop(self) -> None:
        """End the work and what it runs in a sandbox; returns at once, `done` hears of it."""
        with self._lock:
            if self._stopped or not self._at_work:
                return
            self._stopped = True
        threading.Thread(target=self._end_it, name="lessonkit stop", daemon=True).start()

    def _live(self) -> None:
        result: Any = None
        error: BaseException | None = None
        try:
            result = self._work()
        except BaseException as raised:  # SystemExit too: nothing may end unheard
            error = raised
        while not self._ended():
            pass
        if self._stopped:
            result, error = None, KeyboardInterrupt()
        _running.discard(self)
        self._done(result, error)

    def _ended(self) -> bool:
        """From here on nothing interrupts the thread; False if something just did."""
        try:
            with self._lock:
                self._at_work = False
                _throw(threading.get_ident(), None)
            return True
        except KeyboardInterrupt:
            return False

    def _end_it(self) -> None:
        until = time.monotonic() + STOP_SECONDS
        while self._thread.is_alive() and time.monotonic() < until:
            with self._lock:
                if not self._at_work:
                    return
                _interrupt(self._thread.ident or 0)
            self._thread.join(0.05)


def _interrupt(thread: int) -> None:
    """End what the thread does, where nothing is left half done by that.

    While it waits for a program, the box is ended. While our own code makes a box or takes
    one down, which lasts milliseconds, nothing is done. Anywhere else it raises an exception.
    """
    from lessonkit.sandbox.interrupting import end_run_in  # Linux only, and not needed before

    if end_run_in(thread) is None:
        _throw(thread, KeyboardInterrupt)


def _throw(thread: int, kind: type[BaseException] | None) -> None:
    """Have the thread raise *kind* at its next step; None takes that back."""
    wanted = None if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), wanted)


def heed_interrupts() -> None:
    """From now on an interrupt of the idle kernel ends all jobs. Called while a cell runs.

    An idle kernel ignores SIGINT; while it handles a message it has another handler, and puts
    the former back afterwards. So ours is set between two messages, in the main thread:
    messages of widgets may come in another one.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return  # no kernel
    if threading.current_thread() is threading.main_thread():
        loop.call_soon(_set_handler, loop, _ATTEMPTS)


def _set_handler(loop: asyncio.AbstractEventLoop, attempts: int) -> None:
    now = signal.getsignal(signal.SIGINT)
    if now is signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupted)
    elif now is not _interrupted and attempts:
        loop.call_later(_ATTEMPT_SECONDS, _set_handler, loop, attempts - 1)


def _interrupted(_signum: int, _frame: FrameType | None) -> None:
    for job in list(_running):
        job.stop()
