r"""Compile a C program in a sandbox, and run it in the next one.

    run_c('#include <unistd.h>\nint main(void) { write(1, "hello\\n", 6); }')

What the compiler refuses is data, as everything else that a learner's program does: the run
that comes back did not begin, its `stderr` holds the compiler's messages, with the numbers of
the learner's own lines, and its `note` says so. Two sandboxes, because the processes of the
compiler have no place in the history of the program.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lessonkit.errors import UsageError
from lessonkit.recordings import Lacking, made_or_replayed
from lessonkit.records import Ending, Limits, Run
from lessonkit.scenes.compilers import COMPILERS

__all__ = ["FLAGS", "run_c"]

FLAGS = ("-std=gnu17", "-Wall", "-Wextra", "-O1")
MAX_SOURCE_BYTES = 1 << 20
_COMPILING = Limits(wall_seconds=30.0, cpu_seconds=20.0, output_bytes=16 << 20)

# In the box: a file `program` made from `program.c` and written to stdout. The exit code says
# what happened. A compiler that refuses the smallest program is no compiler: the next is tried.
_NONE, _BROKEN, _REFUSED = 3, 4, 5
_COMPILE = f"""
import base64, shutil, subprocess, sys
compilers = [*filter(None, map(shutil.which, {COMPILERS}))]
if not compilers:
    sys.exit({_NONE})
libraries = [word for word in sys.argv[1:] if word.startswith("-l")]
flags = [word for word in sys.argv[1:] if word not in libraries]
with open("smallest.c", "w") as file:
    file.write("#include <stdio.h>\\nint main(void) {{ return 0; }}\\n")
def compiles(*words):
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError as error:
        return False, str(error).encode()
    return done.returncode == 0, done.stderr
for compiler in compilers:
    made, said = compiles(compiler, *flags, "-o", "program", "program.c", *libraries)
    if made or compiles(compiler, "-o", "smallest", "smallest.c")[0]:
        sys.stderr.buffer.write(said)
        break
else:
    sys.exit({_BROKEN})
if not made:
    sys.exit({_REFUSED})
with open("program", "rb") as file:
    sys.stdout.write(base64.b64encode(file.read()).decode())
"""


def run_c(
    source: str | Path,
    *,
    arguments: Sequence[str] = (),
    flags: Sequence[str] = FLAGS,
    recording: str | None = None,
    **run_options: Any,
) -> Run:
    """Compile *source* with the host's C compiler and run the program, in sandboxes.

    The compiler is the first of cc, gcc, clang and tcc that is on PATH and can compile anything.

    Args:
        source: The text of the program, or the `Path` of the file that holds it.
        arguments: What the program is called with.
        flags: What the compiler is called with; libraries ("-lm") may be among them.
        recording: The recording to show where there is no compiler: see `run_or_replay`.
        run_options: As for `run`: limits, trace, require, stdin, files, live, watch.

    Returns:
        The run. Warnings are in its `note`. When the compiler refused the program, its ending
        is of kind "not run", with the compiler's exit code, and `stderr` says why. Where there
        is no compiler and no recording it is of that kind too, and `note` says so.

    Raises:
        UsageError: An argument is wrong, or there is no such file.
    """
    text = _text(source)
    for words, called in ((arguments, "arguments"), (flags, "flags")):
        if isinstance(words, str) or not all(isinstance(word, str) for word in words):
            raise UsageError(f"{called} are a list or tuple of strings, not {words!r:.60}")
    if wrong := {"args", "filename"} & run_options.keys():
        raise UsageError(f"run_c() takes arguments=, not {', '.join(sorted(wrong))}")

    def make() -> Run:
        return _compiled_and_run(text, list(arguments), list(flags), run_options)

    return made_or_replayed(recording, make, run_options)


def _compiled_and_run(
    text: bytes, arguments: list[str], flags: list[str], options: Mapping[str, Any]
) -> Run:
    from lessonkit.runner import run

    made = run(
        _COMPILE,
        args=flags,
        files={"program.c": text},
        limits=_COMPILING,
        require=options.get("require"),
    )
    if made.ending.exit_code == _NONE:
        raise Lacking("no C compiler is installed here")
    if made.ending.exit_code == _BROKEN:
        raise Lacking("the C compiler that is installed here cannot compile anything")
    if not made.ok:
        return _refused(made)
    try:
        program = base64.b64decode(made.stdout, validate=True)
    except binascii.Error:
        raise Lacking("what the compiler made here could not be read") from None
    files = {**(options.get("files") or {}), "program*": program}
    done = run(["./program", *arguments], **{**options, "files": files})
    said = made.stderr.strip()
    return dataclasses.replace(done, note=f"The compiler warns:\n{said}") if said else done


def _refused(made: Run) -> Run:
    """The record of a program that never ran."""
    note = "The compiler refused it, so nothing was run."
    if made.ending.exit_code != _REFUSED:
        note = "The compiler was ended before it was done, so nothing was run."
    return Run(
        ending=Ending(kind="not run", exit_code=1),
        stderr=made.stderr,
        stderr_truncated=made.stderr_truncated,
        usage=made.usage,
        tier=made.tier,
        guarantees=made.guarantees,
        limits=made.limits,
        note=note,
    )


def _text(source: str | Path) -> bytes:
    if isinstance(source, Path):
        try:
            text = source.read_bytes()
        except OSError as error:
            raise UsageError(f"the program {source} cannot be read: {error.strerror}") from error
    elif isinstance(source, str):
        try:
            text = source.encode()
        except UnicodeEncodeError as error:
            raise UsageError(f"the source text cannot be encoded: {error}") from error
    else:
        raise UsageError(f"run_c() takes the text of a C program, not {source!r:.60}")
    if len(text) > MAX_SOURCE_BYTES:
        raise UsageError(f"the program takes {len(text)} bytes, more than {MAX_SOURCE_BYTES}")
    return text
