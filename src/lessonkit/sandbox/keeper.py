"""Watch over the processes of one box: reap, measure, enforce limits, end everything.

Used by init, which is the student's parent and the adopter of its orphans: pid 1 of the
box's pid namespace, or a subreaper where there is none.
"""

from __future__ import annotations

import os
import resource
import select
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lessonkit.records import Corpse, ProcessInfo, Snapshot
from lessonkit.sandbox import homes, killing
from lessonkit.sandbox.patience import MOST_OF_ALL, Deadline
from lessonkit.sandbox.tracer import WALL, Tracer, child_signal_fd
from lessonkit.sandbox.view import View

__all__ = ["Keeper", "LimitHit"]

SAMPLE_SECONDS = 0.05
DISK_SECONDS = 0.2
_TICK = os.sysconf("SC_CLK_TCK")


class LimitHit(Exception):
    """A limit that ends the whole box was reached; `name` is its field in Limits."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Keeper:
    """The processes of one box and what is known about them."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.view = View(settings)
        self.student_pid = 0
        self.student_status: int | None = None
        self.student_cpu_seconds = 0.0
        self.fixtures: dict[int, int | None] = {}
        self.adopted: list[Corpse] = []
        self.adopted_before_end = 0
        self.known_orphans: set[int] = set()
        self.on_channel_error: Callable[[str], object] = lambda problem: None
        self.tracer: Tracer | None = None
        self.holding = False
        self.watched: dict[int, Callable[[], None]] = {}
        self._writers: dict[int, Callable[[], bool]] = {}
        self.on_sample: Callable[[Snapshot], None] | None = None
        self._on_next_sample: Callable[[Snapshot], None] | None = None
        self.sample_seconds = SAMPLE_SECONDS
        self.peak_rss_bytes = 0
        self._limits: dict[str, Any] | None = None
        self._deadline = float("inf")
        self._patience: Deadline | None = None
        self.used_seconds = 0.0  # CPU time of the whole box, when it was last looked at
        self._next_sample = float("inf")
        self._next_disk = 0.0
        self.started = 0.0
        self._pid_base: int | None = None
        self._cpu_base = _children_cpu()
        self._wake = child_signal_fd()
        self._poller = select.poll()
        self.watch(self._wake, self._drain)

    def watch(self, fd: int, ready: Callable[[], None]) -> None:
        """Call *ready* from `pump` whenever *fd* can be read or is at its end."""
        self.watched[fd] = ready
        self._poller.register(fd, select.POLLIN)

    def when_writable(self, fd: int, ready: Callable[[], bool]) -> None:
        """Call *ready* from `pump` whenever the watched *fd* takes data, until it is True."""
        self._writers[fd] = ready
        self._poller.modify(fd, select.POLLIN | select.POLLOUT)

    def _write(self, fd: int) -> None:
        if self._writers[fd]():
            del self._writers[fd]
            if fd in self.watched:
                self._poller.modify(fd, select.POLLIN)

    def unwatch(self, fd: int) -> None:
        """Forget *fd*."""
        if self.watched.pop(fd, None) is not None:
            self._poller.unregister(fd)

    def start_clock(
        self, limits: dict[str, Any], *, waited: Callable[[], tuple[float, float]] | None = None
    ) -> None:
        """Begin to enforce *limits*, and to count what the program makes and uses.

        waited: given for a scene, whose wall clock goes on while it waits for a busy host.
        """
        now = time.monotonic()
        self._limits = limits
        self.started = now
        wall = limits["wall_seconds"]
        self._deadline = now + wall
        if waited is not None:
            self._patience = Deadline(wall, waited, most=MOST_OF_ALL)
        self._next_sample = now + self.sample_seconds
        self._cpu_base = _children_cpu()
        self._pid_base = self.view.last_pid()

    def show_next_sample(
        self, show: Callable[[Snapshot], None], seconds: float, *, now: bool
    ) -> None:
        """Call *show* with the next of the snapshots that are taken to enforce limits.

        They are taken every *seconds* from here on, if that is more often; now: at once.
        """
        self._on_next_sample = show
        if self._limits is not None:
            self.sample_seconds = min(self.sample_seconds, seconds)
            soon = time.monotonic() + (0 if now else seconds)
            self._next_sample = min(self._next_sample, soon)

    def stop_clock(self) -> float:
        """Stop enforcing; return the wall seconds since `start_clock`."""
        self._limits = None
        self._deadline = self._next_sample = float("inf")
        return time.monotonic() - self.started

    def pump(self, condition: Callable[[], object], seconds: float = float("inf")) -> bool:
        """Handle what happens until *condition* is true; False when time was up first.

        Raises LimitHit when the box has used up a limit.
        """
        until = time.monotonic() + seconds
        while not condition():
            now = time.monotonic()
            if now >= self._deadline:
                left = 0.0 if self._patience is None else self._patience.left()
                if left <= 0:
                    raise LimitHit("wall_seconds")
                self._deadline = now + left
            if now >= self._next_sample:
                self._sample(now)
            if now >= until:
                # What has come in the meantime was in time: it may have been init that was late.
                self._handle(0.0)
                return bool(condition())
            wait = max(0.0, min(until, self._deadline, self._next_sample) - now)
            self._handle(min(wait, 3600.0) * 1000.0 + 0.5)
        return True

    def _handle(self, milliseconds: float) -> None:
        """Wait for what is watched, for so long at most, and handle what has come."""
        for fd, what in self._poller.poll(milliseconds):
            if what & select.POLLOUT:
                self._write(fd)
            ready = self.watched.get(fd)
            if ready is not None and what & ~select.POLLOUT:
                ready()

    def reap(self) -> None:
        """Collect everything that has ended, and handle what the tracer stopped."""
        while True:
            try:
                pid, status, usage = self._wait()
            except ChildProcessError:
                return
            if pid == 0:
                return
            if self.tracer is not None and self.tracer.on_status(pid, status):
                continue
            if os.WIFSTOPPED(status) or os.WIFCONTINUED(status):
                continue
            self._ended(pid, status)
            if pid == self.student_pid and usage is not None:
                self.student_cpu_seconds = usage.ru_utime + usage.ru_stime

    def _wait(self) -> tuple[int, int, resource.struct_rusage | None]:
        if not self.holding:
            return os.wait4(-1, os.WNOHANG | WALL)
        for pid in [self.student_pid, *self.fixtures]:
            if self.student_status is None or pid != self.student_pid:
                with suppress(ChildProcessError):
                    found = os.wait4(pid, os.WNOHANG | WALL)
                    if found[0]:
                        return found
        if self.tracer is not None:  # the others go on, though their corpses have to wait
            return *self.tracer.wait_held(), None
        return 0, 0, None

    def _ended(self, pid: int, status: int) -> None:
        if pid == self.student_pid and self.student_status is None:
            self.student_status = status
            self.adopted_before_end = len(self.adopted)
        elif pid in self.fixtures and self.fixtures[pid] is None:
            self.fixtures[pid] = status
        else:
            self.adopted.append(Corpse(pid=pid, wait_status=status))

    def snapshot(self) -> Snapshot:
        """All processes of the box, with the pids that they see themselves."""
        snapshot = self.view.snapshot()
        me = os.getpid()
        orphans = {p.pid for p in self.others(snapshot) if p.ppid == me}
        if not orphans <= self.known_orphans:
            student = self.view.process(self.student_pid)
            if student is not None and not student.is_zombie:
                # The program lives even after the pass: what is init's child was adopted
                # before its end, and is not one of the corpses that it leaves.
                self.known_orphans |= orphans
        return snapshot

    def forks(self) -> int | None:
        """Processes and threads made since the clock started, by the kernel's pid counter."""
        if self._pid_base is None:
            return None
        last = self.view.last_pid()
        return None if last is None or last < self._pid_base else last - self._pid_base

    def cpu_seconds(self) -> float:
        """CPU time of all that was reaped since the clock started."""
        return max(0.0, _children_cpu() - self._cpu_base)

    def others(self, snapshot: Snapshot) -> list[ProcessInfo]:
        """What is in *snapshot* besides init, the student's process and the fixtures."""
        ours = {os.getpid(), self.student_pid, *self.fixtures}
        return [p for p in snapshot.processes if p.pid not in ours]

    def end_all(self) -> list[ProcessInfo]:
        """Kill and reap everything but init. Returns what could not be ended: normally []."""
        self.stop_clock()
        self.holding = False
        return killing.end_all(self.settings, self.tracer.on_status if self.tracer else None)

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._wake, 128)
        self.reap()

    def _sample(self, now: float) -> None:
        self._next_sample = now + self.sample_seconds
        snapshot = self.snapshot()
        inside = [p for p in snapshot.processes if p.pid != os.getpid()]
        rss = sum(p.rss_bytes for p in inside)
        self.peak_rss_bytes = max(self.peak_rss_bytes, rss)
        if self.on_sample is not None:
            self.on_sample(snapshot)
        once, self._on_next_sample = self._on_next_sample, None
        if once is not None:
            once(snapshot)
        limits = self._limits
        if limits is None:
            return
        if not self.settings["new_root"]:
            self._check_disk(now, limits)
        most = limits["tree_memory_bytes"]
        # Resident sets count a page that forks share once for each of them. So look closer,
        # which is slow, only when their sum is too high; with a cgroup the kernel counts.
        if rss > most and not self.settings["cgroup_fds"] and self._shared_out(inside) > most:
            raise LimitHit("tree_memory_bytes")
        ticks = sum(
            p.user_ticks + p.system_ticks + p.children_user_ticks + p.children_system_ticks
            for p in inside
        )
        self.used_seconds = ticks / _TICK + self.cpu_seconds()
        if self.used_seconds > limits["tree_cpu_seconds"]:
            raise LimitHit("tree_cpu_seconds")

    def _shared_out(self, processes: list[ProcessInfo]) -> int:
        """Memory of all together in bytes, each shared page counted once."""
        total, most_shared = 0, 0
        inherited = self.view.own_bytes(os.getpid())[0]
        for process in processes:
            pss = self.view.proportional_bytes(process.pid)
            if pss is None:
                # Not ours to see. What it does not share with a file, less what every fork
                # of init begins with, is at least not counted twice.
                private, shared = self.view.own_bytes(process.pid)
                pss, most_shared = max(0, private - inherited), max(most_shared, shared)
            total += pss
        return total + most_shared

    def _check_disk(self, now: float, limits: dict[str, Any]) -> None:
        """Without a tmpfs of its own: add up what is in the box's directory, now and then."""
        if now < self._next_disk:
            return
        self._next_disk = now + DISK_SECONDS
        used_bytes, used_inodes = homes.measure(self.settings["home"], limits["disk_inodes"])
        if used_bytes > limits["disk_bytes"]:
            raise LimitHit("disk_bytes")
        if used_inodes > limits["disk_inodes"]:
            raise LimitHit("disk_inodes")


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
