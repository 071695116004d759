"""Make course/ from source/ with stock nbgrader, or check that it is already that.

    python tools/generate_course.py generate [--replace] | check

Each lesson is made by `nbgrader generate_assignment`, all of them in one process. The start page
(source/index.ipynb) and the glossary have nothing to hide: they are copied, the page in the form
that git keeps.
A learner's own record, `my-work*.json`, is never replaced, removed or compared. A notebook of
course/ that somebody has worked on (it was run or saved in Jupyter, or an answer is filled in) is
replaced with --replace only: without it, nothing is changed, and it is said which ones they are.

`check` generates into a temporary folder and compares every byte; it changes nothing
here, not even the gradebook.
"""

from __future__ import annotations

import difflib
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from normalise_notebooks import normalised_text

__all__ = ["copy_of_course", "differences", "generate", "lessons_in", "nbgrader", "worked_on"]

COMMANDS = Path(__file__).resolve().parent / "nbgrader_commands.py"
ROOT = Path(__file__).resolve().parent.parent
LESSON = re.compile(r"\d\d-[a-z0-9-]+")
LINES_SHOWN = 40

START_PAGE = "index.ipynb"
COPIED = {"glossary.md": "docs/glossary.md"}
"""What the start page links to: name in course/ -> where it is written."""

LEARNERS = ("my-work*.json", ".my-work-*")
NOT_OURS = (*LEARNERS, ".ipynb_checkpoints", "__pycache__")
"""What using the lessons leaves beside them."""

STUBS = ("raise NotImplementedError()", "YOUR ANSWER HERE")
"""What nbgrader puts where a solution was."""


def lessons_in(source: Path) -> list[str]:
    """Return the names of the lessons in a source folder, such as "03-zombies", in order."""
    if not source.is_dir():
        return []
    return sorted(p.name for p in source.iterdir() if p.is_dir() and LESSON.fullmatch(p.name))


