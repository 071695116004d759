"""Show that the processes which a scene stages cannot be robbed by the student's process.

They run as the student's user and are forks of init, which holds the socket to the client:
whoever could take a descriptor or read the memory of one could forge a report.
"""

from __future__ import annotations

import json
import signal
import subprocess

import pytest

from lessonkit import Handle, check
from lessonkit.sandbox import pool
from tests.fence import REPOSITORY, body, require_inside
from tests.hosts import run_on_host

__all__ = ["judge_beside_others", "read_masks"]

OTHERS = 150
"""More than a program in a box may have."""

ROBBER = """
import ctypes, json, os
libc = ctypes.CDLL(None, use_errno=True)

def tries(pid):
    taken = 0
    fd = os.pidfd_open(pid)
    for number in [0, 3, 4, 5, 6, 200, 201]:
        taken += libc.syscall(438, fd, number, 0) >= 0
    try:
        open(f"/proc/{pid}/mem", "rb").close()
        taken += 100
    except OSError:
        pass
    os.close(fd)
    return taken

def is_running(pid):
    found = {}
    for other in [int(n) for n in os.listdir("/proc") if n.isdigit()]:
        try:
            parent = open(f"/proc/{other}/stat").read().rpartition(")")[2].split()[1]
            # Forks of this very process hold nothing that it has not.
            if os.getpid() not in (other, int(parent)):
                found[other] = tries(other)
        except OSError:
            found[other] = 0
    child = os.fork()
    if child == 0:
        import signal
        signal.pause()
    own = tries(child)
    os.kill(child, 9)
    os.waitpid(child, 0)
    print(json.dumps({"others": len(found), "taken": sum(found.values()), "own": own}))
    return False
"""


def test_staged_processes_keep_their_descriptors_and_memory() -> None:
    """Nothing can be taken from init or an actor, though the same tries work on an own child."""
    verdict = check("3.2", Handle(source=ROBBER, name="is_running"))
    reports = [json.loads(line) for line in verdict.stdout.splitlines() if line.startswith("{")]

    assert verdict.run_again is None
    assert max((report["others"] for report in reports), default=0) > 3
    assert all(report["own"] > 100 for report in reports)  # the tries themselves work
    assert [report["taken"] for report in reports] == [0] * len(reports)


READER = """
import json, os

def is_running(pid):
    found = []
    for other in [int(n) for n in os.listdir("/proc") if n.isdigit() and n != "1"]:
        try:
            lines = dict(l.split(":", 1) for l in open(f"/proc/{other}/status") if ":" in l)
        except OSError:
            continue
        ours = int(lines["Uid"].split()[0]) == os.getuid()  # in docker the host's are seen too
        if ours and os.getpid() not in (other, int(lines["PPid"])):
            found.append(int(lines["SigIgn"], 16) | int(lines["SigCgt"], 16))
    print(json.dumps(found))
    return False
"""


@pytest.mark.parametrize("host", ["root", "docker"])
def test_staged_processes_take_signals_as_a_new_program_does(host: str) -> None:
    """None ignores or handles what init does: a signal to a newborn child of one is never lost."""
    fenced = run_on_host(host, body("tests.real.test_fixtures:read_masks"), timeout=110)
    reports = [json.loads(line) for line in fenced.stdout.splitlines() if line.startswith("[")]
    bits = sum(1 << (number - 1) for number in (signal.SIGINT, signal.SIGUSR1, signal.SIGCHLD))

    assert max(map(len, reports), default=0) > 3, fenced.stderr[-500:]
    assert {mask & bits for masks in reports for mask in masks} == {0}


def read_masks() -> None:
    """Behind the fence: print what the processes on the stage of 3.2 handle and ignore."""
    require_inside()
    verdict = check("3.2", Handle(source=READER, name="is_running"))
    print(verdict.run_again or verdict.stdout)
    pool.close()


def test_staged_processes_may_fork_beside_many_others_of_the_user() -> None:
    """Where the box has no user of its own, RLIMIT_NPROC counts what the user runs outside too.

    The limit of the staged processes has to leave as much room as that of the student's process.
    """
    fenced = run_on_host("docker-user", body("tests.real.test_fixtures:judge_beside_others"))
    assert json.loads(fenced.stdout.splitlines()[-1]) == [None, 3.0], fenced.stderr[-2000:]


def judge_beside_others() -> None:
    """Behind the fence: 2.3, whose actors have threads and children, beside many processes."""
    require_inside()
    others = [subprocess.Popen(["sleep", "300"]) for _ in range(OTHERS)]
    source = REPOSITORY / "tests/exercises/02-task-struct/2.3-tasks/solution.py"
    try:
        verdict = check("2.3", Handle(source=source.read_text(), name="tasks", filename="x.py"))
        print(json.dumps([verdict.run_again, verdict.points]))
    finally:
        for other in others:
            other.kill()
            other.wait()
        pool.close()
