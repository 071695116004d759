"""Say what surrounds this process: is it Linux, and does a browser listen?"""

from __future__ import annotations

import os
import sys

from lessonkit.errors import TierUnavailable

__all__ = ["interactive", "require_linux"]


def require_linux() -> None:
    """Raise TierUnavailable, with the way out, on anything but Linux."""
    if sys.platform != "linux":
        raise TierUnavailable(
            f"lessonkit runs real Linux processes, and this is {sys.platform!r}. Use a Linux "
            "container or virtual machine: docs/containers.md shows how."
        )


def interactive() -> bool:
    """Whether a browser can answer this kernel.

    Jupyter's server names the notebook of each kernel it starts (JPY_SESSION_NAME), VS Code
    leaves VSCODE_PID; nbconvert, nbgrader and papermill do neither. LESSONKIT_VIEWS=live or
    =still decides it where that is wrong.
    """
    wish = os.environ.get("LESSONKIT_VIEWS")
    if wish in ("live", "still"):
        return wish == "live"
    if os.environ.get("NBGRADER_EXECUTION"):
        return False
    return "JPY_SESSION_NAME" in os.environ or "VSCODE_PID" in os.environ
