"""Scene 1.4: programs to be run, one that waits for each of several ends, and two that cannot.

One of them gets an empty environment: that is an environment too, and not none.

While the first program stands at its gate, another child of the student's process ends; whoever
waits for any child collects the wrong one.

Facts: `cases` (what was asked, the processes `seen`, what /proc said of the program, what
came back, what was `left`), `plain` (environment and directory of the student's process as it
was), `before` and `after` (its descriptors), `others` (its other children at the end),
`ignores_sigchld`.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.forking.inspector import Inspector
from lessonkit.scenes.forking.patience import Patience
from lessonkit.scenes.forking.place import Place
from lessonkit.scenes.forking.programs import (
    CALL_SECONDS,
    Program,
    Watch,
    awkward_words,
    described,
    shell,
)
from lessonkit.scenes.zombies.stage import (
    Child,
    ask,
    at_rest,
    children_in_student,
    family,
    loaded,
    over,
    state,
)

__all__ = ["descriptors", "fixture_environment", "run_program"]

END_SECONDS = 1.0
_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP, signal.SIGALRM)


def run_program(box: Box) -> None:
    """Run a program plainly, one elsewhere, one that a signal ends, and two that there are not."""
    inspector = Inspector(box)
    place = Place(box, inspector)
    dying, living = children_in_student(box, 2)
    told = box.fixture("environment").value
    before = inspector.look(box.student_pid) or {}
    box.fact("plain", {"environ": sorted(told), "cwd": before.get("cwd")})
    box.fact("before", descriptors(before))
    programs = {
        name: Program(place, name, "exit $line", awkward_words(box))
        for name in ("first", "elsewhere", "bare", "signaled")
    }
    notes = place.file(f"notes-{box.rng.getrandbits(32):08x}", b"#!/bin/sh\nexit 3\n", 0o644)
    directory = place.directory(f"dir {box.rng.getrandbits(32):08x}")
    if not loaded(box):
        return
    stage = _Stage(box, inspector, programs, dying, notes=notes, directory=directory)
    cases: list[dict[str, Any]] = []
    for play in (
        stage.first,
        stage.elsewhere,
        stage.bare,
        stage.missing,
        stage.forbidden,
        stage.signaled,
    ):
        this, ended = play()
        cases.append(this)
        box.fact("cases", cases)
        if ended:
            return
    box.fact("after", descriptors(inspector.look(box.student_pid) or {}))
    ignored = box.status_field(box.student_pid, "SigIgn")
    box.fact("ignores_sigchld", bool(int(ignored or "0", 16) >> (signal.SIGCHLD - 1) & 1))
    box.fact("others", family(p for p in box.snapshot().children_of(box.student_pid)))
    box.fact("wanted_others", {"dead": dying.pid, "alive": living.pid})
    box.finish()


def fixture_environment(fds: list[int]) -> list[str]:
    """In the student's process, before its code is loaded: its environment."""
    return [f"{name}={value}" for name, value in os.environ.items()]


def descriptors(look: Any) -> dict[str, str]:
    """Number -> path of what is open, as the inspector saw it."""
    return {number: fd["path"] for number, fd in look.get("fds", {}).items()}


class _Stage:
    """One method for each case: it returns what happened, and whether S can take no more."""

    def __init__(
        self,
        box: Box,
        inspector: Inspector,
        programs: dict[str, Program],
        dying: Child,
        *,
        notes: str,
        directory: str,
    ) -> None:
        self._box = box
        self._inspector = inspector
        self._notes = notes
        self._directory = directory
        self._programs = programs
        self._dying = dying

    def first(self) -> tuple[dict[str, Any], bool]:
        """Plainly; meanwhile another child ends."""
        code = self._box.rng.randint(1, 255)
        return self._run("first", code, [])

    def elsewhere(self) -> tuple[dict[str, Any], bool]:
        """With an environment and a directory of its own; it succeeds."""
        box = self._box
        env = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "COLOR": f"{box.rng.getrandbits(32):08x}",
            "EMPTY": "",
            "WORDS": "a 'b' $c",
        }
        this, ended = self._run("elsewhere", 0, [env, self._directory])
        this["environ"] = sorted(f"{name}={value}" for name, value in env.items())
        this["cwd"] = self._directory
        return this, ended

    def bare(self) -> tuple[dict[str, Any], bool]:
        """With an environment in which there is nothing."""
        this, ended = self._run("bare", 0, [{}])
        this["environ"] = []
        return this, ended

    def signaled(self) -> tuple[dict[str, Any], bool]:
        """Plainly; a signal ends it."""
        return self._run("signaled", -int(self._box.rng.choice(_SIGNALS)), [])

    def missing(self) -> tuple[dict[str, Any], bool]:
        """There is no such program."""
        return self._fail("missing", f"no-such-{self._box.rng.getrandbits(32):08x}", 127)

    def forbidden(self) -> tuple[dict[str, Any], bool]:
        """There is such a file, but it may not be executed."""
        return self._fail("forbidden", self._notes, 126)

    def _run(self, name: str, code: int, more: list[Any]) -> tuple[dict[str, Any], bool]:
        box, program = self._box, self._programs[name]
        this: dict[str, Any] = {"case": name, "argv": program.argv, "code": code, "seen": []}
        target: list[int] = []

        def seen(found: list[ProcessInfo]) -> None:
            this["seen"] = described(found)
            this["became"] = watch.became()
            exact = [p.pid for p in found if p.cmdline == tuple(program.argv)]
            target[:] = exact[-1:] or [p.pid for p in found if not p.is_zombie][-1:]
            this["exe"] = shell()
            this["look"] = self._inspector.look(exact[-1]) if exact else None
            if name == "first":
                self._let_the_other_end()

        patience = Patience(box, self._inspector)

        def release() -> bool:
            if not patience.over(box.student_pid):
                return False
            if code >= 0:
                return program.tell(str(code))
            for pid in target:
                box.kill(pid, -code)
            return True

        watch = Watch(box, program.argv, seen, release)
        reply, this["call"] = ask(
            box, None, program.argv, *more, seconds=CALL_SECONDS, while_waiting=watch.during
        )
        this["left"] = watch.late(reply, this["call"])
        return this, over(reply)

    def _let_the_other_end(self) -> None:
        box, dying, parent = self._box, self._dying, self._box.student_pid
        dying.exit(box.rng.randint(1, 255))
        box.wait_until(lambda: state(box, dying.pid) in ("Z", "X", None), END_SECONDS)
        box.wait_until(
            lambda: at_rest(p for p in box.snapshot().processes if p.pid == parent), END_SECONDS
        )

    def _fail(self, name: str, path: str, code: int) -> tuple[dict[str, Any], bool]:
        box = self._box
        argv = [path, *awkward_words(box)]
        watch = Watch(box, argv, lambda found: None, lambda: True)
        reply, note = ask(box, None, argv, seconds=CALL_SECONDS)
        left = watch.late(reply, note)
        this = {"case": name, "argv": argv, "code": code, "call": note, "left": left}
        return this, over(reply)
