"""Scene 6.4: commands of the student's, and children of a library, in one process.

Facts: `start` (the call), `started` (argv and the processes that run it), `steps` (kind; own and
library: pid -> code of those that ended; `own_left`, `library_left`: their zombies afterwards;
`heard`: whether the old handler ran; `collected`: the call in which the library waited), `later`
(what `subprocess.run` gave the library), `codes` (the call), `all`: pid -> code of own ones.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.orphans.gates import place, running, tell
from lessonkit.scenes.reaping.bursts import FATAL, collected, continued, held, zombies
from lessonkit.scenes.zombies.stage import (
    Child,
    ask,
    children_in_student,
    family,
    loaded,
    noted,
    over,
    rest,
    state,
)

__all__ = ["fixture_library", "fixture_library_handler", "good_neighbour"]

START_SECONDS = 4.0
STEP_SECONDS = 2.0
HEAR_SECONDS = 0.3
RUNS = 10


def good_neighbour(box: Box) -> None:
    """Own and foreign ones end together; the library asks late; a signal; foreign ones alone."""
    names = [f"{box.rng.getrandbits(16):04x}" for _ in range(4)]
    folder = place(box, *names)
    library = children_in_student(box, 3)
    hears, says = os.pipe()
    reply = box.fixture("library_handler", fds=[says])
    os.close(says)
    if reply.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {reply!r:.400}")
    if not loaded(box):
        return
    commands = [["sh", "-c", f"read code < {folder}/{name}; exit $code"] for name in names]
    reply, note = ask(box, None, commands)
    box.fact("start", note)
    if reply.handle is None:
        return
    play = _Play(box, commands, [f"{folder}/{name}" for name in names], library, hears)
    if play.all_started() and play.steps():
        box.fact("later", noted(box.fixture("library", [], RUNS)))
        box.fact("codes", ask(box, reply.handle)[1])
    box.fact("all", play.all)
    box.finish()


def fixture_library_handler(fds: list[int]) -> None:
    """In the student's process, before its code is loaded: a handler that tells when it runs."""
    (says,) = fds
    os.set_blocking(says, False)

    def heard(number: int, frame: object) -> None:
        try:
            os.write(says, b"!")
        except OSError:
            return  # init has heard enough

    signal.signal(signal.SIGCHLD, heard)


def fixture_library(fds: list[int], pids: list[int], runs: int) -> list[int | None]:
    """In the student's process: wait for these children, then run programs; return the codes."""
    seen: list[int | None] = []
    for pid in pids:
        try:
            seen.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        except ChildProcessError:  # nobody keeps its status any more
            seen.append(None)
    for _ in range(runs):
        seen.append(subprocess.run(["sh", "-c", "exit 7"]).returncode)
    return seen


class _Play:
    """The steps. Each begins with a stopped process, and ends when it is at rest."""

    def __init__(
        self,
        box: Box,
        commands: list[list[str]],
        gates: list[str],
        library: list[Child],
        hears: int,
    ) -> None:
        self._box = box
        self._commands = commands
        self._gates = gates
        self._library = library
        self._hears = hears
        self._pids: list[int] = []
        self._steps: list[dict[str, Any]] = []
        self.all: dict[int, int] = {}

    def all_started(self) -> bool:
        """Wait until each command runs, once, as a child of the student's process."""
        box = self._box

        def there() -> bool:
            snapshot = box.snapshot()
            found = [running(snapshot, argv) for argv in self._commands]
            self._pids = [some[0].pid for some in found if some]
            started = [
                {"argv": argv, "processes": family(some)}
                for argv, some in zip(self._commands, found, strict=True)
            ]
            box.fact("started", started)
            return all(len(some) == 1 and some[0].ppid == box.student_pid for some in found)

        return box.wait_until(there, START_SECONDS)

    def steps(self) -> bool:
        """Play them; False if the student's process cannot go on."""
        first, second, third = self._library
        plan: list[tuple[str, list[int], list[Child]]] = [
            ("together", [0], [first]),
            ("a signal", [1], []),
            ("the library alone", [], [second]),
            ("all the rest", [2, 3], [third]),
        ]
        return all(self._step(*one) for one in plan)

    def _step(self, kind: str, own: list[int], library: list[Child]) -> bool:
        box = self._box
        self._hear()
        held(box)
        own_codes = {self._pids[which]: self._end_own(kind, which) for which in own}
        library_codes = {child.pid: box.rng.randint(1, 255) for child in library}
        for child in library:
            child.exit(library_codes[child.pid])
        dying = {*own_codes, *library_codes}
        box.wait_until(
            lambda: all(state(box, pid) in (None, "Z", "X") for pid in dying), STEP_SECONDS
        )
        continued(box)
        self.all |= own_codes
        own_left = collected(box, own_codes)
        rest(box, [box.student_pid])
        this: dict[str, Any] = {
            "kind": kind,
            "own": own_codes,
            "library": library_codes,
            "own_left": own_left,
            "library_left": zombies(box, library_codes),
        }
        self._steps.append(this)
        reply = box.fixture("library", list(library_codes), 0)
        # Another thread may have got the signal: then the handler runs when the main one works.
        this |= {"collected": noted(reply), "heard": box.wait_until(self._hears_more, HEAR_SECONDS)}
        box.fact("steps", self._steps)
        return not over(reply) and not own_left

    def _end_own(self, kind: str, which: int) -> int:
        """End a command by a signal, or by the code that it reads at its gate."""
        box = self._box
        if kind == "a signal":
            fatal = int(box.rng.choice(FATAL))
            box.kill(self._pids[which], fatal)
            return -fatal
        code = box.rng.randint(1, 255)
        box.wait_until(lambda: tell(self._gates[which], str(code)), STEP_SECONDS)
        return code

    def _hear(self) -> None:
        for _ in range(64):  # the student's code may go on writing there
            if not (select.select([self._hears], [], [], 0)[0] and os.read(self._hears, 4096)):
                return

    def _hears_more(self) -> bool:
        return bool(select.select([self._hears], [], [], 0)[0])
