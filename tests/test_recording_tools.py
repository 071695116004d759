"""Recordings of a lesson are made by a tool, and shown with what they are."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

import generate_course
import record_as_root
from lessonkit import recordingfiles
from lessonkit.errors import UsageError
from lessonkit.recordings import recorded
from lessonkit.records import Ending, Run, Usage


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
        timeout=280,
        check=True,
    )
    names, failed = ast.literal_eval(done.stdout)

    assert names == ["asked", "shown"]
    assert [why.split(":")[0] for why in failed] == ["UsageError"]
    assert sorted(path.name for path in lesson.iterdir()) == ["00-tiny.ipynb", "recordings"]
    assert (lesson / "00-tiny.ipynb").read_bytes() == before


LESSON_05 = Path(generate_course.ROOT) / "source" / "05-fork-bombs"


def taken_as_recorded() -> set[str]:
    """What the cells of lesson 05 take with `recorded`."""
    return set(
        re.findall(r'recorded\(\\"([a-z-]+)', (LESSON_05 / "05-fork-bombs.ipynb").read_text())
    )


def test_every_recording_of_the_lesson_can_be_made_again() -> None:
    """By one tool or the other: those that a cell runs are made by running it."""
    text = (LESSON_05 / "05-fork-bombs.ipynb").read_text()
    by_cells = set(re.findall(r'recording=\\"([a-z-]+)', text))
    there = {path.stem for path in (LESSON_05 / "recordings").glob("*.json")}

    assert set(record_as_root.RECORDINGS) == taken_as_recorded() - by_cells
    assert there == by_cells | set(record_as_root.RECORDINGS)


@pytest.mark.parametrize("name", sorted(record_as_root.RECORDINGS))
def test_what_root_recorded_is_shown_with_what_it_is(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where and when, why it is a recording, and that it was made outside of every sandbox."""
    monkeypatch.chdir(LESSON_05)
    run = recorded(name, why="a sandbox never hands out the real root")
    first, second = run.note.splitlines()

    assert re.fullmatch(r"Recorded on Linux .*: a sandbox never hands out the real root\.", first)
    assert second == record_as_root.NOTE
    assert isinstance(run.value, dict)


def test_a_recording_that_is_missing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lesson goes on; an impossible name is the author's mistake."""
    monkeypatch.chdir(tmp_path)
    run = recorded("not-there", why="nobody can make it")

    assert run.ending.kind == "not run"
    assert run.note.startswith("Not run: nobody can make it, and its recording, ")
    with pytest.raises(UsageError):
        recorded("Not a name", why="nobody can make it")


def test_a_run_of_no_sandbox_is_saved_only_by_who_says_so(tmp_path: Path) -> None:
    """A run without a tier is refused, unless a tool says that it was made outside."""
    usage = Usage(
        wall_seconds=0.1,
        cpu_seconds=0.0,
        cpu_source="not measured",
        peak_memory_bytes=0,
        peak_memory_source="not measured",
    )
    made = Run(ending=Ending(kind="exited", exit_code=0), usage=usage, value={"a": 1})

    with pytest.raises(UsageError, match="is not recorded"):
        recordingfiles.save(made, tmp_path / "made.json")
    recordingfiles.save(made, tmp_path / "made.json", outside=True)
    assert recordingfiles.load(tmp_path / "made.json")[0].value == {"a": 1}
