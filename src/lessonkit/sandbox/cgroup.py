"""Hold a whole box under one memory and process limit, where cgroups may be written.

Used only when asked for (`require={"tree_memory": "kernel"}`), because moving a process
into a cgroup of version 1 costs about 10 ms. The launcher makes one group for each box
and removes it when the box is gone; init sets the limits and reads the peak. Groups that
a killed launcher left are removed by the next one.

Source: cgroups(7), the kernel's cgroup-v1/memory and cgroup-v2 documents.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

__all__ = ["Groups", "memory_kills", "peak_memory", "set_limits"]

_PREFIX = "lessonkit-box-"
_V1 = {
    "memory": ("memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control"),
    "pids": ("pids.max",),
}


class Groups:
    """The launcher's groups. *wanted* False: every method does nothing."""

    def __init__(self, *, wanted: bool) -> None:
        self._parents: list[int] = []
        self._made: dict[int, str] = {}
        self._waiting: list[str] = []
        self._count = 0
        if wanted:
            self._parents = [os.open(p, os.O_PATH | os.O_DIRECTORY) for p in _find_parents()]
            self._sweep()

    def make(self) -> tuple[str, list[int]]:
        """Make the group of a new box; return its name and a descriptor per directory."""
        if not self._parents:
            return "", []
        self._retry()
        self._count += 1
        name = f"{_PREFIX}{os.getpid()}-{self._count}"
        opened = []
        for parent in self._parents:
            os.mkdir(name, dir_fd=parent)
            opened.append(os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=parent))
        return name, opened

    def add(self, name: str, pid: int) -> None:
        """Move init into its group, before it forks anything."""
        if not name:
            return
        self._made[pid] = name
        for parent in self._parents:
            _write(f"{name}/cgroup.procs", str(pid), parent)

    def remove(self, pid: int) -> None:
        """Remove the group of a box whose init was reaped."""
        name = self._made.pop(pid, None)
        if name is not None:
            self._waiting.append(name)
            self._retry()

    def _retry(self) -> None:
        self._waiting = [name for name in self._waiting if not self._removed(name)]

    def _removed(self, name: str) -> bool:
        for parent in self._parents:
            try:
                os.rmdir(name, dir_fd=parent)
            except FileNotFoundError:
                continue
            except OSError:
                return False  # EBUSY: the kernel is still letting its last process go
        return True

    def _sweep(self) -> None:
        """Remove what launchers that were killed have left."""
        for parent in self._parents:
            for name in os.listdir(f"/proc/self/fd/{parent}"):
                owner = name.removeprefix(_PREFIX).split("-")[0]
                if name.startswith(_PREFIX) and not os.path.exists(f"/proc/{owner}"):
                    with suppress(OSError):
                        os.rmdir(name, dir_fd=parent)


def set_limits(settings: dict[str, Any], limits: dict[str, Any]) -> None:
    """Called by init when the job is known. One process more than the limit: init itself."""
    memory = str(limits["tree_memory_bytes"])
    for fd in settings["cgroup_fds"]:
        _try_write("memory.limit_in_bytes", memory, fd)
        _try_write("memory.max", memory, fd)
        _try_write("memory.swap.max", "0", fd)
        _try_write("pids.max", str(limits["max_processes"] + 1), fd)


def peak_memory(settings: dict[str, Any]) -> int | None:
    """The most that the whole box had at a time, in bytes; None without a memory group."""
    for fd in settings["cgroup_fds"]:
        for name in ("memory.max_usage_in_bytes", "memory.peak"):
            text = _read(name, fd)
            if text is not None:
                return int(text)
    return None


def memory_kills(settings: dict[str, Any]) -> int:
    """How many processes of the box the kernel killed for want of memory."""
    for fd in settings["cgroup_fds"]:
        for name in ("memory.oom_control", "memory.events"):
            for line in (_read(name, fd) or "").splitlines():
                if line.startswith("oom_kill "):
                    return int(line.split()[1])
    return 0


def _find_parents() -> list[str]:
    """Directories in which groups can be made. Raises OSError when memory has none."""
    found, tried = [], []
    with open("/proc/self/cgroup", encoding="ascii") as file:
        rows = [line.strip().split(":", 2) for line in file]
    for _, controllers, path in rows:
        for controller in controllers.split(","):
            if controller in _V1:
                tried.append(f"/sys/fs/cgroup/{controller}{path}")
                if _usable(tried[-1], _V1[controller][0]):
                    found.append(tried[-1])
        if not controllers:
            for base in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"):
                tried.append(base + path)
                if _usable(tried[-1], "memory.max"):
                    found.append(tried[-1])
    if not any("/memory" in p or _usable(p, "memory.max") for p in found):
        raise PermissionError(
            13, f"no memory cgroup can be made here (tried {', '.join(tried) or 'nothing'})"
        )
    return found


def _usable(directory: str, needed: str) -> bool:
    """Whether a group made there has the file *needed*. Tried by making one."""
    trial = os.path.join(directory, f"{_PREFIX}{os.getpid()}-trial")
    try:
        os.mkdir(trial)
    except OSError:
        return False
    try:
        return os.access(os.path.join(trial, needed), os.W_OK)
    finally:
        os.rmdir(trial)


def _write(name: str, text: str, directory: int) -> None:
    fd = os.open(name, os.O_WRONLY, dir_fd=directory)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def _try_write(name: str, text: str, directory: int) -> None:
    with suppress(FileNotFoundError):  # the other version's file, or the other controller's
        _write(name, text, directory)


def _read(name: str, directory: int) -> str | None:
    try:
        fd = os.open(name, os.O_RDONLY, dir_fd=directory)
    except OSError:
        return None
    try:
        return os.read(fd, 65536).decode("ascii")
    finally:
        os.close(fd)
