"""Learn Linux processes by running real ones, in a sandbox that nothing escapes.

    from lessonkit import run, check, Limits

Names are loaded on first use, so importing this package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lessonkit import show as show
    from lessonkit import views as views
    from lessonkit.checking import check as check
    from lessonkit.cprograms import run_c as run_c
    from lessonkit.errors import LessonkitError as LessonkitError
    from lessonkit.errors import SandboxError as SandboxError
    from lessonkit.observe.snapshot import snapshot as snapshot
    from lessonkit.payload import Handle as Handle
    from lessonkit.recordings import run_or_replay as run_or_replay
    from lessonkit.records import Limits as Limits
    from lessonkit.records import Run as Run
    from lessonkit.records import Verdict as Verdict
    from lessonkit.records import to_json as to_json
    from lessonkit.runner import run as run

__version__ = "0.1.0"

_WHERE = {
    "Handle": "payload",
    "LessonkitError": "errors",
    "Limits": "records",
    "Run": "records",
    "SandboxError": "errors",
    "Verdict": "records",
    "check": "checking",
    "run": "runner",
    "run_c": "cprograms",
    "run_or_replay": "recordings",
    "snapshot": "observe.snapshot",
    "to_json": "records",
}

_LINUX_ONLY = {"check", "run", "snapshot"}

__all__ = [
    "Handle",
    "LessonkitError",
    "Limits",
    "Run",
    "SandboxError",
    "Verdict",
    "check",
    "run",
    "run_c",
    "run_or_replay",
    "show",
    "snapshot",
    "to_json",
    "views",
]


def __getattr__(name: str) -> Any:
    if name in ("show", "views"):
        return importlib.import_module(f"lessonkit.{name}")
    if name not in _WHERE:
        raise AttributeError(f"module 'lessonkit' has no attribute {name!r}")
    if name in _LINUX_ONLY:
        importlib.import_module("lessonkit.host").require_linux()
    return getattr(importlib.import_module(f"lessonkit.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


def load_ipython_extension(shell: Any) -> None:
    """Called by `%load_ext lessonkit`: see `lessonkit.views.extension`."""
    importlib.import_module("lessonkit.views.extension").load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Called by `%unload_ext lessonkit`."""
    importlib.import_module("lessonkit.views.extension").unload(shell)
