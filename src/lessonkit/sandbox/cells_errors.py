"""Write an exception down as plain data, and make one of plain data.

A class is told as the chain of its bases, as far as one that everybody knows: a builtin one,
or one of the standard library.
"""

from __future__ import annotations

import builtins
import sys
import traceback
from contextlib import suppress
from typing import Any

from lessonkit.plain import PlainError, encode

__all__ = ["chain_of", "described", "revived"]

_OURS = ("lessonkit/sandbox/", "IPython/core/")


def chain_of(kind: type[BaseException]) -> list[list[Any]]:
    """[module, name, number] of a class and of its bases, to the first that is well known."""
    chain: list[list[Any]] = []
    for base in type.__dict__["__mro__"].__get__(kind):
        if not issubclass(base, BaseException):
            continue
        module, name = str(base.__module__)[:200], str(base.__qualname__)[:200]
        chain.append([module, name, id(base)])
        top = module.partition(".")[0]
        if getattr(builtins, name, None) is base or top in sys.stdlib_module_names - {"__main__"}:
            break
        if len(chain) == 20:
            break
    return chain


def described(error: BaseException) -> dict[str, Any]:
    """The exception as plain data: class, arguments, attributes, text, traceback."""
    kind = type(error)
    text, message = f"{kind.__name__} (it could not be printed)\n", ""
    with suppress(BaseException):  # their exception's own methods may do anything
        message = str(error)[:4000]
    with suppress(BaseException):
        text = "".join(_own_lines(error))[-20_000:]
    return {
        "chain": chain_of(kind),
        "args": _plain_or_none(list(error.args)),
        "attributes": _plain_or_none(dict(vars(error))) if hasattr(error, "__dict__") else None,
        "message": message,
        "traceback": text,
    }


def _own_lines(error: BaseException) -> Any:
    trace = error.__traceback__
    while trace is not None and any(part in trace.tb_frame.f_code.co_filename for part in _OURS):
        trace = trace.tb_next
    return traceback.TracebackException(type(error), error, trace).format()


def _plain_or_none(value: Any) -> Any:
    try:
        encode(value, max_bytes=20_000)
    except PlainError:
        return None
    return value


def revived(told: dict[str, Any]) -> BaseException:
    """The builtin exception that the test's side tells of, by name and arguments."""
    kind = getattr(builtins, str(told.get("name")), RuntimeError)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        kind = RuntimeError
    try:
        return kind(*(told.get("args") or ()))
    except Exception:
        return RuntimeError(str(told.get("args"))[:500])
