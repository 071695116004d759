"""Keep what a learner did in a plain file beside the notebook: `my-work.json`.

Predictions, answers and the points of local checks survive restarts there and can be read
by anybody. One file per folder, one JSON object: section -> item -> fields.

    {"version": 1,
     "predictions": {"D1": {"prediction": "B", "changed": "2026-11-21T10:15:00+00:00"}},
     "quizzes": {"K3.3": {...}}, "checks": {"3.1": {...}}, "recall": {...}}

Each write replaces the file as a whole, so it is never half written; several notebooks and
threads may write at a time. What cannot be read is kept under another name: nothing that a
learner wrote is thrown away.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lessonkit.errors import LessonkitError

__all__ = ["FILE_NAME", "Workbook", "WorkbookError", "workbook_here"]

FILE_NAME = "my-work.json"
MOST_BYTES = 8 << 20
"""A file larger than this is not ours: a course with every field filled has about 100 KB."""
LOCK_SECONDS = 5.0
_VERSION = 1
_lock = threading.Lock()


class WorkbookError(LessonkitError):
    """The file could not be read or written; says which, why, and what to do."""


class Workbook:
    """The file `my-work.json` in *folder*. It is read at every question: others write too."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.path = Path(folder) / FILE_NAME

    def section(self, section: str) -> dict[str, dict[str, Any]]:
        """All items of a section: item -> fields; {} when there are none."""
        found = self._read()[0].get(section)
        if not isinstance(found, dict):
            return {}
        return {str(item): fields for item, fields in found.items() if isinstance(fields, dict)}

    def get(self, section: str, item: str) -> dict[str, Any]:
        """The fields of one item; {} when nothing is known of it."""
        return self.section(section).get(item, {})

    def update(self, section: str, item: str, **fields: Any) -> dict[str, Any]:
        """Set *fields* (plain JSON data) of one item, keep its others, and return all of them.

        `changed` becomes the present time. Raises WorkbookError when it cannot be kept.
        """
        with self._alone():
            everything, sound = self._read()
            items = everything.get(section, {})
            if not isinstance(items, dict):
                items, sound = {}, False
            known = items.get(item, {})
            if not isinstance(known, dict):
                known, sound = {}, False
            now = datetime.now(UTC).isoformat(timespec="seconds")
            items[item] = {**known, **fields, "changed": now}
            everything = {"version": _VERSION, **everything, section: items}
            data = self._bytes_of(everything)
            if not sound:
                self._put_aside()
            self._write(data)
            changed: dict[str, Any] = items[item]
            return changed

    def _read(self) -> tuple[dict[str, Any], bool]:
        """What the file holds, and whether it is sound; an absent file is."""
        new: dict[str, Any] = {"version": _VERSION}
        try:
            # A pipe of that name would be waited for without O_NONBLOCK.
            how = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            fd = os.open(self.path, os.O_RDONLY | how)
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                os.close(fd)
                return new, False
            with os.fdopen(fd, "rb") as file:
                data = file.read(MOST_BYTES + 1)
        except FileNotFoundError:
            return new, True
        except OSError as error:
            raise WorkbookError(f"{self.path} cannot be read: {error.strerror}") from error
        try:
            found = json.loads(data) if len(data) <= MOST_BYTES else None
        except (ValueError, RecursionError):
            found = None  # not JSON, not text, or nested without end
        return (found, True) if isinstance(found, dict) else (new, False)

    def _put_aside(self) -> None:
        """Give a damaged file another name, so that nothing in it is lost."""
        number = 1
        while (other := self.path.with_name(f"my-work.damaged-{number}.json")).exists():
            number += 1
        try:
            os.replace(self.path, other)
        except OSError as error:
            raise WorkbookError(
                f"{self.path} is damaged, and cannot be renamed: {error.strerror}. "
                "Rename or remove it; your answers are kept from then on."
            ) from error

    def _bytes_of(self, everything: Mapping[str, Any]) -> bytes:
        try:
            text = json.dumps(
                everything, indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False
            )
        except (TypeError, ValueError, RecursionError) as error:
            raise WorkbookError(f"{self.path} holds plain data only: {error}") from error
        # Half a character that some program printed becomes an escape, which JSON knows too.
        data = (text + "\n").encode("utf-8", "backslashreplace")
        if len(data) > MOST_BYTES:
            raise WorkbookError(
                f"{self.path} would be larger than {MOST_BYTES >> 20} MiB. Your answer is shown "
                "here, but it is not kept: make it shorter."
            )
        return data

    def _write(self, data: bytes) -> None:
        temporary = None
        try:
            target = os.path.realpath(self.path)  # who keeps it elsewhere, by a link, keeps that
            fd, temporary = tempfile.mkstemp(prefix=".my-work-", dir=os.path.dirname(target))
            with os.fdopen(fd, "wb") as file:
                file.write(data)
            with suppress(OSError):  # not every file system has modes
                os.chmod(temporary, 0o644)
            _replace(temporary, target)
        except BaseException as error:
            if temporary is not None:
                with suppress(OSError):
                    os.unlink(temporary)
            if not isinstance(error, OSError):
                raise
            raise WorkbookError(
                f"{self.path} cannot be written: {error.strerror}. Your answer is shown here, "
                "but it is not kept: free some space, or open the notebook in a folder of your own."
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other threads and, where the system can, other processes from writing."""
        until = time.monotonic() + LOCK_SECONDS
        if not _lock.acquire(timeout=LOCK_SECONDS):
            raise self._busy()
        try:
            fd = _locked_folder(self.path.parent, until)
            if fd is None:
                raise self._busy()
            try:
                yield
            finally:
                if fd >= 0:
                    os.close(fd)
        finally:
            _lock.release()

    def _busy(self) -> WorkbookError:
        return WorkbookError(
            f"{self.path} is being written by another program, and that does not end. Your answer "
            "is shown here, but it is not kept: close other notebooks of this lesson, and try "
            "again."
        )


def workbook_here() -> Workbook | None:
    """The workbook beside the notebook that runs, which is in the working directory.

    None while nbgrader grades or validates: that is not the learner's doing.
    """
    if os.environ.get("NBGRADER_EXECUTION"):
        return None
    try:
        return Workbook(os.getcwd())
    except OSError:
        return Workbook(".")  # the folder is gone: reading finds nothing, writing says why


def _locked_folder(folder: Path, until: float) -> int | None:
    """A descriptor that holds the folder's lock; -1 where there are no locks; None: too late."""
    try:
        import fcntl

        fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except (ImportError, OSError):
        return -1  # not Linux: the last writer wins; or no such folder: writing will say so
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(fd)
                return None
            time.sleep(0.01)  # a writer needs about a millisecond
        except OSError:
            os.close(fd)
            return -1  # a file system without locks
        except BaseException:
            os.close(fd)
            raise


def _replace(source: str, target: str) -> None:
    """Rename; on Windows, where a file that is being read cannot be replaced, try for a second."""
    until = time.monotonic() + 1.0
    while True:
        try:
            return os.replace(source, target)
        except PermissionError:
            if os.name != "nt" or time.monotonic() > until:
                raise
            time.sleep(0.02)
