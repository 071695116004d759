"""Hold programs of the student's at gates: FIFOs that only init writes to.

A program is known by its argv, which holds the path of its gate, drawn for each check. It
reads a line there and goes on; what it reads nobody but init knew before.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence

from lessonkit import procfs
from lessonkit.records import ProcessInfo, Snapshot
from lessonkit.scenes.api import Box

__all__ = ["open_gate", "place", "running", "tell", "write_line"]


def place(box: Box, *names: str) -> str:
    """Make a directory with a FIFO of each of these names; return its path.

    For use before the student's code is loaded: nobody has put anything there yet.
    """
    path = os.path.join(box.home, f"jobs-{box.rng.getrandbits(32):08x}")
    os.mkdir(path)
    os.chmod(path, 0o777)
    for name in names:
        os.mkfifo(f"{path}/{name}")
        os.chmod(f"{path}/{name}", 0o644)
    return path


def running(snapshot: Snapshot, argv: Sequence[str]) -> list[ProcessInfo]:
    """The processes of *snapshot* whose argv is exactly that, as they are now."""
    found = []
    for process in snapshot.processes:
        full = procfs.read_process(process.pid, cmdline=True)
        if full is not None and full.cmdline == tuple(argv):
            found.append(full)
    return found


def open_gate(path: str) -> int | None:
    """Open the gate for writing; None while nobody waits there.

    By now the student's code may have put something else in its place; where there are no
    namespaces init may be root of the host. So no link is followed, and no file is written to.
    """
    try:
        fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:  # ENXIO: nobody reads yet; or the student's code has removed it
        return None
    if stat.S_ISFIFO(os.fstat(fd).st_mode):
        return fd
    os.close(fd)
    return None


def tell(path: str, line: str) -> bool:
    """Write a line to who waits at the gate; False while nobody does."""
    fd = open_gate(path)
    return fd is not None and write_line(fd, line)


def write_line(fd: int, line: str) -> bool:
    """Write a line into an open gate and close it; False when nobody waits there any more."""
    try:
        os.write(fd, line.encode() + b"\n")
    except OSError:
        return False  # it has ended in this very moment, or the FIFO is none any more
    finally:
        os.close(fd)
    return True
