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
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lessonkit.batch.course import Course
from lessonkit.batch.gradebooks import Gradebook
from lessonkit.errors import LessonkitError, UsageError

__all__ = ["NAME", "advisory_key", "only_grader", "only_grader_anywhere"]

NAME = ".lessonkit-grading.lock"
_LOOK_SECONDS = 0.1


Say = Callable[[str], None]


@contextmanager
def only_grader_anywhere(course: Course, patience_seconds: float, say: Say) -> Iterator[None]:
    """The same as `only_grader`, and where the gradebook is on a server, from other machines, too.

    For who has no gradebook open: `driving.grade` has, and claims it by itself.

    Raises:
        UsageError: Another one was still at work when patience ended.
        LessonkitError: The course's folder or its gradebook cannot be used.
    """
    until = time.monotonic() + patience_seconds
    with only_grader(course, patience_seconds, say), Gradebook(course.db_url) as book:
        book.claim(advisory_key(course), patience_seconds=until - time.monotonic())
        yield


@contextmanager
def only_grader(
    course: Course, patience_seconds: float = 0.0, say: Say | None = None
) -> Iterator[None]:
    """Keep all other graders out of the course until the block ends.

    patience_seconds: how long to wait for one that is at work. say: called with a sentence when
    there is one to wait for.

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
        if not _locked(descriptor, patience_seconds, say):
            raise UsageError(
                f"another grader{_holder(descriptor)} is grading the course {course.root}. Wait "
                "until it is done, or end it; what it has graded stays"
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        # Closing is not enough where a worker was forked that lives on and has it open, too.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def advisory_key(course: Course) -> int:
    """The number of this course's lock on a PostgreSQL server: 63 bits of a hash of its name."""
    name = f"lessonkit grade {course.course_id}".encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "big") >> 1


def _locked(descriptor: int, patience_seconds: float, say: Say | None) -> bool:
    until = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            if say is not None:
                say(
                    f"another grader{_holder(descriptor)} is at work; waiting for it, "
                    f"{patience_seconds:g} s at most"
                )
                say = None
            time.sleep(_LOOK_SECONDS)  # flock has no wait that ends
        else:
            return True


def _holder(descriptor: int) -> str:
    said = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
    return f" (process {said})" if said.isdigit() else ""
