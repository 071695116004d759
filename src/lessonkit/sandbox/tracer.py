"""See exactly what the traced processes do: every fork, exec, end, wait and signal.

Init is the tracer: it has to collect its children anyway, so a traced program needs no
further process, no privileges and no tool. The kernel stops a task at each interesting
moment and tells init through waitpid; init hands the status to `Tracer.on_status`, which
writes events down and lets the task run on. What costs time is each stop, so there are few:

    fork, vfork, clone      a stop of the maker (ptrace event) and a first stop of the new task
    exec                    one stop
    wait4, waitid           two stops: the call (a seccomp filter picks it out) and its result
    kill and its relatives  the same
    execve, exit_group      one stop, before it: afterwards the memory is not there any more;
                            only where the program's text is known, for the line in it
    a signal delivered      one stop
    death                   none: waitpid reports it, and a look says what became of the dead

While a task is stopped in a call, its memory tells which line of the program's text made
the call (lines.py); that costs no further stop.

How to use it, in init:

    fd = child_signal_fd()          # SIGCHLD as a descriptor to poll
    tracer = Tracer()
    tracer.seize(student)           # before it drops its privileges and runs foreign code
    ...                             # the student's process unblocks SIGCHLD, install_filter()
    when fd can be read: read it, then until nothing is left:
          pid, status = os.waitpid(-1, os.WNOHANG | WALL)
          if not tracer.on_status(pid, status): a child of init's own has ended

Stops wake init by SIGCHLD: whoever sets a handler instead must not set SA_NOCLDSTOP.

What it cannot see: waits and signals of 32-bit programs and of io_uring (the results are
seen, who caused them is not), and children made with CLONE_UNTRACED, whose watched calls
fail with ENOSYS. A signal that a tracee ignores can make epoll_wait, semop and
their like return EINTR, as after a stop and continue.

Source: ptrace(2), seccomp(2), signal(7) "Interruption of system calls".
"""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from lessonkit import procfs
from lessonkit.records import Event, Timeline
from lessonkit.sandbox.tracing import abi
from lessonkit.sandbox.tracing.abi import WALL, child_signal_fd
from lessonkit.sandbox.tracing.calls import Calls, Task
from lessonkit.sandbox.tracing.execs import program_of
from lessonkit.sandbox.tracing.family import Family
from lessonkit.sandbox.tracing.lines import lines_of
from lessonkit.sandbox.tracing.log import Log
from lessonkit.sandbox.tracing.seccomp import install_filter

__all__ = ["PERTURBS", "WALL", "Tracer", "child_signal_fd", "install_filter"]

PERTURBS = (
    "seen by ptrace: every fork, exec, exit, wait and signal takes longer; a stopped process"
    " shows state t instead of T; SIGCHLDs that are not blocked may merge differently; for an"
    " instant a dead child shows state Z and its parent cannot reap it yet; set-user-id programs"
    " get no privileges, and no debugger works inside"
)

_SENT_BY_A_PROCESS = (0, -1, -6)  # SI_USER, SI_QUEUE, SI_TKILL: si_pid is the sender
_ANY_NEWS = os.WEXITED | os.WSTOPPED | os.WNOWAIT | WALL
_STOPS_NOW = os.WSTOPPED | os.WNOHANG | WALL
_STOP_SIGNALS = frozenset((signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU))


