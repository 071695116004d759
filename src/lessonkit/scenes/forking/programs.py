"""Programs that wait for init: small shell scripts, each with a FIFO as its gate.

A program that was seen with exactly its argv, and that ended with what came through its gate, was
truly run; and it stands still as long as init wants to look at it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from typing import Any

from lessonkit import procfs
from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box, Reply
from lessonkit.scenes.forking.place import Place
from lessonkit.scenes.zombies.stage import at_rest, late_strays, over, state, steady

__all__ = [
    "CALL_SECONDS",
    "Program",
    "Watch",
    "awkward_words",
    "count_strays",
    "described",
    "end_new",
    "fixture_nothing",
    "new_since",
    "shell",
]

CALL_SECONDS = 5.0
STEP_SECONDS = 1.0
LATEST_SECONDS = 1.2
"""When what is there is looked at, although it is not what was expected."""

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_WORDS = ("", "two words", "$HOME", "*", "it's", '"', "-x", "a=b", ";", "\\n")


def awkward_words(box: Box) -> list[str]:
    """Arguments that a shell would take apart."""
    return [*box.rng.sample(_WORDS, 4), f"{box.rng.getrandbits(32):08x}"]


def new_since(box: Box, old: set[tuple[int, int]]) -> list[ProcessInfo]:
    """What has come since; with cmdline."""
    found = []
    for process in box.snapshot().processes:
        if process.identity not in old:
            full = procfs.read_process(process.pid, cmdline=True)
            found.append(full or process)
    return found


def end_new(box: Box, old: set[tuple[int, int]]) -> None:
    """End what a call has left, so that the next one starts from a clean stage."""
    for process in new_since(box, old):
        box.kill(process.pid, 9)
    box.wait_until(
        lambda: all(p.is_zombie for p in box.snapshot().processes if p.identity not in old),
        STEP_SECONDS,
    )


def shell() -> str:
    """The file that `sh` is, without links."""
    return os.path.realpath(shutil.which("sh", path=_PATH) or "/bin/sh")


class Program:
    """One script: argv is what the student's function gets."""

    def __init__(self, place: Place, name: str, body: str, words: Sequence[str]) -> None:
        """body: what it does behind `read line < GATE`, with {gate} for the path of a second one.

        A FIFO is used once: two lines in a row could come while the first reader is still there.
        """
        self._place = place
        self._names = [f"{name}-{number}" for number in (1, 2)]
        gates = [place.fifo(gate) for gate in self._names]
        script = f"read line < {gates[0]}; " + body.format(gate=gates[1])
        self.argv = ["sh", "-c", script, name, *words]

    def tell(self, line: str, *, gate: int = 0) -> bool:
        """Let a line through a gate, if somebody waits there; never wait for that."""
        return self._place.tell(self._names[gate], line)


def count_strays(box: Box, reply: Reply, note: dict[str, Any]) -> None:
    """Add copies of the student's process that came back after the reply: it did not wait for them.

    Call it when all that the call has made is at rest or has ended.
    """
    if not over(reply):
        late_strays(note, box.fixture("nothing"))


def fixture_nothing(fds: list[int]) -> None:
    """In the student's process: nothing. With the answer comes word of copies that came back."""


class Watch:
    """Look at one call from outside: `during` is its while_waiting.

    When the program stands at its gate, alone, or when it is clear that it will not, *seen* is
    called once with all new processes; then *release* again and again until it is true.
    """

    def __init__(
        self,
        box: Box,
        argv: Sequence[str],
        seen: Callable[[list[ProcessInfo]], object],
        release: Callable[[], bool],
    ) -> None:
        self._box = box
        self._argv = tuple(argv)
        self._seen = seen
        self._release = release
        self.old = {p.identity for p in box.snapshot().processes}
        self._started: float | None = None
        self._steady = steady(self._at_gate)
        self._resting = steady(self._at_rest)
        self._looked = self._released = False

    def during(self) -> None:
        """Called every few milliseconds while the student's function has not come back."""
        now = self._box.snapshot().at_seconds
        self._started = now if self._started is None else self._started
        late = now > self._started + LATEST_SECONDS and self._resting()
        if not self._looked and (self._steady() or late):
            self._looked = True
            self._seen(new_since(self._box, self.old))
        if self._looked and not self._released:
            self._released = self._release()

    def late(self, reply: Reply, note: dict[str, Any]) -> list[dict[str, Any]]:
        """After the call: what it left; and if nothing was looked at before, do so now."""
        box = self._box
        if not self._looked:
            box.wait_until(steady(lambda: self._at_gate() or not self._living()), STEP_SECONDS)
            self._looked = True
            self._seen(new_since(box, self.old))
        box.wait_until(lambda: at_rest(self._living()), STEP_SECONDS)
        count_strays(box, reply, note)
        left = described(new_since(box, self.old))
        end_new(box, self.old)
        return left

    def _living(self) -> list[ProcessInfo]:
        return [p for p in new_since(self._box, self.old) if not p.is_zombie]

    def _at_gate(self) -> bool:
        living = self._living()
        there = any(p.cmdline == self._argv for p in living) or self.became()
        return there and self._at_rest()

    def _at_rest(self) -> bool:
        """True if nobody is at work or waits for a CPU: a busy host is nobody's mistake.

        First the student's process: what it makes after that is at work when it is looked for.
        """
        own = state(self._box, self._box.student_pid)
        return own not in ("R", "D") and at_rest(self._living())

    def became(self) -> bool:
        """True if the student's process itself runs the program now."""
        own = procfs.read_process(self._box.student_pid, cmdline=True)
        return own is not None and own.cmdline == self._argv


def described(processes: Sequence[ProcessInfo]) -> list[dict[str, Any]]:
    """Processes as plain data, with their arguments."""
    return [
        {
            "pid": p.pid,
            "ppid": p.ppid,
            "state": p.state,
            "comm": p.comm,
            "cmdline": list(p.cmdline or ()),
        }
        for p in processes
    ]
