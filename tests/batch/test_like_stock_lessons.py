"""Honest submissions of the lessons have the points from us that stock nbgrader gives them.

One submission of one lesson here, with right, unusual, wrong, blank and written answers;
`make soak` grades all sixty-three of `honest`, of all lessons.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.batch.both_graders import Both, Found, grade_both
from tests.batch.honest import KINDS, honest
from tests.course.lessons import LESSONS, Lesson

BY_NAME = {lesson.name: lesson for lesson in LESSONS}
ALL = [(lesson, KINDS) for lesson in LESSONS]
SAMPLE = [(BY_NAME["02-task-struct"], ("mixed-2",))]
CHOSEN = ALL if os.environ.get("LESSONKIT_ALL_HOSTS") == "1" else SAMPLE


@pytest.mark.slow
@pytest.mark.timeout(6000)
@pytest.mark.parametrize(("lesson", "kinds"), CHOSEN, ids=[one.name for one, _ in CHOSEN])
def test_points_are_those_of_stock(
    lesson: Lesson, kinds: tuple[str, ...], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Every graded cell has the same points, partial ones included, and waits for a person where
    it does with stock; the gradebooks have the same rows; answers get what they deserve."""
    both = grade_both(lesson, kinds, tmp_path)
    totals = {kind: (both.stock.total(kind), both.ours.total(kind)) for kind in kinds}
    told = {"lesson": lesson.name, "stock and ours": totals}
    request.node.user_properties.append(("both", json.dumps(told)))
    assert both.differences() == []
    assert both.undeserved() == []


def test_there_is_a_submission_of_every_kind_for_every_lesson() -> None:
    """At least sixty; in each lesson right, unusual, wrong and blank answers; manual ones, too."""
    assert len(LESSONS) * len(KINDS) >= 60
    for lesson in LESSONS:
        choices = [
            (question, choice)
            for kind in KINDS
            for question, choice in honest(lesson, kind).items()
        ]
        for sort in "qk":
            hows = {choice.how for question, choice in choices if question.startswith(sort)}
            assert {"solution", "unusual", "wrong", "blank"} <= hows
        written = {choice.how for question, choice in choices if question in lesson.written}
        assert written == ({"written", "blank"} if lesson.written else set())
    everywhere = [
        choice for one in LESSONS for kind in KINDS for choice in honest(one, kind).values()
    ]
    assert "unfinished" in {choice.how for choice in everywhere}


def test_a_difference_would_be_told() -> None:
    """Points, a state, a cell, a student, another row; and points that nobody deserves."""
    lesson = BY_NAME["03-zombies"]
    cells = {"q3-1-check": (3.0, 1.5, False), "k3-6-answer": (3.0, None, True)}
    one = Found({"blank": cells}, {"grades": []}, 0.0)
    changed = [
        one.points | {"blank": cells | {"q3-1-check": (3.0, 1.25, False)}},
        one.points | {"blank": cells | {"k3-6-answer": (3.0, None, False)}},
        one.points | {"blank": {"q3-1-check": (3.0, 1.5, False)}},
        {},
    ]
    for points in changed:
        assert Both(lesson, ("blank",), one, replace(one, points=points)).differences() != []
    assert Both(lesson, ("blank",), one, replace(one, rows={})).differences() != []
    same = Both(lesson, ("blank",), one, one)
    assert same.differences() == []
    assert any("q3-1 by ours: blank None: 1.5 of 3" in line for line in same.undeserved())
