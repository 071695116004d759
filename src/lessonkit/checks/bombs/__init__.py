"""Judge the exercises of the lesson 05-fork-bombs from what their scenes wrote down.

`docs/exercises/05-fork-bombs.md` has the texts and the points; each module holds the judge of
one scene in `lessonkit.scenes.bombs`. Judges read records only and start no process.
"""

from __future__ import annotations

from lessonkit.checks.bombs import defusing, growing, limiting, pooling, refusing, rescuing, waiting
from lessonkit.checks.exercise import Exercise

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="5.1",
        title="How fast does it grow?",
        function="population",
        scene="bombs:population",
        max_points=3,
        looks=growing.looks,
        hints=(
            "What does each process do in one round, and who is there for the next one? Draw "
            "n = 1, 2 and 3.",
            "Who ends is not alive, but it was forked. Who stays is alive, but does it fork again?",
            "bomb: 2 ** n in the last generation, and 2 + 4 + 8 + ... + 2 ** n = 2 ** (n + 1)"
            " - 2 forks. tree forks as many; but who has ended there?",
        ),
    ),
    Exercise(
        id="5.2",
        title="A limit for one program",
        function="limited",
        scene="bombs:limited",
        max_points=2.5,
        looks=limiting.looks,
        hints=(
            "Limits are inherited by fork and kept by exec. In which process, and when, do "
            "you have to set this one?",
            "Between fork and exec: there the process is your child already, and the program "
            "is not there yet.",
            "In the child: resource.setrlimit(resource.RLIMIT_NPROC, (n, n)), then "
            "os.execvp(argv[0], argv). (If that fails, the child must os._exit(127).)",
        ),
    ),
    Exercise(
        id="5.3",
        title="Fork politely",
        function="polite_fork",
        scene="bombs:polite_fork",
        max_points=3,
        looks=waiting.looks,
        hints=(
            'Which error says "not now"? And what of your own takes room although it has ended?',
            "os.waitpid(-1, os.WNOHANG) in a loop, before the next try. The answer (0, 0) and"
            " ChildProcessError end that loop.",
            "try: os.fork(), except BlockingIOError: past the deadline raise, else collect "
            "and time.sleep(0.05). Catch no other error.",
        ),
    ),
    Exercise(
        id="5.4",
        title="A pool",
        function="pool",
        scene="bombs:pool",
        max_points=3.5,
        looks=pooling.looks,
        hints=(
            "When k programs run and one of them ends, which call tells you, whichever it was?",
            "os.wait() returns the pid of any child. Keep a dict: pid -> place in the list.",
            "While jobs are left or running: fill up to k; then one os.wait(); then "
            "codes[place] is its code.",
        ),
    ),
    Exercise(
        id="5.5",
        title="Which limit was it?",
        function="which_limit",
        scene="bombs:which_limit",
        max_points=3,
        looks=refusing.looks,
        hints=(
            "Go through the limits one by one: how many are there now, how many may there be?"
            " Who is counted?",
            "nproc: add up the threads of all processes of this uid, zombies too, and compare"
            " with the soft limit.",
            "A uid of 0, or capable: nproc does not hold. cgroup: any of the groups whose "
            "current has reached its max, now; what pids.events counts is past.",
        ),
    ),
    Exercise(
        id="5.6",
        title="A shell that cannot fork",
        function="no_fork_rescue",
        scene="bombs:no_fork_rescue",
        max_points=3,
        looks=rescuing.looks,
        hints=(
            "Which of your commands are builtins? type kill, type echo, type ls tell.",
            "The shell itself can list (/proc/[0-9]*) and read (read -r name < FILE). No cat,"
            " no ps, no grep.",
            'for d in /proc/[0-9]*; do read -r name < $d/comm; ...; kill -9 "${d#/proc/}"; '
            "done. A process may vanish before you read: then read fails, and name still has "
            "the last one.",
        ),
    ),
    Exercise(
        id="5.7",
        title="Defuse it",
        function="defuse",
        scene="bombs:defuse",
        max_points=3.5,
        looks=defusing.looks,
        hints=(
            "What does a process that is killed make room for, and what one that is stopped?",
            "First SIGSTOP for all of them, and look again: some have come meanwhile. When is"
            " that loop over?",
            "Repeat until a look at /proc finds none that is not in state T (or Z). Only then"
            " SIGKILL for each.",
        ),
    ),
)
