"""Run the cells of a notebook as a notebook's kernel would, without being one.

An IPython shell without ZMQ, history, completion or threads. It is made once, in the launcher,
and every box has a copy. What a cell prints goes to the box's own stdout and stderr; what it
displays is kept here, and a mark in stdout says where between the prints it belongs.
"""

from __future__ import annotations

import builtins
import io
import os
import sys
import traceback
import types
from contextlib import suppress
from typing import Any, cast

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell

from lessonkit.plain import PlainError, encode
from lessonkit.sandbox.cells_quick import run_definitions, usual_input

__all__ = ["MARK", "Shell", "make_shell"]

MARK = "\x1e{nonce}:{number}\x1e"
"""Stands in stdout where display number *number* of a cell was; the nonce is new in each cell."""

_MOST_SHOWN_BYTES = 600_000
"""All displays of a cell together, as they are sent, so that they fit into one reply."""

_DISPLAY_BYTES = 150
"""What a display takes beside its data: names, brackets, a few words of ours instead."""

_MOST_ERROR_BYTES = 200_000
"""All errors that a cell shows, beside its displays. One has less than 150,000."""

_MOST_ERROR_CHARS = 20_000


class _Hook(DisplayHook):
    """Keeps the value of the last expression, instead of printing it."""

    def write_output_prompt(self) -> None:
        """Nothing: a notebook shows the prompt beside the output."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Keep it as an execute_result."""
        shell: Any = self.shell
        shell.keep("execute_result", format_dict, md_dict)

    def log_output(self, format_dict: Any) -> None:
        """Nothing: there is no history."""

    def quiet(self) -> bool:
        """Whether a semicolon at the end says that the value is not to be shown."""
        shell: Any = self.shell
        return bool(shell.hushed)

    def finish_displayhook(self) -> None:
        """Nothing but the end: no empty line is due."""
        self._is_active = False


class _Publisher(DisplayPublisher):
    """Keeps what `display` shows."""

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: Any = False,
        **others: Any,
    ) -> None:
        """Keep it as display_data; what only updates a former one is left out."""
        if not update:
            self.shell.keep("display_data", data, metadata)

    def clear_output(self, wait: bool = False) -> None:
        """Nothing: in a graded notebook all output stays."""


class _NoHistory(HistoryManager):
    """Nothing is written down, and no thread is started."""

    enabled = False


