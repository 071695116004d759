"""Run a function, a source text or a program in a fresh sandbox, and say what happened.

    >>> from lessonkit import run
    >>> run(lambda: 6 * 7).value
    42

The one place where running, observing and records meet. Never forks the calling process.
"""

from __future__ import annotations

import dataclasses
import os
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import lessonkit.show  # noqa: F401  records learn to show themselves
from lessonkit import payload, plain
from lessonkit.errors import CleanupError, UsageError
from lessonkit.observe.timeline import timeline_from_snapshots
from lessonkit.records import (
    Corpse,
    Ending,
    Event,
    Limits,
    ProcessInfo,
    Run,
    Snapshot,
    Strength,
    StudentError,
    Timeline,
    Usage,
)
from lessonkit.sandbox import pool
from lessonkit.sandbox.jobs import make_job
from lessonkit.sandbox.probe import Found
from lessonkit.sandbox.tiers import GUARANTEES

__all__ = ["play_scene", "run"]

SAMPLE_SECONDS = 0.002
Trace = Literal["exact", "sample"]
Live = Callable[[str, bytes], object]


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
    if isinstance(what, str):
        load = {"mode": "source", "blob": what.encode(), "sources": {filename: what}}
        load |= {"args": _strings(args), "filename": filename}
    elif callable(what):
        load = {"mode": "function", "args": list(args), **payload.pack(what)}
    else:
        load = {"mode": "argv", "args": _strings([*what, *args])}
        if not load["args"]:
            raise UsageError("a program needs at least its name: run(['ls', '-l'])")
    return _perform(load, limits, trace, wanted, stdin, files, live)


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
) -> Run:
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
    report, out, err, found = pool.perform(
        job, blob, require=require, trace=trace == "exact", live=live
    )
    if report["survivors"]:
        pids = [p["pid"] for p in report["survivors"]]
        raise CleanupError(f"processes {pids} could not be ended", tier=found.tier.name)
    record = _record(report, limits, found, is_function=job["mode"] == "function")
    return dataclasses.replace(
        record,
        stdout=out.data.decode("utf-8", "replace"),
        stderr=err.data.decode("utf-8", "replace"),
        stdout_truncated=out.truncated,
        stderr_truncated=err.truncated,
    )


def _record(report: dict[str, Any], limits: Limits, found: Found, *, is_function: bool) -> Run:
    reply = report["replies"][-1] if report["replies"] else {}
    error = reply.get("error")
    peak, peak_source = _peak(report)
    return Run(
        ending=_ending(report),
        value=plain.decode_text(reply["value"])
        if is_function and reply.get("kind") == "value"
        else None,
        value_problem=_value_problem(reply),
        error=StudentError(**error) if error else None,
        usage=Usage(
            wall_seconds=report["wall_seconds"],
            cpu_seconds=report["cpu_seconds"],
            cpu_source="getrusage(RUSAGE_CHILDREN) of init: all that was waited for",
            peak_memory_bytes=peak,
            peak_memory_source=peak_source,
        ),
        forks=report["forks"],
        forks_source="pids handed out in the box (threads count)" if report["forks"] else "",
        orphans_adopted=tuple(Corpse(**c) for c in report["orphans_adopted"]),
        zombies_left=tuple(Corpse(**c) for c in report["zombies_left"]),
        processes_left=tuple(_process(p) for p in report["processes_left"]),
        at_return=_snapshot(report["at_return"], report["started"]),
        main_pid=report["main_pid"],
        init_pid=report["init_pid"],
        timeline=_timeline(report),
        facts=types.MappingProxyType(plain.decode_text(report["facts"])),
        tier=found.tier.name,
        guarantees=types.MappingProxyType(dict(found.guarantees)),
        limits=limits,
    )


def _ending(report: dict[str, Any]) -> Ending:
    status, limit = report["wait_status"], report["limit"]
    if status is None:
        return Ending(kind="limit", limit=limit)
    exited = os.WIFEXITED(status)
    code = os.WEXITSTATUS(status) if exited else None
    term = None if exited else os.WTERMSIG(status)
    core = not exited and os.WCOREDUMP(status)
    if limit is None and term == 24:  # SIGXCPU: getrlimit(2), RLIMIT_CPU
        limit = "cpu_seconds"
    if limit is None and term == 9 and report["cpu_seconds"] >= report["cpu_limit"]:
        limit = "cpu_seconds"  # it ignored SIGXCPU until the hard limit
    kind: Literal["exited", "signaled", "limit"] = "exited" if exited else "signaled"
    if limit is not None:
        kind = "limit"
    return Ending(kind=kind, exit_code=code, term_signal=term, core_dumped=core, limit=limit)


def _value_problem(reply: dict[str, Any]) -> str | None:
    if reply.get("kind") == "value" and reply.get("is_callable"):
        return "it returned a function, which is not plain data"
    problem: str | None = reply.get("problem")
    return problem


def _peak(report: dict[str, Any]) -> tuple[int, str]:
    if report["cgroup_peak_bytes"] is not None:
        return report["cgroup_peak_bytes"], "the memory cgroup's peak: all processes together"
    largest, sampled = report["largest_process_bytes"], report["sampled_tree_bytes"]
    if sampled > largest:
        return sampled, "sum of resident sets, sampled every 50 ms: can be too low"
    return largest, "getrusage ru_maxrss: the largest single process"


def _process(data: dict[str, Any]) -> ProcessInfo:
    words = data["cmdline"]
    return ProcessInfo(**{**data, "cmdline": None if words is None else tuple(words)})


def _snapshot(data: dict[str, Any] | None, started: float) -> Snapshot | None:
    if data is None:
        return None
    processes = tuple(_process(p) for p in data["processes"])
    return Snapshot(at_seconds=data["at_seconds"] - started, processes=processes)


def _timeline(report: dict[str, Any]) -> Timeline | None:
    started = report["started"]
    if report["events"] is not None:
        events = [Event(**e) for e in report["events"]]
        return Timeline(
            mode="exact",
            events=tuple(
                dataclasses.replace(e, at_seconds=max(0.0, e.at_seconds - started)) for e in events
            ),
            names={int(pid): name for pid, name in report["names"].items()},
            missed_processes=0 if not report["truncated"] else None,
            miss_rate=0.0 if not report["truncated"] else None,
            perturbs="ptrace: forks and waits take longer, several SIGCHLD may arrive as "
            "fewer or more deliveries than untraced, and TracerPid is visible",
            truncated=report["truncated"],
        )
    if report["photographs"] is None:
        return None
    shots = [_snapshot(p, started) for p in report["photographs"]]
    timeline = timeline_from_snapshots(
        [s for s in shots if s is not None],
        forks_total=report["forks"],
        sample_seconds=SAMPLE_SECONDS,
    )
    return dataclasses.replace(timeline, truncated=report["truncated"])


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
        marked[plain_name] = (b"x" if name.endswith("*") else b"-") + content
    return marked
