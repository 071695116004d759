"""A toy kernel: it does what it is told, notes the events, and knows the tree after each."""

from __future__ import annotations

from typing import Any

from lessonkit.records import Event

__all__ = ["Kernel", "Operation"]

Operation = tuple[str, int]
_INIT = 1


class Kernel:
    """Init (1) and one program (2) at first; pids are used again as soon as they are free.

    trees: after each event, pid -> (parent, state) of all processes.
    """

    def __init__(self, pids: int = 6) -> None:
        self.events: list[Event] = []
        self.trees: list[dict[int, tuple[int | None, str]]] = []
        self._pids = range(2, 2 + pids)
        self._parent: dict[int, int | None] = {_INIT: None}
        self._state = {_INIT: "run"}
        self._at = 0.0
        self._parent[2], self._state[2] = _INIT, "run"
        self._note("start", 2, by=_INIT, text="python")

    def go_on(self, number: int) -> None:
        """Do so many things one after the other, of all kinds and always the same."""
        for step in range(number):
            can = self.can()
            self.does(can[step * 7919 % len(can)])

    def can(self) -> list[Operation]:
        """What could happen next; the list is never empty."""
        running = [pid for pid, state in self._state.items() if state == "run"]
        stopped = [pid for pid, state in self._state.items() if state == "stop"]
        free = [pid for pid in self._pids if pid not in self._state]
        found = [("signal", pid) for pid in running]
        found += [("fork", pid) for pid in running if free and pid != _INIT]
        found += [("exec", pid) for pid in running if pid != _INIT]
        found += [("stop", pid) for pid in running if pid != _INIT]
        found += [("continue", pid) for pid in stopped]
        found += [("exit", pid) for pid in running + stopped if pid != _INIT]
        found += [
            ("reap", pid)
            for pid, state in self._state.items()
            if state == "zombie" and self._state[self._parent[pid] or _INIT] == "run"
        ]
        return found

    def does(self, operation: Operation) -> None:
        """Let it happen."""
        name, pid = operation
        self._at += 0.001
        if name == "fork":
            child = next(one for one in self._pids if one not in self._state)
            self._parent[child], self._state[child] = pid, "run"
            self._note("fork", pid, child=child, how="fork")
        elif name == "exec":
            self._note("exec", pid, text="/bin/true")
        elif name == "signal":
            self._note("signal", pid, signal=10, by=2)
        elif name in ("stop", "continue"):
            self._state[pid] = "stop" if name == "stop" else "run"
            self._note(name, pid)
        elif name == "exit":
            self._state[pid] = "ended"
            self._note("exit", pid, wait_status=0)
            for orphan in [one for one, parent in self._parent.items() if parent == pid]:
                self._parent[orphan] = _INIT
                self._note("reparent", orphan, by=_INIT, old=pid)
            self._state[pid] = "zombie"
            self._note("zombie", pid, by=self._parent[pid])
        elif name == "reap":
            reaper = self._parent.pop(pid)
            del self._state[pid]
            self._note("reap", pid, by=reaper, wait_status=0)

    def _note(self, kind: Any, pid: int, **fields: Any) -> None:
        self.events.append(Event(at_seconds=self._at, kind=kind, pid=pid, **fields))
        self.trees.append({one: (self._parent[one], self._state[one]) for one in self._state})
