"""Know the lessons below a course folder, what was done in them, and judge a whole one.

    notebooks.py   a notebook file -> its cells, or one clear message
    catalogue.py   the lessons that exist: title, minutes, exercises; read from the notebooks
    progress.py    the catalogue and each `my-work.json` -> points, predictions, what is next
    recall.py      three questions a day from lessons already begun, in Leitner boxes
    prose.py       the little Markdown that questions are written in -> HTML and text
    page.py        the start page: start_page(), three_questions()
    tables.py      progress as text for a terminal
    judging.py     run a notebook in a kernel of its own, and collect its verdicts
    commands.py    `lessonkit progress`, `lessonkit check`, `lessonkit replay`

Nothing is written twice: titles, points and questions come from the lessons' own notebooks.
This is the only package that imports nbformat, nbclient and tqdm, and only where it must.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lessonkit.lessons.page import start_page as start_page
    from lessonkit.lessons.page import three_questions as three_questions

__all__ = ["start_page", "three_questions"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'lessonkit.lessons' has no attribute {name!r}")
    return getattr(importlib.import_module("lessonkit.lessons.page"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
