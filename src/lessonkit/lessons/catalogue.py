r"""List the lessons below a course folder, with what each of them says about itself.

A lesson is a folder such as `03-zombies` with a notebook of the same name. Everything here is
read from that notebook:

- its first heading, `# 3 · Zombies: ...`, and the table below it: **Difficulty**, and **Time**
  (`80 minutes; the core path, marked ●, takes 50`);
- exercises: graded code cells whose only line is `check("3.1", f)`;
- other graded cells: "quiz" (code) or "written" (text, or code that a person reads);
- self-checks: items whose heading ends in `(self-check)`; they are worth no points;
- predictions: the headings `### Demonstration D1: ...`.

The title of an item is in the nearest heading above it: `### Q3.1 ● Make zombies (3 points)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lessonkit.errors import NotebookError, UsageError
from lessonkit.lessons.notebooks import Cell, read_cells

__all__ = [
    "Course",
    "Item",
    "Lesson",
    "find_course",
    "find_notebook",
    "lesson_names",
    "read_course",
    "read_lesson",
]

ItemKind = Literal["exercise", "quiz", "written", "self-check"]

NAME = re.compile(r"\d\d-[a-z0-9-]+")
CHECK = re.compile(r"""check\(\s*["']([^"'\s]{1,20})["']\s*,\s*\w+\s*\);?""")
HEADING = re.compile(
    r"^#{2,5} +(?P<id>[A-Z]\d+\.\d+)\b[ ●:.]*(?P<title>.*?)(?: *\((?P<note>[^()]*)\))? *$",
    re.MULTILINE,
)
_TITLE = re.compile(r"^# +(?:(\d+)\s*[·.:]\s*)?(.+?)\s*$", re.MULTILINE)
_ROW = re.compile(r"^\| *\*\*(.+?)\*\* *\| *(.*?) *\|", re.MULTILINE)
_DEMONSTRATION = re.compile(r"^#{2,5} +Demonstration +(D\d+)\b", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One exercise or question. cell: the place of its graded cell in the notebook, from 0."""

    id: str
    kind: ItemKind
    title: str
    points: float
    cell: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """What a lesson says about itself. minutes and core_minutes: None where it does not say."""

    name: str
    notebook: Path
    number: int | None
    title: str
    minutes: int | None
    core_minutes: int | None
    difficulty: str
    items: tuple[Item, ...]
    predictions: tuple[str, ...]
    cells: tuple[Cell, ...] = field(repr=False)

    @property
    def exercises(self) -> tuple[Item, ...]:
        """What `check` judges here and now."""
        return tuple(item for item in self.items if item.kind == "exercise")

    @property
    def graded_later(self) -> tuple[Item, ...]:
        """What counts too, but is graded after the notebook is handed in."""
        return tuple(item for item in self.items if item.kind in ("quiz", "written"))

    @property
    def max_points(self) -> float:
        """Points that can be earned in local checks."""
        return sum(item.points for item in self.exercises)


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """The lessons of a folder in order, and one message for each that could not be read."""

    folder: Path
    lessons: tuple[Lesson, ...]
    problems: tuple[str, ...]


def read_course(folder: Path) -> Course:
    """Read all lessons below *folder*; a damaged one costs one message, not the others."""
    lessons, problems = [], []
    for name in lesson_names(folder):
        try:
            lessons.append(read_lesson(find_notebook(folder / name)))
        except NotebookError as error:
            problems.append(str(error))
    return Course(folder=folder, lessons=tuple(lessons), problems=tuple(problems))


def read_lesson(notebook: Path) -> Lesson:
    """Read what the lesson in *notebook* says about itself.

    Raises:
        NotebookError: it cannot be read.
    """
    cells = tuple(read_cells(notebook))
    name = notebook.parent.resolve().name
    head = next((c.source for c in cells if c.kind == "markdown" and _TITLE.search(c.source)), "")
    title = _TITLE.search(head)
    rows = {key.casefold(): value for key, value in _ROW.findall(head)}
    minutes, core = _minutes(rows.get("time", ""))
    number = title[1] if title else None
    if number is None and NAME.fullmatch(name):
        number = name[:2]
    return Lesson(
        name=name if NAME.fullmatch(name) else notebook.stem,
        notebook=notebook,
        number=int(number) if number is not None else None,
        title=title[2] if title else notebook.stem,
        minutes=minutes,
        core_minutes=core,
        difficulty=rows.get("difficulty", ""),
        items=tuple(_items(cells)),
        predictions=tuple(_predictions(cells)),
        cells=cells,
    )


