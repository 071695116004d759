"""Run a function, a source text or a program in a fresh sandbox, and say what happened.

    >>> from lessonkit import run
    >>> run(lambda: 6 * 7).value
    42

The one place where running, observing and records meet. Never forks the calling process.
"""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import lessonkit.show  # noqa: F401  records learn to show themselves
from lessonkit import payload, plain
from lessonkit.errors import CleanupError, UsageError
from lessonkit.options import check_limits
from lessonkit.records import (
    Limits,
    Run,
    Snapshot,
    Strength,
)
from lessonkit.reports import SAMPLE_SECONDS, record_of
from lessonkit.sandbox import pool
from lessonkit.sandbox.interrupting import interruptible
from lessonkit.sandbox.jobs import make_job
from lessonkit.sandbox.tiers import GUARANTEES
from lessonkit.sandbox.watching import Watch

__all__ = ["play_scene", "run"]

Trace = Literal["exact", "sample"]
Live = Callable[[str, bytes], object]
See = Callable[[Snapshot], object]


def run(
    what: Callable[..., Any] | str | Sequence[str],
    *,
    args: Sequence[Any] = (),
    limits: Limits | None = None,
    trace: Trace | None = None,
    require: Mapping[str, Strength] | None = None,
    stdin: bytes | str = b"",
    files: Mapping[str, bytes] | None = None,
    live: Live | None = None,
    watch: See | None = None,
    watch_seconds: float = 0.1,
    filename: str = "program.py",
) -> Run:
    """Run *what* in a fresh sandbox and return the record of it.

    Args:
        what: A function (sent by value, with what it refers to), the source text of a
            Python program, or a program with its arguments as a list of strings.
        args: Arguments of the function or program: plain data; strings for a program.
        limits: What it may use; `Limits()` when left out.
        trace: "exact" for every event, seen by ptrace (signals may arrive in other
            bundles than without it), "sample" for photographs that disturb nothing.
        require: Guarantees that must hold at least that strongly, such as
            {"signals": "kernel"}; names are in `lessonkit doctor`.
        stdin: What the program reads; empty when left out.
        files: Name -> content of files in its working directory; a name that ends in "*"
            makes the file executable, without the star.
        live: Called with ("stdout" or "stderr", bytes) as output arrives.
        watch: Called, in this thread, with a `Snapshot` of all processes in the box: at the
            start, and then about every *watch_seconds*. Times count from the start. What it
            raises ends the run and is passed on. A slow one gets fewer of them, and
            `Run.snapshots_dropped` says how many fewer.
        watch_seconds: The pause between two snapshots, at least 0.01.

    Returns:
        The record. A program that fails, crashes or hits a limit is data in it.

    Raises:
        TierUnavailable: This host cannot give what is required.
        SandboxError: We failed; the program is not to blame.
        UsageError: *what*, *args* or *require* cannot be sent.
    """
    limits = limits or Limits()
    wanted = _checked(require)
    load: dict[str, Any]
    if isinstance(args, (str, bytes)) or not isinstance(args, Sequence):
        raise UsageError(f"args is a list or tuple of arguments, not {args!r:.60}")
    if isinstance(what, str):
        try:
            text = what.encode()
        except UnicodeEncodeError as error:
            raise UsageError(f"the source text cannot be encoded: {error}") from error
        load = {"mode": "source", "blob": text, "sources": {filename: what}}
        load |= {"args": _strings(args), "filename": filename}
    elif callable(what):
        load = {"mode": "function", "args": list(args), **payload.pack(what)}
    elif not isinstance(what, (list, tuple)):
        raise UsageError(
            "run() takes a function, the source text of a program as a string, or a list of "
            f"strings such as ['ls', '-l'], not {what!r:.60}"
        )
    else:
        load = {"mode": "argv", "args": _strings([*what, *args])}
        if not load["args"]:
            raise UsageError("a program needs at least its name: run(['ls', '-l'])")
    watcher = _watcher(watch, watch_seconds)
    return _perform(load, limits, trace, wanted, stdin, files, live, watcher)


