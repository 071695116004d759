"""Judge on a worker of somebody else's pool, such as Dask's: in a process of its own there, too.

What runs a job in a thread of a worker is not where tests may be run: a test may hang, and a
thread cannot be ended. So each such thread keeps a `LocalPool` of one process, which is killed
when it takes too long, and which the kernel kills with the worker.
"""

from __future__ import annotations

import multiprocessing
import platform
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import wait

from lessonkit import __version__
from lessonkit.batch.pools import LocalPool

__all__ = ["about", "judge_there"]

TICK_SECONDS = 0.25
_kept = threading.local()


def judge_there(
    judge: Callable[[bytes], bytes], job: bytes, seconds: float, preload: Sequence[str]
) -> bytes:
    """Judge one job. Called on a worker, by name.

    Raises:
        WorkerDied: The process that judged it ended.
        Overdue: It took more than *seconds*, and was ended.
    """
    key = (seconds, tuple(preload))
    if getattr(_kept, "key", None) != key:
        # Dask marks its workers as processes that may have no children, so that none outlives
        # them. Ours cannot: the kernel kills them with the thread that started them.
        multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
        if getattr(_kept, "pool", None) is not None:
            _kept.pool.end()
        _kept.pool = LocalPool(1, seconds=seconds, preload=preload)
        _kept.key = key
    future = _kept.pool.submit(judge, job)
    while not wait([future], timeout=TICK_SECONDS).done:
        _kept.pool.tend()
    _kept.pool.tend()
    answer: bytes = future.result()
    return answer


def about() -> tuple[str, str]:
    """The versions of lessonkit and of Python on a worker."""
    return __version__, platform.python_version()
