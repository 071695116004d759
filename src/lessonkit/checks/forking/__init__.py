"""Judge the exercises of the lesson 01-fork-exec from what their scenes wrote down.

`docs/exercises/01-fork-exec.md` has the texts and the points; each module holds the judge of one
scene in `lessonkit.scenes.forking`. Judges read records only and start no process.
"""

from __future__ import annotations

from lessonkit.checks.exercise import Exercise
from lessonkit.checks.forking import (
    copying,
    counting,
    growing,
    redirecting,
    running,
    spawning,
    starting,
    writing,
)

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="1.1",
        title="One child for each gate",
        function="spawn_codes",
        scene="forking:spawn_codes",
        max_points=3,
        looks=spawning.looks,
        hints=(
            "Which process runs the loop after the first fork, and how often does it fork?",
            "In the child: number = os.read(gate, 1)[0], then os._exit(number), nothing else.",
            "After the loop: os.waitpid(pid, 0) for every pid, then os.waitstatus_to_exitcode.",
        ),
    ),
    Exercise(
        id="1.2",
        title="Grow a tree",
        function="grow",
        scene="forking:grow",
        max_points=3,
        looks=growing.looks,
        hints=(
            "Draw the tree. Which process has to call fork for each of the lines in it?",
            "A child forks its own children, waits at something, and never leaves its branch.",
            "End of a pipe: who has its writing end? Then each process waits for its children.",
        ),
    ),
    Exercise(
        id="1.3",
        title="How many processes?",
        function="how_many",
        scene="forking:how_many",
        max_points=3,
        looks=counting.looks,
        hints=(
            "Draw the processes after each round of the loop. Which of them go on to the next?",
            "What does each fork return in the parent, and what in the child?",
            "Let p be the number before a round: A turns p into 2p, B adds one; D makes 3 of each.",
        ),
    ),
    Exercise(
        id="1.4",
        title="Run a program",
        function="run_program",
        scene="forking:run_program",
        max_points=4,
        looks=running.looks,
        hints=(
            "What has to happen in the child between fork and exec, and what in the parent?",
            "When exec comes back, it has failed: end the child with os._exit(127) or (126).",
            "os.waitpid(pid, 0) with the pid that fork returned, then os.waitstatus_to_exitcode.",
        ),
    ),
    Exercise(
        id="1.5",
        title="Redirect the output",
        function="redirect",
        scene="forking:redirect",
        max_points=3,
        looks=redirecting.looks,
        hints=(
            "Whose table of descriptors has to change, and when: before fork, in the gap, later?",
            "In the child: fd = os.open(path, flags, 0o666), os.dup2(fd, 1), exec, os._exit(127).",
            "Whatever the parent has opened it must close; it waits for the pid of the child.",
        ),
    ),
    Exercise(
        id="1.6",
        title="Two writers, one file",
        function="two_writers",
        scene="forking:two_writers",
        max_points=3,
        looks=writing.looks,
        hints=(
            "Who reads which input, and what does your process do while the child still writes?",
            "Where does the offset of a file live: in the number, in the process, or behind both?",
            "O_APPEND, os.write for each line, os._exit in the child; then close and waitpid.",
        ),
    ),
    Exercise(
        id="1.7",
        title="What is its own?",
        function="own_kib",
        scene="forking:own_kib",
        max_points=3,
        looks=copying.looks,
        hints=(
            "All children have the same resident size. Which counter changes when one writes?",
            "/proc/PID/smaps_rollup has a line for each kind of page, in KiB.",
            "Private_Clean + Private_Dirty; for one that has ended, open or read raises: 0.",
        ),
    ),
    Exercise(
        id="1.8",
        title="Under another name",
        function="start_as",
        scene="forking:start_as",
        max_points=3,
        looks=starting.looks,
        hints=(
            "Which of the two processes changes its program, and which pid does it have then?",
            "In the child: SIGPIPE and SIGXFSZ to SIG_DFL, os.execv(path, [name, *args]), _exit.",
            "A pipe: exec closes its end (nothing to read), or the child writes the errno into it.",
        ),
    ),
)
