"""Judge a student's function: the one line of a graded cell.

    check("3.1", make_zombies)

The function runs in a fresh sandbox, on a stage with random parameters; the facts come
from init and the kernel; the judge reads them here. What the number means to nbgrader
and what people see is in `Verdict`. A failure of ours costs no points, ever.

While it runs, a check can be interrupted at any moment, and it tells `observer`, if there is
one, what goes on: `lessonkit.views.progress` shows it. With LESSONKIT_VERDICTS=path every
verdict is also appended to that file, as one line of JSON.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from typing import Any

from lessonkit import show
from lessonkit.checks import EXERCISES
from lessonkit.checks.exercise import Exercise
from lessonkit.errors import LessonkitError, NotObservedError, SandboxError, UsageError
from lessonkit.payload import Handle
from lessonkit.records import Run, Verdict, to_json
from lessonkit.runner import play_scene
from lessonkit.sandbox.interrupting import Interrupted, interruptible

__all__ = ["Observer", "check", "judge", "observer"]

ATTEMPTS = 3

Observer = Callable[[Exercise], AbstractContextManager[Callable[[Verdict], object]]]
"""Entered while a check runs; what it yields is called with the verdict, if there is one."""

observer: Observer | None = None


def check(exercise: str, what: Callable[..., Any] | Handle, *, seed: int | None = None) -> Verdict:
    """Run *what* through the exercise and return the verdict.

    Args:
        exercise: Its number, such as "3.1".
        what: The student's function, or a `Handle` on it (source text and name), with
            which it can be judged where the student's code never ran.
        seed: Fixes the random parameters, to repeat a verdict; random when left out.

    Returns:
        The verdict. As the last line of a cell it shows its reasons, and nbgrader reads
        the points from it. When we failed, it says so, and no points are lost.

    Raises:
        UsageError: There is no such exercise, or *what* is not a function.
        KeyboardInterrupt: It was interrupted. The sandbox is gone then, and nothing is judged.
    """
    found = EXERCISES.get(exercise)
    if found is None:
        raise UsageError(f"no exercise is numbered {exercise!r}; there are: {', '.join(EXERCISES)}")
    if not callable(what) and not isinstance(what, Handle):
        raise UsageError(
            f"check({exercise!r}, ...) takes your function itself, not {what!r:.60}. "
            "Write its name without parentheses."
        )
    watched = nullcontext(_nobody) if observer is None else observer(found)
    try:
        with interruptible(), watched as tell:
            verdict = _verdict(found, what, seed)
            tell(verdict)
    except KeyboardInterrupt:
        raise Interrupted(
            f"Interrupted: check {found.id} was not judged.\nYour function was ended, with "
            "every process that it made.\nRun the cell again when you like."
        ) from None
    _write_down(verdict)
    return verdict


def judge(exercise: Exercise, run: Run) -> Verdict:
    """Turn the facts of a run into the verdict on it. Starts no process."""
    return exercise.judge(run)


def _verdict(exercise: Exercise, what: Callable[..., Any] | Handle, seed: int | None) -> Verdict:
    """The verdict, whatever happens: a fault of ours is told, and costs no points."""
    try:
        return judge(exercise, _play(exercise, what, seed))
    except LessonkitError as error:
        if isinstance(error, UsageError):
            return _not_sent(exercise, str(error))
        if isinstance(error, NotObservedError):
            return replace(_failed(exercise, str(error)), run_again=str(error), observable=False)
        return _failed(exercise, str(error))
    except Exception as error:  # a fault in a judge of ours: it must not cost points
        return _failed(exercise, repr(error))


def _nobody(verdict: Verdict) -> None:
    """Nobody watches."""


def _write_down(verdict: Verdict) -> None:
    """Append the verdict to the file that LESSONKIT_VERDICTS names, for who runs notebooks."""
    path = os.environ.get("LESSONKIT_VERDICTS")
    if not path:
        return
    line = {
        "exercise": verdict.exercise,
        "points": verdict.points,
        "max_points": verdict.max_points,
        "verdict": to_json(verdict),
        "text": show.verdict_text(verdict),
    }
    with suppress(OSError):  # whoever named it misses the line; the learner loses nothing
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        with os.fdopen(fd, "wb") as file:
            file.write(json.dumps(line).encode() + b"\n")


def _play(exercise: Exercise, what: Callable[..., Any] | Handle, seed: int | None) -> Run:
    """Play the scene; when the sandbox itself fails, play it again in a new one."""
    for attempt in range(ATTEMPTS):
        try:
            return play_scene(
                exercise.scene,
                what,
                seed=seed,
                limits=exercise.limits,
                require={"proc": "kernel"},  # answers may read it, and scenes do
            )
        except SandboxError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("not reached")


def _not_sent(exercise: Exercise, why: str) -> Verdict:
    return Verdict(
        exercise=exercise.id,
        title=exercise.title,
        facts=(),
        max_points=exercise.max_points,
        problem=why,
    )


def _failed(exercise: Exercise, why: str) -> Verdict:
    return Verdict(
        exercise=exercise.id,
        title=exercise.title,
        facts=(),
        max_points=exercise.max_points,
        run_again=(
            f"{why.splitlines()[0]} (If it stays, tell your instructor, or run `lessonkit doctor`.)"
        ),
    )
