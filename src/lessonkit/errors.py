"""Say what can go wrong on our side, and nothing else.

    LessonkitError
    ├── SandboxError           running failed because of us or of this host
    │   ├── TierUnavailable    the containment that was asked for is not to be had here
    │   ├── LaunchError        a sandbox could not be built
    │   └── CleanupError       something may have been left behind
    ├── CheckError             a check could not judge; costs no points, ever
    │   └── NotObservedError   what it has to look at cannot be seen on this host
    ├── NotebookError          a notebook is damaged or is not one of ours
    └── UsageError             a wrong option or argument of the caller's

A program that misbehaves in the sandbox is not an error: it is data in its `Run`.
"""

from __future__ import annotations

__all__ = [
    "CheckError",
    "CleanupError",
    "LaunchError",
    "LessonkitError",
    "NotObservedError",
    "NotebookError",
    "SandboxError",
    "TierUnavailable",
    "UsageError",
]


class LessonkitError(Exception):
    """Something of ours failed; the message says what, why and what to do."""


class SandboxError(LessonkitError):
    """A sandbox failed. `tier` names the one that was in use, if any."""

    def __init__(self, message: str, *, tier: str | None = None) -> None:
        super().__init__(message)
        self.tier = tier

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive the default pickling of exceptions,
        # and grading carries these errors from one process to another.
        return _rebuild, (type(self), str(self), self.tier)


class TierUnavailable(SandboxError):
    """No tier on this host gives the guarantees that were required."""


class LaunchError(SandboxError):
    """The sandbox could not be built, or ended before the program could start."""


class CleanupError(SandboxError):
    """Something of a finished sandbox may still be there."""


class CheckError(LessonkitError):
    """A check could not judge. It is our failure, so it costs nobody points."""


class NotObservedError(CheckError):
    """What an exercise is judged by cannot be seen on this host, however often it is tried.

    The message is a sentence for the learner: what is missing, and where it would be judged.
    """


class NotebookError(LessonkitError):
    """A notebook is damaged, or is not one of ours."""


class UsageError(LessonkitError):
    """The caller asked for something that does not exist; the message says what does."""


def _rebuild(kind: type[SandboxError], message: str, tier: str | None) -> SandboxError:
    return kind(message, tier=tier)
