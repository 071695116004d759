"""Judge 1.2: the tree that was wanted, all of it alive, then nothing of it left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import (
    Finding,
    call_finding,
    fact,
    gated,
    need,
    pids_text,
    plural,
    short,
    states_text,
)
from lessonkit.checks.forking.common import (
    Hints,
    fell_through,
    first,
    left_in_the_end,
    shown,
    too_few,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

ROUNDS = 3
_Round = Mapping[str, Any]
_Shape = tuple[Any, ...]
_Processes = Sequence[Mapping[str, Any]]


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: the tree, felled, nothing for init."""
    rounds: Sequence[_Round] = need(run.facts, "rounds")
    student = need(run.facts, "student_pid")
    last = rounds[-1]["tree"]
    tree = fact(
        "the tree",
        1.5,
        expected=f"below pid {student}, all alive: {_text_of(last)}",
        good=f"all {plural(len(rounds), 'tree')} as they were wanted; the last one was "
        f"{_drawn(rounds[-1].get('grown', ()), student)}",
        finding=first(_grown(one, student, hints) for one in rounds),
        manual="fork(2), section DESCRIPTION; proc_pid_status(5), PPid",
    )
    felled = fact(
        "felled",
        1,
        expected="no process of the tree is left after fell()",
        good="after each fell(): nothing left",
        finding=first(_felled(one, hints) for one in rounds) or too_few(rounds, ROUNDS),
        manual="pipe(7), section I/O on pipes and FIFOs; wait(2)",
    )
    clean = fact(
        "collected by their parents",
        0.5,
        expected="nothing for init to adopt, no copy of your process",
        good="init had nothing to adopt",
        finding=first(_left(one, hints) for one in rounds) or left_in_the_end(run),
        manual="wait(2), section NOTES",
    )
    felled = gated([felled], by=tree, until="until the trees are right")[0]
    clean = gated([clean], by=felled, until="until the trees were grown and felled")[0]
    return [tree, felled, clean]


def _wanted(tree: Mapping[str, Any]) -> _Shape:
    """A tree without its names, the same whatever the order of its branches is."""
    return tuple(sorted((_wanted(below) for below in tree.values()), key=repr))


def _seen(processes: _Processes, parent: int) -> _Shape:
    below = (_seen(processes, p["pid"]) for p in processes if p["ppid"] == parent)
    return tuple(sorted(below, key=repr))


def _size(shape: _Shape) -> int:
    return sum(1 + _size(below) for below in shape)


def _text_of(tree: Mapping[str, Any]) -> str:
    """ "oak(ash elm(fir)) yew"."""
    return " ".join(f"{name}({_text_of(b)})" if b else name for name, b in tree.items())


def _drawn(processes: _Processes, parent: int) -> str:
    """The same of processes: "5(6 7(8)) 9"."""
    below = [p["pid"] for p in processes if p["ppid"] == parent]
    texts = ((pid, _drawn(processes, pid)) for pid in below)
    return " ".join(f"{pid}({text})" if text else str(pid) for pid, text in texts)


def _grown(one: _Round, student: int, hints: Hints) -> Finding | None:
    problem = call_finding(
        one["call"], "grow(tree)", blocks="grow has to come back while the processes live"
    )
    if problem is not None:
        error = one["call"]["error"]
        if error is not None and error["type"] == "BlockingIOError":
            return Finding(
                seen=problem.seen,
                why="there was no room for another process: your children fork too, because they "
                "go on in the loop",
                misconception="M3.11",
                hint=hints[0],
            )
        return Finding(seen=problem.seen, why=problem.why, hint=hints[1])
    calls = [one["call"], one.get("fell", _NONE)]
    strays = {
        "strays": sum(call["strays"] for call in calls),
        "stray_errors": [error for call in calls for error in call.get("stray_errors", ())],
    }
    fell = fell_through(strays, "grow(tree)", hints[1])
    if fell is not None:
        return fell
    grown, wanted = one["grown"], _wanted(one["tree"])
    dead = [p for p in grown if p["state"] in "ZX"]
    if dead:
        return Finding(
            seen=states_text(grown, "process", "processes"),
            why="these have ended; all of the tree is to live until fell() is called",
            hint=hints[1],
        )
    if one["adopted"]:
        return Finding(
            seen=f"{plural(len(grown), 'process', 'processes')}; init adopted and reaped "
            f"{one['adopted']} more",
            why="processes that you forked ended before the tree was complete",
            hint=hints[1],
        )
    if len(grown) > _size(wanted):
        return Finding(
            seen=f"{plural(len(grown), 'process', 'processes')} where "
            f"{_size(wanted)} are wanted: {_drawn(grown, student)}",
            why="a child is a copy that goes on behind the fork: in a loop it forks as its parent "
            "does, unless it leaves the loop",
            misconception="M3.11",
            hint=hints[0],
        )
    shape = _seen(grown, student)
    if shape == wanted:
        return None
    return _wrong_shape(one, student, shape, wanted, hints)


