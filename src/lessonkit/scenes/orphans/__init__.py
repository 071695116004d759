"""Put the exercises of the lesson 04-orphans to the test: one scene for each.

The judges are in `lessonkit.checks.orphans`.
"""

from __future__ import annotations

from collections.abc import Mapping

from lessonkit.scenes.api import Scene

__all__ = ["SCENES"]

SCENES: Mapping[str, Scene] = {}
