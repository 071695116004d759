"""Find out which of the cells that were handed in is which of the instructor's.

A cell's label says it, unless its text says something else: a text that is exactly that of
another instructor's cell is that cell, whatever its label. Cells without a label are known by
their text, by what they define, and at last by where they stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from lessonkit.grading.repairing.carving import carved
from lessonkit.grading.repairing.cells import Found
from lessonkit.grading.repairing.joining import is_continuation, joined_answer, joined_fixed
from lessonkit.grading.repairing.notes import Notes, NotGradable
from lessonkit.grading.repairing.outline import Outline, Wanted, defined_names

__all__ = ["Matched", "matched"]

TELLING = 20  # characters of a text that no other notebook has by chance


@dataclass(frozen=True, slots=True)
class Matched:
    """A cell that was handed in; wanted: which of the instructor's it is, None for neither."""

    found: Found
    wanted: Wanted | None


def matched(found: list[Found], outline: Outline, notes: Notes) -> list[Matched]:
    """Tell of each cell which it is; each of the instructor's comes at most once.

    Raises:
        NotGradable: None of them is one of the instructor's.
    """
    if not found:
        raise NotGradable("The notebook has no cells.")
    found = list(found)
    matching = _Matching(outline, notes)
    matching.check_claims(found)
    matching.by_text(found)
    carved(found, matching.plain_places(found), outline, notes)
    matching.by_names(found)
    if not matching.any_known(found):
        if not any(cell.shape.strip() for cell in found):
            raise NotGradable("All cells of the notebook are empty.")
        raise NotGradable(
            f"None of the {len(found)} cells belongs to this assignment; "
            "it seems to be another notebook."
        )
    matching.by_place(found)
    matching.continuations(found)
    return matching.settled(found)


