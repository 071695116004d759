"""Read the processes of a box, by the pids that they see themselves.

With a /proc of the box's own, or without any pid namespace, that is what /proc says.
Where no new /proc may be mounted, init keeps the host's /proc as its working directory
(the program has none) and translates: the NSpid line of a process lists its pid in each
nested namespace.

Source: proc_pid_status(5), NSpid; pid_namespaces(7).
"""

from __future__ import annotations

import dataclasses
import os
from typing import Any

from lessonkit import procfs
from lessonkit.records import ProcessInfo, Snapshot

__all__ = ["View"]


class View:
    """Init's eyes. Made once init stands where it will stay."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._root = None if settings["pid_ns"] else os.getpid()
        self._translated = settings["pid_ns"] and not settings["fresh_proc"]
        self._depth = 0
        self._outer: dict[int, int] = {}  # pid in the box -> pid outside
        self._host_pid = 0
        if self._translated:
            self._host_pid = int(os.readlink("self"))
            self._depth = len(procfs.nspid(self._host_pid, proc=".")) - 1

    def snapshot(self) -> Snapshot:
        """All processes of the box, init among them, ordered by pid."""
        if not self._translated:
            return procfs.snapshot(root_pid=self._root)
        seen = procfs.snapshot(proc=".", root_pid=self._host_pid)
        inner = {}
        for process in seen.processes:
            pids = procfs.nspid(process.pid, proc=".")
            if len(pids) > self._depth:
                inner[process.pid] = pids[self._depth]
        self._outer = {pid: host for host, pid in inner.items()}
        found = [
            dataclasses.replace(
                p,
                pid=inner[p.pid],
                ppid=inner.get(p.ppid, 0),
                pgid=inner.get(p.pgid, 0),
                sid=inner.get(p.sid, 0),
            )
            for p in seen.processes
            if p.pid in inner
        ]
        found.sort(key=lambda p: p.pid)
        return Snapshot(at_seconds=seen.at_seconds, processes=tuple(found))

    def process(self, pid: int) -> ProcessInfo | None:
        """One process of the box, or None when there is none with that pid."""
        if not self._translated:
            return procfs.read_process(pid)
        return self.snapshot().get(pid)

    def status_field(self, pid: int, name: str) -> str | None:
        """One line of its /proc/PID/status, or None when it is gone."""
        if not self._translated:
            return procfs.status_field(pid, name)
        self.snapshot()
        outer = self._outer.get(pid)
        return None if outer is None else procfs.status_field(outer, name, proc=".")

    def last_pid(self) -> int | None:
        """The pid that this pid namespace handed out last; None without a namespace."""
        if self._root is not None:
            return None
        return procfs.last_pid(proc="." if self._translated else "/proc")

    def proportional_bytes(self, pid: int) -> int | None:
        """Its memory, shared pages divided among those that share; None when unreadable.

        Source: proc_pid_smaps(5), smaps_rollup, Pss.
        """
        try:
            with open(f"{self._folder(pid)}/smaps_rollup", "rb") as file:
                for line in file:
                    if line.startswith(b"Pss:"):
                        return int(line.split()[1]) * 1024
        except (FileNotFoundError, ProcessLookupError):
            return 0  # it ended: a zombie has no memory
        except OSError:
            return None
        return None

    def own_bytes(self, pid: int) -> tuple[int, int]:
        """Its resident memory that no file backs, and the rest; (0, 0) when it is gone.

        Source: proc_pid_statm(5), resident and shared.
        """
        try:
            with open(f"{self._folder(pid)}/statm", "rb") as file:
                words = file.read().split()
        except OSError:
            return 0, 0
        resident, shared = int(words[1]), int(words[2])
        return (resident - shared) * procfs.PAGE_BYTES, shared * procfs.PAGE_BYTES

    def waited_seconds(self, pid: int) -> float:
        """How long its first thread stood ready to run, but had no processor; 0.0 if unknown.

        Source: `procfs.schedule_seconds`.
        """
        return _waited(*os.path.split(self._folder(pid)))

    def waited_seconds_of_threads(self, pid: int) -> float:
        """The same for all threads that it has now, added up."""
        tasks = f"{self._folder(pid)}/task"
        try:
            return sum(_waited(tasks, name) for name in os.listdir(tasks))
        except OSError:
            return 0.0

    def _folder(self, pid: int) -> str:
        """Its folder in /proc, by what the last snapshot knew."""
        return f"./{self._outer.get(pid, 0)}" if self._translated else f"/proc/{pid}"


def _waited(folder: str, name: str) -> float:
    _, waited = procfs.schedule_seconds(int(name), proc=folder) or (0.0, 0.0)
    return waited  # 0.0: it is gone, or this kernel does not count
