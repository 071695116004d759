"""Do what `%load_ext lessonkit` does: the magic, the guard, progress of checks, live records.

Loading is quick, since no widget is imported before one is shown, and loading twice is the
same as loading once.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

from lessonkit import guard, magic, show
from lessonkit.records import Run, Timeline, register_renderer
from lessonkit.sandbox.interrupting import heed_interrupts
from lessonkit.views import progress

__all__ = ["load", "unload"]

_LIVES = "lessonkit.views.lives"


def load(shell: Any) -> None:
    """Add everything to *shell*, an IPython InteractiveShell."""
    magic.register(shell)
    guard.install(shell)
    progress.install(shell)
    shell.events.register("pre_run_cell", _before_cell)
    if importlib.util.find_spec(_LIVES) is not None:
        _register(_lively)


def unload(shell: Any) -> None:
    """Take away what `load` added."""
    magic.unregister(shell)
    guard.uninstall(shell)
    progress.uninstall()
    if _before_cell in shell.events.callbacks["pre_run_cell"]:
        shell.events.unregister("pre_run_cell", _before_cell)
    _register(_still)


def _before_cell(info: Any) -> None:
    """Let an interrupt in this cell come where a box can be ended.

    Kernels set the handler anew for every cell and put theirs back afterwards.
    """
    heed_interrupts()


def _register(render: Callable[[Any], dict[str, Any]]) -> None:
    for kind in (Run, Timeline):
        register_renderer(kind.__name__, render)


def _still(record: Any) -> dict[str, Any]:
    """Show a record as `lessonkit.show` does."""
    if isinstance(record, Run):
        return {"text/plain": show.run_text(record), "text/html": show.run_html(record)}
    return {"text/plain": show.timeline_text(record), "text/html": show.timeline_html(record)}


def _lively(record: Any) -> dict[str, Any]:
    """Bring in the live views for the first record that has more to show than text."""
    if isinstance(record, Run) and record.timeline is None:
        return _still(record)
    _register(_still)  # unless they say otherwise
    importlib.import_module(_LIVES).attach()
    shown: dict[str, Any] = record._repr_mimebundle_()
    return shown
