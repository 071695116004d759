"""Write autograded/: what nbgrader's formgrader and feedback read, as nbgrader lays it out.

A folder is made whole beside its place and then renamed into it. Whoever looks sees the old one
or the new one; what a killed grader left half-made is swept away at the next start.
"""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from lessonkit.batch.course import Course
from lessonkit.errors import LessonkitError

__all__ = ["ensure_writable", "put_together", "sweep", "write_folder"]

NEW, OLD = ".lessonkit-new", ".lessonkit-old"


def put_together(
    submitted: Mapping[str, bytes], given: Mapping[str, bytes], kept: frozenset[str]
) -> dict[str, bytes]:
    """The files beside a notebook: the student's and the instructor's, of which the latter win.

    kept: names of the instructor's files that the student may change. A file of the student's
    that stands where the instructor has a folder, or the other way round, is left out.
    """
    winning = {name: data for name, data in given.items() if name not in kept & submitted.keys()}
    above = {str(folder) for name in winning for folder in PurePosixPath(name).parents}
    files = dict(winning)
    for name, data in submitted.items():
        folders = {str(folder) for folder in PurePosixPath(name).parents}
        if name not in winning and name not in above and not folders & winning.keys():
            files[name] = data
    return files


def ensure_writable(course: Course) -> None:
    """Raise LessonkitError where folders cannot be written, before anything is judged."""
    root = course.autograded_root
    probe = root / f".probe{NEW}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
        if course.groupshared:
            _share(root)
    except OSError as error:
        raise LessonkitError(
            f"{root} cannot be written: {error.strerror}. Graded notebooks are put there; nothing "
            "was graded"
        ) from error


def sweep(course: Course, assignment: str) -> int:
    """Remove what a killed grader left half-made; return how many folders that were."""
    pattern = course.path(course.autograded, "\0", assignment).parent
    found = 0
    for ending in (NEW, OLD):
        beside = glob.escape(str(pattern)).replace("\0", "*")
        for name in glob.glob(os.path.join(beside, f".*{ending}")):
            shutil.rmtree(name)
            found += 1
    return found


def write_folder(course: Course, student: str, assignment: str, files: Mapping[str, bytes]) -> None:
    """Put a student's autograded folder in its place, with the permissions that nbgrader gives.

    Raises:
        LessonkitError: It cannot be written; what was there before is as it was, or is missing
            and the student is graded again at the next start.
    """
    final = course.path(course.autograded, student, assignment)
    new, old = (final.with_name(f".{final.name}{ending}") for ending in (NEW, OLD))
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        for leftover in (new, old):
            if leftover.exists():
                shutil.rmtree(leftover)
        _fill(new, files, course)
        if final.exists():
            final.rename(old)
        new.rename(final)
        if old.exists():
            shutil.rmtree(old)
    except OSError as error:
        shutil.rmtree(new, ignore_errors=True)
        raise LessonkitError(f"{final} cannot be written: {error.strerror or error}") from error


def _fill(folder: Path, files: Mapping[str, bytes], course: Course) -> None:
    folder.mkdir()
    for name, data in files.items():
        parts = PurePosixPath(name).parts
        if not parts or parts[0] == "/" or ".." in parts:
            raise LessonkitError(f"a file of a submission has the name {name!r}: not written")
        path = folder.joinpath(*parts)
        if len(parts) > 1:
            path.parent.mkdir(parents=True, exist_ok=True)
        # Made with no permission to spare; a submission may hold what others must not read.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        path.chmod(course.permissions)
    if course.groupshared:
        for where, _, _ in os.walk(folder):
            _share(Path(where))


def _share(folder: Path) -> None:
    mode = folder.stat().st_mode
    if mode & 0o2770 != 0o2770:
        folder.chmod((mode | 0o2770) & 0o2777)
