"""Say at once, and in one sentence, when this is not Linux."""

from __future__ import annotations

import sys

from lessonkit.errors import TierUnavailable

__all__ = ["require_linux"]


def require_linux() -> None:
    """Raise TierUnavailable, with the way out, on anything but Linux."""
    if sys.platform != "linux":
        raise TierUnavailable(
            f"lessonkit runs real Linux processes, and this is {sys.platform!r}. Use a Linux "
            "container or virtual machine: docs/containers.md shows how."
        )
