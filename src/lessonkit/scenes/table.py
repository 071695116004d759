"""Make the table of a lesson's scenes, in which init looks up what it is to play."""

from __future__ import annotations

from collections.abc import Mapping

from lessonkit.scenes.api import Box, Scene

__all__ = ["table_of"]


def table_of(scenes: Mapping[str, Scene]) -> Mapping[str, Scene]:
    """The scenes by name; the record of each says at its end that no limit has cut it short."""
    return {name: _to_the_end(scene) for name, scene in scenes.items()}


def _to_the_end(scene: Scene) -> Scene:
    def play(box: Box) -> None:
        scene(box)
        box.fact("complete", True)

    return play
