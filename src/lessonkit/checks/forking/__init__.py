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
            "Which process runs the loop after the first fork, and how often does it fork? A "
            "child that does not end inside the loop goes on with the next round.",
            "In the child: number = os.read(gate, 1)[0], then os._exit(number), and nothing "
            "else. All children have to be there before any of them is waited for.",
            "Keep the pids in a list. After the loop: one os.waitpid(pid, 0) for each pid, "
            "and os.waitstatus_to_exitcode(status) makes the code of it, also for a signal.",
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
            "A function that plants the branches of one process: fork a child for each key; "
            "the child plants its own branches in the same way, then waits at something, and "
            "never leaves its branch.",
            "Use the end of a pipe as the signal to end: os.read returns when all copies of "
            "the writing end are closed. Who has one? Close it in every child. After the "
            "read, each process waits for its own children and ends with os._exit(0).",
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
            "Draw the processes after each round of the loop. Which of them go on to the next"
            " round?",
            "What does each fork return in the parent, and what in the child? and goes on "
            "after a number other than 0, or goes on after 0.",
            "Let p be the number of processes before a round: A turns p into 2p; B adds one, "
            "because one process is left in the loop; D makes 3 of each. Or let the kernel "
            "count, as family does.",
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
            "What has to happen in the child between fork and exec (think of cwd), and what "
            "in the parent?",
            "When exec comes back, it has failed: FileNotFoundError means 127, "
            "PermissionError 126. End the child with os._exit on every path, with try ... "
            "finally around it.",
            "os.execvpe(argv[0], argv, environment) takes the environment as a dict; "
            "os.environ is yours. In the parent: os.waitpid(pid, 0) with the pid that fork "
            "returned, not -1, then os.waitstatus_to_exitcode.",
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
            "Whose table of descriptors has to change, and when: before the fork, in the gap,"
            " or later?",
            "In the child: fd = os.open(path, flags, 0o666), os.dup2(fd, 1), exec, and "
            "os._exit(127) if that failed. Which flags make the file, and which one empties "
            "it?",
            "os.O_WRONLY | os.O_CREAT | os.O_TRUNC. Whatever the parent has opened it must "
            "close; it waits for the pid of the child.",
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
            "Where does the offset of a file live: in the number, in the process, or behind "
            "both? And what does print or file.write do with a line before it is in the file?",
            "os.open with O_WRONLY, O_CREAT and O_APPEND before the fork; os.write for each "
            "line; os._exit(0) in the child. Then the parent closes the file and waits for "
            "the child.",
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
            "All children have the same resident size. Which counter changes when one of them"
            " writes?",
            "/proc/PID/smaps_rollup has a line for each kind of page, in KiB: shared or "
            "private, clean or dirty. See proc_pid_smaps(5).",
            "Add up Private_Clean and Private_Dirty. For a process that has ended, opening or"
            " reading the file raises FileNotFoundError or ProcessLookupError: the answer is "
            "0 then.",
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
            "Which of the two processes changes its program, and which pid does it have then?"
            " And how does the parent learn that exec failed in the child?",
            "In the child: SIGPIPE and SIGXFSZ to signal.SIG_DFL, os.execv(path, [name, "
            "*args]), and os._exit after it. What exec raises there has an errno.",
            "A pipe, as in D6: a successful exec closes the child's end, so the parent reads "
            "nothing; a failed one lets the child write its errno into it. Then the parent "
            "collects the child and raises OSError(number, os.strerror(number), path): Python"
            " makes the right kind of it.",
        ),
    ),
)
