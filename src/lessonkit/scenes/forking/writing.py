"""Scene 1.6: feed two writers line by line, in random order, while the other one stands still.

Only init knows the lines and their order, so the file has to show just that order. In the end
both get many lines at once: they run in turn, each for a moment only, so that each is stopped
between any two of its steps at some time. Then both see the end of their inputs.

Facts: `rounds`, one for each call: what the file held before (`base`), who was `there`, for each
line fed (`steps`) who was to write it, whether it was taken from the pipe (`other`: by the wrong
one) and whether it was in the file right then; the lines of the `burst`; what the file held in
the end; what was left.
"""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.forking.inspector import Inspector
from lessonkit.scenes.forking.place import Place
from lessonkit.scenes.forking.programs import count_strays, end_new
from lessonkit.scenes.forking.running import descriptors
from lessonkit.scenes.zombies.stage import ask, at_rest, family, loaded, over, state, steady

__all__ = ["two_writers"]

CALL_SECONDS = 8.0
THERE_SECONDS = 1.2
STEP_SECONDS = 1.0
CALM_SECONDS = 0.5
STEPS, BURST, PART = 3, 400, 4
MOST_WAITING = 2048
TURN_SECONDS = 0.01
"""How long a writer runs alone in the end, if it reads nothing meanwhile."""

WHO = ("first", "second")


def two_writers(box: Box) -> None:
    """Into a file that is not there, and into one that holds some lines already."""
    inspector = Inspector(box)
    place = Place(box, inspector)
    pipes = [os.pipe() for _ in range(4)]
    reply = box.fixture("gates", fds=[read for read, _ in pipes])
    if reply.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {reply!r:.400}")
    for read, _ in pipes:
        os.close(read)
    inputs = list(reply.value)
    before = descriptors(inspector.look(box.student_pid) or {})
    box.fact("before", {n: p for n, p in before.items() if int(n) not in inputs})
    names = [f"log-{box.rng.getrandbits(32):08x}" for _ in range(2)]
    bases = ["", "".join(_line(box) for _ in range(3))]
    place.file(names[1], bases[1].encode(), 0o666)
    if not loaded(box):
        return
    rounds: list[dict[str, Any]] = []
    for number, (name, base) in enumerate(zip(names, bases, strict=True)):
        fed = {who: pipes[2 * number + offset][1] for offset, who in enumerate(WHO)}
        this = _Round(box, place, name, fed, base)
        clean = this.play(inputs[2 * number], inputs[2 * number + 1])
        rounds.append(this.facts)
        box.fact("rounds", rounds)
        if not clean:
            return
    after = descriptors(inspector.look(box.student_pid) or {})
    box.fact("after", {n: p for n, p in after.items() if int(n) not in inputs})
    box.finish()


@contextmanager
def _apart(pids: Sequence[int]) -> Iterator[None]:
    """Let these processes run on another CPU than init, if there are two and we may say so.

    On the same one init would see what they do only when they wait for something.
    """
    usual = os.sched_getaffinity(0)
    ours = min(usual)
    theirs = usual - {ours}
    try:
        if theirs:
            with suppress(OSError):
                for pid in pids:
                    os.sched_setaffinity(pid, theirs)
                os.sched_setaffinity(0, {ours})
        yield
    finally:
        for pid in (0, *pids):
            with suppress(OSError):
                os.sched_setaffinity(pid, usual)


def _line(box: Box) -> str:
    return f"{box.rng.getrandbits(124):031x}\n"


