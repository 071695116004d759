"""Show that nothing stays when a process of ours is killed while a program runs.

Behind the fence, on each emulated host, a client runs a program whose children are deaf to
signals and have left its session. Then the client, its launcher, or the box's init gets
SIGKILL, and everything else has to go away by itself.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.fence import body, require_inside
from tests.hostile import TOKEN, load_program, pids, things
from tests.hosts import HOSTS, run_on_host

__all__ = ["be_client", "kill_and_look"]

GRACE_SECONDS = 5.0
FAMILY = "deaf-family"
ROLES = {"launcher": "lessonkit", "init": "init"}

KILLED = ["client", "launcher", "client and launcher", "nobody"]
NAMESPACES = ["root", "root-no-cgroups", "root-no-userns", "user", "user-masked-proc"]

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("killed", KILLED)
def test_nothing_stays_when_one_of_ours_is_killed(host: str, killed: str) -> None:
    """SIGKILL for client or launcher ends every process, group, mount and file of the run."""
    report = _kill_on(host, killed)

    assert report["left"] == []


@pytest.mark.parametrize("host", NAMESPACES)
def test_nothing_stays_when_init_is_killed(host: str) -> None:
    """SIGKILL for pid 1 of a box makes the kernel end all that is in it."""
    report = _kill_on(host, "init")

    assert report["left"] == []


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("killed", ["launcher", "nobody"])
def test_the_client_is_told_and_can_go_on(host: str, killed: str) -> None:
    """A lost launcher is an error of ours, raised at once, and the next run works again."""
    report = _kill_on(host, killed)
    first = "limit wall_seconds" if killed == "nobody" else "SandboxError"

    assert report["said"] == [first, "again"]


@pytest.mark.parametrize("host", HOSTS)
def test_an_interrupt_ends_the_box_and_is_passed_on(host: str) -> None:
    """SIGINT for the client is KeyboardInterrupt there, nothing stays, the next run works."""
    report = _kill_on(host, "interrupt")

    assert report["said"] == ["KeyboardInterrupt", "again"]
    assert report["left"] == []


_done: dict[tuple[str, str], dict[str, Any]] = {}


def _kill_on(host: str, killed: str) -> dict[str, Any]:
    """The report of one killing; each is done once, however many tests look at it."""
    if (host, killed) not in _done:
        fenced = run_on_host(
            host, body("tests.real.test_cleanup:kill_and_look", killed), timeout=40
        )
        assert fenced.returncode == 0, fenced.stderr[-3000:]
        _done[host, killed] = json.loads(fenced.stdout.splitlines()[-1])
        _done[host, killed]["left"] += fenced.left_groups
    return _done[host, killed]


# -- bodies: these run behind the fence ----------------------------------------------------


def be_client(seconds: str) -> None:
    """Run the deaf family in a sandbox, then a second program; say how both went."""
    require_inside()
    from lessonkit import Limits, SandboxError, run

    limits = Limits(wall_seconds=float(seconds), max_processes=30)
    try:
        family = load_program("keeps_a_deaf_family.py").text
        ending = run(family, args=(TOKEN,), limits=limits).ending
        _say(f"{ending.kind} {ending.limit}")
    except SandboxError:
        _say("SandboxError")
    except KeyboardInterrupt:
        _say("KeyboardInterrupt")
    _say(run("print('again')").stdout.strip())


def kill_and_look(killed: str) -> None:
    """Start a client, kill whom we are told to, and report what is left after that."""
    require_inside()
    before = things()
    seconds = "2" if killed == "nobody" else "25"
    client = subprocess.Popen(
        body("tests.real.test_cleanup:be_client", seconds), stdout=subprocess.PIPE
    )
    _wait_for_family(client)
    # A family that is still there in a second has not been ended by its clock.
    for role, number in _victims(killed):
        os.kill(client.pid if role == "client" else _find(ROLES[role]), number)
    if killed.startswith("client"):
        client.wait()
    else:
        client.wait(GRACE_SECONDS + 2)
    began = time.monotonic()
    assert client.stdout is not None
    os.set_blocking(client.stdout.fileno(), False)
    said = (client.stdout.read() or b"").decode().split("\n")[:-1]
    client.stdout.close()
    left: Counter[str] = Counter()
    while left := things() - before:
        if time.monotonic() - began > GRACE_SECONDS:
            break
        time.sleep(0.01)
    settled = round(time.monotonic() - began, 3)
    _say("\n" + json.dumps({"left": sorted(left), "said": said, "settled": settled}))
    os._exit(0)


def _victims(killed: str) -> list[tuple[str, int]]:
    if killed == "nobody":
        return []
    if killed == "interrupt":
        return [("client", signal.SIGINT)]
    return [(role, signal.SIGKILL) for role in reversed(killed.split(" and "))]


def _wait_for_family(client: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 15
    while sum(_name(pid) == FAMILY for pid in pids()) < 6:
        if client.poll() is not None or time.monotonic() > until:
            raise AssertionError("the program did not start")
        time.sleep(0.01)


def _find(name: str) -> int:
    """The nearest process above the family that has this name."""
    pid = next(pid for pid in pids() if _name(pid) == FAMILY)
    while _name(pid) != name:
        pid = int(_stat(pid)[1])
        assert pid > 1, f"nothing above the program is called {name}"
    return pid


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().rstrip("\n")
    except OSError:
        return ""  # it ended meanwhile


def _stat(pid: int) -> list[str]:
    """The fields after the name: state, parent, ..."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
