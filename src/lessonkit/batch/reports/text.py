"""Show a report on a terminal, in 80 to 100 columns."""

from __future__ import annotations

import textwrap

from lessonkit.batch.reports.figures import Row, by_status, rows_of, totals_of
from lessonkit.batch.reports.misconceptions import words
from lessonkit.batch.reports.records import Class, Submitted
from lessonkit.show.words import clip, name, number, plural

__all__ = ["class_text", "label", "report_text", "summary"]

MAX_STUDENTS = 30
_HEADS = ("points", "graded", "mean", "full", "zero", "person", "together")
_WIDTHS = (7, 7, 7, 6, 6, 7, 9)
LEGEND = (
    "graded: submissions with final points; mean, full and zero are of these. person: a person "
    "has to look. together: the test ran together with the student's code, so its points are not "
    "tamper-proof."
)


def report_text(classes: list[Class], *, width: int = 80) -> str:
    """All assignments, one below the other, and what the columns mean. width: 80 to 100."""
    width = min(100, max(80, width))
    parts = [class_text(group, width=width) for group in classes]
    return "\n\n".join([*parts, textwrap.fill(LEGEND, width)])


def class_text(group: Class, *, width: int) -> str:
    """One assignment: what was reached, the table per question, what became of submissions."""
    lines = [textwrap.fill(f"{name(group.assignment)}: {summary(group)}", width)]
    rows = rows_of(group)
    if rows and group.submitted:
        lines += ["", *_table(rows, width)]
    if group.submitted:
        lines.append("")
    for status, found in by_status(group).items():
        lines += _status(status, found, width)
    return "\n".join(lines)


def summary(group: Class) -> str:
    """One or two sentences on the whole class."""
    totals = totals_of(group)
    said = [plural(len(group.submitted), "submission", "submissions")]
    most = number(group.max_points)
    said.append(f"{most} {'point' if most == '1' else 'points'} to reach")
    if totals.mean is not None and totals.median is not None:
        said.append(f"mean {number(totals.mean)}, median {number(totals.median)}")
    if totals.late:
        said.append(f"{totals.late} with a penalty for being late")
    if totals.waiting:
        said.append(f"{totals.waiting} waiting for a person, their points so far counted")
    if group.absent:
        said.append(
            f"{plural(len(group.absent), 'student has', 'students have')} handed in nothing"
        )
    told = "; ".join(said) + "."
    if group.submitted and not group.ordered and len(group.questions) > 1:
        told += " Questions stand by name: their order in the notebook is not known."
    return told


def label(row: Row, *, several: bool) -> str:
    """How a question is called: its cell, behind its notebook's name where there are several."""
    question = row.question
    said = f"{question.notebook}/{question.grade_id}" if several else question.grade_id
    return name(f"{said}  {question.title}" if question.title else said)


def _table(rows: list[Row], width: int) -> list[str]:
    several = len({row.question.notebook for row in rows}) > 1
    room = width - sum(_WIDTHS)
    lines = [clip("question", room) + _cells(_HEADS)]
    for row in rows:
        cells = (
            number(row.question.max_points),
            str(row.graded),
            "-" if row.mean is None else f"{row.mean:.2f}",
            _percent(row.full_share),
            _percent(row.zero_share),
            str(row.waiting or "-"),
            str(row.unproven or "-"),
        )
        lines.append(clip(label(row, several=several), room) + _cells(cells))
        for found, count in row.misconceptions:
            said = f"{count} × {words(found)}"
            lines.append(
                textwrap.fill(
                    said,
                    width,
                    initial_indent="    ",
                    subsequent_indent=" " * (7 + len(str(count))),
                )
            )
    return lines


def _cells(cells: tuple[str, ...]) -> str:
    return "".join(f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.0f}%"


def _status(status: str, found: list[Submitted], width: int) -> list[str]:
    """Everybody of whom something is to be said, with it; of the others, how many they are."""
    lines = [f"{name(status)}: {len(found)}"]
    if status in ("graded", "graded by nbgrader") and not any(one.reason for one in found):
        return lines
    told = [one for one in found if one.reason or status != "graded"]
    ids = [name(one.student.id) for one in told[:MAX_STUDENTS]]
    room = min(24, max(len(one) for one in ids))
    for one, shown in zip(told, ids, strict=False):
        reason = name(" ".join(one.reason.split()))
        lines.append(f"    {clip(shown, room)}  {clip(reason, width - room - 6)}".rstrip())
    if len(told) > MAX_STUDENTS:
        lines.append(f"    and {len(told) - MAX_STUDENTS} more: --format html has them all")
    return lines
