"""Say what a scene may ask of the box it plays in.

`Box` is implemented by init (`lessonkit.sandbox.init`); scenes see only this protocol.
After every `Reply` the student's process is blocked until the next call, so its children
and zombies stand still: that is the moment to take facts.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from lessonkit.records import Corpse, ProcessInfo, Snapshot, StudentError

__all__ = ["Box", "Reply", "Scene"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What came back from the student's process.

    kind: "value" (plain data in `value`, or a callable in `handle`), "error" (the function
        raised: `error`), "timeout" (no answer in time), "gone" (the process ended during the
        call: `wait_status`), "bad" (what came back is not plain data: `problem`).
    strays: copies of the student's process that came back from the call too: children that
        fell through instead of ending with os._exit. They were ended.
    stray_errors: what the first of these copies had raised, if they came back in that way.
    """

    kind: Literal["value", "error", "timeout", "gone", "bad"]
    value: Any = None
    handle: int | None = None
    error: StudentError | None = None
    problem: str | None = None
    wait_status: int | None = None
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    strays: int = 0
    stray_errors: tuple[StudentError, ...] = ()


class Box(Protocol):
    """The box of one scene. All pids are those that processes inside see.

    home: the directory that the student's process starts in and may write to.
    """

    params: dict[str, Any]
    rng: random.Random
    student_pid: int
    init_pid: int
    home: str
    adopted: list[Corpse]
    zombies_left: list[Corpse]
    processes_left: list[ProcessInfo]

    def fixture(
        self, name: str, *args: Any, fds: Sequence[int] = (), with_function: bool = False
    ) -> Reply:
        """Call the scene module's `fixture_<name>(fds, *args)` in the student's process.

        Init's descriptors *fds* arrive there as new numbers. Usually done before `load`.
        with_function: the function that was loaded is given to it too, in front of *args*.
        """

    def load(self) -> Reply:
        """Load the student's code. kind "value" when its function is ready."""

    def call(
        self,
        handle: int | None,
        *args: Any,
        seconds: float = 3.0,
        while_waiting: Callable[[], object] | None = None,
    ) -> Reply:
        """Call the student's function (handle None), or a callable that it returned."""

    def spawn(self, function: Callable[..., object], *args: Any) -> int:
        """Fork a fixture process as the student's user; return its pid. It is init's child.

        Pipe ends among *args* stay open in it; everything else that init had open is closed.
        The student's process can signal it, but not trace it or read its memory.
        """

    def snapshot(self) -> Snapshot:
        """All processes in the box, as init sees them now."""

    def process(self, pid: int) -> ProcessInfo | None:
        """One process as it is now, or None when there is no such pid in the box."""

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Poll *condition* until it is true or time is up; init goes on reaping meanwhile."""

    def kill(self, pid: int, sig: int) -> None:
        """Send a signal as init; a process that is gone already is no error."""

    def status_field(self, pid: int, name: str) -> str | None:
        """A line of /proc/PID/status, such as "SigIgn"; None when the process is gone."""

    def hold_reaping(self) -> AbstractContextManager[None]:
        """While it is entered, init does not reap what it adopted."""

    def forks(self) -> int | None:
        """Processes and threads made in the box so far; None where the kernel hides it."""

    def finish(self, seconds: float = 3.0) -> None:
        """Let the student's process exit; fills zombies_left and processes_left."""

    def fact(self, name: str, value: Any) -> None:
        """Write down plain data for the judge: it becomes `Run.facts[name]`."""


Scene = Callable[[Box], None]