class Tracer:
    """Trace one program and all its descendants, from the process that is its real parent.

    There is no detaching: without a tracer the watched calls of the tracees would fail. When
    init ends, the kernel kills every tracee.

    max_events: what comes after so many is not noted; `truncated` says so.
    clock: gives the times of the events, in seconds.
    """

    def __init__(
        self, *, max_events: int = 20_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._log = Log(max_events, clock)
        self._family = Family(self._log)
        self._tasks: dict[int, Task] = {}
        # A new task can stop, and even end, before the stop of its maker is reported; and a
        # maker that is killed in that stop never reports it.
        self._early_starts: dict[int, dict[str, Any]] = {}  # tid -> its fork event
        self._early_ends: dict[int, int] = {}  # tid -> wait status
        self._unknown_ends = 0
        self._used = _used_by_children()
        self._machine = abi.here()
        self._calls = Calls(self._machine, self._family, self._log, self._tasks, self.on_status)

    @property
    def events(self) -> list[Event]:
        """What happened so far, in order of time; times are those of the clock."""
        return self._log.events()

    @property
    def names(self) -> dict[int, str]:
        """The last known name (comm) of every process that was seen."""
        return dict(self._family.names)

    @property
    def truncated(self) -> bool:
        """True if there were more events than `max_events`."""
        return self._log.truncated

    def timeline(self, since: float = 0.0, *, strangers: int = 0) -> Timeline:
        """Everything as a record, times counted from *since*. For use when all is over.

        strangers: how many children that init made itself and did not have traced have ended.
        What else ended without having been seen was killed before its first instruction,
        together with its maker: it counts as missed.
        """
        self._family.finish()
        events = tuple(self._log.events(since))
        missed = max(0, self._unknown_ends - strangers)
        made = missed + sum(e.kind in ("start", "fork") for e in events)
        return Timeline(
            mode="exact",
            events=events,
            names=self.names,
            sources=self._sources({e.source for e in events}),
            missed_processes=None if self.truncated else missed,
            miss_rate=None if self.truncated or not made else missed / made,
            perturbs=PERTURBS,
            truncated=self.truncated,
        )

    def _sources(self, named: set[str | None]) -> dict[str, str]:
        lines = self._calls.lines
        known = {} if lines is None else lines.sources
        return {name: text for name, text in known.items() if name in named}

    def tell_lines_of(self, sources: Mapping[str, str]) -> None:
        """From now on note which line of *sources*, file name -> text, each call stands in.

        For programs that were forked from this process, until they call exec. Without effect
        where the interpreter is not laid out as any that is known.
        """
        self._calls.lines = lines_of(sources)

    def seize(self, pid: int) -> None:
        """Begin to trace *pid*, a child of this process with one thread; it is not stopped.

        Raises OSError: EPERM when the kernel refuses (Yama's ptrace_scope, another tracer, no
        right over that user), ESRCH when it is gone.
        """
        abi.seize(pid)
        self._tasks[pid] = Task(pid, self._family.start(pid))

    def on_status(self, pid: int, status: int) -> bool:
        """Handle what waitpid(-1, WNOHANG | WALL) reported, each report once and in that order.

        Ask waitpid for no more: with WUNTRACED or WCONTINUED a stop of a child that is not
        traced would be taken for one of a tracee.

        True: it was a stop, or the end of a task that is not init's to count: a thread, or a
        child that its own parent has yet to reap. False: a child of init's own has ended, be
        it traced or not, adopted or not, and init has just reaped it.
        """
        if status & 0xFF != 0x7F:  # not stopped
            return not self._ended(pid, status)
        task = self._tasks.get(pid) or self._unannounced(pid)
        sig, event = status >> 8 & 0xFF, status >> 16
        if sig == abi.SYSCALL_STOP:
            self._calls.end(task)
        elif event == 0:
            self._signal(task, sig)
        elif event == abi.EVENT_SECCOMP:
            self._calls.start(task)
        elif event == abi.EVENT_STOP:
            self._stopped(task, sig)
        else:
            if event in abi.fork_like:
                self._forked(task, abi.fork_like[event])
            elif event == abi.EVENT_EXEC:
                self._executed(task)
            abi.resume(pid)
        return True

    def reaped_by_init(self, pid: int, status: int) -> None:
        """Say that init reaped its child *pid* by other means than those `on_status` saw."""
        task = self._tasks.get(pid)
        if not self._family.inherited(pid) and task is not None:
            del self._tasks[pid]
            self._family.died(task.process, status, init_used_more=lambda: True)
        self._init_used_more()

    def wait_held(self) -> tuple[int, int]:
        """Like waitpid(-1, WNOHANG), but leave alone what init would reap as a parent.

        Returns (pid, status) for `on_status`, (0, 0) if there is nothing. For a while in which
        init keeps its zombies; it looks at each task, so it is slower than waitpid.
        """
        with suppress(ChildProcessError):
            stop = os.waitid(os.P_ALL, 0, os.WSTOPPED | os.WNOHANG | WALL)
            if stop is not None:
                return stop.si_pid, stop.si_status << 8 | 0x7F
            for tid, task in self._tasks.items():
                if tid != task.process.pid or self._family.is_others_child(tid):
                    found = os.waitpid(tid, os.WNOHANG | WALL)
                    if found[0]:
                        return found
        return 0, 0

    def _ended(self, pid: int, status: int) -> bool:
        task = self._tasks.pop(pid, None)
        if task is None:
            used_more = self._init_used_more()
            if self._family.inherited(pid):
                return True
            if used_more:
                self._unknown_ends += 1
                return True  # a child of init's own that is not traced
            # Killed before its first stop. If it is still there it can be entered now, else
            # when its maker reports it.
            task = self._find(pid)
            if task is None:
                self._early_ends[pid] = status
                return False
            del self._tasks[pid]
        process = task.process
        if pid != process.pid:
            self._calls.left(task)
            return False
        return self._family.died(process, status, init_used_more=self._init_used_more)

    def _init_used_more(self) -> bool:
        """True if init has reaped children of its own since this was asked last."""
        used, before = _used_by_children(), self._used
        self._used = used
        return used > before

    def _unannounced(self, tid: int) -> Task:
        """A task whose first stop comes before its maker's event, or whose maker was killed."""
        task = self._find(tid)
        if task is None:  # it was killed in this stop; its end will be reported
            process, _ = self._family.born(tid, None)
            task = self._tasks[tid] = Task(tid, process)
        return task

    def _find(self, tid: int) -> Task | None:
        leader = procfs.status_field(tid, "Tgid")
        parent = procfs.status_field(tid, "PPid")
        if leader is None or parent is None:
            return None
        maker = self._family.get(int(parent if int(leader) == tid else leader))
        process, entry = self._family.born(tid, maker)
        entry.setdefault("how", "fork")
        self._early_starts[tid] = entry
        task = self._tasks[tid] = Task(tid, process)
        return task

    def _forked(self, task: Task, how: str) -> None:
        tid = abi.event_message(task.tid)
        if tid is None:
            return  # killed in this stop: the new task will announce itself
        early = self._early_starts.pop(tid, None)
        if early is not None and (tid in self._tasks or not self._family.is_running(tid)):
            early |= self._calls.place(task, how)
            maker = task.process.pid
            if early["how"] != "thread":
                early["how"] = how
                if early["pid"] != maker:  # CLONE_PARENT
                    at = early.get("at_seconds")
                    self._log.add("reparent", tid, at=at, by=early["pid"], old=maker)
            early["pid"] = maker
            return
        flags = None if self._machine is None else abi.clone_flags(task.tid, self._machine)
        plain = flags is not None and not flags & abi.ODD_CLONES
        process, entry = self._family.born(tid, task.process, plain=plain)
        entry.setdefault("how", how)
        entry |= self._calls.place(task, how)
        end = self._early_ends.pop(tid, None)
        if end is None or self._family.is_running(tid):
            self._tasks[tid] = Task(tid, process)
            self._await_first_stop(tid)
        else:
            self._family.died(process, end, init_used_more=_never)

    def _await_first_stop(self, tid: int) -> None:
        """Handle the first stop of a new task here, where it costs no way through init's loop.

        It stops before its first instruction, whatever it is, or it is dead: no long wait.
        """
        try:
            os.waitid(os.P_PID, tid, _ANY_NEWS)
            stop = os.waitid(os.P_PID, tid, _STOPS_NOW)
        except ChildProcessError:
            return
        if stop is not None:
            self.on_status(tid, stop.si_status << 8 | 0x7F)

    def _executed(self, task: Task) -> None:
        process = task.process
        former = abi.event_message(task.tid)
        if former is not None and former != task.tid:
            # Another thread than the leader called exec; it takes the leader's number over,
            # and its own number vanishes without a report.
            caller = self._tasks.pop(former, None)
            task.place = {} if caller is None else caller.place
        task.call = None
        process.waiting.clear()
        self._family.stopped_waiting(process)
        path = program_of(task.tid, self._machine)
        self._log.add("exec", process.pid, text=path, **task.place)
        task.place = {}
        self._family.execed(process)

    def _signal(self, task: Task, sig: int) -> None:
        origin = abi.signal_origin(task.tid)
        if origin is not None:
            code, number = origin
            pid = self._family.pid_for(task.process, number)
            if code in _SENT_BY_A_PROCESS:
                self._log.add("signal", task.process.pid, signal=sig, by=pid or 0)
            elif sig == signal.SIGCHLD:  # the kernel tells of this child
                self._log.add("signal", task.process.pid, signal=sig, by=0, child=pid)
            else:
                self._log.add("signal", task.process.pid, signal=sig, by=0)
        abi.resume(task.tid, sig)

    def _stopped(self, task: Task, sig: int) -> None:
        process = task.process
        if sig in _STOP_SIGNALS:
            if not process.stopped:
                self._log.add("stop", process.pid, signal=sig)
                process.stopped = True
            abi.listen(task.tid)
            return
        if process.stopped:
            process.stopped = False
            self._log.add("continue", process.pid, signal=int(signal.SIGCONT))
        abi.resume(task.tid)


def _never() -> bool:
    return False


def _used_by_children() -> int:
    # The kernel adds these when init reaps its own child, and not when it collects the child
    # of another process as its tracer: wait_task_zombie() in kernel/exit.c.
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_minflt + usage.ru_nvcsw + usage.ru_nivcsw
