"""Hold a session of grading, as init: pass requests on, keep the time, clear up between tests.

What the client may ask, one at a time; each is answered once, but "leave" and "bye":

    cell    to the student's interpreter: run this cell. When its time is up it is interrupted
            (SIGINT), and everything else in the box is ended. When that does not help, it is lost.
    visit   have a copy of the interpreter made, for one test, and have it do this at once;
            "made" in the answer says whether there is a copy
    say     to the copy: do this. When its time is up the copy is ended.
    leave   end the copy, with everything that was not there before it
    bye     the session is over

Times are moved by what the box waits for a processor of a busy host (`patience`), and so up to four
times as long; a program that sleeps or loops gets no more than that.

Answers: {"op": "answer", "number", "kind", "waited", "used"} and the student's words. waited, used:
seconds of the whole session so far, as `sessions_waiting` says them. kind: "value" (the student's
process answered), "timeout", "interrupted" (answered after SIGINT), "gone" (the process ended:
wait_status), "over" (it had ended before), "bad" (what it sent is not a message).

What is said goes through here as bytes, in both directions, and is not looked at, but for what
stands in front of it: the number of the request, alone to and from a copy, and in a dict to and
from the interpreter. Whoever it is for decodes it, and trusts it no more than if it came directly.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lessonkit.sandbox.channel import ChannelError, Packets, send_packets
from lessonkit.sandbox.keeper import Keeper
from lessonkit.sandbox.sessions_waiting import Waiting
from lessonkit.sandbox.stage import Stage

__all__ = ["hold"]

GRACE_SECONDS = 2.0
"""How long an interrupted cell may take to come back."""

_COPY_SECONDS = 20.0
_END_SECONDS = 5.0
_FIRST_NUMBER = 1_000_000
"""Above the numbers that the stage gives to its own requests on the same channel."""

Frame = tuple[dict[str, Any], bytes]
Answer = Callable[[dict[str, Any], bytes], object]


class _Line:
    """The channel to one process of the student's, and whether that process is still there."""

    def __init__(
        self,
        keeper: Keeper,
        waiting: Waiting,
        sock: socket.socket,
        packets: Packets,
        status: Callable[[], int | None],
    ) -> None:
        self.keeper = keeper
        self.waiting = waiting
        self.sock = sock
        self.packets = packets
        self.status = status
        self.problems: list[str] = []

    def hear(self) -> None:
        """Take what has arrived; called by the keeper."""
        try:
            self.packets.feed()
        except ChannelError as error:
            self.problems.append(str(error))
        if self.packets.closed:
            self.keeper.unwatch(self.sock.fileno())

    def send(self, head: Any, words: bytes, fds: tuple[int, ...] = ()) -> None:
        """Send one message. Whoever is gone, or has closed its end, does not answer."""
        try:
            send_packets(self.sock, head, fds, blob=words)
        except OSError:
            self.packets.closed = True

    def wait(self, number: int, seconds: float) -> tuple[str, bytes]:
        """Wait for the answer to request *number*: its kind, and the words if there are any."""
        kind, _, words = self.wait_for(number, seconds)
        return kind, words

    def wait_for(self, number: int, seconds: float) -> tuple[str, Any, bytes]:
        """The same, with what stands in front of the words."""
        packets = self.packets

        def done() -> bool:
            while packets.messages and not _answers(packets.messages[0][0], number):
                packets.messages.popleft()  # late, or never asked for
            return bool(packets.messages or self.problems or self.status() is not None)

        deadline = self.waiting.deadline(seconds)
        while not self.keeper.pump(done, deadline.left()):
            if not deadline.left():
                break
        if self.status() is not None and not packets.messages:
            for _ in range(64):  # what was sent just before the end
                self.hear()
                if done() and packets.messages:
                    break
                if packets.closed:
                    break
        done()
        if packets.messages:
            return "value", *packets.messages.popleft()[:2]
        if self.problems:
            self.problems.clear()
            return "bad", None, b""
        if self.status() is not None:
            return "gone", None, b""
        return "timeout", None, b""


def hold(
    stage: Stage,
    keeper: Keeper,
    sock: socket.socket,
    packets: Packets,
    requests: list[Frame],
    answer: Answer,
) -> None:
    """Do what the client asks until it says "bye"; the student's process is ended then."""
    stage.wait_for_job()
    with suppress(OSError):  # root may: so that forty busy processes do not hold init up
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    _Session(keeper, sock, packets, requests, answer).hold()


