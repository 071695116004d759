"""Scene 5.7: a bomb that fights back, and a function that is to end all of it.

Each signal that the student's process sends is held until the bomb has answered the one before: to
the student's process the bomb looks as if it were always faster.

Facts: `call`, `first` (pids and what became of them), `later` (who came during the call and
afterwards), `left` (who is there in the end), `innocent`, `helpers`, `held`, `signals`.
"""

from __future__ import annotations

import array
import os
import signal
import socket
import time
from collections import Counter

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.bombs.common import NAMES, crowd, new_since
from lessonkit.scenes.bombs.filters import Held, hand_over_signals
from lessonkit.scenes.bombs.hydra import CAP, SIZE
from lessonkit.scenes.forking.programs import count_strays
from lessonkit.scenes.zombies.stage import ask, at_rest, family, loaded, over, rest, state, steady

__all__ = ["defuse", "fixture_hand_over"]

CALL_SECONDS = 8.0
HELD_SECONDS = 6.0
"""So much more, because the signals are held: on a busy host the bomb takes its time to answer."""

ANSWER_SECONDS = 1.0
QUIET_SECONDS = 1.0
NEXT_SECONDS = 0.004
TURN_SECONDS = 0.5
_STOPPED = ("T", "t")


class _Bomb:
    """All processes of the box that have the name of the bomb."""

    def __init__(self, box: Box, name: str) -> None:
        self._box = box
        self.name = name
        self.ever: dict[tuple[int, int], ProcessInfo] = {}

    def members(self) -> list[ProcessInfo]:
        """Those that are there now and have not ended."""
        now = [p for p in self._box.snapshot().processes if p.comm == self.name and not p.is_zombie]
        self.ever |= {p.identity: p for p in now}
        return now

    def has_answered(self) -> bool:
        """True if nothing is on its way: as many run as there should be, or none can come."""
        now = self.members()
        running = [p for p in now if p.state not in _STOPPED]
        quiet = at_rest(now)
        return quiet and (not running or len(running) >= SIZE or len(now) >= CAP)


def defuse(box: Box) -> None:
    """Start the bomb and the innocent ones, call, and look for a second who is there."""
    name, *others = box.rng.sample(NAMES, 3)
    near = [f"{name}s", f"x{name}", name[:-1], *others]
    box.rng.shuffle(near)
    innocent = dict(zip(crowd(box, near), near, strict=True))
    bomb = _Bomb(box, name)
    started = box.fixture("hydra", name)
    if started.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {started!r:.400}")
    if not box.wait_until(steady(bomb.has_answered), 10.0):
        raise RuntimeError("the bomb did not come to rest")
    first = bomb.members()
    held = _hold_signals(box)
    box.fact("held", held is not None)
    old = {p.identity for p in box.snapshot().processes}  # a helper may come as soon as that
    if not loaded(box):
        return
    signals: Counter[str] = Counter()

    def during() -> None:
        """Let each signal through when the bomb has answered the one before."""
        wait, until = 0.0, time.monotonic() + TURN_SECONDS
        while held is not None and (sent := held.next(wait)) is not None:
            box.wait_until(steady(bomb.has_answered), ANSWER_SECONDS)
            running = any(p.state not in _STOPPED for p in bomb.members())
            signals[_kind(sent.number, running=running)] += 1
            held.let_through(sent)
            wait = NEXT_SECONDS
            if time.monotonic() > until:
                return  # whoever sends without end must not keep us from seeing the time

    reply, note = ask(box, None, name, seconds=CALL_SECONDS + HELD_SECONDS, while_waiting=during)
    box.fact("call", note)
    box.fact("signals", dict(signals))
    # The last signal may be on its way yet; then nobody may come for a second.
    box.wait_until(lambda: at_rest(bomb.members()), QUIET_SECONDS)
    box.fact("left", family(bomb.members()))
    box.wait_until(lambda: not bomb.members() and False, QUIET_SECONDS)
    box.fact("left_later", family(bomb.members()))
    if not over(reply):
        count_strays(box, reply, note)
    rest(box, [p.pid for p in first])
    gone = [p.pid for p in first if state(box, p.pid) in (None, "Z", "X")]
    box.fact("first", {"pids": [p.pid for p in first], "gone": gone})
    known = {p.identity for p in first}
    box.fact("later", sorted(p.pid for i, p in bomb.ever.items() if i not in known))
    box.fact("name", name)
    rest(box, list(innocent))
    box.fact(
        "innocent",
        [{"pid": pid, "name": one, "state": state(box, pid)} for pid, one in innocent.items()],
    )
    helpers = [p for p in new_since(box, old) if p.comm != name]
    box.fact("helpers", family(helpers))
    # After a timeout it was init that ended it.
    alive = state(box, box.student_pid) not in (None, "Z", "X")
    box.fact("stays", alive or reply.kind == "timeout")
    for process in bomb.members():
        box.kill(process.pid, signal.SIGSTOP)
    for process in bomb.members():
        box.kill(process.pid, signal.SIGKILL)
    if held is not None:
        held.close()


def _kind(number: int, *, running: bool) -> str:
    if number == signal.SIGKILL:
        return "kill while others run" if running else "kill"
    return {signal.SIGSTOP: "stop", 0: "ask"}.get(number, "other")


def _hold_signals(box: Box) -> Held | None:
    """Have the signals of the student's process handed over; None where that cannot be had."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        done = box.fixture("hand_over", fds=[theirs.fileno()])
        if done.kind != "value":
            raise RuntimeError(f"the fixture of the student's process failed: {done!r:.400}")
        if not done.value:
            return None
        numbers = array.array("i")
        ancillary = ours.recvmsg(1, socket.CMSG_SPACE(numbers.itemsize))[1]
        numbers.frombytes(ancillary[0][2][: numbers.itemsize])
        os.set_inheritable(numbers[0], False)
        return Held(numbers[0])


def fixture_hand_over(fds: list[int]) -> bool:
    """In the student's process, before its code is loaded: give init a say in its signals."""
    (fd,) = fds
    with socket.socket(fileno=fd) as channel:
        try:
            listener = hand_over_signals()
        except OSError:
            return False
        rights = array.array("i", [listener])
        channel.sendmsg([b"!"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        os.close(listener)
    return True
