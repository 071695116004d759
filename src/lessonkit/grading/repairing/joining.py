"""Make one cell of several that have the same label: the parts of one that was split, or copies.

Jupyter splits a cell at the cursor and gives all parts the same label; a copied cell keeps its
label too. What tells them apart is what they define: parts define different things, or begin
indented; copies define the same. Copies are all run, in their order, as they would be in the
student's own kernel; the one that counts is the last one that its test can see.
"""

from __future__ import annotations

import ast
import warnings
from bisect import bisect_left, bisect_right

from lessonkit.grading.repairing.cells import Found
from lessonkit.grading.repairing.notes import Notes
from lessonkit.grading.repairing.outline import Wanted, defined_names, folded

__all__ = ["is_continuation", "joined_answer", "joined_fixed"]

MAX_COMPILED = 20_000  # characters; what is larger is joined without looking closer
MAX_GROUP = 200  # copies of one cell that are compared; the others are left as they are

Order = tuple[int, int]


def joined_fixed(wanted: Wanted, group: list[Found], notes: Notes) -> tuple[Found, list[Found]]:
    """The place of an instructor's cell, and those of the others that hold a student's text."""
    known = [cell for cell in group if wanted.is_known(cell.shape)]
    if not known:
        notes.cell("changed", wanted.label)
    chosen = (known or group)[0]
    own = []
    for cell in group:
        if cell is chosen or not cell.shape:
            continue
        if f"\n{cell.shape}\n" in f"\n{wanted.shape}\n" or wanted.is_known(cell.shape):
            continue  # a copy, or a part of one that was split
        if known:
            cell.claim = ""
            own.append(cell)
    if len(group) > 1:
        notes.cell("copies untouched", wanted.label)
    return chosen, own


def joined_answer(
    wanted: Wanted, group: list[Found], test: Order | None, orders: list[Order], notes: Notes
) -> tuple[Found, list[Found]]:
    """The student's cell, and copies that count as cells without a label.

    test: where the first test of it stands. orders: where all cells with text stand, sorted.
    """
    if len(group) == 1:
        return group[0], []
    touched = [cell for cell in group if cell.shape and cell.shape != wanted.shape]
    touched = _distinct(touched, test)
    if len(touched) < len(group):
        notes.cell("copies untouched", wanted.label)
    if not touched:
        return next((cell for cell in group if cell.shape), group[0]), []
    blocks = _blocks(wanted, touched[:MAX_GROUP], orders)
    if len(blocks) < len(touched[:MAX_GROUP]):
        notes.cell("split", wanted.label)
    cells = [_one(block, wanted) for block in blocks] + touched[MAX_GROUP:]
    # A blank copy may have been split, too: it shows when its parts are together again.
    blank = _squeezed(wanted.shape)
    cells = [cell for cell in cells if _squeezed(cell.shape) != blank] or cells
    if len(cells) > 1:
        notes.cell("copies", wanted.label)
    seen = [cell for cell in cells if test is None or cell.order < test]
    chosen = seen[-1] if seen else cells[-1]
    others = [cell for cell in cells if cell is not chosen]
    for cell in others:
        cell.claim = ""
        cell.kind = wanted.cell.kind
    return chosen, others


def is_continuation(cell: Found) -> bool:
    """Whether a cell of code cannot stand alone, because it begins indented."""
    first = next((line for line in cell.shape.split("\n", 20)[:20] if line.strip()), "")
    return first[:1] in (" ", "\t")


def _squeezed(shape: str) -> str:
    return shape.replace("\n\n", "\n")  # a cut takes blank lines


def _distinct(cells: list[Found], test: Order | None) -> list[Found]:
    """Of equal copies one: the last that the test can see, else the first."""
    kept: dict[str, Found] = {}
    for cell in cells:
        if cell.shape not in kept or test is None or cell.order < test:
            kept[cell.shape] = cell
    return sorted(kept.values(), key=lambda cell: cell.order)


def _blocks(wanted: Wanted, cells: list[Found], orders: list[Order]) -> list[list[Found]]:
    """Put parts of one split cell together."""
    if wanted.cell.kind == "code":
        heads = [place for place, cell in enumerate(cells) if not is_continuation(cell)]
        if heads and heads[0] > 0:  # the beginning was moved behind the rest
            head = cells[heads[0]]
            head.order = cells[0].order
            cells = [head, *cells[: heads[0]], *cells[heads[0] + 1 :]]
    blocks = [[cells[0]]]
    names = set(defined_names(cells[0].text))
    for cell in cells[1:]:
        last = blocks[-1][-1]
        own = defined_names(cell.text)
        between = bisect_left(orders, cell.order) - bisect_right(orders, last.order)
        if wanted.cell.kind == "code" and is_continuation(cell):
            together = True
        elif wanted.cell.kind == "code":
            together = not between and not names & own
        else:
            together = not between and cell.shape not in last.shape
        if together:
            blocks[-1].append(cell)
            names |= own
        else:
            blocks.append([cell])
            names = set(own)
    return blocks


def _one(block: list[Found], wanted: Wanted) -> Found:
    cell = block[0]
    if len(block) > 1:
        parts = [part.text for part in block]
        cell.text = _joined_code(parts) if wanted.cell.kind == "code" else "\n\n".join(parts)
        cell.shape = folded(cell.text)
        cell.attachments = {
            name: kinds for part in block for name, kinds in part.attachments.items()
        }
        cell.cut = any(part.cut for part in block)
    return cell


def _joined_code(parts: list[str]) -> str:
    """Join at the ends of lines; where that is no Python, try whether a line was cut in two."""
    text = "\n".join(parts)
    if len(text) > MAX_COMPILED or _is_python(text):
        return text
    for place in range(1, min(len(parts), 8)):
        other = "\n".join(parts[:place]) + "\n".join(parts[place:])
        if _is_python(other):
            return other
    return text


def _is_python(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError):
        return False
    return True
