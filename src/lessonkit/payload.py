"""Turn a student's function into something that can be sent to a sandbox.

The only door to cloudpickle, and only towards the sandbox: nothing that comes back is
ever unpickled. A function that already is in one sandbox goes into another as it is, as bytes
that nobody here has looked into: `Packed`.
"""

from __future__ import annotations

import functools
import linecache
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
    import cloudpickle

    try:
        blob: bytes = cloudpickle.dumps(value)
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
    import cloudpickle

    sources: dict[str, str] = {}
    for filename, text in _sources(what):
        if sum(map(len, sources.values())) + len(text) <= MOST_SOURCE_CHARS:
            text.encode()  # a lone surrogate: better known here than on the way
            sources[filename] = text
    return {"how": "pickle", "blob": cloudpickle.dumps(what), "sources": sources}


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
