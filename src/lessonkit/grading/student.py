"""Keep one student's interpreter through all the cells of a notebook, also when it dies.

Cells run in it once, in order. When it is lost (a cell ended it, it reached a limit, it did not
answer to an interrupt), a new one replays the cells before, without the one that was to blame,
if that is cheap; what was earned by then is kept in any case.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lessonkit.errors import SandboxError
from lessonkit.grading.clock import Clock
from lessonkit.grading.proxies import TestFailed
from lessonkit.grading.records import Budget
from lessonkit.plain import PlainError
from lessonkit.records import Limits, Strength
from lessonkit.sandbox import sessions_pool
from lessonkit.sandbox.cells_things import RESERVE
from lessonkit.sandbox.patience import Deadline
from lessonkit.sandbox.sessions_client import (
    CellOutcome,
    Lost,
    LostInCell,
    Reply,
    Session,
    Visit,
)
from lessonkit.sandbox.sessions_outputs import Room

__all__ = ["Student"]

REQUIRE: Mapping[str, Strength] = {"proc": "kernel"}
"""As the lessons' own programs: what reads /proc finds it."""

MOST_RESTARTS = 6
_START_SECONDS = 30.0
_LEAST_SECONDS = 0.05
_LEAST_CPU_SECONDS = 5.0


@dataclass(slots=True)
class _Done:
    """A cell that has run, how long it would have taken on an idle host, whether it lowered its
    process's limits, and whether its time was up."""

    source: str
    seconds: float
    changed_limits: bool
    interrupted: bool


