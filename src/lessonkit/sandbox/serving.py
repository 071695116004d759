"""Run the student's code in the student's process, as init asks.

From the first request that loads code on, this interpreter is in the student's hands: what
it answers is a claim. See `program.py` for what happened before.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import linecache
import os
import pickle
import random
import signal
import socket
import sys
import threading
import traceback
import types
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

import cloudpickle

from lessonkit.plain import PlainError, decode, encode
from lessonkit.sandbox import tracer
from lessonkit.sandbox.channel import (
    MOST_REPLY_BYTES,
    ChannelError,
    Packets,
    send_packets,
    send_stray,
)
from lessonkit.sandbox.limits import apply_limits, keep_limits

__all__ = ["Server"]


class Server:
    """Do what init asks, one request at a time."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._packets = Packets(channel, trusted=True)
        self._pid = os.getpid()
        self._scene = ""
        self._callables: list[Callable[..., Any]] = []
        self._namespace: dict[str, Any] = {}
        # Several of the 1 MiB arenas that Python takes memory in; never touched, so it costs none.
        self._reserve = bytes(4 << 20)

    def serve(self) -> int:
        """Handle requests until "exit"; return the exit code."""
        _fresh_interpreter()
        _rehearse()
        while True:
            try:
                request, blob, fds = self._next()
            except (OSError, ChannelError):
                return _leave(0)  # the program closed its own channel: it goes on alone
            if request["op"] == "exit":
                return _leave(request["code"])
            reply = self._handle(request, blob, fds)
            if os.getpid() != self._pid:
                self._end_stray(reply)
            if reply is not None:
                self._send({**reply, "number": request["number"]})

    def _next(self) -> tuple[Any, bytes, list[int]]:
        while not self._packets.messages:
            self._packets.feed(block=True)
            if self._packets.closed:
                raise ChannelError("init is gone")
        return self._packets.messages.popleft()

    def _handle(self, request: Any, blob: bytes, fds: list[int]) -> dict[str, Any] | None:
        try:
            return self._do(request, blob, fds)
        except SystemExit as stop:
            if os.getpid() != self._pid:
                send_stray(self._channel, _describe(stop))
            os._exit(_leave(_exit_code(stop)))
        except BaseException as error:  # whatever the student's code raised is data
            self._reserve = b""  # when it was MemoryError, telling takes memory too
            return _describe(error)

    def _do(self, request: Any, blob: bytes, fds: list[int]) -> dict[str, Any] | None:
        op = request["op"]
        if op == "rehearse":
            return {"kind": "value", "value": None}
        if op == "job":
            self._scene = (request["scene"] or "").partition(":")[0]
            _take_job(request)
            if request["trace"]:
                tracer.install_filter(lines=request["lines"])
            return {"kind": "value", "value": None}
        if op == "load":
            return self._load(request, blob)
        if op == "function":
            reply = self._load(request, blob)
            if reply["kind"] != "value":
                return reply
            return self._value(self._callables[0](*request["args"]))
        if op == "program":
            return self._program(request, blob)
        if op in ("cell", "fork"):
            from lessonkit.sandbox import cells  # loaded where sessions are held

            return cells.handle(request, blob, fds)
        if op == "exec":
            return _execute(request["argv"])
        if op == "fixture":
            module = importlib.import_module(f"lessonkit.scenes.{self._scene}")
            function = getattr(module, "fixture_" + request["name"])
            loaded = self._callables[:1] if request["function"] else []
            return {"kind": "value", "value": function(fds, *loaded, *request["args"])}
        handle = request["handle"]
        function = self._callables[0 if handle is None else handle]
        return self._value(function(*request["args"]))

    def _load(self, request: Any, blob: bytes) -> dict[str, Any]:
        if request["how"] == "pickle":
            function = pickle.loads(blob)  # in the student's own process: it harms only itself
        else:
            exec(_compiled(request, blob), self._main_names())
            function = self._namespace.get(request["name"])
            if function is None:
                return {"kind": "missing", "problem": f"nothing is named {request['name']!r}"}
        _name_in_main(function)
        if not callable(function):
            return {"kind": "missing", "problem": f"{function!r:.80} is not a function"}
        self._callables = [function]
        return {"kind": "value", "value": None}

    def _program(self, request: Any, blob: bytes) -> dict[str, Any]:
        sys.argv = [request["filename"], *request["args"]]
        sys.path.insert(0, os.getcwd())  # as `python3 program.py` does
        try:
            exec(_compiled(request, blob), self._main_names())
        except SystemExit as stop:
            if os.getpid() != self._pid:
                raise
            return {"kind": "ended", "code": _exit_code(stop)}
        except BaseException as error:
            described = _describe(error)
            if os.getpid() == self._pid:  # a stray copy says it at its end
                _say(described["traceback"])
            return {**described, "code": 1}
        return {"kind": "ended", "code": 0}

    def _main_names(self) -> dict[str, Any]:
        self._namespace = sys.modules["__main__"].__dict__
        return self._namespace

    def _value(self, value: Any) -> dict[str, Any]:
        if callable(value):
            self._callables.append(value)
            return {"kind": "value", "value": None, "handle": len(self._callables) - 1}
        return {"kind": "value", "value": value}

    def _send(self, reply: dict[str, Any]) -> None:
        blob = reply.pop("blob", b"")
        try:
            send_packets(self._channel, reply, blob=blob, max_bytes=MOST_REPLY_BYTES)
        except (PlainError, MemoryError) as error:
            self._reserve = b""
            why = str(error).replace("value['value']", "value", 1)
            why = why or "there was no memory left to send the value"
            problem = {"kind": "unplain", "problem": why, "number": reply["number"]}
            send_packets(self._channel, problem)
        except OSError:
            return  # the program closed its own channel

    def _end_stray(self, reply: dict[str, Any] | None) -> NoReturn:
        """End a copy that came back from the student's code: a child that fell through."""
        raised = reply if reply is not None and reply["kind"] == "error" else None
        try:
            if raised is not None:
                _say(raised["traceback"])
            send_stray(self._channel, raised)
        finally:
            os._exit(_leave(0 if raised is None else 1))


