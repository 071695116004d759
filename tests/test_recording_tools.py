"""Recordings of a lesson are made by a tool, and reach the learners with it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

import generate_course
from tests.tiny_course import LESSON, make_tiny_course


@pytest.mark.slow
def test_learners_get_the_recordings_of_a_lesson(tmp_path: Path) -> None:
    """Stock nbgrader copies them, and a course with another one is not what source/ makes."""
    root = tmp_path / "course-root"
    root.mkdir()
    folder = make_tiny_course(root).parent / "recordings"
    folder.mkdir()
    (folder / "family.json").write_text('{"recorded": {}}')
    generate_course.generate(root)
    released = root / "course" / LESSON / "recordings" / "family.json"

    assert released.read_text() == '{"recorded": {}}'
    assert generate_course.differences(root) == []
    released.write_text("{}")
    assert any("family.json: differs" in found for found in generate_course.differences(root))
    (folder / "family.json").unlink()
    generate_course.generate(root)
    assert not released.exists()


@pytest.mark.slow
def test_the_tool_records_cells_and_demonstrations(tmp_path: Path) -> None:
    """Also those that wait for a prediction; the notebook stays as it is, nothing is predicted."""
    lesson = tmp_path / "00-tiny"
    lesson.mkdir()
    cells = [
        "from lessonkit import run_or_replay, views",
        "run_or_replay('print(1)', recording='shown')",
        'd1 = views.predict("D1", "?", None, lambda: run_or_replay("print(2)", recording="asked"))',
        "run_or_replay('', recording='missing', needs=('no-such-program',))",
    ]
    make: Any = nbformat.v4
    metadata = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    made = make.new_notebook(cells=[make.new_code_cell(c) for c in cells], metadata=metadata)
    (lesson / "00-tiny.ipynb").write_text(make.writes(made))
    before = (lesson / "00-tiny.ipynb").read_bytes()
    tool = "import record_lesson, pathlib; print(record_lesson.record(pathlib.Path('00-tiny')))"
    done = subprocess.run(
        [sys.executable, "-c", tool],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(generate_course.__file__).parent)},
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    names, failed = ast.literal_eval(done.stdout)

    assert names == ["asked", "shown"]
    assert [why.split(":")[0] for why in failed] == ["UsageError"]
    assert sorted(path.name for path in lesson.iterdir()) == ["00-tiny.ipynb", "recordings"]
    assert (lesson / "00-tiny.ipynb").read_bytes() == before
