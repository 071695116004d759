"""Answer what a test asks, in a copy of the student's interpreter that nobody will miss.

    look     what is behind these names: a function, plain data, a module, an exception class
    call     call one of them; its value, the arguments that it changed, what it raised
    next     the next value of an iterator that a call returned
    drop     forget a function or iterator
    pack     a function by value, as bytes that a check's own box will load
    test     run the text of a test here, together with the student's code

A test has one copy, from its first question to its end: what a function remembers from call to
call, it remembers within a test. Values go out as plain data, or as the number of something that
stays here. While a call lasts, the student's `input()` asks the test.
"""

from __future__ import annotations

import builtins
import functools
import gc
import marshal
import os
import pickle
import socket
import types
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from lessonkit import payload
from lessonkit.errors import UsageError
from lessonkit.plain import PlainError, encode
from lessonkit.sandbox import cells_things as things
from lessonkit.sandbox.cells_errors import chain_of, described, revived
from lessonkit.sandbox.cells_shell import Shell, flush
from lessonkit.sandbox.channel import (
    MOST_REPLY_BYTES,
    ChannelError,
    Packets,
    send_packets,
)

__all__ = ["Copy"]

_HEAD_BYTES = 2048
_ROOM = MOST_REPLY_BYTES - 2 * _HEAD_BYTES

_SMALL = 1000

_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    functools.partial,
    type(functools.lru_cache(len)),
)
"""What can be stood for. An object that can also be called is still an object with a state."""


def _end_as_program(error: BaseException) -> NoReturn:
    """End a child of the student's as *error* would end a program: sys.exit() has a code."""
    code = error.code if isinstance(error, SystemExit) else 1
    flush()
    os._exit(0 if code is None else code & 255 if isinstance(code, int) else 1)


