"""Put the seven exercises of the zombie lesson to the test: one scene for each.

A scene draws its own parameters, stages real processes, calls the student's function and
writes down what the kernel showed. `docs/exercises/03-zombies.md` says what is asked; the
judges are in `lessonkit.checks.zombies`.
"""

from __future__ import annotations

from lessonkit.scenes.table import table_of
from lessonkit.scenes.zombies.explaining import explain
from lessonkit.scenes.zombies.finding import find_zombies
from lessonkit.scenes.zombies.fixing import fix
from lessonkit.scenes.zombies.later import fixture_collect
from lessonkit.scenes.zombies.leaving import no_corpses
from lessonkit.scenes.zombies.looking import is_running
from lessonkit.scenes.zombies.making import make_zombies
from lessonkit.scenes.zombies.parents import fixture_actor
from lessonkit.scenes.zombies.reaping import reap_ready
from lessonkit.scenes.zombies.stage import fixture_children
from lessonkit.scenes.zombies.vanishing import fixture_allow_tracing

__all__ = [
    "SCENES",
    "fixture_actor",
    "fixture_allow_tracing",
    "fixture_children",
    "fixture_collect",
]


SCENES = table_of(
    {
        "make_zombies": make_zombies,
        "is_running": is_running,
        "find_zombies": find_zombies,
        "reap_ready": reap_ready,
        "explain": explain,
        "fix": fix,
        "no_corpses": no_corpses,
    }
)
