"""Run small made-up applications as pid 1, and under an init; count what the kernel shows.

An application is a dict: "children" that it starts and that end at once; "orphans", started by
a command in between that it has collected; "waits": "never", "own" (for each of its children) or
"any" (for whoever ends); "on_sigterm": "default", "handler" (it leaves) or "ignored".

Everything here is trusted and runs before the student's code is loaded.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
from collections.abc import Mapping
from typing import Any, NoReturn

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import act, announce, at_rest, hear, settle, steady

__all__ = ["outcome"]

_PF_EXITING = 0x4
_NEW_USER_AND_PID = 0x10000000 | 0x20000000
_PR_SET_CHILD_SUBREAPER = 36
PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def outcome(box: Box, app: Mapping[str, Any], *, under_init: bool) -> tuple[int, bool]:
    """How many zombies are there when all is quiet, and does SIGTERM to pid 1 end it?"""
    known = {p.identity for p in box.snapshot().processes}
    hears, says = os.pipe()
    started = box.spawn(_container, json.dumps(app), under_init, says)
    os.close(says)
    first = hear(box, hears)[0]
    if hear(box, hears) != [0]:
        raise RuntimeError("a made-up application did not begin")

    def members() -> list[ProcessInfo]:
        there = box.snapshot().processes
        return [p for p in there if p.identity not in known and p.pid != started]

    def quiet() -> bool:
        living = [p for p in members() if not p.is_zombie]
        return len(living) == 1 + under_init and at_rest(living)

    settle(box, steady(quiet), "a made-up application did not come to rest")
    zombies = sum(p.is_zombie for p in members())
    box.kill(first, signal.SIGTERM)

    def over() -> bool:
        # Who has a signal to handle is in state R from the moment when it was sent. A pid 1 that
        # ends sleeps once more, until the kernel has ended all others.
        living = [p for p in members() if not p.is_zombie]
        return at_rest(living) and not any(p.flags & _PF_EXITING for p in living)

    settle(box, steady(over), "a made-up application did not come to rest")
    ended = not any(p.pid == first and not p.is_zombie for p in members())
    for process in members():
        box.kill(process.pid, signal.SIGKILL)
    settle(box, lambda: not members(), "a made-up application did not end")
    os.close(hears)
    return zombies, ended


def _container(app: str, under_init: bool, says: int) -> None:
    act("starter")
    alone = ctypes.CDLL(None).unshare(_NEW_USER_AND_PID) == 0
    pid = os.fork()
    if pid > 0:
        announce(says, pid)
        return
    if not alone:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    os.setsid()
    if under_init:
        _init(json.loads(app), says)
    _application(json.loads(app), says)


def _init(app: Mapping[str, Any], says: int) -> NoReturn:
    """What an init for containers does: pass on, collect, end with the application."""
    act("init")
    main = os.fork()
    if main == 0:
        _application(app, says)
    for number in PASSED_ON:
        signal.signal(number, lambda number, frame: os.kill(main, number))
    os.close(says)
    while os.wait()[0] != main:
        pass
    os._exit(0)


def _application(app: Mapping[str, Any], says: int) -> NoReturn:
    act("app")
    if app["on_sigterm"] == "handler":
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    elif app["on_sigterm"] == "ignored":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for _ in range(app["orphans"]):
        command = os.fork()
        if command == 0:
            _command()
        os.waitpid(command, 0)
    children = []
    for _ in range(app["children"]):
        child = os.fork()
        if child == 0:
            os._exit(0)
        children.append(child)
    if app["waits"] == "own":
        for child in children:
            os.waitpid(child, 0)
    announce(says, 0)
    while True:
        if app["waits"] != "any":
            signal.pause()
            continue
        try:
            os.wait()
        except ChildProcessError:
            signal.pause()


def _command() -> NoReturn:
    """Start one that ends when this one has ended."""
    life, keep = os.pipe()
    if os.fork() == 0:
        os.close(keep)
        os.read(life, 1)
    os._exit(0)
