"""Compile C and start programs in the box, as the student's user.

Nothing of it is done by init, which may be root of the host where there are no namespaces: a
compiler reads whatever files its text includes.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from lessonkit.scenes.api import Box
from lessonkit.scenes.compilers import COMPILERS
from lessonkit.scenes.zombies.stage import act

__all__ = ["MOST_TEXT_BYTES", "build", "launch"]

MOST_TEXT_BYTES = 40_000
"""What fits into a pipe at once: 16 pages of 4 KiB, at least. Source: pipe(7)."""

BUILD_SECONDS = 15.0
_COMPILER_SECONDS = 10.0
_MOST_SAID = 4000
_FLAGS = ("-std=c11", "-D_XOPEN_SOURCE=700", "-O1", "-fno-builtin", "-pthread")
_HIGH = 60


def build(box: Box, sources: Mapping[str, str], compiler: str | None = None) -> dict[str, Any]:
    """Compile these files (name -> text) into one program.

    compiler: a path; without it, the first of `COMPILERS` on PATH that can compile them.

    Keys: `ok`, `missing` (there is no compiler), `says` (its messages), `program` and `compiler`
    (paths; no compiler: None).
    """
    program = os.path.join(box.home, f"c-{box.rng.getrandbits(48):012x}")
    text, feeds = os.pipe()
    hears, says = os.pipe()
    box.spawn(_build, program, compiler or "", text, says)
    os.close(text)
    os.close(says)
    data = json.dumps(dict(sources)).encode()
    os.set_blocking(feeds, False)
    os.set_blocking(hears, False)
    sent, heard, ended = 0, bytearray(), False

    def over() -> bool:
        nonlocal sent, ended
        try:
            if sent < len(data):
                sent += os.write(feeds, data[sent : sent + 4096])
                if sent == len(data):
                    os.close(feeds)
            more = os.read(hears, 4096)
            heard.extend(more)
            ended = not more
        except BlockingIOError:
            return False
        except BrokenPipeError:
            ended = True
        return ended

    box.wait_until(over, BUILD_SECONDS)
    if sent < len(data):
        os.close(feeds)
    os.close(hears)
    said: dict[str, Any] = json.loads(heard) if ended and heard else {"ok": False, "says": ""}
    return {
        "missing": False,
        "compiler": compiler,
        **said,
        "program": os.path.join(program, "program"),
    }


def _build(folder: str, compiler: str, text: int, says: int) -> None:
    act("builder")
    data = b""
    while more := os.read(text, 65536):
        data += more
    sources = json.loads(data)
    compilers = [compiler] if compiler else [*filter(None, map(shutil.which, COMPILERS))]
    if not compilers:
        os.write(says, json.dumps({"ok": False, "missing": True, "says": ""}).encode())
        return
    os.mkdir(folder, 0o700)  # nobody else has put anything there
    for name, content in sources.items():
        with open(f"{folder}/{name}", "wb") as file:
            file.write(content.encode("utf-8", "replace"))
    until = time.monotonic() + _COMPILER_SECONDS
    used = next((one for one in compilers if _compiled(folder, one, [*sources], until)), None)
    with open(f"{folder}/messages", errors="replace") as file:
        said = file.read(_MOST_SAID)
    told = {"ok": used is not None, "says": said, "compiler": used or compilers[0]}
    os.write(says, json.dumps(told).encode())


def _compiled(folder: str, compiler: str, sources: Sequence[str], until: float) -> bool:
    """Whether this compiler made the program; its messages are in the file `messages`."""
    with open(f"{folder}/messages", "wb") as messages:
        try:
            running = subprocess.Popen(
                [compiler, *_FLAGS, "-o", "program", *sources],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=messages,
                stderr=messages,
                start_new_session=True,
            )
        except OSError as error:  # it is on PATH, and cannot be started
            messages.write(str(error).encode())
            return False
        try:
            ok = running.wait(max(0.0, until - time.monotonic())) == 0
        except subprocess.TimeoutExpired:
            ok = False
        os.killpg(running.pid, signal.SIGKILL) if running.poll() is None else None
    return ok and os.path.exists(f"{folder}/program")


def launch(box: Box, argv: Sequence[str], fds: Mapping[int, int], more: Sequence[int]) -> int:
    """Start a program; return its pid. It has descriptors *fds* (number there -> ours) and *more*.

    Those of *more* keep their order, and are numbered from 60 on. All of them are pipes.
    """
    places = ",".join(map(str, fds))
    return box.spawn(_become, json.dumps(list(argv)), places, *fds.values(), *more)


def _become(argv: str, places: str, *pipes: int) -> NoReturn:
    act("program")
    wanted = [int(place) for place in places.split(",")]
    moved = [fcntl.fcntl(pipe, fcntl.F_DUPFD, 200) for pipe in pipes]
    for place, pipe in zip(wanted, moved, strict=False):
        os.dup2(pipe, place)
    for number, pipe in enumerate(moved[len(wanted) :]):
        os.dup2(pipe, _HIGH + number)
    kept = {0, 1, 2, *wanted, *range(_HIGH, _HIGH + len(moved) - len(wanted))}
    for fd in range(3, 1024):
        if fd not in kept:
            try:
                os.close(fd)
            except OSError:
                continue  # it was not open
    for name in ("SIGPIPE", "SIGXFSZ"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    words = json.loads(argv)
    try:
        os.execv(words[0], words)
    finally:
        os._exit(127)
