"""Scene 2.6: ask for members of the task_struct of processes, of a thread, and of a zombie.

The kernel itself has the answers: init reads them in /proc, or has an actor read what only a
process of the same user is shown. How the zombie ended init knows, because it told it to.

Facts: `cases`, in the order of the calls: what the task is (`task`), its `number`, the `member`,
the `truth`, the answer; `zombie_left`; `after`: the states of the subjects.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from typing import Any

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.forking.inspector import Inspector
from lessonkit.scenes.zombies.parents import NAMES
from lessonkit.scenes.zombies.stage import ask, hear, loaded, over, rest, settle, state

__all__ = ["MEMBERS", "read_member"]

CALL_SECONDS = 3.0
_SIGNALS = (1, 2, 3, 10, 12, 14, 15, 20, 21, 22, 23, 28)
"""Can be blocked, and end or stop nobody while they are."""

_ENDINGS = (signal.SIGTERM, signal.SIGKILL, signal.SIGHUP, signal.SIGUSR1)
_IDENTITY = ("tgid", "real_parent->tgid", "comm", "start_boottime")
_SIGNAL_SETS = ("blocked", "pending", "signal->shared_pending")
_POINTED = ("files", "fs->pwd", "mm->total_vm")
MEMBERS: Mapping[str, tuple[str, ...]] = {
    "parent": (*_IDENTITY, *_SIGNAL_SETS, *_POINTED),
    "child": (*_IDENTITY, *_SIGNAL_SETS, *_POINTED),
    "thread": ("tgid", "comm", "blocked", "pending", "signal->nr_threads"),
    "zombie": ("tgid", "real_parent->tgid", "comm", "exit_code", "mm->total_vm"),
}
"""What is asked of which task."""


def read_member(box: Box) -> None:
    """Stage the subjects, read them, ask about every member in random order."""
    inspector = Inspector(box)
    plans = _plans(box, inspector.home)
    numbers = _stage(box, plans)
    if not loaded(box):
        return
    asked = [(task, member) for task, members in MEMBERS.items() for member in members]
    box.rng.shuffle(asked)
    cases: list[dict[str, Any]] = []
    for task, member in asked:
        number = numbers[task]
        reply, note = ask(box, None, number, member, seconds=CALL_SECONDS)
        if member == "exit_code":
            truth = _wait_status(plans["zombie"]["ends"])
        else:
            truth = _truth(number, member, inspector)
        case = {"task": task, "number": number, "member": member, "truth": truth, "call": note}
        cases.append(case)
        box.fact("cases", cases)
        if over(reply):
            return
    living = [numbers["parent"], numbers["child"]]
    rest(box, living)
    box.fact("after", [[pid, state(box, pid)] for pid in living])
    box.fact("zombie_left", state(box, numbers["zombie"]) == "Z")


def _plans(box: Box, home: str) -> dict[str, dict[str, Any]]:
    plans = {}
    for number, role in enumerate(("parent", "child", "zombie")):
        directory = os.path.join(box.home, f"place-{box.rng.getrandbits(32):08x}")
        os.mkdir(directory)
        os.chmod(directory, 0o755)
        threads = box.rng.randint(3, 5) if role == "parent" else 1
        plans[role] = {
            "number": number,
            "cwd": os.path.join(home, os.path.basename(directory)),
            "pages": box.rng.randint(100, 2000),
            "fds": box.rng.sample(range(20, 60), box.rng.randint(2, 5)),
            "threads": threads,
            "thread": _signals(box),
            "ends": None,
            **_signals(box),
        }
    ending = box.rng.choice(_ENDINGS)
    plans["zombie"]["ends"] = box.rng.choice([box.rng.randint(1, 255), -int(ending)])
    return plans


def _signals(box: Box) -> dict[str, Any]:
    """A name, blocked signals, and of these some that are pending for the task itself."""
    blocked = box.rng.sample(_SIGNALS, box.rng.randint(5, 7))
    return {"name": box.rng.choice(NAMES), "blocked": blocked, "pending": blocked[:2]}


def _stage(box: Box, plans: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Fork the subjects from the student's process; return task -> number."""
    hears, says = os.pipe()
    gate, _ = os.pipe()  # nobody writes: who reads it sleeps until the box ends
    scripts = {role: os.pipe() for role in plans}
    reading = [script for script, _ in scripts.values()]
    reply = box.fixture("subjects", fds=[says, gate, *reading])
    if reply.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {reply!r:.400}")
    numbers: dict[str, int] = {}
    for role, plan in plans.items():
        os.write(scripts[role][1], json.dumps(plan).encode())
        number, numbers[role], *thread = hear(box, hears)
        if number != plan["number"]:
            raise RuntimeError(f"not the {role} has answered")
        if thread:
            numbers["thread"] = thread[0]
    for fds in ((hears, says, gate), *scripts.values()):
        for fd in fds:
            os.close(fd)
    settle(box, lambda: state(box, numbers["zombie"]) == "Z", "a subject did not end")
    for role in ("parent", "child"):
        # Signals for the whole process: those that are not pending for one of its threads.
        for sig in plans[role]["blocked"][2:4]:
            if sig in plans[role]["thread"]["blocked"] or role == "child":
                box.kill(numbers[role], sig)
    living = [numbers["parent"], numbers["child"]]
    settle(box, lambda: all(state(box, pid) == "S" for pid in living), "a subject did not rest")
    return numbers


def _wait_status(how: int) -> int:
    return how << 8 if how >= 0 else -how


def _truth(number: int, member: str, inspector: Inspector) -> Any:
    """What the kernel says; None where there is nothing, or nobody could look."""
    if member in ("tgid", "real_parent->tgid", "signal->nr_threads"):
        name = {"tgid": "Tgid", "real_parent->tgid": "PPid", "signal->nr_threads": "Threads"}
        text = procfs.status_field(number, name[member])
        return None if text is None else int(text)
    if member in _SIGNAL_SETS:
        field = {"blocked": "SigBlk", "pending": "SigPnd", "signal->shared_pending": "ShdPnd"}
        text = procfs.status_field(number, field[member])
        return None if text is None else _bits(int(text, 16))
    if member == "mm->total_vm":
        text = procfs.status_field(number, "VmSize")
        return None if text is None else int(text.split()[0]) * 1024 // os.sysconf("SC_PAGE_SIZE")
    if member in ("files", "fs->pwd"):
        look = inspector.look(number) or {}
        if member == "fs->pwd":
            return look.get("cwd")
        return sorted(map(int, look["fds"])) if "fds" in look else None
    process = procfs.read_process(number)
    if process is None:
        return None
    return process.comm if member == "comm" else process.start_ticks


def _bits(mask: int) -> list[int]:
    """Signal n is bit n - 1. Source: proc_pid_status(5)."""
    return [number for number in range(1, 65) if mask >> (number - 1) & 1]
