"""End a copy of the notebook's kernel that a raw `os.fork()` in a cell made, and say so.

A child that `os.fork()` makes in a cell is a copy of the whole kernel. Unless it ends itself
with `os._exit()`, it comes to the end of the cell, and would go on from there as a second
kernel on the same connections: it takes a processor for ever, answers in the kernel's name,
and a parent that waits for it hangs. With the guard such a copy is ended where a program would
be over, with the exit status that a program would have, and the learner reads what happened.
A copy that does not come to the end is told of when the cell of the original does.

Children that end themselves notice nothing, and `multiprocessing`, `subprocess` and
`os.posix_spawn` are not concerned. From Python 3.12 on, Python itself warns on stderr when a
process with several threads forks, and every kernel has several: that is true, so it stays.
"""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import Any

__all__ = ["install", "uninstall"]

GRACE_SECONDS = 0.3
"""How long the end of a cell waits for copies that are ending at the same moment."""

AT_THE_END = "came to the end of the cell"
ADVICE = (
    "End a child with os._exit(0),\nor use run(your_function): in the sandbox, every process is "
    "ended for you."
)
_forking = threading.local()


class _Guard:
    """The guard of one kernel: the process that installed it, and no copy of it."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.owner = os.getpid()
        self.main_thread = threading.main_thread().ident
        self.made = 0  # copies since a cell last ended
        # Through this pipe copies give their numbers: who forked need not keep them.
        self.numbers, self.tell = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self.code = 0
        self.how = AT_THE_END

    # In the copy

    def in_copy(self) -> None:
        """Prepare this process, which has just been forked, for its end."""
        with suppress(OSError):
            os.write(self.tell, b"%d\n" % os.getpid())
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "_buffer_lock"):  # a thread that is not here may have held it
                stream._buffer_lock = threading.RLock()
        self.shell.showtraceback = self.show_traceback
        if _forking.loop is not None:
            # Whatever else was waiting in the loop is the original's to do.
            with suppress(AttributeError):
                _forking.loop._ready.clear()
            sys.modules["asyncio"]._set_running_loop(_forking.loop)
            _forking.loop.call_soon(self.loop_goes_on)
        if threading.get_ident() != self.main_thread:
            self.in_thread()

    def loop_goes_on(self) -> None:
        """End the copy where only a kernel could go on: at an await, after a callback."""
        if self.how == AT_THE_END:
            self.how = "came to an await or to the end of its work"
        self.end(self.how)

    def in_thread(self) -> None:
        """End the copy when the thread that forked is over: it has no other."""
        shown = threading.excepthook

        def excepthook(args: Any) -> None:
            self.code = 1
            shown(args)

        threading.excepthook = excepthook
        # Called by `Thread` last of all; a thread that Python did not start ends by itself.
        ours: Any = threading.current_thread()
        ours._delete = lambda: self.end("came to the end of its thread")

    def show_traceback(self, exc_tuple: Any = None, *_: Any, **__: Any) -> None:
        """Print in the copy what IPython would send in the name of the kernel."""
        kind, error, trace = exc_tuple or sys.exc_info()
        if isinstance(error, SystemExit):
            self.code = _code_of(error)
            self.end(f"called sys.exit({'' if error.code is None else repr(error.code)})")
        if kind is None:
            return
        with suppress(Exception):
            lines = self.shell.InteractiveTB.structured_traceback(kind, error, trace, 1)
            _write("\n".join(lines))
        self.code = 130 if issubclass(kind, KeyboardInterrupt) else 1
        self.how = f"raised {kind.__name__} (shown above)"

    def end(self, how: str) -> None:
        """Say what happens, and end this copy."""
        _write(
            f"\n[process {os.getpid()}] This was a copy of the notebook's kernel, made by "
            f"os.fork().\nIt {how} and was ended (exit code {self.code}).\nThe notebook goes on "
            f"in the original alone. {ADVICE}"
        )
        with suppress(Exception):
            sys.stderr.flush()
        os._exit(self.code)

    # In the original

    def cell_is_over(self, *_: Any) -> None:
        """End this process if it is a copy; if it is the original, tell of the copies."""
        if os.getpid() != self.owner:
            self.end(self.how)
        made, self.made = self.made, 0
        for pid in self.still_running(made):
            _write(
                f"\n[process {pid}] This is a copy of the notebook's kernel, made by "
                "os.fork().\nIt is still running. To end it, interrupt the kernel (the ■ button)\n"
                f"or run os.kill({pid}, 9) in a cell. {ADVICE}"
            )

    def still_running(self, made: int) -> list[int]:
        """Copies that have not ended after a moment; *made* have to give their numbers."""
        until = time.monotonic() + (GRACE_SECONDS if made else 0)
        alive: dict[int, int] = {}
        poller = select.poll()
        poller.register(self.numbers, select.POLLIN)
        while True:
            # Nothing to wait for: look once whether a copy has made a copy of its own.
            left = until - time.monotonic() if alive or made > 0 else 0
            ready = poller.poll(max(0.0, left) * 1000)
            for fd, _ in ready:
                if fd != self.numbers:
                    poller.unregister(fd)
                    os.close(fd)
                    del alive[fd]
                    continue
                for pid in os.read(self.numbers, 1 << 16).split():
                    made -= 1
                    with suppress(OSError):  # it has ended, and somebody has asked how
                        fd = os.pidfd_open(int(pid))
                        alive[fd] = int(pid)
                        poller.register(fd, select.POLLIN)
            if not ready and left <= 0:
                break
        for fd in alive:
            os.close(fd)
        return [pid for pid in alive.values() if _is_copy(pid)]

    def close(self) -> None:
        """Give back the pipe. Copies that live still cannot tell their numbers any more."""
        os.close(self.numbers)
        os.close(self.tell)


_guard: _Guard | None = None
_registered = False


def install(shell: Any) -> None:
    """Guard *shell*, an IPython InteractiveShell, from now on. Twice is as good as once."""
    global _guard, _registered
    if _guard is not None:
        return
    _guard = _Guard(shell)
    shell.events.register("post_execute", _guard.cell_is_over)
    if not _registered:  # there is no way to take this back
        os.register_at_fork(
            before=_before_fork, after_in_parent=_in_parent, after_in_child=_in_child
        )
        _registered = True


def uninstall(shell: Any) -> None:
    """Take the guard away again."""
    global _guard
    if _guard is not None:
        shell.events.unregister("post_execute", _guard.cell_is_over)
        _guard.close()
        _guard = None


def _before_fork() -> None:
    """Note who forks, and the event loop of this thread: in the copy it counts for none."""
    asyncio = sys.modules.get("asyncio")
    _forking.guarded = _guard is not None and not _has_an_end(sys._getframe(1))
    _forking.loop = None if asyncio is None else asyncio._get_running_loop()


def _in_parent() -> None:
    if _guard is not None and _forking.guarded:
        _guard.made += 1


def _in_child() -> None:
    if _guard is not None and _forking.guarded:
        _guard.in_copy()


def _has_an_end(caller: FrameType) -> bool:
    """Whether who forks sees to the end of the child: the library's own modules do."""
    module = str(caller.f_globals.get("__name__"))
    return module.partition(".")[0] in ("multiprocessing", "subprocess")


def _code_of(error: SystemExit) -> int:
    if error.code is None:
        return 0
    return error.code & 0xFF if isinstance(error.code, int) else 1


def _is_copy(pid: int) -> bool:
    """Whether this process runs the kernel's program still: exec makes it another's."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as its, open("/proc/self/cmdline", "rb") as ours:
            return its.read() == ours.read()
    except OSError:
        return False


def _write(text: str) -> None:
    """Put a text on the page. Not on stderr: nbgrader takes text there for a failure."""
    with suppress(Exception):
        sys.stdout.write(f"{text}\n")  # in one go, so that nothing comes between
        sys.stdout.flush()
