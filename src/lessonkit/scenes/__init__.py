"""Scenes: trusted drivers that put a student's function to the test inside the box.

A scene runs in init, outside the student's interpreter. It sets the stage, calls the
student's function, looks at what the kernel shows, and writes down facts. It gives no
verdict: judges in `lessonkit.checks` read the facts later, outside.
"""

from __future__ import annotations

__all__: list[str] = []
