"""Work in one open notebook as a person would: run a cell, press keys, save, open it again.

    with opened(lab, folder / "x.ipynb", ["from lessonkit import views", "views.quiz(...)"]) as nb:
        nb.run("c0")
        nb.output("c1").get_by_role("radio", name="B").check()
        assert nb.python("quiz.answer") == "B"

Python's side is asked with `user_expressions`: adds no cell, and is ordered after the messages
of widgets on the same channel.
"""

from __future__ import annotations

import ast
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from tests.browser.driver import CONNECTED_JS, OPEN_JS, RUN_JS, THROUGH_JS, Cell, LabPage

__all__ = [
    "CLOSE_VIEWS",
    "LIKE_NEW",
    "OpenNotebook",
    "forget_work",
    "notebook_of",
    "opened",
    "theme",
    "violations",
    "write_cells",
]

START_JS = """async id => {
    const {content, sessionContext} = window.lessonkitWidget;
    await sessionContext.session.kernel.info;
    window.jupyterapp.shell.activateById(window.lessonkitWidget.id);
    content.deselectAll();
    content.activeCellIndex = content.widgets.findIndex(cell => cell.model.id === id);
    content.activeCell.model.executionCount = null;  // a saved one may be what comes again
    void window.jupyterapp.commands.execute('notebook:run-cell');
}"""

CELL_JS = """id => {
    const cell = window.lessonkitWidget.content.widgets.find(cell => cell.model.id === id);
    return {
        name: cell.model.id, source: cell.model.sharedModel.getSource(),
        metadata: cell.model.metadata, count: cell.model.executionCount,
        idle: cell.model.executionState !== 'running', outputs: cell.model.outputs.toJSON(),
    };
}"""

PANEL_JS = """id => {
    const {content, id: panel} = window.lessonkitWidget;
    return [panel, content.widgets.findIndex(cell => cell.model.id === id)];
}"""

# Right after a cell that failed, a kernel drops what was asked meanwhile: then it is asked again.
ASK_JS = """async ([code, expression]) => {
    const kernel = window.lessonkitWidget.sessionContext.session.kernel;
    const end = Date.now() + 60000;
    for (;;) {
        const future = kernel.requestExecute(
            {code, silent: true, store_history: false, user_expressions: {r: expression}});
        const reply = await future.done;
        if (reply.content.status === 'aborted' && Date.now() < end) {
            await new Promise(done => setTimeout(done, 20));
            continue;
        }
        const found = reply.content.user_expressions?.r;
        return found ? [found.status, found.data?.['text/plain'] ?? found.evalue]
            : ['error', reply.content.evalue ?? reply.content.status];
    }
}"""

DISPOSE_JS = """async shutdown => {
    const widget = window.lessonkitWidget;
    window.lessonkitDoing = 'saving';
    await widget.context.save();
    window.lessonkitDoing = 'ending the kernel';
    if (shutdown) await widget.sessionContext.shutdown();
    window.lessonkitDoing = '';
    widget.dispose();
}"""

# What a fresh kernel would not have: views that are shown, names, another folder.
LIKE_NEW = """
import os
from ipywidgets import Widget
os.chdir({folder!r})
Widget.close_all()
get_ipython().reset(new_session=True)
"""

CLOSE_VIEWS = "from ipywidgets import Widget\nWidget.close_all()"

INTERRUPT_JS = """async () => {
    await window.lessonkitWidget.sessionContext.session.kernel.interrupt();
}"""

VIOLATIONS_JS = """async selector => (
    await axe.run(selector, {resultTypes: ['violations']})).violations"""

THEME_JS = """async name => {
    await window.jupyterapp.commands.execute('apputils:change-theme', {theme: name});
}"""


