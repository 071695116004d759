"""Make the recordings of lesson 05 that no sandbox can show: what the real root may, and groups.

    python tools/record_as_root.py                   all of them, as root
    python tools/record_as_root.py group-kill        one

Begins a pid namespace of its own, which ends with it and everything in it, and control groups
below the one that it is in; it removes these. What is written is in
source/05-fork-bombs/recordings/: read the difference before you commit it. The other recordings of
the lesson are made by tools/record_lesson.py.
"""

from __future__ import annotations

import errno
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lessonkit.recordingfiles import save
from lessonkit.records import Ending, Run, Usage

__all__ = ["RECORDINGS", "record"]

LESSON = Path(__file__).resolve().parent.parent / "source" / "05-fork-bombs"
NOBODY = 61234
"""A user who has no processes: on a real machine nobody has this number."""

NOTE = "Made as root, outside of every sandbox."
INSIDE = "--inside"
SETTLE_SECONDS, LEAVE_SECONDS = 1.0, 5.0


def _forks_allowed() -> Callable[[], str]:
    """The program that the lesson shows in its cell d3-run."""
    cells = json.loads((LESSON / f"{LESSON.name}.ipynb").read_text("utf-8"))["cells"]
    [source] = ["".join(cell["source"]) for cell in cells if cell["id"] == "d3-run"]
    names: dict[str, Any] = {"os": os, "time": time}
    exec(compile(source, "d3-run", "exec", dont_inherit=True), names)
    found: Callable[[], str] = names["forks_allowed"]
    return found


def _in_a_child(function: Callable[[], Any]) -> Any:
    """Call it in a process of its own, in a group of its own, and end that group."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        try:
            os.write(writes, json.dumps(function()).encode() + b"\n")
        finally:
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as file:
        said = file.readline()
    os.waitpid(pid, 0)
    for _ in range(2):  # one that was being forked the first time is in the group, too
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    return json.loads(said)


@contextmanager
def _group(controller: str, most: int | None = None) -> Iterator[Path]:
    """A control group below our own; controller: "pids", or "" for one with cgroup.kill."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, names, below = line.split(":", 2)
        if controller and controller in names.split(","):
            above = Path(f"/sys/fs/cgroup/{controller}{below}")
        elif number == "0" and (not controller or Path("/sys/fs/cgroup/cgroup.procs").exists()):
            unified = Path("/sys/fs/cgroup/unified")
            above = Path(f"{unified if unified.is_dir() else '/sys/fs/cgroup'}{below}")
        else:
            continue
        break
    else:
        raise SystemExit(f"there is no control group with {controller or 'cgroup.kill'} here")
    group = above / f"lessonkit-{controller or 'kill'}-{os.getpid()}-{time.monotonic_ns()}"
    group.mkdir()
    try:
        if most is not None:
            (group / "pids.max").write_text(str(most))
        yield group
    finally:
        until = time.monotonic() + LEAVE_SECONDS
        while group.exists():
            try:
                group.rmdir()
            except OSError:  # somebody in it has still to be reaped
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)


def _join(*groups: Path) -> None:
    for group in groups:
        (group / "cgroup.procs").write_text(str(os.getpid()))


def limits_and_root() -> dict[str, str]:
    """Twelve forks of root: with RLIMIT_NPROC 6, and in a group with pids.max 6."""
    forks_allowed = _forks_allowed()

    def with_rlimit() -> str:
        resource.setrlimit(resource.RLIMIT_NPROC, (6, 6))
        return forks_allowed()

    with _group("pids", 6) as group:

        def in_group() -> list[str]:
            _join(group)
            said = forks_allowed()
            now = (group / "pids.current").read_text().strip()
            return [said, now, " ".join((group / "pids.events").read_text().split())]

        said, now, events = _in_a_child(in_group)
    return {
        "RLIMIT_NPROC 6": _in_a_child(with_rlimit),
        "pids.max 6": f"{said}; then pids.current {now}, pids.events: {events}",
    }


def setuid_then_exec() -> dict[str, str]:
    """Root becomes a user who is over the limit, then calls exec: which of the two fails?"""

    def late() -> dict[str, str]:
        resource.setrlimit(resource.RLIMIT_NPROC, (3, 3))
        ready, tells = os.pipe()
        for _ in range(4):
            if os.fork() == 0:
                os.setuid(NOBODY)
                os.write(tells, b".")
                time.sleep(60)
                os._exit(0)
        for _ in range(4):
            os.read(ready, 1)
        said = {}
        os.setuid(NOBODY)
        said[f"os.setuid({NOBODY})"] = f"allowed, I am user {os.getuid()}"
        try:
            os.execv("/bin/true", ["true"])
        except OSError as error:
            name = errno.errorcode[error.errno or 0]
            said["os.execv"] = f"refused: {name}, {error.strerror}"
        return said

    found: dict[str, str] = _in_a_child(late)
    return found


def group_kill() -> dict[str, str]:
    """A bomb in a group with room for 20, a bystander in another, and one write to cgroup.kill."""
    with _group("pids", 20) as room, _group("") as target, _group("") as other:
        bystander = subprocess.Popen(["sleep", "60"], preexec_fn=lambda: _join(other))

        def begin() -> None:
            _join(room, target)
            os.setgid(NOBODY)
            os.setuid(NOBODY)

        bomb = subprocess.Popen(
            ["bash", "-c", ":(){ :|:& };:; exec sleep 60"],
            preexec_fn=begin,
            stderr=subprocess.DEVNULL,
        )

        def count() -> int:
            return len((target / "cgroup.procs").read_text().split())

        time.sleep(SETTLE_SECONDS)
        said = {"in the group of the bomb, at first": f"{count()} processes"}
        began = time.monotonic()
        (target / "cgroup.kill").write_text("1")
        while count():
            time.sleep(0.0005)
        milliseconds = max(1, round(1000 * (time.monotonic() - began)))
        said["after one write to cgroup.kill"] = f"none left, within {milliseconds} ms"
        time.sleep(SETTLE_SECONDS)
        said["a second later"] = f"{count()} processes"
        said["the bystander"] = "lives" if bystander.poll() is None else "ended"
        bystander.kill()
        bystander.wait()
        bomb.wait()
    return said


RECORDINGS: dict[str, Callable[[], dict[str, str]]] = {
    "limits-and-root": limits_and_root,
    "setuid-then-exec": setuid_then_exec,
    "group-kill": group_kill,
}


def record(name: str, folder: Path) -> Path:
    """Make one recording in *folder* and return its file. Needs root, in a place of its own."""
    began = time.monotonic()
    value = RECORDINGS[name]()
    usage = Usage(
        wall_seconds=round(time.monotonic() - began, 3),
        cpu_seconds=0.0,
        cpu_source="not measured",
        peak_memory_bytes=0,
        peak_memory_source="not measured",
    )
    run = Run(ending=Ending(kind="exited", exit_code=0), value=value, usage=usage, note=NOTE)
    return save(run, folder / f"{name}.json", outside=True)


def main() -> int:
    """Record what the arguments name, in a pid namespace of its own."""
    inside = sys.argv[1:2] == [INSIDE]
    names = sys.argv[1 + inside :] or list(RECORDINGS)
    if not set(names) <= set(RECORDINGS) or os.geteuid() != 0:
        print(__doc__)
        return 2
    if not inside:
        place = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
        return subprocess.call([*place, sys.executable, __file__, INSIDE, *names])
    for name in names:
        path = record(name, LESSON / "recordings")
        print(f"{path.name}: {re.sub(r'[{}]', '', str(json.loads(path.read_text())['value']))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
