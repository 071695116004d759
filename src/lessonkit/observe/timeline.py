"""Tell what must have happened between photographs of the process table.

A snapshot is a photograph; an event is a difference between two of them. Nothing is made
up: who reaped a process is said only where the photographs leave one possibility, and how
many processes were never seen is worked out from the kernel's own count.

Source: proc_pid_stat(5), fields 3 "state", 4 "ppid", 9 "flags", 22 "starttime".
"""

from __future__ import annotations

from collections.abc import Iterable

from lessonkit.records import Event, ProcessInfo, Snapshot, Timeline

__all__ = ["events_between", "timeline_from_snapshots"]

PF_FORKNOEXEC = 0x40  # forked, and has not called exec since; include/linux/sched.h

_Table = dict[tuple[int, int], ProcessInfo]


def timeline_from_snapshots(
    snapshots: Iterable[Snapshot],
    forks_total: int | None = None,
    sample_seconds: float | None = None,
) -> Timeline:
    """Turn photographs, in order of time, into a sampled timeline.

    An event carries the time of the first photograph that shows it, so it is late by up to
    one pause between two. Processes in the first photograph are taken as given: those whose
    parent is not in it "start", the others were forked by their parent before.

    Args:
        forks_total: processes and threads that the kernel made after the first photograph
            and before the last (a difference of `procfs.last_pid`); None if unknown.
        sample_seconds: the pause that was asked for; None if there was no fixed one.
    """
    events: list[Event] = []
    names: dict[int, str] = {}
    threads: dict[tuple[int, int], int] = {}
    given = 0
    before: Snapshot | None = None
    for after in snapshots:
        if before is None:
            events += _first_events(after)
            given = sum(process.threads for process in after.processes)
        else:
            events += events_between(before, after)
        for process in after.processes:
            names[process.pid] = process.comm
            threads[process.identity] = max(threads.get(process.identity, 0), process.threads)
        before = after
    missed = None
    if forks_total is not None:
        missed = max(0, forks_total - (sum(threads.values()) - given))
    return Timeline(
        mode="sampled",
        events=tuple(events),
        names=names,
        sample_seconds=sample_seconds,
        missed_processes=missed,
        miss_rate=None if missed is None else missed / forks_total if forks_total else 0.0,
    )


def events_between(before: Snapshot, after: Snapshot) -> list[Event]:
    """Return the events that turn *before* into *after*.

    A new process was forked, one now in state Z has ended, a missing one was reaped. They
    come in an order that could have happened: forks, then what the processes did, then
    endings, then new parents, then reaping; each group by start time and pid.

    A process that is missing was reaped by its parent if that is still there and had the
    zombie to itself; otherwise `by` is None: not seen.
    """
    at = after.at_seconds
    old, new = _table(before), _table(after)
    born = sorted((p for p in after.processes if p.identity not in old), key=_by_age)
    stayed = [(old[p.identity], p) for p in after.processes if p.identity in old]
    gone = sorted((p for p in before.processes if p.identity not in new), key=_by_age)
    ended = [p for p in born if p.is_zombie]
    ended += [now for was, now in stayed if now.is_zombie and not was.is_zombie]

    events: list[Event] = []
    for process in born:
        events += _birth(process, at, before.get(process.ppid) or after.get(process.ppid))
    for was, now in stayed:
        events += _doings(was, now, at)
    for process in gone:
        if not process.is_zombie:  # its end was not seen, and its exit status is lost
            events.append(Event(at_seconds=at, kind="exit", pid=process.pid))
    for process in ended:
        events += _end(process, at)
    for was, now in stayed:
        if was.ppid != now.ppid:
            events.append(
                Event(at_seconds=at, kind="reparent", pid=now.pid, by=now.ppid, old=was.ppid)
            )
    for process in gone:
        parent = after.get(process.ppid)
        known = process.is_zombie and parent is not None and not parent.is_zombie
        known = known and parent is not None and parent.start_ticks <= process.start_ticks
        events.append(
            Event(
                at_seconds=at,
                kind="reap",
                pid=process.pid,
                by=process.ppid if known else None,
                wait_status=process.exit_status,
            )
        )
    return events


def _first_events(first: Snapshot) -> list[Event]:
    at = first.at_seconds
    pids = {process.pid for process in first.processes}
    events: list[Event] = []
    for process in sorted(first.processes, key=_by_age):
        if process.ppid in pids and process.ppid != process.pid:
            events += _birth(process, at, first.get(process.ppid))
        else:
            events.append(Event(at_seconds=at, kind="start", pid=process.pid, text=process.comm))
    for process in first.processes:
        if process.is_zombie:
            events += _end(process, at)
    return events


def _birth(process: ProcessInfo, at: float, parent: ProcessInfo | None) -> list[Event]:
    events = [Event(at_seconds=at, kind="fork", pid=process.ppid, child=process.pid)]
    if process.flags:
        execed = not process.flags & PF_FORKNOEXEC
    else:  # some stand-ins for Linux leave the field empty; then a new name has to tell
        execed = parent is not None and parent.comm != process.comm
    if execed:
        events.append(Event(at_seconds=at, kind="exec", pid=process.pid, text=process.comm))
    return events


def _doings(was: ProcessInfo, now: ProcessInfo, at: float) -> list[Event]:
    events = []
    first_exec = was.flags & PF_FORKNOEXEC and not now.flags & PF_FORKNOEXEC
    # A name can be changed without exec, too: then the flag is still set. Once it is
    # cleared the two look alike, and exec is by far the likelier.
    renamed = was.comm != now.comm and not now.flags & PF_FORKNOEXEC
    if first_exec or renamed:
        events.append(Event(at_seconds=at, kind="exec", pid=now.pid, text=now.comm))
    if now.state == "T" and was.state != "T":
        events.append(Event(at_seconds=at, kind="stop", pid=now.pid))
    if was.state == "T" and now.state != "T" and not now.is_zombie:
        events.append(Event(at_seconds=at, kind="continue", pid=now.pid))
    return events


def _end(process: ProcessInfo, at: float) -> list[Event]:
    status = process.exit_status
    return [
        Event(at_seconds=at, kind="exit", pid=process.pid, wait_status=status),
        Event(at_seconds=at, kind="zombie", pid=process.pid, by=process.ppid),
    ]


def _table(snapshot: Snapshot) -> _Table:
    return {process.identity: process for process in snapshot.processes}


def _by_age(process: ProcessInfo) -> tuple[int, int]:
    return process.start_ticks, process.pid
