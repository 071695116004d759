"""Keep what a learner did in a plain file beside the notebook: `my-work.json`.

Predictions, answers and the points of local checks survive restarts there and can be read
by anybody. One file per folder, one JSON object: section -> item -> fields.

    {"version": 1,
     "predictions": {"D1": {"prediction": "B", "changed": "2026-11-21T10:15:00+00:00"}},
     "quizzes": {"K3.3": {...}}, "checks": {"3.1": {...}}, "recall": {...}}

Each write replaces the file as a whole, so it is never half written; several notebooks and
threads may write at a time. A file that cannot be read is kept under another name.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lessonkit.errors import LessonkitError

__all__ = ["FILE_NAME", "Workbook", "WorkbookError", "workbook_here"]

FILE_NAME = "my-work.json"
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
        found = self._read().get(section)
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
            everything = self._read(keep_damaged=True)
            items = everything.setdefault(section, {})
            if not isinstance(items, dict):
                items = everything[section] = {}
            known = items.get(item)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            items[item] = {**(known if isinstance(known, dict) else {}), **fields, "changed": now}
            self._write(everything)
            changed: dict[str, Any] = items[item]
            return changed

    def _read(self, *, keep_damaged: bool = False) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            if isinstance(found, dict):
                return found
        except FileNotFoundError:
            return {"version": _VERSION}
        except OSError as error:
            raise WorkbookError(f"{self.path} cannot be read: {error.strerror}") from error
        except ValueError:
            pass  # damaged: not JSON, or not text
        if keep_damaged:
            self._put_aside()
        return {"version": _VERSION}

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

    def _write(self, everything: Mapping[str, Any]) -> None:
        text = json.dumps(everything, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        temporary = None
        try:
            fd, temporary = tempfile.mkstemp(prefix=".my-work-", dir=self.path.parent)
            with os.fdopen(fd, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(temporary, 0o644)
            os.replace(temporary, self.path)
        except OSError as error:
            if temporary is not None and os.path.exists(temporary):
                os.unlink(temporary)
            raise WorkbookError(
                f"{self.path} cannot be written: {error.strerror}. Your answer is shown here, "
                "but it is not kept: free some space, or open the notebook in a folder of your own."
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other threads and, where the system can, other processes from writing."""
        with _lock:
            fd = -1
            try:
                import fcntl

                fd = os.open(self.path.parent, os.O_RDONLY | os.O_CLOEXEC)
                fcntl.flock(fd, fcntl.LOCK_EX)
            except (ImportError, OSError):
                pass  # not Linux, or a file system without locks: the last writer wins
            try:
                yield
            finally:
                if fd >= 0:
                    os.close(fd)


def workbook_here() -> Workbook | None:
    """The workbook beside the notebook that runs, which is in the working directory.

    None while nbgrader grades or validates: that is not the learner's doing.
    """
    if os.environ.get("NBGRADER_EXECUTION"):
        return None
    return Workbook(os.getcwd())
