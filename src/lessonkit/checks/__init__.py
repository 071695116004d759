"""Judge what a run has shown: exercises by id, and the questions of the knowledge checks.

Everything here reads records; nothing starts a process.
"""

from __future__ import annotations

from collections.abc import Mapping

from lessonkit.checks import forking, orphans, zombies
from lessonkit.checks.exercise import Exercise

__all__ = ["EXERCISES", "Exercise"]

EXERCISES: Mapping[str, Exercise] = {
    exercise.id: exercise for unit in (forking, zombies, orphans) for exercise in unit.EXERCISES
}