class Shell(InteractiveShell):
    """One notebook's interpreter."""

    displayhook_class = _Hook
    display_pub_class = _Publisher

    def __init__(self) -> None:
        self.shown: list[dict[str, Any]] = []
        self.hushed = False
        self._nonce = ""
        self._room, self._error_room, self._left_out = _MOST_SHOWN_BYTES, _MOST_ERROR_BYTES, False
        start: Any = super().__init__
        start(ipython_dir="/tmp", profile_dir=None, xmode="Plain", colors="nocolor")
        self.autoindent = False
        self._usual_input = usual_input(self)

    # What a kernel without a person behind it has no use for.

    def init_profile_dir(self, profile_dir: Any) -> None:
        """None is made: nothing is kept from one notebook to the next."""

    def init_history(self) -> None:
        """A history that forgets."""
        self.history_manager = _NoHistory(shell=self, parent=self, hist_file=":memory:")

    def init_virtualenv(self) -> None:
        """The launcher has set the path already."""

    def init_sys_modules(self) -> None:
        """Done by `settle`, in the student's process."""

    def enable_gui(self, gui: Any = None) -> None:
        """There is no screen."""

    def ask_exit(self) -> None:
        """`quit()` and `exit()`: the notebook goes on, as no kernel would."""

    def keep(self, kind: str, data: Any, metadata: Any) -> None:
        """Write down one display, and mark its place in stdout."""
        if self._left_out:
            return
        kept: dict[str, Any] = {}
        if self._room < _DISPLAY_BYTES:
            self._left_out = True
            kept = {"text/plain": "(more displays than are kept were left out)"}
        else:
            self._room -= _DISPLAY_BYTES
            for mime, value in dict(data).items():
                size = _size([str(mime), value], self._room)
                if size is not None and (isinstance(value, str) or _json(value) is not None):
                    self._room -= size
                    kept[str(mime)] = value
            kept = kept or {"text/plain": "(too large to be kept)"}
        self.shown.append({"output_type": kind, "data": kept})
        with suppress(Exception):
            sys.stdout.write(MARK.format(nonce=self._nonce, number=len(self.shown) - 1))

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        try:
            message = str(evalue)
        except Exception:  # their exception's own methods may do anything
            message = ""
        self._error(getattr(etype, "__name__", "Exception"), message, stb)

    def _error(self, name: str, message: str, lines: Any) -> None:
        text = "\n".join(str(line) for line in lines)[-_MOST_ERROR_CHARS:]
        error = {
            "output_type": "error",
            "ename": str(name)[:200],
            "evalue": message[:4000],
            "traceback": text.split("\n"),
        }
        size = _size(error, self._error_room)
        if size is not None:
            self._error_room -= size
            self.shown.append(error)

    # One cell

    def settle(self) -> None:
        """Take the student's process for one's own: `__main__`, the folder, the streams."""
        _be_the_one(self)
        module, shell = types.ModuleType("__main__"), cast(Any, self)
        shell.user_module, shell.user_ns = shell.prepare_user_module(module)
        shell.init_user_ns()
        sys.modules["__main__"] = module
        sys.path[:] = ["", *(p for p in sys.path if p)]  # as a kernel: what lies beside it
        builtins.input = _no_input
        self._own_streams()
        # What waits in a buffer at a fork would be printed twice.
        os.register_at_fork(before=flush)

    def _own_streams(self) -> None:
        sys.stdout = sys.__stdout__ = _stream(1)  # type: ignore[misc]
        sys.stderr = sys.__stderr__ = _stream(2)  # type: ignore[misc]

    def run(self, source: str, nonce: str) -> dict[str, Any]:
        """Run one cell; return what it displayed, in order, and whether it raised."""
        if not all(hasattr(stream, "write") for stream in (sys.stdout, sys.stderr)):
            self._own_streams()  # a cell before has thrown them away
        self.shown, self._nonce = [], nonce
        self._room, self._error_room, self._left_out = _MOST_SHOWN_BYTES, _MOST_ERROR_BYTES, False
        self.hushed = source.rstrip().endswith(";")
        ok = None
        if usual_input(self) == self._usual_input:
            try:
                ok = run_definitions(self, source)
            except KeyboardInterrupt:
                ok = False
                self.showtraceback()
        if ok is None:
            ok = bool(cast(Any, self).run_cell(source, store_history=True).success)
        flush()
        shown, self.shown = self.shown, []
        return {"outputs": shown, "ok": ok, "count": self.execution_count - 1}


def make_shell() -> Shell:
    """Make the shell, and go through the motions once: what is loaded now is shared by all."""
    shell = Shell()
    _be_the_one(shell)
    kept, streams = sys.modules.get("__main__"), (sys.stdout, sys.stderr)
    sys.stdout = sys.stderr = io.StringIO()
    try:
        shell.run("def f(x):\n    return x\nf([1, 'a', 2.5])", "")
        shell.run("def f(x):\n    return x", "")
        shell.run("print(1)\n%precision\n1/0", "")
        shell.run("(", "")
        traceback.format_exc()
    finally:
        sys.stdout, sys.stderr = streams
        if kept is not None:
            sys.modules["__main__"] = kept
    shell.execution_count = 1
    return shell


def _be_the_one(shell: Shell) -> None:
    """Let `get_ipython()` find it."""
    for kind in (InteractiveShell, Shell):
        setattr(kind, "_instance", shell)  # noqa: B010  as its base class does


def _stream(fd: int) -> io.TextIOWrapper:
    raw = open(fd, "wb", closefd=False)
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)


def flush() -> None:
    """Write out what the two streams hold; the program may have replaced them by anything."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()


def _no_input(prompt: object = "") -> str:
    raise StdinNotImplementedError("input() has nobody to ask while a notebook is graded.")


def _size(value: Any, most: int) -> int | None:
    """The bytes that it takes in a reply; None where they are more than *most*, or it cannot go."""
    try:
        return len(encode(value, max_bytes=most))
    except PlainError:
        return None


def _json(value: Any) -> str | None:
    import json

    try:
        return json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return None
