"""Scene 6.1: children end in bursts; who collects them, and what does `seen` say of them?

Facts: `install` (the call), `steps`, in order (kind; `expected`: pid -> code as init drew it;
`left`: zombies that stayed; `living`: states of those that live; `seen`: the call of seen;
`so_far`: what must have been collected by then; `work`: the work in whose middle the last one
ended), `later` (whether children could be made), `quiet`, `ignored` (SIGCHLD is).
"""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.reaping.bursts import FATAL, causes, collected, end, later_children, quiet
from lessonkit.scenes.zombies.stage import (
    Child,
    act,
    ask,
    children_in_student,
    loaded,
    noted,
    over,
    rest,
    state,
)

__all__ = ["fixture_work", "install_reaper"]

SEEN_SECONDS = 3.0


def install_reaper(box: Box) -> None:
    """A burst; a child is stopped; later children, one by one; the rest; the last one, alone."""
    many, others = box.rng.randint(12, 20), box.rng.randint(4, 6)
    children = children_in_student(box, many + others)
    box.rng.shuffle(children)
    if not loaded(box):
        return
    reply, note = ask(box, None)
    box.fact("install", note)
    if reply.handle is None:
        return
    play = _Play(box, reply.handle, children)
    play.step("burst", children[:many], signals=2)
    if play.over:
        return
    box.fact("quiet", quiet(box))
    play.stop(children[many])
    later, note = later_children(box, box.rng.randint(2, 4))
    box.fact("later", note)
    if not later or play.over:
        return
    play.add(later)
    play.step("one by one", later, signals=1, at_once=False)
    if not play.over:
        play.step("the rest", children[many:-1], signals=1)
    if not play.over:
        play.last(children[-1])
    box.finish()


def fixture_work(fds: list[int]) -> bool:
    """In the student's process: be at work (in a read) until the other end is closed."""
    says, waits = fds
    os.write(says, b"!")
    try:
        return os.read(waits, 1) == b""
    finally:
        os.close(says)
        os.close(waits)


def _hit(hears: int, held: int, pid: str, fatal: str) -> None:
    """Be an actor: end a child while its parent is at work, and stay until it is collected."""
    act("clerk")
    os.read(hears, 1)
    os.kill(int(pid), int(fatal))
    until = time.monotonic() + SEEN_SECONDS / 2
    while procfs.read_process(int(pid)) is not None and time.monotonic() < until:
        time.sleep(0.005)
    os.close(held)


class _Play:
    """The steps, and what was known before each of them."""

    def __init__(self, box: Box, handle: int, children: list[Child]) -> None:
        self._box = box
        self._handle = handle
        self._living = {child.pid for child in children}
        self._expected: dict[int, int] = {}
        self._steps: list[dict[str, Any]] = []
        self.over = False

    def add(self, children: list[Child]) -> None:
        """These live as well from now on."""
        self._living |= {child.pid for child in children}

    def stop(self, child: Child) -> None:
        """Stop one child: its parent hears SIGCHLD, and there is nothing to collect."""
        box = self._box
        box.kill(child.pid, signal.SIGSTOP)
        box.wait_until(lambda: state(box, child.pid) in ("T", None), 2.0)
        self._look({"kind": "stop", "expected": {}, "left": []})

    def step(self, kind: str, children: list[Child], *, signals: int, at_once: bool = True) -> None:
        """End these children, then see who is collected, and what `seen` says."""
        box = self._box
        expected = end(
            box,
            zip(children, causes(box, len(children), signals), strict=True),
            at_once=at_once,
        )
        self._living -= set(expected)
        self._expected |= expected
        left = collected(box, expected)
        ignored = int(box.status_field(box.student_pid, "SigIgn") or "0", 16)
        box.fact("ignored", bool(ignored >> (signal.SIGCHLD - 1) & 1))
        self._look({"kind": kind, "expected": expected, "left": left})

    def last(self, child: Child) -> None:
        """The last child ends while the process is in the middle of something."""
        box = self._box
        fatal = int(box.rng.choice(FATAL))
        (hears, says), (waits, holds) = os.pipe(), os.pipe()
        box.spawn(_hit, hears, holds, str(child.pid), str(fatal))
        os.close(hears)
        os.close(holds)
        reply = box.fixture("work", fds=[says, waits])
        os.close(says)
        os.close(waits)
        self._living.discard(child.pid)
        self._expected[child.pid] = -fatal
        left = collected(box, [child.pid])
        self._look(
            {
                "kind": "the last",
                "expected": {child.pid: -fatal},
                "left": left,
                "work": noted(reply),
            }
        )

    def _look(self, this: dict[str, Any]) -> None:
        box = self._box
        rest(box, self._living)
        this["living"] = {pid: state(box, pid) for pid in sorted(self._living)}
        reply, this["seen"] = ask(box, self._handle, seconds=SEEN_SECONDS)
        this["so_far"] = dict(self._expected)
        self._steps.append(this)
        box.fact("steps", self._steps)
        self.over = over(reply) or bool(this["left"])
