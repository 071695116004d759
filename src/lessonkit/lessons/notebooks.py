"""Read a notebook file as plain cells, or say in one message why it cannot be read.

Nothing is run and nothing is written here. JSON is enough for that: nbformat takes longer to
import than all lessons take to read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lessonkit.errors import NotebookError

__all__ = ["Cell", "read_cells"]

_REPAIR = (
    "In JupyterLab, File > Revert Notebook to Checkpoint may bring back an earlier state; "
    "otherwise put a fresh copy in its place."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One cell. grader: its nbgrader entry, empty where there is none."""

    kind: str
    source: str
    id: str = ""
    grader: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_graded(self) -> bool:
        """Do its points count for nbgrader?"""
        return self.grader.get("grade") is True

    @property
    def points(self) -> float:
        """What it is worth; 0 where that is not a number."""
        found = self.grader.get("points")
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            return 0.0
        return float(found) if 0 <= found < 1e6 else 0.0


def read_cells(path: Path) -> list[Cell]:
    """Return the cells of the notebook at *path*, in order.

    Raises:
        NotebookError: it is not there, cannot be read, or is no notebook of format 4.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotebookError(f"{path}: there is no such notebook.") from error
    except OSError as error:
        raise NotebookError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise NotebookError(f"{path} is damaged: it is not text in UTF-8. {_REPAIR}") from error
    except json.JSONDecodeError as error:
        raise NotebookError(f"{path} is damaged: not JSON ({error}). {_REPAIR}") from error
    except (RecursionError, ValueError) as error:
        raise NotebookError(f"{path} is damaged: its JSON cannot be read. {_REPAIR}") from error
    return _cells(path, content)


def _cells(path: Path, content: Any) -> list[Cell]:
    if not isinstance(content, dict) or "nbformat" not in content:
        raise NotebookError(f"{path} is damaged: it is JSON, but no notebook. {_REPAIR}")
    if content["nbformat"] != 4:
        raise NotebookError(
            f"{path} is a notebook of format {content['nbformat']!r:.20}, and 4 is needed. "
            "Open it in JupyterLab and save it: that converts it."
        )
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise NotebookError(f"{path} is damaged: it has no list of cells. {_REPAIR}")
    return [_cell(path, number, cell) for number, cell in enumerate(cells, 1)]


def _cell(path: Path, number: int, cell: Any) -> Cell:
    source = cell.get("source", "") if isinstance(cell, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise NotebookError(f"{path} is damaged: cell {number} has no text. {_REPAIR}")
    metadata = cell.get("metadata")
    grader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return Cell(
        kind=str(cell.get("cell_type", "")),
        source=source.replace("\r\n", "\n"),
        id=str(cell.get("id", "")),
        grader=grader if isinstance(grader, dict) else {},
    )
