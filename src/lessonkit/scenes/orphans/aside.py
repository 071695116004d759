"""Be the process of `elsewhere`: forked from the student's, adopted by init, then it calls.

This runs in the student's process, and in a fork of it: what it tells init is a claim.

Source: pid_namespaces(7), user_namespaces(7).
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from lessonkit.plain import PlainError, encode
from lessonkit.scenes.zombies.stage import act, announce

__all__ = ["COLLECT", "MOST_NEWS_BYTES", "fixture_elsewhere"]

MOST_NEWS_BYTES = 60_000
COLLECT = b"w"
"""The word of init's that a child is to be waited for."""

_NEW_USER_AND_PID = 0x10000000 | 0x20000000
_NEW_MOUNTS = 0x00020000
_PRIVATE_TREE = 0x4000 | 0x40000
_PROC_FLAGS = 0x2 | 0x4 | 0x8
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_PTRACER = 0x59616D61


def fixture_elsewhere(
    fds: list[int], function: Callable[..., Any], kind: str, arguments: list[Any]
) -> int:
    """In the student's process: fork, twice, so that init adopts; return the pid."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()  # what is buffered must not be written twice
        except Exception:
            continue  # the program may have replaced it by anything
    hears, says = os.pipe()
    middle = os.fork()
    if middle == 0:
        try:
            os.setsid()
            alone = kind == "pid 1" and _enter_namespaces()
            if kind == "below" and os.fork():
                os._exit(0)  # its child stays, and is adopted
            if kind == "below":
                ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
            pid = os.fork()
            if pid == 0:
                _be(function, kind, arguments, fds, alone=alone)
            announce(says, pid)
            if kind == "below":
                _collect_all()
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


def _collect_all() -> None:
    """Be the subreaper, until nobody is left."""
    act("python3")
    os.closerange(0, 1024)  # the channel to init among them: its end means that the program ended
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


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
        if kind == "pid 1":
            os.setsid()  # its number would be 0 in there: that of a session outside
        act("python3")
        _become(kind, alone=alone)
        if os.read(gate, 1):
            code, value, back = _call(function, arguments, own, says)
            if kind != "pid 1" and back and os.getpid() == own:
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
    try:
        while os.read(gate, 1) == COLLECT:
            try:
                code: int | None = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            except (OSError, TypeError, OverflowError):
                code = None
            os.write(says, encode({"kind": "value", "value": code}) + b"\n")
    except OSError:
        while True:  # the function has closed what we wait at: it stays all the same
            signal.pause()


def _call(
    function: Callable[..., Any], arguments: list[Any], own: int, says: int
) -> tuple[int, Any, bool]:
    """Call it, tell what came back; return the exit code that follows from it, the value, and
    whether it came back: to raise SystemExit is to end the process."""
    code, message, value, back = 255, b"", None, True
    raised = {"type": "", "message": "", "traceback": ""}
    try:
        value = function(*arguments)
        code = value & 0xFF if type(value) is int else 255  # as exit(3) does
        message = encode({"kind": "value", "value": value}, max_bytes=MOST_NEWS_BYTES // 2)
    except SystemExit as stop:
        raised = _described(stop)
        code = stop.code & 0xFF if isinstance(stop.code, int) else int(stop.code is not None)
        back = False
    except PlainError as problem:
        message = encode({"kind": "bad", "problem": str(problem)[:500]})
    except BaseException as error:  # whatever the student's code raised is data
        raised = _described(error)
        code, message = 1, encode(raised)
    if os.getpid() != own:  # short, so that it goes into the pipe in one piece
        short = {"message": raised["message"][:500], "traceback": raised["traceback"][-1500:]}
        message = encode({**raised, **short, "kind": "stray"})
    if message:
        with suppress(OSError):  # the function may have closed it: the exit code tells all the same
            os.write(says, message + b"\n")
    return code, value, back


def _described(error: BaseException) -> dict[str, Any]:
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    text, message = "", ""
    try:
        text = "".join(traceback.TracebackException(type(error), error, trace).format())
        message = str(error)
    except BaseException:  # their exception's own methods may do anything
        text = f"{type(error).__name__} (it could not be printed)\n"
    return {
        "kind": "error",
        "type": type(error).__name__,
        "message": message[:4000],
        "traceback": text[-20000:],
    }
