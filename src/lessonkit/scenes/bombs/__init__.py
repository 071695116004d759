"""Put the exercises of the lesson 05-fork-bombs to the test: one scene for each.

`docs/exercises/05-fork-bombs.md` says what is asked; the judges are in
`lessonkit.checks.bombs`. Every bomb is bounded by its own count, and by the box.
"""

from __future__ import annotations

from collections.abc import Mapping

from lessonkit.scenes.api import Box, Scene
from lessonkit.scenes.bombs.common import fixture_crowd
from lessonkit.scenes.bombs.defusing import defuse, fixture_hand_over
from lessonkit.scenes.bombs.growing import population
from lessonkit.scenes.bombs.hydra import fixture_hydra
from lessonkit.scenes.bombs.limiting import limited
from lessonkit.scenes.bombs.pooling import pool
from lessonkit.scenes.bombs.refusing import (
    fixture_fill,
    fixture_full,
    fixture_room,
    which_limit,
)
from lessonkit.scenes.bombs.rescuing import fixture_shell, no_fork_rescue
from lessonkit.scenes.bombs.waiting import fixture_no_memory, polite_fork
from lessonkit.scenes.forking.programs import fixture_nothing
from lessonkit.scenes.zombies.stage import fixture_children

__all__ = [
    "SCENES",
    "fixture_children",
    "fixture_crowd",
    "fixture_fill",
    "fixture_full",
    "fixture_hand_over",
    "fixture_hydra",
    "fixture_no_memory",
    "fixture_nothing",
    "fixture_room",
    "fixture_shell",
]


def _to_the_end(scene: Scene) -> Scene:
    """Let the record of *scene* say that no limit has cut it short."""

    def play(box: Box) -> None:
        scene(box)
        box.fact("complete", True)

    return play


SCENES: Mapping[str, Scene] = {
    "population": _to_the_end(population),
    "limited": _to_the_end(limited),
    "polite_fork": _to_the_end(polite_fork),
    "pool": _to_the_end(pool),
    "which_limit": _to_the_end(which_limit),
    "no_fork_rescue": _to_the_end(no_fork_rescue),
    "defuse": _to_the_end(defuse),
}
