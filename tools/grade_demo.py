"""Grade the sample submissions with stock nbgrader; print the scores and the reasons.

    python tools/grade_demo.py [LESSON...] [--folder FOLDER] [--jobs N]

All lessons, if none is named. Each is graded in a course of its own below FOLDER
(autograder/demo by default; made anew), never on real submissions or the real gradebook, so
several can be graded at a time. The feedback pages that students would get are left there.
"""

from __future__ import annotations

import argparse
import ast
import html.parser
import json
import os
import shutil
import sys
import textwrap
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generate_course import copy_of_course, lessons_in, nbgrader
from sample_submissions import hand_in, students_in

__all__ = ["CellScore", "Score", "grade", "report", "stock_config", "text_of_html"]

ROOT = Path(__file__).resolve().parent.parent
BLOCKS = {"br", "dd", "details", "div", "dl", "dt", "h2", "h3", "h4", "li", "ol", "p", "pre"}
BLOCKS |= {"summary", "table", "tr", "ul"}
OURS = ("c.Autograde.", "c.GenerateFeedback.", "c.HTMLExporter.", "c.FeedbackPage.")


@dataclass(frozen=True, kw_only=True, slots=True)
class CellScore:
    """Points of one graded cell, and the text of what its check showed."""

    grade_id: str
    points: float
    max_points: float
    needs_manual_grade: bool
    reasons: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """Points of one student for one lesson; cells in the order of the notebook."""

    lesson: str
    student: str
    points: float
    max_points: float
    cells: tuple[CellScore, ...]


def grade(
    original: Path, samples: Path, work: Path, lessons: Sequence[str] | None = None
) -> list[Score]:
    """Generate, autograde and make feedback in *work*; return scores by lesson and student.

    Args:
        original: The course. It is only read.
        samples: Holds STUDENT/LESSON/LESSON.ipynb, handed in as they are, or STUDENT.toml, the
            answers that are put into the released notebook (see sample_submissions.py).
        work: A folder to work in, made anew.
        lessons: Names such as "03-zombies"; all that somebody has handed in, if left out.

    Raises:
        SystemExit: nbgrader failed. What it said is in nbgrader.log in *work*, too.
    """
    if work.exists():
        shutil.rmtree(work)
    copy_of_course(original, work)
    config = work / "nbgrader_config.py"
    config.write_text(stock_config(config.read_text()))
    submitted = work / "autograder" / "submitted"
    submitted.mkdir(parents=True)
    log = work / "nbgrader.log"
    scores = []
    for lesson in lessons_in(original / "source") if lessons is None else lessons:
        folders = sorted(samples.glob(f"*/{lesson}"))
        students = [one for one in students_in(samples) if one.handed_in(lesson)]
        if not folders and not students:
            continue
        nbgrader(work, ["generate_assignment", lesson], log=log)
        for folder in folders:
            shutil.copytree(folder, submitted / folder.parent.name / lesson)
        for student in students:
            hand_in(student, original, work / "course" / lesson / f"{lesson}.ipynb", submitted)
        nbgrader(work, ["autograde", lesson], ["generate_feedback", lesson], log=log)
        scores += _scores(work, lesson)
    return scores


def stock_config(text: str) -> str:
    """Return the text of an nbgrader_config.py without what has lessonkit judge and clean: what
    is left runs notebooks in kernels, as nbgrader does everywhere else."""
    lines = text.splitlines(keepends=True)
    for one in reversed(ast.parse(text).body):
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]).startswith(OURS):
            del lines[one.lineno - 1 : one.end_lineno]
    return "".join(lines)


def report(scores: list[Score]) -> str:
    """Return the scores as text: for each student where points were lost, then a table."""
    width = max(len(score.student) for score in scores)
    lines = []
    for score in scores:
        lines += [f"{score.student}, {score.lesson}:"]
        for cell in score.cells:
            waits = "  (waits for a person)" if cell.needs_manual_grade else ""
            lines.append(f"  {cell.grade_id}: {cell.points:g} of {cell.max_points:g}{waits}")
            if cell.points < cell.max_points and cell.reasons:
                lines.append(textwrap.indent(cell.reasons, " " * 6))
        lines.append("")
    for score in scores:
        total = f"{score.points:6.2f} of {score.max_points:5g}"
        waiting = sum(cell.max_points for cell in score.cells if cell.needs_manual_grade)
        waits = f"  ({waiting:g} wait for a person)" if waiting else ""
        lines.append(f"{score.lesson:<14}  {score.student:<{width}}  {total}{waits}")
    return "\n".join(lines)


