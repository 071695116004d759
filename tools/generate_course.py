"""Make course/ from source/ with stock nbgrader, or check that it is already that.

    python tools/generate_course.py generate | check

`check` generates into a temporary folder and compares every byte; it changes nothing
here, not even the gradebook.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = ["copy_of_course", "differences", "generate", "lessons_in", "nbgrader"]

ROOT = Path(__file__).resolve().parent.parent
LESSON = re.compile(r"\d\d-[a-z0-9-]+")
LINES_SHOWN = 40


def lessons_in(source: Path) -> list[str]:
    """Return the names of the lessons in a source folder, such as "03-zombies", in order."""
    if not source.is_dir():
        return []
    return sorted(p.name for p in source.iterdir() if p.is_dir() and LESSON.fullmatch(p.name))


def nbgrader(root: Path, *arguments: str, log: Path | None = None) -> str:
    """Run a stock nbgrader command in *root*; return its output, both streams together.

    Raises:
        SystemExit: nbgrader failed.
    """
    programs = str(Path(sys.executable).parent)
    path = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=root,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if log is not None:
        with log.open("a") as file:
            file.write(f"$ nbgrader {' '.join(arguments)}\n{done.stdout}\n")
    if done.returncode != 0:
        print(done.stdout)
        raise SystemExit(f"`nbgrader {' '.join(arguments)}` failed ({done.returncode})")
    return done.stdout


def generate(root: Path) -> list[str]:
    """Make course/ below *root* again from source/, lesson by lesson; return their names."""
    lessons = lessons_in(root / "source")
    for lesson in lessons:
        # The folder is removed here, not with --force, which writes a warning about it.
        shutil.rmtree(root / "course" / lesson, ignore_errors=True)
        (root / "autograder").mkdir(exist_ok=True)
        nbgrader(root, "generate_assignment", lesson)
    for stale in set(lessons_in(root / "course")) - set(lessons):
        shutil.rmtree(root / "course" / stale)
    return lessons


def copy_of_course(original: Path, copy: Path) -> None:
    """Copy what nbgrader needs from one course folder: its configuration and source/."""
    copy.mkdir(parents=True, exist_ok=True)
    shutil.copy(original / "nbgrader_config.py", copy)
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
    shutil.copytree(original / "source", copy / "source", ignore=ignored)


def differences(root: Path) -> list[str]:
    """Return one text per file of course/ that is not what source/ makes; [] if all are."""
    with tempfile.TemporaryDirectory(prefix="lessonkit-course-") as folder:
        copy = Path(folder)
        copy_of_course(root, copy)
        generate(copy)
        fresh, kept = _files(copy / "course"), _files(root / "course")
    found = [f"{name}: not made from source/" for name in sorted(kept.keys() - fresh.keys())]
    found += [f"{name}: missing" for name in sorted(fresh.keys() - kept.keys())]
    for name in sorted(fresh.keys() & kept.keys()):
        if fresh[name] != kept[name]:
            found.append(f"{name}: differs\n{_difference(kept[name], fresh[name])}")
    return found


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }


def _difference(kept: bytes, fresh: bytes) -> str:
    before, after = (data.decode("utf-8", "replace").splitlines() for data in (kept, fresh))
    lines = list(difflib.unified_diff(before, after, "course/", "fresh", n=1, lineterm=""))
    return "\n".join(lines[:LINES_SHOWN])


def main() -> int:
    """Generate or check, as the first argument says."""
    match sys.argv[1:]:
        case ["generate"]:
            lessons = generate(ROOT)
            print(f"course/ made from source/: {', '.join(lessons) or 'no lessons'}")
            return 0
        case ["check"]:
            found = differences(ROOT)
            print("\n".join(found) or "course/ equals a fresh generation from source/")
            if found:
                print("Run `make course` and commit the result with the change of source/.")
            return 1 if found else 0
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main())
