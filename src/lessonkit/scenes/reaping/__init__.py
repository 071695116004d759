"""Put the exercises of the lesson 06-sigchld to the test: one scene for each.

The judges are in `lessonkit.checks.reaping`; `docs/exercises/06-sigchld.md` says what is asked.
"""

from __future__ import annotations

from lessonkit.scenes.orphans.midwife import fixture_let_trace
from lessonkit.scenes.reaping.comparing import compare
from lessonkit.scenes.reaping.installing import fixture_work, install_reaper
from lessonkit.scenes.reaping.neighbouring import (
    fixture_library,
    fixture_library_handler,
    good_neighbour,
)
from lessonkit.scenes.reaping.repairing import reaper_c
from lessonkit.scenes.reaping.supervising import supervise
from lessonkit.scenes.reaping.telling import events
from lessonkit.scenes.reaping.tracking import no_lost_child
from lessonkit.scenes.reaping.working import fixture_pipes, worker_loop
from lessonkit.scenes.table import table_of
from lessonkit.scenes.zombies.stage import fixture_children

__all__ = [
    "SCENES",
    "fixture_children",
    "fixture_let_trace",
    "fixture_library",
    "fixture_library_handler",
    "fixture_pipes",
    "fixture_work",
]


SCENES = table_of(
    {
        "install_reaper": install_reaper,
        "reaper_c": reaper_c,
        "worker_loop": worker_loop,
        "good_neighbour": good_neighbour,
        "supervise": supervise,
        "no_lost_child": no_lost_child,
        "events": events,
        "compare": compare,
    }
)
