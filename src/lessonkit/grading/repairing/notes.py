"""Collect what was put right, and say it in sentences that a student understands.

A repair of one cell is one sentence that names the cell; the same repair of many cells is one
sentence that counts them, so that a page of feedback is never buried in them.
"""

from __future__ import annotations

from lessonkit.errors import NotebookError

__all__ = ["NotGradable", "Notes"]

ONE_BY_ONE = 3  # so many cells with the same repair get a sentence each
NAMED = 3  # of more than that, so many are named
MAX_SENTENCES = 40

# What was done with a cell: for one, and for {count} of them.
_CELLS = {
    "copies": (
        "{cell} was there more than once; of the copies that had been changed, the last one "
        "before its test counts.",
        "{count} cells were there more than once ({cells}); of the copies that had been changed, "
        "the last one before the test counts.",
    ),
    "copies untouched": (
        "{cell} was there more than once; copies that said nothing new were left out.",
        "{count} cells were there more than once ({cells}); copies that said nothing new were "
        "left out.",
    ),
    "split": (
        "{cell} had been split; its parts were joined again.",
        "{count} cells had been split ({cells}); their parts were joined again.",
    ),
    "merged": (
        "{cell} had been merged with another cell; they were taken apart again.",
        "{count} cells had been merged with others ({cells}); they were taken apart again.",
    ),
    "merged in part": (
        "{cell} had text of yours in it; it was put back, and your text is now in a cell of its "
        "own.",
        "{count} cells that are not yours to change had text of yours in them ({cells}); they "
        "were put back, and your text is now in cells of its own.",
    ),
    "missing": (
        "{cell} was missing and was put back as it was handed out.",
        "{count} cells were missing ({cells}); they were put back as they were handed out.",
    ),
    "set-up": (
        "{cell} was missing and was put back, because what it defines is used further down.",
        "{count} cells were missing ({cells}); they were put back, because what they define is "
        "used further down.",
    ),
    "changed": (
        "{cell} had been changed; the original was put back.",
        "{count} cells that are not yours to change had been changed ({cells}); the originals "
        "were put back.",
    ),
    "moved": (
        "{cell} had been moved; it was put back in its place.",
        "{count} cells had been moved ({cells}); they were put back in their places.",
    ),
    "type": (
        "{cell} had become a cell of another type; that was undone.",
        "{count} cells had become cells of another type ({cells}); that was undone.",
    ),
    "relabelled": (
        "{cell} had the label of another cell, or none; it was recognised by its text and place.",
        "{count} cells had the labels of other cells, or none ({cells}); they were recognised by "
        "their text and place.",
    ),
    "labels": (
        "The label of {cell} (its points, or what nbgrader does with it) had been changed; that "
        "was undone.",
        "The labels of {count} cells (their points, or what nbgrader does with them) had been "
        "changed ({cells}); that was undone.",
    ),
    "cut": (
        "{cell} is cut off in the file; what is left of it was graded.",
        "{count} cells are cut off in the file ({cells}); what is left of them was graded.",
    ),
}

# What was done with the file as a whole.
_FILE = {
    "encoding utf-8": "The file holds bytes that are not text; they were replaced.",
    "encoding cp1252": "The file is not in UTF-8 but in an older encoding; it was converted.",
    "encoding utf-16": "The file is in UTF-16 or UTF-32 instead of UTF-8; it was converted.",
    "bom": "The file begins with a byte-order mark, which was left out.",
    "nul": "The file or its cells hold zero bytes, which were left out.",
    "surrogates": "Some cells hold halves of characters; each was replaced by a question mark.",
    "line ends": "Some cells have the line ends of Windows or an old Mac; they were converted.",
    "lines": "The lines of some cells had lost their ends; they were put on lines of their own.",
    "conflict": "The file holds both sides of a merge conflict (<<<<<<< and >>>>>>>); the side "
    "with more work of yours was graded, with answers that only the other side has.",
    "around": "The file holds something before or after the notebook, which was left out.",
    "wrapped": "The notebook is wrapped in other data; it was taken out.",
    "twice": "The file says some things twice, as files do that were merged; the last one counts.",
    "broken": "The file is damaged: it is not valid JSON. All cells that could be found in it "
    "were graded.",
    "large": "The file is too large or too deeply nested to be read as a whole; its cells were "
    "read one by one, without their saved outputs.",
    "no cells": "Some entries in the list of cells are not cells; they were left out.",
    "format": "The notebook is in an old or unknown format; it was converted to format 4.",
    "shape": "Some cells lack what a cell needs, such as its type or its text; it was filled in.",
    "schema": "The cells carry labels of another version of nbgrader; they were converted.",
    "parts": "Parts of an instructor's cell stood alone; they were left out.",
    "many blank": "There are too many cells; blank ones were left out.",
    "many": "There are too many cells; the last ones that are only yours were left out.",
}


class NotGradable(NotebookError):
    """This is no notebook of the assignment, and cannot be made one; the message says why."""


class Notes:
    """What was put right in one notebook. Cells are told apart by how they are called."""

    def __init__(self) -> None:
        self._file: list[str] = []
        self._cells: dict[str, list[str]] = {}

    def file(self, what: str) -> None:
        """Note something about the whole file, once."""
        if what not in self._file:
            self._file.append(what)

    def cell(self, what: str, label: str) -> None:
        """Note something about one cell, once."""
        labels = self._cells.setdefault(what, [])
        if label not in labels:
            labels.append(label)

    def take(self, other: Notes) -> None:
        """Add what *other* holds."""
        for what in other._file:
            self.file(what)
        for what, labels in other._cells.items():
            for label in labels:
                self.cell(what, label)

    @property
    def whole(self) -> bool:
        """Whether nothing of the file may have been lost on the way."""
        return not {"broken", "conflict", "large", "many"} & set(self._file)

    def sentences(self) -> tuple[str, ...]:
        """One sentence for each repair: first of the file, then of its cells."""
        said = [_FILE[what] for what in self._file]
        for what, labels in self._cells.items():
            one, several = _CELLS[what]
            if len(labels) <= ONE_BY_ONE:
                said += [_sentence(one.format(cell=label)) for label in labels]
            else:
                named = ", ".join(labels[:NAMED]) + " and others"
                said.append(_sentence(several.format(count=len(labels), cells=named)))
        return tuple(said[:MAX_SENTENCES])


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
