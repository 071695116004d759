"""Draw the snapshots of 5.5: real texts of the box, with the numbers of one limit that is met.

Only root of a host could meet most of these limits for real, and should not. Which limit is met
follows from how fork looks at them: nproc of the user, threads-max, pid_max, pids.max.

Source: fork(2), getrlimit(2), the kernel's copy_process().
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["KINDS", "draw"]

Seen = dict[str, Any]
_Task = tuple[int, int, str]

_STATES = "SSSSRSD"
_NPROC_ROW = re.compile(r"^(Max processes +)\S+ +\S+ +", flags=re.MULTILINE)


class _Host:
    """A host with room everywhere; then one thing is filled."""

    def __init__(self, rng: random.Random, limits: str) -> None:
        self.rng = rng
        self.uid = rng.randrange(1000, 1100)
        self.capable = False
        self.error = "EAGAIN"
        self.soft = rng.randrange(40, 90)
        self.hard = self.soft
        self.others: list[_Task] = []
        self.own: list[_Task] = []
        self.threads_max = rng.randrange(20_000, 60_000)
        self.pid_max = rng.choice((32_768, 65_536, 4_194_304))
        self.groups: list[dict[str, Any]] = [
            {"pids.max": "max", "pids.current": 0, "refused": 0} for _ in range(rng.randint(2, 3))
        ]
        self._limits = limits
        for uid in (0, *rng.sample(range(1100, 1200), 2)):
            self.others += self._some(uid, rng.randint(5, 12))
        self.own += self._some(self.uid, rng.randint(4, 8))

    def _some(self, uid: int, count: int, threads: int = 3) -> list[_Task]:
        rng = self.rng
        return [
            (uid, rng.choice((1, 1, rng.randint(1, threads))), rng.choice(_STATES))
            for _ in range(count)
        ]

    def fill(self, count: int, *, threads: bool = False, zombies: bool = False) -> None:
        """Add processes of this user until all its tasks are *count*."""
        missing = count - self.tasks_of(self.uid)
        while missing > 0:
            size = min(missing, self.rng.randint(6, 14)) if threads else 1
            dead = zombies and self.rng.random() < 0.8
            self.own.append((self.uid, size, "Z" if dead else self.rng.choice(_STATES)))
            missing -= size

    def crowd(self) -> None:
        """Add programs of root with many threads: no pid_max can be below 301."""
        self.others += [(0, self.rng.randrange(60, 90), "S") for _ in range(5)]

    def all_tasks(self) -> int:
        """All tasks of the host."""
        return sum(threads for _, threads, _ in [*self.own, *self.others])

    def tasks_of(self, uid: int) -> int:
        """All tasks of one user."""
        return sum(threads for owner, threads, _ in [*self.own, *self.others] if owner == uid)

    def group(self, place: int, *, room: int) -> None:
        """Let the group at *place* have that much room; those above have at least as many tasks."""
        current = self.rng.randrange(20, 60)
        for number, group in enumerate(self.groups):
            group["pids.current"] = current
            current += self.rng.randrange(5, 40)
            if number == place:
                group["pids.max"] = group["pids.current"] + room
                group["refused"] = 0 if room else self.rng.randint(1, 900)

    def seen(self) -> Seen:
        """As the student's function gets it."""
        if not self.groups[0]["pids.current"]:
            self.group(0, room=self.rng.randrange(8, 80))
        tasks = [*self.own, *self.others]
        self.rng.shuffle(tasks)
        rng = self.rng
        return {
            "error": self.error,
            "uid": self.uid,
            "capable": self.capable,
            "limits": _NPROC_ROW.sub(
                lambda row: f"{row[1]}{self.soft:<21}{self.hard:<21}", self._limits
            ),
            "tasks": tasks,
            "cgroups": [
                {
                    "pids.max": f"{group['pids.max']}\n",
                    "pids.current": f"{group['pids.current']}\n",
                    "pids.events": f"max {group['refused']}\n",
                }
                for group in self.groups
            ],
            "threads_max": self.threads_max,
            "pid_max": self.pid_max,
            "loadavg": f"{rng.random() * 3:.2f} 0.61 0.40 {rng.randint(1, 4)}/{self.all_tasks()} "
            f"{rng.randrange(2000, 9000)}\n",
        }


def _nproc(host: _Host) -> None:
    host.own = [(uid, 1, state) for uid, _, state in host.own]
    host.fill(host.soft)


def _threads(host: _Host) -> None:
    host.fill(host.soft, threads=True)


def _zombies(host: _Host) -> None:
    host.fill(host.soft, zombies=True)


def _cgroup(host: _Host) -> None:
    host.fill(host.soft - host.rng.randint(1, 3))
    host.soft = host.hard = host.all_tasks() + host.rng.randint(1, 9)
    host.group(0, room=0)


def _other_user(host: _Host) -> None:
    """Another user has reached the number; this one has not."""
    other = host.others[-1][0]
    host.others += [(other, 1, "S")] * (host.soft - host.tasks_of(other))
    host.group(0, room=0)


def _hard(host: _Host) -> None:
    """Far below the hard limit, but at the soft one; a group is nearly full."""
    host.hard = host.soft * 8
    host.fill(host.soft, threads=True)
    host.group(0, room=1)


def _root(host: _Host) -> None:
    host.uid, host.own = 0, []
    host.fill(host.soft + host.rng.randint(0, 9))
    host.group(0, room=0)


def _capable(host: _Host) -> None:
    host.capable = True
    host.fill(host.soft + host.rng.randint(0, 9))
    host.group(len(host.groups) - 1, room=0)


def _above(host: _Host) -> None:
    host.fill(host.soft - host.rng.randint(1, 5))
    host.group(len(host.groups) - 1, room=0)
    host.groups[0]["pids.max"] = host.groups[0]["pids.current"] + host.rng.randint(1, 9)


def _past(host: _Host) -> None:
    """The group has refused before, and has room again; the user has none."""
    host.fill(host.soft)
    host.group(0, room=host.rng.randint(1, 4))
    host.groups[0]["refused"] = host.rng.randint(3, 900)


def _threads_max(host: _Host) -> None:
    host.fill(host.soft - 1)
    host.crowd()
    host.threads_max = host.all_tasks()


def _pid_max(host: _Host) -> None:
    host.fill(host.soft - 1)
    host.crowd()
    host.pid_max = host.all_tasks() + 1


def _memory(host: _Host) -> None:
    host.fill(host.soft - 1)
    host.error = "ENOMEM"
    host.group(0, room=2)


_PLAN: Mapping[str, tuple[str, Callable[[_Host], None]]] = {
    "plain nproc": ("nproc", _nproc),
    "plain cgroup": ("cgroup", _cgroup),
    "threads": ("nproc", _threads),
    "zombies": ("nproc", _zombies),
    "another user": ("cgroup", _other_user),
    "soft": ("nproc", _hard),
    "root": ("cgroup", _root),
    "capable": ("cgroup", _capable),
    "above": ("cgroup", _above),
    "past": ("nproc", _past),
    "threads-max": ("threads_max", _threads_max),
    "pid_max": ("pid_max", _pid_max),
    "memory": ("memory", _memory),
}

KINDS: Sequence[str] = tuple(_PLAN)


def draw(rng: random.Random, limits: str, kind: str) -> tuple[Seen, str]:
    """A snapshot of that kind, and the name of the limit that is met in it."""
    if not _NPROC_ROW.search(limits):
        raise RuntimeError(f"no row for processes in /proc/PID/limits: {limits!r:.200}")
    name, fill = _PLAN[kind]
    host = _Host(rng, limits)
    fill(host)
    return host.seen(), name
