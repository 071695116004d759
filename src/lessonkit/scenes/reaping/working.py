"""Scene 6.3: lines come through a pipe while children end; is all answered, and who collects?

The whole script plays during the one call, in `while_waiting`.

Facts: `steps`, in order (kind; `sent` and `back`: bytes, as text; `expected`: pid -> code of those
that ended, `left`: zombies that stayed, `unread`: bytes that nobody has read), `quiet`, `ignored`
(SIGCHLD was), `answer` (the call), `living`: the pid that lives on, `all`: pid -> code of all that
ended before the end.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import sys
import termios
import time
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.reaping.bursts import (
    at_rest,
    at_work,
    causes,
    collected,
    continued,
    end,
    held,
    quiet,
)
from lessonkit.scenes.zombies.stage import Child, ask, children_in_student, loaded, state, steady

__all__ = ["fixture_pipes", "worker_loop"]

CALL_SECONDS = 20.0
"""The script takes its time; who is not in it any more is not waited for that long."""

ANSWER_SECONDS = 2.0
BUSY_SECONDS = 4.0
MOST_BYTES = 20_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def worker_loop(box: Box) -> None:
    """Lines alone, a child alone, half a line and a burst, many lines and a burst, the end."""
    children = children_in_student(box, box.rng.randint(7, 9))
    box.rng.shuffle(children)
    inp, feeds = os.pipe()
    hears, out = os.pipe()
    reply = box.fixture("pipes", fds=[inp, out])
    if reply.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {reply!r:.400}")
    os.close(out)
    os.set_blocking(feeds, False)
    if not loaded(box):
        return
    script = _Script(box, children, (inp, feeds), hears)
    _, note = ask(box, None, *reply.value, seconds=CALL_SECONDS, while_waiting=script.play)
    script.give_up()
    box.fact("answer", note)
    box.fact("all", script.ended)
    box.fact("living", children[-1].pid)
    box.finish()


def fixture_pipes(fds: list[int]) -> list[int]:
    """In the student's process, before its code is loaded: the numbers of its descriptors."""
    return fds


class _Script:
    """What happens during the call, step by step; it ends with the end of the input."""

    def __init__(self, box: Box, children: list[Child], inp: tuple[int, int], hears: int) -> None:
        """inp: both ends of the pipe; its reading end is only asked how much is in it."""
        self._box = box
        self._children = children[:-1]
        self._inp, self._feeds = inp
        self._hears = hears
        self._steps: list[dict[str, Any]] = []
        self._played = False
        self._until = 0.0
        self.ended: dict[int, int] = {}

    def play(self) -> None:
        """Called during the call, again and again; plays once."""
        if self._played:
            # The input is at its end: what still sleeps after this does not come back.
            if time.monotonic() > self._until and not at_work(self._box.student_pid):
                self._box.kill(self._box.student_pid, 9)
            return
        self._played = True
        at_rest(self._box)  # else what it does before its first read would meet the first lines
        self._steps_in_order()
        self.give_up()
        self._until = time.monotonic() + ANSWER_SECONDS

    def give_up(self) -> None:
        """Close our end of the input, once."""
        if self._feeds >= 0:
            os.close(self._feeds)
            self._feeds = -1

    def _steps_in_order(self) -> None:
        box = self._box
        one, some, rest = self._children[:1], self._children[1:4], self._children[4:]
        lines = self._lines(2)
        if not self._step("lines", lines, []):
            return
        self._step("a child", b"", one)
        box.fact("quiet", quiet(box))
        line = self._lines(1)
        cut = len(line) // 2
        if not self._step("half a line", line[:cut], [], answer=b""):
            return
        self._step("in the middle", b"", some, signals=1)
        if self._step("the other half", line[cut:], [], answer=line.upper()):
            self._step("many", self._lines(box.rng.randint(15, 25)), rest, signals=1)

    def _lines(self, count: int) -> bytes:
        rng = self._box.rng
        words = ["".join(rng.choices(_LETTERS, k=rng.randint(6, 30))) for _ in range(count)]
        return "".join(word + "\n" for word in words).encode()

    def _step(
        self,
        kind: str,
        sent: bytes,
        dying: list[Child],
        *,
        answer: bytes | None = None,
        signals: int = 0,
    ) -> bool:
        """Send, and let children end; False if the answer is not as expected."""
        box, expected = self._box, {}
        wanted = sent.upper() if answer is None else answer
        if dying:
            held(box)
        if sent:
            self._send(sent)
        if dying:
            endings = zip(dying, causes(box, len(dying), signals), strict=True)
            expected = end(box, endings, at_once=False)
            continued(box)
        self.ended |= expected
        if not dying:
            self._taken()
        back = self._hear(len(wanted))
        left = collected(box, expected)
        if expected:
            ignored = int(box.status_field(box.student_pid, "SigIgn") or "0", 16)
            box.fact("ignored", bool(ignored >> (signal.SIGCHLD - 1) & 1))
        back += self._hear(0)
        self._steps.append(
            {
                "kind": kind,
                "wanted": wanted.decode(),
                "back": back[:2000].decode("utf-8", "backslashreplace"),
                "expected": expected,
                "left": left,
                "unread": self._unread(),
                "state": state(box, box.student_pid),
            }
        )
        box.fact("steps", self._steps)
        return back == wanted

    def _send(self, data: bytes) -> None:
        try:
            os.write(self._feeds, data)
        except OSError:
            pass  # nobody has the other end any more, or nobody reads: the answer will lack

    def _unread(self) -> int:
        """How many bytes nobody has read yet."""
        return int.from_bytes(fcntl.ioctl(self._inp, termios.FIONREAD, bytes(4)), sys.byteorder)

    def _taken(self) -> None:
        """Wait until what was sent is read, and the process sleeps again."""
        box, pid = self._box, self._box.student_pid

        box.wait_until(steady(lambda: not self._unread() and not at_work(pid)), ANSWER_SECONDS)

    def _hear(self, count: int) -> bytes:
        """What comes back, until there is as much as expected, or nothing to be expected."""
        box, heard = self._box, bytearray()

        def enough() -> bool:
            while len(heard) < MOST_BYTES and select.select([self._hears], [], [], 0)[0]:
                more = os.read(self._hears, 4096)
                heard.extend(more)
                if not more:
                    return True
            return len(heard) >= count

        box.wait_until(enough, ANSWER_SECONDS)
        box.wait_until(lambda: enough() or not at_work(box.student_pid), BUSY_SECONDS)
        return bytes(heard)
