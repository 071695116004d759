"""Take in what one student handed in, touching nothing but plain files.

A folder of a submission may hold anything: links to the gradebook, pipes that never end, devices,
a million files. Every entry is opened first as a mere reference (O_PATH with O_NOFOLLOW), which
reads nothing and has no effect, whatever it is; the reference tells what it is; and only if it is
a plain file is it opened again for reading, through the reference. So nothing can be exchanged
between the look and the reading. What is refused costs one sentence and not the rest.

Hard links are not refused: whoever could make one to a file could have copied it; programs that
collect or save submissions make them for honest reasons; and here files are only read.

Source: open(2) on O_PATH and O_NOFOLLOW; symlink(7); proc(5) on /proc/self/fd.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from lessonkit.batch.choosing import Candidate, chosen_notebooks, looks_like_notebook
from lessonkit.grading.records import Budget
from lessonkit.grading.repair import raw_limit

__all__ = ["Handed", "take"]

MAX_ENTRIES = 2000  # looked at, in all
MAX_FILES = 500  # taken, besides notebooks
MAX_DEPTH = 8
MAX_CANDIDATES = 50
MAX_NOTES = 25
SHOWN_LENGTH = 80
TIMESTAMP = "timestamp.txt"
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
# What systems and editors leave behind. Nobody handed it in on purpose.
CLUTTER = (".ipynb_checkpoints", "__pycache__", "__MACOSX", ".git", ".DS_Store", "._*", "Thumbs.db")

_REFERENCE = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_KINDS = {
    stat.S_IFLNK: "a link to another place",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
# What may stand in timestamp.txt. Readers of time zones take some names for paths of files.
_TIME = re.compile(
    rb"\d{4}-\d\d?-\d\d?[ T]\d\d?:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
    rb" ?(?:Z|[+-]\d\d:?\d\d|[A-Za-z]{1,20}(?:[/_+-][A-Za-z0-9]{1,20}){0,4})?"
)
# They turn the direction of writing round, so that a name reads as another one.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """What one student handed in, as far as it was taken.

    notebooks: by their names in the assignment; the bytes may be anything. files: everything
    else, by path below the folder; a timestamp.txt among them is empty or looks like a time.
    notes: one sentence for each thing that was refused, or found under another name. refused:
    for each notebook that is not in `notebooks`, why.
    """

    notebooks: Mapping[str, bytes]
    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


def take(folder: Path, names: tuple[str, ...], ignore: tuple[str, ...], budget: Budget) -> Handed:
    """Take in the submission in *folder*.

    names: of the assignment's notebooks, without ".ipynb". ignore: patterns of file names that
    are passed over in silence, as nbgrader's CourseDirectory.ignore.

    Raises:
        OSError: The folder itself cannot be read.
    """
    return _Taking(names, (*ignore, *CLUTTER), budget).all_of(folder)


class _Taking:
    def __init__(self, names: tuple[str, ...], ignore: tuple[str, ...], budget: Budget) -> None:
        self._names = names
        self._places = frozenset(f"{name}.ipynb" for name in names)
        self._ignore = ignore
        self._budget = budget
        self._files: dict[str, bytes] = {}
        self._candidates: list[Candidate] = []
        self._notes: list[str] = []
        self._refused: dict[str, str] = {}
        self._crowded = False
        self._entries = 0
        self._bytes = 0
        self._notebook_bytes = 0

    def all_of(self, folder: Path) -> Handed:
        try:
            place = os.open(folder, _FOLDER)
        except OSError as error:
            if folder.is_symlink():
                note = "The submission is a link to another place; links are not followed."
                return self._handed([note])
            raise error
        self._walk(place, "", 0)
        return self._handed([])

    def _handed(self, first: list[str]) -> Handed:
        chosen, refused, notes = chosen_notebooks(self._candidates, self._names)
        for name in refused:
            if (problem := self._refused.get(f"{name}.ipynb")) is not None:
                refused[name] = problem
            elif first:
                refused[name] = first[0]
            elif archives := [path for path in self._files if path.lower().endswith(ARCHIVES)]:
                refused[name] += f" Archives such as {_shown(archives[0])} are not unpacked."
        notes = [*first, *notes, *self._notes]
        if len(notes) > MAX_NOTES:
            more = len(notes) - MAX_NOTES
            notes = [*notes[:MAX_NOTES], f"There are {more} more remarks of this kind."]
        return Handed(notebooks=chosen, files=self._files, notes=tuple(notes), refused=refused)

    def _walk(self, folder: int, path: str, depth: int) -> None:
        """Take everything below an open folder, in order of name, and close it."""
        try:
            for name in self._listed(folder, path):
                below = f"{path}{name}"
                if any(fnmatch(name, pattern) for pattern in self._ignore):
                    continue
                if _is_unspeakable(name):
                    self._refuse(below, "its name holds characters that cannot be shown")
                    continue
                try:
                    self._entry(folder, name, below, depth)
                except FileNotFoundError:
                    self._refuse(below, "it was gone when it was to be read")
                except OSError as error:
                    self._refuse(below, f"it cannot be read ({error.strerror})")
        finally:
            os.close(folder)

    def _listed(self, folder: int, path: str) -> list[str]:
        """The names in a folder, in order; not more of them than are looked at in all."""
        names: list[str] = []
        with os.scandir(folder) as entries:
            for entry in entries:
                if self._entries == MAX_ENTRIES:
                    where = f"in {_shown(path)}" if path else "in the submission"
                    self._notes.append(
                        f"There are too many files {where}; only {MAX_ENTRIES:,} were looked at."
                    )
                    self._entries += 1
                if self._entries > MAX_ENTRIES:
                    break
                self._entries += 1
                names.append(entry.name)
        return sorted(names)

    def _entry(self, folder: int, name: str, path: str, depth: int) -> None:
        reference = os.open(name, _REFERENCE, dir_fd=folder)
        try:
            status = os.fstat(reference)
            kind = stat.S_IFMT(status.st_mode)
            if kind == stat.S_IFDIR:
                if path in self._places:
                    self._refuse(path, "it is a folder, where the notebook has its place")
                    return
                if depth + 1 >= MAX_DEPTH:
                    self._refuse(path, f"folders deeper than {MAX_DEPTH} are not looked into")
                    return
                below = os.open(f"/proc/self/fd/{reference}", _FOLDER & ~os.O_NOFOLLOW)
                self._walk(below, f"{path}/", depth + 1)
            elif kind == stat.S_IFREG:
                self._file(reference, status, path)
            else:
                self._refuse(path, f"it is {_KINDS.get(kind, 'no plain file')}")
        finally:
            os.close(reference)

    def _file(self, reference: int, status: os.stat_result, path: str) -> None:
        if looks_like_notebook(path, self._names):
            self._notebook(reference, status, path)
            return
        limit = self._budget.files_bytes - self._bytes
        if len(self._files) >= MAX_FILES:
            if not self._crowded:
                self._refuse(path, f"more than {MAX_FILES} files are not taken, nor are others")
            self._crowded = True
        elif status.st_size > limit:
            self._refuse(
                path,
                f"it has {status.st_size:,} bytes, and all files together may have "
                f"{self._budget.files_bytes:,}",
            )
        else:
            content = _read(reference, limit)
            if content is None:
                self._refuse(path, "it grew while it was read")
                return
            if path == TIMESTAMP and not _is_time(content):
                self._refuse(path, "it holds no date and time")
                return
            self._bytes += len(content)
            self._files[path] = content

    def _notebook(self, reference: int, status: os.stat_result, path: str) -> None:
        limit = raw_limit(self._budget)
        left = 2 * limit - self._notebook_bytes
        if status.st_size > limit:
            problem = f"it has {status.st_size:,} bytes, and more than {limit:,} are not read"
        elif len(self._candidates) >= MAX_CANDIDATES or status.st_size > left:
            problem = "there are too many notebooks, or they are too large together"
        else:
            content = _read(reference, limit)
            if content is not None:
                self._notebook_bytes += len(content)
                self._candidates.append(Candidate(path, status.st_mtime_ns, content))
                return
            problem = "it grew while it was read"
        self._refuse(path, problem)

    def _refuse(self, path: str, why: str) -> None:
        note = f"{_shown(path)} was not taken: {why}."
        self._notes.append(note)
        self._refused[path] = note


def _read(reference: int, limit: int) -> bytes | None:
    """The content of the plain file behind a reference; None if it is longer than *limit*."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    file = os.open(f"/proc/self/fd/{reference}", flags)
    try:
        parts = list(_parts(file, limit + 1))
    finally:
        os.close(file)
    content = b"".join(parts)
    return content if len(content) <= limit else None


def _parts(file: int, limit: int) -> Iterator[bytes]:
    while limit > 0 and (part := os.read(file, min(limit, 1024 * 1024))):
        limit -= len(part)
        yield part


def _is_time(content: bytes) -> bool:
    text = content.strip()
    return not text or _TIME.fullmatch(text) is not None


def _is_unspeakable(name: str) -> bool:
    """Whether a name holds control characters, bytes that are no text, or what turns text round."""
    return any(unicodedata.category(c) in ("Cc", "Cs") or c in _TURNING for c in name)


def _shown(path: str) -> str:
    """A path as it can be written into a sentence."""
    text = "".join(
        c if c.isprintable() and not _is_unspeakable(c) else ascii(c)[1:-1] for c in path
    )
    return f"“{text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + '…'}”"
