"""Keep a pool busy with jobs, few at a time, and say what became of each.

Jobs are taken from their source when there is room for them and not before, so a class of two
thousand takes no more memory than one of twenty.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass

from lessonkit.batch.pools import Overdue, Pool, WorkerDied

__all__ = ["Judge", "Outcome", "Task", "run_jobs"]

Judge = Callable[[bytes], bytes]
"""`lessonkit.grading.judge`, or what stands in its place in a test."""

ATTEMPTS = 2
TICK_SECONDS = 0.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One notebook to be judged: whose, which, and the job as bytes."""

    student: str
    notebook: str
    job: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a task. answer: b"" where there is none, and why says the reason.

    overdue: it was ended because it took too long.
    """

    task: Task
    answer: bytes = b""
    why: str = ""
    overdue: bool = False


def run_jobs(tasks: Iterator[Task], pool: Pool, judge: Judge) -> Iterator[Outcome]:
    """Run all *tasks* on *pool*; yield what became of each, as they end.

    A task whose worker died is tried again, because the worker may have died of something else;
    one that sees a second worker die is given up.

    Raises:
        LessonkitError: The pool is of no use any more.
    """
    loop = _Loop(tasks, pool, judge)
    loop.fill()
    while loop.pending or loop.more:
        ended = loop.ended()
        loop.fill()  # before the results are looked at: nobody waits for that
        yield from ended


class _Loop:
    def __init__(self, tasks: Iterator[Task], pool: Pool, judge: Judge) -> None:
        self.tasks, self.pool, self.judge = tasks, pool, judge
        self.pending: dict[Future[bytes], tuple[Task, int]] = {}
        self.more = True

    def fill(self) -> None:
        while self.more and len(self.pending) < self.pool.room():
            task = next(self.tasks, None)
            if task is None:
                self.more = False
            else:
                self._begin(task, 1)

    def ended(self) -> list[Outcome]:
        """What has ended, after at most one tick."""
        if self.pending:
            done, _ = wait(self.pending, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
        else:  # there is more to do, and nobody to do it as yet
            time.sleep(TICK_SECONDS)
            done = set()
        self.pool.tend()
        outcomes = []
        for future in done:
            task, attempt = self.pending.pop(future)
            error = _error(future)
            if isinstance(error, WorkerDied) and attempt < ATTEMPTS:
                self._begin(task, attempt + 1)
            else:
                outcomes.append(_outcome(task, future, error))
        return outcomes

    def _begin(self, task: Task, attempt: int) -> None:
        self.pending[self.pool.submit(self.judge, task.job)] = task, attempt


def _error(future: Future[bytes]) -> BaseException | None:
    try:
        return future.exception()
    except CancelledError:  # the cluster has lost it
        return WorkerDied("the machine that judged it went away")


def _outcome(task: Task, future: Future[bytes], error: BaseException | None) -> Outcome:
    if error is None:
        return Outcome(task=task, answer=future.result())
    if isinstance(error, Overdue):
        return Outcome(task=task, why=str(error), overdue=True)
    if isinstance(error, WorkerDied):
        return Outcome(task=task, why=f"{error}, and again when it was tried once more")
    return Outcome(task=task, why=f"{type(error).__name__}: {error}")
