"""Write progress for a terminal, and as plain data."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from lessonkit.lessons.progress import LessonProgress, Progress
from lessonkit.lessons.prose import to_text
from lessonkit.show.words import block, columns, name, number

__all__ = [
    "NO_QUESTIONS",
    "minutes_words",
    "next_words",
    "points_words",
    "predictions_words",
    "progress_data",
    "progress_text",
    "questions_text",
]

WIDTH = 80
HEADS = ("lesson", "minutes", "points", "predictions", "state")

NO_QUESTIONS = (
    "No questions yet. They come from lessons that you have begun: run a check or store a "
    "prediction in one, then look here again."
)


def progress_text(progress: Progress, *, answers: bool = False) -> str:
    """Return the lessons as a table, what to do next, and today's questions."""
    rows = [
        (
            one.lesson.name,
            minutes_words(one),
            points_words(one),
            predictions_words(one),
            one.state,
        )
        for one in progress.lessons
    ]
    parts = [_table(rows)] if rows else []
    for problem in progress.problems:
        parts.append(textwrap.fill(block(f"! {problem}"), WIDTH, break_long_words=False))
    parts.append(textwrap.fill(next_words(progress), WIDTH, subsequent_indent="      "))
    parts.append(questions_text(progress, answers=answers))
    return "\n\n".join(parts)


def questions_text(progress: Progress, *, answers: bool) -> str:
    """Return today's questions, with their answers if these are wanted."""
    if not progress.questions:
        return textwrap.fill(NO_QUESTIONS, WIDTH)
    lines = ["Do you still know? Say each answer aloud first."]
    for place, question in enumerate(progress.questions, 1):
        lines += ["", *_wrapped(f"{place}. {question.lesson.name}: {to_text(question.text)}")]
        if answers:
            lines += _wrapped(to_text(question.answer()), mark="   > ")
    if not answers:
        lines += ["", "The answers: lessonkit progress --answers"]
    return "\n".join(lines)


def minutes_words(one: LessonProgress) -> str:
    """Say how long a lesson takes: "80 (core 50)"."""
    lesson = one.lesson
    if lesson.minutes is None:
        return "-"
    core = f" (core {lesson.core_minutes})" if lesson.core_minutes is not None else ""
    return f"{lesson.minutes}{core}"


def points_words(one: LessonProgress) -> str:
    """Say how many points local checks gave at best: "12.5 of 22"."""
    if not one.lesson.exercises:
        return "-"
    return f"{number(one.points)} of {number(one.lesson.max_points)}"


def predictions_words(one: LessonProgress) -> str:
    """Say how many predictions are stored: "2 of 4"."""
    if not one.lesson.predictions:
        return "-"
    return f"{len(one.predicted)} of {len(one.lesson.predictions)}"


def next_words(progress: Progress) -> str:
    """Say in one sentence what to do next."""
    if not progress.lessons:
        return "Next: no lesson here can be read; see above."
    step = progress.next
    if step is None:
        return "Next: nothing is left to solve. Every exercise has all its points."
    lesson = step.lesson.lesson
    if step.exercise is None:
        return f"Next: begin the lesson {lesson.name}, {name(lesson.title)}"
    best = step.lesson.best.get(step.exercise.id)
    so_far = "not checked yet"
    if best is not None:
        so_far = f"{number(best)} of {number(step.exercise.points)} points so far"
    return (
        f"Next: exercise {step.exercise.id} in {lesson.name}, {name(step.exercise.title)} "
        f"({so_far})"
    )


def progress_data(progress: Progress) -> dict[str, Any]:
    """Return all of it as plain data, for --json."""
    step = progress.next
    return {
        "folder": str(progress.folder),
        "lessons": [_lesson_data(one) for one in progress.lessons],
        "next": None
        if step is None
        else {
            "lesson": step.lesson.lesson.name,
            "exercise": step.exercise.id if step.exercise else None,
        },
        "questions": [
            {
                "key": question.key,
                "lesson": question.lesson.name,
                "question": question.text,
                "answer": question.answer(),
            }
            for question in progress.questions
        ],
        "problems": list(progress.problems),
    }


def _lesson_data(one: LessonProgress) -> dict[str, Any]:
    lesson = one.lesson
    return {
        "name": lesson.name,
        "number": lesson.number,
        "title": lesson.title,
        "notebook": str(lesson.notebook),
        "minutes": lesson.minutes,
        "core_minutes": lesson.core_minutes,
        "difficulty": lesson.difficulty,
        "state": one.state,
        "points": one.points,
        "max_points": lesson.max_points,
        "exercises": [
            {
                "exercise": item.id,
                "title": item.title,
                "best": one.best.get(item.id),
                "max_points": item.points,
            }
            for item in lesson.exercises
        ],
        "graded_later": [
            {"item": item.id, "title": item.title, "max_points": item.points}
            for item in lesson.graded_later
        ],
        "predictions": len(one.predicted),
        "possible_predictions": len(lesson.predictions),
        "last": one.last or None,
    }


def _wrapped(text: str, *, mark: str = "") -> list[str]:
    """Break lines at WIDTH; all but the first are indented below its words."""
    blank = " " * (len(mark) or 3)
    lines: list[str] = []
    for line in block(text).splitlines():
        lines += textwrap.wrap(
            line,
            WIDTH,
            initial_indent=blank if lines else mark,
            subsequent_indent=blank,
            break_on_hyphens=False,
        )
    return lines


def _table(rows: Sequence[Sequence[str]]) -> str:
    whole = [HEADS, *rows]
    widths = [max(columns(row[at]) for row in whole) for at in range(len(HEADS))]
    lines = (
        "  ".join(
            cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)
        )
        for row in whole
    )
    return "\n".join(line.rstrip() for line in lines)
