"""Stand for the student's functions in a test: calling one runs it in the sandbox.

Arguments go there, plain data comes back: the value, what the function did to lists and dicts
that it was given, what it printed, what it raised. A function or an iterator that it returned
is stood for as well. Nothing else can come back, so there is nothing for a test to trip over.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Protocol, TypeGuard

from lessonkit import payload
from lessonkit.errors import UsageError
from lessonkit.grading.standins import StandIns
from lessonkit.sandbox.cells_things import by_handle
from lessonkit.sandbox.sessions_client import Reply

__all__ = ["Caller", "Proxy", "Stream", "TestFailed"]

_ONE_BY_ONE = 16
_MOST_AT_ONCE = 256
_SCALARS = (bool, int, float, str, bytes, type(None))
_MUTABLE = (list, dict, set, bytearray)


class TestFailed(BaseException):
    """The test cannot pass any more, whatever it catches. No `except Exception` stops it.

    kind: the name to show it under.
    """

    __test__ = False  # it is no test class of pytest's

    def __init__(self, text: str, kind: str = "AssertionError", *, status: str = "") -> None:
        super().__init__(text)
        self.kind = kind
        self.status = status


class Asker(Protocol):
    """What a proxy needs of the student's interpreter: see `lessonkit.grading.student`."""

    visit_number: int

    def ask(self, request: dict[str, Any], what: str) -> Reply:
        """Have the copy do something; raises TestFailed when there is no answer to it."""
        ...

    def look(self, names: list[str]) -> dict[str, dict[str, Any]]:
        """What is behind these names now."""
        ...


class Caller:
    """Makes the calls of one submission, and knows its exception classes."""

    def __init__(self, student: Asker, standins: StandIns, streams: Streams) -> None:
        self.student = student
        self.standins = standins
        self.streams = streams
        self.failure: TestFailed | None = None

    def fail(self, text: str, kind: str = "AssertionError", *, status: str = "") -> TestFailed:
        """The failure to raise; the first one of a test counts, whatever becomes of it."""
        failure = TestFailed(text, kind, status=status)
        self.failure = self.failure or failure
        return failure

    def ask(self, request: dict[str, Any], what: str) -> dict[str, Any]:
        """Ask the copy; show what it printed, answer what it asks, raise what it raised."""
        while True:
            try:
                reply = self.student.ask(request, what)
            except TestFailed as failure:
                self.failure = self.failure or failure
                raise
            self.streams.show("stdout", reply.stdout)
            self.streams.show("stderr", reply.stderr)
            message = reply.message
            kind = message.get("kind") if isinstance(message, dict) else None
            if kind == "asks":
                request = {"op": "told", **_answered(str(message.get("prompt", "")))}
                continue
            if kind in ("value", "error", "unplain", "unpacked"):
                return dict(message)
            raise self.fail(f"{what}: what came back from the sandbox is not an answer")

    def call(self, proxy: Proxy, args: tuple[Any, ...], names: dict[str, Any]) -> Any:
        """Call the function that *proxy* stands for."""
        what = f"{proxy.__name__}()"
        values = [*args, *names.values()]
        forms, plain = self._forms(values)
        request = {
            "op": "call",
            "handle": proxy.handle(),
            "args": forms,
            "names": list(names),
            "plain": plain,
        }
        message = self.ask(request, what)
        changed = message.get("changed")
        for place, new in changed.items() if isinstance(changed, dict) else ():
            self._change(values, plain, place, new, what)
        return self._outcome(message, values, what)

    def _outcome(self, message: dict[str, Any], values: list[Any], what: str) -> Any:
        if message["kind"] == "error":
            raise self._raised(message.get("error"))
        if message["kind"] != "value":
            raise self.fail(f"what {what} returned cannot be judged: {message.get('problem')}")
        return self.arrived(message.get("value"), values, what)

    def _raised(self, told: Any) -> BaseException:
        error = self.standins.error_of(told)
        text = told.get("traceback") if isinstance(told, dict) else None
        try:
            error.lessonkit_traceback = str(text)[-20_000:]  # type: ignore[attr-defined]
        except Exception:  # a class without room for it: there is no traceback to show then
            return error
        return error

    def arrived(self, crossing: Any, values: list[Any], what: str) -> Any:
        """Turn what crossed into the value that the test sees."""
        form, body = crossing if isinstance(crossing, tuple) and len(crossing) == 2 else ("", None)
        if form == "plain":
            return body
        if form == "same" and type(body) is int and 0 <= body < len(values):
            return values[body]
        if form == "range" and _are_steps(body):
            return range(body[0], body[1], body[2])
        if form == "bytearray" and isinstance(body, bytes):
            return bytearray(body)
        if isinstance(body, dict) and type(body.get("handle")) is int:
            if form == "callable":
                return Proxy(self, None, body, self.student.visit_number)
            if form == "iterator":
                return Stream(self, body["handle"], what)
        raise self.fail(f"{what}: what came back from the sandbox is not a value")

    def _forms(self, values: list[Any]) -> tuple[list[tuple[str, Any]], list[int]]:
        """How each argument goes, and which of them may come back changed."""
        forms: list[tuple[str, Any]] = []
        plain: list[int] = []
        seen: dict[int, int] = {}
        for place, value in enumerate(values):
            kind = type(value)
            if isinstance(value, Proxy):
                forms.append(("mine", value.handle()))
            elif kind in _MUTABLE and id(value) in seen:
                forms.append(("same", seen[id(value)]))
            elif kind is bytearray:
                forms.append(("bytearray", bytes(value)))
            elif is_plain(value):
                forms.append(("plain", value))
            else:
                try:
                    forms.append(("pickled", payload.dump(value)))
                except UsageError as error:
                    raise self.fail(f"the test passes what cannot be sent: {error}") from error
            if kind in _MUTABLE and forms[-1][0] in ("plain", "bytearray"):
                seen[id(value)] = place
                plain.append(place)
        return forms, plain

    def _change(self, values: list[Any], plain: list[int], place: Any, new: Any, what: str) -> None:
        form, body = new if isinstance(new, tuple) and len(new) == 2 else ("", None)
        if form == "unplain":
            raise self.fail(f"what {what} did to its argument cannot be judged: {body}")
        if form == "plain" and type(place) is int and place in plain:
            old = values[place]
            wanted = bytes if type(old) is bytearray else type(old)
            if type(body) is wanted:
                put_back(old, body)


