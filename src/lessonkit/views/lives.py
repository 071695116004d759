"""Show a recorded run step by step: the lifeline view.

r = run(busy_parent, trace="exact")
view = views.lifeline(r)
view                  # in a cell: lanes, a scrubber, the tree at that moment, the source line
view.step = 4         # the reader's place can be read and set
print(view.tree())    # the same tree as text
"""

from __future__ import annotations

from typing import Any

import traitlets

from lessonkit.records import Run, Timeline, register_renderer
from lessonkit.show.chart import timeline_text
from lessonkit.show.html import run_html, timeline_html
from lessonkit.show.story import Story, tree_at_text
from lessonkit.show.text import run_text
from lessonkit.views.base import View, bundle, interactive
from lessonkit.views.pages import lifeline_script, lifeline_style, told

__all__ = ["Lifeline", "attach", "lifeline"]

_AGAIN = "<p>Run this cell again to go through it step by step.</p>"


class _Widget(View):
    """The view in the browser; `step` follows the reader, and leads."""

    _esm = lifeline_script()
    _css = lifeline_style()
    story = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)


class Lifeline:
    """A recorded run, and the step at which the reader is. Steps count from 0."""

    def __init__(self, record: Run | Timeline, *, title: str | None = None) -> None:
        self._record = record
        self._told = told(record, title=title)
        self._step = 0
        self._widget: _Widget | None = None

    @property
    def story(self) -> Story:
        """The history as plain data: see `lessonkit.show.story`."""
        return self._told

    @property
    def step(self) -> int:
        """The step that is shown; setting it moves the reader there."""
        return self._step if self._widget is None else self._widget.step

    @step.setter
    def step(self, step: int) -> None:
        self._step = max(0, min(int(step), len(self._told["steps"]) - 1))
        if self._widget is not None:
            self._widget.step = self._step

    def tree(self, step: int | None = None) -> str:
        """The processes just after *step* (this one, when left out) as an indented list."""
        return tree_at_text(self._told, self.step if step is None else step)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        record = self._record
        html = run_html(record) if isinstance(record, Run) else timeline_html(record)
        text = run_text(record) if isinstance(record, Run) else timeline_text(record)
        return bundle(self._live, html=html + (_AGAIN if interactive() else ""), text=text)

    def _live(self) -> _Widget:
        if self._widget is None:
            self._widget = _Widget(story=self._told, step=self._step)
        return self._widget


def lifeline(record: Run | Timeline, *, title: str | None = None) -> Lifeline:
    """Show what happened to every process of a run, step by step.

    Args:
        record: A run that was recorded with `trace="exact"` (or "sample"), or its timeline.
        title: What stands above it.

    Raises:
        UsageError: the run has no timeline.
    """
    return Lifeline(record, title=title)


def attach() -> None:
    """Show every timeline, and every run that has one, as a lifeline where somebody can step.

    Called by `%load_ext lessonkit`. Text and HTML of the records stay as they are.
    """
    register_renderer("Timeline", _show)
    register_renderer("Run", _show)


def _show(record: Run | Timeline) -> dict[str, Any]:
    if isinstance(record, Run) and record.timeline is None:
        return {"text/plain": run_text(record), "text/html": run_html(record)}
    return lifeline(record)._repr_mimebundle_()
