"""Hold the pre-test: twelve scenarios, two for each of the lessons 01 to 06.

Knowing a definition is not yet choosing well in a scenario, so each item is one. A wrong option is
what somebody answers who holds a certain misconception; the option without one is right.
Nothing of this is graded. `summary` tells nothing before all items are answered, and no key
even then: the lessons are the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ITEMS", "SECTION", "Item", "misconceptions", "summary"]

SECTION = "pre-test"
"""Where the answers are kept in `my-work.json`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One scenario. options: letter -> text; held: wrong letter -> misconception behind it."""

    id: str
    lesson: str
    idea: str
    question: str
    options: Mapping[str, str]
    held: Mapping[str, str]

    @property
    def right(self) -> str:
        """The letter of the one right option."""
        (letter,) = set(self.options) - set(self.held)
        return letter


def misconceptions(answers: Mapping[str, str]) -> Counter[str]:
    """Return how often each misconception stands behind *answers* (item -> letter)."""
    return Counter(
        item.held[answers[item.id]] for item in ITEMS.values() if answers.get(item.id) in item.held
    )


def summary(answers: Mapping[str, str]) -> str:
    """Return what is said at the end: how many answers of each lesson are as the kernel does."""
    missing = [item.id for item in ITEMS.values() if answers.get(item.id) not in item.options]
    if missing:
        return (
            f"{len(ITEMS) - len(missing)} of {len(ITEMS)} answered. Still open: "
            f"{', '.join(missing)}.\nNothing is said to any of them before all are there."
        )
    lines = [f"All {len(ITEMS)} answers are kept. As the kernel does it:", ""]
    for lesson in sorted({item.lesson for item in ITEMS.values()}):
        items = [item for item in ITEMS.values() if item.lesson == lesson]
        right = sum(answers[item.id] == item.right for item in items)
        ideas = "; ".join(item.idea for item in items)
        lines.append(f"  {lesson:<15} {right} of {len(items)}   {ideas}")
    lines += ["", "Which ones, you will see for yourself in the lessons. Read them again then."]
    return "\n".join(lines)


_ITEMS = (
    Item(
        id="P1",
        lesson="01-fork-exec",
        idea="who goes on after fork, and with what",
        question="In 1,000 such runs on a machine with idle processors, what does the file hold?",
        options={
            "A": "`CP`, each time: the parent pauses until its child is done",
            "B": "one letter: parent and child write at the same place, the later one wins",
            "C": "sometimes `PC`, sometimes `CP`: nothing decides the order",
            "D": "more than two letters: the child begins at the top of the program, and forks too",
        },
        held={"A": "M1.1", "B": "M1.5", "D": "M1.2"},
    ),
    Item(
        id="P2",
        lesson="01-fork-exec",
        idea="what exec replaces, and what it keeps",
        question="What happened to process 812 between the two looks?",
        options={
            "A": "the process `bash` called exec, and runs the program `java` since then",
            "B": "`bash` ended, and its number was given to the new process `java`",
            "C": "`bash` forked, and the child got the number of its parent",
            "D": "`bash` runs `java` inside itself; when that ends, it goes on with its next line",
        },
        held={"B": "M1.6", "C": "M1.3", "D": "M1.7"},
    ),
    Item(
        id="P3",
        lesson="02-task-struct",
        idea="what a number says about a process",
        question="What is known for certain?",
        options={
            "A": "the service runs: so look for the fault in the network",
            "B": "the service runs: nobody else can get the number 4312 before the next start",
            "C": "the service hangs in state D; else it would answer",
            "D": "the number 4312 is taken: by the service, by what is left of it, or by another",
        },
        held={"A": "M2.8", "B": "M2.6", "C": "M2.5"},
    ),
    Item(
        id="P4",
        lesson="02-task-struct",
        idea="what threads share",
        question="How much memory is in use?",
        options={
            "A": "360 MB: four times 90",
            "B": "90 MB: the four rows are four looks at one memory",
            "C": "90 MB, and the same again in the kernel, which keeps it with each of the four",
            "D": "90 MB: only the row that is just running is in memory",
        },
        held={"A": "M2.3", "C": "M2.2", "D": "M2.4"},
    ),
    Item(
        id="P5",
        lesson="03-zombies",
        idea="what can remove a zombie",
        question="You type `kill -9 4711`. What happens?",
        options={
            "A": "an error: there is no process any more that could be killed",
            "B": "no error, and the line is gone",
            "C": "no error, the memory is freed, and the line stays",
            "D": "no error, and nothing changes",
        },
        held={"A": "M3.1", "B": "M3.1", "C": "M3.2"},
    ),
    Item(
        id="P6",
        lesson="03-zombies",
        idea="how a parent learns how its child ended",
        question="What does the line in the log prove?",
        options={
            "A": "the worker has ended; nobody asked yet whether it exited at all",
            "B": "the worker has done its work: 0 means success",
            "C": "the worker was not killed: then there would be 137",
            "D": "the worker still runs: `wait` looked, and there was nothing to tell",
        },
        held={"B": "M3.6", "C": "M3.5", "D": "M3.10"},
    ),
    Item(
        id="P7",
        lesson="04-orphans",
        idea="for whom an init reaps",
        question="What does `ps` show after a day with the small init?",
        options={
            "A": "no zombies: an init collects whatever has ended in its container",
            "B": "a few at a time: init adopts each helper when it ends, and then collects it",
            "C": "thousands of zombies, as before",
            "D": "thousands, until the container runs out of memory because of them",
        },
        held={"A": "M4.6", "B": "M4.5", "D": "M3.2"},
    ),
    Item(
        id="P8",
        lesson="04-orphans",
        idea="what becomes of the children",
        question="What do you find a minute later?",
        options={
            "A": "nobody: the workers ended with their parent",
            "B": "50 workers that compute; who their parent is now depends on their ancestors",
            "C": "50 workers that compute; their parent is now process 1, as on every Linux",
            "D": "50 zombies: nobody is left to collect them",
        },
        held={"A": "M4.4", "C": "M4.1", "D": "M4.9"},
    ),
    Item(
        id="P9",
        lesson="05-fork-bombs",
        idea="which limit was reached",
        question="What is the likely reason?",
        options={
            "A": "memory: a limit on numbers cannot be the reason, 900 is far below 4,194,304",
            "B": "the whole machine is about to fall over; a restart is the only way out",
            "C": "this shell has made too many children: `ulimit -u` counts them",
            "D": "another limit on processes: the user's, the service's, or the container's",
        },
        held={"A": "M5.2", "B": "M5.3", "C": "M5.4"},
    ),
    Item(
        id="P10",
        lesson="05-fork-bombs",
        idea="what needs a new process",
        question="What still works in that shell?",
        options={
            "A": "nothing: every command is a process of its own",
            "B": "`cd /tmp`, `echo *` and `kill 4711`",
            "C": "`ls` and `ps`: they are short, a place for them becomes free in between",
            "D": "everything, because you are root there, and limits are for users",
        },
        held={"A": "M5.7", "C": "M1.10", "D": "M5.5"},
    ),
    Item(
        id="P11",
        lesson="06-sigchld",
        idea="what a signal counts",
        question="How many zombies are left when the handler has run as often as it will?",
        options={
            "A": "four",
            "B": "none: the handler runs five times, once for each end",
            "C": "none: one `wait` collects all that have ended",
            "D": "five: what comes while a signal is blocked is lost",
        },
        held={"B": "M6.1", "C": "M3.9", "D": "M0.5"},
    ),
    Item(
        id="P12",
        lesson="06-sigchld",
        idea="whose child it was",
        question="What does the library have to do with it?",
        options={
            "A": "nothing: to ask for all children that have ended harms nobody",
            "B": "its handler hears of children that end well, and not of the others",
            "C": "it collects the tool's commands, and their exit codes are gone",
            "D": "its `waitpid` fails when no child is ready, and that stops the tool's own one",
        },
        held={"A": "M6.5", "B": "M6.4", "D": "M6.6"},
    ),
)

ITEMS: Mapping[str, Item] = {item.id: item for item in _ITEMS}