class _Matching:
    def __init__(self, outline: Outline, notes: Notes) -> None:
        self._outline = outline
        self._notes = notes
        self._plain: dict[int, Wanted] = {}  # id() of a found cell -> the plain cell that it is

    def check_claims(self, found: list[Found]) -> None:
        """Correct the labels of cells whose text is surely that of another cell."""
        for cell in found:
            owner = self._outline.by_id.get(cell.claim)
            if owner is None or owner.is_known(cell.shape):
                continue
            others = [w for w in self._outline.by_shape.get(cell.shape, ()) if w.cell.grade_id]
            if others:
                self._give(cell, others[0])
        self._swapped_answers(found)

    def _swapped_answers(self, found: list[Found]) -> None:
        right = set()
        strays = []
        for cell in found:
            owner = self._outline.by_id.get(cell.claim)
            if owner is None or not cell.shape:
                continue
            if owner.role == "answer" and (
                not owner.names or defined_names(cell.text) & owner.names
            ):
                right.add(cell.claim)
            elif not owner.is_known(cell.shape):
                strays.append(cell)
        for cell in strays:
            home = self._outline.home_of(cell.text)
            if home is not None and home.cell.grade_id not in right:
                self._give(cell, home)

    def by_text(self, found: list[Found]) -> None:
        """Know cells without a label by their text, or by Jupyter's own id."""
        claimed = {cell.claim for cell in found}
        used: set[int] = set()
        for cell in found:
            if cell.claim or not cell.shape:
                continue
            same = [w for w in self._outline.by_shape.get(cell.shape, ()) if w.place not in used]
            labelled = [w for w in same if w.cell.grade_id and w.cell.grade_id not in claimed]
            named = self._outline.by_id.get(cell.cell_id)
            if labelled:
                self._give(cell, labelled[0])
            elif len(same) == 1 and same[0].cell.grade_id:
                cell.claim = same[0].cell.grade_id  # a copy that lost its label
            elif named is not None and cell.cell_id not in claimed:
                self._give(cell, named)
            elif plain := [w for w in same if w.role == "plain"]:
                used.add(plain[0].place)
                self._plain[id(cell)] = plain[0]
            claimed.add(cell.claim)

    def plain_places(self, found: list[Found]) -> dict[int, Wanted]:
        """Where the plain cells are that have the instructor's text."""
        return {
            place: self._plain[id(cell)]
            for place, cell in enumerate(found)
            if id(cell) in self._plain
        }

    def by_names(self, found: list[Found]) -> None:
        """Know answers without a label by the functions that they define.

        Only where no cell with the label has any work in it: else it is a try beside it.
        """
        places = self._outline.without_work((cell.claim, cell.shape) for cell in found)
        if not places:
            return
        for cell in found:
            owner = self._outline.by_id.get(cell.claim)
            if id(cell) in self._plain or (owner is not None and owner.role == "answer"):
                continue
            if owner is not None and owner.is_known(cell.shape):
                continue
            home = self._outline.home_of(cell.text)
            if home is not None and home.place in places:
                self._give(cell, home)

    def any_known(self, found: list[Found]) -> bool:
        """Whether anything shows that this is the instructor's notebook."""
        return any(cell.claim for cell in found) or any(
            len(wanted.shape) >= TELLING for wanted in self._plain.values()
        )

    def by_place(self, found: list[Found]) -> None:
        """Know answers without a label by the cells before and after them."""
        missing = {w.place for w in self._missing(found) if w.role == "answer"}
        if not missing:
            return
        places: list[int | None] = []
        for cell in found:
            owner = self._outline.by_id.get(cell.claim) or self._plain.get(id(cell))
            places.append(owner.place if owner is not None else None)
        known = [index for index, place in enumerate(places) if place is not None]
        for first, second in zip([-1, *known], [*known, len(found)], strict=True):
            before = places[first] if first >= 0 else -1
            after = places[second] if second < len(found) else len(self._outline.cells)
            if before is None or after is None or after - before < 2:
                continue
            wanted = [self._outline.cells[p] for p in range(before + 1, after) if p in missing]
            cells = [cell for cell in found[first + 1 : second] if cell.shape]
            if len(wanted) != 1:
                continue
            fitting = [cell for cell in cells if cell.kind == wanted[0].cell.kind] or cells
            if len(fitting) == 1 or wanted[0].cell.kind == "markdown":
                for cell in fitting:
                    self._give(cell, wanted[0])

    def continuations(self, found: list[Found]) -> None:
        """Give the parts of a split answer the label that some editors give to one part only."""
        cells = [cell for cell in found if cell.shape.strip()]
        for last, cell in pairwise(cells):
            if "code" not in (last.kind, cell.kind) or not is_continuation(cell):
                continue
            named = self._outline.by_id.get(cell.cell_id)
            if not self._is_own(cell):
                pass
            elif named is not None and named.role == "answer" and named.cell.kind == "code":
                cell.claim = cell.cell_id
            elif self._is_code_answer(last):
                cell.claim = last.claim
            if self._is_code_answer(cell) and self._is_own(last) and not is_continuation(last):
                last.claim = cell.claim

    def settled(self, found: list[Found]) -> list[Matched]:
        """One cell for each of the instructor's that is there, and all others, in order."""
        groups: dict[str, list[Found]] = {}
        result: list[Matched] = []
        for cell in found:
            if cell.claim:
                groups.setdefault(cell.claim, []).append(cell)
            else:
                result.append(Matched(cell, self._plain.get(id(cell))))
        orders = sorted(cell.order for cell in found if cell.shape.strip())
        for name, group in groups.items():
            wanted = self._outline.by_id[name]
            if wanted.role == "fixed":
                chosen, own = joined_fixed(wanted, group, self._notes)
            else:
                test = self._first_test(wanted, groups)
                chosen, own = joined_answer(wanted, group, test, orders, self._notes)
            result.append(Matched(chosen, wanted))
            result += [Matched(cell, None) for cell in own]
        return sorted(result, key=lambda one: one.found.order)

    def _first_test(self, wanted: Wanted, groups: dict[str, list[Found]]) -> tuple[int, int] | None:
        """Where the first test stands that follows an answer, before the next answer."""
        orders = []
        for other in self._outline.cells[wanted.place + 1 :]:
            if other.role == "answer":
                break
            if other.cell.is_test:
                orders += [cell.order for cell in groups.get(other.cell.grade_id, ())]
        return min(orders, default=None)

    def _missing(self, found: list[Found]) -> list[Wanted]:
        claimed = {cell.claim for cell in found}
        return [w for w in self._outline.labelled if w.cell.grade_id not in claimed]

    def _give(self, cell: Found, wanted: Wanted) -> None:
        cell.claim = wanted.cell.grade_id
        cell.said = {}
        self._notes.cell("relabelled", wanted.label)

    def _is_code_answer(self, cell: Found) -> bool:
        owner = self._outline.by_id.get(cell.claim)
        return owner is not None and owner.role == "answer" and owner.cell.kind == "code"

    def _is_own(self, cell: Found) -> bool:
        return not cell.claim and id(cell) not in self._plain and cell.kind == "code"
