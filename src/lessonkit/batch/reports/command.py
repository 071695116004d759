"""Offer reports to a shell: `lessonkit report`.

What was asked for goes to stdout, or to the file of --out; what else is to be known to stderr.
Exit status: 0; 2 for bad usage or a missing course; 3 when the gradebook cannot be used.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lessonkit.errors import UsageError

if TYPE_CHECKING:
    from lessonkit.batch.course import Course
    from lessonkit.batch.reports.records import Class

__all__ = ["add_report", "run_report"]

FORMATS = ("text", "csv", "html", "canvas", "moodle")
KEYS = ("username", "email", "idnumber")
PATIENCE_SECONDS = 60.0


def add_report(commands: Any) -> None:
    """Add the command to the parsers of `lessonkit`."""
    report = commands.add_parser(
        "report",
        help="how a class did, and grades for Canvas and Moodle",
        description="Tell how a class did: a table per question with points, pass rate and the "
        "misconceptions that wrong answers showed, and what became of each submission. Or write "
        "the grades for Canvas or Moodle to import. Only reads; works for what stock nbgrader "
        "graded, too.",
    )
    report.add_argument("assignment", nargs="*", metavar="ASSIGNMENT", help="all when left out")
    report.add_argument("--format", choices=FORMATS, default="text", help="text when left out")
    report.add_argument("--out", metavar="FILE", help="write it there")
    report.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="ASSIGNMENT=NAME",
        help='canvas, moodle: what it is called there, such as "ps1=Problem set 1 (4711)"; may be '
        "repeated",
    )
    report.add_argument(
        "--key", choices=KEYS, help="moodle: what says who it is; username when left out"
    )
    report.add_argument(
        "--zero", action="store_true", help="canvas, moodle: 0 for who handed in nothing"
    )
    report.set_defaults(command=run_report)


def run_report(arguments: argparse.Namespace) -> int:
    """Do what the command line says; return the exit status."""
    exports = arguments.format in ("canvas", "moodle")
    if not exports and (arguments.column or arguments.zero):
        raise UsageError("--column and --zero are for --format canvas and --format moodle")
    if arguments.key and arguments.format != "moodle":
        raise UsageError("--key is for --format moodle")
    from lessonkit.batch.course import find_course
    from lessonkit.batch.reporting import read_classes
    from lessonkit.batch.snapshots import Snapshot

    course = find_course()
    with Snapshot(course.db_url, patience_seconds=PATIENCE_SECONDS) as book:
        classes = read_classes(book, arguments.assignment, course.submissions)
    heads = _heads(arguments.column, classes)
    content, sentences = _content(arguments, classes, course, heads)
    if arguments.out:
        _write(arguments.out, content)
        sentences = (*sentences, f"written to {arguments.out}")
    else:
        sys.stdout.write(content)
    for sentence in sentences:
        sys.stderr.write(f"lessonkit: {sentence}\n")
    return 0


def _content(
    arguments: argparse.Namespace, classes: list[Class], course: Course, heads: dict[str, str]
) -> tuple[str, tuple[str, ...]]:
    if arguments.format == "text":
        from lessonkit.batch.reports.text import report_text

        width = shutil.get_terminal_size((80, 24)).columns
        return report_text(classes, width=width) + "\n", ()
    if arguments.format == "csv":
        from lessonkit.batch.reports.cells import questions_csv

        return questions_csv(classes), ()
    if arguments.format == "html":
        from datetime import datetime

        from lessonkit.batch.reports.page import report_html

        now = datetime.now().astimezone()
        return report_html(classes, course=course.course_id, made=now), ()
    from lessonkit.batch.reports.exports import canvas_csv, moodle_csv

    if arguments.format == "canvas":
        export = canvas_csv(classes, heads, zero=arguments.zero)
    else:
        export = moodle_csv(classes, heads, key=arguments.key or KEYS[0], zero=arguments.zero)
    return export.content, export.sentences


def _heads(said: Sequence[str], classes: Sequence[Class]) -> dict[str, str]:
    """What each assignment is called elsewhere, as said by --column."""
    names = {group.assignment for group in classes}
    heads = {}
    for words in said:
        assignment, found, called = words.partition("=")
        if not found or not called.strip():
            raise UsageError(f"cannot read --column {words!r}: write ASSIGNMENT=NAME")
        if assignment not in names:
            raise UsageError(
                f"--column {words!r}: the file has no {assignment!r}; it has {', '.join(names)}"
            )
        heads[assignment] = called.strip()
    columns = [heads.get(group.assignment, group.assignment) for group in classes]
    if len(set(columns)) < len(columns):
        raise UsageError("--column gives two assignments the same name, so one would be lost")
    return heads


def _write(path: str, content: str) -> None:
    """Write the file in one piece, for its owner only: it holds grades."""
    target = os.path.realpath(path)
    try:
        if os.path.exists(target) and not os.path.isfile(target):  # such as /dev/stdout
            with open(target, "w", encoding="utf-8", newline="") as file:
                file.write(content)
            return
        folder = os.path.dirname(target)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=folder, prefix=".report-", delete=False
        ) as file:
            try:
                file.write(content)
                file.flush()
                os.replace(file.name, target)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from error
