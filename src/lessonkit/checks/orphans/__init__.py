"""Judge the exercises of the lesson 04-orphans from what their scenes wrote down."""

from __future__ import annotations

from lessonkit.checks.exercise import Exercise

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = ()
