"""Photographs made by hand, and the events that must lie between them."""

from __future__ import annotations

from dataclasses import replace

from lessonkit.observe.timeline import PF_FORKNOEXEC, events_between, timeline_from_snapshots
from lessonkit.records import Event, ProcessInfo, Snapshot

FORKED = 0x400000 | PF_FORKNOEXEC
EXECED = 0x400000


def _process(pid: int, ppid: int, comm: str = "sh", flags: int = FORKED) -> ProcessInfo:
    return ProcessInfo(
        pid=pid, ppid=ppid, pgid=1, sid=1, comm=comm, state="S", start_ticks=pid, flags=flags
    )


def _at(seconds: float, *processes: ProcessInfo) -> Snapshot:
    return Snapshot(at_seconds=seconds, processes=processes)


INIT = _process(1, 0, "init")
PARENT = _process(2, 1)
CHILD = _process(3, 2)
DEAD = replace(CHILD, state="Z", exit_status=7 << 8)


def test_the_life_of_a_child() -> None:
    """Forked, runs a program, a zombie, reaped by its parent: one event each."""
    timeline = timeline_from_snapshots(
        [
            _at(0.0, INIT, PARENT),
            _at(0.1, INIT, PARENT, CHILD),
            _at(0.2, INIT, PARENT, replace(CHILD, comm="sleep", flags=EXECED)),
            _at(0.3, INIT, PARENT, replace(DEAD, comm="sleep", flags=EXECED)),
            _at(0.4, INIT, PARENT),
        ]
    )

    assert timeline.mode == "sampled"
    assert timeline.names == {1: "init", 2: "sh", 3: "sleep"}
    assert timeline.events == (
        Event(at_seconds=0.0, kind="start", pid=1, text="init"),
        Event(at_seconds=0.0, kind="fork", pid=1, child=2),
        Event(at_seconds=0.1, kind="fork", pid=2, child=3),
        Event(at_seconds=0.2, kind="exec", pid=3, text="sleep"),
        Event(at_seconds=0.3, kind="exit", pid=3, wait_status=7 << 8),
        Event(at_seconds=0.3, kind="zombie", pid=3, by=2),
        Event(at_seconds=0.4, kind="reap", pid=3, by=2, wait_status=7 << 8),
    )


def test_an_orphan_gets_a_new_parent_after_its_parent_ended() -> None:
    """The end of the parent comes before what follows from it."""
    after = _at(1.0, INIT, replace(PARENT, state="Z", exit_status=0), replace(CHILD, ppid=1))
    kinds = [(e.kind, e.pid, e.by) for e in events_between(_at(0.0, INIT, PARENT, CHILD), after)]

    assert kinds == [("exit", 2, None), ("zombie", 2, 1), ("reparent", 3, 1)]


def test_an_end_that_was_not_seen_has_no_status_and_no_reaper() -> None:
    """Who reaped a process that was alive in the last photograph cannot be known."""
    events = events_between(_at(0.0, INIT, PARENT, CHILD), _at(1.0, INIT, PARENT))

    assert events == [
        Event(at_seconds=1.0, kind="exit", pid=3),
        Event(at_seconds=1.0, kind="reap", pid=3),
    ]


def test_a_zombie_whose_parent_is_gone_too_was_reaped_by_somebody() -> None:
    """The parent may have reaped it, or the next one up: nobody is named."""
    events = events_between(_at(0.0, INIT, PARENT, DEAD), _at(1.0, INIT))

    assert [(e.kind, e.pid, e.by) for e in events] == [
        ("exit", 2, None),
        ("reap", 2, None),
        ("reap", 3, None),
    ]


def test_a_pid_that_is_used_again_is_two_processes() -> None:
    """The same number with another start time ends one life and begins another."""
    again = replace(CHILD, start_ticks=99)
    events = events_between(_at(0.0, INIT, PARENT, DEAD), _at(1.0, INIT, PARENT, again))

    assert [(e.kind, e.pid, e.child) for e in events] == [("fork", 2, 3), ("reap", 3, None)]


def test_a_child_first_seen_as_a_zombie_has_its_whole_life_at_once() -> None:
    """Flags tell that it never ran a program of its own; its status is still there."""
    events = events_between(_at(0.0, INIT, PARENT), _at(1.0, INIT, PARENT, DEAD))

    assert [e.kind for e in events] == ["fork", "exit", "zombie"]
    assert events[1].wait_status == 7 << 8


def test_a_process_that_renames_itself_has_not_called_exec() -> None:
    """prctl(PR_SET_NAME) changes the name and leaves the flag of forked processes."""
    renamed = replace(CHILD, comm="worker")

    assert events_between(_at(0.0, CHILD), _at(1.0, renamed)) == []


def test_stopping_and_going_on_are_seen() -> None:
    """State T comes and goes."""
    stopped = replace(CHILD, state="T")

    assert [e.kind for e in events_between(_at(0.0, CHILD), _at(1.0, stopped))] == ["stop"]
    assert [e.kind for e in events_between(_at(0.0, stopped), _at(1.0, CHILD))] == ["continue"]


def test_the_miss_rate_comes_from_the_count_of_the_kernel() -> None:
    """Of ten processes that were made two were seen, so eight of ten were missed."""
    snapshots = [_at(0.0, INIT), _at(0.1, INIT, PARENT), _at(0.2, INIT, PARENT, CHILD)]
    timeline = timeline_from_snapshots(snapshots, forks_total=10, sample_seconds=0.1)

    assert (timeline.missed_processes, timeline.miss_rate) == (8, 0.8)
    assert timeline.sample_seconds == 0.1


def test_threads_that_were_seen_are_not_missed() -> None:
    """The kernel counts threads like processes, so their number is compared with its count."""
    busy = replace(PARENT, threads=4)
    timeline = timeline_from_snapshots([_at(0.0, INIT), _at(0.1, INIT, busy)], forks_total=4)

    assert (timeline.missed_processes, timeline.miss_rate) == (0, 0.0)


def test_without_the_count_of_the_kernel_the_miss_rate_is_unknown() -> None:
    """Unknown is None, not zero."""
    timeline = timeline_from_snapshots([_at(0.0, INIT)])

    assert (timeline.missed_processes, timeline.miss_rate) == (None, None)


def test_no_photographs_make_an_empty_timeline() -> None:
    """Nothing was seen, nothing is told."""
    assert timeline_from_snapshots([], forks_total=0).events == ()
