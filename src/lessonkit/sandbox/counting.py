"""Count the processes and threads of this user as RLIMIT_NPROC counts them.

An ordinary user without namespaces shares its count with everything else that it runs,
also in other containers, where /proc does not show it. So ask the kernel: a fork fails
exactly when the count has reached the limit.

Source: getrlimit(2), RLIMIT_NPROC.
"""

from __future__ import annotations

import os
import resource

__all__ = ["tasks_of_user"]


def tasks_of_user() -> int:
    """How many tasks of this real user there are now. Takes about 20 forks.

    Moves the soft limit up and down meanwhile, and puts it back. Children that the caller
    has are not reaped.
    """
    old = resource.getrlimit(resource.RLIMIT_NPROC)
    ceiling = 1 << 22 if old[1] == resource.RLIM_INFINITY else old[1]
    low, high = 0, ceiling  # invariant: a fork fails at `low`, succeeds at `high`
    try:
        while high - low > 1:
            middle = (low + high) // 2
            resource.setrlimit(resource.RLIMIT_NPROC, (middle, old[1]))
            if _can_fork():
                high = middle
            else:
                low = middle
    finally:
        resource.setrlimit(resource.RLIMIT_NPROC, old)
    return low


def _can_fork() -> bool:
    try:
        pid = os.fork()
    except BlockingIOError:
        return False
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True
