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
            "A zombie needs two things: a child that has ended, and a parent that has not "
            "asked yet.",
            "How many processes run your loop? A child that does not end right after fork() "
            "goes on with the next round.",
            "The child calls os._exit at once. Keep the pids in a list; a function defined "
            "inside make_zombies can use that list later: one os.waitpid(pid, 0) for each.",
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
            "D1 showed which question a zombie answers with yes. So neither kill(pid, 0) nor "
            '"there is a folder in /proc" can decide it.',
            "Read /proc/PID/status: one line has the state letter, another the number of the "
            "process that this task belongs to (Tgid).",
            "The file may be missing, or vanish while you read: that is an OSError, and it "
            "means False. True needs a state other than Z and X, and a Tgid equal to pid.",
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
            "The state makes a zombie, and the number of threads tells the one exception. The "
            "folders in /proc whose names are numbers are the processes: which field is the "
            "state, which the parent, which the number of threads? See proc_pid_stat(5).",
            "Do not search the line for a Z. Cut it at the last ), as field does, and compare"
            " one field.",
            "Put the reading of one process into try ... except OSError: continue (both "
            "errors are OSErrors). Field 20 is the number of threads. The parent's name is "
            "the text of /proc/PPID/comm without the line end.",
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
            "How many children does one call of waitpid collect? How many may be ready?",
            '-1 in the place of the pid means "any child of mine". With WNOHANG there are '
            "three answers: a pid, 0, and an error. Loop until one of the other two comes.",
            "Pid 0 means: there are children, none of them is ready. ChildProcessError means:"
            " there are no children. Both end the loop, and neither is a failure.",
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
            "Do not shift bits yourself. For each of the four cases there is one question "
            "that begins with os.WIF.",
            "Ask in any order, but ask before you take a number out: WIFEXITED before "
            "WEXITSTATUS, WIFSIGNALED before WTERMSIG, WIFSTOPPED before WSTOPSIG.",
            "The two that are left: os.WCOREDUMP(status) for the core dump, "
            "os.WIFCONTINUED(status) for the last case.",
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
            "Three facts decide: who the parent is, what state it is in, and what it does "
            "with SIGCHLD. /proc/PID/status has a line for each.",
            "PPid of the zombie; State of the parent; SigCgt of the parent: a hexadecimal "
            "number in which signal n is bit n - 1.",
            "Ask in this order: is the parent init, is its state T, is the bit of SIGCHLD "
            "(17, so bit 16) set in int(text, 16)? Send the signal to the parent's pid only, "
            "never to a group.",
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
            "Who else in this process relies on wait? D4 shows what a setting for the whole "
            "process does to them.",
            "Somebody in this box reaps every process that it inherits. How does a command "
            "come to be inherited?",
            "A child in the middle: it forks once more, the grandchild calls os.execvp, the "
            "middle ends at once, and you wait for the middle. (If execvp fails, the "
            "grandchild must os._exit(127).)",
        ),
    ),
)
