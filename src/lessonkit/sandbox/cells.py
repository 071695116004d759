"""Serve a session of grading in the student's process: run cells, and make copies of oneself.

    cell    run the text of one cell in the notebook's interpreter, as its kernel would
    fork    make a copy of the interpreter in the state that it is in now; the copy serves
            what tests ask (cells_copy.py), on a channel of its own, and changes nothing here

What is asked is written by `marshal`, which is quick, and may be: it comes from the trusted side.
Answers are plain data and, like all that comes from this process, the student's claims.
"""

from __future__ import annotations

import importlib
import marshal
import mmap
import os
import resource
import signal
import sys
import time
from contextlib import suppress
from typing import Any

from lessonkit.plain import PlainError, encode
from lessonkit.sandbox import cells_shell
from lessonkit.sandbox.cells_forking import fork_sibling
from lessonkit.sandbox.cells_things import CHANNEL_FD, RESERVE
from lessonkit.sandbox.channel import MOST_REPLY_BYTES

__all__ = ["handle", "prepare"]

# What beginners' notebooks import most. Who imports it in a box finds it loaded.
_USUAL = (
    "bisect",
    "collections.abc",
    "copy",
    "ctypes",
    "dataclasses",
    "datetime",
    "errno",
    "functools",
    "glob",
    "heapq",
    "itertools",
    "json",
    "math",
    "operator",
    "pathlib",
    "random",
    "re",
    "shutil",
    "string",
    "subprocess",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "typing",
    "IPython.display",
    "lessonkit.payload",
    "lessonkit.sandbox.cells_copy",
    "lessonkit.sandbox.sessions",
)

_DESCRIPTORS = 4
_ROOM_BYTES = 8 << 20
"""What a copy has to be able to have, so that it can answer."""
_LEAST_CPU_SECONDS = 1.0

_HEAD_BYTES = 4096
"""Room for what stands before the words of a reply."""

_shell: cells_shell.Shell | None = None
_settled = False
_interrupt: Any = signal.default_int_handler

# The functions in C beneath those of `signal`, which look up every number in an enumeration, and
# every handler, too: in a process that was copied a moment ago that takes as long as a short cell.
_signal: Any = sys.modules["_signal"]
_DEFAULT, _IGNORE = int(signal.SIG_DFL), int(signal.SIG_IGN)


def prepare() -> None:
    """Load and make all that every session needs; called once, in the launcher."""
    global _shell
    for name in _USUAL:
        with suppress(ImportError):
            importlib.import_module(name)
    _shell = cells_shell.make_shell()


def handle(request: dict[str, Any], words: bytes, fds: list[int]) -> dict[str, Any]:
    """Do one of the two, and return the reply; what is in its "blob" goes as it is."""
    global _shell, _settled
    if _shell is None:
        prepare()
    if not _settled:
        _settled = True
        _spare_processes()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _shell.settle()  # type: ignore[union-attr]
    if request["op"] == "fork":
        return _fork(request["number"], words, fds)
    outcome = _cell(marshal.loads(words))
    try:
        blob = encode(outcome, max_bytes=MOST_REPLY_BYTES - _HEAD_BYTES)
    except PlainError as error:
        return {"kind": "unplain", "problem": str(error)[:500]}
    return {"kind": "value", "blob": blob}


def _cell(request: dict[str, Any]) -> dict[str, Any]:
    """Run a cell. Interrupts come through while it runs, and never between two cells."""
    global _interrupt
    assert _shell is not None
    _signal.signal(signal.SIGINT, _interrupt)
    own, limits = os.getpid(), _limits()
    try:
        outcome = _shell.run(request["source"], request["nonce"])
        now = _limits()
        changed = now != limits
        return {**outcome, "changed_limits": changed, "lacks": _lacks(changed=changed)}
    finally:
        if os.getpid() == own:
            _interrupt = _signal.getsignal(signal.SIGINT) or _DEFAULT
            _signal.signal(signal.SIGINT, _IGNORE)


def _limits() -> list[tuple[int, int]]:
    """What this process may use: a copy needs memory, descriptors and a place among processes."""
    which = (resource.RLIMIT_DATA, resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU)
    found = [resource.getrlimit(n) for n in (*which, resource.RLIMIT_NPROC)]
    return [*found, (_descriptors(), _DESCRIPTORS)]


def _descriptors() -> int:
    """How many more descriptors can be had, of those that a copy needs."""
    held: list[int] = []
    with suppress(OSError):
        while len(held) < _DESCRIPTORS:
            held.append(os.open("/", os.O_PATH | os.O_CLOEXEC))
    for fd in held:
        os.close(fd)
    return len(held)


def _lacks(*, changed: bool) -> str:
    """What this process has too little of for itself and its copies: one of LACKS, or "".

    changed: whether a limit is not what it was before the cell.
    """
    try:  # it is not touched, and so takes none
        mmap.mmap(-1, _ROOM_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError:
        return "memory"
    if not changed:
        return ""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] <= CHANNEL_FD:
        return "descriptors"
    seconds = resource.getrlimit(resource.RLIMIT_CPU)[0]
    if seconds != resource.RLIM_INFINITY and seconds < time.process_time() + _LEAST_CPU_SECONDS:
        return "processor time"  # the kernel looks at its next tick, so at any moment
    return ""


def _fork(number: int, first: bytes, fds: list[int]) -> dict[str, Any]:
    (fd,) = fds
    cells_shell.flush()  # what waits in a buffer would be printed twice
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (hard, hard))
    try:
        pid = fork_sibling()
        if pid == 0:
            _be_copy(fd, number, first, (soft, hard))
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
    os.close(fd)
    return {"kind": "value", "value": pid}


def _be_copy(fd: int, number: int, first: bytes, limit: tuple[int, int]) -> None:
    from lessonkit.sandbox import cells_copy

    try:
        resource.setrlimit(resource.RLIMIT_NPROC, limit)
        _signal.signal(signal.SIGINT, _interrupt)
        assert _shell is not None
        cells_copy.Copy(fd, _shell).serve(number, first)
    finally:
        os._exit(0)


def _spare_processes() -> None:
    """Keep some of what the box allows out of the program's sight."""
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    if hard not in (resource.RLIM_INFINITY, -1) and hard > RESERVE:
        resource.setrlimit(resource.RLIMIT_NPROC, (hard - RESERVE, hard))
