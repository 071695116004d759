"""Make submissions of the tiny assignment: a good one, and what can become of it.

A `Draft` begins as the notebook of a good student. Its methods do to it what students, editors
and accidents do; what it holds in the end is written into a folder as it would be handed in.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import socket
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from lessonkit.grading.records import CellSpec, NotebookSpec

__all__ = [
    "ANSWERS",
    "ASSIGNMENT",
    "Draft",
    "Hole",
    "Link",
    "Socket",
    "assignment_spec",
    "code_cell",
    "text_cell",
]

FOLDER = Path(__file__).resolve().parent
ASSIGNMENT = FOLDER / "assignment" / "proc.ipynb"
NAME = "proc"
POINTS = 12.0

Cell = dict[str, Any]

# A good student's, worded otherwise than the instructor's.
ANSWERS: Mapping[str, str] = {
    "q1-answer": "def area(width, height):\n    result = width * height\n    return result",
    "q2-answer": """\
def longest(words):
    best = words[0]
    for word in words:
        if len(word) > len(best):
            best = word
    return best""",
    "q3-answer": """\
def tally(letters):
    counts = {}
    for letter in letters:
        counts[letter] = counts.get(letter, 0) + 1
    return counts""",
    "q4-answer": """\
def exit_code(code):
    child = os.fork()
    if not child:
        os._exit(code)
    return os.WEXITSTATUS(os.waitpid(child, 0)[1])""",
    "q5-answer": """\
def shout(word):
    r, w = os.pipe()
    child = os.fork()
    if not child:
        os.write(w, word.upper().encode())
        os._exit(0)
    os.close(w)
    os.waitpid(child, 0)
    data = os.read(r, 65536)
    os.close(r)
    return data.decode()""",
    "q6-answer": """\
def reap(count):
    children = []
    for number in range(count):
        child = os.fork()
        if not child:
            os._exit(number)
        children.append(child)
    return sorted(os.WEXITSTATUS(os.waitpid(child, 0)[1]) for child in children)""",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link in a submission. target: as it is written into the link."""

    target: str


@dataclass(frozen=True, slots=True)
class Hole:
    """A file in a submission that has so many bytes and needs no room: all of them are zero."""

    size: int


@dataclass(frozen=True, slots=True)
class Socket:
    """A socket in a submission, at which nobody listens."""


Entry = bytes | Link | Hole | Socket | None


@dataclass(slots=True)
class Draft:
    """A submission in the making.

    notebook: its JSON. content: bytes to hand in instead of it. name: of its file. files: what
    lies beside it, path -> bytes, a `Link`, a `Hole`, a `Socket`, or None for a named pipe.
    """

    notebook: dict[str, Any] = field(default_factory=lambda: _good_notebook())
    content: bytes | None = None
    name: str = f"{NAME}.ipynb"
    files: dict[str, Entry] = field(default_factory=dict)

    @property
    def cells(self) -> list[Cell]:
        """The notebook's cells."""
        cells: list[Cell] = self.notebook["cells"]
        return cells

    def place(self, name: str) -> int:
        """Where the cell with this id stands."""
        return next(i for i, cell in enumerate(self.cells) if cell["id"] == name)

    def cell(self, name: str) -> Cell:
        """The cell with this id."""
        return self.cells[self.place(name)]

    def label(self, name: str) -> dict[str, Any]:
        """What nbgrader wrote into the cell."""
        label: dict[str, Any] = self.cell(name)["metadata"]["nbgrader"]
        return label

    def write(self, name: str, text: str) -> None:
        """Put a text into a cell."""
        self.cell(name)["source"] = text

    def blank(self, *names: str) -> None:
        """Hand answers in as they were handed out; all of them, if none is named."""
        released = {cell["id"]: cell["source"] for cell in _released()["cells"]}
        for name in names or ANSWERS:
            self.write(name, released[name])

    def remove(self, *names: str) -> None:
        """Delete cells."""
        for name in names:
            del self.cells[self.place(name)]

    def insert(self, before: str, *cells: Cell) -> None:
        """Put new cells before a cell."""
        place = self.place(before)
        self.cells[place:place] = cells

    def move(self, name: str, before: str) -> None:
        """Move a cell to before another one."""
        cell = self.cells.pop(self.place(name))
        self.cells.insert(self.place(before), cell)

    def copy(self, name: str, text: str | None = None, *, below: str = "") -> Cell:
        """Copy a cell and paste it below itself, or below another one; return the copy."""
        made = copy.deepcopy(self.cell(name))
        made["id"] = f"{name}-copy"
        if text is not None:
            made["source"] = text
        self.cells.insert(self.place(below or name) + 1, made)
        return made

    def split(self, name: str, *before: str) -> None:
        """Split a cell before each of these texts, as JupyterLab does.

        All parts keep the label, and lose the line ends at their edges; the last keeps the id.
        """
        place = self.place(name)
        cell = self.cells.pop(place)
        text = cell["source"]
        cuts = [0, *(text.index(part) for part in before), len(text)]
        for number, (begin, end) in enumerate(pairwise(cuts)):
            part = copy.deepcopy(cell)
            part["source"] = text[begin:end].strip("\n")
            if end < len(text):
                part["id"] = f"{name}-part-{number}"
            self.cells.insert(place + number, part)

    def merge(self, first: str, *others: str) -> None:
        """Merge cells into the first of them, as JupyterLab does: a blank line between them."""
        texts = [self.cell(name)["source"] for name in (first, *others)]
        self.remove(*others)
        self.write(first, "\n\n".join(texts))

    def without_labels(self) -> None:
        """Lose all of nbgrader's labels, as some editors do."""
        for cell in self.cells:
            cell["metadata"] = {}

    def as_json(self) -> bytes:
        """The notebook as Jupyter writes it: sorted keys, texts as lists of lines."""
        written = copy.deepcopy(self.notebook)
        for cell in written.get("cells", ()):
            if isinstance(cell, dict) and isinstance(cell.get("source"), str):
                cell["source"] = cell["source"].splitlines(keepends=True)
        text = json.dumps(written, ensure_ascii=False, indent=1, sort_keys=True)
        return (text + "\n").encode("utf-8", "surrogatepass")

    def bytes(self) -> bytes:
        """What is handed in as the notebook."""
        return self.as_json() if self.content is None else self.content

    def hand_in(self, folder: Path) -> None:
        """Write the submission into a folder, which is made."""
        folder.mkdir(parents=True)
        entries = dict(self.files)
        if self.name:
            entries.setdefault(self.name, self.bytes())
        for name, content in entries.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _lay(path, content)


