"""Show that nothing stays when a process of ours is killed while a program runs.

Behind the fence, on each emulated host, a client runs a program whose children are deaf to
signals and have left its session. Then the client, its launcher, or the box's init gets
SIGKILL, and everything else has to go away by itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fence import body, require_inside
from tests.hostile import TOKEN, load_program
from tests.hosts import HOSTS
from tests.playing import Reports, play, say, selected
from tests.surroundings import pids, things

__all__ = ["be_client", "main"]

FAMILY = "deaf-family"
CLOCKS = {"nobody": 0.7, "launcher": 6.0}
CLOCK = 60.0
"""The limit of the client's run: of the others it must not be what ends the program."""

FAMILY_SECONDS = 5.0
"""How soon the program's processes must be gone: well before any clock ends them."""

GRACE_SECONDS = 20.0
ROLES = {"launcher": "lessonkit", "init": "init"}
KILLED = ["client", "launcher", "client and launcher", "nobody", "interrupt"]
NAMESPACES = ["root", "root-no-cgroups", "root-no-userns", "user", "user-masked-proc"]
GOES_ON = ["launcher", "nobody", "interrupt"]

# The first test waits for all hosts.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="session")
def killings(request: pytest.FixtureRequest) -> Reports:
    """What came of each killing that a selected test asks for, by host and victim."""
    return play("tests.real.test_cleanup:main", selected(request.session, "killed"))


@pytest.mark.parametrize("killed", KILLED)
@pytest.mark.parametrize("host", HOSTS)
def test_nothing_stays(host: str, killed: str, killings: Reports) -> None:
    """Whoever of ours is killed: processes, groups, mounts, files of the run go at once."""
    report = killings[host][killed]

    assert report.get("failure") is None
    assert (report["family"], report["left"]) == ([], [])


@pytest.mark.parametrize("killed", ["init"])
@pytest.mark.parametrize("host", NAMESPACES)
def test_nothing_stays_when_init_is_killed(host: str, killed: str, killings: Reports) -> None:
    """SIGKILL for pid 1 of a box makes the kernel end all that is in it."""
    report = killings[host][killed]

    assert report.get("failure") is None
    assert (report["family"], report["left"]) == ([], [])


@pytest.mark.parametrize("killed", GOES_ON)
@pytest.mark.parametrize("host", HOSTS)
def test_the_client_is_told_and_goes_on(host: str, killed: str, killings: Reports) -> None:
    """The run in progress is reported as what it was, and the next run works again."""
    told = {
        # A new launcher may have run the program once more: that run meets its limit.
        "launcher": ("SandboxError", "limit wall_seconds"),
        "nobody": ("limit wall_seconds",),
        "interrupt": ("KeyboardInterrupt",),
    }
    said = killings[host][killed]["said"]

    assert said[0] in told[killed]
    assert said[1:] == ["again"]


# -- bodies: these run behind the fence ----------------------------------------------------


def be_client(seconds: str) -> None:
    """Run the deaf family in a sandbox, then a second program; say how both went."""
    require_inside()
    from lessonkit import Limits, SandboxError, run

    limits = Limits(wall_seconds=float(seconds), max_processes=30)
    try:
        family = load_program("keeps_a_deaf_family.py").text
        ending = run(family, args=(TOKEN,), limits=limits).ending
        said = f"{ending.kind} {ending.limit}"
    except SandboxError:
        said = "SandboxError"
    except KeyboardInterrupt:
        said = "KeyboardInterrupt"
    again = run("print('again')").stdout
    sys.stdout.write(f"{said}\n{again}")


def main(*victims: str) -> None:
    """For each victim: start a client, kill the victim, report what is left after that."""
    require_inside()
    for killed in victims:
        say({"begins": killed})
        before = things()
        command = body("tests.real.test_cleanup:be_client", str(CLOCKS.get(killed, CLOCK)))
        client = subprocess.Popen(command, stdout=subprocess.PIPE)
        family = _wait_for_family(client)
        launcher_and_init = {role: _find(name, family[0]) for role, name in ROLES.items()}
        for role, number in _signals(killed):
            os.kill({"client": client.pid, **launcher_and_init}[role], number)
        began = time.monotonic()
        _soon(lambda family=family: not _alive(family), FAMILY_SECONDS)  # type: ignore[misc]
        report = {"part": killed, "family": [_name(pid) for pid in _alive(family)]}
        client.wait(GRACE_SECONDS + 20)
        assert client.stdout is not None
        os.set_blocking(client.stdout.fileno(), False)  # what stayed may hold the other end
        report["said"] = (client.stdout.read() or b"").decode().splitlines()
        client.stdout.close()
        _soon(lambda before=before: not things() - before, GRACE_SECONDS)  # type: ignore[misc]
        report["left"] = sorted(things() - before)
        say({**report, "seconds": round(time.monotonic() - began, 3)})
        for pid in _alive(family):
            os.kill(pid, signal.SIGKILL)
    os._exit(0)


def _signals(killed: str) -> list[tuple[str, int]]:
    if killed == "nobody":
        return []
    if killed == "interrupt":
        return [("client", signal.SIGINT)]
    return [(role, signal.SIGKILL) for role in killed.split(" and ")]


def _wait_for_family(client: subprocess.Popen[bytes]) -> list[int]:
    def family() -> list[int]:
        return [pid for pid in pids() if _name(pid) == FAMILY]

    started = _soon(lambda: len(family()) == 6 or client.poll() is not None, 50)
    assert started, "the program did not start"
    assert client.poll() is None, f"the client ended with {client.returncode}"
    return family()


def _soon(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _alive(family: list[int]) -> list[int]:
    return [pid for pid in family if _name(pid) == FAMILY]


def _find(name: str, pid: int) -> int:
    """The nearest process above *pid* that has this name."""
    while _name(pid) != name:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        assert pid > 1, f"nothing above the program is called {name}"
    return pid


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().rstrip("\n")
    except OSError:
        return ""  # it ended meanwhile
