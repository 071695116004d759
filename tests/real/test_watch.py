"""Watch programs while they run: what `run(watch=...)` shows, when, and what it costs nobody."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from lessonkit import Limits, run
from lessonkit.errors import UsageError
from lessonkit.records import ProcessInfo, Snapshot
from lessonkit.sandbox import pool
from lessonkit.sandbox.channel import Frames, Outbox
from lessonkit.sandbox.watching import Watch, message_of
from tests.fence import body, require_inside
from tests.hostile import TOKEN, USUAL_LIMITS, load_program
from tests.hosts import run_on_host

__all__ = ["battery", "bomb"]

OFFERED = {
    "root": ("namespaces", "unused-user", "shared-proc"),
    "user": ("namespaces", "shared-proc", "landlock", "walk"),
    "docker": ("landlock", "walk"),
}
"""Each tier with each kind of user that it differs for."""

WITH_A_ZOMBIE = """\
import os, signal
zombie = os.fork()
if zombie == 0:
    os._exit(3)
os.waitid(os.P_PID, zombie, os.WEXITED | os.WNOWAIT)
print('ready', flush=True)
signal.pause()
"""


class _EnoughError(Exception):
    """Raised by a watcher that has seen what it waited for: it ends the program."""


def zombies(snapshot: Snapshot) -> list[int | None]:
    """The wait statuses of the zombies in a snapshot."""
    return [p.exit_status for p in snapshot.processes if p.is_zombie]


def watched_until(sign: Callable[[Snapshot], object], program: str, **options: Any) -> Snapshot:
    """Run a program that does not end by itself until *sign* is true of a snapshot."""
    found: list[Snapshot] = []

    def watch(snapshot: Snapshot) -> None:
        if sign(snapshot):
            found.append(snapshot)
            raise _EnoughError

    with pytest.raises(_EnoughError):
        run(program, watch=watch, **options)
    return found[0]


@pytest.fixture(autouse=True)
def a_new_box_in_reserve() -> Iterator[None]:
    """End each test with a plain run: a traced one leaves a descriptor of the box in reserve."""
    yield
    run("pass")


@pytest.mark.parametrize("trace", [None, "sample", "exact"])
def test_a_zombie_is_seen_while_it_is_one(trace: Literal["exact", "sample"] | None) -> None:
    """The box is shown whole while the program runs: init, the program and its zombie."""
    shot = watched_until(zombies, WITH_A_ZOMBIE, trace=trace)
    init, program, zombie = shot.processes

    assert (init.comm, program.comm) == ("init", "python3")
    assert (init.pid, program.pid) == (program.ppid, zombie.ppid)
    assert zombie.exit_status == 3 << 8
    assert shot.left_out == 0


def test_snapshots_come_while_the_program_runs() -> None:
    """What the program has printed has been done: a snapshot after it shows what it did."""
    seen: list[object] = []

    def watch(snapshot: Snapshot) -> None:
        seen.append(snapshot)
        if b"ready\n" in seen and zombies(snapshot):
            raise _EnoughError

    with pytest.raises(_EnoughError):
        run(WITH_A_ZOMBIE, watch=watch, watch_seconds=0.01, live=lambda _, data: seen.append(data))

    # One snapshot may have been on its way when the line was printed; not more.
    assert 1 <= len(seen) - 1 - seen.index(b"ready\n") <= 2


def test_snapshots_come_at_the_pace_that_was_asked_for() -> None:
    """Times count from the start of the run and rise by about the pause; it ends as ever."""
    seen: list[Snapshot] = []
    began = time.monotonic()
    made = run(
        "import signal\nsignal.pause()",
        watch=seen.append,
        watch_seconds=0.1,
        limits=Limits(wall_seconds=2.0),
    )
    times = [snapshot.at_seconds for snapshot in seen]
    seconds = time.monotonic() - began  # on a busy machine more than the limit says

    assert made.ending.limit == "wall_seconds"
    assert 0 <= times[0] < made.usage.wall_seconds / 2
    assert times == sorted(times)
    assert times[-1] <= made.usage.wall_seconds
    assert len(times) + made.snapshots_dropped <= seconds / 0.1 + 2
    assert len(times) >= 3


def test_the_watcher_is_called_in_the_thread_that_called_run() -> None:
    """So it may do whatever its caller may; in another thread that is the other thread."""
    seen: dict[int, set[int]] = {}

    def work() -> None:
        mine = seen.setdefault(threading.get_ident(), set())

        def sign(snapshot: Snapshot) -> list[int | None]:
            mine.add(threading.get_ident())
            return zombies(snapshot)

        watched_until(sign, WITH_A_ZOMBIE)

    thread = threading.Thread(target=work)
    thread.start()
    work()
    thread.join()

    assert seen == {ident: {ident} for ident in seen}
    assert len(seen) == 2


def test_a_slow_watcher_gets_fewer_and_fresh_ones() -> None:
    """Nothing piles up and the box is not held up; how many were left out is said."""
    seen: list[Snapshot] = []

    def watch(snapshot: Snapshot) -> None:
        seen.append(snapshot)
        threading.Event().wait(0.3)

    made = run(
        "import signal\nsignal.pause()",
        watch=watch,
        watch_seconds=0.01,
        limits=Limits(wall_seconds=1.0),
    )
    times = [snapshot.at_seconds for snapshot in seen]

    assert made.ending.limit == "wall_seconds"
    assert made.usage.wall_seconds < 20
    assert all(b - a > 0.25 for a, b in itertools.pairwise(times))
    assert made.snapshots_dropped >= 29 * (len(times) - 1) - 5


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_what_the_watcher_raises_ends_the_run(error: type[BaseException]) -> None:
    """The box is ended, the error is passed on as it is, and the next run works."""

    def watch(snapshot: Snapshot) -> None:
        raise error("mine")

    with pytest.raises(error, match="mine"):
        run("while True: pass", watch=watch)
    assert run("print(1)").stdout == "1\n"


def test_an_interrupt_while_it_watches_ends_the_run() -> None:
    """Ctrl-C, or Interrupt in a notebook, while a live view is shown."""

    def watch(snapshot: Snapshot) -> None:
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run("while True: pass", watch=watch)


def test_nobody_watches_unasked() -> None:
    """Without a watcher the client asks for nothing and the record says 0."""
    assert run("pass").snapshots_dropped == 0


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"watch": 5}, "watch"),
        ({"watch": print, "watch_seconds": 0}, "watch_seconds"),
        ({"watch": print, "watch_seconds": -1.0}, "watch_seconds"),
        ({"watch": print, "watch_seconds": float("nan")}, "watch_seconds"),
        ({"watch": print, "watch_seconds": float("inf")}, "watch_seconds"),
        ({"watch": print, "watch_seconds": "often"}, "watch_seconds"),
    ],
)
def test_wrong_use_is_told_in_words(options: dict[str, Any], word: str) -> None:
    """UsageError names the argument; nothing was started for it."""
    with pytest.raises(UsageError, match=word):
        run("pass", **options)


# -- what is sent ----------------------------------------------------------------------------


def _crowd(count: int) -> Snapshot:
    """Init with so many children."""
    facts = {"ppid": 1, "pgid": 1, "sid": 1, "comm": "x) Z 1 (y\n\\udcff", "start_ticks": 0}
    made = [ProcessInfo(pid=n, state="S", **facts) for n in range(1, count + 1)]  # type: ignore[arg-type]
    return Snapshot(at_seconds=105.0, processes=tuple(made))


@pytest.mark.parametrize(("count", "left_out"), [(3, 0), (1000, 0), (1500, 500)])
def test_a_snapshot_arrives_as_it_was_up_to_a_bound(count: int, left_out: int) -> None:
    """At most 1000 processes cross, each with all that is known of it; the rest is counted."""
    crowd, seen = _crowd(count), list[Snapshot]()
    message = json.loads(json.dumps(message_of(crowd, 100.0)))
    Watch(seen.append, 1.0).take(message)

    assert seen[0].processes == crowd.processes[:1000]
    assert (seen[0].at_seconds, seen[0].left_out) == (5.0, left_out)
    assert len(json.dumps(message)) < 400_000


def test_a_reader_that_does_not_read_holds_nobody_up() -> None:
    """What does not fit is kept, what comes then is dropped, and the frames stay whole."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        outbox, frames = Outbox(ours), Frames(theirs)
        outbox.offer({"number": 1, "filler": "x" * 200_000})
        assert not outbox.is_empty
        outbox.offer({"number": 2})
        taken = []
        for _ in range(1000):
            frames.feed()
            outbox.push()
            if frame := frames.take():
                taken.append(frame[0]["number"])
                break
        assert outbox.is_empty
        outbox.offer({"number": 3})
        outbox.finish()
        frames.feed()
        frame = frames.take()
        assert frame is not None
        assert [*taken, frame[0]["number"]] == [1, 3]


