"""Put the exercises of the lesson 02-task-struct to the test: one scene for each.

The judges are in `lessonkit.checks.tasks`; `docs/exercises/02-task-struct.md` says what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping

from lessonkit.scenes.api import Box, Scene
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


def _to_the_end(scene: Scene) -> Scene:
    """Let the record of *scene* say that no limit has cut it short."""

    def play(box: Box) -> None:
        scene(box)
        box.fact("complete", True)

    return play


SCENES: Mapping[str, Scene] = {
    "parse_stat": _to_the_end(parse_stat),
    "make_state": _to_the_end(make_state),
    "tasks": _to_the_end(tasks),
    "ancestry": _to_the_end(ancestry),
    "safe_kill": _to_the_end(safe_kill),
    "read_member": _to_the_end(read_member),
}
