"""Run a notebook cell in a sandbox: the `%%sandbox` magic.

    %load_ext lessonkit

    %%sandbox --limit wall_seconds=5
    import os
    print(os.getpid(), os.getppid())

With --c the cell is a C program, which is compiled first. Output appears while the program
runs; the record stays in the variable that `--into` names. The only door to IPython.
"""

from __future__ import annotations

import codecs
import dataclasses
import shlex
import sys
from typing import Any

from lessonkit.cprograms import run_c
from lessonkit.errors import LessonkitError, UsageError
from lessonkit.options import parse_limits
from lessonkit.records import Run
from lessonkit.runner import run
from lessonkit.sandbox.interrupting import Interrupted, interruptible

__all__ = ["register", "unregister"]

_USAGE = (
    "%%sandbox [--c] [--limit NAME=VALUE]... [--trace exact|sample] [--into VARIABLE] [--quiet]"
)


def register(shell: Any) -> None:
    """Give *shell*, an IPython InteractiveShell, the `%%sandbox` magic."""

    def sandbox(line: str, cell: str) -> Run | None:
        try:
            options = _parse(line)
            with interruptible():
                chosen: dict[str, Any] = {
                    "limits": parse_limits(options["limit"]),
                    "trace": options["trace"],
                    "live": _Live(),
                }
                if options["c"]:
                    record = run_c(cell, **chosen)
                else:
                    record = run(cell, filename="cell.py", **chosen)
        except LessonkitError as error:
            sys.stdout.write(f"{type(error).__name__}: {error}\n")
            return None
        except KeyboardInterrupt:
            raise Interrupted(
                "Interrupted: what the program had printed is above.\n"
                "It was ended, with every process that it made."
            ) from None
        if options["into"]:
            shell.user_ns[options["into"]] = record
        if record.ending.kind == "not run":
            return record  # and what the compiler said is not on the page yet
        # The output is on the page already: what is left to say is how it ended.
        if options["quiet"] or (record.ok and not options["trace"] and not record.note):
            return None
        return dataclasses.replace(record, stdout="", stderr="", error=None)

    shell.register_magic_function(sandbox, magic_kind="cell", magic_name="sandbox")


def unregister(shell: Any) -> None:
    """Take the magic away again."""
    shell.magics_manager.magics["cell"].pop("sandbox", None)


class _Live:
    """Print output as it arrives. Both streams go to stdout: nbgrader takes text on stderr
    for a failed cell."""

    def __init__(self) -> None:
        make = codecs.getincrementaldecoder("utf-8")
        self._decoders = {name: make("replace") for name in ("stdout", "stderr")}

    def __call__(self, stream: str, data: bytes) -> None:
        sys.stdout.write(self._decoders[stream].decode(data))
        sys.stdout.flush()


def _parse(line: str) -> dict[str, Any]:
    options: dict[str, Any] = {"limit": [], "trace": None, "into": None}
    options |= {"quiet": False, "c": False}
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"cannot read {line!r}: {error}. Usage: {_USAGE}") from error
    while words:
        word = words.pop(0)
        if word in ("--quiet", "--c"):
            options[word.removeprefix("--")] = True
            continue
        name = word.removeprefix("--")
        if not word.startswith("--") or name not in options or not words:
            raise UsageError(f"cannot read {word!r}. Usage: {_USAGE}")
        value = words.pop(0)
        if name == "limit":
            options["limit"].append(value)
        else:
            options[name] = value
    if options["into"] is not None and not options["into"].isidentifier():
        raise UsageError(f"--into takes a variable's name, not {options['into']!r}")
    return options
