"""Show records and questions as live views in JupyterLab, and as plain HTML everywhere else.

    base.py       what all views share; the only door to anywidget and ipywidgets
    lifeline.py   a recorded run, step by step
    livetree.py   the tree of processes while it changes
    predict.py    predict, run, explain
    quizzes.py    questions that answer at once
    page.py       a recorded run as one HTML file, with nothing else needed

Every view is a plain object first, which works in a terminal and under nbconvert; where a
browser listens, showing it adds a widget. `static/` holds what the browser runs.
"""

from __future__ import annotations

__all__: list[str] = []
