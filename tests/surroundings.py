"""Look at what is around a sandbox: it must be the same after a program as before it.

Runs behind the fence, in the process that is the sandbox's client.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

__all__ = ["Surroundings", "pids", "things"]

QUIET_SECONDS = 0.05
SETTLE_SECONDS = 20.0


class Surroundings:
    """What is around the sandbox and must be the same after a program as before it."""

    def __init__(self) -> None:
        self.home = os.environ["HOME"]
        os.environ["LESSONKIT_SECRET"] = "nobody's business"
        secret = Path(self.home, "secret")
        secret.touch(0o600)
        secret.write_text("nobody's business")
        self.bait = Path(self.home, "bait")
        self.bait.mkdir()
        (self.bait / "kept").write_text("kept")
        self.bait.chmod(0o755)
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self._tcp.getsockname()[1]))
        self._local = socket.socket(socket.AF_UNIX)
        self._local.bind("\0lessonkit-test")
        self._local.listen()
        threading.Thread(target=self._answer, daemon=True).start()
        self._peak = 0
        threading.Thread(target=self._count, daemon=True).start()
        self._bystander = self._start_bystander()
        self._before: Counter[str] = Counter()
        self._running = 0

    def arguments(self) -> list[str]:
        """What programs are told: where a secret, a server and a bait are."""
        port = str(self._tcp.getsockname()[1])
        return [self.home, port, "lessonkit-test", str(self.bait)]

    def begin(self) -> None:
        """Remember what there is now, once it stays the same: a spare box may be on its way."""
        same_since = time.monotonic()
        while not self._before or time.monotonic() - same_since < QUIET_SECONDS:
            time.sleep(0.01)
            if (now := things()) != self._before:
                self._before, same_since = now, time.monotonic()
        self._running = self._peak = len(pids())

    def end(self) -> dict[str, Any]:
        """Say what is left, how long that took to be nothing, and how the bystander is."""
        began = time.monotonic()
        while (now := things()) != self._before:
            if time.monotonic() - began > SETTLE_SECONDS:
                break
            time.sleep(0.005)
        report = {
            "left": sorted(now - self._before),
            "lost": sorted(self._before - now),
            "settled": time.monotonic() - began,
            "peak": self._peak - self._running,
            "bystander": self._look_at_bystander(),
        }
        if report["bystander"]:
            self._bystander.kill()
            self._bystander.wait()
            self._bystander = self._start_bystander()
        return report

    def _start_bystander(self) -> subprocess.Popen[bytes]:
        bystander = subprocess.Popen(["sleep", "1000"])
        while _state_of(bystander.pid) != "S (sleep)":
            time.sleep(0.001)  # it has not become sleep, or does not sleep yet
        self._limits = Path(f"/proc/{bystander.pid}/limits").read_text()
        return bystander

    def _look_at_bystander(self) -> str:
        """What was done to the bystander, or ""."""
        if (code := self._bystander.poll()) is not None:
            return f"it ended with {code}"
        if (state := _state_of(self._bystander.pid)) != "S (sleep)":
            return f"its state is {state}"
        if Path(f"/proc/{self._bystander.pid}/limits").read_text() != self._limits:
            return "its limits are others"
        if os.getpriority(os.PRIO_PROCESS, self._bystander.pid) != 0:
            return "its priority is another"
        return ""

    def _count(self) -> None:
        while True:
            self._peak = max(self._peak, len(pids()))
            time.sleep(0.03)

    def _answer(self) -> None:
        while True:
            _, sender = self._udp.recvfrom(100)
            self._udp.sendto(b"!", sender)


def things() -> Counter[str]:
    """Name what could be left: processes, descriptors, mounts, groups, files, segments.

    Sleeping bystanders ("sleep") and fence init do not count.
    """
    things: Counter[str] = Counter()
    for pid in pids():
        name = _state_of(pid)
        if name.endswith("(sleep)") or pid == 1:
            continue
        things[f"process {name[2:]} {_command_of(pid)}"] += 1
    for name in os.listdir("/proc/self/fd"):
        try:
            things[f"descriptor {re.sub('[0-9]+', 'N', os.readlink(f'/proc/self/fd/{name}'))}"] += 1
        except OSError:
            continue  # the one that listed the directory
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    things.update(f"mount {line.split()[4]}" for line in mounts)
    for top in ("pids", "memory", "freezer", "cpu", "cpuacct", "unified"):
        for path, _, _ in os.walk(f"/sys/fs/cgroup/{top}"):
            things[f"group {re.sub('[0-9]+', 'N', path)}"] += 1
    for top in ("/tmp", "/var/tmp", "/dev/shm", "/run"):
        for path, directories, files in os.walk(top):
            directories[:] = [name for name in directories if name != "__pycache__"]  # Python's own
            things.update(_file_name(path, name) for name in [*directories, *files])
    for kind in ("shm", "sem", "msg"):
        lines = Path(f"/proc/sysvipc/{kind}").read_text().splitlines()
        things[f"System V {kind}"] += len(lines) - 1
    return things


def _file_name(directory: str, name: str) -> str:
    """A file as one of the things; a spare box's directory is as good as another's."""
    path = os.path.join(directory, name)[:200]
    return "file " + re.sub(r"/lessonkit-[^/]+", "/lessonkit-*", path)


def pids() -> list[int]:
    """Pids of all processes behind the fence that /proc shows now."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _state_of(pid: int) -> str:
    """State and name, "S (sleep)"; "? (gone)" when it has been reaped."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "? (gone)"
    name, _, rest = text.partition(" ")[2].rpartition(")")
    return f"{rest.split()[0]} {name})"


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")[:60].strip()
    except (OSError, UnicodeDecodeError):
        return ""
