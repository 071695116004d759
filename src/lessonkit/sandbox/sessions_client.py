"""Talk with the student's interpreter in a box: the client's side of a session of grading.

    session = Session(limits, files)
    outcome = session.run_cell("x = 1", seconds=30)
    # A copy of the interpreter, for one test, and its answer to the first request:
    visit, reply = session.visit({"op": "look", "names": ["x"]}, seconds=10)
    visit.ask({"op": "call", ...}, seconds=10)
    visit.leave()
    session.close()

Everything that comes back is the student's word. `Lost` is raised when the interpreter is gone;
a SandboxError when we failed. After either, `close` is all that can be done with it.
"""

from __future__ import annotations

import dataclasses
import marshal
import os
import secrets
import select
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from lessonkit.errors import LaunchError, SandboxError
from lessonkit.plain import PlainError, decode
from lessonkit.records import Limits
from lessonkit.sandbox.box import Box, Output
from lessonkit.sandbox.cells_things import LACKS
from lessonkit.sandbox.channel import ChannelError, Frames, send_frame
from lessonkit.sandbox.jobs import make_job
from lessonkit.sandbox.patience import MOST
from lessonkit.sandbox.sessions_outputs import LEFT_OUT, Room, arranged
from lessonkit.sandbox.starting import Launcher

__all__ = ["CellOutcome", "Lost", "Reply", "Session", "Visit"]

_PATIENCE_SECONDS = 30.0
"""How much longer than a request's own time, with all that init may add to it on a busy host, init
may take to answer before it is given up."""

_MOST_BYTES = 48 << 20


