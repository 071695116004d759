"""The feedback page of stock nbgrader shows our views as plain HTML that needs no script."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import generate_course
from tests.lessons.making import code, text

ROOT = Path(__file__).resolve().parent.parent
LESSON = "00-shown"

CELLS = {
    "setup": "import os\nfrom lessonkit import check, run, show, views\n%load_ext lessonkit",
    "predicted": """views.predict(
    "D1", "What does the child get from `fork`?", {"A": "its own pid", "B": "zero"},
    lambda: run(one_child), fact=lambda r: "it got 0", answer=lambda r: "B", why="Because.")""",
    "asked": """views.one("K0.1", "Who waits for a child?", {"A": "its parent", "B": "init"},
    key="00000000000000000000", advice={"A": "Look again.", "B": "Only for its own."})""",
    "drawn": """def one_child():
    if os.fork() == 0:
        os._exit(7)
    os.wait()

run(one_child, trace="exact")""",
    "living": "views.live_tree(of=os.getpid())",
    "answer": "def make_zombies(n):\n    return lambda: None",
    "judged": 'check("3.1", make_zombies)',
}


def cells() -> list[dict[str, object]]:
    """One cell for each; the last one is graded."""
    entry = {"grade_id": "judged", "locked": True, "schema_version": 3, "solution": False}
    made = [text("# 0 · Shown")]
    for name, source in CELLS.items():
        graded = {**entry, "grade": True, "points": 3, "task": False} if name == "judged" else {}
        made.append({**code(source, **graded), "id": name})
    return made


@pytest.mark.slow
def test_feedback_shows_every_view_without_a_script_of_ours(tmp_path: Path) -> None:
    """Question, options, lifeline, tree and reasons can be read; no widget is asked for."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells(),
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    submitted = tmp_path / "autograder" / "submitted" / "ada" / LESSON
    for folder in (tmp_path / "source" / LESSON, submitted):
        folder.mkdir(parents=True)
        (folder / f"{LESSON}.ipynb").write_text(json.dumps(notebook))
    steps = ("generate_assignment", "autograde", "generate_feedback")
    generate_course.nbgrader(tmp_path, *((step, LESSON) for step in steps))

    page = (tmp_path / "autograder" / "feedback" / "ada" / LESSON / f"{LESSON}.html").read_text()
    # Up to the next cell; what stands before the first of them is code, not what it showed.
    outputs = [part.split('class="cell ')[0] for part in page.split('class="output_html')[1:]]
    predicted, asked, drawn, living, judged = outputs

    assert "<b>A</b>: its own pid" in predicted
    assert "Who waits for a child?" in asked
    assert "<b>B</b>: init" in asked
    # The picture is cleaned away by nbgrader; the history in words says the same.
    assert re.search(r"reaps \d+: exit code 7 \(line 4\):\s+os.wait\(\)", drawn)
    assert "Run this cell again to go on" in living
    assert "ipykernel" in living or "python" in living
    assert "0 of 3 points" in judged
    assert "widget-view" not in page
    assert "Loading widget" not in page
    assert not list(submitted.glob("my-work*")), "grading writes nothing of a learner"
