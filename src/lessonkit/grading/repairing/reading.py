"""Find the list of cells in a text that should be a notebook's JSON.

Python's JSON reader is used where it can be: on a whole text that is not too large for it. What
it refuses goes to `salvage`, which needs no whole text.
"""

from __future__ import annotations

import json
from typing import Any

from lessonkit.grading.records import Budget
from lessonkit.grading.repairing.notes import Notes, NotGradable
from lessonkit.grading.repairing.salvage import salvaged

__all__ = ["raw_cells"]

MAX_PARTS = 500_000  # of JSON, which take at most some 100 MB as Python's objects
MAX_DIGITS = 15
MAX_WRAPPINGS = 3


def raw_cells(text: str, budget: Budget, notes: Notes) -> list[Any]:
    """Return the cells in *text* as JSON values, in order; they may be anything.

    Raises:
        NotGradable: There are none.
    """
    problem = "broken"
    if len(text) > budget.notebook_bytes or _parts(text) > MAX_PARTS:
        problem = "large"
    else:
        try:
            value = _first_value(text, notes)
        except RecursionError:
            problem = "large"
        except ValueError:
            pass
        else:
            cells = _cells_of(value, notes)
            if cells is not None:
                return cells
            if value in ([], {}):
                problem = "nothing"
    cells = salvaged(text, budget)
    if not cells and problem == "large":
        raise NotGradable(
            "The file is too large or too deeply nested, and no cell was found in it."
        )
    if not cells and problem == "nothing":
        raise NotGradable("The file is valid JSON but holds nothing.")
    if not cells:
        raise NotGradable("The file is not a notebook: it is not JSON with cells in it.")
    notes.file("large" if problem == "large" else "broken")
    return cells


def _parts(text: str) -> int:
    return text.count("{") + text.count("[") + text.count(",")


def _first_value(text: str, notes: Notes) -> Any:
    """The first JSON value in the text. Raises ValueError where there is none."""
    starts = [place for place in (text.find("{"), text.find("["), text.find('"')) if place >= 0]
    if not starts:
        raise ValueError("no JSON")
    twice: list[bool] = []

    def built(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            twice.append(True)
        return made

    # strict=False: a control character in a string harms nobody.
    decoder = json.JSONDecoder(object_pairs_hook=built, parse_int=_number, strict=False)
    begin = min(starts)
    value, end = decoder.raw_decode(text, begin)
    if _cells_of(value, Notes()) is not None or isinstance(value, str):
        if text[:begin].strip() or text[end:].strip():
            notes.file("around")
        if twice:
            notes.file("twice")
    return value


def _number(digits: str) -> int:
    # Python refuses more than 4300 digits, and no number in a notebook needs so many.
    return int(digits) if len(digits) <= MAX_DIGITS else 0


def _cells_of(value: Any, notes: Notes) -> list[Any] | None:
    """The cells of a notebook of format 3 or 4, also one that is wrapped in something."""
    for turn in range(MAX_WRAPPINGS):
        if isinstance(value, str) and value.lstrip().startswith("{"):
            try:
                value = json.loads(value, strict=False, parse_int=_number)
            except (ValueError, RecursionError):
                return None
            notes.file("wrapped")
        if isinstance(value, list):
            if not any(isinstance(one, dict) and "cell_type" in one for one in value):
                return None
            notes.file("wrapped")
            return value
        if not isinstance(value, dict):
            return None
        cells = _listed(value, notes)
        if cells is not None:
            return cells
        inner = [value[name] for name in ("content", "notebook", "nb") if name in value]
        if not inner or turn == MAX_WRAPPINGS - 1:
            return None
        notes.file("wrapped")
        value = inner[0]
    return None


def _listed(notebook: dict[str, Any], notes: Notes) -> list[Any] | None:
    cells = notebook.get("cells")
    if isinstance(cells, dict):
        notes.file("shape")
        cells = list(cells.values())
    sheets = notebook.get("worksheets")
    if not cells and isinstance(sheets, list):
        notes.file("format")
        return [
            cell
            for sheet in sheets
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
    if not isinstance(cells, list):
        return None
    if notebook.get("nbformat") != 4:
        notes.file("format")
    return cells
