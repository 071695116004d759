"""Scene 6.5: five jobs with a deadline; who is collected when, who gets which signal when?

The jobs wait at a FIFO for their code, and tell through another one when they get SIGTERM (one
leaves SIGTERM as it is, and dies of it): so it can be seen when it was sent, and who lived on.

Facts: `seconds`, `grace`, `call`, `jobs`, in the order of the call: kind, pid, ppid, `ready` (it
had its handler for SIGTERM before its time was up), times since the call (`born`, `asked`,
`dead`, `gone`, None if never seen), `code` (what it was told to end with), `stale` (a zombie that
stayed), `copies` (how many ran at once);
`others` (what else was there), `quiet`, `left`.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.orphans.gates import place, running, tell
from lessonkit.scenes.reaping.bursts import FATAL, quiet
from lessonkit.scenes.zombies.stage import ask, family, loaded

__all__ = ["supervise"]

SECONDS = 1.6
GRACE = 1.0
LATE_SECONDS = 1.3
START_SECONDS = 1.2
"""How long the jobs may take to be there; later than that their time is nearly up."""

PROMPT_SECONDS = 0.5
QUIET_NEEDS = 0.7
CALL_SECONDS = SECONDS + GRACE + 4.0
_DEAF = "trap 'echo x >{told}' TERM; exec 3<>{gate}; while ! read code <&3; do :; done; exit $code"
_TERM = 1 << (signal.SIGTERM - 1)
KINDS = ("early", "hit", "polite", "slow", "stubborn")


def supervise(box: Box) -> None:
    """The first job in the list is none of the early ones: who waits in order waits for it."""
    names = [f"{box.rng.getrandbits(16):04x}" for _ in KINDS]
    fifos = [*names, *(f"{name}-told" for name in names)]
    folder = place(box, *fifos)
    for name in fifos:
        os.chmod(f"{folder}/{name}", 0o666)  # the jobs write there too
    kinds = [*KINDS]
    while kinds[0] in ("early", "hit"):
        box.rng.shuffle(kinds)
    jobs = [_Job(box, kind, f"{folder}/{name}") for kind, name in zip(kinds, names, strict=True)]
    if not loaded(box):
        return
    box.fact("seconds", SECONDS)
    box.fact("grace", GRACE)
    script = _Script(box, jobs)
    _, note = ask(
        box,
        None,
        [job.argv for job in jobs],
        SECONDS,
        GRACE,
        seconds=CALL_SECONDS,
        while_waiting=script.play,
    )
    script.look()
    box.fact("call", note)
    box.fact("jobs", [job.facts for job in jobs])
    box.fact("left", family(box.snapshot().children_of(box.student_pid)))
    box.finish()


class _Job:
    """One job, and what was seen of it."""

    def __init__(self, box: Box, kind: str, gate: str) -> None:
        self._box = box
        self.kind = kind
        self._gate = gate
        told = f"{gate}-told"
        self._told = os.open(told, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self.argv = ["sh", "-c", f"read code < {gate}; exit $code"]
        if kind != "polite":
            self.argv = ["sh", "-c", _DEAF.format(gate=gate, told=told)]
        self.identity: tuple[int, int] | None = None
        self.facts: dict[str, Any] = {
            "kind": kind,
            "pid": None,
            "ppid": None,
            "ready": kind == "polite",
            "code": None,
            "stale": False,
            "copies": 0,
        } | dict.fromkeys(("born", "asked", "dead", "gone"))

    def look(self, now: float) -> None:
        """See what has become of it."""
        facts, box = self.facts, self._box
        if self.identity is None:
            self._find(now)
            return
        process = box.process(self.identity[0])
        if process is None or process.identity != self.identity:
            if facts["gone"] is None:
                facts["gone"] = now
                facts["dead"] = now if facts["dead"] is None else facts["dead"]
            return
        if process.is_zombie:
            facts["dead"] = now if facts["dead"] is None else facts["dead"]
            return
        if self.kind != "polite" and not facts["ready"]:
            mask = box.status_field(process.pid, "SigCgt")
            facts["ready"] = bool(int(mask or "0", 16) & _TERM)
        if facts["asked"] is None and self._was_told():
            facts["asked"] = now

    def _find(self, now: float) -> None:
        found = running(self._box.snapshot(), self.argv)
        self.facts["copies"] = max(self.facts["copies"], len(found))
        if found:
            self.identity = found[0].identity
            self.facts |= {"pid": found[0].pid, "ppid": found[0].ppid, "born": now}

    def _was_told(self) -> bool:
        """True once its handler for SIGTERM has run."""
        try:
            return bool(os.read(self._told, 64))
        except BlockingIOError:
            return False

    def tell(self) -> None:
        """Let it end with a code that was drawn just now."""
        self.facts["code"] = self._box.rng.randint(1, 255)
        self._box.wait_until(lambda: tell(self._gate, str(self.facts["code"])), START_SECONDS)

    def hit(self) -> None:
        """End it by a signal that is not one of the supervisor's."""
        fatal = int(self._box.rng.choice([n for n in FATAL if n not in (9, 15)]))
        self.facts["code"] = -fatal
        process = self._box.process(self.identity[0]) if self.identity else None
        if process is not None and process.identity == self.identity:
            self._box.kill(process.pid, fatal)