def nbgrader(root: Path, *commands: Sequence[str], log: Path | None = None) -> str:
    """Run commands of stock nbgrader in *root*, such as ("validate", "a.ipynb"), in one process.

    The first that fails ends the row. What they said is added to the file *log*, too.

    Returns:
        The output of all, both streams together.

    Raises:
        SystemExit: nbgrader failed, or is not there. What it said was printed.
    """
    programs = str(Path(sys.executable).parent)
    path = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    words = [shlex.join(command) for command in commands]
    done = subprocess.run(
        # Without the folder of our tools on its path: a course may have modules of any name.
        [sys.executable, "-P", str(COMMANDS), *words],
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
            file.write("".join(f"$ nbgrader {word}\n" for word in words) + f"{done.stdout}\n")
    if done.returncode != 0:
        print(done.stdout)
        raise SystemExit(f"nbgrader failed ({done.returncode}); what it said is above")
    return done.stdout


def worked_on(course: Path) -> list[Path]:
    """Return the notebooks below *course* that somebody has run, saved or answered, in order."""
    notebooks = (
        path for lesson in lessons_in(course) for path in (course / lesson).glob("*.ipynb")
    )
    return sorted(path for path in notebooks if _is_worked_on(path))


def _is_worked_on(path: Path) -> bool:
    """True for what no generation leaves: outputs, counts, Jupyter's own notes, answers."""
    try:
        notebook: dict[str, Any] = json.loads(path.read_bytes())
        cells: list[dict[str, Any]] = notebook.get("cells", [])
        # Jupyter notes the version of the language when it saves a notebook that had a kernel.
        saved = "version" in notebook.get("metadata", {}).get("language_info", {})
        return saved or any(map(_is_touched, cells))
    except (ValueError, AttributeError):
        return False  # damaged, or no notebook at all


def _is_touched(cell: dict[str, Any]) -> bool:
    if cell.get("outputs") or cell.get("execution_count") is not None:
        return True
    source = "".join(cell.get("source", ""))
    is_answer = cell.get("metadata", {}).get("nbgrader", {}).get("solution", False)
    return is_answer and not any(stub in source for stub in STUBS)


def generate(root: Path, *, replace: bool = False, gradebook: bool = True) -> list[str]:
    """Make course/ below *root* again from source/; return the names of the lessons, in order.

    Args:
        root: The course.
        replace: Also notebooks that somebody has worked on.
        gradebook: Put the lessons into the gradebook, so that they can be graded.

    Raises:
        SystemExit: somebody has worked on a notebook there, and not *replace*; the message names
            it. Or nbgrader failed. course/ was not changed.
    """
    lessons = lessons_in(root / "source")
    course = root / "course"
    begun = [] if replace else worked_on(course)
    if begun:
        raise SystemExit(_refusal([str(path.relative_to(root)) for path in begun]))
    (root / "autograder").mkdir(exist_ok=True)
    # Made beside the course first: nbgrader replaces whole folders, learners' files and all.
    with tempfile.TemporaryDirectory(prefix=".course-", dir=root / "autograder") as folder:
        made = Path(folder).resolve()
        options = [f"--CourseDirectory.release_directory={made}"]
        options += [] if gradebook else ["--no-db"]
        if lessons:
            nbgrader(root, *(["generate_assignment", lesson, *options] for lesson in lessons))
        for lesson in {*lessons, *lessons_in(course)}:  # of one that is not made, nothing stays
            _bring(made / lesson, course / lesson)
    _copy_pages(root)
    return lessons


def _refusal(begun: list[str]) -> str:
    return "\n".join(
        [
            "Nothing was changed: somebody has worked on",
            *(f"    {name}" for name in begun),
            "and a new course/ would replace that. Copy what you want to keep elsewhere (your",
            "predictions and points, in my-work.json, stay in any case), then run",
            "    python tools/generate_course.py generate --replace",
        ]
    )


def _bring(made: Path, kept: Path) -> None:
    """Make *kept* hold the files of *made*, and of others only what is a learner's."""
    fresh, known = _files(made), _files(kept)
    for name in known.keys() - fresh.keys():
        (kept / name).unlink()
    for name, data in fresh.items():
        if known.get(name) != data:
            _replace(kept / name, data, (made / name).stat().st_mode)
    for folder in sorted(filter(Path.is_dir, [kept, *kept.rglob("*")]), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def _copy_pages(root: Path) -> None:
    page = root / "source" / START_PAGE
    if page.is_file():
        text = normalised_text(page.read_text(encoding="utf-8"))
        _replace(root / "course" / START_PAGE, text.encode())
    for name, origin in COPIED.items():
        if (root / origin).is_file():
            _replace(root / "course" / name, (root / origin).read_bytes())


def _replace(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a whole file at once: whoever has it open meanwhile reads the old or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(data)
    temporary.chmod(mode & 0o777)
    temporary.replace(path)


def copy_of_course(original: Path, copy: Path) -> None:
    """Copy what the course is made from: nbgrader's configuration, source/ and the pages."""
    copy.mkdir(parents=True, exist_ok=True)
    shutil.copy(original / "nbgrader_config.py", copy)
    shutil.copytree(original / "source", copy / "source", ignore=shutil.ignore_patterns(*NOT_OURS))
    for origin in COPIED.values():
        if (original / origin).is_file():
            (copy / origin).parent.mkdir(exist_ok=True)
            shutil.copy(original / origin, copy / origin)


def differences(root: Path) -> list[str]:
    """Return one text per file of course/ that is not what source/ makes; [] if all are."""
    with tempfile.TemporaryDirectory(prefix="lessonkit-course-") as folder:
        copy = Path(folder)
        copy_of_course(root, copy)
        generate(copy, gradebook=False)
        fresh, kept = _files(copy / "course"), _files(root / "course")
    found = [f"{name}: not made from source/" for name in sorted(kept.keys() - fresh.keys())]
    found += [f"{name}: missing" for name in sorted(fresh.keys() - kept.keys())]
    for name in sorted(fresh.keys() & kept.keys()):
        if fresh[name] != kept[name]:
            found.append(f"{name}: differs\n{_difference(kept[name], fresh[name])}")
    return found


def _files(folder: Path) -> dict[str, bytes]:
    """Name and content of all files below *folder* that are the course's own."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(map(_is_not_ours, path.relative_to(folder).parts))
    }


def _is_not_ours(name: str) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in NOT_OURS)


def _difference(kept: bytes, fresh: bytes) -> str:
    before, after = (data.decode("utf-8", "replace").splitlines() for data in (kept, fresh))
    lines = list(difflib.unified_diff(before, after, "course/", "fresh", n=1, lineterm=""))
    return "\n".join(lines[:LINES_SHOWN])


def main() -> int:
    """Generate or check, as the first argument says."""
    match sys.argv[1:]:
        case ["generate", *options] if options in ([], ["--replace"]):
            lessons = generate(ROOT, replace=bool(options))
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