class Copy:
    """One copy, from its birth to its end."""

    def __init__(self, channel: int, shell: Shell) -> None:
        """channel: the descriptor to talk through; it is taken over."""
        things.kept.clear()
        os.dup2(channel, things.CHANNEL_FD, inheritable=False)
        os.close(channel)
        # All three are said, because asking the kernel takes a detour.
        self._channel = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, things.CHANNEL_FD)
        self._packets = Packets(self._channel, trusted=True)
        self._shell = shell
        self._names = shell.user_ns
        self._pid = os.getpid()
        self._reserve = bytes(1 << 20)
        self._number = 0
        self._last = 0
        gc.freeze()  # a collection would touch, and so copy, every object that there is

    def serve(self, number: int, words: bytes) -> None:
        """Handle the request in *words*, and others until the channel closes or this process
        is ended."""
        builtins.input = self._ask
        operations: dict[str, Callable[[Any], dict[str, Any]]] = {
            "look": self._look,
            "call": self._call,
            "next": self._next,
            "drop": self._drop,
            "pack": self._pack,
            "test": self._test,
        }
        self._number = number
        request = marshal.loads(words)
        while True:
            try:
                reply = operations[request["op"]](request)
            except BaseException as error:  # a fault in the student's objects, or in us: data
                self._reserve = b""
                reply = {"kind": "error", "error": described(error)}
            if os.getpid() != self._pid:
                return  # a child that fell through: it says nothing in the parent's name
            self._send(reply)
            try:
                request = self._take()
            except (OSError, ChannelError):
                return

    def _take(self) -> Any:
        """The next request; its number is that of the answer."""
        while not self._packets.messages:
            self._packets.feed(block=True)
            if self._packets.closed:
                raise ChannelError("init is gone")
        self._number, words, _ = self._packets.messages.popleft()
        return marshal.loads(words)

    def _send(self, reply: dict[str, Any]) -> None:
        flush()
        try:
            words = encode(reply, max_bytes=MOST_REPLY_BYTES - _HEAD_BYTES)
            send_packets(self._channel, self._number, blob=words)
        except (PlainError, MemoryError) as error:
            self._reserve = b""
            problem = str(error) or "there was no memory left to send the value"
            words = encode({"kind": "unplain", "problem": problem[:500]})
            send_packets(self._channel, self._number, blob=words)

    # -- look -----------------------------------------------------------------------------

    def _look(self, request: Any) -> dict[str, Any]:
        room = _ROOM
        found: dict[str, Any] = {}
        for name in request["names"]:
            if name in self._names:
                seen, size = self._seen(self._names[name], room)
                room -= size
                found[name] = seen
        return {"kind": "value", "value": found}

    def _seen(self, thing: Any, room: int) -> tuple[dict[str, Any], int]:
        kind = type(thing)
        if kind is types.ModuleType:
            return {"is": "module", "module": str(thing.__name__)}, 200
        if isinstance(thing, type) and issubclass(thing, BaseException):
            return {"is": "exception", "chain": chain_of(thing)}, 1000
        if kind in _FUNCTIONS:
            return {"is": "callable", **self._named(thing)}, 1000
        try:
            size = len(encode(thing, max_bytes=max(1, room)))
        except PlainError as error:
            why = str(error).replace("value", "it", 1)
        else:
            return {"is": "plain", "value": thing}, size
        if isinstance(thing, type):
            return {"is": "callable", **self._named(thing)}, 1000
        return {"is": "other", "type": kind.__name__, "why": why}, 500

    def _keep(self, thing: Any) -> int:
        self._last += 1
        things.kept[self._last] = thing
        return self._last

    def _named(self, thing: Any) -> dict[str, Any]:
        words = {}
        for key, attribute in (("name", "__name__"), ("doc", "__doc__"), ("where", "__qualname__")):
            word = getattr(thing, attribute, None)
            words[key] = word[:4000] if type(word) is str else None
        return {"handle": self._keep(thing), **words}

    # -- call -----------------------------------------------------------------------------

    def _call(self, request: Any) -> dict[str, Any]:
        args: list[Any] = []
        for form, body in request["args"]:
            args.append(self._argument(form, body, args))
        names = request["names"]
        given = len(args) - len(names)
        before = {place: _frozen(args[place]) for place in request["plain"]}
        function = things.kept[request["handle"]]
        reply: dict[str, Any]
        try:
            value = function(*args[:given], **dict(zip(names, args[given:], strict=True)))
            reply = {"kind": "value", "value": self._crossing(value, args)}
        except PlainError as error:
            reply = {"kind": "unplain", "problem": str(error)[:500]}
        except BaseException as error:  # whatever the student's code raised is data
            if os.getpid() != self._pid:
                _end_as_program(error)
            self._reserve = b""
            reply = {"kind": "error", "error": described(error)}
        changed = {}
        for place, old in before.items():
            new = _frozen(args[place])
            if new != old:
                changed[place] = new
        return {**reply, "changed": changed} if changed else reply

    def _argument(self, form: str, body: Any, args: list[Any]) -> Any:
        if form == "plain":
            return body
        if form == "bytearray":
            return bytearray(body)
        if form == "mine":
            return things.kept[body]
        if form == "same":
            return args[body]
        return pickle.loads(body)  # what the test gave, on its way to the student

    def _crossing(self, value: Any, args: list[Any]) -> tuple[str, Any]:
        """How a value leaves. Raises PlainError for what cannot."""
        for place, arg in enumerate(args):
            if value is arg and isinstance(value, (list, dict, set, bytearray)):
                return "same", place
        if type(value) is range:
            return "range", [value.start, value.stop, value.step]
        if type(value) is bytearray:
            return "bytearray", bytes(value)
        if isinstance(value, type):
            pass
        elif isinstance(value, Iterator):
            return "iterator", {"handle": self._keep(value), "name": type(value).__name__}
        elif type(value) in _FUNCTIONS:
            return "callable", self._named(value)
        if not _is_small(value):
            encode(value, max_bytes=_ROOM)
        return "plain", value

    def _next(self, request: Any) -> dict[str, Any]:
        iterator = things.kept[request["handle"]]
        values: list[Any] = []
        end, error, size = False, None, 0
        try:
            while len(values) < request["most"] and size < _ROOM // 4:
                crossing = self._crossing(next(iterator), [])
                size += len(encode(crossing))
                values.append(crossing)
        except StopIteration:
            end = True
        except PlainError as problem:
            if not values:
                return {"kind": "unplain", "problem": str(problem)[:500]}
            error = described(problem)
        except BaseException as raised:  # as above
            error = described(raised)
        return {"kind": "value", "value": values, "end": end, "error": error}

    def _drop(self, request: Any) -> dict[str, Any]:
        things.kept.pop(request["handle"], None)
        return {"kind": "value", "value": None}

    def _pack(self, request: Any) -> dict[str, Any]:
        try:
            packed = payload.pack(things.kept[request["handle"]])
        except UsageError as error:
            return {"kind": "unpacked", "problem": str(error)[:2000]}
        parts = {"blob": packed["blob"], "sources": packed["sources"]}
        return {"kind": "value", "value": parts}

    def _ask(self, prompt: object = "") -> str:
        """`input()` during a call: the test has the answers."""
        if os.getpid() != self._pid:
            raise EOFError("a child of the tested program has nobody to ask")
        self._send({"kind": "asks", "prompt": str(prompt)[:4000]})
        answer = self._take()
        if answer["error"] is not None:
            raise revived(answer["error"])
        return str(answer["value"])

    # -- test -----------------------------------------------------------------------------

    def _test(self, request: Any) -> dict[str, Any]:
        """Run a test here. What it came to is the word of a process that is the student's."""
        builtins.input = _nobody
        shell: Any = self._shell
        for text in request["before"]:
            shell.run_cell(text, silent=True)
        outcome = shell.run(request["source"], "")
        shown = [o for o in outcome["outputs"] if o["output_type"] == "execute_result"]
        number = shown[0]["data"].get("text/plain") if shown else None
        result = shell.last_execution_result
        error = result.error_before_exec or result.error_in_exec
        line = None
        if error is not None:
            trace = error.__traceback__
            while trace is not None:  # the outermost line of the test itself
                if trace.tb_frame.f_globals is self._names:
                    line = trace.tb_lineno
                    break
                trace = trace.tb_next
        return {
            "kind": "value",
            "value": {
                "ok": bool(outcome["ok"]),
                "number": number if type(number) is str else None,
                "error": type(error).__name__ if error is not None else None,
                "line": line,
            },
        }


def _frozen(value: Any) -> tuple[str, Any]:
    """A copy of an argument, to see what a call changed, and to send it back."""
    if type(value) is bytearray:
        return "plain", bytes(value)
    try:
        encode(value, max_bytes=_ROOM)
    except PlainError as error:
        return "unplain", str(error)[:500]
    return "plain", _copied(value)


def _is_small(value: Any) -> bool:
    """Whether it is certain to be plain data, and little of it, without trying."""
    if type(value) is str:
        return len(value) < _SMALL
    if type(value) is int:
        return -_SMALL < value < _SMALL
    return value is None or type(value) in (bool, float)


def _copied(value: Any) -> Any:
    if isinstance(value, list):
        return [_copied(item) for item in value]
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_copied(item) for item in value)
    return set(value) if isinstance(value, set) else value


def _nobody(prompt: object = "") -> str:
    raise EOFError("input() has nobody to ask while a notebook is graded")
