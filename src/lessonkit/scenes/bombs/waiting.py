"""Scene 5.3: there is no room for a child; room comes later, by reaping, or not at all.

The soft limit of the student's process is set to 1 by an actor, and lifted by it again: what else
the user runs on this host, and how that changes, makes no difference then.

Facts: `cases`, one for each call: what kind it was, when room came, the program that ran then, what
became of the children; `lost` (seconds that the host has kept from those who take part: since room
came, or since the call), `own` (`Turns.own`), `naps` (how often the student's process has gone to
sleep), `tried` (how long it had run, and how often it had gone to sleep, when room came);
`refusable`: whether a fork can be made to fail in another way here.
"""

from __future__ import annotations

import errno
import os
import resource
import select
import signal
import time
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.bombs.common import new_since, nproc
from lessonkit.scenes.bombs.filters import refuse_forks
from lessonkit.scenes.forking.programs import count_strays
from lessonkit.scenes.orphans.gates import place, running
from lessonkit.scenes.reaping.losses import Losses
from lessonkit.scenes.turns import Turns
from lessonkit.scenes.zombies.stage import (
    Child,
    act,
    announce,
    ask,
    at_rest,
    children_in_student,
    family,
    hear,
    loaded,
    noted,
    over,
    rest,
    settle,
    state,
)

__all__ = ["fixture_no_memory", "polite_fork"]

GIVE_UP_SECONDS = {"later": 8.0, "zombies": 3.0, "memory": 3.0}
MORE_SECONDS = 2.0
"""When the function is to give up, and how much later than that the call is given up."""

SETTLE_SECONDS = 1.2
ROOM_SECONDS = 3.0
TRIED_SECONDS = 0.06
"""On the processor, without a nap: more than a few tries take."""

LATEST_SECONDS = 6.0
"""Room comes by then, whatever was seen: the function is to be in time for it."""

ZOMBIES = 3


class _Room:
    """The actor that takes room away, and gives it back."""

    def __init__(self, box: Box) -> None:
        self._box = box
        asked, self._asks = os.pipe()
        hears, says = os.pipe()
        box.spawn(_lifter, asked, says, str(box.student_pid))
        for fd in (asked, says):
            os.close(fd)
        settle(box, lambda: bool(select.select([hears], [], [], 0)[0]), "an actor said nothing")
        if hear(box, hears) != [1]:
            raise RuntimeError("an actor may not set the limits of the student's process")
        os.close(hears)
        limits = nproc(box.student_pid)
        if limits is None:
            raise RuntimeError("the limits of the student's process cannot be read")
        self._full = limits
        self.lifted_at: float | None = None
        self.meddled = False

    def take(self) -> bool:
        """Take all room away; False if the actor did not do it."""
        self.lifted_at, self.meddled = None, False
        return self._set("1")

    def give(self) -> None:
        """Give it back, during a call."""
        self.look()
        self.lifted_at = time.monotonic()
        self._set(self._full[0])

    def look(self) -> None:
        """See whether somebody else has changed the limit meanwhile."""
        limits = nproc(self._box.student_pid)
        if self.lifted_at is None and limits is not None and limits != ["1", self._full[1]]:
            self.meddled = True

    def _set(self, soft: str) -> bool:
        try:
            os.write(self._asks, f"{soft}\n".encode())
        except BrokenPipeError:
            return False

        def done() -> bool:
            return (nproc(self._box.student_pid) or [soft])[0] == soft

        return self._box.wait_until(done, ROOM_SECONDS)


def polite_fork(box: Box) -> None:
    """Three calls without room, the first two in random order, and one with another error."""
    kinds = ["later", "zombies"]
    folder = place(box, *kinds, "never", "memory")
    room = _Room(box)
    *dying, living = children_in_student(box, ZOMBIES + 1)
    refusable = _can_refuse(box)
    box.fact("refusable", refusable)
    if not loaded(box):
        return
    box.rng.shuffle(kinds)
    cases: list[dict[str, Any]] = []
    for kind in [*kinds, "never", *(["memory"] if refusable else [])]:
        argv = ["sh", "-c", f"read line < {folder}/{kind}"]
        this = _play(box, kind, argv, room, dying, living)
        cases.append(this)
        box.fact("cases", cases)
        if this["over"]:
            return


