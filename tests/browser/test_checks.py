"""Checks in the real JupyterLab: their progress is seen, they can be stopped, none hangs."""

from __future__ import annotations

import json
import time

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.driver import LabPage
from tests.browser.notebooks import theme, violations
from tests.notebook_runner import family

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

LOAD = """%load_ext lessonkit
import os, signal, time
from lessonkit import check, run
print(os.getpid())"""
CHECK = 'check("3.1", make_zombies)'
FOREVER = {
    "loops": "while True: pass",
    "reads": "os.read(os.pipe()[0], 1)",
    "ignores SIGTERM": (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    while True: signal.pause()"
    ),
    "forks for ever": (
        "while True:\n        pid = os.fork()\n        if pid == 0: os._exit(0)\n"
        "        os.waitpid(pid, 0)\n        time.sleep(0.01)"  # to fork faster proves no more
    ),
}
SOLUTION = """def make_zombies(n):
    pids = []
    for _ in range(n):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        pids.append(pid)
    return lambda: [os.waitpid(pid, 0) for pid in pids]"""


def function(body: str) -> str:
    """A cell that defines the student's function."""
    return f"def make_zombies(n):\n    {body}"


def test_progress_is_seen_and_a_check_can_be_stopped(lab: LabPage, desk: Desk) -> None:
    """A line with a bar goes on; the stop button ends all, Run All stops, the next check works."""
    cells = [LOAD, function("while True: pass"), CHECK, "print('next')", SOLUTION, CHECK]
    with desk.holding(lab.folder / "checks", cells) as notebook:
        page = notebook.page
        page.evaluate(
            "() => { void window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
        )
        line = notebook.output("c2").get_by_text("running your function in the sandbox")
        line.wait_for()
        first = line.inner_text()
        while line.inner_text() == first:
            page.wait_for_timeout(50)
        process = int(notebook.cell("c0").outputs[0]["text"].split()[-1])
        notebook.interrupt()
        notebook.finished("c2")
        expect(notebook.output("c2")).to_contain_text(
            "Interrupted: check 3.1 was not judged.", use_inner_text=True
        )
        text = notebook.output("c2").inner_text()
        assert text.startswith("Interrupted: check 3.1 was not judged.")
        assert "running your function" not in text
        assert "Traceback" not in text
        assert notebook.cell("c3").count is None
        deadline = time.monotonic() + 60
        while "python3" in (left := family(process).values()):
            assert time.monotonic() < deadline, left
            page.wait_for_timeout(50)

        notebook.run("c4")
        assert float(notebook.run("c5").text("text/plain")) == 3
        kept = json.loads((lab.folder / "checks" / "my-work.json").read_text())
        assert kept["checks"]["3.1"]["best"] == 3


LINE = (
    "from IPython.display import HTML\nfrom lessonkit.checks import EXERCISES\n"
    "from lessonkit.views.progress import progress_html\n"
    'HTML(progress_html(EXERCISES["3.1"], 12.3))'
)


def test_the_line_can_be_read_by_everybody(lab: LabPage, desk: Desk) -> None:
    """Nothing is wrong with it for axe-core, in light and dark."""
    with desk.holding(lab.folder / "checks", [LINE]) as notebook:
        notebook.run("c0")
        assert violations(lab.page, ".jp-OutputArea-output") == []
        with theme(lab):
            assert violations(lab.page, ".jp-OutputArea-output") == []


def test_no_function_keeps_a_check_from_ending(lab: LabPage, desk: Desk) -> None:
    """Loops, reads, deaf ears and forks without end: a verdict comes, and it is all that stays."""
    cells = [LOAD]
    for body in FOREVER.values():
        cells += [function(body), CHECK]
    with desk.holding(lab.folder / "checks", cells) as notebook:
        ran = notebook.run_all(seconds=300)
        checks = [cell for cell in ran if cell.source == CHECK]
        assert [float(cell.text("text/plain")) for cell in checks] == [0.0] * len(FOREVER)
        assert [len(cell.outputs) for cell in checks] == [1] * len(FOREVER)
        assert "running your function" not in json.dumps([cell.outputs for cell in ran])
        for cell in checks:
            text = cell.text("text/html")
            assert "was still busy after" in text or "had not come back after" in text


def test_a_run_can_be_stopped(lab: LabPage, desk: Desk) -> None:
    """run() and %%sandbox end in one message; the kernel is usable after each."""
    cells = [
        LOAD,
        "def forever():\n    while True: pass",
        "print('begun')\nrun(forever)",
        "%%sandbox\nprint('be' + 'gun', flush=True)\nwhile True: pass",
        "print(run(lambda: 6 * 7).value)",
    ]
    with desk.holding(lab.folder / "checks", cells) as notebook:
        notebook.run("c0")
        notebook.run("c1")
        for cell in ("c2", "c3"):
            notebook.start(cell)
            notebook.output(cell).get_by_text("begun").wait_for()
            notebook.interrupt()
            notebook.finished(cell)
            assert (notebook.cell(cell).error or "").startswith("Interrupted: "), cell
            assert "Traceback" not in notebook.output(cell).inner_text()
            notebook.run("c4")
            expect(notebook.output("c4")).to_have_text("42", use_inner_text=True)