def test_a_reader_that_is_gone_is_no_error() -> None:
    """Its end is told by reading, not by writing to it."""
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        outbox = Outbox(ours)
        outbox.offer({"number": 1})
        assert outbox.is_empty


# -- other tiers, and a fork bomb: behind the fence ------------------------------------------


@pytest.mark.timeout(180)
@pytest.mark.parametrize("host", OFFERED)
def test_every_tier_can_be_watched(host: str) -> None:
    """The zombie is seen in each tier of each kind of user, and so is its parent."""
    command = body("tests.real.test_watch:battery", *OFFERED[host])
    fenced = run_on_host(host, command, timeout=150)
    reports = [json.loads(line) for line in fenced.stdout.splitlines() if line.startswith("{")]

    assert {r["tier"]: r["seen"] for r in reports} == {
        tier: [["init", "R"], ["python3", "S"], ["python3", "Z"]] for tier in OFFERED[host]
    }, fenced.stderr[-2000:]


def battery(*tiers: str) -> None:
    """Watch the zombie in each tier; print one JSON object per tier (behind the fence)."""
    require_inside()
    for tier in tiers:
        os.environ["LESSONKIT_TIER"] = tier
        shot = watched_until(
            lambda s: (
                zombies(s) and any(p.comm == "python3" and p.state == "S" for p in s.processes)
            ),
            WITH_A_ZOMBIE,
        )
        pool.close()
        seen = [[p.comm, p.state] for p in shot.processes]
        sys.stdout.write(json.dumps({"tier": tier, "seen": seen}) + "\n")
        sys.stdout.flush()


