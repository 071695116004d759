"""The wrong ideas that exercises can show, by their numbers, in words.

The words are those of docs/exercises, on the page of the lesson that a number belongs to (M3.1 is
on the page of lesson 3), without its marks; a test compares them. They are here as well because an
installed package comes without docs/. Other courses than ours have numbers of their own: for them
the number alone is shown.
"""

from __future__ import annotations

import re

__all__ = ["MISCONCEPTIONS", "is_number", "words"]

_NUMBER = re.compile(r"M\d{1,3}\.\d{1,3}")

MISCONCEPTIONS = {
    "M0.1": "what a function prints is what its caller gets",
    "M0.2": "a number that was right once is right in every process",
    "M0.3": "the function runs in the notebook's own process",
    "M0.4": "to return is to end the program; what is returned is its exit code",
    "M0.5": "a signal that comes while it is blocked is lost",
    "M1.1": "fork makes the parent pause until the child is done",
    "M1.2": "the child starts at the top of the program",
    "M1.3": "in the child, fork returns its own pid",
    "M1.4": "what the child does to its variables, its directory or its "
    "descriptors changes the parent's",
    "M1.5": "after fork each process has a file offset of its own; or: two opens share one",
    "M1.6": "exec makes a new process",
    "M1.7": "exec comes back when it worked; or: the code behind it runs as well",
    "M1.8": "fork copies all of the memory at once",
    "M1.9": "fork copies all threads",
    "M1.10": "every command forks",
    "M1.11": "children end in the order in which they were forked",
    "M1.12": "whoever forked first is the parent of all",
    "M1.13": "when a process ends, its children end too",
    "M1.14": "what was written with a buffer is in the file",
    "M1.15": "exec puts the name of the program in front of the arguments by itself",
    "M1.16": "a process with another name is another program",
    "M1.17": "sys.stdout is where programs write; or: a redirection in the parent "
    "reaches a child that is there already",
    "M1.18": "exec sets all signals back to their defaults",
    "M2.1": "a process has one task_struct, however many threads it has",
    "M2.2": "the task_struct contains the memory of the process",
    "M2.3": "a thread has a pid of its own, like a process",
    "M2.4": "R means that it is on a processor now",
    "M2.5": "D means dead, stopped, or hung for ever",
    "M2.6": "a pid names a process for ever; or: the number and the name together do",
    "M2.7": "comm is the name of the program that was typed",
    "M2.8": "kill -0 (or an entry in /proc) proves that a process lives",
    "M2.9": "the parent is noted at birth: whoever forked a process stays its parent",
    "M2.10": "what was read from /proc is true now; several readings make one picture",
    "M2.12": "a loop with short sleeps is running",
    "M2.13": "asleep and stopped are the same",
    "M2.14": "threads are children of the process",
    "M2.15": "when the main thread ends, the process has ended, or the thread is gone",
    "M2.16": "a signal that was sent waits in one place, whoever it was sent to",
    "M3.1": "a zombie can be killed",
    "M3.2": "a zombie is a process that sleeps or runs",
    "M3.3": "init takes the zombies of living parents",
    "M3.4": "a zombie is always a bug, so shoot its parent",
    "M3.5": "the wait status is the number that the shell shows in $?",
    "M3.6": "WEXITSTATUS alone is enough",
    "M3.7": "SIGCHLD is ignored by default, so setting SIG_IGN changes nothing",
    "M3.8": "grep Z finds zombies",
    "M3.9": "one wait() collects all children",
    "M3.10": "wait() only asks: it neither blocks nor takes anything away",
    "M3.11": "a child runs only its own branch of the if and then vanishes",
    "M3.12": "the third word of /proc/PID/stat is the state",
    "M3.13": "whoever finds a zombie can wait for it",
    "M3.14": "saying what to do is doing it",
    "M4.1": "pid 1 adopts every orphan",
    "M4.2": "the grandparent adopts",
    "M4.3": "with an orphan its whole subtree moves",
    "M4.4": "children end when their parent ends",
    "M4.5": "to adopt is to reap; nobody has to do anything for it",
    "M4.6": "an init (tini) makes up for the waits that an application forgets, or decides for it",
    "M4.7": "SIGTERM ends pid 1, or reaches its children by itself",
    "M4.8": "kill -9 1 works in the container",
    "M4.9": "zombie and orphan are opposites",
    "M4.10": "setsid() alone makes a daemon",
    "M4.11": "exec begins with a clean slate: directory, umask, descriptors",
    "M4.12": "a pid namespace is only a view: its pid 1 is a process like any other",
    "M4.13": "parent and child are threads' business: what a thread forks goes with "
    "the thread (or never does)",
    "M4.14": "kill with 0, -1 or a negative pid reaches one's children",
    "M4.15": "the signal mask and ignored signals end with exec, as handlers do",
    "M4.16": "some code of a process still runs when SIGKILL ends it",
    "M4.17": "a notice of an event also covers what has happened before",
    "M5.1": "a bomb is two copies in a loop: it grows by the same number in each round",
    "M5.2": "the limit is always 32,768",
    "M5.3": "the machine crashes or reboots",
    "M5.4": "the limit on processes is that of one process, or of one tree",
    "M5.5": "the limit on processes holds for root as well",
    "M5.6": "limits.conf covers services and containers",
    "M5.7": "every command forks: without room for a process kill and cd fail too",
    "M5.8": "threads do not count",
    "M5.9": "zombies do not count",
    "M5.10": "a fork that fails with EAGAIN has failed for good; or: every error of fork passes",
    "M5.11": "one round of SIGKILL ends a bomb",
    "M5.12": "of two nested control groups only the inner one counts",
    "M5.13": "a counter of refusals says that there is no room now",
    "M5.14": "a soft limit holds who wants to get rid of it",
    "M5.15": "a limit that a process sets for itself is one for its children only",
    "M6.1": "there is one SIGCHLD for each child that ends",
    "M6.2": "a handler may call anything, printf and malloc too",
    "M6.3": "signal() does the same everywhere, and that is enough",
    "M6.4": "SIGCHLD means that a child has ended; a child that stops is gone",
    "M6.5": "waitpid(-1) in a handler harms nobody",
    "M6.6": "waitpid with WNOHANG fails when no child is ready",
    "M6.7": "the handler cannot run before the parent has noted what fork returned",
    "M6.8": "read() and its like are never interrupted; or: an interrupted read() "
    "is the end of the input",
    "M6.9": "to wait for several children is to wait for one after the other",
    "M6.10": "a handler of my own takes nothing away from anybody; or: errno "
    "belongs to the handler too",
}


def is_number(text: object) -> bool:
    """Whether it can be the number of a misconception at all."""
    return isinstance(text, str) and _NUMBER.fullmatch(text) is not None


def words(number: str) -> str:
    """The number with its words, or alone where there are none."""
    said = MISCONCEPTIONS.get(number)
    return f"{number} {said}" if said else number
