"""The processes that judge for nbgrader's own commands, kept as long as this process lives.

`nbgrader autograde` ends after a batch, the formgrader's server lives for days and grades one
submission at each press of a button: neither has a place where a pool would be made and ended, so
there is one here. It is started when it is needed first.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lessonkit.batch.pools import LocalPool

__all__ = ["MARGIN_SECONDS", "workers"]

MARGIN_SECONDS = 30.0
"""Judging ends by itself when a submission's time is up; this is for when it does not."""

_lock = threading.Lock()
_kept: dict[tuple[float, tuple[str, ...]], LocalPool] = {}


@contextmanager
def workers(seconds: float, preload: tuple[str, ...]) -> Iterator[LocalPool]:
    """The pool, for one thread at a time. seconds: what a job may take.

    After any error it is given up with what it was doing, so that Ctrl-C waits for nobody.
    """
    with _lock:
        wanted = seconds + MARGIN_SECONDS, preload
        try:
            if wanted not in _kept:
                _give_up()
                _kept[wanted] = LocalPool(1, seconds=wanted[0], preload=preload)
            yield _kept[wanted]
        except BaseException:
            _give_up()
            raise


def _give_up() -> None:
    while _kept:
        _kept.popitem()[1].end()
