"""Put the exercises of the lesson 00-safety to the test: one scene for each.

`docs/exercises/00-safety.md` says what is asked; the judges are in `lessonkit.checks.safety`.
"""

from __future__ import annotations

from lessonkit.scenes.orphans.aside import fixture_elsewhere
from lessonkit.scenes.safety.ending import goodbye
from lessonkit.scenes.safety.naming import hello
from lessonkit.scenes.table import table_of

__all__ = ["SCENES", "fixture_elsewhere"]


SCENES = table_of(
    {
        "hello": hello,
        "goodbye": goodbye,
    }
)
