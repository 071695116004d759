"""Where judging runs: processes on this machine, or a Dask cluster.

Both are a `concurrent.futures.Executor` as the loop in `running` sees it: bytes in, bytes out.

Theory of operation of the local pool. It is a row of `ProcessPoolExecutor`s of one worker each.
One with many workers is broken as a whole when one of them dies, and cannot say which job was to
blame; of these, the one that breaks had one job, and only that one is lost. A worker that takes
too long is killed by itself for the same reason. Workers are started by the thread that drives
the pool, because the kernel kills them with the thread that started them (PR_SET_PDEATHSIG): a
grader that is killed leaves no worker behind, and what a worker has put into boxes dies with it.

Source: prctl(2), PR_SET_PDEATHSIG; concurrent.futures, "BrokenProcessPool".
"""

from __future__ import annotations

import ctypes
import importlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from lessonkit.errors import LessonkitError
from lessonkit.grading.clock import waited_seconds
from lessonkit.sandbox.patience import MOST_OF_ALL, Deadline

__all__ = ["LocalPool", "Overdue", "Pool", "WorkerDied"]

PR_SET_PDEATHSIG = 1
START_SECONDS = 120.0
FAILED_STARTS = 3
_starting = threading.Lock()
"""Held while a worker is started, so that it is known which process is new."""


class WorkerDied(LessonkitError):
    """The process that had the job ended before the job did; whose fault that is, is open."""


class Overdue(LessonkitError):
    """The job took longer than it may, and its worker was killed."""


class Pool(Protocol):
    """What the loop needs of a place where jobs run."""

    def submit(self, task: Callable[[bytes], bytes], job: bytes, /) -> Future[bytes]:
        """Begin a job when there is room. Called by the loop, from the thread that made the pool.

        The future may fail with WorkerDied or Overdue, or with what *task* raised.
        """

    def room(self) -> int:
        """How many jobs, running and waiting, keep everybody busy."""

    def tend(self) -> None:
        """Called by the loop several times a second: replace what broke, end what takes too long.

        Raises:
            LessonkitError: Nothing will come any more.
        """

    def end(self) -> None:
        """End all workers at once, with what they are doing."""


@dataclass(eq=False, slots=True)
class _Item:
    """A job. starts: its worker was not ready when it was given to it, and has time for that.
    deadline: moved by what the worker waits for a processor of a busy host."""

    task: Callable[[bytes], bytes]
    job: bytes
    future: Future[bytes] = field(default_factory=Future)
    deadline: Deadline | None = None
    starts: bool = False
    overdue: bool = False


@dataclass(eq=False, slots=True)
class _Slot:
    """One worker. ready: done when it has started. item: what it does now, None when free."""

    executor: ProcessPoolExecutor
    process: BaseProcess
    ready: Future[None]
    item: _Item | None = None
    broken: bool = False


class LocalPool(Executor):
    """Workers on this machine, as many as *jobs*. `Pool` says what its methods do."""

    def __init__(self, jobs: int, *, seconds: float, preload: Sequence[str] = ()) -> None:
        """Start the workers. seconds: what a job may take. preload: modules to import first."""
        self._seconds = seconds
        self._preload = tuple(preload)
        self._lock = threading.RLock()
        self._waiting: deque[_Item] = deque()
        self._ended = False
        self._failed_starts = 0
        self._slots: list[_Slot] = []
        for _ in range(jobs):
            self._slots.append(self._new_slot())

    def submit(self, task: Any, /, *args: Any, **keywords: Any) -> Future[Any]:
        (job,) = args
        item = _Item(task, job)
        with self._lock:
            self._waiting.append(item)
            self._feed()
        return item.future

    def room(self) -> int:
        # One more than run, for each, so that none of them waits while results are written.
        return 2 * len(self._slots)

    def tend(self) -> None:
        with self._lock:
            for slot in self._slots:
                item = slot.item
                if item is None or slot.broken:
                    continue
                if item.starts and slot.ready.done():
                    item.starts, item.deadline = False, _deadline(slot, self._seconds)
                elif item.deadline is not None and not item.deadline.left():
                    item.overdue = not item.starts  # that is nothing that the job did
                    slot.process.kill()
            for place, slot in enumerate(self._slots):
                if slot.broken:
                    self._replace(place, slot)
            self._feed()

    def end(self) -> None:
        with self._lock:
            self._ended = True
            self._waiting.clear()
            slots = list(self._slots)
            for slot in slots:
                slot.process.kill()
        for slot in slots:
            slot.executor.shutdown(wait=True, cancel_futures=True)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.end()

    def _replace(self, place: int, slot: _Slot) -> None:
        if slot.ready.exception() is None:
            self._failed_starts = 0
        else:
            self._failed_starts += 1
        if self._failed_starts > FAILED_STARTS:
            raise LessonkitError(
                "the processes that judge end while they start; what they said is above. Try: "
                "lessonkit doctor"
            )
        slot.executor.shutdown(wait=False)
        self._slots[place] = self._new_slot()

    def _new_slot(self) -> _Slot:
        executor = ProcessPoolExecutor(
            1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(os.getpid(), self._preload),
        )
        with _starting:
            known = set(multiprocessing.active_children())
            # An interrupt of the whole terminal must not meet a Python that is just starting.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                ready = executor.submit(_nothing)  # this is what starts the process
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
            (process,) = set(multiprocessing.active_children()) - known
        return _Slot(executor, process, ready)

    def _feed(self) -> None:
        """Give what waits to who is free. The lock is held."""
        for slot in self._slots:
            if self._waiting and slot.item is None and not slot.broken and not self._ended:
                item = self._waiting.popleft()
                slot.item = item
                item.starts = not slot.ready.done()
                item.deadline = _deadline(slot, START_SECONDS if item.starts else self._seconds)
                try:
                    inner = slot.executor.submit(item.task, item.job)
                except BrokenProcessPool:  # it died with nothing to do: nobody's fault
                    slot.item, slot.broken = None, True
                    self._waiting.appendleft(item)
                else:
                    inner.add_done_callback(partial(self._finish, slot))

    def _finish(self, slot: _Slot, done: Future[bytes]) -> None:
        """Pass a result on. Called by the thread that listens to the worker."""
        with self._lock:
            item, slot.item = slot.item, None
            assert item is not None
            error = None if done.cancelled() else done.exception()
            slot.broken = done.cancelled() or isinstance(error, BrokenProcessPool)
            if not slot.broken:
                self._feed()
        if slot.broken and item.overdue:
            item.future.set_exception(Overdue(f"it took more than {self._seconds:g} seconds"))
        elif slot.broken:
            item.future.set_exception(WorkerDied("the process that judged it ended"))
        elif error is not None:
            item.future.set_exception(error)
        else:
            item.future.set_result(done.result())


def _deadline(slot: _Slot, seconds: float) -> Deadline:
    pid = slot.process.pid or 0
    return Deadline(seconds, lambda: (waited_seconds(pid), 0.0), most=MOST_OF_ALL)


def _begin(parent: int, preload: Sequence[str]) -> None:
    """Make a process a worker: it dies with its parent and leaves interrupts to it."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # the parent died before that
        os.kill(os.getpid(), signal.SIGKILL)
    # A handler instead of SIG_IGN: what is started from here would inherit that.
    signal.signal(signal.SIGINT, _leave_it)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # blocked since it was started
    for name in preload:
        importlib.import_module(name)


def _leave_it(number: int, frame: object) -> None:
    """The parent hears of the interrupt, too, and ends its workers."""


def _nothing() -> None:
    """Exist."""
