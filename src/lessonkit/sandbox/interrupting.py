"""Let Ctrl-C and Lab's stop button end a run at any moment, and never half of one.

    with interruptible():
        ...                # runs programs; KeyboardInterrupt only where a box can be ended
    end_run_in(thread)     # the same for a program that another thread waits for

Python raises KeyboardInterrupt between any two steps: between the launcher's answer and the
line that keeps it, say, and the next box would get that answer. So while our own code makes a
box or takes one down, or tries what this host can do, an interrupt is put off for as long as
that lasts: milliseconds, and for the first run of all a part of a second. While a program
runs, which is where time passes, the interrupt comes through at once: `Box` ends the program
with all its processes and lets the exception go on.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from lessonkit.sandbox.box import Box

__all__ = ["Interrupted", "end_run_in", "heed_interrupts", "interruptible"]

_AGAIN_SECONDS = 0.02
_OURS = "lessonkit.sandbox"
_TRIES = "lessonkit.sandbox.probe"  # runs a program too, but its launcher is in nobody's hands
_RUNNER = "lessonkit.runner"
_LISTENS = Box._listen.__code__  # where a box waits for its program


class Interrupted(KeyboardInterrupt):
    """An interrupt whose message says all: a notebook shows it without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        return [str(self)]


class _Careful:
    """A handler of SIGINT that puts it off while a box is made or taken down."""

    def __init__(self, then: Callable[[int, FrameType | None], Any]) -> None:
        self.then = then

    def __call__(self, number: int, frame: FrameType | None) -> Any:
        modules = _modules(frame)
        if modules is None:
            again = threading.Timer(
                _AGAIN_SECONDS, signal.pthread_kill, (threading.main_thread().ident, number)
            )
            again.daemon = True
            again.start()
            return None
        if _RUNNER in modules and self.then is signal.default_int_handler:
            raise Interrupted(
                "Interrupted: there is no record of this run.\nThe program was ended, with every "
                "process that it made.\nRun the cell again when you like."
            )
        return self.then(number, frame)


def end_run_in(thread: int) -> bool | None:
    """End the program that the thread with that number waits for, with all its processes.

    True if it is ended; None if the thread does something else than running a program. False
    while our own code makes a box or takes one down: that lasts milliseconds, so ask again.
    """
    modules, box = _at_work(sys._current_frames().get(thread))
    if box is not None and box.began and _TRIES not in modules:
        box.kill()
        return True
    return False if _ours(modules) else None


def _modules(frame: FrameType | None) -> set[str] | None:
    """The modules that are at work, or None where an interrupt would do harm."""
    found, box = _at_work(frame)
    return None if _TRIES in found or (_ours(found) and box is None) else found


def _at_work(frame: FrameType | None) -> tuple[set[str], Box | None]:
    """The modules that are at work, and the box that is waited for, if one is."""
    found: set[str] = set()
    box: Box | None = None
    while frame is not None:
        if frame.f_code is _LISTENS:
            box = frame.f_locals["self"]
        found.add(str(frame.f_globals.get("__name__")))
        frame = frame.f_back
    return found, box


def _ours(modules: set[str]) -> bool:
    return any(f"{name}.".startswith(f"{_OURS}.") for name in modules - {__name__})


def heed_interrupts() -> Callable[[], object]:
    """Put interrupts off from now on where they would do harm; call the result to end that."""
    if threading.current_thread() is not threading.main_thread():
        return lambda: None  # signals come to the main thread only
    before = signal.getsignal(signal.SIGINT)
    if isinstance(before, _Careful) or not callable(before):
        return lambda: None  # it is so already, or they are ignored
    signal.signal(signal.SIGINT, _Careful(before))
    return lambda: signal.signal(signal.SIGINT, before)


@contextmanager
def interruptible() -> Iterator[None]:
    """While entered, interrupts come where a box can be ended, and nowhere else."""
    restore = heed_interrupts()
    try:
        yield
    finally:
        restore()
