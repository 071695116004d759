"""Show that the outer fence and the emulated hosts are real before anything relies on them."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fence import (
    REPOSITORY,
    Fence,
    FenceUnavailable,
    body,
    mount,
    require_inside,
    run_fenced,
)
from tests.hosts import HOSTS, run_on_host

__all__ = ["describe_host", "fill_with_processes", "run_in_a_fence_and_wait", "try_to_fence"]

PROGRAMS = sorted((REPOSITORY / "tests" / "programs").iterdir())
GUARD = """\
if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act
"""
SHELL_GUARD = """
[ "$1" = inside-the-fence ] || exit 97 # outside the outer fence this program must not act
set -- /proc/[0-9]*
[ $# -le 40 ] || exit 97
"""


def test_a_body_sees_only_processes_of_the_fence() -> None:
    """Inside there is fence init as pid 1, the body as pid 2, and nobody else."""
    fenced = run_fenced(["sh", "-c", "echo $$; echo /proc/[0-9]*"])

    assert fenced.stdout.split() == ["2", "/proc/1", "/proc/2"]


def test_the_exit_code_and_both_streams_come_back() -> None:
    """A fence reports the body's exit code and what it wrote."""
    fenced = run_fenced(["sh", "-c", "echo out; echo err >&2; exit 5"])

    assert (fenced.returncode, fenced.stdout, fenced.stderr) == (5, "out\n", "err\n")


def test_a_fork_bomb_meets_the_cap_on_processes() -> None:
    """A bomb without a sandbox stops at the cap: the kernel refused forks, all are gone after."""
    command = body("tests.real.test_fence:fill_with_processes", "50")
    fenced = run_fenced(command, max_processes=50, timeout=110)

    assert fenced.stdout == "50 processes, more were refused\n"


def test_a_memory_hog_is_killed_at_the_cap_on_memory() -> None:
    """What takes more than the fence's memory dies of SIGKILL."""
    hog = "import os; hoard = [b'x' * 2**20 for _ in range(400)]; os._exit(0)"
    fenced = run_fenced([sys.executable, "-c", hog], memory_bytes=200 * 2**20)

    assert fenced.returncode == 128 + signal.SIGKILL


def test_time_that_is_up_ends_daemons_too() -> None:
    """When the body's time is up, a daemon in its own session dies with it."""
    token = _token()
    fenced = run_fenced(["sh", "-c", f"setsid sleep {token} & sleep {token}"], timeout=1)

    assert fenced.timed_out
    assert _holders(token) == []


def test_a_killed_test_takes_its_fence_along() -> None:
    """SIGKILL for the process that made a fence leaves nothing running, and no group for long."""
    token = _token()
    command = body("tests.real.test_fence:run_in_a_fence_and_wait", token)
    test = subprocess.Popen(command)
    assert _soon(lambda: "sleep" in _holders(token))
    test.kill()
    test.wait()

    assert _soon(lambda: _holders(token) == []), _holders(token)

    def swept() -> bool:
        run_fenced(["true"])  # the next fence sweeps the empty groups of tests that were killed
        return not list(Path("/sys/fs/cgroup").glob(f"*/lessonkit-fence-{test.pid}-*"))

    assert _soon(swept)  # a process that has been killed is in its group until it has ended


def test_without_caps_the_body_never_runs() -> None:
    """Where control groups cannot be made, a fence is refused and its body does not start."""
    fenced = run_on_host("root-no-cgroups", body("tests.real.test_fence:try_to_fence"))

    assert fenced.stdout.startswith("no outer fence: only [] can be capped here")
    assert fenced.stdout.endswith("the body ran: False\n")


def test_groups_made_inside_are_found_and_removed() -> None:
    """A control group that the body leaves is reported, and gone afterwards."""
    groups = "/sys/fs/cgroup/pids"
    if not os.path.isdir(groups):
        groups = "/sys/fs/cgroup"
    fenced = run_fenced(["mkdir", "-p", f"{groups}/left/deeper"])

    assert fenced.left_groups == ("left", "left/deeper")


def test_the_fence_hides_homes_and_the_network() -> None:
    """Inside, root's home holds nothing but the interpreter, and only lo is there."""
    fenced = run_fenced(["sh", "-c", "ls -A /root | grep -v pyenv; cut -d: -f1 /proc/net/dev"])

    assert fenced.stdout.split("\n")[2:] == ["    lo", ""]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_every_program_refuses_to_act_outside(program: Path) -> None:
    """Each program begins with the guard: without the token nothing of it is carried out."""
    text = program.read_text()
    if program.suffix == ".sh":
        assert text.partition("\n\n")[2].startswith(SHELL_GUARD.strip())
    else:
        before, found, _ = text.partition(GUARD)
        code = [line for line in before.partition('"""\n')[2].splitlines() if line]
        assert found
        assert all(line.startswith(("import ", "from __future__ ")) for line in code)


@pytest.mark.parametrize("program", ["sleeps_for_ever.py", "forks_in_a_shell.sh"])
def test_a_program_without_the_token_exits_97(program: str) -> None:
    """The guard works even behind the fence: 97 is what an unproven inside gives."""
    path = str(REPOSITORY / "tests" / "programs" / program)
    interpreter = "sh" if program.endswith(".sh") else sys.executable

    assert run_fenced([interpreter, path], timeout=60).returncode == 97


FACTS = {
    # uid, user namespace, fresh /proc in it, mount as is, Landlock, groups can be made
    "root": (0, True, True, True, True, True),
    "root-no-cgroups": (0, True, True, True, True, False),
    "root-no-userns": (0, False, False, True, True, False),
    "user": (61000, True, True, False, True, False),
    "user-masked-proc": (61001, True, False, False, True, False),
    "user-no-landlock": (61002, True, True, False, False, False),
    "docker": (0, False, False, False, True, False),
    "docker-user": (61003, False, False, False, True, False),
    "docker-no-landlock": (0, False, False, False, False, False),
    "docker-user-no-landlock": (61004, False, False, False, False, False),
}


@pytest.mark.parametrize("host", HOSTS)
def test_an_emulated_host_refuses_what_it_says(host: str) -> None:
    """Each host gives and refuses exactly what it stands for, tried by doing it."""
    fenced = run_on_host(host, body("tests.real.test_fence:describe_host"))
    landlock = _landlock_here()
    uid, userns, proc, mounts, has_landlock, groups = FACTS[host]

    assert fenced.returncode == 0, fenced.stderr
    assert tuple(json.loads(fenced.stdout)) == (
        *(uid, userns, proc, mounts, has_landlock and landlock, groups),
    )


def test_docker_leaves_root_the_documented_capabilities() -> None:
    """Root on the docker host has the 14 default capabilities and no others."""
    fenced = run_on_host("docker", ["grep", "-E", "^Cap(Eff|Bnd)", "/proc/self/status"])

    assert fenced.stdout.split() == ["CapEff:", "00000000a80425fb", "CapBnd:", "00000000a80425fb"]


# -- bodies: these run behind the fence ----------------------------------------------------


def fill_with_processes(cap: str) -> None:
    """Let a fork bomb run until the kernel has refused it something; say how many there are."""
    require_inside()
    program = str(REPOSITORY / "tests" / "programs" / "forks_and_retries_for_ever.py")
    subprocess.Popen([sys.executable, program, "inside-the-fence"], stderr=subprocess.DEVNULL)
    group = Path("/sys/fs/cgroup/pids")
    group = group if group.is_dir() else Path("/sys/fs/cgroup")
    refused = _soon(lambda: "max 0\n" not in (group / "pids.events").read_text())
    _soon(lambda: (group / "pids.current").read_text().strip() == cap)
    now = (group / "pids.current").read_text().strip()
    _say(f"{now} processes, {'more were' if refused else 'none was'} refused")
    os._exit(0)


def run_in_a_fence_and_wait(token: str) -> None:
    """Hold a fence open until somebody kills this process (runs outside, harmless)."""
    with Fence(["sleep", token]) as fence:
        fence.wait()


def try_to_fence() -> None:
    """Try to make a fence; say why it was refused and whether the body ran."""
    try:
        run_fenced(["touch", "/tmp/ran"])
    except FenceUnavailable as refusal:
        _say(str(refusal))
    _say(f"the body ran: {os.path.exists('/tmp/ran')}")


def describe_host() -> None:
    """Try what sandboxes need, and print what came of it as one JSON list."""
    require_inside()
    can = [
        subprocess.run(["unshare", *options.split(), "true"], capture_output=True).returncode == 0
        for options in ("--user", "--user --map-root-user --pid --fork --mount-proc")
    ]
    try:
        os.mkdir("/tmp/mounted")
        mount("tmpfs", "/tmp/mounted", "tmpfs")
        mounts = True
    except PermissionError:
        mounts = False
    tops = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"]
    top = next(top for top in tops if os.path.isdir(top))
    try:
        os.mkdir(f"{top}/tried")
        os.rmdir(f"{top}/tried")
        groups = True
    except OSError:
        groups = False
    _say(json.dumps([os.getuid(), *can, mounts, _landlock_here(), groups]))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _landlock_here() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.syscall(444, None, 0, 1) > 0)  # landlock_create_ruleset, VERSION


def _soon(condition: Callable[[], bool], seconds: float = 50.0) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _token() -> str:
    """Seconds to sleep that no other process of this machine has in its arguments."""
    return f"{86400 + os.getpid()}.{time.monotonic_ns() % 10**9:09d}"


def _holders(token: str) -> list[str]:
    """Names of the processes that have *token* as an argument, this one's children aside."""
    names = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it ended meanwhile
        if token in words:
            names.append(os.path.basename(words[0]))
    return sorted(names)
