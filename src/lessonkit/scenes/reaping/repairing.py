"""Scene 6.2: compile the student's handler into a program, and let children end in its middle.

Facts: `compiler` (missing, ok, says: of a program of ours), `answer` (the call), `others` (what it
had started and what did not end), `build` (ok, says), `phases`, in order: kind, `wanted` (pid ->
wait status), `left` (zombies that stayed), `told` (lines of the program), `token` and `lines` (its
output), `early` (half of its line came while `main` stood still with half a line in its buffer),
`where` (it came to the place where init wanted it), `over` (it went through), `ended`.
"""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.reaping.bursts import at_work, held, zombies
from lessonkit.scenes.reaping.compiling import MOST_TEXT_BYTES, build, launch
from lessonkit.scenes.reaping.harness import HARNESS
from lessonkit.scenes.zombies.stage import ask, family, loaded, state, steady

__all__ = ["reaper_c"]

PHASES = ("twice", "line", "malloc", "errno", "read")
START_SECONDS = 4.0
STEP_SECONDS = 2.0
BUSY_SECONDS = 3.0
MOST_BYTES = 20_000
_PROBE = "#include <signal.h>\n#include <sys/wait.h>\nvoid start_reaping(void) {}\n"
"""A compiler that can make a program of this and of ours is one."""


def reaper_c(box: Box) -> None:
    """See whether C can be compiled; ask for the text; try it in five situations."""
    compiler = build(box, {"main.c": HARNESS, "probe.c": _PROBE})
    box.fact("compiler", compiler)
    if not loaded(box):
        return
    known = {p.identity for p in box.snapshot().processes}
    reply, note = ask(box, None)
    box.fact("answer", note)
    text = reply.value
    if not compiler["ok"] or not isinstance(text, str) or len(text) > MOST_TEXT_BYTES // 2:
        return
    held(box)  # nobody is to change what is compiled and run from here on
    others = _end_others(box, known)
    box.fact("others", family(others))
    if others:
        return
    built = build(box, {"main.c": HARNESS, "reaper.c": text}, compiler["compiler"])
    box.fact("build", built)
    phases: list[dict[str, Any]] = []
    if built["ok"]:
        for kind in PHASES:
            phases.append(_Phase(box, built["program"], kind).play())
            box.fact("phases", phases)
            if kind == "twice" and not _good_so_far(phases[0]):
                break
    box.kill(box.student_pid, signal.SIGCONT)
    box.finish()


def _good_so_far(first: dict[str, Any]) -> bool:
    """True if the first burst was collected: else there is nothing to look at."""
    return first["first_over"] is True


def _end_others(box: Box, known: set[tuple[int, int]]) -> list[ProcessInfo]:
    """End what the student's code has started; return what does not end."""

    def others() -> list[ProcessInfo]:
        now = box.snapshot().processes
        return [p for p in now if p.identity not in known and not p.is_zombie]

    def ended() -> bool:
        for process in others():
            box.kill(process.pid, signal.SIGKILL)
        return not others()

    box.wait_until(steady(ended), STEP_SECONDS)
    return others()


