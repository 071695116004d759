"""Call the student's function in a process of its own, which init adopts.

    process, problem = start(box, "pid 1", [argv])
    process.let_go()

"pid 1": it is the first of a pid namespace of its own; where the host lets nobody make one, a
subreaper. What the function returns is its exit code. "plain": a process like any other, which
stays when the function has come back. Whatever it is, init looks it up in the kernel: the
process that forks it is in the student's hands.

Source: pid_namespaces(7), user_namespaces(7).
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from lessonkit.plain import MAX_DEPTH, PlainError, decode, encode
from lessonkit.scenes.api import Box, Reply
from lessonkit.scenes.zombies.stage import act, announce, noted, state

__all__ = ["Elsewhere", "fixture_elsewhere", "start"]

START_SECONDS = 5.0
MOST_NEWS_BYTES = 60_000
_NEW_USER_AND_PID = 0x10000000 | 0x20000000
_COLLECT = b"w"
_PF_EXITING = 0x4
"""Source: proc_pid_stat(5), field 9 flags."""

_NEW_MOUNTS = 0x00020000
_PRIVATE_TREE = 0x4000 | 0x40000
_PROC_FLAGS = 0x2 | 0x4 | 0x8
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_PTRACER = 0x59616D61


class Elsewhere:
    """The process in which the function runs. Its pid is that which the box sees."""

    def __init__(self, box: Box, pid: int, gate: int, hears: int, *, since: int) -> None:
        """since: how many corpses init had collected before; pids may come again."""
        self._box = box
        self._since = since
        self._gate = gate
        self._hears = hears
        self._text = b""
        self.pid = pid
        numbers = (box.status_field(pid, "NSpid") or "").split()
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
            os.write(self._gate, _COLLECT)
        except BrokenPipeError:
            pass  # it has ended

    def answers(self) -> int:
        """How often it has told something."""
        self._listen()
        return self._text.count(b"\n")

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
        return self._box.wait_until(lambda: self.wait_status() is not None, seconds)

    def answered(self) -> bool:
        """True once the function has come back, or the process has ended."""
        self._listen()
        return b"\n" in self._text or self.wait_status() is not None

    def note(self, wall_seconds: float) -> dict[str, Any]:
        """What came back, in the form of a call. What it says is only a claim."""
        self._listen()
        lines = [_message(line) for line in self._text.split(b"\n")[:-1]]
        strays = sum(line.get("kind") == "stray" for line in lines)
        answer = next((line for line in lines if line.get("kind") != "stray"), None)
        status = self.wait_status()
        if answer is None:
            answer = {"kind": "timeout" if status is None else "gone"}
        note = noted(Reply(kind="timeout", wall_seconds=wall_seconds, strays=strays))
        note |= {key: answer[key] for key in ("kind", "value", "error", "problem") if key in answer}
        note["wait_status"] = status
        if note["kind"] == "timeout":
            note["state"] = state(self._box, self.pid)
        return note

    def last_value(self) -> Any:
        """The last that it told, if that was a value."""
        self._listen()
        return _message(self._text.split(b"\n")[-2]).get("value") if b"\n" in self._text else None

    def end(self, *, gently: bool = False) -> None:
        """End it, and forget it. Gently: a "plain" process may leave by itself."""
        os.close(self._gate)
        if self.wait_status() is None and not (gently and self.ended(START_SECONDS)):
            self._box.kill(self.pid, signal.SIGKILL)
            self.ended(START_SECONDS)
        os.close(self._hears)

    def _listen(self) -> None:
        if len(self._text) < MOST_NEWS_BYTES and select.select([self._hears], [], [], 0)[0]:
            self._text += os.read(self._hears, MOST_NEWS_BYTES)


def start(box: Box, kind: str, arguments: Sequence[Any]) -> tuple[Elsewhere | None, dict[str, Any]]:
    """Fork a process that will call the function; None if there is none, and the note says why."""
    go, gate = os.pipe()
    hears, says = os.pipe()
    known = {p.pid for p in box.snapshot().processes}
    since = len(box.adopted)
    reply = box.fixture("elsewhere", kind, list(arguments), fds=[go, says])
    os.close(go)
    os.close(says)
    pid, note = reply.value, noted(reply)

    def adopted() -> bool:
        process = box.process(pid)
        return process is not None and process.ppid == box.init_pid and pid not in known

    ours = reply.kind == "value" and type(pid) is int and 1 < pid < 2**22
    if ours and box.wait_until(adopted, START_SECONDS):
        return Elsewhere(box, pid, gate, hears, since=since), note
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
        if kind == "error":
            words = {word: str(said[word]) for word in ("type", "message", "traceback")}
            return {"kind": "error", "error": words}
        if kind == "value":
            encode(said["value"], max_depth=MAX_DEPTH // 2)  # it has to fit into the facts
            return {"kind": "value", "value": said["value"]}
        if kind == "stray":
            return {"kind": "stray"}
        return {"kind": "bad", "problem": str(said["problem"])[:500]}
    except (PlainError, LookupError, TypeError):
        return {"kind": "bad", "problem": "what came back is not plain data"}


def fixture_elsewhere(fds: list[int], kind: str, arguments: list[Any]) -> int:
    """In the student's process: fork, twice, so that init adopts; return the pid."""
    function = _students_function()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()  # what is buffered must not be written twice
        except Exception:
            continue  # the program may have replaced it by anything
    hears, says = os.pipe()
    middle = os.fork()
    if middle == 0:
        try:
            alone = kind == "pid 1" and _enter_namespaces()
            pid = os.fork()
            if pid == 0:
                _be(function, kind, arguments, fds, alone=alone)
            announce(says, pid)
        finally:
            os._exit(0)
    os.close(says)
    for fd in fds:
        os.close(fd)
    try:
        os.waitpid(middle, 0)
    except ChildProcessError:
        pass  # the student's code has made this process one that keeps no zombies
    text = os.read(hears, 64)
    os.close(hears)
    return int(text)


