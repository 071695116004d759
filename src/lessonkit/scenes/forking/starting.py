"""Scene 1.8: programs to be started under another name, and three files that are no programs.

The program is a copy of the shell under a name of its own, so that its file and its first
argument are different things. Its script is among its arguments twice: it runs as well when the
name was forgotten.

Facts: `cases` (what was asked, the processes `seen` when the call was back, what /proc said of the
program, what came back), `before` and `after` (descriptors of the student's process).
"""

from __future__ import annotations

import errno
import os
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.forking.delaying import Delayer
from lessonkit.scenes.forking.inspector import Inspector
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

__all__ = ["start_as"]

_NAMES = ("backup", "mailer", "spooler", "courier", "archive", "janitor")


def start_as(box: Box) -> None:
    """Two programs; a file that is not there, one without x, a script without interpreter."""
    inspector = Inspector(box)
    place = Place(box, inspector)
    names = box.rng.sample(_NAMES, 5)
    with open(shell(), "rb") as file:
        tool = file.read()
    programs = []
    for number, name in enumerate(names[:2]):
        program = Program(place, f"gate-{number}", "exit $line", [])
        script = place.file(f"script-{number}", program.argv[2].encode(), 0o644)
        path = place.file(f"tool-{box.rng.getrandbits(32):08x}", tool, 0o755)
        programs.append((path, [name, script, script, *awkward_words(box)]))
    missing = os.path.join(place.path, f"tool-{box.rng.getrandbits(32):08x}")
    forbidden = place.file(f"tool-{box.rng.getrandbits(32):08x}", tool, 0o644)
    # It is there and has x permission: only exec finds out.
    text = f"#!{missing}\n".encode()
    broken = place.file(f"tool-{box.rng.getrandbits(32):08x}", text, 0o755)
    box.fact("before", descriptors(inspector.look(box.student_pid) or {}))
    if not loaded(box):
        return

    cases: list[dict[str, Any]] = []
    failing = [
        (missing, [names[2], *awkward_words(box)], errno.ENOENT),
        (forbidden, [names[3], *awkward_words(box)], errno.EACCES),
        (broken, [names[4], *awkward_words(box)], errno.ENOENT),
    ]
    box.rng.shuffle(failing)
    plan = [(*programs[0], 0), *failing, (*programs[1], 0)]
    for path, argv, error in plan:
        # Who only sleeps, and then looks, is to be wrong: the child is slow where exec fails.
        this, ended = _case(box, inspector, path, argv, delayed=bool(error))
        cases.append({**this, "errno": error, "broken": path == broken})
        box.fact("cases", cases)
        if ended:
            return
    box.fact("after", descriptors(inspector.look(box.student_pid) or {}))
    box.finish()


def _case(
    box: Box, inspector: Inspector, path: str, argv: list[str], *, delayed: bool
) -> tuple[dict[str, Any], bool]:
    this: dict[str, Any] = {"path": path, "argv": argv, "exe": os.path.realpath(path)}
    this |= {"seen": [], "look": None, "ignored": None, "became": False}

    def seen(found: list[ProcessInfo]) -> None:
        this["seen"] = described(found)
        this["became"] = watch.became()
        exact = next((p.pid for p in found if p.cmdline == tuple(argv)), None)
        if exact is not None:
            look = inspector.look(exact) or {}
            this["look"] = {"exe": look["exe"]} if "exe" in look else None
            this["ignored"] = box.status_field(exact, "SigIgn")

    watch = Watch(box, argv, seen, lambda: True)
    delayer = Delayer(box) if delayed else None
    reply, this["call"] = ask(
        box, None, path, argv[0], argv[1:], seconds=CALL_SECONDS, while_waiting=watch.during
    )
    if delayer is not None:
        delayer.end()
    this["left"] = watch.late(reply, this["call"])
    return this, over(reply)
