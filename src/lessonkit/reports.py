"""Turn init's report into the record of a run.

The only place that knows how the report is written. It starts no process.
"""

from __future__ import annotations

import dataclasses
import math
import os
import signal
from typing import Any, Literal

from lessonkit import plain
from lessonkit.observe.timeline import timeline_from_snapshots
from lessonkit.records import (
    Corpse,
    Ending,
    Event,
    FrozenDict,
    Limits,
    ProcessInfo,
    Run,
    Snapshot,
    StudentError,
    Timeline,
    Usage,
)
from lessonkit.sandbox.channel import MOST_JOB_BYTES
from lessonkit.sandbox.probe import Found

__all__ = ["SAMPLE_SECONDS", "record_of"]

SAMPLE_SECONDS = 0.002
"""The pause between two photographs of a run with trace="sample"."""


def record_of(report: dict[str, Any], limits: Limits, found: Found, *, is_function: bool) -> Run:
    """The record of a run; its output is added by the caller. *is_function*: it has a value."""
    reply = report["replies"][-1] if report["replies"] else {}
    error = reply.get("error")
    peak, peak_source = _peak(report)
    return Run(
        ending=_ending(report, limits),
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
        forks_source="pids handed out in the box (threads count)"
        if report["forks"] is not None
        else "",
        orphans_adopted=tuple(Corpse(**c) for c in report["orphans_adopted"]),
        zombies_left=tuple(Corpse(**c) for c in report["zombies_left"]),
        processes_left=tuple(_process(p) for p in report["processes_left"]),
        at_return=_snapshot(report["at_return"], report["started"]),
        main_pid=report["main_pid"],
        init_pid=report["init_pid"],
        timeline=_timeline(report),
        snapshots_dropped=report["snapshots_dropped"],
        facts=FrozenDict(plain.decode_text(report["facts"], max_bytes=MOST_JOB_BYTES)),
        tier=found.tier.name,
        guarantees=FrozenDict(dict(found.guarantees)),
        limits=limits,
    )


def _ending(report: dict[str, Any], limits: Limits) -> Ending:
    status, limit = report["wait_status"], report["limit"]
    if status is None:
        return Ending(kind="limit", limit=limit)
    exited = os.WIFEXITED(status)
    code = os.WEXITSTATUS(status) if exited else None
    term = None if exited else os.WTERMSIG(status)
    core = not exited and os.WCOREDUMP(status)
    # SIGXCPU at the limit, SIGKILL a second later: getrlimit(2), RLIMIT_CPU. Anybody can send
    # these signals, so the time that was used has to fit.
    used_up = report["program_cpu_seconds"] >= 0.7 * max(1, math.ceil(limits.cpu_seconds))
    if limit is None and term in (signal.SIGXCPU, signal.SIGKILL) and used_up:
        limit = "cpu_seconds"
    if limit is None and term == signal.SIGXFSZ:
        limit = "file_bytes"
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
    traced = report["timeline"]
    if traced is not None:
        # What happened before the clock started (the process was there already) is at 0.
        events = (Event(**{**e, "at_seconds": max(0.0, e["at_seconds"])}) for e in traced["events"])
        init = report["init_pid"]
        events = (dataclasses.replace(e, by=init) if e.kind == "start" else e for e in events)
        names = {init: "init"} | {int(pid): name for pid, name in traced["names"].items()}
        sources = FrozenDict(traced["sources"])
        return Timeline(**{**traced, "events": tuple(events), "names": names, "sources": sources})
    if report["photographs"] is None:
        return None
    shots = [_snapshot(p, started) for p in report["photographs"]]
    timeline = timeline_from_snapshots(
        [s for s in shots if s is not None],
        forks_total=report["forks"],
        sample_seconds=SAMPLE_SECONDS,
    )
    return dataclasses.replace(timeline, truncated=report["truncated"])
