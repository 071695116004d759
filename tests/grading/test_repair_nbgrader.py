"""What repair makes of a broken notebook passes nbgrader's own hands unchanged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from lessonkit.grading.records import Budget
from lessonkit.grading.repair import repair
from tests.submissions.cases import Case, all_cases
from tests.submissions.drafts import ASSIGNMENT, Draft, assignment_spec

BROKEN = [
    one
    for one in all_cases("broken")
    if "not gradable" not in one.status and one.family != "broken/folders"
]
if os.environ.get("LESSONKIT_ALL_HOSTS") != "1":
    BROKEN = BROKEN[::5]  # `make soak` takes them all


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a gradebook in which nbgrader has released the tiny assignment."""
    course = tmp_path_factory.mktemp("course")
    source = course / "source" / "ps1"
    source.mkdir(parents=True)
    shutil.copy(ASSIGNMENT, source)
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    commands = Path(sys.executable).parent
    subprocess.run(
        [commands / "nbgrader", "generate_assignment", "ps1"],
        cwd=course,
        env={**os.environ, "PATH": f"{commands}:{os.environ['PATH']}", "HOME": str(course)},
        check=True,
        capture_output=True,
        timeout=280,
    )
    return f"sqlite:///{course / 'gradebook.db'}"


@pytest.fixture(scope="module")
def sanitize(gradebook: str) -> Any:
    """Do to a notebook what autograde does before it runs anything."""
    from nbgrader.preprocessors import (
        CheckCellMetadata,
        ClearOutput,
        DeduplicateIds,
        OverwriteCells,
        OverwriteKernelspec,
    )

    steps = (ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata)

    def run(notebook: dict[str, Any]) -> dict[str, Any]:
        about = {"notebook": "proc", "assignment": "ps1", "student": "ada", "db_url": gradebook}
        node = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
        for step in steps:
            preprocessor = step()
            preprocessor.enabled = True
            node, _ = preprocessor.preprocess(node, {"nbgrader": about})
        made: dict[str, Any] = node
        return made

    return run


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: one.name)
def test_stock_nbgrader_finds_nothing_to_change(broken: Case, sanitize: Any) -> None:
    """Cells, labels, checksums and order are those that its own sanitising would leave."""
    repaired = repair(broken.draft().bytes(), assignment_spec(), Budget())

    sanitized = sanitize(repaired.notebook)

    assert sanitized["cells"] == repaired.notebook["cells"]


def test_an_untouched_answer_is_known_as_one(sanitize: Any) -> None:
    """Its checksum is the one that nbgrader compares with to see that nobody answered."""
    from nbgrader.utils import compute_checksum

    draft = Draft()
    draft.blank("q1-answer")
    repaired = repair(draft.bytes(), assignment_spec(), Budget())

    cells = sanitize(repaired.notebook)["cells"]
    untouched = {
        cell["metadata"]["nbgrader"]["grade_id"]: compute_checksum(cell)
        == cell["metadata"]["nbgrader"]["checksum"]
        for cell in cells
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }
    assert untouched == {f"q{number}-answer": number == 1 for number in range(1, 7)}
