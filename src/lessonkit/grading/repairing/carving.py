"""Take cells apart that were merged.

Jupyter merges cells by joining their texts, and keeps the label of one of them. The other ones
are missing then, but where an instructor's text is, line by line, within another cell, it is cut
out, and what is before and after it is the student's. Where a student's text goes on with the
function of another answer that nobody has written elsewhere, that is the other answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lessonkit.grading.repairing.cells import Found
from lessonkit.grading.repairing.joining import is_continuation
from lessonkit.grading.repairing.notes import Notes
from lessonkit.grading.repairing.outline import FOLD_LIMIT, Outline, Wanted, defined_names

__all__ = ["carved"]

_FUNCTION = re.compile(r"(?:async[ \t]++def|def|class)[ \t]++(\w++)")
MIN_LENGTH = 8  # of a text that is looked for; shorter ones may well be the student's own
MAX_SEARCHED = 50_000_000  # characters looked through, in all


@dataclass(slots=True)
class _Cut:
    """Lines begin..end (without end) of a cell are the text of an instructor's cell."""

    begin: int
    end: int
    wanted: Wanted | None


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
        for cut in cuts:
            missing.pop(cut.wanted.place if cut.wanted is not None else -1, None)
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
    cell: Found, cuts: list[_Cut], outline: Outline, unwritten: set[int], notes: Notes
) -> list[Found]:
    """The cells that a cell was made of; the cell itself if it is one."""
    owner = outline.by_id.get(cell.claim)
    lines = _unframed(cell.text)
    parts: list[tuple[str, Wanted | None, bool]] = []  # text, whose it is, known text or not
    begin = 0
    for cut in [*cuts, _Cut(len(lines), len(lines), None)]:
        text = "\n".join(lines[begin : cut.begin]).strip("\n")
        if text.strip():
            rest = not begin and _goes_before(text, lines[cut.end :], owner)
            mine = None if rest else owner
            for part, home in _by_answers(text, mine, outline, unwritten, alone=not cuts):
                parts.append((part, home, False))
        if cut.wanted is not None:
            parts.append((cut.wanted.shown, cut.wanted, True))
        begin = cut.end
    if len(parts) == 1 and not cuts:
        return [cell]
    pieces = []
    for number, (text, home, known) in enumerate(parts):
        piece = cell.part(number, text, home.cell.grade_id if home is not None else "")
        if home is not None and (known or home is not owner):
            piece.kind = home.cell.kind
        elif home is None and is_continuation(piece):
            piece.kind = "code"  # the rest of a function whose beginning is in another cell
        pieces.append(piece)
    first = next((home for _, home, _ in parts if home is not None), None)
    label = (owner or first or outline.cells[0]).label
    if any(home not in (None, owner) for _, home, _ in parts):
        notes.cell("merged", label)
    elif len(parts) > len(cuts):
        notes.cell("merged in part", label)
    return pieces


def _goes_before(text: str, later: list[str], owner: Wanted | None) -> bool:
    """Whether a merged cell begins with the rest of a function that is in the cell before it:
    what is indented cannot belong to a function that only comes later."""
    if owner is None or owner.role != "answer" or text[:1] not in (" ", "\t"):
        return False
    return bool(owner.names & defined_names("\n".join(later)))


def _by_answers(
    text: str, owner: Wanted | None, outline: Outline, unwritten: set[int], *, alone: bool
) -> list[tuple[str, Wanted | None]]:
    """Cut a student's text before functions that are surely those of other answers.

    Only of answers that have no work in any cell of their own; *unwritten* is brought up to
    date. alone: nothing was cut from the cell, so a text for one answer is left as it is.
    """
    current = owner if owner is not None and owner.role == "answer" else None
    lines = text.split("\n")
    cuts: list[tuple[int, Wanted | None]] = [(0, current)]
    for place, line in enumerate(lines):
        match = _FUNCTION.match(line)
        home = outline.homes.get(match[1]) if match else None
        if home is None or home is current:
            continue
        if home.place not in unwritten and home is not owner:
            continue
        unwritten.discard(home.place)
        if current is None or place == 0:
            cuts[0] = (0, home)  # what stands before it goes with it, such as imports
        else:
            while place > 0 and lines[place - 1].startswith(("@", "#")):
                place -= 1
            cuts.append((place, home))
        current = home
    if len(cuts) == 1:
        home = cuts[0][1]
        if alone:
            return [(text, owner)]
        if home is None and (other := outline.home_of(text)) and other.place in unwritten:
            unwritten.discard(other.place)
            home = other
        return [(text, home)]
    ends = [place for place, _ in cuts[1:]] + [len(lines)]
    return [
        ("\n".join(lines[begin:end]).strip("\n"), home)
        for (begin, home), end in zip(cuts, ends, strict=True)
    ]


def _unframed(text: str) -> list[str]:
    """The lines of a text that its folded form has, as they are."""
    lines = text.split("\n")
    while lines and not lines[0].rstrip():
        lines.pop(0)
    return lines
