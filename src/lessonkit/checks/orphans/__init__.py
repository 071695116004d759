"""Judge the exercises of the lesson 04-orphans from what their scenes wrote down.

`docs/exercises/04-orphans.md` has the texts and the points; each module holds the judge of
one scene in `lessonkit.scenes.orphans`. Judges read records only and start no process.
"""

from __future__ import annotations

from lessonkit.checks.exercise import Exercise
from lessonkit.checks.orphans import (
    adopting,
    daemonising,
    dying,
    forwarding,
    helping,
    initialising,
    making,
    predicting,
)

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="4.1",
        title="Make an orphan",
        function="orphan",
        scene="orphans:orphan",
        max_points=3,
        looks=making.looks,
        hints=(
            "Who has to end so that a process becomes an orphan, and who has to live on?",
            "Fork a child, which forks the orphan and ends at once. What is still left of it?",
            "Wait for the one in the middle, then read PPid in /proc/PID/status of the orphan.",
        ),
    ),
    Exercise(
        id="4.2",
        title="Adopt",
        function="adopt",
        scene="orphans:adopt",
        max_points=3,
        looks=adopting.looks,
        hints=(
            "Which process is the parent of a daemon when the command has ended?",
            "prctl(36, 1): from then on this process adopts whoever is orphaned below it.",
            "Loop around os.wait() until ChildProcessError; the pids of the commands you know.",
        ),
    ),
    Exercise(
        id="4.3",
        title="Make a daemon",
        function="daemonise",
        scene="orphans:daemonise",
        max_points=3,
        looks=daemonising.looks,
        hints=(
            "Two forks. Who of the three ends at once, who is collected by whom?",
            "Between the two forks: setsid(). Its caller leads the session; its child does not.",
            "Before exec: chdir, umask, dup2 of /dev/null to 0, 1, 2, closerange; a pipe for the "
            "pid.",
        ),
    ),
    Exercise(
        id="4.4",
        title="Who is the new parent?",
        function="new_parent",
        scene="orphans:new_parent",
        max_points=3.5,
        looks=predicting.looks,
        hints=(
            "Whose parent has ended? Only those get a new one; take the ends one by one.",
            "Go up from the one that ended, step by step: is this one a subreaper, and alive?",
            "In this order: another thread of the parent; the nearest subreaper above, inside the "
            "same pid namespace; its pid 1.",
        ),
    ),
    Exercise(
        id="4.5",
        title="A small init",
        function="mini_init",
        scene="orphans:mini_init",
        max_points=3.5,
        looks=initialising.looks,
        hints=(
            "pid 1 stays, its child becomes the program. Whose parent is pid 1 later on?",
            "os.wait() returns the pid of anybody who ended. When is the loop over?",
            "os.waitstatus_to_exitcode; 128 + n for -n. And os._exit(127) behind execvp.",
        ),
    ),
    Exercise(
        id="4.6",
        title="Pass signals on",
        function="forward",
        scene="orphans:forward",
        max_points=3,
        looks=forwarding.looks,
        hints=(
            "Begin with 4.5. Who gets a signal that is sent to pid 1, and what does it do then?",
            "pid 1 hears a signal only if it has a handler for it, or blocks it and waits for it.",
            "In the handler: os.kill(child, number). Handlers end with exec; masks do not.",
        ),
    ),
    Exercise(
        id="4.7",
        title="Would an init help?",
        function="would_init_help",
        scene="orphans:would_init_help",
        max_points=2.5,
        looks=helping.looks,
        hints=(
            "For each zombie: who is its parent, and does that one ever wait for it?",
            "Who adopts the orphans when the application is pid 1, and who when an init is?",
            "pid 1 without a handler does not hear SIGTERM; an init has one, and passes it on.",
        ),
    ),
    Exercise(
        id="4.8",
        title="Die with your parent",
        function="die_with_parent",
        scene="orphans:die_with_parent",
        max_points=3,
        looks=dying.looks,
        hints=(
            "A parent that SIGKILL ends can do nothing any more. Who could tell the child?",
            "prctl(1, SIGKILL) in the child, PR_SET_PDEATHSIG: a signal when the parent ends.",
            "Keep os.getpid() from before the fork; after prctl compare it with os.getppid().",
        ),
    ),
)
