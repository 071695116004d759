"""Scene 1.7: children that share a block of memory with their parent, and write parts of it.

The block is made in the student's process before its code is loaded, and its children are forked
there. Each then does what init tells it through a pipe, and stands still. All of them have the
same resident size.

Facts: `cases`, one for each question: what the process has done (`case`), what /proc said
(`own_kib`, `rss_kib`) right after the answer, the answer; `zombie_left`.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import termios
from contextlib import suppress
from typing import Any, NoReturn

from lessonkit.scenes.api import Box
from lessonkit.scenes.forking.inspector import Inspector
from lessonkit.scenes.zombies.stage import ask, loaded, over, rest, settle, state, steady

__all__ = ["fixture_block", "own_kib"]

CALL_SECONDS = 5.0
PAGE = mmap.PAGESIZE
BLOCK_PAGES = 24 * 1024 * 1024 // PAGE
_MADV_NOHUGEPAGE = 15

_blocks: list[mmap.mmap] = []


def own_kib(box: Box) -> None:
    """Ask about readers and writers, about one that has written more, about those that ended."""
    inspector = Inspector(box)
    unit = BLOCK_PAGES // 6
    least = [2 * unit, 3 * unit]
    box.rng.shuffle(least)
    work = {
        "reader": "read",
        "repeater": f"same {unit} {box.rng.randint(5, 9)}",
        "writer": f"write 0 {least[0] + box.rng.randint(0, unit)}",
        "another writer": f"write 0 {least[1] + box.rng.randint(0, unit)}",
        "zombie": "end",
    }
    names = list(work)
    box.rng.shuffle(names)
    pipes = [os.pipe() for _ in names]
    reply = box.fixture("block", BLOCK_PAGES, fds=[read for read, _ in pipes])
    if reply.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {reply!r:.400}")
    for read, _ in pipes:
        os.close(read)
    pids = dict(zip(names, reply.value, strict=True))
    tells = dict(zip(names, (write for _, write in pipes), strict=True))
    for name in names:
        _tell(box, pids[name], tells[name], work[name])
    pids["gone"] = box.spawn(_nothing)
    settle(box, lambda: box.process(pids["gone"]) is None, "an actor did not end")
    if not loaded(box):
        return

    living = [name for name in names if name != "zombie"]
    box.rng.shuffle(living)
    cases: list[dict[str, Any]] = []
    for name in [*living, "later", "zombie", "gone"]:
        pid = pids["writer" if name == "later" else name]
        if name == "later":
            count = int(work["writer"].split()[2])
            more = count + box.rng.randint(unit, BLOCK_PAGES - count)
            _tell_late(box, pid, tells["writer"], f"write {count} {more}")
        reply, note = ask(box, None, pid, seconds=CALL_SECONDS)
        rest(box, [pid])  # who was just sent a signal is at work until it has ended
        look = inspector.look(pid) or {}
        truth = {key: look.get(key) for key in ("own_kib", "rss_kib")}
        cases.append({"case": name, "pid": pid, "call": note, **truth})
        box.fact("cases", cases)
        if over(reply):
            return
    box.fact("zombie_left", state(box, pids["zombie"]) == "Z")
    box.finish()


def _tell(box: Box, pid: int, fd: int, words: str) -> None:
    """Tell a child what to do; returns when it has done it."""
    os.write(fd, words.encode() + b"\n")
    settle(box, steady(lambda: _done(box, pid, fd)), f"a child did not {words}")


def _tell_late(box: Box, pid: int, fd: int, words: str) -> None:
    """The same when the student's code is there, and may have ended it."""
    with suppress(OSError):
        os.write(fd, words.encode() + b"\n")
        box.wait_until(steady(lambda: _done(box, pid, fd)), CALL_SECONDS)


def _done(box: Box, pid: int, fd: int) -> bool:
    """True if it has read what was written and waits for more, or has ended."""
    waiting = fcntl.ioctl(fd, termios.FIONREAD, b"\0\0\0\0")
    taken = struct.unpack("i", waiting)[0] == 0
    return state(box, pid) in ("Z", "X", None) or (taken and state(box, pid) == "S")


def fixture_block(fds: list[int], pages: int) -> list[int]:
    """In the student's process, before its code is loaded: a block, and children that share it."""
    block = mmap.mmap(-1, pages * PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):  # a kernel without huge pages
        block.madvise(_MADV_NOHUGEPAGE)
    for offset in range(0, pages * PAGE, PAGE):
        block[offset] = 1
    _blocks.append(block)
    pids = []
    for fd in fds:
        pid = os.fork()
        if pid == 0:
            _use(block, fd)
        pids.append(pid)
    for fd in fds:
        os.close(fd)
    return pids


def _use(block: mmap.mmap, fd: int) -> NoReturn:
    """Be a child: do what comes through the pipe."""
    # The channel to init must not stay open in here: its end means that the parent ended.
    os.closerange(0, fd)
    os.closerange(fd + 1, 1024)
    while True:
        words = os.read(fd, 100).split()
        if not words or words[0] == b"end":
            os._exit(0)
        numbers = [int(word) for word in words[1:]]
        if words[0] == b"read":
            sum(block[offset] for offset in range(0, len(block), PAGE))
        elif words[0] == b"write":
            for page in range(*numbers):
                block[page * PAGE] = 2
        else:
            for count in range(numbers[0]):
                block[count % numbers[1] * PAGE] = 2


def _nothing() -> None:
    """End at once."""