@pytest.mark.timeout(180)
def test_a_fork_bomb_can_be_watched() -> None:
    """Snapshots go on coming while processes are made without end; the limits hold as ever."""
    fenced = run_on_host("root", body("tests.real.test_watch:bomb"), timeout=150)
    (told,) = [json.loads(line) for line in fenced.stdout.splitlines() if line.startswith("{")]

    assert told["limit"] in ("wall_seconds", "tree_cpu_seconds")
    assert told["snapshots"] >= 2
    assert 3 <= told["most"] <= 32, "processes were being made while it looked"
    assert told["by_init"], "init ends the box itself; nobody has to do it from outside"
    assert told["left"] == []
    assert not fenced.left_groups


def bomb() -> None:
    """Watch a fork bomb and say what was seen (behind the fence)."""
    require_inside()
    sizes: list[int] = []
    for seconds in (2.0, 8.0, 32.0):  # a host that is busy with others may have no turn for init
        sizes.clear()
        limits = {"wall_seconds": seconds, "cpu_seconds": seconds, "tree_cpu_seconds": 2 * seconds}
        made = run(
            load_program("forks_and_retries_for_ever.py").text,
            args=(TOKEN,),
            limits=Limits(**{**USUAL_LIMITS, **limits}),
            watch=lambda snapshot: sizes.append(len(snapshot.processes)),
            watch_seconds=0.05,
        )
        if len(sizes) >= 2:
            break
    pool.close()
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    told: dict[str, Any] = {"limit": made.ending.limit, "left": children}
    told |= {"snapshots": len(sizes), "most": max(sizes), "by_init": made.main_pid > 0}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
