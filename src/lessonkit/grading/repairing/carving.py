"""Take cells apart that were merged.

Jupyter merges cells by joining their texts, and keeps the label of one of them. The other ones
are missing then, but where an instructor's text is, line by line, within another cell, it is cut
out, and what is before and after it is the student's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lessonkit.grading.repairing.cells import Found
from lessonkit.grading.repairing.notes import Notes
from lessonkit.grading.repairing.outline import FOLD_LIMIT, Outline, Wanted

__all__ = ["carved"]

MIN_LENGTH = 8  # of a text that is looked for; shorter ones may well be the student's own
MAX_SEARCHED = 50_000_000  # characters looked through, in all


@dataclass(slots=True)
class _Cut:
    """Lines begin..end (without end) of a cell are the text of an instructor's cell."""

    begin: int
    end: int
    wanted: Wanted


def carved(found: list[Found], plain: dict[int, Wanted], outline: Outline, notes: Notes) -> None:
    """Replace, in *found*, each merged cell by the cells that it was made of.

    plain: the places in *found* of cells that are known to be whole, which are left alone.
    """
    claimed = {cell.claim for cell in found if cell.claim}
    missing = {
        wanted.place: wanted
        for wanted in outline.labelled
        if wanted.role == "fixed" and wanted.cell.grade_id not in claimed
    }
    unwritten = outline.without_work((cell.claim, cell.shape) for cell in found)
    result: list[Found] = []
    searched = 0
    for place, cell in enumerate(found):
        owner = outline.by_id.get(cell.claim)
        known = owner is not None and owner.is_known(cell.shape)
        sought = list(missing.values())
        if owner is not None and owner.role == "fixed":
            sought.append(owner)
        searched += len(cell.shape) * len(sought)
        if (
            known
            or place in plain
            or not cell.shape
            or len(cell.shape) > FOLD_LIMIT
            or searched > MAX_SEARCHED
        ):
            result.append(cell)
            continue
        cuts = list(_cuts(cell.shape, sought))
        if not cuts:
            result.append(cell)
            continue
        for cut in cuts:
            missing.pop(cut.wanted.place, None)
        result += _pieces(cell, cuts, outline, unwritten, notes)
    found[:] = result


def _cuts(shape: str, sought: list[Wanted]) -> Iterator[_Cut]:
    """Where in a folded text those of the sought cells are, in order, without overlap."""
    framed = f"\n{shape}\n"
    places = []
    for wanted in sought:
        if len(wanted.shape) >= MIN_LENGTH:
            place = framed.find(f"\n{wanted.shape}\n")
            if place >= 0:
                places.append((place, wanted))
    after = -1
    for place, wanted in sorted(places, key=lambda pair: (pair[0], -len(pair[1].shape))):
        if place > after:
            begin = framed.count("\n", 0, place)
            yield _Cut(begin, begin + wanted.shape.count("\n") + 1, wanted)
            after = place + len(wanted.shape)


def _pieces(
    cell: Found,
    cuts: list[_Cut],
    outline: Outline,
    unwritten: set[int],
    notes: Notes,
) -> list[Found]:
    owner = outline.by_id.get(cell.claim)
    lines = _unframed(cell.text)
    pieces: list[Found] = []
    label = owner.label if owner is not None else cuts[0].wanted.label
    only_owner = all(cut.wanted is owner for cut in cuts)

    def add(begin: int, end: int) -> None:
        text = "\n".join(lines[begin:end]).strip("\n")
        if not text.strip():
            return
        home = outline.home_of(text)
        if home is not None and home.place in unwritten:
            unwritten.discard(home.place)
            claim = home.cell.grade_id
        elif owner is not None and owner.role == "answer":
            claim = cell.claim
        else:
            claim = ""
        piece = cell.part(len(pieces), text, claim)
        if claim and claim != cell.claim:
            piece.kind = "code"
        pieces.append(piece)

    begin = 0
    for cut in cuts:
        add(begin, cut.begin)
        piece = cell.part(len(pieces), cut.wanted.shown, cut.wanted.cell.grade_id)
        piece.kind = cut.wanted.cell.kind
        pieces.append(piece)
        begin = cut.end
    add(begin, len(lines))
    own = [piece for piece in pieces if not piece.claim]
    if only_owner and len(own) == len(pieces) - len(cuts):
        if own:
            notes.cell("merged in part", label)
    else:
        notes.cell("merged", label)
    return pieces


def _unframed(text: str) -> list[str]:
    """The lines of a text that its folded form has, as they are."""
    lines = text.split("\n")
    while lines and not lines[0].rstrip():
        lines.pop(0)
    return lines