def _play(
    box: Box, kind: str, argv: list[str], room: _Room, dying: list[Child], living: Child
) -> dict[str, Any]:
    """One call: see to it that there is no room, and when it comes."""
    this: dict[str, Any] = {"case": kind, "argv": argv, "over": True}
    if kind == "zombies":
        for child in dying:
            child.exit(box.rng.randint(0, 255))
        box.wait_until(lambda: all(state(box, c.pid) in (None, "Z") for c in dying), 5.0)
    hold = box.rng.uniform(0.4, 0.8) if kind == "later" else float("inf")
    seconds = GIVE_UP_SECONDS.get(kind) or round(box.rng.uniform(0.6, 0.9), 2)
    this["seconds"] = seconds
    if kind == "memory":
        this["call"] = noted(box.fixture("no_memory"))
        if this["call"]["kind"] != "value":
            return this
    elif not room.take():
        this["taken"] = False
        return this
    old = {p.identity for p in box.snapshot().processes}
    this["zombies_before"] = len(_zombies(box))
    began = time.monotonic()

    looks = [0, 0]
    this["tried"] = None
    nap = _Nap(box)
    turns, losses, lost_before = Turns(box.student_pid), Losses(box.student_pid), 0.0

    def during() -> None:
        nonlocal lost_before
        looks[0] += state(box, box.student_pid) == "R"
        looks[1] += 1
        new = [p.pid for p in new_since(box, old)]
        nap.look(alone=not new)
        turns.look()
        room.look()
        losses.look(new)
        if room.lifted_at is not None or kind in ("never", "memory"):
            return
        made_room = kind == "zombies" and not _zombies(box)
        if made_room or (time.monotonic() >= began + hold and _has_tried(turns, began)):
            this["tried"] = [turns.ran(), turns.naps()]
            lost_before = losses.so_far()
            room.give()

    reply, this["call"] = ask(
        box, None, argv, seconds, seconds=seconds + MORE_SECONDS, while_waiting=during
    )
    losses.look(p.pid for p in new_since(box, old))
    pid = reply.value if type(reply.value) is int else None
    this["lost"] = losses.so_far(pid) - lost_before
    this["own"], this["naps"] = turns.own(), turns.naps()
    room.look()
    this["looks"] = looks  # at work, all
    this["longest_nap"] = nap.longest
    rest(box, [living.pid])
    this["room_after"] = None if room.lifted_at is None else room.lifted_at - began
    this["meddled"] = kind != "memory" and room.meddled
    this["over"] = over(reply)
    this["zombies"] = len(_zombies(box))
    this["living"] = state(box, living.pid)
    if reply.kind == "value":
        box.wait_until(lambda: bool(running(box.snapshot(), argv)), SETTLE_SECONDS)
    box.wait_until(lambda: at_rest(new_since(box, old)), SETTLE_SECONDS)
    there = running(box.snapshot(), argv)
    this["program"] = family(there)
    this["was_there"] = [p.pid for p in there if p.identity in old]
    pids = {p.pid for p in there}
    this["others"] = family(p for p in new_since(box, old) if p.pid not in pids)
    if not over(reply):
        count_strays(box, reply, this["call"])
    if room.lifted_at is None and kind != "memory":
        room.give()
    for process in new_since(box, old):
        box.kill(process.pid, signal.SIGKILL)
    box.wait_until(lambda: all(p.is_zombie for p in new_since(box, old)), SETTLE_SECONDS)
    return this


def _has_tried(turns: Turns, began: float) -> bool:
    """True once it was seen what the process does without room: it naps, or it is busy."""
    ran = turns.ran()
    busy = ran is None or ran >= TRIED_SECONDS
    return busy or turns.naps() > 0 or time.monotonic() >= began + LATEST_SECONDS


class _Nap:
    """How long the student's process has slept at a stretch, while it had no child of that call.

    If it has one, it may wait until that has become the program. Each time that it goes to sleep
    the kernel counts one more; who waits for a processor after that is in state R, and does not
    sleep. So it does not matter how busy the host is.
    """

    def __init__(self, box: Box) -> None:
        self._box = box
        self._since: tuple[str | None, float] = (None, 0.0)
        self.longest = 0.0

    def look(self, *, alone: bool) -> None:
        """Called again and again."""
        pid, before = self._box.student_pid, time.monotonic()
        asleep = alone and state(self._box, pid) == "S"
        count = self._box.status_field(pid, "voluntary_ctxt_switches") if asleep else None
        if count is None or count != self._since[0]:
            # Init may have to wait for its turn in the middle of a look.
            self._since = count, time.monotonic()
        else:
            self.longest = max(self.longest, before - self._since[1])


def _zombies(box: Box) -> list[int]:
    children = box.snapshot().children_of(box.student_pid)
    return [p.pid for p in children if p.is_zombie]


def _lifter(asked: int, says: int, pid: str) -> None:
    """Be the actor: set the soft limit of that process to each number that comes."""
    act("clerk")
    student = int(pid)
    limits = resource.prlimit(student, resource.RLIMIT_NPROC)
    try:
        resource.prlimit(student, resource.RLIMIT_NPROC, limits)
    except OSError:
        announce(says, 0)
        return
    announce(says, 1)
    with os.fdopen(asked) as numbers:
        for number in numbers:
            soft = resource.RLIM_INFINITY if number == "unlimited\n" else int(number)
            resource.prlimit(student, resource.RLIMIT_NPROC, (soft, limits[1]))


def fixture_no_memory(fds: list[int]) -> None:
    """In the student's process: from now on each fork fails with ENOMEM."""
    refuse_forks(errno.ENOMEM)


def _can_refuse(box: Box) -> bool:
    """True if such a filter can be had here."""
    hears, says = os.pipe()
    box.spawn(_try, says)
    os.close(says)
    (can,) = hear(box, hears)
    os.close(hears)
    return can == 1


def _try(says: int) -> None:
    act("clerk")
    try:
        refuse_forks(errno.ENOMEM)
        os.fork()
    except OSError as error:
        announce(says, int(error.errno == errno.ENOMEM))
    else:
        announce(says, 0)