def play_scene(
    scene: str,
    what: Callable[..., Any] | payload.Handle,
    *,
    params: Mapping[str, Any] | None = None,
    seed: int | None = None,
    limits: Limits | None = None,
    trace: Trace | None = None,
    require: Mapping[str, Strength] | None = None,
) -> Run:
    """Put a student's function through a scene ("zombies:make_zombies"), in a fresh sandbox.

    The record's `facts` hold what the scene saw. Called by `lessonkit.checking`.
    """
    load = {"mode": "function", "scene": scene, "params": dict(params or {}), "seed": seed}
    load |= payload.pack(what)
    return _perform(load, limits or Limits(), trace, _checked(require), b"", None, None)


def _perform(
    load: dict[str, Any],
    limits: Limits,
    trace: Trace | None,
    require: dict[str, Strength],
    stdin: bytes | str,
    files: Mapping[str, bytes] | None,
    live: Live | None,
    watch: Watch | None = None,
) -> Run:
    check_limits(limits)
    if not isinstance(stdin, (bytes, str)):
        raise UsageError(f"stdin is bytes or text, not {stdin!r:.60}")
    if trace not in (None, "exact", "sample"):
        raise UsageError(f'trace is "exact", "sample" or None, not {trace!r}')
    try:
        job, blob = make_job(
            **load,
            limits=limits,
            stdin=stdin.encode() if isinstance(stdin, str) else stdin,
            files=_marked(files or {}),
            line_buffered=live is not None,
            trace=trace == "exact",
            sample_seconds=SAMPLE_SECONDS if trace == "sample" else None,
        )
    except plain.PlainError as error:
        raise UsageError(f"the arguments cannot be sent: {error}") from error
    if trace == "exact":
        require = {"proc": "kernel", **require}  # the tracer reads /proc too

    def record(done: pool.Done) -> Run:
        return _record(done, limits, is_function=job["mode"] == "function")

    with interruptible():
        return pool.perform(
            job, blob, require=require, trace=trace == "exact", live=live, watch=watch, then=record
        )


def _record(done: pool.Done, limits: Limits, *, is_function: bool) -> Run:
    report, out, err, found = done
    if report["survivors"]:
        pids = [p["pid"] for p in report["survivors"]]
        raise CleanupError(f"processes {pids} could not be ended", tier=found.tier.name)
    return dataclasses.replace(
        record_of(report, limits, found, is_function=is_function),
        stdout=out.data.decode("utf-8", "replace"),
        stderr=err.data.decode("utf-8", "replace"),
        stdout_truncated=out.truncated,
        stderr_truncated=err.truncated,
    )


def _watcher(watch: Any, seconds: Any) -> Watch | None:
    if watch is None:
        return None
    if not callable(watch):
        raise UsageError(f"watch is called with snapshots, and {watch!r:.60} cannot be called")
    if not isinstance(seconds, (int, float)) or not 0.01 <= seconds < math.inf:
        raise UsageError(f"watch_seconds is a number, at least 0.01, not {seconds!r:.60}")
    return Watch(watch, seconds)


def _checked(require: Mapping[str, Strength] | None) -> dict[str, Strength]:
    wanted = dict(require or {})
    for name, strength in wanted.items():
        if name not in GUARANTEES:
            raise UsageError(f"no guarantee is named {name!r}; there are: {', '.join(GUARANTEES)}")
        if strength not in ("kernel", "best effort", "none"):
            raise UsageError(f'a strength is "kernel", "best effort" or "none", not {strength!r}')
    return wanted


def _strings(words: Sequence[Any]) -> list[str]:
    found = list(words)
    for word in found:
        if not isinstance(word, str) or "\0" in word:
            raise UsageError(f"arguments of a program are strings without NUL, not {word!r}")
    return found


def _marked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    marked = {}
    for name, content in files.items():
        plain_name = name.removesuffix("*")
        if os.path.isabs(plain_name) or ".." in plain_name.split("/") or not plain_name:
            raise UsageError(f"{name!r} is not a name below the box's working directory")
        if not isinstance(content, bytes):
            raise UsageError(f"the content of file {name!r} is bytes, not {content!r:.60}")
        marked[plain_name] = (b"x" if name.endswith("*") else b"-") + content
    return marked
