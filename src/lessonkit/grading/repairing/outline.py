"""Know the instructor's notebook as repair needs it: what to look for, and how to call it.

Texts are compared folded: without the white space at the ends of lines and the blank lines
around them, which editors add and remove as they like.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from lessonkit.grading.records import CellSpec, NotebookSpec

__all__ = ["Outline", "Wanted", "defined_names", "folded", "outline_of"]

Role = Literal["fixed", "answer", "plain"]

FOLD_LIMIT = 1024 * 1024  # a longer text equals no instructor's text and is not looked into
LABEL_LENGTH = 60

_DEFINED = re.compile(
    r"^(?:async[ \t]++def|def|class)[ \t]++(\w++)|^(\w++)[ \t]*+(?::[^=\n]*+)?=(?!=)",
    re.MULTILINE,
)
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_POINTS = re.compile(r"\s*\([^()]*\)\s*$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One cell of the instructor's.

    place: which of them it is, from 0. role: "fixed" (the text is the instructor's), "answer"
    (the student's), "plain" (no nbgrader entry: whoever's). shown: the text that students got.
    shape: that text, folded. names: what it defines at its top level. label: "the test of “Q3.1
    Make zombies”". kind_name: the same without the place: "the test".
    """

    place: int
    cell: CellSpec
    role: Role
    shown: str
    shape: str
    names: frozenset[str]
    label: str

    @property
    def given(self) -> str:
        """The text that it has where the student wrote nothing."""
        return self.shown if self.role == "answer" else self.cell.source

    def is_known(self, shape: str) -> bool:
        """Whether a folded text is one that this cell had before students touched it."""
        return shape == self.shape or (self.role != "answer" and shape == folded(self.cell.source))


@dataclass(frozen=True, slots=True)
class Outline:
    """All cells of the instructor's, in order; those with a grade_id by it; and by their text.

    homes: which answer defines a name, for names that nothing else of the instructor's defines.
    """

    cells: tuple[Wanted, ...]
    by_id: Mapping[str, Wanted]
    by_shape: Mapping[str, tuple[Wanted, ...]]
    homes: Mapping[str, Wanted]

    @property
    def labelled(self) -> list[Wanted]:
        """Those with a grade_id."""
        return [wanted for wanted in self.cells if wanted.cell.grade_id]

    def home_of(self, text: str) -> Wanted | None:
        """The answer that a student's text is surely written for, by what it defines."""
        names = sorted(defined_names(text) & self.homes.keys())
        return self.homes[names[0]] if names else None

    def without_work(self, claims: Iterable[tuple[str, str]]) -> set[int]:
        """The places of answers for which no cell, of cells as (grade_id, shape), has any work."""
        worked = {
            wanted.place
            for name, shape in claims
            if (wanted := self.by_id.get(name)) is not None and shape not in ("", wanted.shape)
        }
        return {w.place for w in self.labelled if w.role == "answer"} - worked

    def work_in(self, claims: Iterable[tuple[str, str]]) -> int:
        """How many answers the student has touched, of cells as (grade_id, shape)."""
        answers = sum(wanted.role == "answer" for wanted in self.labelled)
        return answers - len(self.without_work(claims))


def outline_of(spec: NotebookSpec) -> Outline:
    """Read the specification of a notebook."""
    texts = [_shown(cell, spec) for cell in spec.cells]
    labels = _labels(spec.cells, texts)
    cells: list[Wanted] = []
    by_shape: dict[str, tuple[Wanted, ...]] = {}
    for place, (cell, shown, label) in enumerate(zip(spec.cells, texts, labels, strict=True)):
        role = _role(cell)
        wanted = Wanted(
            place=place,
            cell=cell,
            role=role,
            shown=shown,
            shape=folded(shown),
            names=defined_names(shown) | defined_names(cell.source)
            if cell.kind == "code"
            else frozenset(),
            label=label,
        )
        cells.append(wanted)
        for shape in {wanted.shape, folded(cell.source)} if role != "answer" else {wanted.shape}:
            if shape:
                by_shape[shape] = (*by_shape.get(shape, ()), wanted)
    by_id = {wanted.cell.grade_id: wanted for wanted in cells if wanted.cell.grade_id}
    counts = Counter(name for wanted in cells for name in wanted.names)
    homes = {
        name: wanted
        for wanted in cells
        if wanted.role == "answer"
        for name in wanted.names
        if counts[name] == 1
    }
    return Outline(cells=tuple(cells), by_id=by_id, by_shape=by_shape, homes=homes)


def folded(text: str) -> str:
    """A text without what editors do to it: blanks at the ends of lines, blank lines around."""
    if len(text) > FOLD_LIMIT:
        return text
    return "\n".join([line.rstrip() for line in text.split("\n")]).strip("\n")


def defined_names(text: str) -> frozenset[str]:
    """Names that lines without indentation define: functions, classes, variables."""
    if len(text) > FOLD_LIMIT:
        return frozenset()
    return frozenset(function or name for function, name in _DEFINED.findall(text))


def _role(cell: CellSpec) -> Role:
    if not cell.grade_id:
        return "plain"
    if cell.solution:
        return "answer"
    return "fixed" if cell.locked or cell.grade else "answer"


def _shown(cell: CellSpec, spec: NotebookSpec) -> str:
    """The text that students got. A solution must never get into a notebook or a sentence."""
    unknown = "" if _role(cell) == "answer" else cell.source
    return spec.released.get(cell.grade_id, unknown) if cell.grade_id else cell.source


def _labels(cells: tuple[CellSpec, ...], texts: list[str]) -> list[str]:
    """How a student knows each cell: what it is for, and the heading that it stands under."""
    labels = []
    heading = ""
    for cell, text in zip(cells, texts, strict=True):
        if cell.kind == "markdown" and _role(cell) != "answer":
            found = _HEADING.findall(_FENCED.sub("", text))
            heading = found[-1] if found else heading
        labels.append(f"{_purpose(cell)}{_under(heading)}")
    counts = Counter(labels)
    return [
        f"{label}{_beginning(text)}" if counts[label] > 1 else label
        for label, text in zip(labels, texts, strict=True)
    ]


def _purpose(cell: CellSpec) -> str:
    if cell.is_test:
        return "the test"
    if cell.task:
        return "the task"
    if cell.solution:
        return "your answer"
    return "the text" if cell.kind == "markdown" else "the code"


def _under(heading: str) -> str:
    title = _POINTS.sub("", heading.replace("●", " ").replace("`", ""))
    title = " ".join(title.split())
    return f" in “{_shortened(title)}”" if title else ""


def _beginning(text: str) -> str:
    lines = [line.strip() for line in text.split("\n")]
    first = next((line for line in lines if line and not line.startswith("###")), "")
    return f" that begins with “{_shortened(first)}”" if first else ""


def _shortened(text: str) -> str:
    return text if len(text) <= LABEL_LENGTH else text[: LABEL_LENGTH - 1].rstrip() + "…"
