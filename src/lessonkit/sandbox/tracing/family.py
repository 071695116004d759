"""Know who is whose child, who is dead and who reaped whom, and write it down as events.

A traced process dies twice. First its tracer (init) collects it; only then does the kernel
tell its real parent, for whom it is a zombie from now on. When the real parent is init,
both are one step. So after the first death a look says what became of it. Still there: the parent
has yet to reap it. Gone: init was the parent, or the parent was waiting and was faster than
our look, or nobody has to reap it (SIGCHLD ignored).

Source: wait(2), ptrace(2); wait_task_zombie() and forget_original_parent() in kernel/exit.c.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from lessonkit import procfs
from lessonkit.sandbox.tracing.log import Log
from lessonkit.sandbox.tracing.looks import (
    ignores_sigchld,
    is_there,
    look_at,
    namespace_of,
    status_ahead,
)

__all__ = ["Family", "Process"]


class Process:
    """One process: its place in the family, not its threads."""

    __slots__ = (
        "auto_reaps",
        "children",
        "gone_at",
        "inner",
        "is_zombie",
        "leaving",
        "makes_namespaces",
        "never_execed",
        "parent",
        "pid",
        "status",
        "stopped",
        "suspects",
        "vanished",
        "waiting",
    )

    def __init__(self, pid: int, parent: int) -> None:
        self.pid = pid
        self.parent = parent
        self.children: set[int] = set()
        self.auto_reaps = False  # it ignores SIGCHLD, or has set SA_NOCLDWAIT
        self.status: int | None = None  # its wait status, once it is dead
        self.is_zombie = False  # it was told to be one
        self.gone_at: float | None = None  # dead and vanished before we saw who reaped it
        self.suspects: list[Process] = []  # who may have done it
        self.vanished: set[int] = set()  # whom it may have reaped
        self.waiting: set[int] = set()  # its threads that are inside a wait call now
        self.stopped = False
        self.inner: tuple[int, ...] = ()  # NSpid, if it lives in a nested pid namespace
        self.makes_namespaces = False  # its children may live in one
        self.never_execed = False  # it runs the interpreter that init runs too
        self.leaving: tuple[int, dict[str, Any]] | None = None  # exit_group: status, place


class Family:
    """All traced processes that are not reaped yet, and the log of what happened to them."""

    def __init__(self, log: Log) -> None:
        self.me = os.getpid()
        self.log = log
        self.names: dict[int, str] = {}
        self._processes: dict[int, Process] = {}
        self._namespace = namespace_of(self.me)

    def get(self, pid: int) -> Process | None:
        """The traced process *pid*, dead ones that nobody has reaped included."""
        return self._processes.get(pid)

    def start(self, pid: int) -> Process:
        """Note the first program; init is its parent."""
        self._forget_former(pid)
        self.log.add("start", pid)
        self.name(pid)
        process = self._add(pid, self.me)
        process.auto_reaps = ignores_sigchld(pid)
        process.never_execed = True
        return process

    def born(
        self, tid: int, maker: Process | None, *, plain: bool = False
    ) -> tuple[Process, dict[str, Any]]:
        """Note a new task; *maker* called fork or clone, None if that is not known (any more).

        plain: it is known to be a child of its maker, and not a thread or a sibling; else
        /proc is asked. Returns the process that the task belongs to (of a thread: its maker)
        and the event, whose `how` is set for threads only.
        """
        if plain and maker is not None and not (maker.inner or maker.makes_namespaces):
            self._forget_former(tid)
            entry = self.log.add("fork", maker.pid, child=tid)
            self.name(tid, self.names.get(maker.pid))
            return self._add(tid, maker.pid), entry
        look = look_at(tid)
        ppid = self.me if look is None else look.ppid
        # A thread shows the parent of its process, never that process itself.
        if (
            maker is not None
            and ppid != maker.pid
            and os.path.exists(f"/proc/{maker.pid}/task/{tid}")
        ):
            return maker, self.log.add("fork", maker.pid, child=tid, how="thread")
        self._forget_former(tid)
        parent = ppid if maker is None else maker.pid
        entry = self.log.add("fork", parent, child=tid)
        process = self._add(tid, parent)
        self.name(tid, None if look is None else look.comm)
        if namespace_of(tid) not in (self._namespace, 0):
            process.inner = procfs.nspid(tid)
        if maker is not None and ppid != maker.pid and self._is_alive(maker):
            self._moved(process, ppid)  # CLONE_PARENT: made as a sibling, not as a child
        return process, entry

    def execed(self, process: Process) -> None:
        """Note what a new program changes: the name, and SA_NOCLDWAIT is gone."""
        self.name(process.pid)
        process.never_execed = False
        if process.auto_reaps:
            process.auto_reaps = ignores_sigchld(process.pid)

    def is_running(self, pid: int) -> bool:
        """True if there is such a process and it has not ended."""
        look = look_at(pid)
        return look is not None and not look.dead

    def is_others_child(self, pid: int) -> bool:
        """True if the real parent of *pid* is another process than init."""
        look = look_at(pid)
        return look is not None and look.ppid != self.me

    def name(self, pid: int, comm: str | None = None) -> None:
        """Note the name of *pid*; None: look it up."""
        if comm is None:
            look = look_at(pid)
            comm = None if look is None else look.comm
        if comm is not None and not self.log.truncated:
            self.names[pid] = comm

    def died(self, process: Process, status: int, *, init_used_more: Callable[[], bool]) -> bool:
        """Note that init collected a dead process; True if that was as its real parent.

        init_used_more: whether init's own dead children have used more since it was asked last.
        It is asked whenever init may have been the parent, and only then.
        """
        left = is_there(process.pid)
        parent = self.get(process.parent)
        orphaned = process.parent != self.me and not self._is_alive(parent, besides=process)
        # If it is gone, init may have inherited it a moment ago. The kernel adds what a child
        # used to its real parent when that one collects it, and to nobody when a tracer does.
        used_more = (process.parent == self.me or orphaned) and init_used_more()
        own = not left and (process.parent == self.me or used_more)
        if own:
            self._follow(process, self.me)
        elif left and orphaned:
            look = look_at(process.pid)
            if look is not None:
                self._follow(process, look.ppid)
        self._note_end(process, status)
        process.waiting.clear()
        self.stopped_waiting(process)
        if process.children:
            self._orphans(process)
        if left:
            self._note_zombie(process)
            return False
        if own:
            self._collected(process, self.me)
            return True
        # Gone at once. A call of the parent's, or of an inner subreaper's, is about to say
        # that it reaped it; or nobody had to.
        if parent is not None and parent.auto_reaps:
            self._reaped(process, 0)
        else:
            self._vanished(process, besides=parent if orphaned else None)
        return False

    def waited(self, parent: Process, pid: int, place: dict[str, Any], *, surely: bool) -> None:
        """Note that a wait call of *parent* returned *pid*; place: where the call stands.

        surely: as a dead one; otherwise the call may have told of a stop.
        """
        process = self.get(pid)
        if process is None or process.status is None:
            return  # alive: the call told of a stop or of a continuation
        if not surely:
            look = look_at(pid)
            if look is not None and look.dead:
                return  # it told of a stop, and since then the child has died
        self._collected(process, parent.pid, **place)

    def waited_unnamed(self, parent: Process, place: dict[str, Any]) -> None:
        """Note a wait call that gave no pid back: whichever zombie of *parent* is gone now."""
        for process in self._children(parent):
            if process.status is not None and look_at(process.pid) is None:
                self._collected(process, parent.pid, **place)

    def stopped_waiting(self, parent: Process) -> None:
        """Settle who vanished unseen, once nobody waits any more who can have reaped it."""
        if parent.waiting or not parent.vanished:
            return
        vanished, parent.vanished = parent.vanished, set()
        for pid in sorted(vanished):
            process = self._processes[pid]
            process.suspects.remove(parent)
            if not process.suspects:
                self._collected(process, process.parent, at=process.gone_at)

    def inherited(self, pid: int) -> bool:
        """Note that init reaped *pid*, which had died before; False if it is not known here."""
        process = self.get(pid)
        if process is None or process.status is None:
            return False
        self._collected(process, self.me)
        return True

    def pid_for(self, process: Process, number: int) -> int | None:
        """Our pid for what *process* calls *number*; None if that is no traced process.

        The two differ only in a pid namespace that the program made itself.
        """
        if not process.inner or number <= 0:
            return number
        level = len(process.inner) - 1
        for other in self._processes.values():
            if other.inner[level : level + 1] == (number,):
                return other.pid
        return None

    def finish(self) -> None:
        """Settle what is still open: a zombie that is gone was reaped in a way not watched."""
        for process in list(self._processes.values()):
            if process.status is not None and not is_there(process.pid):
                self._close(process)

    def _add(self, pid: int, parent: int) -> Process:
        process = self._processes[pid] = Process(pid, parent)
        made_by = self.get(parent)
        if made_by is not None:
            made_by.children.add(pid)
            process.auto_reaps = made_by.auto_reaps
            process.never_execed = made_by.never_execed
        return process

    def _forget_former(self, pid: int) -> None:
        former = self._processes.get(pid)
        if former is not None:
            self._close(former)  # its number is in use again, so it must be gone

    def _note_end(self, process: Process, status: int, besides: Process | None = None) -> None:
        if process.status is not None:
            return
        for child in self._children(process):
            # Killed in the very call that reaped this zombie, it cannot tell of it any more.
            if child.is_zombie and child is not besides and not is_there(child.pid):
                self._vanished(child, besides=process)
        process.status = status
        left_with, place = process.leaving or (None, {})
        place = place if left_with == status else {}  # else a signal was faster
        self.log.add("exit", process.pid, wait_status=status, **place)

    def _note_zombie(self, process: Process, at: float | None = None) -> None:
        process.is_zombie = True
        self.log.add("zombie", process.pid, at=at, by=process.parent)

    def _vanished(self, process: Process, besides: Process | None) -> None:
        """Note that a dead process is gone; *besides*: its parent, if that is dead too."""
        process.gone_at = self.log.clock()
        if besides is None:
            parent = self.get(process.parent)
            suspects = [parent] if parent is not None and parent.waiting else []
        else:
            suspects = [p for p in self._processes.values() if p.waiting and p is not besides]
        process.suspects = suspects
        for suspect in suspects:
            suspect.vanished.add(process.pid)
        if not suspects:  # its parent did it, by a call that is not watched or never returned
            self._collected(process, process.parent, at=process.gone_at)

    def _follow(self, process: Process, ppid: int) -> None:
        """Note that *process* has another parent now, if it has."""
        if process.parent != ppid:
            self._is_alive(self.get(process.parent), besides=process)
            self._moved(process, ppid)

    def _moved(self, process: Process, ppid: int) -> None:
        self.log.add("reparent", process.pid, at=process.gone_at, by=ppid, old=process.parent)
        self._unlink(process)
        process.parent = ppid
        if ppid in self._processes:
            self._processes[ppid].children.add(process.pid)

    def _orphans(self, dead: Process) -> None:
        for child in self._children(dead):
            look = look_at(child.pid)
            if look is not None and look.ppid != dead.pid:
                self._moved(child, look.ppid)

    def _collected(self, process: Process, by: int, at: float | None = None, **place: Any) -> None:
        self._follow(process, by)
        if not process.is_zombie:
            self._note_zombie(process, process.gone_at)
        self._reaped(process, by, at, **place)

    def _reaped(self, process: Process, by: int, at: float | None = None, **more: Any) -> None:
        self.log.add("reap", process.pid, at=at, by=by, wait_status=process.status, **more)
        for suspect in process.suspects:
            suspect.vanished.discard(process.pid)
        self._unlink(process)
        del self._processes[process.pid]

    def _close(self, process: Process) -> None:
        if process.status is None:  # cannot be: its end was never reported
            self._unlink(process)
            del self._processes[process.pid]
        else:
            self._reaped(process, process.parent, how="unseen")

    def _unlink(self, process: Process) -> None:
        parent = self.get(process.parent)
        if parent is not None:
            parent.children.discard(process.pid)

    def _children(self, process: Process) -> list[Process]:
        return [self._processes[pid] for pid in sorted(process.children)]

    def _is_alive(self, process: Process | None, besides: Process | None = None) -> bool:
        """Ask the kernel, and note the end of a process that comes later in init's queue.

        So the cause stands before the effect, which is that its children were handed over.
        *besides* is the child on whose account this is asked.
        """
        if process is None:
            return False
        if process.status is None:
            status = status_ahead(process.pid)
            if status is not None:
                self._note_end(process, status, besides)
        return process.status is None
