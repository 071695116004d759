"""A directory of the check's in the box, in which the student's code may write too.

Where there are no namespaces, init may be root of the host, and what lies here can be exchanged for
something else by the student's code: the directory itself too. So all is made before the code is
loaded, and reached through a descriptor of the directory afterwards, without following links.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from lessonkit.scenes.api import Box
from lessonkit.scenes.forking.inspector import Inspector

__all__ = ["Place"]

MOST_BYTES = 100_000


class Place:
    """The directory. What makes something in it is to be called before the code is loaded."""

    def __init__(self, box: Box, inspector: Inspector) -> None:
        self.path = os.path.join(inspector.home, f"place-{box.rng.getrandbits(32):08x}")
        self._fifos: dict[str, int] = {}
        os.mkdir(self.path)
        os.chmod(self.path, 0o777)
        self._fd = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def fifo(self, name: str) -> str:
        """Make a FIFO; return its path."""
        os.mkfifo(name, dir_fd=self._fd)
        os.chmod(name, 0o666, dir_fd=self._fd)
        # Held, so that no other file can get its inode number; this is no end of the FIFO.
        flags = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
        self._fifos[name] = os.open(name, flags, dir_fd=self._fd)
        return os.path.join(self.path, name)

    def file(self, name: str, data: bytes, mode: int) -> str:
        """Make a file; return its path."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        fd = os.open(name, flags, dir_fd=self._fd)
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            os.fchmod(fd, mode)
        return os.path.join(self.path, name)

    def directory(self, name: str) -> str:
        """Make a directory, open to all; return its path."""
        os.mkdir(name, dir_fd=self._fd)
        os.chmod(name, 0o777, dir_fd=self._fd)
        return os.path.join(self.path, name)

    def tell(self, name: str, line: str) -> bool:
        """Write a line into a FIFO that was made here, if somebody reads it; never wait."""
        flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            fd = os.open(name, flags, dir_fd=self._fd)
        except OSError:  # ENXIO: nobody reads; or it is gone, or a link by now
            return False
        try:
            if not os.path.sameopenfile(fd, self._fifos[name]):
                return False
            with suppress(OSError):  # the reader ended in this very moment
                os.write(fd, line.encode() + b"\n")
        finally:
            os.close(fd)
        return True

    def contents(self, name: str) -> str | None:
        """What a file holds that others made here; None if it is not there, or is no such file."""
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            fd = os.open(name, flags, dir_fd=self._fd)
        except OSError:
            return None
        try:
            status = os.fstat(fd)
            # A second name could belong to a file that only we may read.
            if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
                return None
            data = os.read(fd, MOST_BYTES)
        except OSError:
            return None
        finally:
            os.close(fd)
        return data.decode("utf-8", "backslashreplace")
