"""Scene 3.2: ask is_running about processes of every kind, in random order.

Facts: `cases` (what the pid is, what the answer should be, what it was), `changed` (what
asking did to the processes), `left` (children that it left behind).
"""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import (
    act,
    announce,
    ask,
    children_in_student,
    family,
    hear,
    loaded,
    over,
    rest,
    settle,
    sleeper,
    state,
    zombie_keeper,
)

__all__ = ["is_running"]

CALL_SECONDS = 2.0
_LIVING_NAMES = ("x) Z 1 (y", "a) Z (b", "Z) Z 1 (Z")
_DEAD_NAMES = ("x) S 1 (y", "a) R (b", "S) S 1 (S")


def is_running(box: Box) -> None:
    """Stage the processes, then ask about each of them once."""
    stage = _stage(box)
    before = _states(box, stage)
    box.fact("staged", list(stage))
    if not loaded(box):
        return
    old = {p.pid for p in box.snapshot().processes}
    order = list(stage)
    box.rng.shuffle(order)
    cases: list[dict[str, Any]] = []
    for kind in order:
        reply, note = ask(box, None, stage[kind], seconds=CALL_SECONDS)
        cases.append({"case": kind, "pid": stage[kind], "call": note})
        box.fact("cases", cases)
        if over(reply):
            return
    rest(box, [pid for pid in stage.values() if pid not in (box.student_pid, box.init_pid)])
    after = _states(box, stage)
    box.fact("before", before)
    box.fact("after", after)
    snapshot = box.snapshot()
    box.fact("left", family(p for p in snapshot.processes if p.pid not in old))


def _stage(box: Box) -> dict[str, int]:
    """Make every kind of process there is; return kind -> pid."""
    hears, says = os.pipe()
    gate, _ = os.pipe()  # nobody writes: who reads it sleeps until the box ends
    stage = {"own": box.student_pid}
    if box.init_pid == 1:
        stage["init"] = 1  # elsewhere init is out of sight, and not to be asked about
    (child,) = children_in_student(box, 1)
    child.exit(box.rng.randint(0, 255))
    stage["own zombie"] = child.pid

    for kind, name in (
        ("sleeping", "worker"),
        ("stopped", "worker"),
        ("nasty living", box.rng.choice(_LIVING_NAMES)),
    ):
        stage[kind] = box.spawn(sleeper, name, says, gate)
        hear(box, hears)
    box.kill(stage["stopped"], signal.SIGSTOP)

    names = ["job", box.rng.choice(_DEAD_NAMES)]
    box.spawn(zombie_keeper, "daemon", names, says, gate)
    stage["zombie"], stage["nasty zombie"] = hear(box, hears)

    box.spawn(_with_thread, says, gate)
    _, stage["thread"] = hear(box, hears)

    stage["reaped"] = box.spawn(_nothing)
    settle(box, lambda: box.process(stage["reaped"]) is None, "an actor did not end")
    stage["unused"] = _unused_number(box)
    settle(box, lambda: state(box, stage["own zombie"]) == "Z", "a child did not end")
    settle(box, lambda: state(box, stage["stopped"]) == "T", "an actor did not stop")
    return stage


def _states(box: Box, stage: dict[str, int]) -> dict[str, str | None]:
    return {kind: state(box, pid) for kind, pid in stage.items() if kind != "thread"}


def _unused_number(box: Box) -> int:
    while True:
        number = box.rng.randint(20_000, 32_000)
        if box.process(number) is None and not os.path.exists(f"/proc/{number}"):
            return number


def _with_thread(says: int, gate: int) -> None:
    act("threads")

    def wait() -> None:
        announce(says, os.getpid(), threading.get_native_id())
        os.read(gate, 1)

    threading.Thread(target=wait, daemon=True).start()
    os.read(gate, 1)


def _nothing() -> None:
    """End at once."""
