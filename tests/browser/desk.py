"""One open notebook with one kernel, on which one test after the other lays out its cells.

    with desk.holding(lab.folder / "quiz-mouse", ["1 + 1"]) as notebook:
        notebook.run("c0")

To open a notebook and to start a kernel costs ten times what it costs to exchange the cells of
one that is open. Who saves, closes or reopens needs a notebook of its own (`notebooks.opened`),
and who restarts the kernel a kernel of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser.driver import CONNECTED_JS, LabPage
from tests.browser.notebooks import (
    CLOSE_VIEWS,
    LIKE_NEW,
    OpenNotebook,
    forget_work,
    notebook_of,
)

__all__ = ["Desk"]

KEEP_JS = """name => {
    window.lessonkitDesks = {...window.lessonkitDesks, [name]: window.lessonkitWidget};
    return window.lessonkitWidget.sessionContext.session.kernel.id;
}"""

# Back to the top, in command mode: as a notebook is that was just opened.
LAY_OUT_JS = """async ([name, content]) => {
    const widget = window.lessonkitDesks?.[name];
    if (!widget || widget.isDisposed) return false;
    window.lessonkitWidget = widget;
    window.jupyterapp.shell.activateById(widget.id);
    widget.content.mode = 'command';
    widget.context.model.fromJSON(content);
    widget.context.model.dirty = false;
    widget.content.activeCellIndex = 0;
    widget.content.outerNode.scrollTop = 0;
    // What was put off until the next frame, or until nothing else is to do, finds its cells gone.
    for (let n = 0; n < 2; n++) await new Promise(done => requestAnimationFrame(done));
    await new Promise(done => requestIdleCallback(done, {timeout: 1000}));
    return true;
}"""

END_KERNEL_JS = """async id => {
    await window.jupyterapp.serviceManager.kernels.shutdown(id);
}"""

RESTART_JS = """async () => {
    await window.lessonkitWidget.sessionContext.session.kernel.restart();
}"""


class Desk:
    """The notebook *file*, open in *lab*; *kernel*: the id of one that runs, else a new one."""

    def __init__(self, lab: LabPage, file: Path, *, kernel: str | None = None) -> None:
        self._lab = lab
        self._notebook = OpenNotebook(lab, os.path.relpath(file, lab.folder))
        self._own = kernel is None
        self._tidy = True
        self.kernel = self._open(kernel)

    def _open(self, kernel: str | None) -> str:
        self._notebook.open(kernel=kernel)
        found: str = self._lab.page.evaluate(KEEP_JS, self._notebook.path)
        return found

    @contextmanager
    def holding(
        self, folder: Path, content: Sequence[str] | dict[str, Any]
    ) -> Iterator[OpenNotebook]:
        """Lay out these cells, c0, c1, ..., or a notebook in nbformat's form; clear them away.

        The kernel begins in *folder* with no names in it; modules stay imported, extensions
        loaded. The learner has done nothing yet: records in *folder* go.
        """
        folder.mkdir(parents=True, exist_ok=True)
        forget_work(folder)
        self._lay_out(content if isinstance(content, dict) else notebook_of(content))
        if not self._tidy:
            # A test has failed, and its cell may run for ever.
            self._lab._ask(RESTART_JS)
            self._lab.wait_for(CONNECTED_JS)
        self._tidy = False
        self._notebook.execute(LIKE_NEW.format(folder=str(folder)))
        yield self._notebook
        # The next notebook would begin to load the views, and lose them while it does.
        self._notebook.execute(CLOSE_VIEWS)
        self._lay_out(notebook_of([]))
        self._tidy = True

    def _lay_out(self, content: dict[str, Any]) -> None:
        arguments = [self._notebook.path, content]
        if not self._lab._ask(LAY_OUT_JS, arguments):
            self._open(self.kernel)  # the page was loaded anew, or somebody has closed it
            assert self._lab._ask(LAY_OUT_JS, arguments)

    def close(self) -> None:
        """Close the notebook, and end a kernel that was started for it."""
        self._lay_out(notebook_of([]))
        self._notebook.close(shutdown=False)
        if self._own:
            self._lab._ask(END_KERNEL_JS, self.kernel)
