"""Give a test surroundings of its own, and put the worker's back when it is over.

What a test prints is taken down, with a limit, in order. What a test changes of the process
(streams, builtins, environment, folder, path) is undone, and threads that it left are told to
end. A copy of the process that it forked and that comes back is ended.
"""

from __future__ import annotations

import builtins
import functools
import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from lessonkit.grading.deadline import raise_in

__all__ = ["Paper", "surroundings"]

_PATIENCE_SECONDS = 0.5


class Paper:
    """Takes down what a test and the functions that it calls print.

    Lines that are printed by a student's function while a hidden line of the test runs are
    left out: they could tell what it is called with.
    """

    def __init__(self, most_bytes: int) -> None:
        self._parts: list[str] = []
        self._room = most_bytes
        self.is_hidden: Callable[[], bool] = lambda: False
        self.streams = {"stdout": _Stream(self), "stderr": _Stream(self)}

    def write(self, text: str) -> None:
        """Take down what fits."""
        if len(text) > self._room:
            text = text[: max(self._room, 0)]
        self._room -= len(text)
        if text:
            self._parts.append(text)

    def show(self, name: str, text: bytes) -> None:
        """Write what a student's function printed to where the test has its streams now."""
        if not text:
            return
        stream = getattr(sys, name, None)
        words = text.decode("utf-8", "replace")
        if stream in self.streams.values() and self.is_hidden():
            return
        if stream is not None:
            with suppress(ValueError):  # the test has closed it
                stream.write(words)

    def text(self) -> str:
        """All of it."""
        return "".join(self._parts)


class _Stream(io.TextIOBase):
    encoding = "utf-8"

    def __init__(self, paper: Paper) -> None:
        self._paper = paper

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._paper.write(text)
        return len(text)

    def writable(self) -> bool:
        return True


@contextmanager
def surroundings(paper: Paper, folder: str) -> Iterator[None]:
    """Run a test within."""
    own = os.getpid()
    kept: dict[str, Any] = {n: getattr(sys, n) for n in ("stdin", "stdout", "stderr", "argv")}
    path, environment, names = list(sys.path), _environment(), dict(vars(builtins))
    recursion, threads, here = sys.getrecursionlimit(), set(threading.enumerate()), os.getcwd()
    variables = os.environ
    sys.stdin = io.StringIO()
    sys.stdout, sys.stderr = paper.streams["stdout"], paper.streams["stderr"]
    # Nothing that was handed in may be found by an import here.
    sys.path[:] = _safe(tuple(path), here)
    os.chdir(folder)
    try:
        yield
    finally:
        if os.getpid() != own:
            os._exit(0)
        for name, value in kept.items():
            setattr(sys, name, value)
        sys.path[:] = path
        sys.setrecursionlimit(recursion)
        os.chdir(here)
        os.environ = variables  # noqa: B003  the object itself, where a test has put another there
        if _environment() != environment:
            os.environb.clear()
            os.environb.update(environment)
        changed = vars(builtins)
        if changed != names:
            changed.clear()
            changed.update(names)
        left = [t for t in threading.enumerate() if t not in threads and t.name != "deadline"]
        for thread in left:
            if thread.ident is not None:
                raise_in(thread.ident, SystemExit)
        for thread in left:  # what it works with is about to be taken away
            thread.join(_PATIENCE_SECONDS / len(left))


def _environment() -> dict[bytes, bytes]:
    """A copy of the environment. Out of the bytes that `os.environ` holds, where it holds bytes:
    a copy of text takes longer than most tests."""
    held = getattr(os.environ, "_data", None)
    return dict(held if type(held) is dict else os.environb)


@functools.lru_cache(maxsize=50)
def _safe(path: tuple[str, ...], here: str) -> list[str]:
    """The path of imports without the folder that the worker was started in, and "" for it."""
    real = os.path.realpath(here)
    return [p for p in path if os.path.isabs(p) and os.path.realpath(p) != real]