class _Session:
    def __init__(
        self,
        keeper: Keeper,
        sock: socket.socket,
        packets: Packets,
        requests: list[Frame],
        answer: Answer,
    ) -> None:
        self._keeper = keeper
        self._requests = requests
        self._answer = answer
        self._count = _FIRST_NUMBER
        self._waiting = Waiting(keeper)
        self._main = _Line(keeper, self._waiting, sock, packets, lambda: keeper.student_status)
        self._copy: _Line | None = None
        self._copy_pid = 0
        self._known: set[int] = set()
        keeper.on_channel_error = self._main.problems.append

    def hold(self) -> None:
        keeper = self._keeper
        while True:
            keeper.pump(lambda: self._requests)
            message, blob = self._requests.pop(0)
            what = message["what"]
            if what == "bye":
                break
            if what == "leave":
                self._leave()
                continue
            seconds = message["seconds"]
            head: dict[str, Any] = {"op": "answer", "number": message["number"]}
            if what == "cell":
                kind, reply = self._cell(blob, seconds)
            elif what == "visit":
                kind, reply = self._visit(blob, seconds)
                head["made"] = self._copy_pid != 0
            else:
                kind, reply = self._say(blob, seconds, goes_on=message["goes_on"])
            if kind == "gone":
                line = self._copy if what != "cell" and self._copy_pid else self._main
                head["wait_status"] = line.status() if line is not None else None
            if kind == "timeout" and what != "cell":
                self._leave()
            head["kind"] = kind
            head["waited"], head["used"] = self._waiting.so_far()
            self._answer(head, reply)
        self._leave()
        self._kill(keeper.student_pid)
        keeper.pump(lambda: keeper.student_status is not None, _END_SECONDS)

    def _next_number(self) -> int:
        self._count += 1
        return self._count

    def _cell(self, request: bytes, seconds: float) -> tuple[str, bytes]:
        if self._keeper.student_status is not None:
            return "over", b""
        number = self._next_number()
        self._main.send({"op": "cell", "number": number}, request)
        kind, reply = self._main.wait(number, seconds)
        if kind != "timeout":
            return kind, reply
        for sig in (signal.SIGINT, signal.SIGCONT):  # it may stand still
            self._kill(self._keeper.student_pid, sig)
        if not self._clear({self._keeper.student_pid}, GRACE_SECONDS):
            # What goes on now would pass for the notebook's own later, and be spared.
            return "timeout", b""
        kind, reply = self._main.wait(number, GRACE_SECONDS)
        return ("interrupted" if kind == "value" else kind), reply

    def _visit(self, request: bytes, seconds: float) -> tuple[str, bytes]:
        """Have a copy made. What is said of its pid is believed only if it can be true."""
        keeper = self._keeper
        self._leave()
        self._known = self._pids()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        number = self._next_number()
        try:
            self._main.send({"op": "fork", "number": number}, request, (theirs.fileno(),))
        finally:
            theirs.close()
        line = self._copy = _Line(
            keeper,
            self._waiting,
            ours,
            Packets(ours, trusted=False),
            lambda: keeper.fixtures.get(self._copy_pid),
        )
        keeper.watch(ours.fileno(), line.hear)
        kind, reply, words = self._main.wait_for(number, _COPY_SECONDS)
        pid = reply.get("value") if kind == "value" and isinstance(reply, dict) else None
        if type(pid) is not int or pid < 2 or pid in self._known or not self._is_child(pid):
            return ("bad" if kind == "value" else kind), words
        self._copy_pid = pid
        keeper.fixtures[pid] = self._ended(pid)
        return line.wait(number, seconds)

    def _is_child(self, pid: int) -> bool:
        """Whether that is a child of ours, as every copy is. Nothing is reaped by asking."""
        try:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except (ChildProcessError, OverflowError, ValueError):
            return self._ended(pid) is not None
        return True

    def _ended(self, pid: int) -> int | None:
        """Its wait status, if it has ended before it was known."""
        return next((c.wait_status for c in self._keeper.adopted if c.pid == pid), None)

    def _say(self, request: bytes, seconds: float, *, goes_on: bool) -> tuple[str, bytes]:
        line = self._copy
        if line is None:
            return "gone", b""
        # An answer to `input()` goes on with the request that asked, under its number.
        number = self._count if goes_on else self._next_number()
        line.send(number, request)
        return line.wait(number, seconds)

    def _pids(self) -> set[int]:
        """The processes of the box, corpses among them."""
        if self._keeper.settings["pid_ns"] and self._keeper.settings["fresh_proc"]:
            return {int(name) for name in os.listdir("/proc") if name.isdigit()}
        return {process.pid for process in self._keeper.snapshot().processes}

    def _leave(self) -> None:
        """End the copy and whatever it left, down to the last process."""
        line, pid = self._copy, self._copy_pid
        self._copy, self._copy_pid = None, 0
        if line is None:
            return
        keeper = self._keeper
        if pid and keeper.fixtures.get(pid) is None:
            self._kill(pid)
            keeper.pump(lambda: keeper.fixtures[pid] is not None, _END_SECONDS)
        keeper.fixtures.pop(pid, None)
        keeper.unwatch(line.sock.fileno())
        line.sock.close()
        # What was there before is spared, but not at any price: what forks faster than it can be
        # ended has older parts, which go too, and in the end the interpreter itself.
        main = keeper.student_pid
        for spared, seconds in (
            (self._known | {main}, GRACE_SECONDS),
            ({main}, GRACE_SECONDS),
            (set(), _END_SECONDS),
        ):
            if self._clear(spared, seconds):
                return
        raise OSError(16, "the processes of a test could not be ended")

    def _clear(self, spared: set[int], seconds: float) -> bool:
        """Kill all processes but init and those *spared*; False when that does not succeed.

        Meanwhile nothing is reaped: corpses use up the process limit of a fork bomb, so that
        it cannot outrun this.
        """
        keeper = self._keeper
        deadline = self._waiting.deadline(seconds)
        spared = spared | {os.getpid()}
        if self._pids() <= spared:
            return True
        keeper.holding = True
        try:
            while True:
                new = [
                    p.pid
                    for p in keeper.snapshot().processes
                    if p.pid not in spared and not (p.is_zombie and p.threads <= 1)
                ]
                for pid in new:
                    self._kill(pid)
                if not new or not deadline.left():
                    return not new
                keeper.pump(lambda: False, 0.0)
        finally:
            keeper.holding = False
            keeper.reap()

    def _kill(self, pid: int, sig: int = signal.SIGKILL) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, sig)


def _answers(head: Any, number: int) -> bool:
    """Whether this is the answer to that request. What is no answer at all counts as one: it
    is found to be nonsense by whoever it is for."""
    told = head.get("number", number) if isinstance(head, dict) else head
    return type(told) is not int or told == number
