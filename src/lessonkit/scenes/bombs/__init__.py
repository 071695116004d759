"""Put the exercises of the lesson 05-fork-bombs to the test: one scene for each.

`docs/exercises/05-fork-bombs.md` says what is asked; the judges are in
`lessonkit.checks.bombs`. Every bomb is bounded by its own count, and by the box.
"""

from __future__ import annotations

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
from lessonkit.scenes.table import table_of
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


SCENES = table_of(
    {
        "population": population,
        "limited": limited,
        "polite_fork": polite_fork,
        "pool": pool,
        "which_limit": which_limit,
        "no_fork_rescue": no_fork_rescue,
        "defuse": defuse,
    }
)
