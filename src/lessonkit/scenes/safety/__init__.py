"""Put the exercises of the lesson 00-safety to the test: one scene for each.

`docs/exercises/00-safety.md` says what is asked; the judges are in `lessonkit.checks.safety`.
"""

from __future__ import annotations

from collections.abc import Mapping

from lessonkit.scenes.api import Box, Scene
from lessonkit.scenes.orphans.elsewhere import fixture_elsewhere
from lessonkit.scenes.safety.ending import goodbye
from lessonkit.scenes.safety.naming import hello

__all__ = ["SCENES", "fixture_elsewhere"]


def _to_the_end(scene: Scene) -> Scene:
    """Let the record of *scene* say that no limit has cut it short."""

    def play(box: Box) -> None:
        scene(box)
        box.fact("complete", True)

    return play


SCENES: Mapping[str, Scene] = {
    "hello": _to_the_end(hello),
    "goodbye": _to_the_end(goodbye),
}
