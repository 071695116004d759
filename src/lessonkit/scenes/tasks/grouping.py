"""Scene 2.3: ask for the threads of processes, by pid and by thread id, while some come and go.

The processes stand still while they are asked about; what comes and goes does so between two calls,
and init looks again before each of them.

Facts: `cases`, in the order of the calls: what was asked about (`case`), the `number`, the `truth`
([tgid, tids] or None), `children` (of the process, a decoy), the answer; `before` and `after`: the
states of the staged processes; `left`.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable
from typing import Any

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.parents import NAMES
from lessonkit.scenes.zombies.stage import (
    act,
    announce,
    ask,
    hear,
    left_over,
    loaded,
    over,
    rest,
    settle,
    state,
    zombie_keeper,
)

__all__ = ["tasks"]

CALL_SECONDS = 3.0
LATE_SECONDS = 3.0
_SYS_EXIT = {"x86_64": 60, "aarch64": 93}
_MORE, _FEWER = b"+", b"-"


def tasks(box: Box) -> None:
    """Stage the processes, ask about them, change one of them, ask again."""
    stage, grower = _stage(box)
    if not loaded(box):
        return
    known = {p.pid for p in box.snapshot().processes}
    before = {pid: state(box, pid) for pid in sorted(set(stage.values()) & known)}
    pids = ["threads", "namesakes", "alone", "growing", "zombie", "no main", "gone"]
    others = ["threads: another", "namesakes: another", "no main: another"]
    order = [*pids, *others]
    box.rng.shuffle(order)
    cases: list[dict[str, Any]] = []

    def one(kind: str, number: int) -> bool:
        truth = _truth(number)
        children = list(procfs.children(truth[0])) if truth else []
        reply, note = ask(box, None, number, seconds=CALL_SECONDS)
        case = {"case": kind, "number": number, "truth": truth, "children": children}
        cases.append({**case, "call": note})
        box.fact("cases", cases)
        return not over(reply)

    for kind in order:
        if not one(kind, stage[kind]):
            return
    new = [grower.change(_MORE), grower.change(_MORE)]
    gone = grower.change(_FEWER)
    changed = {"growing: more": stage["growing"], "growing: new": new[-1], "growing: ended": gone}
    for kind, changed_number in changed.items():
        if changed_number is not None and not one(kind, changed_number):
            return
    rest(box, list(before))
    box.fact("before", [[pid, was] for pid, was in before.items()])
    box.fact("after", [[pid, state(box, pid)] for pid in before])
    box.fact(
        "left",
        left_over(box, lambda: [p for p in box.snapshot().processes if p.pid not in known]),
    )


def _truth(number: int) -> list[Any] | None:
    """What the kernel says: the process of a task, and all tasks of that."""
    tgid = procfs.status_field(number, "Tgid")
    return [int(tgid), list(procfs.tasks(int(tgid)))] if tgid else None


def _stage(box: Box) -> tuple[dict[str, int], _Grower]:
    hears, says = os.pipe()
    gate, _ = os.pipe()  # nobody writes: who reads it sleeps until the box ends
    stage: dict[str, int] = {}
    name = box.rng.choice(NAMES)

    def threads(kind: str, name: str) -> None:
        box.spawn(_with_threads, name, str(box.rng.randint(3, 6)), says, gate)
        stage[kind], *others = hear(box, hears)
        stage[f"{kind}: another"] = box.rng.choice(others)

    def alone() -> None:
        box.spawn(_with_children, box.rng.choice(NAMES), says, gate)
        stage["alone"] = hear(box, hears)[0]

    def dead() -> None:
        box.spawn(zombie_keeper, box.rng.choice(NAMES), [box.rng.choice(NAMES)], says, gate)
        (stage["zombie"],) = hear(box, hears)
        box.spawn(_without_main_thread, box.rng.choice(NAMES), says, gate)
        stage["no main"], stage["no main: another"] = hear(box, hears)
        settle(box, lambda: state(box, stage["no main"]) == "Z", "a thread did not end")
        stage["gone"] = box.spawn(_nothing)
        settle(box, lambda: not os.path.exists(f"/proc/{stage['gone']}"), "an actor did not end")

    steps: list[Callable[[], None]] = [
        lambda: threads("threads", name),
        lambda: threads("namesakes", name),
        alone,
        dead,
    ]
    box.rng.shuffle(steps)
    for step in steps:
        step()
    grower = _Grower(box)
    stage["growing"] = grower.pid
    return stage, grower


class _Grower:
    """An actor that starts or ends a thread whenever it is told to."""

    def __init__(self, box: Box) -> None:
        self._box = box
        cue, self._cue = os.pipe()
        self._hears, says = os.pipe()
        self.pid = box.spawn(_growing, box.rng.choice(NAMES), says, cue)
        hear(box, self._hears)

    def change(self, what: bytes) -> int | None:
        """One thread more, or one less; return its id, or None if the actor was hindered."""
        heard: list[int] = []
        os.set_blocking(self._hears, False)
        try:
            os.write(self._cue, what)
        except BrokenPipeError:
            return None  # it was ended by the student's code

        def done() -> bool:
            try:
                heard.extend(int(word) for word in os.read(self._hears, 64).split())
            except BlockingIOError:
                return state(self._box, self.pid) in (None, "Z", "T")
            return True

        self._box.wait_until(done, LATE_SECONDS)
        return heard[0] if heard else None


def _growing(name: str, says: int, cue: int) -> None:
    act(name)
    gates: list[tuple[int, int, threading.Thread]] = []  # (thread id, writing end, thread)
    announce(says, os.getpid())
    while byte := os.read(cue, 1):
        if byte == _MORE:
            reading, writing = os.pipe()
            ready = threading.Event()
            thread = threading.Thread(target=_wait, args=(reading, ready), daemon=True)
            thread.start()
            ready.wait()
            number = thread.native_id or 0
            gates.append((number, writing, thread))
        else:
            number, writing, thread = gates.pop(0)
            os.write(writing, b"!")
            thread.join()
            while os.path.exists(f"/proc/self/task/{number}"):
                os.sched_yield()  # its last steps are in the kernel
        announce(says, number)


def _wait(gate: int, ready: threading.Event) -> None:
    ready.set()
    os.read(gate, 1)


def _with_threads(name: str, count: str, says: int, gate: int) -> None:
    act(name)
    ready = threading.Barrier(int(count))
    numbers: list[int] = []

    def wait() -> None:
        numbers.append(threading.get_native_id())
        ready.wait()
        os.read(gate, 1)

    for _ in range(int(count) - 1):
        threading.Thread(target=wait, daemon=True).start()
    ready.wait()
    announce(says, os.getpid(), *numbers)
    os.read(gate, 1)


def _with_children(name: str, says: int, gate: int) -> None:
    act(name)
    pids = []
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            os.read(gate, 1)
            os._exit(0)
        pids.append(pid)
    announce(says, os.getpid(), *pids)
    os.read(gate, 1)


def _without_main_thread(name: str, says: int, gate: int) -> None:
    """End the main thread alone; another one lives on."""
    act(name)
    number: list[int] = []
    ready = threading.Event()

    def stay() -> None:
        number.append(threading.get_native_id())
        ready.set()
        os.read(gate, 1)

    threading.Thread(target=stay, daemon=True).start()
    ready.wait()
    announce(says, os.getpid(), *number)
    ctypes.CDLL(None).syscall(_SYS_EXIT[os.uname().machine], 0)


def _nothing() -> None:
    """End at once."""
