"""Write small lessons, and what was done in them, for the tests of `lessonkit.lessons`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["check_cell", "code", "record", "text", "write_course", "write_lesson"]

Cell = dict[str, Any]


def text(source: str) -> Cell:
    """A cell of text."""
    return {"cell_type": "markdown", "id": "t", "metadata": {}, "source": source}


def code(source: str, **grader: Any) -> Cell:
    """A cell of code; what is named goes into its nbgrader entry."""
    metadata = {"nbgrader": grader} if grader else {}
    return {
        "cell_type": "code",
        "id": "c",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def check_cell(exercise: str, points: float, function: str = "f") -> Cell:
    """The graded cell of an exercise."""
    source = f'check("{exercise}", {function})'
    return code(source, grade=True, grade_id=f"q{exercise}", points=points, solution=False)


def write_lesson(course: Path, name: str, cells: list[Cell] | None = None) -> Path:
    """Write a lesson of these cells; without, one with exercises N.1 and N.2 (2 points each)."""
    number = int(name[:2])
    if cells is None:
        cells = [
            text(f"# {number} · Title of {name}\n\n| | |\n|---|---|\n| **Time** | 40 minutes |"),
            text("### Demonstration D1: look\n\n### Demonstration D2: look again"),
            text(f"### Q{number}.1 ● First (2 points)"),
            check_cell(f"{number}.1", 2),
            text(f"### Q{number}.2 Second (2 points)"),
            check_cell(f"{number}.2", 2),
            text(
                f"## Interview preparation\n\n<details><summary>{name} one?</summary>\n\nYes.\n"
                f"</details>\n<details><summary>{name} two?</summary>\n\nNo.\n</details>"
            ),
            text("## Further reading\n\n<details><summary>Not this?</summary>\n\nNo.\n</details>"),
        ]
    notebook = course / name / f"{name}.ipynb"
    notebook.parent.mkdir(parents=True, exist_ok=True)
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    notebook.write_text(json.dumps(content))
    return notebook


def write_course(course: Path, *names: str) -> Path:
    """Write several such lessons; return their folder."""
    for name in names:
        write_lesson(course, name)
    return course


def record(folder: Path, **sections: Any) -> None:
    """Write my-work.json: record(folder, checks={"1.1": {"best": 2, "changed": "..."}})."""
    (folder / "my-work.json").write_text(json.dumps({"version": 1, **sections}))
