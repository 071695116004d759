"""Photographs of real processes, and the timelines they make."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from lessonkit import procfs
from lessonkit.observe.sampling import photographs
from lessonkit.observe.snapshot import snapshot
from lessonkit.observe.timeline import timeline_from_snapshots
from lessonkit.show import timeline_text, tree_text

SECONDS = 60.0


def _wait_for(pid: int, program: str) -> None:
    """Until it has become the program: exec sets the name first and the arguments later."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        process = procfs.read_process(pid, cmdline=True)
        if process is not None and process.cmdline and process.cmdline[0] == program:
            return
        time.sleep(0.002)
    raise AssertionError(f"{pid} never ran {program}")


def test_a_snapshot_of_a_tree_can_be_drawn() -> None:
    """The process asked for is the root; arguments are there if asked for."""
    with subprocess.Popen(["sleep", "60"]) as process:
        _wait_for(process.pid, "sleep")
        seen = snapshot(process.pid, cmdline=True)
        process.kill()

    assert [p.cmdline for p in seen.processes] == [("sleep", "60")]
    assert tree_text(seen).splitlines()[1].endswith(" sleep")
    assert snapshot(process.pid).processes == ()
    assert snapshot().get(os.getpid()) is not None


def test_the_life_of_a_zombie_is_seen_by_sampling() -> None:
    """A child that stays a zombie until a line arrives: fork, end, zombie, reaped by its parent."""
    script = (
        "import os, sys\n"
        "sys.stdin.readline()\n"
        "pid = os.fork() or os._exit(7)\n"
        "os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)\n"
        "print(pid, flush=True)\n"
        "sys.stdin.readline()\n"
        "os.waitpid(pid, 0)\n"
        "print('reaped', flush=True)\n"
        "sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        _wait_for(parent.pid, sys.executable)
        seen = [snapshot(parent.pid)]
        parent.stdin.write("\n")
        parent.stdin.flush()
        child = int(parent.stdout.readline())
        seen.append(snapshot(parent.pid))
        parent.stdin.write("\n")
        parent.stdin.flush()
        assert parent.stdout.readline() == "reaped\n"
        seen.append(snapshot(parent.pid))
    timeline = timeline_from_snapshots(seen, forks_total=1)

    told = [(e.kind, e.pid, e.child or e.by, e.wait_status) for e in timeline.events[1:]]
    assert told == [
        ("fork", parent.pid, child, None),
        ("exit", child, None, 7 << 8),
        ("zombie", child, parent.pid, None),
        ("reap", child, parent.pid, 7 << 8),
    ]
    assert timeline.miss_rate == 0.0
    assert "No process was missed." in " ".join(timeline_text(timeline).split())


def test_sampling_ends_with_the_process_it_watches() -> None:
    """The last photograph is empty; the pace is kept in between."""
    process = subprocess.Popen(["sleep", "60"])
    try:
        _wait_for(process.pid, "sleep")
        seen = []
        for photograph in photographs(process.pid, sample_seconds=0.01, seconds=SECONDS):
            seen.append(photograph)
            if len(seen) == 3:
                process.kill()
                process.wait()
    finally:
        process.kill()
        process.wait()

    assert [len(photograph.processes) for photograph in seen] == [1, 1, 1, 0]
    assert seen[2].at_seconds - seen[0].at_seconds >= 0.02
    kinds = [event.kind for event in timeline_from_snapshots(seen).events]
    assert kinds == ["start", "exit", "reap"]


def test_sampling_stops_when_it_is_told_to() -> None:
    """`done` ends it after a photograph, `seconds` ends it in any case."""
    assert len(list(photographs(os.getpid(), done=lambda: True))) == 1
    assert len(list(photographs(os.getpid(), sample_seconds=0.01, seconds=0.02))) <= 3


def test_a_stopped_process_is_seen_to_stop_and_go_on() -> None:
    """SIGSTOP and SIGCONT change the state that a photograph shows."""
    with subprocess.Popen(["sleep", "60"]) as process:
        _wait_for(process.pid, "sleep")
        seen = [snapshot(process.pid)]
        for signum, state in ((signal.SIGSTOP, "T"), (signal.SIGCONT, "S")):
            process.send_signal(signum)
            deadline = time.monotonic() + SECONDS
            while seen[-1].processes[0].state != state and time.monotonic() < deadline:
                seen.append(snapshot(process.pid))
        process.kill()

    kinds = [event.kind for event in timeline_from_snapshots(seen).events]
    assert kinds == ["start", "stop", "continue"]