class Proxy(payload.Remote):
    """Stands for one function of the student's."""

    def __init__(
        self, caller: Caller, name: str | None, seen: dict[str, Any], visit_number: int
    ) -> None:
        self._caller = caller
        self._key = name
        self._handle = int(seen["handle"])
        self._visit = visit_number
        told = seen.get("name")
        self.__name__ = told if isinstance(told, str) and told else name or "the function"
        self.__qualname__ = self.__name__
        self.__doc__ = seen["doc"] if isinstance(seen.get("doc"), str) else None

    def __call__(self, *args: Any, **names: Any) -> Any:
        """Run it in the sandbox."""
        return self._caller.call(self, args, names)

    def __repr__(self) -> str:
        return f"<function {self.__name__}, in the sandbox>"

    def __reduce__(self) -> Any:
        return by_handle, (self.handle(),)

    def handle(self) -> int:
        """Its number in the copy that the test talks to now."""
        student = self._caller.student
        if self._visit != student.visit_number:
            seen = student.look([self._key]).get(self._key) if self._key is not None else None
            if seen is None or type(seen.get("handle")) is not int:
                raise self._caller.fail(f"{self.__name__} does not exist any more in this test")
            self._handle, self._visit = seen["handle"], student.visit_number
        return self._handle

    def packed(self) -> payload.Packed:
        """The function itself, for a check: bytes that are loaded in the check's own box."""
        message = self._caller.ask({"op": "pack", "handle": self.handle()}, self.__name__)
        parts = message.get("value")
        if message["kind"] != "value" or not isinstance(parts, dict):
            raise UsageError(str(message.get("problem", "the function cannot be sent")))
        blob, sources = parts.get("blob"), parts.get("sources")
        if not isinstance(blob, bytes) or not isinstance(sources, dict):
            raise UsageError("the function cannot be sent")
        texts = {str(k): v for k, v in sources.items() if isinstance(v, str)}
        return payload.Packed(blob=blob, sources=texts)


