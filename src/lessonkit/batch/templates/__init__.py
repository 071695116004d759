"""Parts of pages that the formgrader takes from here instead of from nbconvert.

    from lessonkit.batch.templates import FOLDERS
    c.HTMLExporter.extra_template_basedirs = FOLDERS

`formgrade/mathjax.html.j2`: nbconvert's asks for MathJax from the Internet, and the page on which
a person grades does nothing before it has come. With ours nothing is asked for; formulas stay as
they were typed.

Source: nbconvert's TemplateExporter; nbgrader's formgrade.js.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

__all__ = ["FOLDERS"]


def _folders() -> list[str]:
    here = [str(Path(__file__).resolve().parent)]
    # Without importing it, which takes seconds.
    found = find_spec("nbgrader")
    for folder in (found.submodule_search_locations or ()) if found is not None else ():
        here.append(str(Path(folder, "server_extensions", "formgrader", "templates")))
    return here


FOLDERS = _folders()
"""What holds a folder for each template, by its name: ours, then nbgrader's own."""
