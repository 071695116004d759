"""Write CSV that is safe to open in a spreadsheet, and the table per question as CSV.

A spreadsheet computes a cell that begins with =, +, - or @, and may run programs or send data for
it. What others wrote, such as names, is therefore kept from beginning so: an apostrophe is put in
front, which spreadsheets take as "this is text". Quotation marks alone do not help.

Source: CWE-1236; OWASP, "CSV Injection"; RFC 4180.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from lessonkit.batch.reports.figures import rows_of
from lessonkit.batch.reports.misconceptions import words
from lessonkit.batch.reports.records import Class

__all__ = ["decimal", "is_formula", "plain", "questions_csv", "write_csv"]

# After ; and tab, too: a spreadsheet may take these for separators, whatever the file says. The
# wide forms are what some of them turn into the narrow ones.
_FORMULA = re.compile(r"(^|[;\t])(?=\s*[=+\-@＝＋－＠])")
HEADS = (
    "assignment",
    "notebook",
    "question",
    "title",
    "kind",
    "max_points",
    "submissions",
    "graded",
    "mean_points",
    "pass_rate",
    "zero_rate",
    "needs_person",
    "not_tamper_proof",
    "misconceptions",
)


def plain(text: str) -> str:
    """One line of text that no spreadsheet computes; nothing in it that cannot be seen."""
    line = "".join(c if c.isprintable() else " " for c in text)
    return _FORMULA.sub(r"\1'", " ".join(line.split()))


def is_formula(text: str) -> bool:
    """Whether it cannot be written as it is."""
    return _FORMULA.search(text) is not None or not text.isprintable()


def decimal(value: float | None) -> str:
    """A number as every program reads it: no exponent, at most four places; "" for None."""
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def write_csv(rows: Iterable[Iterable[str]]) -> str:
    """Put rows of cells together. Cells have to be safe already."""
    paper = io.StringIO()
    csv.writer(paper).writerows(rows)
    return paper.getvalue()


def questions_csv(classes: Iterable[Class]) -> str:
    """One row per question. Rates are from 0 to 1; misconceptions "M3.1 (4); M3.2 (1)"."""
    rows: list[list[str]] = [list(HEADS)]
    for group in classes:
        for row in rows_of(group):
            question = row.question
            found = "; ".join(f"{words(one)} ({count})" for one, count in row.misconceptions)
            rows.append(
                [
                    plain(group.assignment),
                    plain(question.notebook),
                    plain(question.grade_id),
                    plain(question.title),
                    question.kind,
                    decimal(question.max_points),
                    str(row.submissions),
                    str(row.graded),
                    decimal(row.mean),
                    decimal(row.full_share),
                    decimal(row.zero_share),
                    str(row.waiting),
                    str(row.unproven),
                    plain(found),
                ]
            )
    return write_csv(rows)
