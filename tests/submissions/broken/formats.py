"""Notebooks in old, odd or impossible formats."""

from __future__ import annotations

import json
from typing import Any

from tests.submissions.cases import case
from tests.submissions.drafts import ANSWERS, Draft, code_cell, text_cell

__all__: list[str] = []


@case(says="format")
def format_3(draft: Draft) -> None:
    """The notebook is in format 3, with worksheets, prompts and inputs."""
    cells: list[dict[str, Any]] = []
    for cell in draft.cells:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        lines = cell["source"].splitlines(keepends=True)
        if cell["cell_type"] == "code":
            old |= {"input": lines, "language": "python", "prompt_number": 1, "collapsed": False}
            old["outputs"] = []
        elif cell["id"] == "setup-text":
            old |= {"cell_type": "heading", "level": 2, "source": ["Set-up"]}
        else:
            old["source"] = lines
        cells.append(old)
    metadata = {"name": "proc", "signature": "sha256:0"}
    draft.notebook = {
        "metadata": metadata,
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": cells[:9], "metadata": {}}, {"cells": cells[9:], "metadata": {}}],
    }


@case(status="not gradable", lost="all", says="no cells")
def format_3_empty(draft: Draft) -> None:
    """An empty notebook in format 3."""
    draft.notebook = {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": []}


@case(says="format")
def format_99(draft: Draft) -> None:
    """The notebook says that it is in format 99."""
    draft.notebook |= {"nbformat": 99, "nbformat_minor": -1}


@case(says="format")
def format_missing(draft: Draft) -> None:
    """The notebook says nothing about its format, and has no metadata."""
    draft.notebook = {"cells": draft.notebook["cells"]}


@case(status="graded")
def format_4_2(draft: Draft) -> None:
    """The notebook is in format 4.2, in which cells have no ids."""
    draft.notebook["nbformat_minor"] = 2
    for cell in draft.cells:
        del cell["id"]


@case(status="graded")
def texts_in_one_piece(draft: Draft) -> None:
    """Texts of cells are strings instead of lists of lines."""
    draft.content = _dumped(draft)


@case(says="lost their ends")
def lines_without_ends(draft: Draft) -> None:
    """Texts of cells are lists of lines without the ends of lines."""
    for cell in draft.cells:
        cell["source"] = cell["source"].split("\n")


@case(lost="q1 q2 q3 q4", says="lack what a cell needs")
def texts_of_another_kind(draft: Draft) -> None:
    """The texts of four answers are no texts."""
    for number, value in enumerate((None, 7, {"text": "x"}, [None, 1]), 1):
        draft.cell(f"q{number}-answer")["source"] = value


@case(says="lack what a cell needs")
def cells_without_types(draft: Draft) -> None:
    """No cell says of what type it is."""
    for cell in draft.cells:
        del cell["cell_type"]


@case(says="lack what a cell needs")
def cells_of_unknown_types(draft: Draft) -> None:
    """The types of cells are new words, numbers and lists."""
    for number, cell in enumerate(draft.cells):
        cell["cell_type"] = ("sql", 4, ["code"], None)[number % 4]


@case(status=("graded", "repaired"))
def cells_without_the_rest(draft: Draft) -> None:
    """Cells have a type and a text and labels, and nothing else."""
    for cell in draft.cells:
        for key in ("outputs", "execution_count", "id"):
            cell.pop(key, None)
        if not cell["metadata"]:
            del cell["metadata"]


@case(says="not cells")
def cells_that_are_none(draft: Draft) -> None:
    """There are numbers, texts and lists among the cells."""
    draft.cells[3:3] = [None, 17, "cell", [], [{}]]  # type: ignore[list-item]


@case(says="lack")
def cells_by_name(draft: Draft) -> None:
    """The cells are in an object, by their ids, instead of a list."""
    draft.notebook["cells"] = {cell["id"]: cell for cell in draft.cells}
    draft.content = _dumped(draft)


@case(status="graded")
def ids_double_and_impossible(draft: Draft) -> None:
    """Ids of cells are double, too long, or no ids."""
    for number, cell in enumerate(draft.cells):
        cell["id"] = ("same", "x" * 200, "not an id!", 12, None)[number % 5]


@case(status="graded")
def outputs_of_another_kind(draft: Draft) -> None:
    """Outputs and counts are not what they should be."""
    for number, cell in enumerate(draft.cells):
        if cell["cell_type"] == "code":
            cell["outputs"] = (None, "text", [[]], {"output_type": 3})[number % 4]
            cell["execution_count"] = ("*", -1, 1.5, [])[number % 4]


@case(status="graded")
def attachments_of_another_kind(draft: Draft) -> None:
    """Attachments are missing their types, or are none."""
    draft.cell("title")["attachments"] = {"a.png": {"image/png": 5}, "b.png": []}
    draft.cell("end")["attachments"] = "picture.png"
    draft.cell("q1-answer")["attachments"] = {"c.png": {"image/png": "AAAA"}}


@case(says="halves")
def half_characters(draft: Draft) -> None:
    """Comments hold lone surrogates, which no encoding can write."""
    draft.write("q1-answer", ANSWERS["q1-answer"] + "  # \ud83d")
    draft.write("title", "\udc80 Title")
    draft.content = _dumped(draft, ascii_only=True)


@case(says="zero bytes")
def zero_characters(draft: Draft) -> None:
    """An answer holds zero characters."""
    draft.write("q1-answer", ANSWERS["q1-answer"].replace("\n", "\0\n"))


@case(says="line ends")
def line_ends_of_windows(draft: Draft) -> None:
    """The lines of all cells end as on Windows."""
    for cell in draft.cells:
        cell["source"] = cell["source"].replace("\n", "\r\n")


@case(says="line ends")
def line_ends_of_an_old_mac(draft: Draft) -> None:
    """The lines of all cells end as on a Mac of the last century."""
    for cell in draft.cells:
        cell["source"] = cell["source"].replace("\n", "\r")
    draft.content = _dumped(draft)


@case(says="too many cells")
def three_thousand_cells(draft: Draft) -> None:
    """There are 3,000 cells of the student's own at the end, half of them blank."""
    draft.cells.extend(code_cell(f"{number}" if number % 2 else "") for number in range(3000))


@case(says="too many cells")
def three_thousand_texts(draft: Draft) -> None:
    """There are 3,000 remarks at the beginning."""
    draft.insert("title", *(text_cell(f"remark {number}") for number in range(3000)))


@case(status="graded")
def large_answer(draft: Draft) -> None:
    """An answer has two million characters of data in a comment."""
    draft.write("q1-answer", ANSWERS["q1-answer"] + "\n# " + "data " * 400_000)


@case(status="graded")
def large_outputs(draft: Draft) -> None:
    """The saved output of a cell has eight million characters."""
    output = {"name": "stdout", "output_type": "stream", "text": "spam " * 1_600_000}
    draft.cell("setup")["outputs"] = [output]


@case(says="too large")
def larger_outputs(draft: Draft) -> None:
    """The saved output of a cell has 24 million characters, more than a notebook may have."""
    output = {"name": "stdout", "output_type": "stream", "text": "spam\n" * 4_800_000}
    draft.cell("setup")["outputs"] = [output]


def _dumped(draft: Draft, *, ascii_only: bool = False) -> bytes:
    text = json.dumps(draft.notebook, ensure_ascii=ascii_only)
    return text.encode("utf-8", "surrogatepass")