class Lost(Exception):
    """The student's interpreter is gone. why: a few words. limit: the one that ended it.

    kind: that of the answer which told so, see `sessions`; "over" when it was gone already.
    """

    def __init__(self, why: str, limit: str | None = None, kind: str = "gone") -> None:
        super().__init__(why)
        self.limit = limit
        self.kind = kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """An answer to one request. kind, made: see `sessions`; message: the student's words."""

    kind: str
    made: bool = False
    message: Any = None
    wait_status: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class CellOutcome:
    """What became of one cell. outputs: as nbformat 4 has them. interrupted: its time was up.
    changed_limits: it lowered what its process may use, and so what a copy may. lacks: what it has
    left its process, and every copy, too little of to live on ("memory"); "" for none."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    ok: bool = True
    interrupted: bool = False
    changed_limits: bool = False
    lacks: str = ""
    wall_seconds: float = 0.0


class Session(Box):
    """One notebook's interpreter in a box of its own.

    waited, used: how many seconds its processes have stood ready to run without a processor, and
    how many of processor time they have had, up to the last answer.
    """

    def __init__(self, launcher: Launcher) -> None:
        super().__init__(launcher)
        self._frames = Frames(self._ctl)
        self._count = 0
        self._report: dict[str, Any] | None = None
        self._gone = False
        self._streams: dict[int, Output] = {}
        self._poller = select.poll()
        self._poller.register(self._ctl.fileno(), select.POLLIN)
        self.limit: str | None = None
        self.waited, self.used = 0.0, 0.0
        self.room = Room()

    def start(self, limits: Limits, files: Mapping[str, bytes]) -> None:
        """Begin. Raises LaunchError when the box could not be made, or has ended while it waited.

        What cells print and show is kept up to *limits.output_bytes* each; who wants it otherwise
        gives another `room` at any time.
        """
        job, blob = make_job(
            mode="session", limits=limits, files={n: b"-" + c for n, c in files.items()}
        )
        self.room = Room(limits.output_bytes, limits.output_bytes)
        with suppress(OSError):  # it ended already: the end of its control socket tells
            send_frame(self._ctl, job, blob)
        self._take_answer()
        # It may have been in reserve for long, and whatever ended it then, nothing has run in it.
        if self.has_ended():
            raise LaunchError(
                "the box ended before it was given anything to do", tier=self.launcher.tier.name
            )
        for fd in (self._out, self._err):
            os.set_blocking(fd, False)
        for fd in (self.pidfd, self._out, self._err):
            self._poller.register(fd, select.POLLIN)

    def run_cell(self, source: str, *, seconds: float) -> CellOutcome:
        """Run one cell, with its outputs; raises Lost when the interpreter did not survive it."""
        nonce = secrets.token_hex(8)
        began = time.monotonic()
        reply = self.ask("cell", {"source": source, "nonce": nonce}, seconds=seconds)
        spent = time.monotonic() - began
        value = reply.message
        if not isinstance(value, dict):
            value = {}
            if reply.kind in ("value", "interrupted"):
                reply = dataclasses.replace(reply, kind="bad")
        shown = value.get("outputs")
        outputs = arranged(
            reply.stdout, reply.stderr, nonce, shown if isinstance(shown, list) else [], self.room
        )
        outcome = CellOutcome(
            outputs=outputs,
            ok=value.get("ok") is True,
            interrupted=reply.kind == "interrupted",
            changed_limits=value.get("changed_limits") is True,
            lacks=lacks if (lacks := value.get("lacks")) in LACKS else "",
            wall_seconds=spent,
        )
        if reply.kind in ("value", "interrupted"):
            return outcome
        raise LostInCell(Lost(_why(reply), kind=reply.kind), outcome)

    def visit(self, request: dict[str, Any], *, seconds: float) -> tuple[Visit, Reply]:
        """Have a copy of the interpreter made, and have it do something at once.

        Raises Lost when no copy can be made.
        """
        reply = self.ask("visit", request, seconds=seconds)
        if not reply.made:
            why = f"it could not be copied for a test: {_why(reply)}"
            raise Lost(why, kind="over" if reply.kind == "gone" else "uncopied")
        visit = Visit(self)
        visit.alive = reply.kind not in ("timeout", "gone")
        return visit, reply

    def ask(self, what: str, request: dict[str, Any], *, seconds: float) -> Reply:
        """Send one request to init and wait for its answer, draining what is printed."""
        self._check()
        self._drain(keep=False)
        self._count += 1
        head = {"op": "talk", "what": what, "number": self._count, "seconds": seconds}
        head["goes_on"] = request.get("op") == "told"
        blob = _packed(request)
        room = max(self.room.printed, 0)
        self._streams = {fd: Output(room, None) for fd in (self._out, self._err)}
        with suppress(OSError):  # the end of its control socket tells
            send_frame(self._ctl, head, blob)
        try:
            most = seconds * (1 + MOST) + _PATIENCE_SECONDS
            answer, body = self._await(time.monotonic() + most)
        except (Lost, SandboxError):
            raise
        except BaseException:  # interrupted in the middle of an answer: the next would be wrong
            self._gone = True
            self.kill()
            raise
        out, err = (bytes(stream.data) for stream in self._streams.values())
        self.room.printed -= len(out) + len(err)
        cut = f"\n{LEFT_OUT}".encode()
        if self._streams[self._out].truncated:
            out += cut
        if self._streams[self._err].truncated:
            err += cut
        kind, message = answer["kind"], None
        self.waited, self.used = answer["waited"], answer["used"]
        if body:
            try:
                message = decode(body, max_bytes=_MOST_BYTES)
            except PlainError:  # what the student's process says, init does not look at
                kind = "bad"
        return Reply(
            kind=kind,
            made=answer.get("made") is True,
            message=message,
            wait_status=answer.get("wait_status"),
            stdout=out,
            stderr=err,
        )

    def tell(self, what: str) -> None:
        """Send a request that is not answered."""
        with suppress(OSError):
            send_frame(self._ctl, {"op": "talk", "what": what}, b"")

    def _check(self) -> None:
        if self._gone:
            raise Lost("it is gone")

    def _await(self, until: float) -> tuple[dict[str, Any], bytes]:
        """The next answer. What the box prints meanwhile is read, so that it never blocks."""
        while True:
            frame = self._next_frame()
            if frame is not None:
                self._drain(keep=True)
                return frame
            if self._frames.closed or self._report is not None:
                self._end()
            left = until - time.monotonic()
            if left <= 0:
                self.kill()
                self._gone = True
                raise Lost("it keeps its own init too busy", "wall_seconds")
            for fd, _ in self._poller.poll(left * 1000 + 1):
                if fd == self._ctl.fileno():
                    self._frames.feed()
                elif fd == self.pidfd:
                    self._poller.unregister(fd)
                    while not self._frames.closed:
                        self._frames.feed()
                else:
                    self._read(fd, keep=True)

    def _next_frame(self) -> tuple[dict[str, Any], bytes] | None:
        try:
            while (frame := self._frames.take()) is not None:
                message, blob = frame
                if message["op"] == "answer" and message["number"] == self._count:
                    return message, blob
                if message["op"] == "failed":
                    self._gone = True
                    raise LaunchError(
                        f"the box failed: {message['why']}\n{message['trace']}",
                        tier=self.launcher.tier.name,
                    )
                if message["op"] == "running":
                    self.began = True
                if message["op"] == "report":
                    self._report = message
        except ChannelError as error:
            raise SandboxError(f"init sent nonsense: {error}") from error
        return None

    def _end(self) -> None:
        """The box has ended by itself: say why."""
        self._gone = True
        if self._report is None:
            raise LaunchError("the box ended without a report", tier=self.launcher.tier.name)
        self.limit = self._report["limit"]
        if self.limit is not None:
            raise Lost(f"it reached its limit {self.limit}", self.limit)
        raise Lost("it ended")

    def _drain(self, *, keep: bool) -> None:
        for fd in (self._out, self._err):
            while fd >= 0 and self._read(fd, keep=keep):
                pass

    def _read(self, fd: int, *, keep: bool) -> bool:
        try:
            chunk = os.read(fd, 1 << 16)
        except BlockingIOError:
            return False
        if not chunk:
            with suppress(KeyError):
                self._poller.unregister(fd)
            return False
        if keep:
            self._streams[fd].take(chunk)
        return True

    def finish(self, seconds: float = 15.0) -> dict[str, Any] | None:
        """End the session; return init's report, or None when there is none to be had."""
        if not self._gone:
            self.tell("bye")
        until = time.monotonic() + seconds
        try:
            while self._report is None and not self._frames.closed:
                self._streams = self._streams or {}
                left = until - time.monotonic()
                if left <= 0:
                    break
                for fd, _ in self._poller.poll(left * 1000 + 1):
                    if fd == self._ctl.fileno():
                        self._frames.feed()
                    elif fd == self.pidfd:
                        self._poller.unregister(fd)
                        while not self._frames.closed:
                            self._frames.feed()
                    else:
                        self._read(fd, keep=False)
                self._next_frame()
        except (LaunchError, Lost):
            pass
        alone = self._report is not None and self._report["alone"]
        if not alone:
            self.kill()
        self._gone = True
        self.close()
        return self._report


