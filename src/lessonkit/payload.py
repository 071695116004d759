"""Turn a student's function into something that can be sent to a sandbox.

The only door to cloudpickle, and only towards the sandbox: nothing that comes back is
ever unpickled. A function that already is in one sandbox goes into another as it is, as bytes
that nobody here has looked into: `Packed`.
"""

from __future__ import annotations

import functools
import io
import linecache
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lessonkit.errors import UsageError

__all__ = ["Handle", "Packed", "Remote", "dump", "pack"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Handle:
    """A function that exists only as text: the source that defines it, and its name.

    With it a grader can judge from an interpreter in which the student's code never ran.
    """

    source: str
    name: str
    filename: str = "answer.py"


@dataclass(frozen=True, kw_only=True, slots=True)
class Packed:
    """A function as bytes that were made in a sandbox, and will be loaded in one only.

    blob: its pickle, by value, which this process never loads. sources: for tracebacks.
    """

    blob: bytes
    sources: Mapping[str, str] = field(default_factory=dict)


class Remote:
    """Stands for a function that lives in another process, and says how to send that one."""

    __slots__ = ()

    def packed(self) -> Packed:
        """The function itself. Raises UsageError when it cannot be sent."""
        raise NotImplementedError


MOST_BLOB_BYTES = 32 << 20
MOST_SOURCE_CHARS = 1 << 20


def pack(what: Callable[..., Any] | Handle | Packed) -> dict[str, Any]:
    """Return the parts of a job that carry *what*: how, blob, name, filename, sources.

    Raises UsageError for whatever cannot be sent. Objects of the student's own may raise
    anything when they are looked at: none of that is a failure of ours.
    """
    if isinstance(what, Remote):
        what = what.packed()
    try:
        if isinstance(what, Handle):
            load = _handle(what)
        elif isinstance(what, Packed):
            load = {"how": "pickle", "blob": what.blob, "sources": dict(what.sources)}
        else:
            load = _function(what)
    except Exception as error:
        raise UsageError(
            f"the function cannot be sent to the sandbox: {error}. It, or something that it "
            "refers to (a global variable, a default value), holds what exists only in "
            "this process, such as an open file or a lock. Create that inside the function."
        ) from error
    if len(load["blob"]) > MOST_BLOB_BYTES:
        raise UsageError(
            f"the function takes {len(load['blob'])} bytes with all that it refers to, more than "
            f"the {MOST_BLOB_BYTES} that are sent to a sandbox. Make large data inside it."
        )
    return load


def dump(value: object) -> bytes:
    """Pickle *value*, what it refers to included, to be loaded in a sandbox.

    Raises UsageError for what cannot be pickled.
    """
    try:
        blob = _dumps(value)
    except Exception as error:
        raise UsageError(f"{value!r:.60} cannot be sent to the sandbox: {error}") from error
    return blob


def _handle(handle: Handle) -> dict[str, Any]:
    blob = handle.source.encode()
    sources = {handle.filename: handle.source}
    return {
        "how": "source",
        "blob": blob,
        "name": handle.name,
        "filename": handle.filename,
        "sources": sources if len(handle.source) <= MOST_SOURCE_CHARS else {},
    }


def _function(what: Callable[..., Any]) -> dict[str, Any]:
    sources: dict[str, str] = {}
    for filename, text in _sources(what):
        if sum(map(len, sources.values())) + len(text) <= MOST_SOURCE_CHARS:
            text.encode()  # a lone surrogate: better known here than on the way
            sources[filename] = text
    return {"how": "pickle", "blob": _dumps(what), "sources": sources}


def _dumps(value: object) -> bytes:
    """Pickle it; a C library that was opened outside the function is opened again in the box."""
    import cloudpickle

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # it has no types
        def reducer_override(self, thing: object) -> Any:
            again = _opened_again(thing)
            return super().reducer_override(thing) if again is None else again

    file = io.BytesIO()
    Pickler(file).dump(value)
    return file.getvalue()


def _opened_again(thing: object) -> tuple[Any, ...] | None:
    """How to make a `ctypes.CDLL`, or one of its functions, again; None for all else.

    `libc = ctypes.CDLL(None)` at the top of a cell is the usual way to system calls that Python
    has no name for. It is a number of this process only; what can cross is its name.
    """
    ctypes = sys.modules.get("ctypes")
    if ctypes is None or isinstance(thing, type):
        return None
    if type(thing) in (ctypes.CDLL, ctypes.PyDLL):
        flags = thing._FuncPtr._flags_  # type: ignore[attr-defined]
        keeps_errno = bool(flags & _USES_ERRNO)
        opened = (thing._name, ctypes.DEFAULT_MODE, None, keeps_errno)  # type: ignore[attr-defined]
        return type(thing), opened
    if not isinstance(thing, ctypes._CFuncPtr):
        return None
    kept, name = getattr(thing, "_objects", None) or {}, getattr(thing, "__name__", None)
    library = next((one for one in kept.values() if isinstance(one, ctypes.CDLL)), None)
    if library is None or not isinstance(name, str):
        return None
    return _function_of, (library, name, thing.argtypes, thing.restype)


def _function_of(library: Any, name: str, argtypes: Any, restype: Any) -> Any:
    found = library[name]
    found.argtypes, found.restype = argtypes, restype
    return found


# What seems to be the student's goes by value: the box need not know this module.
_function_of.__module__ = "__main__"


_USES_ERRNO = 0x8
"""Of a function's `_flags_`: FUNCFLAG_USE_ERRNO, in CPython's ctypes since 2.6."""


def _sources(what: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    """The text of the cells that the function comes from, for tracebacks inside."""
    seen: set[str] = set()
    queue: list[object] = [what]
    for item in queue:
        if len(queue) > 200:
            return
        if isinstance(item, functools.partial):
            queue.append(item.func)
        elif isinstance(item, types.MethodType):
            queue += [item.__func__, type(item.__self__)]
        elif isinstance(item, type):
            queue += [v for v in vars(item).values() if isinstance(v, types.FunctionType)]
        elif isinstance(item, types.FunctionType):
            queue += [c.cell_contents for c in item.__closure__ or () if _is_filled(c)]
        code = getattr(item, "__code__", None)
        if not isinstance(code, types.CodeType):
            continue
        lines = linecache.getlines(code.co_filename)
        if code.co_filename not in seen and lines and len(lines) < 5000:
            seen.add(code.co_filename)
            yield code.co_filename, "".join(lines)
        names = getattr(item, "__globals__", {})
        used = dict.fromkeys(name for inner in _codes(code) for name in inner.co_names)
        queue += [names[n] for n in used if isinstance(names.get(n), _WITH_CODE)]


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """A function's code and that of the functions and comprehensions within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


_WITH_CODE = (types.FunctionType, types.MethodType, type, functools.partial)


def _is_filled(cell: types.CellType) -> bool:
    try:
        return isinstance(cell.cell_contents, _WITH_CODE)
    except ValueError:  # nothing was assigned to it yet
        return False