def _lay(path: Path, content: Entry) -> None:
    match content:
        case Link(target):
            path.symlink_to(target)
        case Hole(size):
            with path.open("wb") as file:
                file.truncate(size)
        case Socket():
            # The name of a socket's file is short; so it is bound from within its folder.
            with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as bound:
                bound.bind(path.name)
        case None:
            os.mkfifo(path)
        case _:
            path.write_bytes(content)


def code_cell(text: str) -> Cell:
    """A new cell of code, as Jupyter makes it."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"new-{zlib.crc32(text.encode())}",
        "metadata": {},
        "outputs": [],
        "source": text,
    }


def text_cell(text: str) -> Cell:
    """A new cell of text."""
    cell = code_cell(text) | {"cell_type": "markdown"}
    return {key: cell[key] for key in ("cell_type", "id", "metadata", "source")}


@cache
def assignment_spec() -> NotebookSpec:
    """The tiny assignment as grading knows it."""
    source = json.loads(ASSIGNMENT.read_text())
    released = {cell["id"]: cell["source"] for cell in _released()["cells"]}
    cells, texts = [], {}
    for cell in source["cells"]:
        label = cell["metadata"].get("nbgrader", {})
        name = label.get("grade_id", "")
        if name:
            texts[name] = released[name]
        cells.append(
            CellSpec(
                kind=cell["cell_type"],
                source="".join(cell["source"]),
                grade_id=name,
                points=label.get("points", 0.0),
                grade=label.get("grade", False),
                solution=label.get("solution", False),
                task=label.get("task", False),
                locked=label.get("locked", False),
            )
        )
    return NotebookSpec(name=NAME, cells=tuple(cells), released=texts)


@cache
def _released() -> dict[str, Any]:
    """The assignment as students get it, as `nbgrader generate_assignment` makes it."""
    notebook: dict[str, Any] = json.loads(ASSIGNMENT.read_text())
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        text = _replaced(text, "SOLUTION", "    # YOUR CODE HERE\n    raise NotImplementedError()")
        cell["source"] = _replaced(text, "HIDDEN TESTS", None)
        if label := cell["metadata"].get("nbgrader"):
            label |= {"cell_type": cell["cell_type"], "checksum": "0" * 32}
            if label["locked"]:
                cell["metadata"] |= {"deletable": False, "editable": False}
            elif label["solution"]:
                cell["metadata"] |= {"deletable": False}
    return notebook


def _good_notebook() -> dict[str, Any]:
    notebook = copy.deepcopy(_released())
    for number, cell in enumerate(notebook["cells"]):
        if cell["id"] in ANSWERS:
            cell["source"] = ANSWERS[cell["id"]]
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
    return notebook


def _replaced(text: str, mark: str, by: str | None) -> str:
    lines = []
    inside = False
    for line in text.split("\n"):
        if f"### BEGIN {mark}" in line:
            inside = True
            lines += [by] if by is not None else []
        elif f"### END {mark}" in line:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)
