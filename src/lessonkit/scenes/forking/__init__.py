"""Put the exercises of the lesson 01-fork-exec to the test: one scene for each.

The judges are in `lessonkit.checks.forking`; `docs/exercises/01-fork-exec.md` says what is asked.
"""

from __future__ import annotations

from lessonkit.scenes.forking.copying import fixture_block, own_kib
from lessonkit.scenes.forking.counting import how_many
from lessonkit.scenes.forking.growing import grow
from lessonkit.scenes.forking.programs import fixture_nothing
from lessonkit.scenes.forking.redirecting import redirect
from lessonkit.scenes.forking.running import fixture_environment, run_program
from lessonkit.scenes.forking.spawning import fixture_gates, spawn_codes
from lessonkit.scenes.forking.starting import start_as
from lessonkit.scenes.forking.writing import two_writers
from lessonkit.scenes.table import table_of
from lessonkit.scenes.zombies.stage import fixture_children

__all__ = [
    "SCENES",
    "fixture_block",
    "fixture_children",
    "fixture_environment",
    "fixture_gates",
    "fixture_nothing",
]


SCENES = table_of(
    {
        "spawn_codes": spawn_codes,
        "grow": grow,
        "how_many": how_many,
        "run_program": run_program,
        "redirect": redirect,
        "two_writers": two_writers,
        "own_kib": own_kib,
        "start_as": start_as,
    }
)