class OpenNotebook:
    """The notebook that is open in *lab*; cells are named by their ids."""

    def __init__(self, lab: LabPage, path: str) -> None:
        self.lab = lab
        self.page: Page = lab.page
        self.path = path

    def open(self, *, kernel: str | None = None) -> None:
        """Open it (again), and wait for its kernel; *kernel*: the id of one that runs."""
        self.lab._ask(OPEN_JS, [self.path, kernel])
        self.lab.wait_for(CONNECTED_JS)

    def close(self, *, shutdown: bool = True) -> None:
        """Save and close it, and end its kernel unless told otherwise."""
        self.lab._ask(DISPOSE_JS, shutdown)

    def execute(self, code: str) -> None:
        """Have the kernel execute this, not as a cell."""
        status, text = self.lab._ask(ASK_JS, [code, "None"])
        assert status == "ok", f"{code}: {text}"

    def save(self) -> None:
        """Save it, as Ctrl+S does."""
        self.page.evaluate("async () => { await window.lessonkitWidget.context.save(); }")

    def run_all(self, *, seconds: float = 120.0) -> list[Cell]:
        """Run every cell; return them all when they are through, or one has failed."""
        self.page.evaluate(f"() => {{ void ({RUN_JS})(); }}")
        return self.lab._finished_cells(seconds)

    def start(self, cell: str) -> None:
        """Begin to run one cell; do not wait for it."""
        self.page.evaluate(START_JS, cell)

    def run(self, cell: str, *, seconds: float = 120.0) -> Cell:
        """Run one cell to its end, and return it."""
        self.start(cell)
        return self.finished(cell, seconds=seconds)

    def finished(self, cell: str, *, seconds: float = 120.0) -> Cell:
        """Wait for the end of a cell that was started, and return it."""
        self.lab.wait_for(THROUGH_JS, cell, seconds=seconds)
        return self.cell(cell)

    def cell(self, cell: str) -> Cell:
        """The cell as it is now."""
        return Cell(**self.page.evaluate(CELL_JS, cell))

    def output(self, cell: str) -> Locator:
        """What is drawn below the cell."""
        panel, index = self.page.evaluate(PANEL_JS, cell)
        place = f'[id="{panel}"] .jp-Cell[data-windowed-list-index="{index}"]'
        return self.page.locator(f"{place} .jp-Cell-outputArea")

    def python(self, expression: str) -> Any:
        """The value of a Python expression in the kernel; a literal."""
        status, text = self.lab._ask(ASK_JS, ["", expression])
        assert status == "ok", f"{expression}: {text}"
        return ast.literal_eval(text)

    def wait_for_python(self, expression: str, *, seconds: float = 60.0) -> Any:
        """Wait until the expression is true in the kernel; return its value."""
        deadline = time.monotonic() + seconds
        while not (value := self.python(expression)):
            assert time.monotonic() < deadline, f"not true after {seconds:g} s: {expression}"
            self.page.wait_for_timeout(50)
        return value

    def interrupt(self) -> None:
        """Press the button that interrupts the kernel."""
        self.page.evaluate(INTERRUPT_JS)


@contextmanager
def opened(
    lab: LabPage, file: Path, cells: Sequence[str] | None = None, *, kernel: str | None = None
) -> Iterator[OpenNotebook]:
    """Write *cells* into *file* (below the server's folder), open it with a fresh kernel.

    With cells given the learner has done nothing yet: records beside the notebook go.

    kernel: the id of one that runs already, as a `desk.Desk` has it. It begins with no names
        in it, in the notebook's folder, and stays; modules stay imported, extensions loaded.
    """
    if cells is not None:
        write_cells(file, cells)
        forget_work(file.parent)
    notebook = OpenNotebook(lab, os.path.relpath(file, lab.folder))
    notebook.open(kernel=kernel)
    try:
        if kernel is not None:
            notebook.execute(LIKE_NEW.format(folder=str(file.parent)))
        yield notebook
        if kernel is not None:
            # The next notebook would begin to load the views, and lose them while it does.
            notebook.execute(CLOSE_VIEWS)
    finally:
        notebook.close(shutdown=kernel is None)


def write_cells(file: Path, cells: Sequence[str]) -> None:
    """Write a notebook of code cells with the ids c0, c1, ..."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(notebook_of(cells)))


def notebook_of(cells: Sequence[str]) -> dict[str, Any]:
    """A notebook of code cells with the ids c0, c1, ..., in nbformat's form."""
    made: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(cells)
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    content = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4}
    return {**content, "nbformat_minor": 5}


def forget_work(folder: Path) -> None:
    """The learner has done nothing in this folder yet."""
    for record in folder.glob("my-work*.json"):
        record.unlink()


@contextmanager
def theme(lab: LabPage, name: str = "JupyterLab Dark") -> Iterator[None]:
    """While entered, Lab wears this theme."""
    lab.page.evaluate(THEME_JS, name)
    lab.wait_for("() => document.body.dataset.jpThemeLight === 'false'")
    try:
        yield
    finally:
        lab.page.evaluate(THEME_JS, "JupyterLab Light")
        lab.wait_for("() => document.body.dataset.jpThemeLight === 'true'")


def violations(page: Page, selector: str) -> list[str]:
    """What axe-core finds wrong within *selector*, one text each; [] when all is well."""
    assert page.locator(selector).count(), f"nothing matches {selector}"
    # Lab's body is 0 px high and hides what flows over: axe would take all in it for unseen,
    # and pass over its colours.
    page.evaluate("() => { document.body.style.height = '100vh'; }")
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[dict[str, Any]] = page.evaluate(VIOLATIONS_JS, selector)
    return [f"{v['id']}: {v['help']}: {[n['html'][:120] for n in v['nodes']]}" for v in found]