_NONE: Mapping[str, Any] = {"strays": 0}


def _wrong_shape(one: _Round, student: int, shape: _Shape, wanted: _Shape, hints: Hints) -> Finding:
    grown = one["grown"]
    if not grown:
        return Finding(seen="no new process at all", hint=hints[0])
    seen = f"{_drawn(grown, student) or shown(grown)}, where {_text_of(one['tree'])} is wanted"
    if len(grown) == _size(wanted) and all(p["ppid"] == student for p in grown):
        return Finding(
            seen=f"{seen}: all are children of pid {student}",
            why="the parent of a process is the one that called fork: a child that is to have "
            "children must fork them itself",
            misconception="M1.12",
            hint=hints[0],
        )
    if len(grown) > 1 and _is_chain(shape) and _size(shape) == len(grown):
        return Finding(
            seen=f"{seen}: each is the child of the one before",
            why="every child goes on in the loop and forks the next one; its parent does not",
            misconception="M3.11",
            hint=hints[0],
        )
    if len(grown) < _size(wanted):
        return Finding(
            seen=f"{plural(len(grown), 'process', 'processes')} of {_size(wanted)}: {seen}",
            why="the keys below a name are processes as well",
            hint=hints[0],
        )
    return Finding(seen=seen, hint=hints[0])


def _is_chain(shape: _Shape) -> bool:
    return not shape or (len(shape) == 1 and _is_chain(shape[0]))


def _felled(one: _Round, hints: Hints) -> Finding | None:
    if not one["call"]["callable"]:
        return Finding(
            seen=f"grow returned {short(one['call']['value'])}, which cannot be called",
            why="return the function itself: `return fell`, without parentheses",
        )
    if "fell" not in one:  # the tree was wrong, and nobody reads this; or it did not hold
        return Finding(
            seen="fell() was not called: the processes changed while they were looked at",
            why="something that you started goes on making and ending processes",
        )
    problem = call_finding(
        one["fell"],
        "fell()",
        blocks="it waits for a child that does not end. A pipe is at its end only when no process "
        "at all has its writing end open, and every child has inherited one",
    )
    if problem is not None:
        return Finding(seen=problem.seen, why=problem.why, hint=hints[2])
    after = one["after"]
    living = [p for p in after if p["state"] not in "ZX"]
    if living:
        return Finding(
            seen=f"still alive after fell(): {shown(living)}",
            why="the end of a parent does not end its children: init adopts them, and they live on",
            misconception="M1.13",
            hint=hints[2],
        )
    if after:
        return Finding(
            seen=f"{plural(len(after), 'zombie')} left ({pids_text([p['pid'] for p in after])})",
            why="each parent has to wait once for each of its children",
            misconception="M3.9",
            hint=hints[2],
        )
    return None


def _left(one: _Round, hints: Hints) -> Finding | None:
    if one.get("adopted_after", 0):
        adopted = plural(one["adopted_after"], "process", "processes")
        return Finding(
            seen=f"init had to adopt and reap {adopted}",
            why="their parents ended without waiting for them",
            hint=hints[2],
        )
    return None
