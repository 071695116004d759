"""Put the exercises of the lesson 01-fork-exec to the test: one scene for each.

The judges are in `lessonkit.checks.forking`; `docs/exercises/01-fork-exec.md` says what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping

from lessonkit.scenes.api import Box, Scene
from lessonkit.scenes.forking.copying import fixture_block, own_kib
from lessonkit.scenes.forking.counting import how_many
from lessonkit.scenes.forking.growing import grow
from lessonkit.scenes.forking.programs import fixture_nothing
from lessonkit.scenes.forking.redirecting import redirect
from lessonkit.scenes.forking.running import fixture_environment, run_program
from lessonkit.scenes.forking.spawning import fixture_gates, spawn_codes
from lessonkit.scenes.forking.starting import start_as
from lessonkit.scenes.forking.writing import two_writers
from lessonkit.scenes.zombies.stage import fixture_children

__all__ = [
    "SCENES",
    "fixture_block",
    "fixture_children",
    "fixture_environment",
    "fixture_gates",
    "fixture_nothing",
]


def _to_the_end(scene: Scene) -> Scene:
    """Let the record of *scene* say that no limit has cut it short."""

    def play(box: Box) -> None:
        scene(box)
        box.fact("complete", True)

    return play


SCENES: Mapping[str, Scene] = {
    "spawn_codes": _to_the_end(spawn_codes),
    "grow": _to_the_end(grow),
    "how_many": _to_the_end(how_many),
    "run_program": _to_the_end(run_program),
    "redirect": _to_the_end(redirect),
    "two_writers": _to_the_end(two_writers),
    "own_kib": _to_the_end(own_kib),
    "start_as": _to_the_end(start_as),
}
