"""Show records, as text first and as HTML that survives saving, nbconvert and GitHub.

    words.py   the words all views share; makes foreign text safe
    tree.py    Snapshot -> tree, as in ps --forest
    lanes.py   Timeline -> one lane per life
    chart.py   Timeline -> lifelines and events in text
    svg.py     Timeline -> lifelines as a picture
    text.py    Run, Verdict -> text
    html.py    all of them -> HTML

Importing this package tells the records how to show themselves in Jupyter.
"""

from __future__ import annotations

from lessonkit.records import Run, Snapshot, Timeline, Verdict, register_renderer
from lessonkit.show.chart import timeline_text
from lessonkit.show.html import run_html, timeline_html, tree_html, verdict_html
from lessonkit.show.svg import timeline_svg
from lessonkit.show.text import run_text, verdict_plain, verdict_text
from lessonkit.show.tree import tree_text

__all__ = [
    "run_html",
    "run_text",
    "timeline_html",
    "timeline_svg",
    "timeline_text",
    "tree_html",
    "tree_text",
    "verdict_html",
    "verdict_plain",
    "verdict_text",
]


def _snapshot_bundle(snapshot: Snapshot) -> dict[str, str]:
    return {"text/plain": tree_text(snapshot), "text/html": tree_html(snapshot)}


def _timeline_bundle(timeline: Timeline) -> dict[str, str]:
    return {"text/plain": timeline_text(timeline), "text/html": timeline_html(timeline)}


def _run_bundle(run: Run) -> dict[str, str]:
    return {"text/plain": run_text(run), "text/html": run_html(run)}


def _verdict_bundle(verdict: Verdict) -> dict[str, str]:
    # nbgrader reads points from text/plain, people read text/html.
    return {"text/plain": verdict_plain(verdict), "text/html": verdict_html(verdict)}


register_renderer("Snapshot", _snapshot_bundle)
register_renderer("Timeline", _timeline_bundle)
register_renderer("Run", _run_bundle)
register_renderer("Verdict", _verdict_bundle)
