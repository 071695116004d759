"""Put the limits on a process, and say what a program sees when it meets one.

| limit | what the program sees | how it is kept |
|---|---|---|
| wall_seconds | the whole box is ended | init's clock |
| cpu_seconds | SIGXCPU, one second later SIGKILL | RLIMIT_CPU, per process |
| tree_cpu_seconds | the whole box is ended | init adds up the tree every 50 ms |
| memory_bytes | MemoryError, ENOMEM from mmap | RLIMIT_DATA, per process |
| tree_memory_bytes | the whole box is ended | init adds up every 50 ms, or a cgroup |
| max_processes | BlockingIOError, EAGAIN from fork | RLIMIT_NPROC; threads and zombies count |
| file_bytes | OSError EFBIG (C: SIGXFSZ) | RLIMIT_FSIZE, per file |
| open_files | OSError EMFILE | RLIMIT_NOFILE, per process |
| output_bytes | the whole box is ended | the client counts, per stream |
| disk_bytes, disk_inodes | OSError ENOSPC | size and nr_inodes of the tmpfs on /tmp |

Source: getrlimit(2), tmpfs(5).
"""

from __future__ import annotations

import math
import resource
from typing import Any

__all__ = ["LIMIT_NAMES", "apply_limits", "keep_limits"]

LIMIT_NAMES = (
    "wall_seconds",
    "cpu_seconds",
    "tree_cpu_seconds",
    "memory_bytes",
    "tree_memory_bytes",
    "max_processes",
    "file_bytes",
    "open_files",
    "output_bytes",
    "disk_bytes",
    "disk_inodes",
)

_ADDRESS_SLACK_BYTES = 4 << 30
"""RLIMIT_AS is only a backstop against shared mappings, which RLIMIT_DATA does not count:
each thread's arena reserves 64 MiB of addresses that it never uses."""


def apply_limits(limits: dict[str, Any], *, extra_processes: int) -> None:
    """Limit this process and what it forks. *extra_processes* of ours count as well."""
    cpu = max(1, math.ceil(limits["cpu_seconds"]))
    _set(resource.RLIMIT_CPU, cpu, cpu + 1)
    _set(resource.RLIMIT_DATA, limits["memory_bytes"])
    _set(resource.RLIMIT_AS, limits["memory_bytes"] + _ADDRESS_SLACK_BYTES)
    _set(resource.RLIMIT_FSIZE, limits["file_bytes"])
    _set(resource.RLIMIT_NOFILE, limits["open_files"])
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_NPROC, limits["max_processes"] + extra_processes)


def keep_limits() -> None:
    """Do as `apply_limits` does, and change nothing."""
    for what in _LIMITED:
        resource.setrlimit(what, resource.getrlimit(what))


_LIMITED = (
    resource.RLIMIT_CPU,
    resource.RLIMIT_DATA,
    resource.RLIMIT_AS,
    resource.RLIMIT_FSIZE,
    resource.RLIMIT_NOFILE,
    resource.RLIMIT_CORE,
    resource.RLIMIT_NPROC,
)


def _set(what: int, soft: int, hard: int | None = None) -> None:
    ceiling = resource.getrlimit(what)[1]
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:  # the host's own limit is lower: it stays
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(what, (soft, hard))
