"""Run the dangerous part of a test behind an outer fence: what is inside can reach, fill or
outlive nothing of this machine, even if every guarantee of lessonkit's own sandbox is broken.

    fenced = run_fenced(["/bin/true"])          # a command
    fenced = run_fenced(body("tests.hostile:main", "user"))   # a function, by dotted name

Theory of operation. Four processes stand in a row, each the parent of the next:

    test -- gate (this file, then unshare) -- fence init (this file, pid 1) -- the body

The gate asks to be killed with the test, joins control groups that cap processes and
memory, and becomes `unshare --kill-child`, so that fence init dies with it; and with fence
init the kernel kills all that is inside. Fence init makes the inside a small machine: its
own /proc, network, IPC and temporary directories, empty homes, and the capped groups as the
top of the only control groups to be seen there: nothing inside can be moved out of the caps.

Without caps there is no fence: `FenceUnavailable` is raised and the body never runs.

Source: unshare(1), pid_namespaces(7), cgroups(7).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

__all__ = [
    "KEPT",
    "MARK",
    "REPOSITORY",
    "Fence",
    "FenceUnavailable",
    "Fenced",
    "body",
    "cover",
    "mount",
    "require_inside",
    "run_fenced",
]

REPOSITORY = Path(__file__).resolve().parent.parent
_kept = (sys.base_prefix, sys.prefix, str(REPOSITORY))
KEPT = tuple(dict.fromkeys(os.path.realpath(path) for path in _kept))
"""What stays reachable in a fence, whatever is laid over the directories above it."""

MARK = "LESSONKIT_FENCE"
GiB = 1024**3

MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC = 1, 32, 4096, 16384
PR_SET_PDEATHSIG = 1
_CONTROLLERS = ("pids", "memory", "freezer", "cpu", "cpuacct")
_NAME = "lessonkit-fence-"
_libc = ctypes.CDLL(None, use_errno=True)


class FenceUnavailable(Exception):
    """This host cannot cap what would run inside, so it must not run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fenced:
    """How a fenced body ended. returncode: 0-255, 128 + n if signal n ended it.

    left_groups: control groups that were made inside and never removed (they are now).
    """

    returncode: int
    stdout: str
    stderr: str
    timed_out: bool
    left_groups: tuple[str, ...] = ()