def find_course(folder: str | None = None) -> Path:
    """Return the folder of the lessons: the one that is named, else this one, else ./course.

    Raises:
        UsageError: there are no lessons there; says where they were looked for.
    """
    if folder is not None:
        path = Path(folder)
        if not path.is_dir():
            raise UsageError(f"{folder}: there is no such folder.")
        candidates = [path, path / "course"]
    else:
        candidates = [Path(), Path("course")]
    for path in candidates:
        if lesson_names(path):
            return path
    looked = " and ".join(str(path) if path != Path() else "this folder" for path in candidates)
    raise UsageError(
        f"no lessons were found: looked in {looked} for folders named like 03-zombies. "
        "Name the folder that holds them."
    )


def find_notebook(place: Path) -> Path:
    """Return the notebook of a lesson's folder: the one of the same name, or the only one.

    Raises:
        NotebookError: there is none, or it is not clear which one it is.
    """
    own = place / f"{place.resolve().name}.ipynb"
    if own.is_file():
        return own
    others = sorted(place.glob("*.ipynb"))
    if len(others) == 1:
        return others[0]
    what = "several notebooks, none of which has" if others else "no notebook with"
    raise NotebookError(f"{place} holds {what} the folder's name: {own.name} is missing.")


def lesson_names(folder: Path) -> list[str]:
    """Return the names of the lessons' folders below *folder*, in order; damaged ones too."""
    try:
        return sorted(p.name for p in folder.iterdir() if NAME.fullmatch(p.name) and p.is_dir())
    except OSError:
        return []


def _minutes(text: str) -> tuple[int | None, int | None]:
    whole = re.search(r"(\d+)\s*min", text)
    core = re.search(r"\bcore\b\D*(\d+)", text)
    return int(whole[1]) if whole else None, int(core[1]) if core else None


def _predictions(cells: tuple[Cell, ...]) -> Iterator[str]:
    seen = set()
    for cell in cells:
        if cell.kind == "markdown":
            for name in _DEMONSTRATION.findall(cell.source):
                if name not in seen:
                    seen.add(name)
                    yield name


def _items(cells: tuple[Cell, ...]) -> Iterator[Item]:
    """Items in the order of their graded cells; one that is there twice counts once."""
    seen: set[str] = set()
    heading: re.Match[str] | None = None
    for place, cell in enumerate(cells):
        if cell.kind == "markdown":
            for found in HEADING.finditer(cell.source):
                heading = found
                if "self-check" in (found["note"] or "") and found["id"] not in seen:
                    seen.add(found["id"])
                    yield Item(
                        id=found["id"],
                        kind="self-check",
                        title=found["title"],
                        points=0.0,
                        cell=place,
                    )
        if cell.is_graded:
            item = _graded_item(cell, place, heading)
            if item.id not in seen:
                seen.add(item.id)
                yield item


def _graded_item(cell: Cell, place: int, heading: re.Match[str] | None) -> Item:
    check = CHECK.fullmatch(cell.source.strip()) if cell.kind == "code" else None
    name = str(cell.grader.get("grade_id", cell.id))
    title = name
    if check is not None:
        name = title = check[1]
        if heading is not None and heading["id"][1:] == name:
            title = heading["title"]
    elif heading is not None:
        name, title = heading["id"], heading["title"]
    kind: ItemKind = "exercise" if check else "quiz"
    if check is None and (cell.kind == "markdown" or cell.grader.get("solution") is True):
        kind = "written"
    return Item(id=name, kind=kind, title=title, points=cell.points, cell=place)
