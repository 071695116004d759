"""What the instructor sees: how far it is, what became of whom, and all of it as JSON.

What was asked for goes to stdout, how far it is to stderr: as a bar on a terminal, as a line for
each student elsewhere.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from lessonkit.batch.records import Done, Result

__all__ = ["Teller"]

WIDEST = 100


class Teller:
    """The `driving.Listener` of the command line."""

    def __init__(self, assignment: str, *, resume: bool = False, quiet: bool = False) -> None:
        """quiet: nothing but warnings, as when what is asked for is JSON and nobody watches."""
        self.assignment, self.resume, self.quiet = assignment, resume, quiet
        self.rows: list[dict[str, Any]] = []
        self.before: list[dict[str, Any]] = []
        self.warnings: list[str] = []
        self.total = 0
        self.bar: Any = None
        self.begun = time.monotonic()

    def warn(self, sentence: str) -> None:
        self.warnings.append(sentence)
        self._say(sentence)

    def begin(self, total: int, before: int) -> None:
        self.total = total
        if self.resume:
            self._say(
                f"{self.assignment}: {before} of {total} submissions have been graded; going on "
                "with the others, and with what has changed since"
            )
        if sys.stderr.isatty() and total:
            from tqdm import tqdm

            form = "{desc} {bar} {n_fmt} of {total_fmt}, {elapsed}<{remaining}"
            self.bar = tqdm(total=total, leave=False, bar_format=form, dynamic_ncols=True)
            self.bar.set_description_str(self.assignment)

    def known(self, student: str, done: Done) -> None:
        self.before.append(
            {
                "student": student,
                "status": done.status,
                "reason": done.reason,
                "points": round(done.points, 4),
                "max_points": done.max_points,
                "graded_before": True,
            }
        )
        self._step("")

    def graded(self, result: Result) -> None:
        most = sum(
            cell.max_points
            for one in result.notebooks
            if one.judgement
            for cell in one.judgement.cells
        )
        waiting = sum(
            cell.max_points
            for one in result.notebooks
            if one.judgement
            for cell in one.judgement.cells
            if cell.points is None
        )
        row = {
            "student": result.student,
            "status": result.status,
            "reason": result.reason,
            "points": round(result.points, 4) if result.written else None,
            "max_points": most if result.written else None,
            "points_by_hand": waiting if result.written else None,
            "graded_before": False,
            "repairs": [
                sentence
                for one in result.notebooks
                if one.judgement
                for sentence in one.judgement.repairs
            ],
            "notes": list(result.notes),
            "not_tamper_proof": [
                cell.grade_id
                for one in result.notebooks
                if one.judgement
                for cell in one.judgement.cells
                if not cell.tamper_proof
            ],
        }
        self.rows.append(row)
        place = len(self.rows) + len(self.before)
        self._step(f"{row['student']}: {_sentence(row)} ({place} of {self.total})")

    def end(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None

    @property
    def failed(self) -> int:
        """How many submissions have no grade because of us."""
        return sum(row["status"] == "we failed" for row in self.rows)

    def json(self) -> str:
        """Everything, as one JSON object on one line."""
        rows = sorted([*self.rows, *self.before], key=lambda row: str(row["student"]))
        told = {
            "assignment": self.assignment,
            "submissions": self.total,
            "graded": len(self.rows) - self.failed,
            "graded_before": len(self.before),
            "failed": self.failed,
            "seconds": round(time.monotonic() - self.begun, 3),
            "warnings": self.warnings,
            "students": rows,
        }
        return json.dumps(told)

    def text(self) -> str:
        """A table of what was graded now, and a line that counts."""
        lines = []
        if self.rows:
            rows = sorted(self.rows, key=lambda row: str(row["student"]))
            names = max(len("student"), *(len(row["student"]) for row in rows))
            states = max(len(row["status"]) for row in rows)
            room = max(12, *(len(_points(row)) for row in rows))
            lines.append(f"{'student':<{names}}  {'status':<{states}}  points")
            for row in rows:
                line = (
                    f"{row['student']:<{names}}  {row['status']:<{states}}  {_points(row):>{room}}"
                )
                lines.append(f"{line}  {_short(row['reason'])}{_more(row)}".rstrip())
            if any(row["points_by_hand"] for row in rows):
                lines += ["", "+: points for which a person has to look"]
            lines.append("")
        lines.append(self._count())
        return "\n".join(lines)

    def _count(self) -> str:
        if not self.total:
            return f"{self.assignment}: nobody has handed in anything"
        graded = len(self.rows) - self.failed
        words = [f"{graded} of {self.total} graded now"]
        if self.before:
            words.append(f"{len(self.before)} graded before, and as they were then")
        if self.failed:
            words.append(f"{self.failed} not graded because we failed: give the command again")
        return f"{self.assignment}: {'; '.join(words)}"

    def _step(self, words: str) -> None:
        if self.bar is not None:
            self.bar.update()
        elif words and not self.quiet:
            self._say(words)

    def _say(self, sentence: str) -> None:
        if self.bar is not None:
            self.bar.clear()
        sys.stderr.write(f"lessonkit: {sentence}\n")


def _sentence(row: dict[str, Any]) -> str:
    words = str(row["status"])
    if row["points"] is not None:
        words += f", {_points(row)} points"
    return words + (f": {_short(row['reason'])}" if row["reason"] else "")


def _points(row: dict[str, Any]) -> str:
    """What was earned of what a machine can give, and what a person can give: "30 of 30 + 5"."""
    if row["points"] is None or not row["max_points"]:
        return "-"
    by_hand = row.get("points_by_hand") or 0.0
    if row["status"] == "not gradable":
        by_hand = 0.0  # of all of it
    words = f"{row['points']:g} of {row['max_points'] - by_hand:g}"
    return f"{words} + {by_hand:g}" if by_hand else words


def _more(row: dict[str, Any]) -> str:
    """How much more is to be said of a submission: --json and its feedback page say it."""
    said = [*row["repairs"], *row["notes"]]
    hidden = sum(one not in row["reason"] for one in said)
    return f" (and {hidden} more)" if hidden and row["reason"] else ""


def _short(reason: str) -> str:
    """A reason on one line, without what would do something to a terminal."""
    line = " ".join(reason.split())
    line = "".join(one if one.isprintable() else "\ufffd" for one in line)
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…"