class Fence:
    """A fence with a running body; leaving it kills all that is inside and waits for that."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        timeout: float = 110.0,
        max_processes: int = 300,
        memory_bytes: int = 2 * GiB,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Start *command* as an only child of fence init. Call from the main thread only:
        the kernel kills the gate when the *thread* that started it ends.
        """
        if os.geteuid() != 0:
            raise FenceUnavailable("no outer fence: it needs root to cap processes and memory")
        self._deadline = time.monotonic() + timeout
        self._groups = _make_groups(max_processes, memory_bytes)
        self._texts: list[str] = []
        self._out, out = _roomy_pipe()
        self._err, err = _roomy_pipe()
        python, this = sys.executable, os.path.abspath(__file__)
        inner = [python, "-I", this, "init", *(f"{g}={m}" for g, m in self._groups), "--"]
        unshare = "unshare --pid --fork --kill-child --mount-proc --ipc --uts --net --cgroup --"
        self._gate = subprocess.Popen(
            [python, "-I", this, "gate", *(g for g, _ in self._groups), "--"]
            + [*unshare.split(), *inner, *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", MARK: "1", **(env or {})},
        )
        os.close(out)
        os.close(err)

    def running(self) -> bool:
        """True while the body has neither ended nor used up its time."""
        return self._gate.poll() is None and time.monotonic() < self._deadline

    def wait(self) -> Fenced:
        """Wait for the body, at most until its time is up, then take the fence down."""
        try:
            self._gate.wait(max(0.0, self._deadline - time.monotonic()))
            timed_out = False
        except subprocess.TimeoutExpired:
            timed_out = True
        left = self.close()
        return Fenced(
            returncode=self._gate.returncode,
            stdout=self._texts[0],
            stderr=self._texts[1],
            timed_out=timed_out,
            left_groups=left,
        )

    def close(self) -> tuple[str, ...]:
        """Kill what is left inside, remove the caps; return the groups left inside, if any."""
        self._gate.kill()
        self._gate.wait()
        left: list[str] = []
        for group, _ in self._groups:
            inner = sorted((str(p.parent) for p in Path(group).rglob("cgroup.procs")), key=len)[1:]
            left += [os.path.relpath(path, group) for path in inner]
            for path in reversed([group, *inner]):
                _remove_group(path)
        self._groups = []
        if not self._texts:
            for stream in (self._out, self._err):  # all writers are dead: this cannot block
                with os.fdopen(stream, "rb") as file:
                    self._texts.append(file.read().decode("utf-8", "backslashreplace"))
        return tuple(sorted(set(left)))

    def __enter__(self) -> Fence:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def run_fenced(
    command: Sequence[str],
    *,
    timeout: float = 110.0,
    max_processes: int = 300,
    memory_bytes: int = 2 * GiB,
    env: Mapping[str, str] | None = None,
) -> Fenced:
    """Run *command* behind a fence and say how it ended; nothing of it is left on return."""
    with Fence(
        command, timeout=timeout, max_processes=max_processes, memory_bytes=memory_bytes, env=env
    ) as fence:
        return fence.wait()


def body(name: str, *args: str) -> list[str]:
    """The command that calls a test body, "package.module:function", with *args*."""
    module, _, function = name.partition(":")
    code = (
        f"import sys; sys.path[:0] = {[str(REPOSITORY), str(REPOSITORY / 'src')]!r}; "
        f"from {module} import {function}; {function}(*sys.argv[1:])"
    )
    return [sys.executable, "-c", code, *args]


def require_inside() -> None:
    """Raise unless this process is behind a fence: every dangerous test body calls it first."""
    processes = sum(name.isdigit() for name in os.listdir("/proc"))
    parent = Path("/proc/1/cmdline").read_bytes().split(b"\0")
    if os.environ.get(MARK) != "1" or processes > 40 or b"init" not in parent:
        raise FenceUnavailable("this test body may run behind the outer fence only")


def mount(source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
    """Mount, or raise OSError naming the target. Source: mount(2)."""
    arguments = [a.encode() for a in (source, target, kind)]
    if _libc.mount(*arguments, ctypes.c_ulong(flags), options.encode()) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


def cover(directory: str, *, mode: str, keep: Sequence[str] = KEPT) -> None:
    """Lay an empty tmpfs over *directory*, but leave the paths *keep* below it in place."""
    kept = [p for p in keep if p.startswith(directory + "/")]
    handles = [os.open(p, os.O_PATH) for p in kept]
    mount("tmpfs", directory, "tmpfs", 0, f"mode={mode},size=256m")
    for path, handle in zip(kept, handles, strict=True):
        os.makedirs(path, mode=0o755, exist_ok=True)
        mount(f"/proc/self/fd/{handle}", path, "", MS_BIND | MS_REC)
        os.close(handle)


def _roomy_pipe() -> tuple[int, int]:
    """A pipe for 1 MiB of output: nobody reads before the end.

    Not a file: what can open our descriptors through /proc could write over its beginning.
    """
    read, write = os.pipe()
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 2**20)
    return read, write


def _make_groups(max_processes: int, memory_bytes: int) -> list[tuple[str, str]]:
    """Make the capped groups; return (group, where its hierarchy is mounted) for each."""
    values = {"pids.max": max_processes, "memory.limit_in_bytes": memory_bytes}
    values |= {"memory.max": memory_bytes}
    name = f"{_NAME}{os.getpid()}-{time.monotonic_ns()}"
    groups: list[tuple[str, str]] = []
    capped: set[str] = set()
    for mounted, controllers in _hierarchies():
        parent = _own_group(mounted, controllers)
        _sweep(parent)
        group = os.path.join(parent, name)
        try:
            os.mkdir(group)
            groups.append((group, mounted))
            for file in sorted(values.keys() & set(os.listdir(group))):
                Path(group, file).write_text(str(values[file]))
                capped.add(file.split(".")[0])
        except OSError:
            continue  # no right to make or cap it: whether enough is capped is asked below
    if not {"pids", "memory"} <= capped:
        for group, _ in groups:
            os.rmdir(group)
        raise FenceUnavailable(
            f"no outer fence: only {sorted(capped)} can be capped here, pids and memory must be. "
            "Run the tests as root where the control groups are writable"
        )
    return groups


def _hierarchies() -> list[tuple[str, tuple[str, ...]]]:
    """Mounted hierarchies that can cap or freeze: (mount point, v1 controllers; () for v2)."""
    found: dict[str, tuple[str, ...]] = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        kind, _, options = rest.split(" ", 2)
        mounted = fields.split()[4]
        if kind == "cgroup2":
            found[mounted] = ()
        elif kind == "cgroup":
            # Not all of them cap anything, but what is made or frozen there must be seen.
            known = set(_CONTROLLERS) & set(options.split(" ")[-1].split(","))
            if known:
                found[mounted] = tuple(sorted(known))
    return list(found.items())


def _own_group(mounted: str, controllers: tuple[str, ...]) -> str:
    """The directory to make a group in: below our own, so that our own caps hold too."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        if set(names.split(",")) - {""} >= set(controllers) and bool(names) == bool(controllers):
            own = mounted + path.rstrip("/")
            if not controllers:
                # v2: a group with processes cannot hand controllers down; its parent did.
                own = os.path.dirname(own) if path != "/" else mounted
            return own if os.path.isdir(own) else mounted
    return mounted


def _sweep(parent: str) -> None:
    """Remove the empty groups of tests that were killed."""
    for group in Path(parent).glob(f"{_NAME}*"):
        owner = group.name.removeprefix(_NAME).partition("-")[0]
        if not os.path.exists(f"/proc/{owner}"):
            for path in sorted(group.rglob("cgroup.procs"), reverse=True):
                with suppress(OSError):  # not ours to remove, or removed by another test run
                    os.rmdir(path.parent)


def _remove_group(path: str) -> None:
    """Remove a group as soon as nothing is in it any more; what is in it is ended."""
    deadline = time.monotonic() + 10
    while True:
        for file, text in (("cgroup.kill", "1"), ("freezer.state", "THAWED")):
            if os.path.exists(os.path.join(path, file)):
                Path(path, file).write_text(text)
        try:
            return os.rmdir(path)
        except FileNotFoundError:
            return None
        except OSError:  # EBUSY: the kernel is still ending the last processes
            if time.monotonic() > deadline:
                raise
            with suppress(OSError):
                for pid in Path(path, "cgroup.procs").read_text().split():
                    os.kill(int(pid), signal.SIGKILL)
            time.sleep(0.005)


def _gate(groups: Sequence[str], command: Sequence[str]) -> None:
    """Bind this process to its parent's life, step into the caps and become *command*."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for group in groups:
        Path(group, "cgroup.procs").write_text(str(os.getpid()))
    os.execvp(command[0], list(command))


def _init(groups: Sequence[str], command: Sequence[str]) -> int:
    """Furnish the inside as its pid 1, run *command*, reap for it, return its exit code."""
    for pair in groups:
        group, _, mounted = pair.rpartition("=")
        mount(group, mounted, "", MS_BIND)
    for directory in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/root", "/home"):
        cover(directory, mode=f"{os.stat(directory).st_mode & 0o7777:o}")
    _bring_up_loopback()
    child = os.fork()
    if child == 0:
        os.execvp(command[0], list(command))
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _bring_up_loopback() -> None:
    """Source: netdevice(7), SIOCSIFFLAGS with IFF_UP | IFF_RUNNING."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh22x", b"lo", 0x41))


if __name__ == "__main__":
    role, rest = sys.argv[1], sys.argv[2:]
    split = rest.index("--")
    if role == "gate":
        _gate(rest[:split], rest[split + 1 :])
    sys.exit(_init(rest[:split], rest[split + 1 :]))
