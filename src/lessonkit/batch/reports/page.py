"""Write a report as one HTML page that stands alone: no script, nothing from outside.

The page forbids itself both (its Content-Security-Policy), so that a name or a reason that a
student had a hand in cannot do anything, even if its escaping had a hole. Light or dark as the
reader's system says; prints in black on white.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from lessonkit.batch.reports.figures import Row, by_status, histogram, rows_of, totals_of
from lessonkit.batch.reports.misconceptions import words
from lessonkit.batch.reports.plots import histogram_svg, questions_svg, range_words
from lessonkit.batch.reports.records import Class, Submitted
from lessonkit.batch.reports.text import LEGEND, label, summary
from lessonkit.show.words import name, number

__all__ = ["report_html"]

_KINDS = {"test": "a test", "manual": "a person", "task": "a person (task)"}
_STYLE = """\
:root { color-scheme: light dark; --line: #8a8a8a; --soft: #f2f2f2; --link: #0050a0; }
@media (prefers-color-scheme: dark) { :root { --soft: #2a2a2a; --link: #8ac4ff; } }
body { background: Canvas; color: CanvasText; font: 16px/1.5 system-ui, sans-serif;
  margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
a { color: var(--link); }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left;
  vertical-align: top; overflow-wrap: break-word; max-width: 24rem; }
thead th { background: var(--soft); }
tbody th { min-width: 7rem; }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.w { white-space: nowrap; }
td.t { min-width: 14rem; }
td:empty { min-width: 0; }
caption { text-align: left; font-weight: bold; padding: .25rem 0; }
ul { margin: 0; padding-left: 1.1rem; }
.beside { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start; }
.wide { overflow-x: auto; max-width: 100%; }
.plot { flex: 1 1 24rem; max-width: 40rem; }
svg { width: 100%; min-width: 32rem; height: auto; }
@media print { :root { color-scheme: light; --soft: #fff; --link: #000; }
  body { margin: 0; max-width: none; padding: 0; font-size: 10pt; }
  table { font-size: 8.5pt; }
  th, td { padding: .1rem .3rem; }
  tbody th, td, td.t { min-width: 0; overflow-wrap: anywhere; }
  td.w { overflow-wrap: normal; }
  svg { min-width: 0; }
  td.w { white-space: normal; }
  section { break-before: page; }
  section:first-of-type { break-before: auto; }
  tr, svg { break-inside: avoid; }
  .wide { overflow: visible; }
  rect { print-color-adjust: exact; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report_html(classes: Sequence[Class], *, course: str, made: datetime) -> str:
    """The page, for all assignments. course: its name, "" for none. made: when, with its zone."""
    title = f"Grades of {name(course)}" if course else "Grades"
    index = ""
    if len(classes) > 1:
        links = (
            f'<li><a href="#a{place}">{_safe(group.assignment)}</a></li>'
            for place, group in enumerate(classes)
        )
        index = f'<nav aria-label="Assignments"><ul>{"".join(links)}</ul></nav>'
    sections = "\n".join(_section(group, f"a{place}") for place, group in enumerate(classes))
    return f"""\
<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
{_STYLE}</style>
</head>
<body>
<main>
<h1>{escape(title)}</h1>
<p>As the gradebook was on {made:%Y-%m-%d %H:%M} {escape(made.tzname() or "")}.</p>
{index}
{sections}
<p>{escape(LEGEND)}</p>
</main>
</body>
</html>
"""


def _section(group: Class, key: str) -> str:
    parts = [f'<section id="{key}" aria-labelledby="{key}-head">']
    parts.append(f'<h2 id="{key}-head">{_safe(group.assignment)}</h2>')
    parts.append(f"<p>{escape(summary(group))}</p>")
    bins = histogram(totals_of(group).scores, group.max_points)
    if bins:
        counts = [(range_words(one, last=one is bins[-1]), _n(str(one.count))) for one in bins]
        table = _table("Points in all", ("points", _n("submissions")), counts)
        plot = _plot("Plot of points in all", histogram_svg(bins, key=f"{key}-all"))
        parts.append(f'<div class="beside">{plot}{table}</div>')
    rows = rows_of(group)
    if rows and group.submitted:
        parts.append(_plot("Plot of questions", questions_svg(rows, key=f"{key}-each")))
        parts.append(_questions(rows))
    if group.submitted:
        parts.append(_submissions(group))
    if group.absent:
        names = ", ".join(_safe(one.id) for one in group.absent)
        parts.append(f"<p>Nothing handed in: {names}.</p>")
    parts.append("</section>")
    return "\n".join(parts)


class _n(str):  # noqa: N801
    """A cell that holds a number. These names are their classes in the style."""


class _w(str):  # noqa: N801
    """A cell of few words, which stay on one line."""


class _t(str):  # noqa: N801
    """A cell for sentences, which are given some width also where the page has little."""


class _Html(_t):
    """A cell for sentences that are safe already."""


def _questions(rows: Sequence[Row]) -> str:
    several = len({row.question.notebook for row in rows}) > 1
    heads = ("question", "points from", *map(_n, ("points", "graded", "mean", "full", "zero")))
    heads += (*map(_n, ("person", "together")), "misconceptions")
    cells = []
    for row in rows:
        shown = "".join(
            f"<li>{count} × {escape(words(one))}</li>" for one, count in row.misconceptions
        )
        figures = (
            number(row.question.max_points),
            str(row.graded),
            "–" if row.mean is None else f"{row.mean:.2f}",
            _percent(row.full_share),
            _percent(row.zero_share),
            str(row.waiting),
            str(row.unproven),
        )
        cells.append(
            (
                label(row, several=several),
                _w(_KINDS[row.question.kind]),
                *map(_n, figures),
                _Html(f"<ul>{shown}</ul>" if shown else ""),
            )
        )
    return _table("Questions", heads, cells)


def _submissions(group: Class) -> str:
    found = by_status(group)
    counts = [(status, _n(str(len(ones)))) for status, ones in found.items()]
    cells = [_submission(one) for ones in found.values() for one in ones]
    heads = ("student", "name", "status", _n("points"), _n("late"), "person", "reason")
    return _table("What became of submissions", ("status", _n("submissions")), counts) + _table(
        "Submissions", heads, cells
    )


def _submission(one: Submitted) -> tuple[str, ...]:
    score = "–" if one.score is None else number(one.score)
    return (
        name(one.student.id),
        name(one.student.full_name),
        _w(one.status),
        _n(score),
        _n(f"−{number(one.penalty)}" if one.penalty else ""),
        _w("has to look" if one.waits else ""),
        _t(name(" ".join(one.reason.split()))),
    )


def _table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th scope="col"{_class(one)}>{escape(one)}</th>' for one in heads)
    body = []
    for row in rows:
        first, *others = row
        cells = "".join(
            f"<td{_class(one)}>{one if isinstance(one, _Html) else escape(one)}</td>"
            for one in others
        )
        body.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    return _wide(
        "wide",
        caption,
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead>\n<tbody>{chr(10).join(body)}</tbody></table>",
    )


def _plot(called: str, svg: str) -> str:
    return _wide("wide plot", called, svg)


def _wide(kind: str, called: str, inside: str) -> str:
    """What may be wider than the page, and is scrolled by itself: with the keyboard as well, once
    it has the focus. A group, because regions are what one jumps between."""
    reached = f'role="group" tabindex="0" aria-label="{escape(called)}"'
    return f'<div class="{kind}" {reached}>{inside}</div>'


def _class(cell: str) -> str:
    kinds: tuple[tuple[type[str], str], ...] = ((_n, "n"), (_w, "w"), (_t, "t"))
    return next((f' class="{word}"' for kind, word in kinds if isinstance(cell, kind)), "")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"


def _safe(text: str) -> str:
    return escape(name(text))
