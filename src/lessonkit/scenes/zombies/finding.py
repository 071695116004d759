"""Scene 3.3: find_zombies among decoys, then again and again while processes vanish.

Facts: `zombies` (what is there: pid, parent, the parent's name, whether a name is nasty),
`decoys`, `quiet` (the first call), `hurried` (calls while processes vanish: how many, the one that
failed, the different answers, each with the zombies that had come by then; what became of the
staging), `lost` (staged processes that are not as they were), `left`.
"""

from __future__ import annotations

import ctypes
import os
import select
import threading
import time
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import (
    act,
    announce,
    ask,
    children_in_student,
    family,
    hear,
    left_over,
    loaded,
    rest,
    set_name,
    settle,
    sleeper,
    state,
    zombie_keeper,
)
from lessonkit.scenes.zombies.vanishing import MODES, Flicker

__all__ = ["find_zombies"]

HURRIED_CALLS = 12
HURRIED_SECONDS = 1.0
HURRIED_CALL_SECONDS = 10.0
"""More than for others: an actor takes part, and on a busy host it has to wait as well."""

GROWN_SECONDS = 5.0
MAX_ANSWERS = 8
_PARENTS = ("cook", "baker", "printer", "courier", "warehouse")
_JOBS = ("spool", "fetch", "resize", "mailer", "backup")
_NASTY_PARENTS = ("web) S 1 (db", "a) Z 9 (b c", "(x) R 1 (")
_NASTY_JOBS = ("x) S 1 (y", "Z) R 2 (a b", ") (S")
_SYS_EXIT = {"x86_64": 60, "aarch64": 93}


def find_zombies(box: Box) -> None:
    """Stage zombies and decoys, then call the function in quiet and in a hurry."""
    hears, says = os.pipe()
    gate, _ = os.pipe()  # nobody writes: who reads it sleeps until the box ends
    zombies = _zombies(box, hears, says, gate)
    decoys = _decoys(box, hears, says, gate)
    grower = _Grower(box)
    flicker = Flicker(box, box.rng.choice(_PARENTS))
    box.fact("zombies", [_described(box, pid, nasty=nasty) for pid, nasty in zombies.items()])
    box.fact("decoys", decoys)
    box.fact("flicker", flicker.pid)
    if not loaded(box):
        return
    before = box.snapshot()
    box.fact("living", family(p for p in before.processes if p.pid not in zombies))

    quiet, note = ask(box, None)
    box.fact("quiet", note)
    # What the first call left behind is its own; the vanishing ones come later.
    known = {p.pid for p in before.processes}
    box.fact(
        "left",
        left_over(box, lambda: [p for p in box.snapshot().processes if p.pid not in known]),
    )
    if quiet.kind == "value":
        box.fact("hurried", _hurried(box, flicker, grower))
    staged = [*zombies, *decoys.values()]
    actors = [flicker.pid, grower.pid]
    rest(box, [*staged, *actors])
    lost = [pid for pid in staged if box.process(pid) is None]
    lost += [pid for pid in actors if state(box, pid) in (None, "Z", "X", "T")]
    box.fact("lost", lost)
    flicker.end()


def _zombies(box: Box, hears: int, says: int, gate: int) -> dict[int, bool]:
    """Stage the zombies; return pid -> True if its name or its parent's is nasty."""
    zombies: dict[int, bool] = {}
    (child,) = children_in_student(box, 1)
    child.exit(box.rng.randint(0, 255))
    settle(box, lambda: _is_zombie(box, child.pid), "a child did not end")
    zombies[child.pid] = False
    for parent in box.rng.sample(_PARENTS, 2):
        jobs = box.rng.sample(_JOBS, box.rng.randint(1, 3))
        box.spawn(zombie_keeper, parent, jobs, says, gate)
        zombies.update(dict.fromkeys(hear(box, hears), False))
    jobs = [box.rng.choice(_JOBS), box.rng.choice(_NASTY_JOBS)]
    box.spawn(zombie_keeper, box.rng.choice(_NASTY_PARENTS), jobs, says, gate)
    zombies.update(dict.fromkeys(hear(box, hears), True))
    return zombies