class Student:
    """The interpreter of one notebook, and the copies of it that tests talk to.

    timed_out, limits: what happened on the way, for the status of the submission. failure: of ours,
    in a test, which may have caught it.
    """

    def __init__(self, budget: Budget, files: Mapping[str, bytes]) -> None:
        self.budget = budget
        self.visit_number = 0
        self.timed_out = False
        self.limits: set[str] = set()
        self.failure: SandboxError | None = None
        self.cpu_seconds = 0.0
        self.peak_memory_bytes = 0
        self._files = dict(files)
        self._clock = Clock()
        self._until = time.monotonic() + budget.longest_seconds
        self._whole = self._clock.deadline(budget.wall_seconds)
        self._test: Deadline | None = None
        self._cpu, self._used_before = 0.0, 0.0
        self._session: Session | None = None
        self._visit: Visit | None = None
        self._done: list[_Done] = []
        self._restarts = 0
        self._tested = False
        self._room = Room(budget.output_bytes, budget.shown_bytes)
        self._gone: str | None = None

    # -- cells ----------------------------------------------------------------------------

    def run_cell(self, source: str) -> CellOutcome:
        """Run one cell of the student's. What becomes of it is in the outcome; nothing of the
        student's is raised. Raises SandboxError when we failed."""
        self.end_test()
        seconds, outcome, since = 0.0, None, self._clock.of_boxes()
        doubtful, self._tested = self._tested, False
        while outcome is None:
            try:
                session = self._ready()
                seconds = self._left(self.budget.cell_seconds)
                since = self._clock.of_boxes()
                outcome = session.run_cell(source, seconds=seconds)
                self._hear()
            except LostInCell as end:
                self._lose(end.lost)
                if doubtful and end.lost.kind == "gone":
                    doubtful = False  # what a test called may have ended it a moment before
                    continue
                if end.lost.kind == "over" or self._blames_another(end.lost):
                    continue  # it did not die of this cell
                self.timed_out |= end.lost.kind == "timeout"
                return _ended_by(str(end.lost), end.outcome)
            except Lost as lost:
                if self._session is None:
                    return _not_run(str(lost))
                self._lose(lost)
                return _ended_by(str(lost), CellOutcome())
        if outcome.interrupted:
            self.timed_out = True
            note = _note("Timeout", f"This cell was interrupted after {seconds:g} s.")
            outcome = dataclasses.replace(outcome, outputs=[*outcome.outputs, note], ok=False)
        if outcome.lacks:
            # It would die sooner or later, in a cell or a test that is not to blame.
            self._lose(Lost(f"it has no {outcome.lacks} left"))
            return _ended_by(f"it left it too little {outcome.lacks} to go on with", outcome)
        spent = self._clock.own_seconds(outcome.wall_seconds, since)
        self._done.append(_Done(source, spent, outcome.changed_limits, outcome.interrupted))
        return outcome

    def _blames_another(self, lost: Lost) -> bool:
        """Whether a cell before, which took from its own process what that needs to live, is the
        likelier reason; that cell is left out from now on."""
        return lost.kind == "gone" and self._drop_blamed()

    def _drop_blamed(self) -> bool:
        """Leave out the last cell that took from its process what a copy needs; False where there
        is none."""
        blame = [n for n, done in enumerate(self._done) if done.changed_limits]
        if blame:
            del self._done[blame[-1]]
        return bool(blame)

    def _left(self, wanted: float = float("inf")) -> float:
        """So many seconds, or what the notebook has left if that is less."""
        return max(_LEAST_SECONDS, _of(self._whole, wanted))

    def _ready(self) -> Session:
        """A session in which all cells so far have run. Raises Lost where there can be none."""
        while self._session is None:
            if self._gone is not None:
                raise Lost(self._gone)
            if self._restarts > MOST_RESTARTS:
                self._gone = "the notebook's interpreter was lost too often"
                continue
            if not self._whole.left():
                self.timed_out = True
                self._gone = f"the {self.budget.wall_seconds:g} s for the whole notebook are over"
                continue
            if self._restarts and sum(d.seconds for d in self._done) > self._replay_seconds():
                self._gone = (
                    "the notebook's interpreter was lost, and the cells before take too long to be "
                    "run once more"
                )
                continue
            session = self._session = self._open()
            session.room = Room()  # what is run once more has been seen
            self._replay()
            session.room = self._room
        return self._session

    def _replay_seconds(self) -> float:
        """What may be spent on the cells before: as one cell, beside those whose time was up."""
        interrupted = sum(done.interrupted for done in self._done)
        return min(self.budget.cell_seconds * (1.1 * interrupted + 1), self._left() / 2)

    def _open(self) -> Session:
        budget, began = self.budget, time.monotonic()
        # A call that has used up what there was is not to cost the tests after it theirs.
        least = min(_LEAST_CPU_SECONDS, budget.tree_cpu_seconds)
        cpu = max(1.0, least, budget.tree_cpu_seconds - self.cpu_seconds)
        self._cpu = cpu
        limits = Limits(
            wall_seconds=max(0.0, self._until - time.monotonic()) + _START_SECONDS,
            cpu_seconds=cpu,
            tree_cpu_seconds=cpu,
            memory_bytes=budget.memory_bytes,
            tree_memory_bytes=budget.tree_memory_bytes,
            max_processes=budget.max_processes + RESERVE,
            file_bytes=budget.disk_bytes,
            output_bytes=budget.output_bytes,
            disk_bytes=budget.disk_bytes,
        )
        for attempt in (1, 2):
            session = sessions_pool.open_session(REQUIRE)
            try:
                session.start(limits, self._files)
                break
            except SandboxError:
                session.finish()
                if attempt == 2:
                    raise
        sessions_pool.prepare_next(REQUIRE)
        self._clock.begin_session(time.monotonic() - began)
        return session

    def _replay(self) -> None:
        """Run the cells before once more; one that is lost now is left out for good."""
        for place, done in enumerate(list(self._done)):
            assert self._session is not None
            try:
                seconds = done.seconds if done.interrupted else done.seconds * 3 + 5
                self._session.run_cell(done.source, seconds=seconds)
            except (LostInCell, Lost) as end:
                del self._done[place]
                self._lose(end.lost if isinstance(end, LostInCell) else end)
                return

    def _lose(self, lost: Lost) -> None:
        """Put the session away; the next need makes a new one."""
        session, self._session, self._visit = self._session, None, None
        self._restarts += 1
        if lost.kind == "uncopied" and self._done:
            # Without the cell that must have done it, tests can be run again.
            if not self._drop_blamed():
                del self._done[-1]
        elif lost.kind == "over":
            self._drop_blamed()  # or the next one would end in the same way
        if session is not None:
            self._account(session.finish())
            limit = lost.limit or session.limit
            if limit is not None:
                self.limits.add(limit)

    def _account(self, report: dict[str, Any] | None) -> None:
        if report is None:
            return
        self.cpu_seconds += report["cpu_seconds"]
        peak = max(report["sampled_tree_bytes"], report["largest_process_bytes"])
        self.peak_memory_bytes = max(self.peak_memory_bytes, peak)
        if report["limit"] is not None:
            self.limits.add(report["limit"])
        status = report["wait_status"]
        if status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
            self.limits.add("cpu_seconds")

    # -- tests ----------------------------------------------------------------------------

    def begin_test(self, seconds: float) -> None:
        """A test begins, which may take so many seconds."""
        self.end_test()
        self._tested = True
        self._test = self._clock.deadline(seconds)
        self._used_before = 0.0 if self._session is None else self._session.used
        self.visit_number += 1

    def test_left(self, wanted: float = float("inf")) -> float:
        """So many seconds, or what the test may still take if that is less; 0.0 when its time is
        up, or that of the whole notebook."""
        left = _of(self._whole, wanted)
        return left if self._test is None else min(left, _of(self._test, wanted))

    def end_test(self) -> None:
        """The test is over: nothing of its copy stays."""
        visit, self._visit = self._visit, None
        test, self._test = self._test, None
        if visit is not None:
            visit.leave()
        if test is None or self._session is None:
            return
        used = self._session.used
        if used - self._used_before > self._cpu - used:  # the next one like it would be ended early
            self._lose(Lost("a test had used most of its processor time"))

    def ask(self, request: dict[str, Any], what: str) -> Reply:
        """Have the copy of this test do something. Raises TestFailed where there is no answer,
        SandboxError when we failed."""
        left = self.test_left(float("inf") if request["op"] == "test" else self.budget.call_seconds)
        if not left:
            # A test that asks all the time is always in the middle of our own talk, where the
            # deadline does not interrupt it.
            self.timed_out = True
            raise TestFailed("the test was not done in time", "TimeoutError", status="timed out")
        seconds = max(_LEAST_SECONDS, left)
        try:
            reply = self._asked(request, seconds)
        except SandboxError as error:
            self.failure = error
            raise
        except PlainError as error:
            raise TestFailed(f"what the test gives to {what} cannot be sent: {error}") from error
        except Lost as lost:
            self._lose(lost)
            raise TestFailed(
                f"{what}: the notebook's interpreter was lost: {lost}", status="limit hit"
            ) from lost
        if reply.kind == "value":
            return reply
        self._visit = None
        self.visit_number += 1  # what the copy had given numbers to is gone
        if reply.kind == "timeout":
            self.timed_out = True
            text = f"{what} did not come back within {seconds:.3g} s"
            raise TestFailed(text, "TimeoutError", status="timed out")
        if reply.kind == "gone":
            raise TestFailed(f"{what} did not come back: {_ended(reply.wait_status)}")
        raise TestFailed(f"{what}: what came back from the sandbox is not an answer")

    def raise_failure(self) -> None:
        """Raise what failed of ours while a test ran: it is to cost no points, and a test, which is
        in between, may have caught it or made a failure of its own of it."""
        if self.failure is not None:
            raise self.failure

    def look(self, names: list[str]) -> dict[str, dict[str, Any]]:
        """What is behind these names, in the copy of this test; only those that are there."""
        message = self.ask({"op": "look", "names": names}, "your notebook").message
        found = message.get("value") if isinstance(message, dict) else None
        if not isinstance(found, dict):
            return {}
        return {n: seen for n, seen in found.items() if n in names and isinstance(seen, dict)}

    def _asked(self, request: dict[str, Any], seconds: float) -> Reply:
        """Ask the copy of this test, which is made at its first question; that none could be
        made of the interpreter as it was is not the fault of this test."""
        if self._visit is not None and self._visit.alive:
            reply = self._visit.ask(request, seconds=seconds)
            self._hear()
            return reply
        while True:
            session = self._ready()
            try:
                self._visit, reply = session.visit(request, seconds=seconds)
                self.visit_number += 1
                self._hear()
                return reply
            except Lost as lost:
                if lost.kind not in ("over", "uncopied"):
                    raise
                self._lose(lost)

    def _hear(self) -> None:
        if self._session is not None:
            self._clock.hear(self._session.waited, self._session.used)

    def close(self) -> None:
        """End the interpreter, with all that it has made."""
        self._visit = None
        session, self._session = self._session, None
        if session is not None:
            self._account(session.finish())

    def abandon(self) -> None:
        """The same after a failure of ours, of which there must be no second one."""
        with suppress(SandboxError, OSError):
            self.close()


def _of(deadline: Deadline, wanted: float) -> float:
    """So many of the seconds that are left, or all. What was given back is looked up only where it
    matters, because it takes longer than most calls."""
    left = deadline.left()
    return min(wanted, left if left >= wanted else deadline.left_in_all())


def _ended(status: int | None) -> str:
    if status is not None and os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)} ended its process"
    if status is not None and os.WIFEXITED(status):
        return f"it ended its process, with exit code {os.WEXITSTATUS(status)}"
    return "it ended its process"


def _ended_by(why: str, outcome: CellOutcome) -> CellOutcome:
    words = f"This cell ended the notebook's interpreter: {why}."
    return CellOutcome(outputs=[*outcome.outputs, _note("Lost", words)], ok=False)


def _not_run(why: str) -> CellOutcome:
    return CellOutcome(outputs=[_note("NotRun", f"This cell was not run: {why}.")], ok=False)


def _note(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [text]}
