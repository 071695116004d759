"""Put the seven exercises of the zombie lesson to the test: one scene for each.

A scene draws its own parameters, stages real processes, calls the student's function and
writes down what the kernel showed. `docs/exercises/03-zombies.md` says what is asked; the
judges are in `lessonkit.checks.zombies`.
"""

from __future__ import annotations

from collections.abc import Mapping

from lessonkit.scenes.api import Box, Scene
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


def _to_the_end(scene: Scene) -> Scene:
    """Let the record of *scene* say that no limit has cut it short."""

    def play(box: Box) -> None:
        scene(box)
        box.fact("complete", True)

    return play


SCENES: Mapping[str, Scene] = {
    "make_zombies": _to_the_end(make_zombies),
    "is_running": _to_the_end(is_running),
    "find_zombies": _to_the_end(find_zombies),
    "reap_ready": _to_the_end(reap_ready),
    "explain": _to_the_end(explain),
    "fix": _to_the_end(fix),
    "no_corpses": _to_the_end(no_corpses),
}
