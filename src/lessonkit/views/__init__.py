"""Show records and questions as live views in JupyterLab, and as plain HTML everywhere else.

    base.py        what all views share; the only door to anywidget and ipywidgets
    lives.py       lifeline: a recorded run, step by step
    pages.py       write_page: a recorded run as one HTML file, with nothing else needed
    trees.py       live_tree: the tree of processes while it changes
    predicting.py  predict: predict, run, explain
    quizzes.py     one, many, numeric, order, parsons: questions that answer at once
    surveying.py   survey: a question whose answer is kept and not judged

Every view is a plain object first, which works in a terminal and under nbconvert; where a
browser listens, showing it adds a widget. `static/` holds what the browser runs. Names are
loaded on first use: a kernel that shows no view imports no widget.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pass

_WHERE = {
    "lifeline": "lives",
    "live_tree": "trees",
    "many": "quizzes",
    "numeric": "quizzes",
    "one": "quizzes",
    "order": "quizzes",
    "parsons": "quizzes",
    "predict": "predicting",
    "survey": "surveying",
    "surveyed": "surveying",
    "write_page": "pages",
}

__all__: list[str] = []


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'lessonkit.views' has no attribute {name!r}")
    return getattr(importlib.import_module(f"lessonkit.views.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_WHERE)