class LostInCell(Exception):
    """The interpreter did not survive a cell. lost: why. outcome: what the cell had shown."""

    def __init__(self, lost: Lost, outcome: CellOutcome) -> None:
        super().__init__(str(lost))
        self.lost = lost
        self.outcome = outcome


class Visit:
    """A copy of the student's interpreter, for one test."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.alive = True

    def ask(self, request: dict[str, Any], *, seconds: float) -> Reply:
        """Have the copy do something. Raises Lost when the whole box is gone."""
        reply = self._session.ask("say", request, seconds=seconds)
        if reply.kind in ("timeout", "gone"):
            self.alive = False
        return reply

    def leave(self) -> None:
        """End the copy with all that it made; init does so while we go on."""
        self.alive = False
        self._session.tell("leave")


def _packed(request: dict[str, Any]) -> bytes:
    """What we say to the student's process, which may be read there in any way.

    Raises PlainError for what is not plain data, or too much of it.
    """
    try:
        words = marshal.dumps(request)
    except ValueError as error:
        raise PlainError(f"it is not plain data, or nested too deep: {error}") from error
    if len(words) > _MOST_BYTES:
        raise PlainError(f"it takes {len(words)} bytes, more than {_MOST_BYTES}")
    return words


def _why(reply: Reply) -> str:
    """How the interpreter was lost, in a few words."""
    if reply.kind == "timeout":
        return "it did not come back when its time was up"
    if reply.kind == "gone":
        status = reply.wait_status
        if status is not None and os.WIFSIGNALED(status):
            return f"signal {os.WTERMSIG(status)} ended it"
        if status is not None and os.WIFEXITED(status):
            return f"it ended itself with exit code {os.WEXITSTATUS(status)}"
        return "it is gone"
    if reply.kind == "bad":
        return "what it sent could not be understood"
    return "it gave no answer"
