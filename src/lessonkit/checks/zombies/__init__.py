"""Judge the seven exercises of the zombie lesson from what their scenes wrote down.

`docs/exercises/03-zombies.md` has the texts and the points; each module holds the judge of one
scene in `lessonkit.scenes.zombies`. Judges read records only and start no process.
"""

from __future__ import annotations

from lessonkit.checks.exercise import Exercise
from lessonkit.checks.zombies import (
    explaining,
    finding,
    fixing,
    leaving,
    looking,
    making,
    reaping,
)

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="3.1",
        title="Make zombies",
        function="make_zombies",
        scene="zombies:make_zombies",
        max_points=3,
        looks=making.looks,
        hints=(
            "When exactly does a process become a zombie, and when does it stop being one?",
            "A zombie has ended, and its parent lives and has not waited for it yet.",
            "The child calls os._exit at once; release calls os.waitpid once for every pid.",
        ),
    ),
    Exercise(
        id="3.2",
        title="Is it running?",
        function="is_running",
        scene="zombies:is_running",
        max_points=3,
        looks=looking.looks,
        hints=(
            "Send signal 0 to a zombie of 3.1. What does the kernel say?",
            "Which file shows the state of a process, and which line of it no name can forge?",
            "/proc/PID/status has one line each for State, Tgid and PPid.",
        ),
    ),
    Exercise(
        id="3.3",
        title="Find the zombies",
        function="find_zombies",
        scene="zombies:find_zombies",
        max_points=3,
        looks=finding.looks,
        hints=(
            "The state is the only thing that makes a zombie; where does it stand?",
            "In /proc/PID/stat the name may hold anything. What is surely behind its end?",
            "Split behind the LAST ')': state, ppid; 18 fields later: the number of threads.",
        ),
    ),
    Exercise(
        id="3.4",
        title="Reap what is ready",
        function="reap_ready",
        scene="zombies:reap_ready",
        max_points=3,
        looks=reaping.looks,
        hints=(
            "How many children does one waitpid collect, and how often do you call it?",
            "With WNOHANG there are three answers: a pid, 0, and an error. What does each mean?",
            "Loop until waitpid gives 0 (none ready) or raises ChildProcessError (no child).",
        ),
    ),
    Exercise(
        id="3.5",
        title="Explain a wait status",
        function="explain",
        scene="zombies:explain",
        max_points=3,
        looks=explaining.looks,
        hints=(
            "Before you ask for the exit code: did it exit at all?",
            "wait(2) has a macro to ask with and a macro to read with; Python has them in os.",
            "os.WIFEXITED, os.WIFSIGNALED, os.WIFSTOPPED, os.WIFCONTINUED, then the matching one.",
        ),
    ),
    Exercise(
        id="3.6",
        title="Fix it gently",
        function="fix",
        scene="zombies:fix",
        max_points=4,
        looks=fixing.looks,
        hints=(
            "Who can collect a zombie, and what keeps that process from doing it?",
            "Is the parent stopped? Would it hear SIGCHLD? Or is it simply wrong?",
            "PPid of the zombie, then State and SigCgt (bit 16 is SIGCHLD) of the parent.",
        ),
    ),
    Exercise(
        id="3.7",
        title="Leave no corpses",
        function="no_corpses",
        scene="zombies:no_corpses",
        max_points=3,
        looks=leaving.looks,
        hints=(
            "Whose children are the commands when they end, and who collects those?",
            "Who else in this process relies on wait() and on SIGCHLD as it was before?",
            "Fork a child that starts the command and ends at once; collect that child.",
        ),
    ),
)
