"""Make of the bytes that were handed in a notebook that can be judged, or say why not.

`repair` is a pure function: nothing of the notebook is run, and hostile bytes cost a bounded
amount of time and memory. What it returns holds every cell of the instructor exactly once,
with the instructor's text wherever students do not write, and everything that students wrote, in
the order in which it would run in their own kernel. See `lessonkit.grading.repairing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lessonkit.grading.records import Budget, NotebookSpec
from lessonkit.grading.repairing.building import built_notebook
from lessonkit.grading.repairing.cells import Found, found_cells
from lessonkit.grading.repairing.conflicts import sides
from lessonkit.grading.repairing.decoding import decoded
from lessonkit.grading.repairing.matching import matched
from lessonkit.grading.repairing.notes import Notes, NotGradable
from lessonkit.grading.repairing.ordering import Placed, ordered
from lessonkit.grading.repairing.outline import Outline, defined_names, outline_of
from lessonkit.grading.repairing.reading import raw_cells

__all__ = ["NotGradable", "Repaired", "StudentCell", "raw_limit", "repair"]

RAW_FACTOR = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class StudentCell:
    """A code cell that runs in the student's interpreter, like all but the tests.

    place: which of the notebook's cells it is, from 0. grade_id: "" for a cell without an
    nbgrader entry. given: the text is the instructor's (a locked cell, or one put back).
    """

    place: int
    source: str
    grade_id: str = ""
    given: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Repaired:
    """A notebook that can be judged.

    cells: what runs in the student's interpreter, in order. notebook: nbformat 4.5 as JSON, all
    outputs empty, with every cell of the specification that has a grade_id exactly once; tests
    with their hidden parts. places: grade_id -> which of the notebook's cells it is.
    repairs: one plain sentence for each thing that was put right; () for an undamaged notebook.
    """

    cells: tuple[StudentCell, ...]
    notebook: dict[str, Any]
    places: Mapping[str, int]
    repairs: tuple[str, ...] = ()


def raw_limit(budget: Budget) -> int:
    """How many bytes a file may have: more than a notebook may, as saved outputs are left out."""
    return RAW_FACTOR * budget.notebook_bytes


def repair(submitted: bytes, spec: NotebookSpec, budget: Budget) -> Repaired:
    """Repair the notebook in *submitted*, as far as it can be done without guessing.

    Raises:
        NotGradable: It is no notebook, or not one of this assignment; one sentence says why.
    """
    if len(submitted) > raw_limit(budget):
        raise NotGradable(
            f"The file has {len(submitted):,} bytes; more than {raw_limit(budget):,} are not read."
        )
    outline = outline_of(spec)
    notes = Notes()
    text = decoded(submitted, notes)
    found = _cells_of(text, outline, budget, notes)
    places = ordered(matched(found, outline, notes), outline, budget, notes)
    return _repaired(places, outline, notes)


def _cells_of(text: str, outline: Outline, budget: Budget, notes: Notes) -> list[Found]:
    """The cells of the text; after a merge conflict, of the side with more of the student's work.

    An answer that only the other side has is taken from there.
    """
    texts = sides(text)
    if len(texts) == 1:
        return found_cells(raw_cells(texts[0], budget, notes), outline, budget, notes)
    read: list[tuple[int, list[Found], Notes]] = []
    problem = NotGradable("Nothing could be read on either side of a merge conflict.")
    for side in texts:
        own = Notes()
        try:
            cells = found_cells(raw_cells(side, budget, own), outline, budget, own)
        except NotGradable as error:
            problem = error
            continue
        read.append((outline.work_in((cell.claim, cell.shape) for cell in cells), cells, own))
    if not read:
        raise problem
    # Of two equal ones the first: what git calls ours.
    _, best, told = max(read, key=lambda one: one[0])
    for _, cells, _ in read:
        _take_answers(best, cells, outline)
    notes.file("conflict")
    notes.take(told)
    return best


def _take_answers(best: list[Found], other: list[Found], outline: Outline) -> None:
    """Put answers that are only on the other side into the cells of this one."""
    blank = outline.without_work((cell.claim, cell.shape) for cell in best)
    for cell in other:
        wanted = outline.by_id.get(cell.claim)
        if wanted is None or wanted.place not in blank or cell.shape in ("", wanted.shape):
            continue
        for mine in best:
            if mine.claim == cell.claim:
                mine.text, mine.shape = cell.text, cell.shape
                break


def _repaired(placed: list[Placed], outline: Outline, notes: Notes) -> Repaired:
    defined = {
        name
        for one in placed
        if one.kind == "code" and not one.put_back
        for name in defined_names(one.text)
    }
    cells: list[StudentCell] = []
    places: dict[str, int] = {}
    for place, one in enumerate(placed):
        if one.wanted is not None and one.wanted.cell.grade_id:
            places[one.wanted.cell.grade_id] = place
        if one.kind != "code" or (one.wanted is not None and one.wanted.cell.is_test):
            continue
        # An empty answer that was put back must not take the place of one written elsewhere.
        if one.put_back and one.wanted is not None and one.wanted.names & defined:
            continue
        cells.append(
            StudentCell(
                place=place,
                source=one.text,
                grade_id=one.wanted.cell.grade_id if one.wanted is not None else "",
                given=one.put_back or (one.wanted is not None and one.wanted.role == "fixed"),
            )
        )
    return Repaired(
        cells=tuple(cells),
        notebook=built_notebook(placed, outline),
        places=places,
        repairs=notes.sentences(),
    )
