"""Judge the exercises of the lesson 02-task-struct from what their scenes wrote down.

`docs/exercises/02-task-struct.md` has the texts and the points; each module holds the judge of one
scene in `lessonkit.scenes.tasks`. Judges read records only and start no process.
"""

from __future__ import annotations

from lessonkit.checks.exercise import Exercise
from lessonkit.checks.tasks import aiming, climbing, grouping, parsing, posing, reading

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="2.1",
        title="Parse a line of stat",
        function="parse_stat",
        scene="tasks:parse_stat",
        max_points=3,
        looks=parsing.looks,
        hints=(
            "Which fields does proc_pid_stat(5) number 1, 2, 3, 4, 20 and 22?",
            "Everything that is asked for stands in the text; nothing else has to be read.",
            "A name may hold anything: find its first '(' and the LAST ')', and split behind it.",
        ),
    ),
    Exercise(
        id="2.2",
        title="Make a state",
        function="make_state",
        scene="tasks:make_state",
        max_points=3,
        looks=posing.looks,
        hints=(
            "What does the child do after the fork, and where does the copy of your process end?",
            "S waits, R never waits, T got SIGSTOP, Z has ended and was not collected.",
            "vfork(2) holds the parent until the child calls exec: let os.posix_spawn open a FIFO.",
        ),
    ),
    Exercise(
        id="2.3",
        title="Tasks of a process",
        function="tasks",
        scene="tasks:tasks",
        max_points=3,
        looks=grouping.looks,
        hints=(
            "In which directory below /proc/PID do the threads stand?",
            "/proc/NUMBER opens for every task, listed or not. Whose task is it: Tgid in status.",
            "Tgid of /proc/NUMBER/status; then the names in /proc/TGID/task; None if that fails.",
        ),
    ),
    Exercise(
        id="2.4",
        title="Ancestry",
        function="ancestry",
        scene="tasks:ancestry",
        max_points=3.5,
        looks=climbing.looks,
        hints=(
            "Where does the list begin, and what does the last process have for a PPid?",
            "PPid in /proc/PID/status, again and again, until it is 0; there is no /proc/0.",
            "Walk up twice. If the walks differ, or one breaks off, somebody ended: begin anew.",
        ),
    ),
    Exercise(
        id="2.5",
        title="Kill the right one",
        function="safe_kill",
        scene="tasks:safe_kill",
        max_points=4,
        looks=aiming.looks,
        hints=(
            "safe_kill only aims: it returns a function that sends, and each has its own target.",
            "Which two numbers name a process for one boot? Or what stands for it, once opened?",
            "os.pidfd_open at once; select finds it readable when the process has ended (os.read "
            "would fail).",
        ),
    ),
    Exercise(
        id="2.6",
        title="Read the task_struct",
        function="read_member",
        scene="tasks:read_member",
        max_points=3.5,
        looks=reading.looks,
        hints=(
            "Which file below /proc/NUMBER shows this member? The numbers of threads open as well.",
            "Tgid, PPid, Threads, SigBlk, SigPnd, ShdPnd in status; comm; stat 22; statm; fd; cwd.",
            "Signal n is bit n - 1 of a mask; exit_code is field 52 of stat, the whole status.",
        ),
    ),
)
