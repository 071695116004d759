"""Put the exercises of the lesson 02-task-struct to the test: one scene for each.

The judges are in `lessonkit.checks.tasks`; `docs/exercises/02-task-struct.md` says what is asked.
"""

from __future__ import annotations

from lessonkit.scenes.table import table_of
from lessonkit.scenes.tasks.aiming import safe_kill
from lessonkit.scenes.tasks.climbing import ancestry
from lessonkit.scenes.tasks.grouping import tasks
from lessonkit.scenes.tasks.interrupting import fixture_let_trace
from lessonkit.scenes.tasks.parsing import parse_stat
from lessonkit.scenes.tasks.posing import make_state
from lessonkit.scenes.tasks.reading import read_member
from lessonkit.scenes.tasks.subjects import fixture_subjects
from lessonkit.scenes.zombies.parents import fixture_actor

__all__ = [
    "SCENES",
    "fixture_actor",
    "fixture_let_trace",
    "fixture_subjects",
]


SCENES = table_of(
    {
        "parse_stat": parse_stat,
        "make_state": make_state,
        "tasks": tasks,
        "ancestry": ancestry,
        "safe_kill": safe_kill,
        "read_member": read_member,
    }
)
