"""Build families of real processes, let some members end, and ask the kernel who is whose.

A family is a dict, parents before children: name -> {"parent": a name or "init",
"subreaper": bool, "thread": bool, "namespace": bool}. "thread": its parent forked it from a
second thread. "namespace": it is pid 1 of a pid namespace of its own.

Everything here is trusted and runs before the student's code is loaded.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn

from lessonkit import procfs
from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import act, announce, hear, settle

__all__ = ["Family", "can_make_namespaces", "parents_afterwards"]

Family = Mapping[str, Mapping[str, Any]]

INIT = "init"
_PR_SET_CHILD_SUBREAPER = 36
_NEW_USER_AND_PID = 0x10000000 | 0x20000000


def can_make_namespaces(box: Box) -> bool:
    """True if an ordinary user can make a pid namespace in this box."""
    reading, writing = os.pipe()
    box.spawn(_try_namespace, writing)
    os.close(writing)
    answer = hear(box, reading)
    os.close(reading)
    return answer == [1]


def parents_afterwards(box: Box, family: Family, ends: Sequence[str]) -> dict[str, str]:
    """Let it happen; return name -> name of the parent, of all who live afterwards.

    An end of "x:thread" is that of the second thread of x only.
    """
    known = {p.identity for p in box.snapshot().processes}
    gates = {name: os.pipe() for name in _gate_names(family)}
    hears, says = os.pipe()
    for name, member in family.items():
        if member["parent"] == INIT:
            reading = [gate for gate, _ in gates.values()]
            box.spawn(_top, name, json.dumps(family), says, *reading)
    os.close(says)
    lines = 0
    while lines < len(family):
        lines += len(hear(box, hears))

    def members() -> dict[str, ProcessInfo]:
        processes = box.snapshot().processes
        return {p.comm: p for p in processes if p.comm in family and p.identity not in known}

    there = members()
    if set(there) != set(family):
        raise RuntimeError(f"of the family {sorted(family)} only {sorted(there)} are there")
    pids = {name: process.pid for name, process in there.items()}
    for end in ends:
        os.write(gates[end][1], b"!")
        settle(box, partial(_has_ended, box, pids, end), f"{end} did not end")
    names = {pid: name for name, pid in pids.items()} | {box.init_pid: INIT}
    after = _living(box, pids)
    # Who ended with its namespace may take a moment; who lives on does not change any more.
    dead = {name for name in pids if name not in after} | _with_namespace(family, ends)
    settle(box, lambda: not dead & set(_living(box, pids)), "the namespace did not end")
    after = _living(box, pids)
    found = {name: names[process.ppid] for name, process in after.items()}
    _clean_up(box, pids, [hears, *(fd for pair in gates.values() for fd in pair)])
    return found


def _gate_names(family: Family) -> Iterator[str]:
    for name in family:
        yield name
        if any(one["thread"] and one["parent"] == name for one in family.values()):
            yield f"{name}:thread"


def _living(box: Box, pids: Mapping[str, int]) -> dict[str, ProcessInfo]:
    snapshot = box.snapshot()
    seen = {name: snapshot.get(pid) for name, pid in pids.items()}
    return {name: p for name, p in seen.items() if p is not None and not p.is_zombie}


def _has_ended(box: Box, pids: Mapping[str, int], end: str) -> bool:
    name, _, thread = end.partition(":")
    if thread:
        return len(procfs.tasks(pids[name])) == 1
    process = box.process(pids[name])
    return process is None or process.is_zombie


def _with_namespace(family: Family, ends: Sequence[str]) -> set[str]:
    """Who is in a namespace whose pid 1 has ended: the kernel ends them too."""
    gone = {end for end in ends if end in family and family[end]["namespace"]}
    for name, member in family.items():
        if member["parent"] in gone:
            gone.add(name)
    return gone


def _clean_up(box: Box, pids: Mapping[str, int], fds: Sequence[int]) -> None:
    for pid in pids.values():
        box.kill(pid, signal.SIGKILL)
    for fd in fds:
        os.close(fd)
    left = set(pids.values())
    settle(
        box,
        lambda: not any(p.pid in left for p in box.snapshot().processes),
        "a family did not end",
    )


def _try_namespace(says: int) -> None:
    act("namespace")
    made = ctypes.CDLL(None).unshare(_NEW_USER_AND_PID) == 0
    if made:
        try:
            if os.fork() == 0:
                os._exit(0)
        except OSError:
            made = False
    announce(says, int(made))


def _top(name: str, family: str, says: int, *reading: int) -> None:
    known = json.loads(family)
    gates = dict(zip(_gate_names(known), reading, strict=True))
    _be(name, known, says, gates)


def _be(name: str, family: Family, says: int, gates: Mapping[str, int]) -> NoReturn:
    """Be the member of that name: fork the children, then wait for the own end."""
    act(name)
    if family[name]["subreaper"]:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    children = [child for child, one in family.items() if one["parent"] == name]
    # All that is forked after `unshare` is in the new namespace: so that one is the last.
    for child in sorted(children, key=lambda child: bool(family[child]["namespace"])):
        if family[child]["thread"]:
            forked = threading.Event()
            arguments = (name, child, family, says, gates, forked)
            threading.Thread(target=_fork_and_wait, args=arguments, daemon=True).start()
            forked.wait()
            continue
        if family[child]["namespace"] and ctypes.CDLL(None).unshare(_NEW_USER_AND_PID) != 0:
            os._exit(1)
        if os.fork() == 0:
            _be(child, family, says, gates)
    announce(says, 0)
    os.read(gates[name], 1)
    os._exit(0)


def _fork_and_wait(
    name: str,
    child: str,
    family: Family,
    says: int,
    gates: Mapping[str, int],
    forked: threading.Event,
) -> None:
    if os.fork() == 0:
        _be(child, family, says, gates)
    forked.set()
    os.read(gates[f"{name}:thread"], 1)
