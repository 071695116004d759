"""Join what lessons there are with what was done in them: points, predictions, what is next.

What was done stands in `my-work.json` beside each notebook (`lessonkit.workbook`): checks run
in Jupyter or by `lessonkit check` write the section "checks", predictions and self-checks
theirs. These files can be edited by anybody, so every number is looked at before it is used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from lessonkit.lessons.catalogue import Course, Item, Lesson
from lessonkit.lessons.recall import Question, choose, next_state, questions_of
from lessonkit.workbook import FILE_NAME, MOST_BYTES, Workbook

__all__ = ["LessonProgress", "Progress", "Step", "keep_answer", "keep_points", "look"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LessonProgress:
    """What was done in one lesson.

    best: exercise -> the most points that one of its checks gave; only those ever checked.
    predicted: the demonstrations with a stored prediction. last: when something was stored
    for the last time (ISO 8601, UTC); "" if never.
    """

    lesson: Lesson
    best: Mapping[str, float]
    predicted: tuple[str, ...]
    quizzes: Mapping[str, Mapping[str, Any]]
    last: str

    @property
    def begun(self) -> bool:
        """Was anything stored yet?"""
        return bool(self.last)

    @property
    def points(self) -> float:
        """Best points of all exercises together."""
        return round(sum(self.best.values()), 2)

    @property
    def unsolved(self) -> tuple[Item, ...]:
        """Exercises without full points, in order."""
        exercises = self.lesson.exercises
        return tuple(e for e in exercises if self.best.get(e.id, 0.0) < e.points)

    @property
    def state(self) -> Literal["not begun", "begun", "all points"]:
        """How far the exercises are."""
        if not self.begun:
            return "not begun"
        return "begun" if self.unsolved or not self.lesson.exercises else "all points"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What to do next: an exercise, or (exercise None) a lesson to begin."""

    lesson: LessonProgress
    exercise: Item | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """Everything that is shown. next: None when nothing is left to do, or there is no lesson.

    problems: one message for each notebook or record that could not be read.
    """

    folder: Path
    lessons: tuple[LessonProgress, ...]
    next: Step | None
    questions: tuple[Question, ...]
    boxes: Mapping[str, Mapping[str, Any]]
    problems: tuple[str, ...]

    def quizzes(self, question: Question) -> Mapping[str, Any]:
        """What is stored of a question in its own lesson."""
        found = next(one for one in self.lessons if one.lesson.name == question.lesson.name)
        return found.quizzes.get(question.item or "", {})


def look(course: Course, today: date) -> Progress:
    """Read the records beside the notebooks of *course*."""
    problems = list(course.problems)
    lessons = tuple(_lesson(lesson, problems) for lesson in course.lessons)
    boxes = _section(_record(course.folder, problems), "recall")
    questions = [q for one in _to_recall(lessons) for q in questions_of(one.lesson)]
    by_lesson = {one.lesson.name: one.quizzes for one in lessons}
    answered = {q.key: by_lesson[q.lesson.name].get(q.item or "", {}) for q in questions}
    return Progress(
        folder=course.folder,
        lessons=lessons,
        next=_next(lessons),
        questions=tuple(choose(questions, boxes, answered, today)),
        boxes=boxes,
        problems=tuple(problems),
    )


def keep_answer(progress: Progress, key: str, knew: bool, today: date) -> dict[str, Any]:
    """Store whether one of today's questions was known; return the fields that are kept.

    Raises:
        WorkbookError: it cannot be kept.
    """
    question = next(q for q in progress.questions if q.key == key)
    book = Workbook(progress.folder)
    state = next_state(book.get("recall", key), progress.quizzes(question), knew, today)
    return book.update("recall", key, **state)


def keep_points(lesson: Lesson, exercise: Item, points: float) -> None:
    """Store the points of one check beside the lesson's notebook; the best stays.

    Raises:
        WorkbookError: it cannot be kept.
    """
    book = Workbook(lesson.notebook.parent)
    before = _number(book.get("checks", exercise.id).get("best"), exercise.points)
    book.update(
        "checks",
        exercise.id,
        points=points,
        max_points=exercise.points,
        best=max(points, before or 0.0),
        title=exercise.title,
    )


def _lesson(lesson: Lesson, problems: list[str]) -> LessonProgress:
    record = _record(lesson.notebook.parent, problems)
    checks, predictions, quizzes = (
        _section(record, name) for name in ("checks", "predictions", "quizzes")
    )
    best = {}
    for exercise in lesson.exercises:
        fields = checks.get(exercise.id, {})
        found = [_number(fields.get(name), exercise.points) for name in ("best", "points")]
        if any(value is not None for value in found):
            best[exercise.id] = max(value or 0.0 for value in found)
    times = [str(f.get("changed", "")) for s in (checks, predictions, quizzes) for f in s.values()]
    return LessonProgress(
        lesson=lesson,
        best=best,
        predicted=tuple(
            name for name in lesson.predictions if predictions.get(name, {}).get("prediction")
        ),
        quizzes=quizzes,
        last=max(times, default="") or ("unknown" if times else ""),
    )


def _record(folder: Path, problems: list[str]) -> dict[str, Any]:
    """All sections of one `my-work.json`; {} and a message when it cannot be read."""
    path = folder / FILE_NAME
    try:
        if path.stat().st_size <= MOST_BYTES:
            found = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(found, dict):
                return found
    except FileNotFoundError:
        return {}
    except OSError as error:
        problems.append(f"{path} cannot be read: {error.strerror}. What it holds is not shown.")
        return {}
    except (ValueError, RecursionError):
        pass  # not text, or not JSON
    problems.append(
        f"{path} is damaged, so nothing in it is shown. It is kept under another name when "
        "the next answer or check is stored."
    )
    return {}


def _section(record: Mapping[str, Any], name: str) -> dict[str, dict[str, Any]]:
    found = record.get(name)
    if not isinstance(found, dict):
        return {}
    return {item: fields for item, fields in found.items() if isinstance(fields, dict)}


def _to_recall(lessons: Sequence[LessonProgress]) -> list[LessonProgress]:
    """Lessons that were begun, but not the one at hand, unless it is the only one."""
    begun = [one for one in lessons if one.begun]
    if len(begun) < 2:
        return begun
    at_hand = max(begun, key=lambda one: one.last)
    return [one for one in begun if one is not at_hand]


def _next(lessons: Sequence[LessonProgress]) -> Step | None:
    """The first unsolved exercise of the lesson at hand; then the lessons after it, then before."""
    begun = [place for place, one in enumerate(lessons) if one.begun]
    start = max(begun, key=lambda place: lessons[place].last, default=0)
    for one in [*lessons[start:], *lessons[:start]]:
        if one.unsolved and one.begun:
            return Step(lesson=one, exercise=one.unsolved[0])
        if not one.begun:
            return Step(lesson=one, exercise=None)
    return None


def _number(value: object, most: float) -> float | None:
    """A number of points as it can be; None where there is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        return None
    return min(max(float(value), 0.0), most)
