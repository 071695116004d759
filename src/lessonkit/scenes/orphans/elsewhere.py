"""Call the student's function in a process of its own, which init adopts.

    process, problem = start(box, "pid 1", [argv])
    process.let_go()

"pid 1": it is the first of a pid namespace of its own; where the host lets nobody make one, a
subreaper. What the function returns is its exit code. "plain": a process like any other, not the
leader of its session, which stays when the function has come back, and ends when that says so
(SystemExit). "below": a plain one below a subreaper, which collects it, and which adopts what it
leaves: so that pid 1 is not the only one who adopts. Whatever it is, init looks it up in the
kernel: the process that forks it is in the student's hands.

What happens in that process is in `aside`.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Sequence
from typing import Any

from lessonkit.plain import MAX_DEPTH, PlainError, decode, encode
from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box, Reply
from lessonkit.scenes.orphans.aside import COLLECT, MOST_NEWS_BYTES
from lessonkit.scenes.zombies.stage import noted, state

__all__ = ["Elsewhere", "start"]

START_SECONDS = 5.0
_PF_EXITING = 0x4
"""Source: proc_pid_stat(5), field 9 flags."""


class Elsewhere:
    """The process in which the function runs. Its pid is that which the box sees."""

    def __init__(
        self, box: Box, process: ProcessInfo, gate: int, hears: int, *, since: int
    ) -> None:
        """since: how many corpses init had collected before; pids may come again."""
        self._box = box
        self._since = since
        self._process = process
        self._gate = gate
        self._hears = hears
        self._text = b""
        self.pid = process.pid
        numbers = (box.status_field(self.pid, "NSpid") or "").split()
        self.is_pid_1 = len(numbers) == 2 and numbers[1] == "1"

    def let_go(self) -> None:
        """Let it call the function."""
        try:
            os.write(self._gate, b"!")
        except BrokenPipeError:
            pass  # it has ended already

    def collect(self) -> None:
        """Let a "plain" process wait for the child whose pid it has returned, and tell its code."""
        try:
            os.write(self._gate, COLLECT)
        except BrokenPipeError:
            pass  # it has ended

    def answers(self) -> int:
        """How often it has told something itself; copies of it that came back too do not count."""
        return len(self._own_lines())

    def alive(self) -> bool:
        """True until it begins to end. A pid 1 then still waits for those that the kernel ends."""
        process = self._box.process(self.pid)
        return process is not None and not process.is_zombie and not process.flags & _PF_EXITING

    def wait_status(self) -> int | None:
        """How it ended, as init learned when it collected it; None if it has not yet."""
        found = [c.wait_status for c in self._box.adopted[self._since :] if c.pid == self.pid]
        return found[0] if found else None

    def ended(self, seconds: float) -> bool:
        """Wait for its end; False if it lives on."""
        return self._box.wait_until(self._is_over, seconds)

    def _is_over(self) -> bool:
        """True once it was collected, by init or by the one who stands between."""
        if self._process.ppid == self._box.init_pid:
            return self.wait_status() is not None
        now = self._box.process(self.pid)
        return now is None or now.identity != self._process.identity

    def answered(self) -> bool:
        """True once the function has come back in this process, or the process has ended.

        A copy of it may be the first to say something: that is no answer.
        """
        return self.answers() > 0 or self._is_over()

    def note(self, wall_seconds: float) -> dict[str, Any]:
        """What came back, in the form of a call. What it says is only a claim."""
        lines = self._lines()
        strays = [line for line in lines if line["kind"] == "stray"]
        answer = next((line for line in lines if line["kind"] != "stray"), None)
        status = self.wait_status()
        if answer is None:
            answer = {"kind": "timeout" if status is None else "gone"}
        note = noted(Reply(kind="timeout", wall_seconds=wall_seconds, strays=len(strays)))
        note["stray_errors"] = [line["error"] for line in strays if line["error"]["type"]][:3]
        note |= {key: answer[key] for key in ("kind", "value", "error", "problem") if key in answer}
        note["wait_status"] = status
        if note["kind"] == "timeout":
            note["state"] = state(self._box, self.pid)
        return note

    def last_value(self) -> Any:
        """The last that it told itself, if that was a value."""
        return next((line.get("value") for line in reversed(self._own_lines())), None)

    def end(self, *, gently: bool = False) -> None:
        """End it, and forget it. Gently: a "plain" process may leave by itself."""
        os.close(self._gate)
        if not self._is_over() and not (gently and self.ended(START_SECONDS)):
            self._box.kill(self.pid, signal.SIGKILL)
            self.ended(START_SECONDS)
        os.close(self._hears)

    def _lines(self) -> list[dict[str, Any]]:
        self._listen()
        return [_message(line) for line in self._text.split(b"\n")[:-1]]

    def _own_lines(self) -> list[dict[str, Any]]:
        return [line for line in self._lines() if line["kind"] != "stray"]

    def _listen(self) -> None:
        if len(self._text) < MOST_NEWS_BYTES and select.select([self._hears], [], [], 0)[0]:
            self._text += os.read(self._hears, MOST_NEWS_BYTES)


def start(box: Box, kind: str, arguments: Sequence[Any]) -> tuple[Elsewhere | None, dict[str, Any]]:
    """Fork a process that will call the function; None if there is none, and the note says why."""
    go, gate = os.pipe()
    hears, says = os.pipe()
    known = {p.pid for p in box.snapshot().processes}
    since = len(box.adopted)
    reply = box.fixture("elsewhere", kind, list(arguments), fds=[go, says], with_function=True)
    os.close(go)
    os.close(says)
    pid, note = reply.value, noted(reply)

    def found() -> ProcessInfo | None:
        """The process, once it is where it should be: below init, or below somebody who is."""
        process = box.process(pid)
        parent = process
        if process is not None and kind == "below":
            parent = box.process(process.ppid)
        if process is None or parent is None or parent.ppid != box.init_pid:
            return None
        return None if known.intersection((pid, parent.pid)) else process

    ours = reply.kind == "value" and type(pid) is int and 1 < pid < 2**22
    if ours and box.wait_until(lambda: found() is not None, START_SECONDS):
        process = found()
        if process is not None:
            return Elsewhere(box, process, gate, hears, since=since), note
    for fd in (gate, hears):
        os.close(fd)
    if note["kind"] == "value":
        note |= {"kind": "bad", "value": None, "problem": "the process that was to call it is gone"}
    return None, note


def _message(line: bytes) -> dict[str, Any]:
    """One line as plain data in the right form, or a note that it is not."""
    try:
        said = decode(line)
        kind = said["kind"]
        if kind in ("error", "stray"):
            words = {word: str(said[word]) for word in ("type", "message", "traceback")}
            return {"kind": kind, "error": words}
        if kind == "value":
            encode(said["value"], max_depth=MAX_DEPTH // 2)  # it has to fit into the facts
            return {"kind": "value", "value": said["value"]}
        return {"kind": "bad", "problem": str(said["problem"])[:500]}
    except (PlainError, LookupError, TypeError):
        return {"kind": "bad", "problem": "what came back is not plain data"}