class _Phase:
    """One run of the program."""

    def __init__(self, box: Box, program: str, kind: str) -> None:
        self._box = box
        self._kind = kind
        self._heard = b""
        self._output = b""
        count = box.rng.randint(4, 6) * (2 if kind == "twice" else 1)
        gates = [os.pipe() for _ in range(count + 1)]
        (go, self._go), (self._hears, says) = os.pipe(), os.pipe()
        (data, self._data), (self._lines, out) = os.pipe(), os.pipe()
        token = box.rng.randint(10**6, 10**9)
        numbers = [str(60 + number) for number in range(count + 1)]
        self._gates = [write for _, write in gates]
        self._pid = launch(
            box,
            [program, kind, str(token), *numbers],
            {1: out, 3: go, 4: says, 5: data},
            [read for read, _ in gates],
        )
        for fd in (go, says, data, out, *(read for read, _ in gates)):
            os.close(fd)
        self._children: list[int] = []
        self._wanted: dict[int, int] = {}
        self._facts: dict[str, Any] = {"kind": kind, "token": token, "first_over": False}

    def play(self) -> dict[str, Any]:
        """Let it come to its place, let children end, let it go on; end it."""
        facts = self._facts
        self._until(b".", 1, START_SECONDS)
        self._children = [line[0] for line in self._numbers(b"c")]
        facts["started"] = len(self._children) == len(self._gates) and self._are_its(self._children)
        if facts["started"]:
            dying = self._children[:-1]
            half = len(dying) // 2 if self._kind == "twice" else len(dying)
            facts["over"] = facts["first_over"] = self._burst(dying[:half], 1)
            if self._kind == "twice" and facts["over"]:
                facts["over"] = self._burst(dying[half:], 2)
        self._listen()
        facts |= {
            "wanted": self._wanted,
            "told": self._heard[:MOST_BYTES].decode("ascii", "replace").split("\n")[:-1],
            "lines": self._output[:MOST_BYTES].decode("utf-8", "backslashreplace"),
            "ended": not self._lives(),
            "state": state(self._box, self._pid),
        }
        self._end()
        return facts

    def _burst(self, dying: list[int], which: int) -> bool:
        """Children end while the program stands still in its place; True if it went through."""
        box, facts = self._box, self._facts
        if not self._are_its(dying):
            return False
        total = len(self._wanted) + len(dying)
        self._command(total)
        facts["where"] = self._until(b"w", which, START_SECONDS)
        if self._kind == "read":  # it is in the system call when it sleeps
            box.wait_until(steady(lambda: state(box, self._pid) == "S"), STEP_SECONDS)
        box.kill(self._pid, signal.SIGSTOP)
        box.wait_until(lambda: state(box, self._pid) in ("T", "Z", None), STEP_SECONDS)
        hit = box.rng.choice(dying)
        for pid in dying:
            if pid == hit:
                box.kill(pid, signal.SIGKILL)
                self._wanted[pid] = int(signal.SIGKILL)
            else:
                code = box.rng.randint(1, 255)
                self._wanted[pid] = code << 8
                with suppress(OSError):
                    os.write(self._gates[self._children.index(pid)], bytes([code]))
        box.wait_until(
            lambda: all(state(box, pid) in ("Z", "X", None) for pid in dying), STEP_SECONDS
        )
        box.kill(self._pid, signal.SIGCONT)
        self._wait(lambda: not zombies(box, dying) and len(self._numbers(b"r")) >= total)
        facts["left"] = zombies(box, dying)
        self._settle()
        self._listen()
        # What a handler says with write is its own business.
        facts["early"] = f"{facts['token']}-first-".encode() in self._output
        if self._kind == "read":
            with suppress(OSError):
                os.write(self._data, b"x")
        elif self._kind != "errno":
            self._command(1)
        # It tells of the steps' ends: one after the start, and one for each burst.
        went_on = self._until(b".", 1 + which, STEP_SECONDS)
        return went_on and not facts["left"] and len(self._numbers(b"r")) >= total

    def _are_its(self, pids: list[int]) -> bool:
        """True if these are children of the program: it is the student's, and may say anything."""
        there = {p.pid for p in self._box.snapshot().children_of(self._pid)}
        return there.issuperset(pids)

    def _settle(self) -> None:
        """Let a handler that is at work come to its end."""
        if self._kind != "errno":
            self._wait(steady(lambda: not at_work(self._pid)))

    def _wait(self, condition: Any) -> bool:
        """Wait, a bit longer while the program is at work on a busy host."""

        def met() -> bool:
            self._listen()
            return bool(condition()) or not self._lives()

        box = self._box
        if not box.wait_until(met, STEP_SECONDS) and self._kind != "errno":
            box.wait_until(lambda: met() or not at_work(self._pid), BUSY_SECONDS)
        return bool(condition())

    def _until(self, what: bytes, count: int, seconds: float) -> bool:
        """Wait for that many lines that begin so."""

        def told() -> bool:
            self._listen()
            return sum(line[:1] == what for line in self._heard.split(b"\n")) >= count

        self._box.wait_until(lambda: told() or not self._lives(), seconds)
        return told()

    def _lives(self) -> bool:
        return state(self._box, self._pid) not in (None, "Z", "X")

    def _numbers(self, what: bytes) -> list[list[int]]:
        """The numbers in the lines that begin so, of those that are as we write them."""
        found = []
        for line in self._heard.split(b"\n")[:-1]:
            words = line.split()
            if words[:1] == [what] and all(w.lstrip(b"-").isdigit() for w in words[1:]):
                found.append([int(word) for word in words[1:]])
        return [numbers for numbers in found if numbers]

    def _command(self, byte: int) -> None:
        with suppress(OSError):
            os.write(self._go, bytes([byte]))

    def _listen(self) -> None:
        for name, fd in (("_heard", self._hears), ("_output", self._lines)):
            for _ in range(16):  # it may write without end
                if not select.select([fd], [], [], 0)[0]:
                    break
                more = os.read(fd, 65536)
                if not more:
                    break
                if len(getattr(self, name)) < MOST_BYTES:
                    setattr(self, name, getattr(self, name) + more)

    def _end(self) -> None:
        box = self._box
        for process in box.snapshot().children_of(self._pid):
            box.kill(process.pid, signal.SIGKILL)
        box.kill(self._pid, signal.SIGKILL)
        box.wait_until(lambda: not self._lives(), STEP_SECONDS)
        for fd in (self._go, self._hears, self._data, self._lines, *self._gates):
            os.close(fd)