def text_of_html(page: str) -> str:
    """Return the words of an HTML fragment, one line per block, without style or script."""
    parser = _Words()
    parser.feed(page)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _Words(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.silent = 0
        self.verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("style", "script")
        self.verbatim += tag == "pre"
        self.parts.append("\n" if tag in BLOCKS else " " if tag in ("td", "th") else "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("style", "script")
        self.verbatim -= tag == "pre"
        self.parts.append("\n" if tag in BLOCKS else "")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data if self.verbatim else data.replace("\n", " "))


def _scores(work: Path, lesson: str) -> list[Score]:
    from nbgrader.api import Gradebook

    database = work / "autograder" / "gradebook.db"
    with Gradebook(f"sqlite:///{database}", "lessonkit") as gradebook:
        return [
            Score(
                lesson=lesson,
                student=submission.student.id,
                points=submission.score,
                max_points=submission.max_score,
                cells=_cell_scores(work, submission),
            )
            for submission in sorted(
                gradebook.assignment_submissions(lesson), key=lambda one: str(one.student.id)
            )
        ]


def _cell_scores(work: Path, submission: Any) -> tuple[CellScore, ...]:
    autograded = work / "autograder" / "autograded" / submission.student.id
    cells = []
    for notebook in submission.notebooks:
        grades = {grade.cell.name: grade for grade in notebook.grades}
        file = autograded / submission.assignment.name / f"{notebook.name}.ipynb"
        for cell in json.loads(file.read_text())["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id in grades:
                one = grades[grade_id]
                cells.append(
                    CellScore(
                        grade_id=grade_id,
                        points=one.score,
                        max_points=one.max_score,
                        needs_manual_grade=bool(one.needs_manual_grade),
                        reasons=_reasons(cell),
                    )
                )
    return tuple(cells)


def _reasons(cell: dict[str, Any]) -> str:
    """What the cell showed: the verdict's HTML as words, else its error."""
    shown = []
    for output in cell.get("outputs", []):
        page = output.get("data", {}).get("text/html")
        if page is not None:
            shown.append(text_of_html(page if isinstance(page, str) else "".join(page)))
        elif output["output_type"] == "error":
            shown.append(f"{output['ename']}: {output['evalue']}")
        elif output.get("name") == "stderr":
            shown.append("stderr: " + "".join(output["text"]).strip())
    return "\n".join(shown)


def main(arguments: Sequence[str]) -> int:
    """Grade the samples that come with the course."""
    lessons = lessons_in(ROOT / "source")
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("lesson", nargs="*", metavar="LESSON", help=f"of {', '.join(lessons)}")
    parser.add_argument("--folder", type=Path, default=ROOT / "autograder" / "demo")
    parser.add_argument("--jobs", type=int, default=(os.cpu_count() or 1) + 1)
    options = parser.parse_args(arguments)
    if unknown := set(options.lesson) - set(lessons):
        parser.error(f"no lesson {', '.join(sorted(unknown))}; there are {', '.join(lessons)}")
    chosen = [lesson for lesson in lessons if not options.lesson or lesson in options.lesson]
    samples, folder = ROOT / "autograder" / "samples", options.folder
    print(f"Grading {', '.join(chosen)} with stock nbgrader; about a minute for each.", flush=True)
    began = time.monotonic()
    # A check waits more than it computes: one lesson more than there are processors.
    with ThreadPoolExecutor(max(1, options.jobs)) as at_a_time:
        graded = at_a_time.map(lambda one: grade(ROOT, samples, folder / one, [one]), chosen)
        scores = [score for lesson in graded for score in lesson]
    if not scores:
        print(f"no sample submissions in {samples}")
        return 1
    print(report(scores))
    print(f"\nGraded in {time.monotonic() - began:.0f} seconds.")
    print(f"Feedback pages: {folder}/LESSON/autograder/feedback/STUDENT/LESSON/LESSON.html")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
