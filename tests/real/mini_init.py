"""Trace one program as init does, and print what the tracer saw as one JSON object.

    python tests/real/mini_init.py PROGRAM [--plain] [--hold SECONDS] [--uid N] ...

PROGRAM is the name of a function in `traced_programs`. The process that runs it gets a
session of its own, writes to a pipe that comes back as `output`, and is seized before it
starts. This is the least that an init with a tracer needs.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lessonkit.records import to_json
from lessonkit.sandbox.tracer import WALL, Tracer, child_signal_fd, install_filter

__all__ = ["supervise"]

PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
SECONDS = 100.0


def supervise(
    program: Callable[[], object],
    *,
    traced: bool = True,
    hold: float = 0.0,
    uid: int = 0,
    max_events: int = 20_000,
    bystander: bool = False,
) -> dict[str, Any]:
    """Run *program* in a child, trace it, adopt and reap what it leaves; return the facts.

    hold: so many seconds long init keeps the zombies that it could reap.
    bystander: init also has a child that is not traced, and ends at once.
    """
    _prctl(PR_SET_CHILD_SUBREAPER)
    wake = child_signal_fd()
    go, go_write = os.pipe()
    output, output_write = os.pipe()
    student = os.fork()
    if student == 0:
        os.close(go_write)
        os.close(output)
        _run(program, go, output_write, traced=traced, uid=uid)
    os.close(go)
    os.close(output_write)
    tracer = Tracer(max_events=max_events) if traced else None
    if tracer is not None:
        tracer.seize(student)
    os.close(go_write)  # now it may start
    if bystander and os.fork() == 0:
        os._exit(77)
    own: list[tuple[int, int]] = []
    text = b""
    poller = select.poll()
    poller.register(wake, select.POLLIN)
    poller.register(output, select.POLLIN)
    hold_until, deadline = time.monotonic() + hold, time.monotonic() + SECONDS
    gone = False
    while not gone and time.monotonic() < deadline:
        for fd, _ in poller.poll(20):
            if fd == output:
                chunk = os.read(output, 65536)
                text += chunk
                if not chunk:
                    poller.unregister(output)
            else:
                os.read(wake, 4096)
        while True:
            held = tracer is not None and time.monotonic() < hold_until
            try:
                if held and tracer is not None:
                    pid, status = tracer.wait_held()
                else:
                    pid, status = os.waitpid(-1, os.WNOHANG | WALL)
            except ChildProcessError:
                gone = True
                break
            if pid == 0:
                break
            if tracer is None or not tracer.on_status(pid, status):
                own.append((pid, status))
    if not gone:
        os.kill(student, signal.SIGKILL)
    while chunk := os.read(output, 65536) if gone else b"":
        text += chunk
    facts: dict[str, Any] = {
        "init": os.getpid(),
        "student": student,
        "own": own,
        "output": text.decode(),
        "in_time": gone,
    }
    if tracer is not None:
        facts["timeline"] = to_json(tracer.timeline(strangers=int(bystander)))
    return facts


def _run(program: Callable[[], object], go: int, output: int, *, traced: bool, uid: int) -> None:
    code = 99
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        os.setsid()
        os.dup2(output, 1)
        os.read(go, 1)
        if uid:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        _prctl(PR_SET_NO_NEW_PRIVS)
        if traced:
            install_filter()
        value = program()
        code = value if isinstance(value, int) else 0
    except BaseException as error:
        os.write(1, f"{type(error).__name__}: {error}".encode())
    finally:
        sys.stdout.flush()
        os._exit(code)


def _prctl(option: int) -> None:
    if ctypes.CDLL(None).prctl(option, 1, 0, 0, 0) != 0:
        raise OSError(f"prctl option {option} failed")


def main() -> None:
    """Run one program by name."""
    sys.path.insert(0, str(Path(__file__).parent))
    programs = importlib.import_module("traced_programs")
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--hold", type=float, default=0.0)
    parser.add_argument("--uid", type=int, default=0)
    parser.add_argument("--max-events", type=int, default=20_000)
    parser.add_argument("--bystander", action="store_true")
    options = parser.parse_args()
    facts = supervise(
        getattr(programs, options.program),
        traced=not options.plain,
        hold=options.hold,
        uid=options.uid,
        max_events=options.max_events,
        bystander=options.bystander,
    )
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main()
