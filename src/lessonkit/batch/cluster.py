"""Judge on the workers of a Dask scheduler: the same jobs, bytes there and bytes back.

No folder is shared and no file travels: a job holds all that it needs. The gradebook is written
here only. When a worker is lost, Dask gives its jobs to another one.

Source: distributed's documentation, "Client.get_executor", "Resilience".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

from lessonkit import __version__
from lessonkit.batch.pools import WorkerDied
from lessonkit.batch.remote import about, judge_there
from lessonkit.errors import LessonkitError, UsageError

__all__ = ["ClusterPool"]

LOOK_SECONDS = 2.0


class ClusterPool:
    """The workers of a scheduler. `pools.Pool` says what its methods do."""

    def __init__(
        self,
        address: str,
        *,
        seconds: float,
        preload: Sequence[str] = (),
        patience_seconds: float = 60.0,
    ) -> None:
        """Connect. patience_seconds: how long there may be no worker at all.

        Raises:
            UsageError: Dask is not installed here, or the workers have another lessonkit.
            LessonkitError: The scheduler does not answer, or has no workers.
        """
        try:
            import distributed
        except ModuleNotFoundError as error:
            raise UsageError(
                '--scheduler needs Dask: install lessonkit with its extra "grade-cluster"'
            ) from error
        self.address = address
        self._there = partial(_judge, seconds=seconds, preload=tuple(preload))
        self._patience = patience_seconds
        client: Any = distributed.Client
        try:
            self._client: Any = client(address, timeout=patience_seconds, set_as_default=False)
        except (OSError, ValueError) as error:
            raise LessonkitError(f"no scheduler answers at {address}: {error}") from error
        self._executor: Any = self._client.get_executor(pure=False)
        self._threads = 0
        self._looked = self._seen = time.monotonic()
        try:
            self._await_workers()
            self._require_same_version()
        except BaseException:
            self.end()
            raise

    def submit(self, task: Callable[[bytes], bytes], job: bytes, /) -> Future[bytes]:
        outer: Future[bytes] = Future()
        try:
            inner = self._executor.submit(self._there, task, job)
        except Exception as error:
            raise LessonkitError(f"the scheduler {self.address} takes no jobs: {error}") from error
        inner.add_done_callback(lambda done: _pass_on(done, outer))
        return outer

    def room(self) -> int:
        return 2 * self._threads

    def tend(self) -> None:
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        if self._client.status != "running":
            raise LessonkitError(
                f"the scheduler {self.address} is gone. What was graded is in the gradebook; the "
                "same command goes on from there"
            )
        self._look()
        if self._threads:
            self._seen = now
        elif now - self._seen > self._patience:
            raise LessonkitError(
                f"the scheduler {self.address} has had no workers for {self._patience:g} seconds. "
                "What was graded is in the gradebook; the same command goes on from there"
            )

    def end(self) -> None:
        self._client.close(timeout=5)

    def _look(self) -> None:
        try:
            self._threads = sum(self._client.nthreads().values())
        except Exception:
            self._threads = 0  # a scheduler on its way out; the status tells next time

    def _await_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=self._patience)
        except TimeoutError as error:
            raise LessonkitError(
                f"the scheduler {self.address} has no workers. Start some: dask worker "
                f"{self.address} --nworkers auto --nthreads 1"
            ) from error
        self._look()

    def _require_same_version(self) -> None:
        try:
            found = self._client.run(about)
        except Exception as error:
            raise UsageError(
                f"a worker of {self.address} cannot load lessonkit: {error}. Install the same "
                f"version there: lessonkit {__version__}"
            ) from error
        for worker, (version, _) in found.items():
            if version != __version__:
                raise UsageError(
                    f"the worker {worker} has lessonkit {version}, and here is {__version__}: "
                    "install the same version there"
                )


def _judge(
    judge: Callable[[bytes], bytes], job: bytes, *, seconds: float, preload: tuple[str, ...]
) -> bytes:
    return judge_there(judge, job, seconds, preload)


def _pass_on(done: Any, outer: Future[bytes]) -> None:
    """Give a result on; what Dask says of lost workers, in our words."""
    if done.cancelled():
        outer.set_exception(WorkerDied("the machine that judged it went away"))
        return
    error = done.exception()
    if error is None:
        outer.set_result(done.result())
    elif type(error).__name__ in ("KilledWorker", "FutureCancelledError", "CancelledError"):
        outer.set_exception(WorkerDied("the workers that judged it ended, one after another"))
    else:
        outer.set_exception(error)
