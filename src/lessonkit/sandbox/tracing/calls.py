"""Follow the watched system calls: waits, sent signals, and what changes how to read the rest.

Each stops its task twice, at its start and at its end, unless its start says it all. A task
that is in a call can also be asked where the call stands in the program's text.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from lessonkit.sandbox.tracing import abi
from lessonkit.sandbox.tracing.family import Family, Process
from lessonkit.sandbox.tracing.lines import Lines
from lessonkit.sandbox.tracing.log import Log

__all__ = ["Calls", "Task"]

_WNOWAIT, _WEXITED = 0x01000000, 4
_ALSO_ALIVE = 2 | 8  # WUNTRACED = WSTOPPED, WCONTINUED: such a wait returns living children too
_SENDS = {  # which calls send a signal, and which of their arguments is its number
    "kill": 1,
    "tkill": 1,
    "tgkill": 2,
    "rt_sigqueueinfo": 1,
    "rt_tgsigqueueinfo": 2,
    "pidfd_send_signal": 1,
}


_Call = tuple[str, tuple[int, ...], dict[str, Any] | None]
"""Its name, its number and arguments, the event that was noted at its start."""


class Task:
    """One thread that is traced; a process has one or more."""

    __slots__ = ("call", "place", "process", "tid")

    def __init__(self, tid: int, process: Process) -> None:
        self.tid = tid
        self.process = process
        self.call: _Call | None = None  # a watched one that has not returned yet
        self.place: dict[str, Any] = {}  # of the last execve that it began


class Calls:
    """The watched calls of all tasks.

    machine: which number is which call. on_stop: where the stop of another task goes that
    has to be handled first. lines: what knows the program's text, once that is known.
    """

    def __init__(
        self,
        machine: abi.Architecture | None,
        family: Family,
        log: Log,
        tasks: Mapping[int, Task],
        on_stop: Callable[[int, int], object],
    ) -> None:
        self._machine = machine
        self._names = {} if machine is None else machine.calls
        self._family = family
        self._log = log
        self._tasks = tasks
        self._on_stop = on_stop
        self.lines: Lines | None = None

    def place(self, task: Task, call: str) -> dict[str, Any]:
        """`line` and `source` of the call that *task*, which is stopped, is in; or nothing."""
        if self.lines is None or not task.process.never_execed or self._log.truncated:
            return {}
        thread = None if self._machine is None else abi.thread_pointer(task.tid, self._machine)
        return self.lines.at(task.tid, thread, call)

    def start(self, task: Task) -> None:
        """Handle the stop before a watched call, and let the task run on."""
        found = abi.syscall_start(task.tid)
        name = None if found is None else self._names.get(found[0])
        if found is None or name is None:
            abi.resume(task.tid)
            return
        entry = None
        if name == "wait4" or (
            name == "waitid" and found[4] & _WEXITED and not found[4] & _WNOWAIT
        ):
            task.process.waiting.add(task.tid)
        elif name in _SENDS:
            entry = self._sends(task, name, found[1:])
        else:
            self._changes(task, name, found[1:])
            abi.resume(task.tid)
            return
        task.call = name, found, entry
        abi.resume_to_syscall_exit(task.tid)

    def _changes(self, task: Task, name: str, args: tuple[int, ...]) -> None:
        if name in ("unshare", "setns"):
            task.process.makes_namespaces = True
        elif name == "prctl" and task.tid == task.process.pid:
            # The name of a process is that of its leader.
            self._family.name(task.tid, abi.peek_name(task.tid, args[1]))
        elif name == "rt_sigaction":
            auto_reaps = abi.peek_auto_reaps(task.tid, args[1])
            if auto_reaps is not None:
                task.process.auto_reaps = auto_reaps
        elif name == "exit_group":
            task.process.leaving = (args[0] & 0xFF) << 8, self.place(task, name)
        elif name in ("execve", "execveat"):
            task.place = self.place(task, name)  # what is in memory now is gone when exec is told

    def _sends(self, task: Task, name: str, args: tuple[int, ...]) -> dict[str, Any]:
        # Noted when it starts: a process that kills itself never comes back from the call.
        position = _SENDS[name]
        number = _as_int(args[position - 1])
        target: int | None
        if name == "pidfd_send_signal":
            target = _pid_behind(task.tid, number)
        else:
            target = self._family.pid_for(task.process, number)
            thread = None if name == "kill" or target is None else self._tasks.get(target)
            if thread is not None:
                target = thread.process.pid  # it was the number of a thread
        fields = {"child": target, "signal": _as_int(args[position]), **self.place(task, name)}
        return self._log.add("send", task.process.pid, **fields)

    def end(self, task: Task) -> None:
        """Handle the stop after a watched call, and let the task run on."""
        call, result = task.call, abi.syscall_exit(task.tid)
        if call is not None:
            if result is None:  # a start, on kernels before 4.8; or killed in this stop
                abi.resume_to_syscall_exit(task.tid)
                return
            value, failed = result
            entry = call[2]
            if entry is not None and failed:
                entry["text"] = errno.errorcode.get(-value, str(-value))
            elif entry is None and not failed:
                self._waited(task, call, value)
            self.left(task)
        abi.resume(task.tid)

    def _waited(self, task: Task, call: _Call, value: int) -> None:
        family, process = self._family, task.process
        name, (_, _, _, third, fourth, _, _), _ = call
        if name == "wait4":
            number, options = value, third
        else:
            where, options = third, fourth
            found = abi.peek_int(task.tid, where + 16) if where else None  # si_pid
            if found is None:
                family.waited_unnamed(process, self.place(task, name))
                return
            number = found
        pid = family.pid_for(process, number) if number > 0 else None
        if pid is None:
            return
        if options & _ALSO_ALIVE and pid in self._tasks:
            # The parent was told of a stop, so the stop is there for us too. Take it now:
            # the parent may kill the child next, and then it would never be seen.
            with suppress(ChildProcessError):
                stop = os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOHANG | abi.WALL)
                if stop is not None:
                    self._on_stop(pid, stop.si_status << 8 | 0x7F)
        family.waited(process, pid, self.place(task, name), surely=not options & _ALSO_ALIVE)

    def left(self, task: Task) -> None:
        """Note that *task* is not in a call any more; it has returned, or the task is dead."""
        call, task.call = task.call, None
        if call is not None and call[2] is None:
            task.process.waiting.discard(task.tid)
            self._family.stopped_waiting(task.process)


def _as_int(register: int) -> int:
    """A register's low 32 bits, as the C int that the kernel makes of it."""
    value = register & 0xFFFFFFFF
    return value - (1 << 32) if value >> 31 else value


def _pid_behind(tid: int, pidfd: int) -> int | None:
    """The process that a pidfd of *tid* stands for, or None. Source: pidfd_open(2), NOTES."""
    with suppress(OSError, ValueError), open(f"/proc/{tid}/fdinfo/{pidfd}", "rb") as lines:
        for line in lines:
            if line.startswith(b"Pid:"):
                return int(line[4:])
    return None