def _decoys(box: Box, hears: int, says: int, gate: int) -> dict[str, int]:
    """Stage what looks like a zombie and is none; return kind -> pid."""
    decoys = {"nasty name": box.spawn(sleeper, "x) Z (y", says, gate)}
    hear(box, hears)
    decoys["ordinary"] = box.spawn(sleeper, "bystander", says, gate)
    hear(box, hears)

    # A program of that name: its command line has the Z too, for those who read `ps aux`.
    program = os.path.join(box.home, "Zoom Z")
    import shutil  # only here: what the launcher has loaded is copied by every fork

    os.symlink(shutil.which("cat") or "/bin/cat", program)
    decoys["Zoom Z"] = box.spawn(_program, program, gate)
    settle(box, lambda: _name(box, decoys["Zoom Z"]) == "Zoom Z", "an actor did not exec")

    decoys["dead main thread"] = box.spawn(_without_main_thread, says, gate)
    hear(box, hears)
    settle(box, lambda: _is_zombie(box, decoys["dead main thread"]), "a thread did not end")
    return decoys


class _Grower:
    """An actor that has one more zombie whenever it is told to: an old answer is wrong then."""

    def __init__(self, box: Box) -> None:
        self._box = box
        cue, self._cue = os.pipe()
        self._hears, says = os.pipe()
        name, job = box.rng.choice(_PARENTS), box.rng.choice(_JOBS)
        self.pid = box.spawn(_growing, name, job, says, cue)
        hear(box, self._hears)

    def grow(self) -> int | None:
        """Have one more zombie; return its pid, or None if the actor was hindered."""
        os.write(self._cue, b"!")
        self._box.wait_until(lambda: self._heard() or not self._lives(), GROWN_SECONDS)
        said = os.read(self._hears, 64) if self._heard() else b""
        return int(said) if said.strip().isdigit() else None

    def _heard(self) -> bool:
        return bool(select.select([self._hears], [], [], 0)[0])

    def _lives(self) -> bool:
        return state(self._box, self.pid) not in (None, "Z", "X", "T")


def _growing(name: str, job: str, says: int, cue: int) -> None:
    act(name)
    announce(says, 0)
    while os.read(cue, 1):
        set_name(job)
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        set_name(name)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        announce(says, pid)


def _hurried(box: Box, flicker: Flicker, grower: _Grower) -> dict[str, Any]:
    """Call again and again until time is up; keep the different answers, at most a few."""
    until = time.monotonic() + HURRIED_SECONDS
    answers: dict[str, Any] = {}
    grown: list[int] = []
    grow_before = {2, box.rng.randint(3, HURRIED_CALLS)}
    calls, failed = 0, None
    while calls < HURRIED_CALLS and (calls < len(MODES) or time.monotonic() < until):
        if calls + 1 in grow_before:
            pid = grower.grow()
            if pid is None:
                flicker.problems.append("gone")
            else:
                grown.append(pid)
        flicker.cue(MODES[calls % len(MODES)])
        reply, note = ask(box, None, seconds=HURRIED_CALL_SECONDS)
        calls += 1
        if reply.kind != "value":
            failed = note
            break
        if len(answers) < MAX_ANSWERS:
            key = f"{len(grown)} {_in_any_order(reply.value)}"
            answers[key] = {"grown": list(grown), "call": note}
    if failed is None:
        flicker.ready()  # the last ones have vanished too
    return {
        "calls": calls,
        "failed": failed,
        "answers": list(answers.values()),
        "grown": grown,
        "problems": flicker.problems,
    }


def _in_any_order(value: Any) -> str:
    try:
        return repr(sorted(map(repr, value)) if isinstance(value, (list, tuple, set)) else value)
    except ValueError:  # a number with too many digits, see sys.set_int_max_str_digits
        return "?"


def _described(box: Box, pid: int, *, nasty: bool) -> dict[str, Any]:
    process = box.process(pid)
    parent = None if process is None else box.process(process.ppid)
    if process is None or parent is None:
        raise RuntimeError(f"the staged zombie {pid} or its parent is gone")
    return {
        "pid": pid,
        "name": process.comm,
        "ppid": parent.pid,
        "parent": parent.comm,
        "nasty": nasty,
    }


def _is_zombie(box: Box, pid: int) -> bool:
    process = box.process(pid)
    return process is not None and process.is_zombie


def _name(box: Box, pid: int) -> str | None:
    process = box.process(pid)
    return None if process is None else process.comm


def _program(path: str, gate: int) -> None:
    act("shell")
    os.dup2(gate, 0)
    os.execv(path, [path, "-", "Z"])


def _without_main_thread(says: int, gate: int) -> None:
    """End the main thread alone: the leader stays in state Z while a thread lives on."""
    act("no-main")
    ready = threading.Event()

    def stay() -> None:
        ready.set()
        os.read(gate, 1)

    threading.Thread(target=stay, daemon=True).start()
    ready.wait()
    announce(says, os.getpid())
    ctypes.CDLL(None).syscall(_SYS_EXIT[os.uname().machine], 0)
