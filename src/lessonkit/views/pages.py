"""Write a recorded run as one HTML file that replays anywhere: no network, no server, no Python.

    views.write_page(run(program, trace="exact"), "run.html")
    views.write_page("run.json", "run.html")     # of lessonkit run --json --trace exact

The page holds the same script and styles as the view in a notebook, and the record as data. It
follows the reader's light or dark theme; without scripts it shows the picture and the tables.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from lessonkit.errors import UsageError
from lessonkit.records import Run, Timeline
from lessonkit.show.html import run_html, timeline_html
from lessonkit.show.replay import Source, record_from_json
from lessonkit.show.story import Story, findings, story
from lessonkit.show.words import name

__all__ = ["lifeline_script", "lifeline_style", "page", "told", "write_page"]

_STATIC = Path(__file__).resolve().parent / "static"

# What the page adds to the view: it is mounted on the data, and told of the reader's theme.
_MOUNT = """
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const wear = () => { document.documentElement.dataset.jpThemeLight = String(!dark.matches); };
dark.addEventListener("change", wear);
wear();
lifeline(document.getElementById("view"),
  JSON.parse(document.getElementById("story").textContent), 0, () => {});
"""


def write_page(
    record: Run | Timeline | Source, path: str | os.PathLike[str], *, title: str | None = None
) -> Path:
    """Write the page to *path* and return it; what was there is replaced.

    Args:
        record: A run with a timeline, a timeline, or either saved as JSON: a path, or the data.
        title: What the page is called; a sentence of its own when left out.

    Raises:
        UsageError: *record* is something else, or has no timeline.
    """
    file = Path(path)
    file.write_text(page(record, title=title), "utf-8", newline="\n")
    return file


def page(record: Run | Timeline | Source, *, title: str | None = None) -> str:
    """Return the page as text; the arguments are those of `write_page`."""
    if not isinstance(record, (Run, Timeline)):
        record = record_from_json(record)
    data = told(record, title=title)
    still = run_html(record) if isinstance(record, Run) else timeline_html(record)
    script = lifeline_script() + _MOUNT
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    heading = escape(name(data["title"]))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{heading}</title>
<style>
{lifeline_style()}
{_static("page.css")}</style>
</head>
<body>
<main>
<h1>{heading}</h1>
<div id="view"></div>
<noscript>
{still}
</noscript>
<footer>A recorded run of real processes, replayed. Left and Right arrow keys go step by
step.</footer>
</main>
<script type="application/json" id="story">{_inert(data)}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def told(record: Run | Timeline, *, title: str | None = None) -> Story:
    """Return the story of a run, with what was found of it besides, or of a timeline."""
    if isinstance(record, Timeline):
        return story(record, title=title)
    if not isinstance(record, Run):
        raise UsageError(f"a run or a timeline can be shown, not {record!r:.60}")
    if record.timeline is None:
        raise UsageError('this run has no timeline: record it with trace="exact"')
    return {**story(record.timeline, title=title), "report": findings(record)}


@cache
def lifeline_script() -> str:
    """Return the JavaScript module of the view."""
    parts = ("common.js", "labels.js", "tiles.js", "lanes.js", "moment.js", "lifeline.js")
    return "\n".join(_static(part) for part in parts)


@cache
def lifeline_style() -> str:
    """Return the style sheet of the view."""
    return "\n".join(_static(part) for part in ("common.css", "lifeline.css"))


def _static(part: str) -> str:
    return (_STATIC / part).read_text("utf-8")


def _inert(data: Any) -> str:
    """JSON that cannot end its element, open a comment, or be anything but data."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
