"""Scene 3.2: ask is_running about processes of every kind, in random order.

Facts: `cases` (what the pid is, what the answer should be, what it was), `changed` (what
asking did to the processes), `left` (children that it left behind).
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from typing import Any

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import (
    act,
    announce,
    ask,
    children_in_student,
    hear,
    left_over,
    loaded,
    over,
    rest,
    set_name,
    settle,
    state,
)

__all__ = ["is_running"]

CALL_SECONDS = 2.0
SOON = 8000
"""So many numbers may be handed out on the host before the question is asked."""

_NAMES = ("worker", "job", "daemon", "spool", "mailer", "backup", "courier", "init")
_NASTY_NAMES = (
    ("x) Z 1 (y", "a) Z (b", "Z) Z 1 (Z"),  # for who reads them as dead
    ("x) S 1 (y", "a) R (b", "S) S 1 (S"),  # and as living
)


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
    box.fact(
        "left", left_over(box, lambda: [p for p in box.snapshot().processes if p.pid not in old])
    )


def _stage(box: Box) -> dict[str, int]:
    """Make every kind of process there is; return kind -> pid.

    Only the state tells the living from the dead: names, parents and the order of the pids are
    the same for both.
    """
    hears, says = os.pipe()
    gate, _ = os.pipe()  # nobody writes: who reads it sleeps until the box ends
    stage = {"own": box.student_pid}
    if box.init_pid == 1:
        stage["init"] = 1  # elsewhere init is out of sight, and not to be asked about
    own = children_in_student(box, 2)
    box.rng.shuffle(own)
    child, living = own
    child.exit(box.rng.randint(0, 255))
    stage["own zombie"], stage["own child"] = child.pid, living.pid

    first, second = box.rng.sample(_NAMES, 2)
    nasty, nasty_too = (box.rng.choice(names) for names in _NASTY_NAMES)
    plan = [
        ("sleeping", first, True),
        ("zombie", first, False),
        ("stopped", second, True),
        ("nasty living", nasty, True),
        ("nasty zombie", nasty_too, False),
        ("nasty living too", nasty_too, True),
        ("nasty zombie too", nasty, False),
    ]
    box.rng.shuffle(plan)

    def a_family() -> None:
        children = [(name, lives) for _, name, lives in plan]
        box.spawn(_parent, box.rng.choice(_NAMES), children, says, gate)
        stage.update(zip([kind for kind, _, _ in plan], hear(box, hears), strict=True))

    def a_thread() -> None:
        box.spawn(_with_thread, second, says, gate)
        _, stage["thread"] = hear(box, hears)

    def a_reaped_one() -> None:
        stage["reaped"] = box.spawn(_nothing)
        settle(box, lambda: box.process(stage["reaped"]) is None, "an actor did not end")

    steps: list[Callable[[], None]] = [a_family, a_thread, a_reaped_one]
    box.rng.shuffle(steps)
    for step in steps:
        step()
    box.kill(stage["stopped"], signal.SIGSTOP)
    stage["unused"] = _unused_number(box)
    settle(box, lambda: state(box, stage["own zombie"]) == "Z", "a child did not end")
    settle(box, lambda: state(box, stage["stopped"]) == "T", "an actor did not stop")
    return stage


def _states(box: Box, stage: dict[str, int]) -> dict[str, str | None]:
    return {kind: state(box, pid) for kind, pid in stage.items() if kind != "thread"}


def _unused_number(box: Box) -> int:
    """A number that nobody has, nor gets while it is asked about, where pids are the host's."""
    last = procfs.last_pid() or 0
    while True:
        number = box.rng.randint(20_000, 32_000)
        if 0 <= number - last < SOON:
            continue
        if box.process(number) is None and not os.path.exists(f"/proc/{number}"):
            return number


def _parent(name: str, children: Sequence[tuple[str, bool]], says: int, gate: int) -> None:
    """Make children that live and children that are dead, in this order; wait for none."""
    act(name)
    pids = []
    for child_name, lives in children:
        set_name(child_name)  # a child is born with the name of its parent
        pid = os.fork()
        if pid == 0:
            if lives:
                os.read(gate, 1)
            os._exit(0)
        pids.append(pid)
    for pid, (_, lives) in zip(pids, children, strict=True):
        if not lives:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    set_name(name)
    announce(says, *pids)
    os.read(gate, 1)


def _with_thread(name: str, says: int, gate: int) -> None:
    act(name)

    def wait() -> None:
        announce(says, os.getpid(), threading.get_native_id())
        os.read(gate, 1)

    threading.Thread(target=wait, daemon=True).start()
    os.read(gate, 1)


def _nothing() -> None:
    """End at once."""
