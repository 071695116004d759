"""Judge a student's function: the one line of a graded cell.

    check("3.1", make_zombies)

The function runs in a fresh sandbox, on a stage with random parameters; the facts come
from init and the kernel; the judge reads them here. What the number means to nbgrader
and what people see is in `Verdict`. A failure of ours costs no points, ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lessonkit.checks import EXERCISES
from lessonkit.checks.exercise import Exercise
from lessonkit.errors import LessonkitError, SandboxError, UsageError
from lessonkit.payload import Handle
from lessonkit.records import Run, Verdict
from lessonkit.runner import play_scene

__all__ = ["check", "judge"]

ATTEMPTS = 3


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
    """
    found = EXERCISES.get(exercise)
    if found is None:
        raise UsageError(f"no exercise is numbered {exercise!r}; there are: {', '.join(EXERCISES)}")
    if not callable(what) and not isinstance(what, Handle):
        raise UsageError(
            f"check({exercise!r}, ...) takes your function itself, not {what!r:.60}. "
            "Write its name without parentheses."
        )
    try:
        return judge(found, _play(found, what, seed))
    except LessonkitError as error:
        if isinstance(error, UsageError):
            return _not_sent(found, str(error))
        return _failed(found, str(error))
    except Exception as error:  # a fault in a judge of ours: it must not cost points
        return _failed(found, repr(error))


def judge(exercise: Exercise, run: Run) -> Verdict:
    """Turn the facts of a run into the verdict on it. Starts no process."""
    return exercise.judge(run)


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
