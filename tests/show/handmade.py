"""Records made by hand, which all tests of views share. Hostile text is in each of them."""

from __future__ import annotations

from lessonkit.records import (
    Corpse,
    Ending,
    Event,
    Fact,
    ProcessInfo,
    Run,
    Snapshot,
    Timeline,
    Usage,
    Verdict,
)

__all__ = ["RUN", "TIMELINE", "TREE", "USAGE", "VERDICT", "process"]

HOSTILE = "<script>alert(1)</script>\x1b[31m\x07\u202e&"


def process(pid: int, ppid: int, comm: str, state: str = "S", **more: int) -> ProcessInfo:
    """One process that started in the order of pids."""
    fields = {"pgid": 2, "sid": 2, "start_ticks": pid, **more}
    return ProcessInfo(
        pid=pid,
        ppid=ppid,
        comm=comm,
        state=state,
        pgid=fields["pgid"],
        sid=fields["sid"],
        start_ticks=fields["start_ticks"],
        threads=fields.get("threads", 1),
    )


TREE = Snapshot(
    at_seconds=0.1,
    processes=(
        process(1, 0, "init", sid=1),
        process(2, 1, "python", threads=2),
        process(3, 2, "true", "Z"),
        process(4, 2, "x) Z 1 (y"),
        process(5, 4, "a\nb\x1b[31m"),
        process(6, 1, "<b>orphan</b>", "T"),
    ),
)

TIMELINE = Timeline(
    mode="exact",
    names={2: "python", 3: "true", 4: "python", 5: "python"},
    events=(
        Event(at_seconds=0.0, kind="start", pid=2, text="python"),
        Event(at_seconds=0.0012, kind="fork", pid=2, child=3, how="fork", line=4),
        Event(at_seconds=0.0015, kind="fork", pid=2, child=4, how="fork", line=5),
        Event(at_seconds=0.0031, kind="exec", pid=3, text="/usr/bin/true"),
        Event(at_seconds=0.005, kind="exit", pid=3, wait_status=0),
        Event(at_seconds=0.005, kind="zombie", pid=3, by=2),
        Event(at_seconds=0.0051, kind="signal", pid=2, signal=17, by=3),
        Event(at_seconds=0.01, kind="fork", pid=4, child=5, how="vfork"),
        Event(at_seconds=0.0451, kind="reap", pid=3, by=2, wait_status=0),
        Event(at_seconds=0.05, kind="send", pid=2, child=4, signal=9),
        Event(at_seconds=0.0501, kind="exit", pid=4, wait_status=9),
        Event(at_seconds=0.0501, kind="reparent", pid=5, by=1, old=4),
        Event(at_seconds=0.0501, kind="zombie", pid=4, by=2),
        Event(at_seconds=0.06, kind="stop", pid=5, signal=19),
        Event(at_seconds=0.08, kind="continue", pid=5),
        Event(at_seconds=0.1, kind="exit", pid=2, wait_status=256),
    ),
)

USAGE = Usage(
    wall_seconds=0.12,
    cpu_seconds=1.5,
    cpu_source="rusage",
    peak_memory_bytes=12_345_678,
    peak_memory_source="VmHWM",
)

RUN = Run(
    ending=Ending(kind="exited", exit_code=0),
    value=[3, HOSTILE],
    stdout=f"hello\n{HOSTILE}\n",
    stderr="oops\n",
    stderr_truncated=True,
    usage=USAGE,
    forks=3,
    zombies_left=(Corpse(pid=3, wait_status=0), Corpse(pid=4, wait_status=9)),
    orphans_adopted=(Corpse(pid=6, wait_status=0),),
    processes_left=(process(7, 1, HOSTILE),),
    at_return=TREE,
    main_pid=2,
    init_pid=1,
    tier="namespaces",
)

VERDICT = Verdict(
    exercise="3.1",
    title="Make zombies",
    max_points=3,
    facts=(
        Fact(name="zombies", ok=True, points=1.5, expected="3 zombies", seen="3 zombies"),
        Fact(
            name="exit codes",
            ok=False,
            points=1,
            expected="codes 7, 8, 9",
            seen=f"codes 0, 0, 0 {HOSTILE}",
            why="Python ended them with code 0.",
            hint="Look at the last line\nof each child.",
            manual="_exit(2)",
        ),
        Fact(name="memory", ok=None, points=0.5, expected="no growth", seen="not counted"),
    ),
    stdout=HOSTILE,
)
