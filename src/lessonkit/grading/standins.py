"""Make exceptions of what the student's interpreter tells about one.

A builtin class, and one of the standard library, is itself. Any other is stood in for by a
class of the same name, below the class that its chain of bases ends in, so that a test's
`except ValueError` and `except TooLong` work as they would beside the student's code.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

__all__ = ["StandIns", "may_import"]

_NEVER = frozenset({"antigravity", "idlelib", "lib2to3", "this", "tkinter", "turtle", "turtledemo"})
_MOST = 500


def may_import(module: str, allowed: frozenset[str]) -> bool:
    """Whether a module that the student names is imported here: the standard library's, and
    the packages that the instructor's own cells import. Never a file that was handed in."""
    top = module.partition(".")[0]
    if top in allowed:
        return True
    # What begins with "_" may do things when it is imported: unittest.__main__ runs tests.
    private = any(part.startswith("_") for part in module.split("."))
    return top in sys.stdlib_module_names and top not in _NEVER and not private


class StandIns:
    """The exception classes of one submission."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._made: dict[tuple[str, str, int], type[BaseException]] = {}

    def kind_of(self, chain: Any) -> type[BaseException]:
        """The class for a chain of [module, name, number], the class itself first."""
        links = [
            (str(link[0])[:200], str(link[1])[:200], link[2])
            for link in (chain if isinstance(chain, list) else [])[:20]
            if isinstance(link, (list, tuple)) and len(link) == 3 and type(link[2]) is int
        ]
        kind: type[BaseException] = Exception
        for module, name, number in reversed(links):
            known = self._known(module, name)
            if known is not None:
                kind = known
                continue
            key = (module, name, number)
            if key not in self._made:
                if len(self._made) >= _MOST:
                    return kind
                self._made[key] = _subclass(name, module, kind)
            kind = self._made[key]
        return kind

    def error_of(self, told: Any) -> BaseException:
        """The exception itself, with its arguments and attributes where these are plain data."""
        if not isinstance(told, Mapping):
            return RuntimeError("the function raised something that cannot be told")
        kind = self.kind_of(told.get("chain"))
        args = told.get("args")
        message = str(told.get("message", ""))[:4000]
        given = tuple(args) if isinstance(args, list) else (message,)
        error = _instance(kind, given, message)
        attributes = told.get("attributes")
        if isinstance(attributes, Mapping):
            for name, value in attributes.items():
                if isinstance(name, str) and not name.startswith("__"):
                    with suppress(Exception):
                        error.__dict__.setdefault(name, value)
        return error

    def _known(self, module: str, name: str) -> type[BaseException] | None:
        found: Any = None
        if module == "builtins":
            found = getattr(builtins, name, None)
        elif "." not in name and may_import(module, self._allowed) and module != "__main__":
            with suppress(Exception):
                found = getattr(importlib.import_module(module), name, None)
        return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _subclass(name: str, module: str, base: type[BaseException]) -> type[BaseException]:
    short = name.rpartition(".")[2] or "Error"
    try:
        return type(short, (base,), {"__module__": "__main__", "__qualname__": name})
    except (TypeError, ValueError):  # a name with NUL in it, a base that may not have heirs
        return type("Error", (Exception,), {"__module__": "__main__"})


def _instance(kind: type[BaseException], args: tuple[Any, ...], message: str) -> BaseException:
    # One that came from the student's function is not to be taken for the user's Ctrl-C.
    if kind in (KeyboardInterrupt, GeneratorExit):
        kind = type(kind.__name__, (kind,), {"__module__": "builtins"})
    with suppress(Exception):
        error = kind(*args)
        if isinstance(error, BaseException):
            return error
    try:
        error = kind.__new__(kind, *args)
        error.args = args
    except Exception:
        error = RuntimeError(f"{kind.__name__}: {message}")
    return error