class _Script:
    """What happens during the call: mostly looking, every few milliseconds."""

    def __init__(self, box: Box, jobs: list[_Job]) -> None:
        self._box = box
        self._jobs = jobs
        self._by_kind = {job.kind: job for job in jobs}
        self._known = {p.identity for p in box.snapshot().processes}
        self._began = time.monotonic()
        self._played = False
        self._quiet = False

    def play(self) -> None:
        """Called again and again during the call."""
        if self._played:
            self.look()
            slow = self._by_kind["slow"]
            if slow.facts["asked"] is not None and slow.facts["code"] is None:
                slow.tell()
            elif slow.facts["gone"] is not None:
                self._second_chance()
            return
        self._played = True
        self._until(lambda: all(job.facts["born"] is not None for job in self._jobs), START_SECONDS)
        self._box.fact("others", family(self._others()))
        self._until(lambda: all(job.facts["ready"] for job in self._jobs), START_SECONDS - 0.2)
        early, hit = self._by_kind["early"], self._by_kind["hit"]
        if early.facts["born"] is None or hit.facts["born"] is None:
            return
        early.tell()
        self._prompt(early)
        hit.hit()
        self._prompt(hit)
        self._watch_quiet(SECONDS)

    def _watch_quiet(self, next_event: float) -> None:
        """Look at a moment in which nothing happens, if there is time for it."""
        if self._since() < next_event - QUIET_NEEDS:
            self._box.fact("quiet", quiet(self._box))
            self._quiet = True

    def _second_chance(self) -> None:
        """On a busy host the time before the deadline may have been too short: in the grace."""
        stubborn = self._by_kind["stubborn"].facts
        if not self._quiet and stubborn["asked"] is not None and stubborn["dead"] is None:
            self._watch_quiet(stubborn["asked"] + GRACE)

    def _since(self) -> float:
        return time.monotonic() - self._began

    def look(self) -> None:
        """See what has become of the jobs."""
        for job in self._jobs:
            job.look(self._since())

    def _until(self, condition: Callable[[], bool], latest: float) -> None:
        def met() -> bool:
            self.look()
            return condition()

        self._box.wait_until(met, max(0.0, latest - self._since()))

    def _prompt(self, job: _Job) -> None:
        """See whether it is collected soon after its end."""
        self._until(lambda: job.facts["gone"] is not None, self._since() + PROMPT_SECONDS)
        parent = self._box.process(self._box.student_pid)
        # A process that is at work may be on its way to it.
        job.facts["stale"] = (
            job.facts["dead"] is not None
            and job.facts["gone"] is None
            and parent is not None
            and parent.state == "S"
        )

    def _others(self) -> list[ProcessInfo]:
        """Processes that are there now, and neither jobs nor known."""
        pids = {job.facts["pid"] for job in self._jobs}
        return [
            p
            for p in self._box.snapshot().processes
            if p.identity not in self._known and p.pid not in pids
        ]
