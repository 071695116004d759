"""Make exceptions of what the student's interpreter tells about one.

A builtin class, and one of the standard library, is itself. Any other is stood in for by a
class of the same name, below the class that its chain of bases ends in, so that a test's
`except ValueError` and `except TooLong` work as they would beside the student's code.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import ModuleType
from typing import Any

__all__ = ["Importable", "StandIns"]

_MOST = 500
_OWN = "lessonkit"
_TOLD = "lessonkit.errors"


class Importable:
    """The modules whose parts a student's answer may name: those that the instructor names.

    What a student says never has anything imported that the instructor's cells do not import by
    themselves: modules do things when they are imported, of the standard library and of packages
    as well (`rlcompleter`, `unittest.__main__`, `IPython.__main__`). And a module goes by that name
    only which the instructor has for it: beneath another name its functions would be called with
    what the test has for something else, as `os.remove` for a list's `remove`.
    """

    def __init__(self, named: Iterable[tuple[str, str]] = ()) -> None:
        """named: (name, module) as `names.Cell.modules`, of all the instructor's cells."""
        self._targets: dict[str, list[str]] = {}
        for name, module in sorted(set(named)):
            self._targets.setdefault(name, []).append(module)
        self._named = frozenset(m for modules in self._targets.values() for m in modules)
        self._tops = frozenset(module.partition(".")[0] for module in self._named)

    def module(self, name: str, claimed: str) -> ModuleType | None:
        """The module that is called *name* in the instructor's cells, if it is the one that the
        student says it is; None else."""
        for target in self._targets.get(name, ()) if name else ():
            found = _imported(target)
            if found is not None and getattr(found, "__name__", None) == claimed:
                return found
        return None

    def holding(self, module: str) -> ModuleType | None:
        """Where a class may be looked up: a module that the instructor's cells import, or one that
        is loaded already and belongs to the standard library or to a package of theirs."""
        top = module.partition(".")[0]
        if top == _OWN and module != _TOLD:
            return None  # some mean something to whoever runs the tests
        if module in self._named:
            return _imported(module)
        if top in sys.stdlib_module_names or top in self._tops:
            found = sys.modules.get(module)
            return found if module != "__main__" and type(found) is ModuleType else None
        return None


def _imported(module: str) -> ModuleType | None:
    with suppress(Exception):
        return importlib.import_module(module)
    return None


class StandIns:
    """The exception classes of one submission."""

    def __init__(self, importable: Importable | None = None) -> None:
        self._importable = importable or Importable()
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
        elif "." not in name and (held := self._importable.holding(module)) is not None:
            # Not by getattr: a module's own __getattr__ may import others, and warn.
            found = vars(held).get(name)
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
