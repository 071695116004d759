"""Extend Jupyter's server: notebooks are saved with the HTML of a view, not with its widget.

A widget lives in a kernel. In a notebook that is opened again there is none, and Lab would show
"Error displaying widget: model not found" although HTML that needs no kernel lies beside it. So
where an output of ours holds both, only the HTML (and the text) goes into the file. Nothing of
other people's is touched, and whatever goes wrong here, the notebook is saved.

Jupyter finds this module by `jupyter_server_config.d/lessonkit.json`, which the wheel brings.
"""

from __future__ import annotations

from typing import Any

__all__ = ["strip_widgets"]

WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
MARK = "data-lessonkit"
"""What the HTML of every view of ours contains; `lessonkit.views.base.bundle` puts it there."""


def strip_widgets(notebook: Any) -> int:
    """Take the widget out of every output of ours that has HTML too; return how many."""
    found = 0
    for cell in notebook.get("cells", ()):
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            html = data.get("text/html", "")
            if WIDGET_MIME in data and MARK in (html if isinstance(html, str) else "".join(html)):
                del data[WIDGET_MIME]
                found += 1
    return found


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Where the server finds the extension."""
    return [{"module": "lessonkit.serverside"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Called by Jupyter's server when it starts."""

    def before_saving(model: Any = None, **_: Any) -> None:
        try:
            if model["type"] == "notebook" and model.get("content"):
                strip_widgets(model["content"])
        except Exception:  # a notebook that is not saved costs more than any output
            server.log.exception("lessonkit: a notebook was saved as it is")

    try:
        server.contents_manager.register_pre_save_hook(before_saving)
    except Exception:  # another contents manager, without hooks: saving goes on without us
        server.log.exception("lessonkit: notebooks will be saved with their widgets")
