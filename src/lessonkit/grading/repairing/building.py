"""Write the repaired notebook in the form that nbformat 4.5 and nbgrader's validators accept.

Labels and checksums are those that `nbgrader generate_assignment` would write: a locked cell's is
that of its own text, an answer's that of the text that was handed out, so that an answer which
nobody touched is known as one.

Source: nbformat 4.5's schema; nbgrader's metadata schema, version 3, and its compute_checksum.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from lessonkit.grading.records import CellSpec
from lessonkit.grading.repairing.ordering import Placed
from lessonkit.grading.repairing.outline import Outline, Wanted

__all__ = ["built_notebook"]

SCHEMA_VERSION = 3
NOTEBOOK_METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def built_notebook(placed: list[Placed], outline: Outline) -> dict[str, Any]:
    """Return the notebook as JSON: nbformat 4.5, no outputs, every id once."""
    ids: set[str] = set()
    # The instructor's names first, so that no cell of a student's takes one away.
    reserved = set(outline.by_id)
    cells = []
    for number, one in enumerate(placed):
        cell: dict[str, Any] = {
            "cell_type": one.kind,
            "id": _cell_id(one, number, ids, reserved),
            "metadata": {},
            "source": one.text,
        }
        if one.kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        elif one.attachments:
            cell["attachments"] = one.attachments
        if one.wanted is not None and one.wanted.cell.grade_id:
            cell["metadata"]["nbgrader"] = _label(one.wanted)
        cells.append(cell)
    metadata = {key: dict(value) for key, value in NOTEBOOK_METADATA.items()}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _cell_id(one: Placed, number: int, ids: set[str], reserved: set[str]) -> str:
    own = one.wanted.cell.grade_id if one.wanted is not None else ""
    candidates = [own, one.cell_id if one.cell_id not in reserved else "", f"cell-{number}"]
    for name in candidates:
        if name not in ids and _CELL_ID.fullmatch(name):
            ids.add(name)
            return name
    name = f"cell-{number}-{len(ids)}"
    while name in ids:
        name += "-"
    ids.add(name)
    return name


def _label(wanted: Wanted) -> dict[str, Any]:
    cell = wanted.cell
    label: dict[str, Any] = {
        "cell_type": cell.kind,
        "checksum": _checksum(cell, wanted.given),
        "grade": cell.grade,
        "grade_id": cell.grade_id,
        "locked": _is_locked(cell),
        "schema_version": SCHEMA_VERSION,
        "solution": cell.solution,
        "task": cell.task,
    }
    if cell.grade or cell.task:
        label["points"] = float(cell.points)
    return label


def _is_locked(cell: CellSpec) -> bool:
    return not cell.solution and (cell.grade or cell.locked)


def _checksum(cell: CellSpec, text: str) -> str:
    parts = [text, cell.kind, str(cell.grade), str(cell.solution), str(_is_locked(cell))]
    parts.append(cell.grade_id)
    if cell.grade:
        parts.append(str(float(cell.points)))
    # nbgrader's own form; it tells changes, and keeps nobody out.
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
