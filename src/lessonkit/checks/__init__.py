"""Judge what a run has shown: exercises by id, and the questions of the knowledge checks.

Everything here reads records; nothing starts a process.
"""

from __future__ import annotations

from collections.abc import Mapping

from lessonkit.checks import bombs, forking, orphans, reaping, safety, tasks, zombies
from lessonkit.checks.exercise import Exercise

__all__ = ["EXERCISES", "Exercise"]

EXERCISES: Mapping[str, Exercise] = {
    exercise.id: exercise
    for unit in (safety, forking, tasks, zombies, orphans, bombs, reaping)
    for exercise in unit.EXERCISES
}
