"""Judge the exercises of the lesson 00-safety from what their scenes wrote down.

`docs/exercises/00-safety.md` has the texts and the points; each module holds the judge of
one scene in `lessonkit.scenes.safety`. `inventory` holds the questions of the pre-test.
Judges read records only and start no process.
"""

from __future__ import annotations

from lessonkit.checks.exercise import Exercise
from lessonkit.checks.safety import ending, naming

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="0.1",
        title="Say hello",
        function="hello",
        scene="safety:hello",
        max_points=2,
        looks=naming.looks,
        hints=(
            "Which process runs this function? Not the notebook's kernel, in which you type "
            "it. Who knows its number?",
            "Python's module os passes questions on to the kernel. One of them is about the "
            "process itself. look_around above asks it, too.",
            "os.getpid() asks for the number. What has to stand in front of it, so that the "
            "caller gets it?",
        ),
    ),
    Exercise(
        id="0.2",
        title="Say goodbye",
        function="goodbye",
        scene="safety:goodbye",
        max_points=2,
        looks=ending.looks,
        hints=(
            "A function that returns goes back to whoever called it. What ends the whole program?",
            "M0.4 shows a function that ends its process. Where does the number come from there?",
            "sys.exit(code), with the argument instead of 41. Never call it directly in a "
            "cell: use the check.",
        ),
    ),
)
