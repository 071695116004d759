"""Judge the exercises of the lesson 06-sigchld from what their scenes wrote down.

`docs/exercises/06-sigchld.md` has the texts and the points; each module holds the judge of one
scene in `lessonkit.scenes.reaping`. Judges read records only and start no process.
"""

from __future__ import annotations

from lessonkit.checks.exercise import Exercise
from lessonkit.checks.reaping import (
    comparing,
    installing,
    neighbouring,
    repairing,
    supervising,
    telling,
    tracking,
    working,
)
from lessonkit.records import Limits

__all__ = ["EXERCISES"]

_LONG = Limits(wall_seconds=60.0)
"""A broken handler is waited for in every situation, a call that hangs to its own time limit."""

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="6.1",
        title="Install a reaper",
        function="install_reaper",
        scene="reaping:install_reaper",
        max_points=3,
        looks=installing.looks,
        hints=(
            "How often does a handler run when twenty children end while the process cannot "
            "run? Standard signals do not queue.",
            "In the handler: collect until nobody is ready. With WNOHANG there are three "
            "answers; two of them end the loop.",
            "signal.signal(signal.SIGCHLD, handler); in it, while True: os.waitpid(-1, "
            "os.WNOHANG), until pid 0 or ChildProcessError.",
        ),
    ),
    Exercise(
        id="6.2",
        title="Repair the handler",
        function="reaper_c",
        scene="reaping:reaper_c",
        max_points=3.5,
        looks=repairing.looks,
        hints=(
            "Five children end at once: how often does the handler run? And how often with "
            "signal(), which is another function on every system?",
            "The handler runs in the middle of something. Which functions may it call (signal-"
            "safety(7)), and whose errno does it change?",
            "sigaction with SA_RESTART | SA_NOCLDSTOP; in the handler: save errno, while ((pid "
            "= waitpid(-1, &status, WNOHANG)) > 0) record(pid, status);, restore errno.",
        ),
        limits=_LONG,
    ),
    Exercise(
        id="6.3",
        title="Work on while children end",
        function="worker_loop",
        scene="reaping:worker_loop",
        max_points=3,
        looks=working.looks,
        hints=(
            "Two things can happen: bytes come, or a child ends. What does your process sleep "
            "in, and does it wake up for both?",
            "A Python handler may run in the middle of os.read, which then goes on by itself "
            "(PEP 475), unless the handler raises something.",
            "A SIGCHLD handler that collects in a loop into a dict; beside it a plain loop "
            "around os.read, which keeps the incomplete last line for the next round.",
        ),
        limits=_LONG,
    ),
    Exercise(
        id="6.4",
        title="A good neighbour",
        function="good_neighbour",
        scene="reaping:good_neighbour",
        max_points=3,
        looks=neighbouring.looks,
        hints=(
            "waitpid(-1) takes any child of the process. Whose was it?",
            "You know the pids of your own children: ask for these only. And what did "
            "signal.signal return?",
            "In the handler: for each own pid that has no code yet os.waitpid(pid, os.WNOHANG);"
            " then call the old handler, if it can be called.",
        ),
    ),
    Exercise(
        id="6.5",
        title="Supervise",
        function="supervise",
        scene="reaping:supervise",
        max_points=4,
        looks=supervising.looks,
        hints=(
            "Three things can happen: a job ends, a job's time is up, a grace is over. Can you "
            "sleep until the first of them?",
            "A pidfd (os.pidfd_open) becomes readable when its process ends, so one select "
            "waits for all jobs, with the time until the next deadline as its timeout.",
            "Loop: the earliest deadline of all jobs; select on their pidfds until then; "
            "collect who is readable; TERM or KILL who is due, once each.",
        ),
        limits=_LONG,
    ),
    Exercise(
        id="6.6",
        title="No lost child",
        function="no_lost_child",
        scene="reaping:no_lost_child",
        max_points=3,
        looks=tracking.looks,
        hints=(
            "The handler may run between fork in the parent and the line that notes the pid. "
            "What does it find in the table then?",
            "Either the signal waits until the table is ready (signal.pthread_sigmask), or the "
            "handler notes pids that it does not know yet.",
            "Block SIGCHLD, fork, note the pid, unblock. The child begins with the same mask: "
            "unblock there too, before exec.",
        ),
        limits=_LONG,
    ),
    Exercise(
        id="6.7",
        title="All the news of a child",
        function="events",
        scene="reaping:events",
        max_points=3,
        looks=telling.looks,
        hints=(
            "When does the kernel send SIGCHLD, apart from the end of a child? And does "
            "waitpid(-1, WNOHANG) tell of that?",
            "waitpid tells of more if it is asked to: WUNTRACED and WCONTINUED. Then look at "
            "each status before you call it a death.",
            "In a loop os.waitpid(-1, os.WNOHANG | os.WUNTRACED | os.WCONTINUED); then "
            "WIFEXITED, WIFSIGNALED, WIFSTOPPED, else continued.",
        ),
    ),
    Exercise(
        id="6.8",
        title="Compare",
        function="compare",
        scene="reaping:compare",
        max_points=2.5,
        looks=comparing.looks,
        hints=(
            "One question first: how many SIGCHLD are pending when the process is continued?",
            "A zombie is gone when somebody has waited for it, or when nobody wanted to (B). "
            "Its code can be had only once.",
            "-1 means any child, the library's too. Who asks without a pause is busy; who "
            "sleeps in wait() or select() is not.",
        ),
    ),
)
