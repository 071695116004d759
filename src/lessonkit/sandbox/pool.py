"""Keep launchers, and one box in reserve, for this process.

The first run chooses the tier and starts the launcher. When a run has ended, the next box
is made, so a later run finds it waiting; where one run follows the other at once it is made
while the program runs, which costs that run a fifth of its time. After a fork of this process,
or when the launcher was killed, everything is made anew.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from lessonkit.errors import LaunchError
from lessonkit.records import Strength
from lessonkit.sandbox.box import Box, Output
from lessonkit.sandbox.probe import Found, choose, missing
from lessonkit.sandbox.starting import Launcher
from lessonkit.sandbox.watching import Watch

__all__ = ["close", "current_tier", "perform"]

_BURST_SECONDS = 0.01

T = TypeVar("T")
Done = tuple[dict[str, Any], Output, Output, Found]
"""Init's report, what was written to stdout and stderr, and the tier."""

_lock = threading.RLock()
_kept: dict[tuple[tuple[str, str], ...], _Kept] = {}


class _Kept:
    """A launcher with the box that waits in reserve."""

    def __init__(self, found: Found, launcher: Launcher) -> None:
        self.found = found
        self.launcher = launcher
        self.spare: Box | None = None
        self.last_end = float("-inf")
        self.scenes: set[str] = set()

    def usable(self) -> bool:
        return self.launcher.owner == os.getpid() and self.launcher.alive

    def take(self, trace: bool, scene: str | None) -> Box:
        """The box in reserve, or a new one: traced ones, and the first for a scene, are new."""
        with _lock:
            is_new = scene is not None and scene not in self.scenes
            box, self.spare = (None, self.spare) if trace and not is_new else (self.spare, None)
        if box is not None and is_new:
            box.kill()  # it was made before the launcher had loaded the scene
            box.close()
            box = None
        if box is None:
            box = Box(self.launcher, trace=trace, scene=scene)
        if scene is not None:
            self.scenes.add(scene)
        return box

    def put_in_reserve(self) -> None:
        """Begin to make the next box. It is not waited for.

        Only where programs cannot reach it: a box that waits must not be anybody's prey.
        """
        with _lock:
            if self.spare is None and self.found.guarantees["signals"] == "kernel":
                try:
                    self.spare = Box(self.launcher)
                except LaunchError:
                    self.spare = None  # the next run will say why

    def close(self) -> None:
        with _lock:
            box, self.spare = self.spare, None
        if box is not None:
            if self.launcher.owner == os.getpid():
                box.kill()
            box.close()
        self.launcher.close()


def perform(
    job: dict[str, Any],
    blob: bytes,
    *,
    require: Mapping[str, Strength],
    trace: bool = False,
    live: Any = None,
    watch: Watch | None = None,
    then: Callable[[Done], T],
) -> T:
    """Run *job* in the strongest tier that gives *require*; nothing of it is left after.

    Returns what *then* makes of init's report, the outputs and the tier. Only after that the
    next box is asked for: to make it takes a processor's time, which the caller waits for.
    Raises SandboxError when we failed. What failed before the program began is tried once more.
    """
    scene = None if job["scene"] is None else job["scene"].partition(":")[0]
    for attempt in (1, 2):
        kept = _keep(dict(require))
        box = None
        try:
            box = kept.take(trace, scene)
            hurried = time.monotonic() - kept.last_end < _BURST_SECONDS
            early = kept.put_in_reserve if hurried else None
            report, out, err = box.run_job(job, blob, live=live, watch=watch, after_send=early)
            result = then((report, out, err, kept.found))
            kept.put_in_reserve()
            kept.last_end = time.monotonic()
            return result
        except LaunchError:
            # What has begun to run is not run a second time: it may have been heard of.
            if attempt == 2 or (box is not None and box.began):
                raise
    raise AssertionError("not reached")


def current_tier(require: Mapping[str, Strength] | None = None) -> Found:
    """The tier that `perform` uses here."""
    return _keep(dict(require or {})).found


def _keep(require: dict[str, Strength]) -> _Kept:
    key = tuple(sorted(require.items()))
    with _lock:
        for dead in [k for k, candidate in _kept.items() if not candidate.usable()]:
            _kept.pop(dead).close()
        kept = _kept.get(key)
        if kept is None:
            # A launcher that runs already may give all that is asked for.
            kept = next(
                (
                    k
                    for k in _kept.values()
                    if k.usable() and not missing(k.found.guarantees, require)
                ),
                None,
            )
        if kept is None:
            only = os.environ.get("LESSONKIT_TIER") or None
            kept = _kept[key] = _Kept(*choose(require, only))
        return kept


def _forget_lock() -> None:
    """In a forked child the thread that held the lock does not exist any more."""
    global _lock
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_forget_lock)


@atexit.register
def close() -> None:
    """End all launchers of this process and the boxes in reserve."""
    with _lock:
        for key in list(_kept):
            _kept.pop(key).close()
