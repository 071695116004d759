"""Show the start page of the course: where you are, what is next, three questions a day.

    from lessonkit import lessons
    lessons.start_page()

The page is HTML that stands alone, so that its links open lessons in JupyterLab and a saved
notebook keeps it; the questions are a view where a browser can answer. Both read everything
anew when they are made: run the cell again after working in a lesson.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lessonkit.errors import LessonkitError, UsageError
from lessonkit.lessons.catalogue import Course, Lesson, find_course, read_course
from lessonkit.lessons.progress import LessonProgress, Progress, keep_answer, look
from lessonkit.lessons.prose import to_html, to_tree
from lessonkit.lessons.recall import DAYS_OF_REST, Question
from lessonkit.lessons.tables import (
    NO_QUESTIONS,
    minutes_words,
    next_words,
    points_words,
    predictions_words,
    progress_text,
    questions_text,
)
from lessonkit.show.words import block, number

__all__ = ["StartPage", "ThreeQuestions", "start_page", "three_questions"]

_CELL = "text-align:left;vertical-align:top;padding:4px 10px;border:1px solid #8a8a8a"
_HEADS = ("Lesson", "Minutes", "Points in your checks", "Predictions", "State")


def start_page(folder: str | None = None) -> StartPage:
    """Look at the lessons below *folder* (this one, else ./course) and at what was done."""
    return StartPage(_look(folder))


def three_questions(folder: str | None = None) -> ThreeQuestions:
    """Ask today's questions about lessons that were begun."""
    return ThreeQuestions(_look(folder), date.today())


class StartPage:
    """The lessons with points and predictions, and what to do next."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def __repr__(self) -> str:
        return progress_text(self.progress)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": _page_html(self.progress)}


class ThreeQuestions:
    """Today's questions. Where a browser listens, it can say which of them were known."""

    def __init__(self, progress: Progress, today: date) -> None:
        self.progress = progress
        self.today = today

    def __repr__(self) -> str:
        return questions_text(self.progress, answers=True)

    def note(self, key: str, knew: bool) -> dict[str, Any]:
        """Store whether a question was known; return what is to be said about it."""
        try:
            box = keep_answer(self.progress, key, knew, self.today)["box"]
        except LessonkitError as error:
            return {"knew": None, "text": str(error)}
        return _note(knew, box)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        data = {"text/plain": repr(self), "text/html": self._html()}
        if not self.progress.questions:
            return data
        from lessonkit.views.base import bundle

        return bundle(self._view, html=data["text/html"], text=data["text/plain"])

    def _view(self) -> Any:
        from lessonkit.views.recalling import RecallView

        cards = [
            {
                "key": question.key,
                "lesson": question.lesson.name,
                "question": to_tree(question.text),
                "answer": to_tree(question.answer()),
            }
            for question in self.progress.questions
        ]
        return RecallView(cards, self._noted(), self.note)

    def _noted(self) -> dict[str, dict[str, Any]]:
        """What was said about today's questions already."""
        found = {}
        for question in self.progress.questions:
            fields = self.progress.boxes.get(question.key, {})
            if fields.get("asked") == self.today.isoformat() and fields.get("box") in DAYS_OF_REST:
                found[question.key] = _note(fields.get("knew") is True, fields["box"])
        return found

    def _html(self) -> str:
        if not self.progress.questions:
            return f"<p>{escape(NO_QUESTIONS)}</p>"
        noted = self._noted()
        asked = self.progress.questions
        items = "".join(_question_html(one, noted.get(one.key)) for one in asked)
        return (
            f"<div><ol>{items}</ol><p>Run this cell to say which of them you knew: "
            "that decides when they come back.</p></div>"
        )


def _look(folder: str | None) -> Progress:
    try:
        course = read_course(find_course(folder))
    except UsageError as error:
        course = Course(folder=Path(folder or "."), lessons=(), problems=(str(error),))
    return look(course, date.today())


def _note(knew: bool, box: int) -> dict[str, Any]:
    days = DAYS_OF_REST[box]
    when = "tomorrow" if days == 1 else f"in {days} days"
    return {"knew": knew, "text": f"{'Known' if knew else 'Not yet'}. It comes back {when}."}


def _question_html(question: Question, noted: dict[str, Any] | None) -> str:
    said = f"<p>{escape(noted['text'])}</p>" if noted else ""
    return (
        f"<li>{to_html(question.text)}<details><summary>The answer</summary>"
        f"{to_html(question.answer())}</details>"
        f"<p>From {escape(question.lesson.name)}.</p>{said}</li>"
    )


def _page_html(progress: Progress) -> str:
    parts = [f"<p><b>{_next_html(progress)}</b></p>"]
    if progress.lessons:
        parts.append(_table(_HEADS, [_row(one) for one in progress.lessons]))
    parts += [f"<p>! {escape(block(problem))}</p>" for problem in progress.problems]
    parts += [_exercises_html(one) for one in progress.lessons if one.begun and one.lesson.items]
    when = datetime.now().strftime("%Y-%m-%d %H:%M")
    parts.append(f"<p>As of {when}. After working in a lesson, run this cell again.</p>")
    return "<div>" + "\n".join(parts) + "</div>"


def _next_html(progress: Progress) -> str:
    words = escape(next_words(progress))
    if progress.next is None:
        return words
    head, _, rest = words.partition(": ")
    return f"{head}: {_link(progress.next.lesson.lesson, rest)}"


def _row(one: LessonProgress) -> list[str]:
    lesson = one.lesson
    number_words = f"{lesson.number} · " if lesson.number is not None else ""
    difficulty = f"<br>{escape(lesson.difficulty)}" if lesson.difficulty else ""
    return [
        _link(lesson, escape(f"{number_words}{block(lesson.title)}")) + difficulty,
        escape(minutes_words(one)),
        escape(points_words(one)) + _bar(one.points, lesson.max_points),
        escape(predictions_words(one)),
        one.state,
    ]


def _exercises_html(one: LessonProgress) -> str:
    lesson = one.lesson
    rows = [
        [
            f"{escape(item.id)} {escape(block(item.title))}",
            number(one.best[item.id]) if item.id in one.best else "not checked yet",
            number(item.points),
        ]
        for item in lesson.exercises
    ]
    later = ""
    if lesson.graded_later:
        points = number(sum(item.points for item in lesson.graded_later))
        later = (
            f"<p>{len(lesson.graded_later)} questions more, {points} points, are graded after the "
            "notebook is handed in.</p>"
        )
    table = _table(("Exercise", "Your best check", "Points"), rows) if rows else ""
    return (
        f"<details><summary>{escape(lesson.name)}: points by exercise</summary>"
        f"{table}{later}</details>"
    )


def _bar(points: float, most: float) -> str:
    """The points once more, as a bar; the words beside it say the same."""
    if not most:
        return ""
    share = min(100, round(100 * points / most))
    return (
        '<div style="width:120px;height:6px;border:1px solid #8a8a8a;margin-top:3px">'
        f'<div style="width:{share}%;height:100%;background:#8a8a8a"></div></div>'
    )


def _link(lesson: Lesson, words: str) -> str:
    target = quote(Path(os.path.relpath(lesson.notebook)).as_posix())
    return f'<a href="{escape(target)}">{words}</a>'


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(cell)}</th>' for cell in heads)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    return (
        f'<table style="border-collapse:collapse"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
