"""A box that waits has done all that does not depend on its job, and nothing of that shows."""

from __future__ import annotations

import os
import resource
import signal
import socket
import time
from typing import Any

from lessonkit import check, run, to_json
from lessonkit.procfs import snapshot
from lessonkit.records import ProcessInfo, Snapshot
from lessonkit.sandbox import pool
from lessonkit.sandbox.channel import Frames, send_frame
from lessonkit.sandbox.killing import is_childless
from lessonkit.sandbox.limits import keep_limits
from lessonkit.sandbox.watching import plain_process, plain_snapshot


def test_a_rehearsed_box_reports_like_one_that_was_not() -> None:
    """Forks, snapshots and clocks begin with the job, though all were tried out before."""
    source = "import os\nif os.fork() == 0: os._exit(0)\nos.wait()\nprint(os.getpid())"
    run(source)
    until = time.monotonic() + 60
    kept = pool._keep({})
    while kept.spare is None and time.monotonic() < until:
        kept.put_in_reserve()
    assert kept.spare is not None
    kept.spare._take_answer()
    while "S" not in (state := _program_state(kept.spare.pidfd)) and time.monotonic() < until:
        time.sleep(0.005)  # until it sleeps: it waits for the job
    waited = run(source)
    at_once = run(source, trace="exact")  # a box of its own, made for a job that is there

    assert waited.forks == at_once.forks == 1, state
    assert (waited.stdout, waited.ending) == (at_once.stdout, at_once.ending)
    assert not [*waited.orphans_adopted, *waited.zombies_left, *waited.processes_left]
    assert waited.at_return is not None
    assert 0 <= waited.at_return.at_seconds <= waited.usage.wall_seconds


def _program_state(pidfd: int) -> str:
    """States of the children of the init behind *pidfd*."""
    with open(f"/proc/self/fdinfo/{pidfd}") as lines:
        init = next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))
    return "".join(p.state for p in snapshot(root_pid=init).processes if p.pid != init)


def test_scenes_are_loaded_when_they_are_asked_for_first() -> None:
    """No run pays for the scenes of checks; a check has its own, in a box made after that."""
    pool.close()
    run(lambda: 1)
    kept = pool._keep({})
    assert not kept.scenes

    verdict = check("3.1", lambda n: None)
    assert verdict.run_again is None
    assert "zombies" in pool._keep({"proc": "kernel"}).scenes | kept.scenes


def test_childless_means_without_even_a_zombie() -> None:
    """What init concludes from "no children" must not be concluded a moment too early."""
    told, say = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:  # as a process that has no other children, such as init
            seen = [is_childless()]
            gate, go = os.pipe()
            child = os.fork()
            if child == 0:
                os.read(gate, 1)
                os._exit(0)
            seen.append(is_childless())
            os.kill(child, signal.SIGKILL)
            os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # dead, and not reaped
            seen.append(is_childless())
            os.waitpid(child, 0)
            seen.append(is_childless())
            os.write(say, repr(seen).encode())
            os.close(go)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(told, 100) == repr([True, False, False, True]).encode()
    os.close(told)
    os.close(say)


def test_limits_can_be_rehearsed() -> None:
    """Afterwards they are what they were."""
    names = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    before = [resource.getrlimit(getattr(resource, name)) for name in names]
    keep_limits()
    assert before == [resource.getrlimit(getattr(resource, name)) for name in names]


def test_the_quick_way_into_json_writes_the_same() -> None:
    """Snapshots in reports read as if `to_json` had written them."""
    fields: dict[str, Any] = {
        "pid": 2,
        "ppid": 1,
        "pgid": 2,
        "sid": 2,
        "comm": "a b",
        "start_ticks": 7,
    }
    plain = ProcessInfo(**fields, state="S")
    zombie = ProcessInfo(**fields, state="Z", exit_status=9, cmdline=("a", "b"))
    whole = Snapshot(at_seconds=1.5, processes=(plain, zombie), left_out=3)

    assert plain_process(zombie) == to_json(zombie)
    assert plain_snapshot(whole) == to_json(whole)
    assert plain_snapshot(None) is None


def test_a_waiting_message_is_noticed_and_stays() -> None:
    """Init does not rehearse when its job is there; looking takes nothing away."""
    ours, theirs = socket.socketpair()
    with ours:
        frames = Frames(ours)
        assert not frames.is_waiting
        send_frame(theirs, {"op": "x"}, b"blob")
        assert frames.is_waiting
        frames.feed()
        assert frames.take() == ({"op": "x"}, b"blob")
        theirs.close()
        assert frames.is_waiting  # the far end has gone: that is news too
