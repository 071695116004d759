"""Hold what all views share: is a browser listening, the widget, and what is left of it.

A view's output always holds three forms: the widget, HTML that stands alone, and text. Where
nobody can answer (nbconvert, nbgrader, a terminal) no widget is made at all, because a widget
that nobody serves is a blank in a page. Saved notebooks are freed of the widget by
`lessonkit.serverside`, so that they open with the HTML.

The scripts are joined from `static/common.js` and one file per view; no build, no network.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import anywidget

from lessonkit.host import interactive

__all__ = ["WIDGET_MIME", "View", "bundle", "interactive", "script", "style"]

WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
_STATIC = Path(__file__).resolve().parent / "static"


@cache
def script(name: str) -> str:
    """The JavaScript module of a view, such as "lifeline.js", with what all views share."""
    return "\n".join((_STATIC / part).read_text("utf-8") for part in ("common.js", name))


@cache
def style(name: str) -> str:
    """The style sheet of a view, such as "lifeline.css", with what all views share."""
    return "\n".join((_STATIC / part).read_text("utf-8") for part in ("common.css", name))


class View(anywidget.AnyWidget):
    """A widget. Subclasses set `_esm = script("x.js")` and `_css = style("x.css")`."""


def bundle(make: Callable[[], View], *, html: str, text: str) -> dict[str, Any]:
    """What `_repr_mimebundle_` of a view returns; *make* is called where a browser listens."""
    data: dict[str, Any] = {"text/plain": text, "text/html": html}
    if interactive():
        model = make().model_id
        data[WIDGET_MIME] = {"version_major": 2, "version_minor": 0, "model_id": model}
        # By this mark `lessonkit.serverside` knows that the widget need not be saved.
        data["text/html"] = f"<div data-lessonkit>{html}</div>"
    return data
