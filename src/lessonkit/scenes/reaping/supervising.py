"""Scene 6.5: five jobs with a deadline; who is collected when, who gets which signal when?

The jobs wait at a FIFO for their code, and tell through another one when they get SIGTERM (one
leaves SIGTERM as it is, and dies of it): so it can be seen when it was sent, and who lived on.

What is early is early on any host: the clock runs from before the call, and is read after what was
seen. What is late may be so because the host was busy with others, so each time comes with the
seconds that the host had kept from those who take part (`lost`). And where it kept so many that
something could not be looked at, everything is done once more, with more time.

Facts: `seconds`, `grace`, `call`, `rounds` (1 or 2; all else is of the last), `jobs`, in the order
of the call: kind, pid, ppid, `ready` (it had its handler for SIGTERM before its time was up), times
since the call (`born`, `asked`, `dead`, `gone`, None if never seen), `lost_asked` and `lost_dead`
(seconds that were lost until then), `code` (what it was told to end with; None if it had ended
before), `stale` (a zombie that stayed), `copies` (how many ran at once);
`together` (how many of the jobs were there at once), `quiet`, `left`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.calm import QUIET_SECONDS, is_calm
from lessonkit.scenes.orphans.gates import place
from lessonkit.scenes.reaping.bursts import at_work, quiet
from lessonkit.scenes.reaping.jobs import Job
from lessonkit.scenes.reaping.losses import AT_A_TIME, Losses
from lessonkit.scenes.reaping.together import Together
from lessonkit.scenes.zombies.stage import ask, family, loaded

__all__ = ["supervise"]

TIMES = ((1.6, 1.0), (4.8, 3.0))
"""What a job has, and the grace, in seconds: as a rule, and on a host that is busy with others."""

BUSY_SECONDS = 0.2
"""A host that has kept less than that from the box has spoiled nothing."""

START_SHARE = 0.75
"""The jobs may take so much of their time to be there; later than that it is nearly up."""

PROMPT_SECONDS = 0.5
PROMPT_MOST = 1.5
QUIET_NEEDS = QUIET_SECONDS + 0.1
TELL_SECONDS = 1.2
MORE_SECONDS = 4.0
KINDS = ("early", "hit", "polite", "slow", "stubborn")


def supervise(box: Box) -> None:
    """One round, or two."""
    rounds = [_cast(box) for _ in TIMES]
    if not loaded(box):
        return
    for number, ((seconds, grace), jobs) in enumerate(zip(TIMES, rounds, strict=True), 1):
        box.fact("seconds", seconds)
        box.fact("grace", grace)
        box.fact("rounds", number)
        script = _Script(box, jobs, seconds, grace)
        reply, note = ask(
            box,
            None,
            [job.argv for job in jobs],
            seconds,
            grace,
            seconds=seconds + grace + MORE_SECONDS,
            while_waiting=script.play,
        )
        script.look()
        box.fact("call", note)
        box.fact("jobs", [job.facts for job in jobs])
        for job in jobs:
            job.close()
        box.fact("together", script.together.most)
        box.fact("quiet", script.quiet)
        left = family(box.snapshot().children_of(box.student_pid))
        box.fact("left", left)
        if reply.kind != "value" or reply.strays or left or not script.was_spoiled():
            break
    box.finish()


def _cast(box: Box) -> list[Job]:
    """The first job in the list is none of the early ones: who waits in order waits for it."""
    names = [f"{box.rng.getrandbits(16):04x}" for _ in KINDS]
    fifos = [*names, *(f"{name}-told" for name in names)]
    folder = place(box, *fifos)
    for name in fifos:
        os.chmod(f"{folder}/{name}", 0o666)  # the jobs write there too
    kinds = [*KINDS]
    while kinds[0] in ("early", "hit"):
        box.rng.shuffle(kinds)
    return [Job(box, kind, f"{folder}/{name}") for kind, name in zip(kinds, names, strict=True)]


class _Script:
    """What happens during the call: mostly looking, every few milliseconds."""

    def __init__(self, box: Box, jobs: list[Job], seconds: float, grace: float) -> None:
        self._box = box
        self._jobs = jobs
        self._seconds = seconds
        self._grace = grace
        self._by_kind = {job.kind: job for job in jobs}
        self._losses = Losses(box.student_pid)
        self._began = time.monotonic()
        self._played = False
        self._doubtful = False
        self.quiet: dict[str, Any] | None = None
        self.together = Together()

    def was_spoiled(self) -> bool:
        """True if the host was so busy with others that something could not be looked at."""
        facts = {kind: job.facts for kind, job in self._by_kind.items()}
        deaf = [one for kind, one in facts.items() if kind != "polite"]
        seen = (
            self.quiet is not None
            and is_calm(self.quiet)
            and self.together.most == len(self._jobs)
            and all(facts[kind]["code"] is not None for kind in ("early", "slow"))
            and all(one["ready"] for one in deaf)
        )
        return (self._doubtful or not seen) and self._losses.so_far() >= BUSY_SECONDS

    def play(self) -> None:
        """Called again and again during the call."""
        if self._played:
            self.look()
            slow = self._by_kind["slow"]
            asked, dead = slow.facts["asked"], slow.facts["dead"]
            if asked is not None and dead is None and slow.facts["code"] is None:
                self._tell(slow)
            elif slow.facts["gone"] is not None:
                self._second_chance()
            return
        self._played = True
        start = START_SHARE * self._seconds
        self._until(lambda: all(job.facts["born"] is not None for job in self._jobs), start)
        self._until(lambda: all(job.facts["ready"] for job in self._jobs), start - 0.2)
        early, hit = self._by_kind["early"], self._by_kind["hit"]
        if early.facts["born"] is None or hit.facts["born"] is None:
            return
        self._tell(early)
        self._prompt(early)
        hit.hit()
        self._prompt(hit)
        self._watch_quiet(self._seconds)

    def _tell(self, job: Job) -> None:
        """Let it end, unless it is ended before it hears that; all others are looked at as well."""
        latest = self._since() + TELL_SECONDS
        self._until(lambda: job.facts["dead"] is not None or job.tell(), latest)

    def _watch_quiet(self, next_event: float) -> None:
        """Look at a moment in which nothing happens, if there is time for it."""
        left = next_event - self._since()
        if left > QUIET_NEEDS:
            self.quiet = quiet(self._box, left - QUIET_NEEDS + QUIET_SECONDS, self.look)

    def _second_chance(self) -> None:
        """On a busy host the time before the deadline may have been too short: in the grace."""
        stubborn = self._by_kind["stubborn"].facts
        if self.quiet is None and stubborn["asked"] is not None and stubborn["dead"] is None:
            self._watch_quiet(stubborn["asked"] + self._grace)

    def _since(self) -> float:
        return time.monotonic() - self._began

    def look(self) -> None:
        """See what has become of the jobs."""
        self._count_losses()
        for job in self._jobs:
            job.look(self._moment)
        there = [one for one in self._jobs if one.identity and one.facts["dead"] is None]
        self.together.look(one.kind for one in there)

    def _count_losses(self) -> None:
        self._losses.look(
            job.identity[0] for job in self._jobs if job.identity and not job.facts["gone"]
        )

    def _moment(self, pid: int) -> tuple[float, float]:
        """Seconds since the call, and those of them that were lost for the job with this pid."""
        self._count_losses()
        return self._since(), self._losses.so_far(pid)

    def _until(self, condition: Callable[[], bool], latest: float) -> None:
        def met() -> bool:
            self.look()
            return condition()

        self._box.wait_until(met, max(0.0, latest - self._since()))

    def _prompt(self, job: Job) -> None:
        """See whether it is collected soon after its end.

        Who is at work, or waits for a processor, may be on its way to it: that time does not count.
        Who sleeps for so long in all, beside a zombie, was not woken up by its end; it may wake up
        now and then for something else, as `Popen.wait(timeout)` does.
        """
        asleep = 0.0
        looked: float | None = None

        def settled() -> bool:
            nonlocal asleep, looked
            facts, now = job.facts, self._since()
            if facts["gone"] is not None:
                return True
            if facts["dead"] is None or self._works():
                looked = None
                return False
            # Between two looks that are far apart, init did not see what it did.
            asleep += 0.0 if looked is None else min(now - looked, AT_A_TIME)
            looked = now
            facts["stale"] = asleep > PROMPT_SECONDS
            return bool(facts["stale"])

        self._until(settled, self._since() + PROMPT_MOST)
        self._doubtful |= job.facts["gone"] is None and not job.facts["stale"]

    def _works(self) -> bool:
        process = self._box.process(self._box.student_pid)
        return process is None or process.state in ("R", "D") or at_work(process.pid)
