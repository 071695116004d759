"""Look at what grading must leave as it was: files, processes, rows of a gradebook."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.fence import KEPT

__all__ = ["Look", "book_rows"]

WRITABLE = ("/tmp", "/var/tmp", "/dev/shm", "/run")
WRITTEN = ("autograded", "gradebook.db")
"""What a grader is there to write, below the course."""

DENSE = 64 * 1024 * 1024


class Look:
    """What is around a grader of the course at *root*: the course, the home, and what all share."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._tops = dict.fromkeys([str(root), str(Path.home()), *WRITABLE])

    def files(self) -> dict[str, list[Any]]:
        """Every path, and what it is: type and mode, owner, size, time, content."""
        return {path: _described(path) for top in self._tops for path in self._below(top)}

    def _below(self, top: str) -> Iterator[str]:
        for folder, folders, files in os.walk(top):
            # A checkout or an interpreter that lies there: Python keeps compiled modules in them.
            folders[:] = [name for name in folders if os.path.join(folder, name) not in KEPT]
            if folder == self._root:
                folders[:] = [name for name in folders if name not in WRITTEN]
                files = [name for name in files if not name.startswith(WRITTEN)]
            elif folder not in WRITABLE:  # whose times change whenever anybody makes a file there
                yield folder
            if self._root.startswith(folder + "/"):
                # The folders above the course; their times change with what a grader writes.
                folders[:] = [name for name in folders if os.path.join(folder, name) != self._root]
            yield from (os.path.join(folder, name) for name in files)
            yield from (p for n in folders if os.path.islink(p := os.path.join(folder, n)))

    def changes(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
        """What is new, gone or another, a sentence each."""
        changed = [f"gone: {path}" for path in before.keys() - after.keys()]
        changed += [f"new: {path}" for path in after.keys() - before.keys()]
        changed += [
            f"another: {path}: {before[path]} is now {after[path]}"
            for path in before.keys() & after.keys()
            if before[path] != after[path]
        ]
        return sorted(changed)

    def processes(self) -> list[str]:
        """All processes behind the fence but this one: pid and words."""
        found = []
        for pid in os.listdir("/proc"):
            if pid.isdigit() and int(pid) != os.getpid():
                try:
                    words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
                    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
                except OSError:
                    continue  # it has ended
                found.append(f"{pid} {state if state == 'Z' else ''} {words.decode()[:60]}")
        return found


def book_rows(course: Path) -> list[str]:
    """Every row of every table of the gradebook, as a text, in order."""
    book = sqlite3.connect(course / "gradebook.db")
    names = [row[0] for row in book.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = [
        json.dumps([name, *row], default=repr)
        for name in names
        for row in book.execute(f"SELECT * FROM {name}")
    ]
    book.close()
    return sorted(rows)


def _described(path: str) -> list[Any]:
    status = os.lstat(path)
    about = [f"{status.st_mode:o}", status.st_uid, status.st_mtime_ns]
    if stat.S_ISLNK(status.st_mode):
        return [*about, os.readlink(path)]
    if not stat.S_ISREG(status.st_mode):
        return about
    about.append(status.st_size)
    if status.st_size <= DENSE:
        about.append(hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16])
    return about
