"""Scene 5.4: jobs that end when init says so; how many are there at a time, and who comes next?

Facts: `rounds`, one for each call: `steps` (who was there before one job was let go, how many
should have been), `most` (the most that lived at a time), `codes` that init gave, what was left,
`looks` and `own` (whether it was busy: `lessonkit.checks.bombs.busy`).
"""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field
from typing import Any

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.bombs.common import new_since
from lessonkit.scenes.forking.programs import count_strays
from lessonkit.scenes.orphans.gates import place, tell
from lessonkit.scenes.reaping.bursts import at_work
from lessonkit.scenes.reaping.losses import AT_A_TIME, Losses
from lessonkit.scenes.turns import Turns
from lessonkit.scenes.zombies.stage import ask, at_rest, family, loaded, over, state

__all__ = ["pool"]

CALL_SECONDS = 14.0
LATE_SECONDS = 1.0
"""When all have slept for so long in all, a job that has not come does not come."""

BUSY_SECONDS = 3.0
MOST_LOST_SECONDS = 9.0
"""After that it has not come even if somebody is still at work; what they had to wait for a
processor is not counted, but not for ever: who asks again and again always waits for one."""

SETTLE_SECONDS = 1.0
STEADY = 3
STEADY_BUSY = 20
"""How many looks in a row have to show the same; more of them while S is at work all the time."""

_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1)


@dataclass(kw_only=True, slots=True)
class _Job:
    argv: tuple[str, ...]
    gate: str
    code: int
    pid: int | None = None
    released: bool = False


@dataclass(kw_only=True, slots=True)
class _Round:
    """One call of pool: its jobs, and what was seen of them."""

    box: Box
    jobs: list[_Job]
    k: int
    old: set[tuple[int, int]]
    order: list[_Job] = field(default_factory=list)
    steps: list[dict[str, int]] = field(default_factory=list)
    most: int = 0
    turns: Turns
    losses: Losses
    leaving: _Job | None = None
    since: float = 0.0
    lost: float = 0.0
    asleep: float = 0.0
    looked: float | None = None
    held: int = 0
    looks: int = 0
    busy_looks: int = 0

    def during(self) -> None:
        """Look; when all are there that should be, or will not come, let one go."""
        self.looks += 1
        self.busy_looks += state(self.box, self.box.student_pid) == "R"
        there = self._there()
        self.most = max(self.most, len(there))
        self.turns.look()
        self.losses.look(p.pid for p in new_since(self.box, self.old))
        if self.leaving is not None:
            self._let_go(self.leaving)
            if self.leaving in there:
                return
            self._begin()
        elif not self.since:
            self._begin()
        released = sum(job.released for job in self.jobs)
        wanted = min(self.k, len(self.jobs) - released)
        rest = self._at_rest()
        self.held = self.held + 1 if len(there) >= wanted else 0
        if there and (self.held >= (STEADY if rest else STEADY_BUSY) or self._is_late(rest=rest)):
            waiting = released + wanted < len(self.jobs)
            self.steps.append(
                {
                    "wanted": wanted,
                    "seen": len(there),
                    "zombies": self._zombies() if waiting else 0,
                    "released": released,
                }
            )
            young = [job for job in self.order if job in there][1 if len(there) > 1 else 0 :]
            self.leaving = self.box.rng.choice(young)

    def _begin(self) -> None:
        """From now on somebody is to start the next one."""
        self.leaving, self.since, self.held = None, time.monotonic(), 0
        self.asleep, self.looked, self.lost = 0.0, None, self.losses.in_all()

    def _is_late(self, *, rest: bool) -> bool:
        """True if who was to come has had the time for it."""
        now = time.monotonic()
        if rest and self.looked is not None:
            # Between two looks that are far apart, init did not see what they did.
            self.asleep += min(now - self.looked, AT_A_TIME)
        self.looked = now if rest else None
        lost = min(self.losses.in_all() - self.lost, MOST_LOST_SECONDS)
        return self.asleep > LATE_SECONDS or now > self.since + BUSY_SECONDS + lost

    def quiet(self) -> bool:
        """True if nothing of what the call has made is at work."""
        return at_rest(new_since(self.box, self.old))

    def _there(self) -> list[_Job]:
        found = []
        for process in new_since(self.box, self.old):
            if process.is_zombie:
                continue
            full = procfs.read_process(process.pid, cmdline=True)
            job = next((j for j in self.jobs if full is not None and full.cmdline == j.argv), None)
            if job is not None and full is not None and not full.is_zombie:
                if job.pid is None:
                    job.pid = full.pid
                    self.order.append(job)
                found.append(job)
        return found

    def _at_rest(self) -> bool:
        student = self.box.student_pid
        return not at_work(student) and at_rest(new_since(self.box, self.old))

    def _zombies(self) -> int:
        pids = {job.pid for job in self.jobs if job.pid is not None}
        return sum(p.is_zombie and p.pid in pids for p in new_since(self.box, self.old))

    def _let_go(self, job: _Job) -> None:
        if job.released or job.pid is None:
            return
        if job.code < 0:
            self.box.kill(job.pid, -job.code)
            job.released = True
        else:
            job.released = tell(job.gate, str(job.code))


def pool(box: Box) -> None:
    """Three calls: many jobs, fewer than k, none."""
    k = box.rng.randint(2, 4)
    few = box.rng.randint(2, 3)
    plan = [(box.rng.randint(7, 9), k), (few, few + box.rng.randint(1, 2)), (0, 2)]
    gates = [f"job-{which}-{number}" for which, (n, _) in enumerate(plan) for number in range(n)]
    folder = place(box, *gates)
    if not loaded(box):
        return
    rounds: list[dict[str, Any]] = []
    for which, (count, k) in enumerate(plan):
        jobs = _jobs(box, [f"{folder}/job-{which}-{number}" for number in range(count)])
        old = {p.identity for p in box.snapshot().processes}
        turns, losses = Turns(box.student_pid), Losses(box.student_pid)
        this = _Round(box=box, jobs=jobs, k=k, old=old, turns=turns, losses=losses)
        reply, note = ask(
            box,
            None,
            [list(job.argv) for job in jobs],
            k,
            seconds=CALL_SECONDS,
            while_waiting=this.during,
        )
        own = turns.own()
        if not over(reply):
            box.wait_until(this.quiet, SETTLE_SECONDS)
            count_strays(box, reply, note)
        rounds.append(
            {
                "k": k,
                "call": note,
                "codes": [job.code for job in jobs],
                "started": sum(job.pid is not None for job in jobs),
                "released": sum(job.released for job in jobs),
                "steps": this.steps,
                "most": this.most,
                "looks": [this.busy_looks, this.looks],
                "own": own,
                "left": family(new_since(box, old)),
            }
        )
        box.fact("rounds", rounds)
        if reply.kind != "value" or rounds[-1]["left"] or note["strays"]:
            return


def _jobs(box: Box, gates: list[str]) -> list[_Job]:
    killed = box.rng.randrange(len(gates)) if gates else -1
    codes = box.rng.sample(range(256), len(gates))
    return [
        _Job(
            argv=("sh", "-c", f"read code < {gate}; exit $code"),
            gate=gate,
            code=-box.rng.choice(_SIGNALS) if place == killed else codes[place],
        )
        for place, gate in enumerate(gates)
    ]
