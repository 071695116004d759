"""Write records as HTML that stands alone: no script, no style sheet, nothing from outside.

Notebooks are read in many places. JupyterLab drops scripts and SVG from what it does not
trust, GitHub drops every style: so the meaning is in words, tables, <pre> and <details>,
styles only please the eye, and pictures are <img> with the text beside them. Whatever a
program or a learner wrote is made safe by `words` first and escaped here.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape

from lessonkit.records import Fact, Run, Snapshot, Timeline, Verdict
from lessonkit.show.chart import LEGEND, LIFE_COLUMNS, MAX_LANES, chart_text, events_text, life
from lessonkit.show.lanes import lanes
from lessonkit.show.svg import timeline_svg
from lessonkit.show.text import (
    AT_RETURN,
    MAX_AT_RETURN,
    MAX_FACT_CHARS,
    fact_words,
    points_words,
    run_again_words,
    run_findings,
    run_note,
    run_output,
)
from lessonkit.show.tree import tree_lines
from lessonkit.show.words import block, mode_words, name, number

__all__ = ["run_html", "timeline_html", "tree_html", "verdict_html"]

# A grey that can be seen on white and on black: no theme has to be known. JupyterLab drops
# var() from what it does not trust, so its own variables would be missing there.
_CELL = "text-align:left;vertical-align:top;padding:4px 10px;border:1px solid #8a8a8a"
MAX_OPEN_EVENTS = 24  # a short history is read as it stands, a long one on request
_PRE = "font-family:monospace;line-height:1.3;overflow-x:auto;margin:4px 0"
_SHAPES = {True: ("✓", "solid"), False: ("✗", "double"), None: ("?", "dashed")}


def tree_html(snapshot: Snapshot, *, limit: int = 500) -> str:
    """Return the tree of processes; zombies are bold besides their `<defunct>`."""
    lines = []
    for line, process in tree_lines(snapshot, limit=limit):
        safe = escape(line)
        lines.append(f"<b>{safe}</b>" if process is not None and process.is_zombie else safe)
    return f'<pre style="{_PRE}">' + "\n".join(lines) + "</pre>"


def timeline_html(timeline: Timeline) -> str:
    """Return the lifelines as a picture, how each life ended, and all events as text."""
    head = f"<p><b>Timeline</b>, {escape(mode_words(timeline))}</p>"
    if not timeline.events:
        return f"{head}<p>Nothing happened.</p>"
    picture = base64.b64encode(timeline_svg(timeline)).decode("ascii")
    as_text = f"{chart_text(timeline)}\n\n{LEGEND}"
    rows = lanes(timeline)
    few = len(timeline.events) <= MAX_OPEN_EVENTS
    table = _table(LIFE_COLUMNS, (life(row, timeline) for row in rows[:MAX_LANES]))
    more = f"<p>... and {len(rows) - MAX_LANES} more</p>" if len(rows) > MAX_LANES else ""
    return (
        f'{head}<img src="data:image/svg+xml;base64,{picture}" style="max-width:100%" '
        'alt="Lifelines; the same as text is below">'
        f"{table}{more}{_folded('Lifelines as text', as_text)}"
        f"{_folded(f'All {len(timeline.events)} events', events_text(timeline), opened=few)}"
    )


def run_html(run: Run) -> str:
    """Return a run: what is to be known first, output, then what was seen of it."""
    sentence, more = run_note(run)
    parts = [f"<p>{escape(sentence)}</p>{_pre(more) if more else ''}"] if sentence else []
    parts += [f"<p><b>{escape(title)}</b></p>{_pre(text)}" for title, text in run_output(run)]
    found = "".join(f"<li>{escape(line)}</li>" for line in run_findings(run))
    parts.append(f"<ul>{found}</ul>")
    if run.at_return is not None and run.at_return.processes:
        parts.append(f"<p><b>{AT_RETURN}</b></p>{tree_html(run.at_return, limit=MAX_AT_RETURN)}")
    if run.timeline is not None:
        parts.append(timeline_html(run.timeline))
    return "<div>" + "\n".join(parts) + "</div>"


def verdict_html(verdict: Verdict) -> str:
    """Return the points, then a table of facts; hints are folded away until they are wanted."""
    title = f"Exercise {name(verdict.exercise)}: {name(verdict.title)}"
    parts = [f"<p><b>{escape(title)}</b></p>"]
    if verdict.run_again is not None:
        return f"<div>{parts[0]}<p>{escape(run_again_words(verdict))}</p></div>"
    parts.append(f"<p><b>{escape(points_words(verdict))}</b></p>")
    if verdict.problem:
        parts.append(_pre(block(verdict.problem, MAX_FACT_CHARS).rstrip()))
    if verdict.facts:
        heads = "".join(
            f'<th style="{_CELL}">{head}</th>' for head in ("fact", "points", "expected", "seen")
        )
        rows = "".join(_fact(fact) for fact in verdict.facts)
        parts.append(
            f'<table style="border-collapse:collapse"><thead><tr>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )
    for stream, text in (("stdout", verdict.stdout), ("stderr", verdict.stderr)):
        if text:
            parts.append(_folded(f"{stream} of your code", block(text, MAX_FACT_CHARS).rstrip()))
    return "<div>" + "\n".join(parts) + "</div>"


def _fact(fact: Fact) -> str:
    shape, border = _SHAPES[fact.ok]
    mark = (
        f'<span style="border:2px {border};padding:0 5px">{shape}</span> '
        f"<b>{escape(name(fact.name))}</b><br>{escape(fact_words(fact))}"
    )
    earned = f"{number(fact.points if fact.ok else 0)} of {number(fact.points)}"
    cells = [mark, earned, _lines(fact.expected), _lines(fact.seen)]
    row = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)
    if fact.ok:
        return f"<tr>{row}</tr>"
    advice = f"<p>{_lines(fact.why)}</p>" if fact.why else ""
    if fact.hint:
        advice += f"<details><summary>Next hint</summary><p>{_lines(fact.hint)}</p></details>"
    if fact.manual:
        advice += f"<p>Manual page: <code>{escape(name(fact.manual))}</code></p>"
    if not advice:
        return f"<tr>{row}</tr>"
    return f'<tr>{row}</tr><tr><td style="{_CELL}" colspan="4">{advice}</td></tr>'


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th style="{_CELL}">{escape(cell)}</th>' for cell in heads)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{escape(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    return (
        f'<table style="border-collapse:collapse"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _folded(title: str, text: str, *, opened: bool = False) -> str:
    start = "<details open>" if opened else "<details>"
    return f"{start}<summary>{escape(title)}</summary>{_pre(text)}</details>"


def _pre(text: str) -> str:
    return f'<pre style="{_PRE}">{escape(text)}</pre>'


def _lines(text: str) -> str:
    return escape(block(text, MAX_FACT_CHARS)).strip().replace("\n", "<br>")
