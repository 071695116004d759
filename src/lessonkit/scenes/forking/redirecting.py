"""Scene 1.5: programs whose output is to go into a file, and one that there is not.

A program waits twice: before it writes, so that its descriptors and those of its parent can be
looked at, and before it ends. One of them ends itself by a signal.

Facts: `cases` (what was asked, the processes `seen`, the descriptors of the program and of the
student's process then, whether descriptor 1 of the program was the file, what the file held in
the end), `before` and `after` (descriptors of the student's process).
"""

from __future__ import annotations

import os
import signal
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.forking.inspector import Inspector
from lessonkit.scenes.forking.patience import Patience
from lessonkit.scenes.forking.place import Place
from lessonkit.scenes.forking.programs import (
    CALL_SECONDS,
    Program,
    Watch,
    awkward_words,
    described,
    shell,
)
from lessonkit.scenes.forking.running import descriptors
from lessonkit.scenes.zombies.stage import ask, loaded, over

__all__ = ["redirect"]

_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1)
_OLD = b"what was there before\n" * 10


def redirect(box: Box) -> None:
    """Into a new file, into one that holds more than will be written, and a missing program."""
    inspector = Inspector(box)
    place = Place(box, inspector)
    names = ["fresh", "longer"]
    box.rng.shuffle(names)
    programs = {
        name: Program(
            place,
            name,
            'echo "$line"; read line < {gate}; case $line in -*) kill $line $$; esac; exit $line',
            awkward_words(box),
        )
        for name in names
    }
    fatal = box.rng.choice(names)
    outs = {name: f"out-{box.rng.getrandbits(32):08x}" for name in (*names, "missing")}
    place.file(outs["longer"], _OLD, 0o666)
    box.fact("before", descriptors(inspector.look(box.student_pid) or {}))
    if not loaded(box):
        return
    cases: list[dict[str, Any]] = []
    for name in [*names, "missing"]:
        if name == "missing":
            this, ended = _missing(box, os.path.join(place.path, outs[name]))
        else:
            this, ended = _case(
                box, inspector, place, name, programs[name], outs[name], fatal=name == fatal
            )
        cases.append(this)
        box.fact("cases", cases)
        if ended:
            return
    box.fact("after", descriptors(inspector.look(box.student_pid) or {}))
    box.finish()


def _case(
    box: Box,
    inspector: Inspector,
    place: Place,
    name: str,
    program: Program,
    out: str,
    *,
    fatal: bool,
) -> tuple[dict[str, Any], bool]:
    path = os.path.join(place.path, out)
    line, code = f"{box.rng.getrandbits(64):016x}", box.rng.randint(0, 255)
    if fatal:
        code = -int(box.rng.choice(_SIGNALS))
    this: dict[str, Any] = {"case": name, "argv": program.argv, "code": code, "seen": []}
    this |= {"line": line, "exe": shell()}
    told = 0

    def seen(found: list[ProcessInfo]) -> None:
        this["seen"] = described(found)
        exact = [p.pid for p in found if p.cmdline == tuple(program.argv)]
        look = inspector.look(exact[-1]) if exact else None
        this["look"] = {k: v for k, v in (look or {}).items() if k in ("exe",)}
        this["its"] = descriptors(look or {})
        this["ours"] = descriptors(inspector.look(box.student_pid) or {})
        this["into"] = look is not None and _is_file(look.get("fds", {}).get("1"), path)

    patience = Patience(box, inspector)

    def release() -> bool:
        nonlocal told
        if told and not patience.over(box.student_pid):
            return False
        told += program.tell(str(code) if told else line, gate=told)
        return told == 2

    watch = Watch(box, program.argv, seen, release)
    reply, this["call"] = ask(
        box, None, program.argv, path, seconds=CALL_SECONDS, while_waiting=watch.during
    )
    this["left"] = watch.late(reply, this["call"])
    this["contents"] = place.contents(out)
    return this, over(reply)


def _is_file(fd: Any, path: str) -> bool:
    try:
        status = os.stat(path)
    except OSError:
        return False
    return fd is not None and (fd["device"], fd["inode"]) == (status.st_dev, status.st_ino)


def _missing(box: Box, path: str) -> tuple[dict[str, Any], bool]:
    argv = [f"no-such-{box.rng.getrandbits(32):08x}", *awkward_words(box)]
    watch = Watch(box, argv, lambda found: None, lambda: True)
    reply, note = ask(box, None, argv, path, seconds=CALL_SECONDS)
    left = watch.late(reply, note)
    this = {"case": "missing", "argv": argv, "code": 127, "call": note, "left": left}
    return this, over(reply)
