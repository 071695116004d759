"""Put the exercises of the lesson 04-orphans to the test: one scene for each.

`docs/exercises/04-orphans.md` says what is asked; the judges are in
`lessonkit.checks.orphans`.
"""

from __future__ import annotations

from collections.abc import Mapping

from lessonkit.scenes.api import Box, Scene
from lessonkit.scenes.orphans.adopting import adopt
from lessonkit.scenes.orphans.daemonising import daemonise, fixture_keep_open
from lessonkit.scenes.orphans.dying import die_with_parent
from lessonkit.scenes.orphans.elsewhere import fixture_elsewhere
from lessonkit.scenes.orphans.forwarding import forward
from lessonkit.scenes.orphans.helping import would_init_help
from lessonkit.scenes.orphans.initialising import mini_init
from lessonkit.scenes.orphans.making import fixture_subreaper, orphan
from lessonkit.scenes.orphans.midwife import fixture_let_trace
from lessonkit.scenes.orphans.predicting import new_parent

__all__ = [
    "SCENES",
    "fixture_elsewhere",
    "fixture_keep_open",
    "fixture_let_trace",
    "fixture_subreaper",
]


def _to_the_end(scene: Scene) -> Scene:
    """Let the record of *scene* say that no limit has cut it short."""

    def play(box: Box) -> None:
        scene(box)
        box.fact("complete", True)

    return play


SCENES: Mapping[str, Scene] = {
    "orphan": _to_the_end(orphan),
    "adopt": _to_the_end(adopt),
    "daemonise": _to_the_end(daemonise),
    "new_parent": _to_the_end(new_parent),
    "mini_init": _to_the_end(mini_init),
    "forward": _to_the_end(forward),
    "would_init_help": _to_the_end(would_init_help),
    "die_with_parent": _to_the_end(die_with_parent),
}
