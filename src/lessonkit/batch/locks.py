"""Let one grader at a time work on a course.

A lock on a file of the course keeps out others on this machine, and on machines that share the
folder; a gradebook on a server is locked there as well. The kernel and the server let go of both
when their holder ends, however it ends.

Source: flock(2); PostgreSQL, "Advisory Locks".
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

from lessonkit.batch.course import Course
from lessonkit.errors import LessonkitError, UsageError

__all__ = ["NAME", "advisory_key", "only_grader"]

NAME = ".lessonkit-grading.lock"


@contextmanager
def only_grader(course: Course) -> Iterator[None]:
    """Keep all other graders out of the course until the block ends.

    Raises:
        UsageError: Another one is at work.
        LessonkitError: The course's folder cannot be written.
    """
    folder = course.autograded_root
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o664)
    except OSError as error:
        raise LessonkitError(
            f"{path} cannot be written: {error.strerror}. Graded notebooks are put into {folder}; "
            "nothing was graded"
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                f"another lessonkit grade{_holder(descriptor)} is grading the course "
                f"{course.root}. Wait until it is done, or end it; what it has graded stays"
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def advisory_key(course: Course) -> int:
    """The number of this course's lock on a PostgreSQL server: 63 bits of a hash of its name."""
    name = f"lessonkit grade {course.course_id}".encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "big") >> 1


def _holder(descriptor: int) -> str:
    said = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
    return f" (process {said})" if said.isdigit() else ""
