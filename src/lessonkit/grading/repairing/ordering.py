"""Put the cells in order: the student's as they are, the instructor's where they belong.

A test comes after every cell of code that it followed when it was handed out, and the instructor's
cells keep their order among themselves; beyond that nothing is moved. A missing cell goes behind
the one that it followed.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from lessonkit.grading.records import Budget
from lessonkit.grading.repairing.cells import Found
from lessonkit.grading.repairing.matching import Matched
from lessonkit.grading.repairing.notes import Notes
from lessonkit.grading.repairing.outline import Outline, Wanted
from lessonkit.grading.repairing.setups import needed_setups

__all__ = ["Placed", "ordered"]

_HEADING_KEY = ("#", "##", "###", "####", "#####", "######")


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A cell of the repaired notebook.

    wanted: which of the instructor's cells it is, None for one of the student's own. put_back: it
    was missing. attachments: pictures in its text.
    """

    kind: str
    text: str
    wanted: Wanted | None = None
    cell_id: str = ""
    put_back: bool = False
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


def ordered(cells: list[Matched], outline: Outline, budget: Budget, notes: Notes) -> list[Placed]:
    """Return all cells of the repaired notebook, in order."""
    cells = _within(cells, outline, budget, notes)
    present = {one.wanted.place: place for place, one in enumerate(cells) if one.wanted}
    texts = [one.found.text for one in cells if _kind(one) == "code"]
    setups = {wanted.place for wanted in needed_setups(outline, set(present), texts)}
    keys, missing = _keys(cells, present, setups, outline, notes)
    placed = [(keys[place], _placed(one, notes)) for place, one in enumerate(cells)]
    for wanted, key in missing:
        notes.cell("set-up" if wanted.role == "plain" else "missing", wanted.label)
        kind = wanted.cell.kind
        placed.append((key, Placed(kind=kind, text=wanted.given, wanted=wanted, put_back=True)))
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]


_Key = tuple[int, int, int]


def _keys(
    cells: list[Matched],
    present: dict[int, int],
    setups: set[int],
    outline: Outline,
    notes: Notes,
) -> tuple[list[_Key], list[tuple[Wanted, _Key]]]:
    """Where each cell goes: (behind which of the student's cells, 0 for itself, which).

    Returns the keys of the cells that are there, and those that are missing, with theirs.
    """
    keys = [(place, 0, 0) for place in range(len(cells))]
    missing: list[tuple[Wanted, _Key]] = []
    fixed = [
        (w.place, present[w.place])
        for w in outline.labelled
        if w.role == "fixed" and w.place in present
    ]
    in_place = _longest_increasing([place for _, place in fixed])
    unmoved = {fixed[index][0] for index in in_place}
    last = -1  # behind what the cell before this one is
    last_code = last_fixed = last_given = -1
    for wanted in outline.cells:
        there = present.get(wanted.place)
        if wanted.role != "fixed":
            if there is None and (wanted.role == "answer" or wanted.place in setups):
                missing.append((wanted, (last, 1, wanted.place)))
            elif there is not None:
                last = there
            if wanted.role == "answer" or (there is not None and wanted.cell.kind == "code"):
                last_code = max(last_code, last)
            continue
        slot = there if there is not None and wanted.place in unmoved else last
        if wanted.cell.is_test:
            slot = max(slot, last_code, last_fixed)
        else:
            slot = max(slot, last_given)
            last_given = slot
        last_fixed = max(last_fixed, slot)
        last = slot
        if there is None:
            missing.append((wanted, (slot, 1, wanted.place)))
        elif slot != there:
            keys[there] = (slot, 1, wanted.place)
            notes.cell("moved", wanted.label)
    return keys, missing


def _longest_increasing(numbers: list[int]) -> list[int]:
    """The places of a longest increasing subsequence."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        index = bisect_left(tails, number)
        before.append(ends[index - 1] if index else -1)
        tails[index : index + 1] = [number]
        ends[index : index + 1] = [place]
    result = []
    place = ends[-1] if ends else -1
    while place >= 0:
        result.append(place)
        place = before[place]
    return result[::-1]


def _placed(one: Matched, notes: Notes) -> Placed:
    found, wanted = one.found, one.wanted
    if wanted is None or wanted.role == "plain":
        if found.cut:
            notes.cell("cut", "a cell of your own" if wanted is None else wanted.label)
        kind = _kind(one)
        if wanted is not None and kind != found.kind:
            notes.cell("type", wanted.label)
        text = found.text
    else:
        _note_label(found, wanted, notes)
        kind = wanted.cell.kind
        text = wanted.cell.source
        if wanted.role == "answer":
            text = found.text
            if found.cut:
                notes.cell("cut", wanted.label)
        if found.kind != kind:
            notes.cell("type", wanted.label)
            if wanted.role == "answer":
                text = _without_heading(text, wanted)
    return Placed(
        kind=kind,
        text=text,
        wanted=wanted,
        cell_id=found.cell_id,
        attachments=found.attachments if kind != "code" else {},
    )


def _kind(one: Matched) -> str:
    return one.wanted.cell.kind if one.wanted is not None else one.found.kind


def _without_heading(text: str, wanted: Wanted) -> str:
    """Undo the "# " that Jupyter puts before the first line of a cell made into a heading."""
    first, newline, rest = text.partition("\n")
    sharps, _, code = first.partition(" ")
    original = wanted.shape.partition("\n")[0]
    if wanted.cell.kind == "code" and sharps in _HEADING_KEY and code.rstrip() == original:
        return code + newline + rest
    return text


def _note_label(found: Found, wanted: Wanted, notes: Notes) -> None:
    """Say what the label of a cell said wrongly. A label that is gone was noted before."""
    said = dict(found.said)
    if not said:
        return
    if said.pop("schema_version", None) != 3:
        notes.file("schema")
    cell = wanted.cell
    right = {"grade": cell.grade, "solution": cell.solution, "task": cell.task}
    if not (cell.grade or cell.solution):
        right["locked"] = cell.locked
    wrong = any(said[key] != value for key, value in right.items() if key in said)
    if (cell.grade or cell.task) and "points" in said:
        wrong = wrong or said["points"] != cell.points
    if wrong:
        notes.cell("labels", wanted.label)


def _within(cells: list[Matched], outline: Outline, budget: Budget, notes: Notes) -> list[Matched]:
    """Leave out cells that nobody gave, where there are too many: blank ones, then the last."""
    most = max(budget.notebook_cells - len(outline.cells), 0)
    own = [one for one in cells if one.wanted is None]
    if len(own) <= most:
        return cells
    notes.file("many blank")
    kept = [one for one in own if one.found.shape.strip()]
    if len(kept) > most:
        notes.file("many")
        code = [one for one in kept if one.found.kind == "code"][:most]
        texts = [one for one in kept if one.found.kind != "code"][: most - len(code)]
        kept = code + texts
    keep = {id(one) for one in kept}
    return [one for one in cells if one.wanted is not None or id(one) in keep]
