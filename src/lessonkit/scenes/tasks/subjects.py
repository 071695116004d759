"""Be the processes that 2.6 is about: children of the student's process, made before its code.

Only who may trace a process is shown its descriptors and its directory, and in every kind of
sandbox the student's process may trace its own descendants. What they are to be like they read
from a pipe of init's, so nothing of it is in the student's memory.

Source: proc(5), "PTRACE_MODE_READ_FSCREDS".
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import threading
from typing import Any, NoReturn

from lessonkit.scenes.zombies.stage import announce, set_name

__all__ = ["fixture_subjects"]

_MOST_BYTES = 8192
_kept: list[mmap.mmap] = []


def fixture_subjects(fds: list[int]) -> None:
    """In the student's process: fork one child for each script; the first has a child as well.

    fds: a pipe to answer through, a gate that never opens, then one script for each process.
    """
    says, gate, *scripts = fds
    parent_script, child_script, *others = scripts
    if os.fork() == 0:
        _be(parent_script, says, gate, child_script)
    for script in others:
        if os.fork() == 0:
            _be(script, says, gate, None)
    for fd in fds:
        os.close(fd)


def _be(script: int, says: int, gate: int, child_script: int | None) -> NoReturn:
    """Read what to be, be it, say so; then end, or stay for ever."""
    try:
        kept = {says, gate, script} | ({child_script} if child_script else set())
        for fd in set(range(1024)) - kept:
            try:
                os.close(fd)  # the channel to init among them: its end means that the parent ended
            except OSError:
                continue  # it was not open
        plan: dict[str, Any] = json.loads(os.read(script, _MOST_BYTES))
        if child_script is not None and os.fork() == 0:
            _be(child_script, says, gate, None)
        if child_script is not None:
            os.close(child_script)
        os.close(script)
        if plan["ends"] is not None:
            set_name(plan["name"])
            announce(says, plan["number"], os.getpid())
            _end(plan["ends"])
        _dress(plan, says, gate)
        os.read(gate, 1)
    finally:
        os._exit(0)


def _end(how: int) -> None:
    """Exit with that code, or for a negative number by that signal."""
    if how >= 0:
        os._exit(how)
    if -how != signal.SIGKILL:
        signal.signal(-how, signal.SIG_DFL)
    os.kill(os.getpid(), -how)


def _dress(plan: dict[str, Any], says: int, gate: int) -> None:
    """Take on names, directory, descriptors, memory, threads, signals; announce all tasks."""
    os.chdir(plan["cwd"])
    _kept.append(mmap.mmap(-1, plan["pages"] * mmap.PAGESIZE))
    null = os.open("/dev/null", os.O_RDWR)
    for number in plan["fds"]:
        os.dup2(null, number)
    os.close(null)
    for number in {*plan["blocked"], *plan["thread"]["blocked"]}:
        signal.signal(number, signal.SIG_DFL)  # Python ignores one or two
    tids: list[int] = []
    ready = threading.Barrier(plan["threads"])

    def stay(which: int) -> None:
        tids.append(threading.get_native_id())
        if which == 0:
            _mask(plan["thread"])
        ready.wait()
        if which == 0:
            announce(says, plan["number"], os.getpid(), threading.get_native_id())
        os.read(gate, 1)

    signal.pthread_sigmask(signal.SIG_BLOCK, plan["blocked"])
    for which in range(plan["threads"] - 1):
        threading.Thread(target=stay, args=(which,), daemon=True).start()
    _mask(plan)
    ready.wait()
    if plan["threads"] == 1:
        announce(says, plan["number"], os.getpid())


def _mask(plan: dict[str, Any]) -> None:
    """Name, blocked signals and pending ones of the task that calls this."""
    set_name(plan["name"])
    signal.pthread_sigmask(signal.SIG_SETMASK, plan["blocked"])
    for number in plan["pending"]:
        signal.pthread_kill(threading.get_ident(), number)
