"""Keep a launcher for sessions, and one box in reserve, for this process.

A launcher of its own: what it has loaded for notebooks would make every `run` slower.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Mapping

from lessonkit.errors import LaunchError
from lessonkit.records import Strength
from lessonkit.sandbox import pool
from lessonkit.sandbox.sessions_client import Session
from lessonkit.sandbox.starting import Launcher

__all__ = ["close", "open_session"]

_PREPARE = ("lessonkit.sandbox.cells",)

_lock = threading.RLock()
_kept: dict[tuple[tuple[str, str], ...], _Kept] = {}


class _Kept:
    def __init__(self, require: Mapping[str, Strength]) -> None:
        found = pool.current_tier(require)
        given = found.tier.guaranteed()
        cgroup = any(found.guarantees[name] != given[name] for name in given)
        self.launcher = Launcher(found.tier, cgroup=cgroup, prepare=_PREPARE)
        self.safe = found.guarantees["signals"] == "kernel"
        self.spare: Session | None = None

    def usable(self) -> bool:
        return self.launcher.owner == os.getpid() and self.launcher.alive

    def take(self) -> Session:
        session, self.spare = self.spare, None
        return Session(self.launcher) if session is None else session

    def put_in_reserve(self) -> None:
        """Begin to make the next box, where nothing that runs meanwhile can reach it."""
        if self.spare is None and self.safe:
            try:
                self.spare = Session(self.launcher)
            except LaunchError:
                self.spare = None  # the next one will say why

    def close(self) -> None:
        session, self.spare = self.spare, None
        if session is not None:
            if self.launcher.owner == os.getpid():
                session.kill()
            session.close()
        self.launcher.close()


def open_session(require: Mapping[str, Strength]) -> Session:
    """A box that waits for `start`, in the strongest tier that gives *require*.

    Raises TierUnavailable or LaunchError.
    """
    key = tuple(sorted(require.items()))
    with _lock:
        for dead in [k for k, candidate in _kept.items() if not candidate.usable()]:
            _kept.pop(dead).close()
        if key not in _kept:
            _kept[key] = _Kept(require)
        return _kept[key].take()


def prepare_next(require: Mapping[str, Strength]) -> None:
    """Begin to make a box for the next session, without waiting for it."""
    with _lock:
        kept = _kept.get(tuple(sorted(require.items())))
        if kept is not None and kept.usable():
            kept.put_in_reserve()


def _forget_lock() -> None:
    """In a forked child the thread that held the lock does not exist any more."""
    global _lock
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_forget_lock)


@atexit.register
def close() -> None:
    """End the launchers of this process for sessions, and the boxes in reserve."""
    with _lock:
        for key in list(_kept):
            _kept.pop(key).close()
