"""Put the exercises of the lesson 06-sigchld to the test: one scene for each.

The judges are in `lessonkit.checks.reaping`; `docs/exercises/06-sigchld.md` says what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping

from lessonkit.scenes.api import Box, Scene
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


def _to_the_end(scene: Scene) -> Scene:
    """Let the record of *scene* say that no limit has cut it short."""

    def play(box: Box) -> None:
        scene(box)
        box.fact("complete", True)

    return play


SCENES: Mapping[str, Scene] = {
    "install_reaper": _to_the_end(install_reaper),
    "reaper_c": _to_the_end(reaper_c),
    "worker_loop": _to_the_end(worker_loop),
    "good_neighbour": _to_the_end(good_neighbour),
    "supervise": _to_the_end(supervise),
    "no_lost_child": _to_the_end(no_lost_child),
    "events": _to_the_end(events),
    "compare": _to_the_end(compare),
}