def _name_in_main(function: Any) -> None:
    """Let what was sent by value be found by name, as multiprocessing looks for it."""
    if getattr(function, "__module__", None) == "__main__":
        names = sys.modules["__main__"].__dict__
        for name, value in getattr(function, "__globals__", {}).items():
            names.setdefault(name, value)
        names.setdefault(getattr(function, "__name__", ""), function)


def _fresh_interpreter() -> None:
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.argv = ["program.py"]
    random.seed()
    atexit._clear()
    if "tempfile" in sys.modules:
        vars(sys.modules["tempfile"])["tempdir"] = None  # found before TMPDIR was the box's own
    gc.enable()


def _rehearse() -> None:
    """Go through the motions once, while nobody waits.

    A forked process copies each page that it touches for the first time; so touch them now.
    """
    reply = {"kind": "value", "value": [1, "a"], "op": "function", "args": []}
    decode(encode(reply))
    pickle.loads(_SAMPLE)()
    exec(compile("0", "", "exec"), {})
    keep_limits()
    atexit._run_exitfuncs()  # there are none
    _flush()


_SAMPLE = cloudpickle.dumps(lambda: None)


def _take_job(request: Any) -> None:
    for filename, text in request["sources"].items():
        lines = text.splitlines(keepends=True)
        linecache.cache[filename] = (len(text), None, lines, filename)
    if request["stdin"]:
        fd = os.memfd_create("stdin")
        with os.fdopen(fd, "wb", closefd=False) as file:
            file.write(request["stdin"])
        os.lseek(fd, 0, os.SEEK_SET)
        os.dup2(fd, 0)
        os.close(fd)
    for name, content in request["files"].items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(content[1:])
        os.chmod(name, 0o755 if content[:1] == b"x" else 0o644)
    apply_limits(request["limits"], extra_processes=request["extra_processes"])
    gc.freeze()  # so that `_flush` looks at the program's own objects only
    if request["line_buffered"]:
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def _execute(argv: list[str]) -> dict[str, Any]:
    for name in ("SIGPIPE", "SIGXFSZ"):  # as subprocess does: a C program expects defaults
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        _say(f"{argv[0]}: {error.strerror}\n")
        return {"kind": "ended", "code": 127 if isinstance(error, FileNotFoundError) else 126}


def _say(text: str) -> None:
    """Write to the program's own stderr, as Python itself would."""
    with suppress(Exception):  # the program may have replaced it by anything
        sys.stderr.write(text)
        sys.stderr.flush()


def _exit_code(stop: SystemExit) -> int:
    if stop.code is None:
        return 0
    if isinstance(stop.code, int):
        return stop.code & 0xFF
    _say(f"{stop.code}\n")
    return 1


def _describe(error: BaseException) -> dict[str, Any]:
    """The exception as plain data; the traceback shows no line of ours."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    text, message = f"{type(error).__name__} (it could not be printed)\n", ""
    with suppress(BaseException):  # their exception's own methods may do anything
        text = "".join(traceback.TracebackException(type(error), error, trace).format())
        message = str(error)
    return {
        "kind": "error",
        "type": type(error).__name__,
        "message": message[:4000],
        "traceback": text[-20000:],
    }


def _leave(code: int) -> int:
    """What Python does at its end: threads, exit handlers, buffers."""
    for step in (threading._shutdown, atexit._run_exitfuncs, _flush):  # type: ignore[attr-defined]
        try:
            step()
        except BaseException:  # nothing that fails here may keep the process alive
            continue
    return code


# What io.IOBase adds to its base is only that asking "is it one?" writes to the asked class,
# and a forked process copies each page that it writes to.
_FILE: Any = io.IOBase.__mro__[1]


def _flush() -> None:
    """Write out what is buffered, also in files that the program has left open."""
    for item in gc.get_objects():  # what the launcher had loaded is frozen and not among them
        if isinstance(item, _FILE):
            with suppress(Exception):
                item.flush()
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with suppress(Exception):  # the program may have replaced it by anything
            stream.flush()  # type: ignore[union-attr]


def _compiled(request: Any, blob: bytes) -> types.CodeType:
    # Our own `from __future__` lines are not the program's.
    return compile(blob, request["filename"], "exec", dont_inherit=True)