class _Round:
    """One call."""

    def __init__(self, box: Box, place: Place, name: str, fed: dict[str, int], base: str) -> None:
        self._box = box
        self._place = place
        self._name = name
        self._fed = fed
        self._pids: dict[str, int] = {}
        self._old = {p.identity for p in box.snapshot().processes}
        self._there = steady(self._is_there)
        self._resting = steady(self._at_rest)
        self._started: float | None = None
        self._done = False
        steps = [*WHO] * STEPS
        box.rng.shuffle(steps)
        self._steps = steps
        self.facts: dict[str, Any] = {"base": base, "there": [], "steps": [], "burst": {}}

    def play(self, first: int, second: int) -> bool:
        """Call the function; False if another call would start from a mess."""
        box = self._box
        reply, self.facts["call"] = ask(
            box,
            None,
            os.path.join(self._place.path, self._name),
            first,
            second,
            seconds=CALL_SECONDS,
            while_waiting=self._direct,
        )
        self._let_go()
        box.wait_until(lambda: at_rest(p for p in self._new() if not p.is_zombie), STEP_SECONDS)
        count_strays(box, reply, self.facts["call"])
        self.facts["left"] = family(self._new())
        self.facts["contents"] = self._place.contents(self._name)
        end_new(box, self._old)
        return not over(reply) and self._done

    def _new(self) -> list[ProcessInfo]:
        return [p for p in self._box.snapshot().processes if p.identity not in self._old]

    def _is_there(self) -> bool:
        return len(self._new()) == 1 and self._at_rest()

    def _at_rest(self) -> bool:
        """True if nobody is at work or waits for a CPU: a busy host is nobody's mistake."""
        student = self._box.process(self._box.student_pid)
        return student is not None and at_rest([*self._new(), student])

    def _direct(self) -> None:
        """During the call: when both writers wait for their input, feed them."""
        if self._done:
            return
        now = self._box.snapshot().at_seconds
        self._started = now if self._started is None else self._started
        resting, there = self._resting(), self._there()
        late = resting and now > self._started + THERE_SECONDS
        if not (there or late):
            return
        self._done = True
        new = self._new()
        self.facts["there"] = family(new)
        if there and new[0].ppid == self._box.student_pid and not new[0].is_zombie:
            self._pids = {"first": self._box.student_pid, "second": new[0].pid}
            if all(self._step(who) for who in self._steps):
                self._burst()
        self._let_go()

    def _step(self, who: str) -> bool:
        """Feed one line while the other one stands still; False if nobody takes it."""
        box, writer = self._box, self._pids[who]
        other = self._pids[WHO[1 - WHO.index(who)]]
        line = _line(self._box)
        # It may have written its line, and still hold a lock that it is about to give back.
        box.wait_until(lambda: state(box, other) not in ("R", "D"), CALM_SECONDS)
        box.kill(other, signal.SIGSTOP)
        box.wait_until(lambda: state(box, other) in ("T", "Z", None), STEP_SECONDS)
        self._feed(who, line)

        def settled() -> bool:
            return self._holds(line) or (
                self._is_taken(who) and state(box, writer) not in ("R", "D")
            )

        box.wait_until(steady(settled), STEP_SECONDS)
        taken = self._is_taken(who)
        step = {"who": who, "line": line, "taken": taken, "held": self._holds(line)}
        box.kill(other, signal.SIGCONT)
        if not taken:
            step["other"] = box.wait_until(lambda: self._is_taken(who), STEP_SECONDS)
        self.facts["steps"].append(step)
        return taken

    def _burst(self) -> None:
        """Feed both, and let them run in turn: then each stands still anywhere at some time."""
        box = self._box
        burst: dict[str, list[str]] = {who: [] for who in WHO}
        self.facts["burst"] = burst
        for pid in self._pids.values():
            box.kill(pid, signal.SIGSTOP)
        box.wait_until(
            lambda: all(state(box, pid) in ("T", "Z", None) for pid in self._pids.values()),
            STEP_SECONDS,
        )
        with _apart([*self._pids.values()]):
            for _ in range(BURST // PART):
                for who, fed in burst.items():
                    if self._waiting(who) < MOST_WAITING:  # a pipe holds a page at least
                        lines = [_line(box) for _ in range(PART)]
                        fed += lines
                        self._feed(who, "".join(lines))
                    self._turn(who)
        for pid in self._pids.values():
            box.kill(pid, signal.SIGCONT)

    def _turn(self, who: str) -> None:
        """Let this one run until it has read something; then it is stopped, wherever it is."""
        box, pid, waiting = self._box, self._pids[who], self._waiting(who)
        end = time.monotonic() + TURN_SECONDS
        box.kill(pid, signal.SIGCONT)
        while self._waiting(who) == waiting and time.monotonic() < end:
            pass  # whoever gives way here is late
        for _ in range(box.rng.randrange(60)):
            pass
        box.kill(pid, signal.SIGSTOP)
        while state(box, pid) not in ("T", "Z", None) and time.monotonic() < end:
            pass

    def _feed(self, who: str, line: str) -> None:
        try:
            os.write(self._fed[who], line.encode())
        except OSError:
            pass  # nobody has the reading end any more

    def _is_taken(self, who: str) -> bool:
        """True if nothing is left in the pipe."""
        return self._waiting(who) == 0

    def _waiting(self, who: str) -> int:
        """How many bytes are in the pipe. Source: pipe(7), FIONREAD."""
        waiting = fcntl.ioctl(self._fed[who], termios.FIONREAD, b"\0\0\0\0")
        return int(struct.unpack("i", waiting)[0])

    def _holds(self, line: str) -> bool:
        return line in (self._place.contents(self._name) or "")

    def _let_go(self) -> None:
        """Bring both inputs to their end."""
        for fd in self._fed.values():
            os.close(fd)
        self._fed = {}