def _students_function() -> Callable[..., Any]:
    """The function that was loaded: kept by the server that is calling us, up the stack."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        loaded = getattr(frame.f_locals.get("self"), "_callables", None)
        if loaded:
            function: Callable[..., Any] = loaded[0]
            return function
    raise RuntimeError("no function was loaded")


def _enter_namespaces() -> bool:
    """Let the next child be pid 1 of a namespace; False where nobody may make one."""
    user, group = os.getuid(), os.getgid()
    if ctypes.CDLL(None).unshare(_NEW_USER_AND_PID) != 0:
        return False
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        try:
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
        except OSError:
            continue  # it has a strange name then, no more
    return True


def _be(
    function: Callable[..., Any], kind: str, arguments: list[Any], fds: list[int], *, alone: bool
) -> NoReturn:
    code = 255
    own = os.getpid()
    gate, says = fds
    try:
        for fd in set(range(3, 1024)) - set(fds):
            try:
                os.close(fd)
            except OSError:
                continue  # it was not open
        os.setsid()
        act("python3")
        _become(kind, alone=alone)
        if os.read(gate, 1):
            code, value = _call(function, arguments, own, says)
            if kind == "plain" and os.getpid() == own:
                _stay(gate, says, value)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _become(kind: str, *, alone: bool) -> None:
    libc = ctypes.CDLL(None)
    if alone:
        # A /proc of the namespace's own, where the host allows it: else it shows the whole box.
        if libc.unshare(_NEW_MOUNTS) == 0:
            libc.mount(b"none", b"/", None, ctypes.c_ulong(_PRIVATE_TREE), None)
            libc.mount(b"proc", b"/proc", b"proc", ctypes.c_ulong(_PROC_FLAGS), None)
        libc.capset(struct.pack("Ii", 0x20080522, 0), struct.pack("6I", *[0] * 6))
    elif kind == "pid 1":
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    else:
        libc.prctl(_PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)  # where Yama asks for that


def _stay(gate: int, says: int, child: Any) -> None:
    """Wait until init has seen enough; collect the child, if init asks for it."""
    while os.read(gate, 1) == _COLLECT:
        try:
            code: int | None = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        except (OSError, TypeError, OverflowError):
            code = None
        os.write(says, encode({"kind": "value", "value": code}) + b"\n")


def _call(
    function: Callable[..., Any], arguments: list[Any], own: int, says: int
) -> tuple[int, Any]:
    """Call it, tell what came back; return the exit code that follows from it, and the value."""
    code, message, value = 255, b"", None
    try:
        value = function(*arguments)
        code = value & 0xFF if type(value) is int else 255  # as exit(3) does
        message = encode({"kind": "value", "value": value}, max_bytes=MOST_NEWS_BYTES // 2)
    except SystemExit as stop:
        code = stop.code & 0xFF if isinstance(stop.code, int) else int(stop.code is not None)
    except PlainError as problem:
        message = encode({"kind": "bad", "problem": str(problem)[:500]})
    except BaseException as error:  # whatever the student's code raised is data
        code, message = 1, encode(_described(error))
    if os.getpid() != own:
        message = encode({"kind": "stray"})
    if message:
        os.write(says, message + b"\n")
    return code, value


def _described(error: BaseException) -> dict[str, Any]:
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    text, message = "", ""
    try:
        text = "".join(traceback.TracebackException(type(error), error, trace).format())
        message = str(error)
    except Exception:
        text = f"{type(error).__name__} (it could not be printed)\n"
    return {
        "kind": "error",
        "type": type(error).__name__,
        "message": message[:4000],
        "traceback": text[-20000:],
    }
