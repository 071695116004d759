"""Show that a check says what it does while it runs, and that only its verdict stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lessonkit.checks import EXERCISES
from lessonkit.views.progress import progress_html, progress_text
from lessonkit.workbook import FILE_NAME
from tests.notebook_runner import Kernel, execute, running_kernel

LOADED = "%load_ext lessonkit\nimport os, time\nfrom lessonkit import check"
SLOW = "def make_zombies(n):\n    time.sleep(1.2)"
PARTLY = (
    "def make_zombies(n):\n"
    "    for _ in range(n):\n"
    "        if os.fork() == 0: os._exit(0)\n"
    "    return lambda: None"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the lesson."""
    return tmp_path_factory.mktemp("lesson")


@pytest.fixture(scope="module")
def kernel(folder: Path) -> Iterator[Kernel]:
    """A kernel in Lab's hands, with the extension loaded."""
    with running_kernel(folder) as running:
        running.run(LOADED)
        running.run(SLOW)
        yield running


def kinds(outputs: list[dict[str, Any]]) -> list[list[str]]:
    """The forms of each output."""
    return [sorted(out.get("data", {"stream": 0})) for out in outputs]


VERDICT = ["text/html", "text/plain"]


def test_a_slow_check_shows_that_it_is_at_work(kernel: Kernel) -> None:
    """The line comes, the seconds go on, and the verdict takes its place with no gap between."""
    for _ in range(10):  # on a busy machine what tells of it may not have its turn in time
        shown = kernel.run('check("3.1", make_zombies)')
        told = [(k, content) for k, content in shown.messages if k not in ("status", "stream")]
        steps = [kind for kind, _ in told]
        texts = [c["data"]["text/plain"] for k, c in told if k.endswith("display_data")]
        if len(set(texts)) == len(texts) >= 3 and ", 0." in texts[0]:
            break

    assert steps[:2] == ["execute_input", "display_data"]
    assert steps[-2:] == ["clear_output", "execute_result"]
    assert set(steps[2:-2]) == {"update_display_data"}
    assert len(set(texts)) == len(texts) >= 3
    assert texts[0].startswith("3.1 Make zombies: running your function in the sandbox, 0.")
    assert kinds(shown.outputs) == [VERDICT]
    assert "execution_count" in shown.outputs[0]


@pytest.mark.parametrize(
    "cell",
    [
        'verdict = check("3.1", make_zombies)',
        'check("3.1", make_zombies);',
        'print("before")\ncheck("3.1", make_zombies)',
    ],
)
def test_the_line_goes_whatever_else_the_cell_does(kernel: Kernel, cell: str) -> None:
    """Nothing of it can be read when the cell is through, and nothing else is wiped away."""
    shown = kernel.run(cell)

    assert "display_data" in [kind for kind, _ in shown.messages]
    assert "running" not in json.dumps(shown.outputs)
    assert ("before" in shown.text) == ("before" in cell)


def test_a_quick_check_shows_its_verdict_only(kernel: Kernel) -> None:
    """What is done in a moment is not announced."""
    kernel.run("def make_nothing(n):\n    raise NotImplementedError")
    for _ in range(20):  # on a busy machine a moment may be long
        shown = kernel.run('check("3.1", make_nothing)')
        if "display_data" not in [kind for kind, _ in shown.messages]:
            break

    assert [k for k, _ in shown.messages if k != "status"] == ["execute_input", "execute_result"]
    assert kinds(shown.outputs) == [VERDICT]


def test_results_are_kept_in_the_workbook(kernel: Kernel, folder: Path) -> None:
    """The last points, the best so far, and what they are for."""
    kernel.run(PARTLY.replace("make_zombies", "partly") + "\ndef nothing(n):\n    pass")
    points = float(kernel.run('check("3.1", partly)').text)
    kernel.run('check("3.1", nothing)')
    kept = json.loads((folder / FILE_NAME).read_text())["checks"]["3.1"]

    assert 0 < points < 3
    assert (kept["points"], kept["best"], kept["max_points"]) == (0, points, 3)
    assert kept["title"] == EXERCISES["3.1"].title


def test_a_workbook_that_cannot_be_kept_costs_a_sentence(kernel: Kernel) -> None:
    """The verdict is shown as ever, with the reason above it."""
    kernel.run("folder = os.getcwd()\nos.chdir('/proc')")
    shown = kernel.run('check("3.1", make_zombies)')
    kernel.run("os.chdir(folder)")

    assert kinds(shown.outputs) == [VERDICT, VERDICT]
    assert "your workbook does not know of it" in shown.outputs[0]["data"]["text/plain"]
    assert float(shown.outputs[1]["data"]["text/plain"]) == 0


def test_an_interrupted_check_is_not_kept(kernel: Kernel, folder: Path) -> None:
    """What was not judged has no points."""
    (folder / FILE_NAME).unlink(missing_ok=True)
    kernel.run("def endless(n):\n    while True: time.sleep(1)")
    kernel.start('check("3.1", endless)')
    kernel.until("running your function")
    kernel.interrupt()

    assert kernel.finish().error == "Interrupted"
    assert not (folder / FILE_NAME).exists()


@pytest.mark.slow
def test_nothing_of_it_is_in_a_graded_notebook(tmp_path: Path) -> None:
    """Where nobody watches there is the verdict alone, and no workbook."""
    cells = [f"import os\nos.chdir({str(tmp_path)!r})", LOADED, SLOW, 'check("3.1", make_zombies)']
    for graded in ({}, {"NBGRADER_EXECUTION": "autograde", "JPY_SESSION_NAME": "x.ipynb"}):
        outputs = execute(*cells, env=graded)

        assert [kinds(out) for out in outputs] == [[], [], [], [VERDICT]]
        assert list(tmp_path.iterdir()) == []


def test_the_line_says_what_goes_on() -> None:
    """Seconds and the limit; when that is over, that the end is being made; the bar stays in."""
    exercise = EXERCISES["3.1"]
    most = exercise.limits.wall_seconds

    assert f"1.2 s of at most {most:.0f} s" in progress_text(exercise, 1.23)
    assert "1.2 s of at most" in progress_html(exercise, 1.23)
    assert "are over" in progress_text(exercise, most + 1)
    assert "width:100.0%" in progress_html(exercise, 3 * most)
    assert "<script" not in progress_html(exercise, 1)
