"""Put an assignment together from its two halves: source/ and what the gradebook released.

source/ has the order of the cells, the text around them and the instructor's solutions. The
gradebook has the cells with an nbgrader entry as they were when `nbgrader generate_assignment`
ran: tests with their hidden part (and AUTOTEST lines made into tests), answers as students got
them. Where both have a text, the gradebook's counts, because students worked from it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from lessonkit.batch.course import Course
from lessonkit.batch.records import Released, ReleasedCell, ReleasedNotebook
from lessonkit.errors import UsageError
from lessonkit.grading.records import CellSpec, NotebookSpec

__all__ = ["Assignment", "read_assignment", "without_hidden"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """What a submission is judged by.

    specs: by the name of the notebook. given: the instructor's files beside the notebooks, name
    -> content; kept: those of them that a student may change, so that the student's counts.
    fingerprints: of each spec, without modes. warnings: sentences for the instructor.
    """

    name: str
    specs: Mapping[str, NotebookSpec]
    given: Mapping[str, bytes]
    kept: frozenset[str]
    fingerprints: Mapping[str, str]
    warnings: tuple[str, ...]

    def calibrated_by(self, notebook: str) -> str:
        """A hash of all that says how the tests of a notebook are run."""
        made = hashlib.sha256(f"given:{self.fingerprints[notebook]}".encode())
        for name in sorted(self.given):
            made.update(f"\n{name}:".encode("utf-8", "surrogateescape"))
            made.update(hashlib.sha256(self.given[name]).digest())
        return made.hexdigest()


def read_assignment(course: Course, released: Released) -> Assignment:
    """Read an assignment.

    Raises:
        UsageError: source/ is missing, damaged, or does not fit what was released.
    """
    folder = course.source_folder(released.name)
    if not folder.is_dir():
        raise UsageError(
            f"there is no folder {folder}. The instructor's notebooks are needed for grading: "
            "bring it back, or say where it is (c.CourseDirectory.source_directory)"
        )
    if not released.notebooks:
        raise UsageError(
            f"the gradebook has no notebook of {released.name}. Run: nbgrader generate_assignment "
            f"{released.name}"
        )
    warnings: list[str] = []
    specs = {}
    for name, notebook in released.notebooks.items():
        file = folder / f"{name}.ipynb"
        specs[name] = _spec(course, notebook, file, _cells_of(file, released.name), warnings)
    for file in sorted(folder.glob("*.ipynb")):
        if file.stem not in specs:
            warnings.append(f"{file} was never released, so nobody is graded for it")
    return Assignment(
        name=released.name,
        specs=specs,
        given=dict(_given(folder, course.ignore)),
        kept=frozenset(course.kept_files.get(released.name, ())),
        fingerprints={name: fingerprint(spec) for name, spec in specs.items()},
        warnings=tuple(warnings),
    )


def fingerprint(spec: NotebookSpec) -> str:
    """A hash of all that a notebook is judged by, except how its tests are run."""
    told = asdict(spec)
    del told["modes"]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _cells_of(file: Path, assignment: str) -> list[dict[str, Any]]:
    try:
        notebook = json.loads(file.read_bytes())
        cells = notebook["cells"]
        if notebook["nbformat"] != 4 or not all(isinstance(cell, dict) for cell in cells):
            raise UsageError(f"{file} is not in notebook format 4: open and save it in JupyterLab")
    except FileNotFoundError as error:
        raise UsageError(
            f"{file} is missing, but was released as part of {assignment}: bring it back"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file} cannot be read as a notebook: {error!r:.200}") from error
    return list(cells)


def _spec(
    course: Course,
    notebook: ReleasedNotebook,
    file: Path,
    cells: list[dict[str, Any]],
    warnings: list[str],
) -> NotebookSpec:
    language = json.loads(notebook.kernelspec or "{}").get("language", "python")
    if language != "python":
        raise UsageError(f"{file} is in {language}; only Python is graded here: nbgrader autograde")
    _require_same_cells(notebook, file, cells)
    begin, end = _hidden_marks(course)
    made = []
    for cell in cells:
        name = _name(cell)
        made.append(_plain(cell) if name is None else _graded(cell, notebook.cells[name]))
    changed = sorted(name for name in _changed(notebook, cells))
    if changed:
        warnings.append(
            f"{file} was edited after its release: {', '.join(changed)}. Grading goes by what was "
            "released; to grade by the new text, run nbgrader generate_assignment --force and "
            "then lessonkit grade --force"
        )
    return NotebookSpec(
        name=notebook.name,
        cells=tuple(made),
        released={
            name: without_hidden(cell.source, begin, end) for name, cell in notebook.cells.items()
        },
    )


def _require_same_cells(
    notebook: ReleasedNotebook, file: Path, cells: list[dict[str, Any]]
) -> None:
    here = [name for cell in cells if (name := _name(cell)) is not None]
    added = sorted(set(here) - notebook.cells.keys())
    removed = sorted(notebook.cells.keys() - set(here))
    if not added and not removed:
        return
    what = " and ".join(
        words
        for words in (
            f"has cells that were not released ({', '.join(added)})" if added else "",
            f"has no cells {', '.join(removed)}, which were released" if removed else "",
        )
        if words
    )
    raise UsageError(
        f"{file} {what}: it was edited after nbgrader generate_assignment. Run that again with "
        "--force, or bring the released form of the file back"
    )


def _entry(cell: dict[str, Any]) -> dict[str, Any]:
    entry = cell.get("metadata", {}).get("nbgrader", {})
    return entry if isinstance(entry, dict) else {}


def _name(cell: dict[str, Any]) -> str | None:
    """The grade_id of a cell that nbgrader keeps in the gradebook, else None."""
    entry = _entry(cell)
    if any(entry.get(flag) for flag in ("grade", "solution", "locked", "task")):
        return str(entry.get("grade_id"))
    return None


def _text(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _plain(cell: dict[str, Any]) -> CellSpec:
    return CellSpec(kind=cell["cell_type"], source=_text(cell))


def _graded(cell: dict[str, Any], known: ReleasedCell) -> CellSpec:
    entry = _entry(cell)
    solution = bool(known.solution_cell)
    return CellSpec(
        kind=known.kind,  # type: ignore[arg-type]  # the database allows two of the three
        # The instructor's own answer is nowhere but in source/.
        source=_text(cell) if solution else known.source,
        grade_id=known.name,
        points=known.max_score or 0.0,
        grade=bool(known.grade_cell),
        solution=solution,
        task=bool(known.task_cell),
        locked=known.locked or bool(entry.get("locked") and not solution),
    )


def _changed(notebook: ReleasedNotebook, cells: list[dict[str, Any]]) -> Iterator[str]:
    """Names of cells whose text or points in source/ are not what was released."""
    for cell in cells:
        name = _name(cell)
        if name is None:
            continue
        known, text = notebook.cells[name], _text(cell)
        rewritten = known.solution_cell or "AUTOTEST" in text  # differs by nbgrader's own doing
        points = _entry(cell).get("points")
        if (not rewritten and text != known.source) or (
            known.max_score is not None and float(points or 0) != known.max_score
        ):
            yield name


def _hidden_marks(course: Course) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What begins and ends a part that students do not get: hidden tests, marking schemes."""
    hidden = ("ClearHiddenTests", "begin_test_delimeter", "end_test_delimeter", "HIDDEN TESTS")
    scheme = ("ClearMarkScheme", "begin_mark_scheme_delimeter", "end_mark_scheme_delimeter")
    both = (hidden, (*scheme, "MARK SCHEME"))
    begins = (course.setting(section, name, f"BEGIN {words}") for section, name, _, words in both)
    ends = (course.setting(section, name, f"END {words}") for section, _, name, words in both)
    return tuple(begins), tuple(ends)


def without_hidden(source: str, begin: tuple[str, ...], end: tuple[str, ...]) -> str:
    """A text without the parts from a line with one of *begin* to a line with one of *end*."""
    kept = []
    hidden = False
    for line in source.split("\n"):
        if any(mark in line for mark in begin):
            hidden = True
        elif any(mark in line for mark in end):
            hidden = False
        elif not hidden:
            kept.append(line)
    return "\n".join(kept)


def _given(folder: Path, ignore: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """The instructor's files as nbgrader takes them: no notebooks, nothing that is ignored."""
    skip = (*ignore, "*.ipynb")
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _matches(name, skip))
        for name in sorted(files):
            path = Path(where, name)
            if not _matches(name, skip):
                yield str(path.relative_to(folder)), path.read_bytes()


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)