class Stream(Iterator[Any]):
    """Stands for an iterator that a function of the student's returned: a generator, mostly."""

    def __init__(self, caller: Caller, handle: int, what: str) -> None:
        self._caller = caller
        self._handle = handle
        self._what = what
        self._visit = caller.student.visit_number
        self._waiting: list[Any] = []
        self._taken = 0
        self._end: BaseException | None = None

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> Any:
        if not self._waiting and self._end is None:
            self._fetch()
        if self._waiting:
            return self._waiting.pop(0)
        raise self._end or StopIteration

    def _fetch(self) -> None:
        """The next value. Who has taken many gets several at once: that is faster."""
        if self._visit != self._caller.student.visit_number:
            raise self._caller.fail(f"the iterator of {self._what} is from an earlier test")
        most = 1 if self._taken < _ONE_BY_ONE else min(self._taken, _MOST_AT_ONCE)
        request = {"op": "next", "handle": self._handle, "most": most}
        message = self._caller.ask(request, f"the iterator of {self._what}")
        if message["kind"] == "error":
            self._end = self._caller._raised(message.get("error"))
            return
        if message["kind"] != "value" or not isinstance(message.get("value"), list):
            problem = message.get("problem")
            raise self._caller.fail(f"what {self._what} yields cannot be judged: {problem}")
        for crossing in message["value"]:
            self._waiting.append(self._caller.arrived(crossing, [], self._what))
        self._taken += len(self._waiting)
        if message.get("error") is not None:
            self._end = self._caller._raised(message["error"])
        elif message.get("end") is True or not self._waiting:
            self._end = StopIteration()


class Streams(Protocol):
    """Where what the student's functions print is shown."""

    def show(self, name: str, text: bytes) -> None:
        """Show what was written to that stream."""
        ...


def is_plain(value: Any, depth: int = 0) -> bool:
    """Whether it is plain data down to the last item, by exact type."""
    kind = type(value)
    if kind in _SCALARS:
        return True
    if depth > 40:
        return False
    if kind in (list, tuple, set, frozenset):
        return all(is_plain(item, depth + 1) for item in value)
    if kind is dict:
        return all(is_plain(k, depth + 1) and is_plain(v, depth + 1) for k, v in value.items())
    return False


def put_back(old: Any, new: Any) -> None:
    """Give *old*, which the test holds, the content that *new* came back with."""
    if isinstance(old, list):
        old[:] = [_merged(a, b) for a, b in _pairs(old, new)]
    elif isinstance(old, dict):
        items = {key: _merged(old.get(key), value) for key, value in new.items()}
        old.clear()
        old.update(items)
    elif isinstance(old, set):
        old.clear()
        old.update(new)
    elif isinstance(old, bytearray):
        old[:] = new


def _are_steps(body: Any) -> TypeGuard[list[int]]:
    return (
        isinstance(body, list)
        and len(body) == 3
        and all(type(part) is int for part in body)
        and body[2] != 0
    )


def _pairs(old: Any, new: Any) -> list[tuple[Any, Any]]:
    return [(old[i] if i < len(old) else None, item) for i, item in enumerate(new)]


def _merged(old: Any, new: Any) -> Any:
    """*new*, but as the object that was there before where it is of the same kind."""
    if type(old) is type(new) and isinstance(old, (list, dict, set)):
        put_back(old, new)
        return old
    if type(old) is tuple and type(new) is tuple and len(old) == len(new):
        return tuple(_merged(a, b) for a, b in zip(old, new, strict=True))
    return new


def _answered(prompt: str) -> dict[str, Any]:
    """Answer the student's `input()` as the test's own `input` does, if it has one."""
    import builtins

    try:
        if builtins.input is _INPUT and sys.stdin is sys.__stdin__:
            raise EOFError("the test has no input for it")
        value = builtins.input(prompt)
    except TestFailed:
        raise
    except Exception as error:
        args = [arg for arg in error.args if is_plain(arg)]
        return {"value": None, "error": {"name": type(error).__name__, "args": args}}
    return {"value": str(value), "error": None}


def _input() -> Any:
    import builtins

    return builtins.input


_INPUT = _input()
