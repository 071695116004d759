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
            "Who has to end so that a process becomes an orphan, and who has to live on? The "
            "first orphan above does all of it, except that it tells you no numbers.",
            "Fork a child, which forks the orphan and ends at once: what is still left of it?"
            " The pid of the orphan is known there, in the middle, not in your process. A "
            "pipe can carry it: os.pipe() before the fork, os.write in the middle, os.read in"
            " yours.",
            "Wait for the one in the middle. Only then is the orphan an orphan, and only then"
            ' read its new parent: status(pid, "PPid"), as a number.',
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
            "Which process is the parent of a daemon when its command has ended? D1 shows how"
            " that can be you.",
            "ctypes.CDLL(None).prctl(36, 1) before the first command starts. Then start each "
            "command with fork and os.execvp, and remember its pid.",
            "Loop around os.wait() until ChildProcessError: it gives you commands and daemons"
            " alike. The pids of the commands you know; all others are daemons. "
            "os.waitstatus_to_exitcode(status) is the code.",
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
            "Two forks: of the three processes, who ends at once, and who is collected by "
            "whom? P4.1 has the order of the calls.",
            "Between the two forks: os.setsid(). Its caller leads the new session, its child "
            "does not. What the daemon changes (directory, umask) it changes behind the fork,"
            " so that you keep yours.",
            "The pid of the daemon is known in the middle, as in Q4.1: a pipe again, and you "
            "close both of its ends. Between the second fork and exec: chdir, umask, "
            'os.open("/dev/null", os.O_RDWR), os.dup2 of it to 0, 1 and 2, then '
            "os.closerange(3, 1024): it takes the pipe, too.",
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
            "Whose parent has ended? Only those get a new one. Take the ends one by one, and "
            "keep a dict of who is whose child now.",
            "From the one that ended go up, step by step, along that dict: is this one a "
            'subreaper, or PID 1 of the namespace? Take the first; "init" ends the search in '
            "any case.",
            "In this order: another thread of the parent; the nearest subreaper above, inside"
            " the same pid namespace; its PID 1. So the end of a thread moves nobody; and "
            "when the PID 1 of a namespace ends, all who are in there end with it (Part D, "
            "D4), and are not in the result.",
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
            "PID 1 stays, its child becomes the program. Whose parent is PID 1 later on, "
            "besides that one?",
            "os.wait() sleeps until somebody has ended, and returns the pid of whoever it "
            "was. When is the loop over, and when does it go round again?",
            "Only the pid of the program ends the loop. os.waitstatus_to_exitcode gives the "
            "code, or -n: make 128 + n of that. And try: os.execvp(...) with finally: "
            "os._exit(127): a failed exec raises, and a plain line behind it would never run.",
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
            "Begin with Q4.5. Who gets a signal that is sent to PID 1, and what happens then?"
            " M4.7 has both halves.",
            "PID 1 hears a signal only if it has a handler for it (or blocks it and waits for"
            " it). The handler knows the number of the signal, and the pid of the program.",
            "signal.signal(number, handler) for each of the five, with os.kill(main, number) "
            "in the handler, after the fork: handlers end with exec, but what is blocked or "
            "ignored does not. os.wait() goes on after a handler by itself.",
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
            "For each zombie: who is its parent, and does that one ever wait for it? Keep the"
            " children and the orphans apart.",
            "The children are the application's in both cases. The orphans are adopted by PID"
            " 1: that is the application in one case, and in the other an init that collects.",
            "PID 1 without a handler does not hear SIGTERM. An init hears it and passes it "
            "on, and then the application does with it what any ordinary process does: end by"
            " default, run its handler, or ignore it.",
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
            "A parent that SIGKILL ends can do nothing any more. So the child has to ask "
            "the kernel beforehand: for what, and when?",
            "ctypes.CDLL(None).prctl(1, signal.SIGKILL) in the child, before os.execvp: it is"
            " kept over exec.",
            "Note os.getpid() before the fork. In the child, after prctl, compare it with "
            "os.getppid(): if they differ, the parent was faster, and the child must not run "
            "the program.",
        ),
    ),
)
