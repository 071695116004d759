"""Turn a student's function into something that can be sent to a sandbox.

The only door to cloudpickle, and only towards the sandbox: nothing that comes back is
ever unpickled.
"""

from __future__ import annotations

import functools
import linecache
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lessonkit.errors import UsageError

__all__ = ["Handle", "pack"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Handle:
    """A function that exists only as text: the source that defines it, and its name.

    With it a grader can judge from an interpreter in which the student's code never ran.
    """

    source: str
    name: str
    filename: str = "answer.py"


def pack(what: Callable[..., Any] | Handle) -> dict[str, Any]:
    """Return the parts of a job that carry *what*: how, blob, name, filename, sources."""
    if isinstance(what, Handle):
        return {
            "how": "source",
            "blob": what.source.encode(),
            "name": what.name,
            "filename": what.filename,
            "sources": {what.filename: what.source},
        }
    import cloudpickle

    try:
        blob = cloudpickle.dumps(what)
    except Exception as error:  # anything that their objects' own pickling code raises
        name = getattr(what, "__name__", "the function")
        raise UsageError(
            f"{name!r} cannot be sent to the sandbox: {error}. It, or something that it "
            "refers to (a global variable, a default value), holds what exists only in "
            "this process, such as an open file or a lock. Create that inside the function."
        ) from error
    return {"how": "pickle", "blob": blob, "sources": dict(_sources(what))}


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
        queue += [names[n] for n in code.co_names if isinstance(names.get(n), _WITH_CODE)]


_WITH_CODE = (types.FunctionType, types.MethodType, type, functools.partial)


def _is_filled(cell: types.CellType) -> bool:
    try:
        return isinstance(cell.cell_contents, _WITH_CODE)
    except ValueError:  # nothing was assigned to it yet
        return False
