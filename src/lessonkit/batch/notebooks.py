"""The file that goes to autograded/, as nbgrader's formgrader and feedback expect it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from lessonkit.batch.noting import note
from lessonkit.batch.records import ReleasedCell, ReleasedNotebook
from lessonkit.errors import LessonkitError
from lessonkit.grading.records import CellSpec, NotebookSpec

__all__ = ["finished", "stand_in"]


def finished(judged: bytes, notebook: ReleasedNotebook) -> tuple[bytes, frozenset[str]]:
    """Add what only the gradebook knows to a judged notebook.

    Returns:
        The file, and the names of the cells whose text is as it was released.

    Raises:
        LessonkitError: It is no notebook: judging went wrong.
    """
    try:
        content = json.loads(judged)
        cells = content["cells"]
        untouched = set()
        for cell in cells:
            entry = cell["metadata"].get("nbgrader") or {}
            known = notebook.cells.get(entry.get("grade_id", ""))
            if known is None:
                continue
            entry["checksum"] = known.checksum
            text = cell["source"]
            text = text if isinstance(text, str) else "".join(text)
            if text == known.source and cell["cell_type"] == known.kind:
                untouched.add(known.name)
        if notebook.kernelspec:
            content["metadata"]["kernelspec"] = json.loads(notebook.kernelspec)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LessonkitError(f"the judged notebook cannot be read: {error!r:.200}") from error
    return _bytes(content), frozenset(untouched)


def stand_in(spec: NotebookSpec, notebook: ReleasedNotebook, said: Sequence[str]) -> bytes:
    """The notebook for a submission of which nothing could be judged: what is *said* of it, then
    the assignment as it was released. So the formgrader has where points are given, and the
    feedback says why there are none.
    """
    cells = [note(said)]
    for place, cell in enumerate(spec.cells):
        text = spec.released.get(cell.grade_id, cell.source)
        made: dict[str, Any] = {"cell_type": cell.kind, "id": f"cell-{place}", "metadata": {}}
        made["source"] = text
        if cell.kind == "code":
            made |= {"execution_count": None, "outputs": []}
        if cell.grade_id:
            made["metadata"]["nbgrader"] = _entry(cell, notebook.cells[cell.grade_id])
        cells.append(made)
    metadata: dict[str, Any] = {}
    if notebook.kernelspec:
        metadata["kernelspec"] = json.loads(notebook.kernelspec)
    return _bytes({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _entry(cell: CellSpec, known: ReleasedCell) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "checksum": known.checksum,
        "cell_type": cell.kind,
        "grade": cell.grade,
        "grade_id": cell.grade_id,
        "locked": cell.locked,
        "schema_version": 3,
        "solution": cell.solution,
        "task": cell.task,
    }
    if cell.grade or cell.task:
        entry["points"] = cell.points
    return entry


def _bytes(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
