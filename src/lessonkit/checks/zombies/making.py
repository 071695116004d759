"""Judge 3.1: exactly n zombies, all of them children of the student's process, then none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lessonkit.checks.facts import (
    Finding,
    Missing,
    call_finding,
    ending_text,
    fact,
    gated,
    need,
    pids_text,
    plural,
    short,
    states_text,
    stray_words,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

ROUNDS = 3
_Round = Mapping[str, Any]
_Hints = tuple[str, str, str]


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: made, released, nothing else."""
    rounds: Sequence[_Round] = need(run.facts, "rounds")
    student = need(run.facts, "student_pid")
    made = _first(_made(one, student, hints) for one in rounds)
    released = _first(_released(one, hints) for one in rounds)
    if made is None and released is None and len(rounds) < ROUNDS:
        raise Missing(f"the scene wrote down {len(rounds)} of {ROUNDS} rounds")
    last = rounds[-1]["n"]
    counts = ", ".join(str(one["n"]) for one in rounds)
    first = fact(
        "zombies made",
        1.5,
        expected=f"{plural(last, 'zombie')} whose parent is pid {student}, and nothing else",
        good=f"for n = {counts}: that many children of pid {student}, all in state Z",
        finding=made,
        manual="wait(2), section NOTES",
    )
    second = fact(
        "zombies removed",
        1,
        expected="no zombie after release()",
        good="after each release(): no child left",
        finding=released,
        manual="wait(2), section DESCRIPTION",
    )
    third = fact(
        "nothing left over",
        0.5,
        expected="nothing for init to reap, no copy of your process, nothing that still runs",
        good="init had nothing to reap",
        finding=_left_over(run, rounds, hints),
        manual="fork(2), section DESCRIPTION",
    )
    second = gated([second], by=first, until="until the zombies are there")[0]
    third = gated([third], by=second, until="until the zombies were made and removed")[0]
    return [first, second, third]


def _first(findings: Any) -> Finding | None:
    return next((finding for finding in findings if finding is not None), None)


def _made(one: _Round, student: int, hints: _Hints) -> Finding | None:
    problem = call_finding(
        one["call"],
        f"make_zombies({one['n']})",
        blocks="it waits for something: a child that has been waited for is no zombie any more",
    )
    if problem is not None:
        error = one["call"]["error"]
        if error is not None and error["type"] == "BlockingIOError":
            return Finding(
                seen=problem.seen,
                why="there was no room for another process: your children fork too, because they "
                "go on in the loop",
                misconception="M3.11",
                hint=hints[2],
                manual="fork(2), section ERRORS, EAGAIN",
            )
        return problem
    # A copy that came back late is reported with the next call.
    strays = one["call"]["strays"] + one.get("release", {}).get("strays", 0)
    if strays:
        copies = plural(strays, "copy came", "copies came")
        return Finding(
            seen=f"{copies} back from make_zombies in addition to your process"
            + stray_words(one["call"], one.get("release", {"strays": 0})),
            why="a child runs on behind the fork, all of your function; end it with os._exit",
            misconception="M3.11",
            hint=hints[2],
            manual="fork(2), section DESCRIPTION",
        )
    return _family(one, student, hints)


def _family(one: _Round, student: int, hints: _Hints) -> Finding | None:
    made, wanted = one["made"], one["n"]
    children = [p for p in made if p["ppid"] == student]
    zombies = [p for p in children if p["state"] in "ZX"]
    living = [p for p in made if p["state"] not in "ZX"]
    elsewhere = [p for p in made if p["state"] in "ZX" and p["ppid"] != student]
    if elsewhere:
        parents = sorted({p["ppid"] for p in elsewhere})
        return Finding(
            seen=f"{plural(len(elsewhere), 'zombie')} whose parent is {pids_text(parents)}",
            why=f"the parent of a zombie is who forked it: here not pid {student}, but a child",
            hint=hints[1],
        )
    if living:
        return Finding(
            seen=states_text(living, "child", "children"),
            why="such a process is not dead. A child becomes a zombie when it ends.",
            misconception="M3.2",
            hint=hints[1],
        )
    if not zombies:
        none = _none(one, hints)
        if one["call"]["callable"]:
            return none
        return replace(none, seen=f"{none.seen}; {_not_callable(one)}")
    if len(zombies) != wanted:
        more = len(zombies) > wanted
        if not more and one["forked"] is not None and one["forked"] >= wanted:
            return Finding(
                seen=f"{plural(len(zombies), 'zombie')} "
                f"({pids_text([p['pid'] for p in zombies])}), although {one['forked']} were made",
                why="the others were collected already: multiprocessing and subprocess wait for "
                "children that have ended whenever they start the next one",
                misconception="M3.10",
                hint=hints[0],
            )
        return Finding(
            seen=f"{plural(len(zombies), 'zombie')} ({pids_text([p['pid'] for p in zombies])})",
            why=f"{'more' if more else 'fewer'} than n = {wanted}: how often does your loop fork?",
            hint=hints[1],
        )
    if one["adopted"]:
        return Finding(
            seen=f"{plural(wanted, 'zombie')}, but init also had to adopt and reap "
            f"{plural(one['adopted'], 'process', 'processes')}",
            why="your children went on in the loop and forked too, then left their own children",
            misconception="M3.11",
            hint=hints[2],
        )
    return None


def _none(one: _Round, hints: _Hints) -> Finding:
    if one["adopted"]:
        return Finding(
            seen=f"no zombie; init adopted and reaped "
            f"{plural(one['adopted'], 'process', 'processes')}",
            why="their parent had ended. Init takes children from dead parents only, and then "
            "reaps them: the parent of your zombies has to stay alive.",
            misconception="M3.3",
            hint=hints[0],
        )
    if one["sigchld_ignored"]:
        return Finding(
            seen="no zombie; SIGCHLD is set to SIG_IGN in your process",
            why="the kernel keeps no zombie for a parent that ignores SIGCHLD explicitly",
            misconception="M3.7",
            hint=hints[0],
        )
    if one["forked"] and one["waited_faults"] == 0:
        return Finding(
            seen=f"no child; {plural(one['forked'], 'task')} made, and nobody waited for one",
            why="they were threads, it seems: a thread is no process, and leaves no zombie",
            misconception="M2.3",
            hint=hints[0],
        )
    if one["forked"] is None or one["forked"] > 0:
        made = "" if one["forked"] is None else f", although {one['forked']} were made"
        return Finding(
            seen=f"no child at all{made}",
            why="somebody waited for them: wait(), subprocess.run and os.system collect the child, "
            "and then there is no zombie",
            misconception="M3.10",
            hint=hints[0],
        )
    return Finding(seen="no child at all: nothing was forked", hint=hints[0])


def _not_callable(one: _Round) -> str:
    return f"make_zombies returned {short(one['call']['value'])}, which cannot be called"


def _released(one: _Round, hints: _Hints) -> Finding | None:
    if not one["call"]["callable"]:
        return Finding(
            seen=_not_callable(one),
            why="return the function itself: `return release`, without parentheses",
        )
    if "release" not in one:  # nobody reads this where the zombies were wrong already
        return Finding(
            seen="release() was not called: the processes changed while they were looked at",
            why="something that you started goes on making and collecting children",
        )
    problem = call_finding(
        one["release"],
        "release()",
        blocks="it waits for a child that does not end, or for one more than there are",
    )
    if problem is not None:
        return problem
    after = one.get("after", ())
    living = [p for p in after if p["state"] not in "ZX"]
    if living:
        return Finding(seen=states_text(living, "process", "processes"), hint=hints[1])
    if len(after) >= one["n"] and one["n"] > 0 and after:
        return Finding(
            seen=f"{plural(len(after), 'zombie')} still there ({pids_text(_pids(after))})",
            why="no signal removes a zombie, and closing or forgetting something does not either: "
            "its parent has to wait for it",
            misconception="M3.1",
            hint=hints[2],
        )
    if after:
        return Finding(
            seen=f"{len(after)} of {plural(one['n'], 'zombie')} still there "
            f"({pids_text(_pids(after))})",
            why="one wait() collects one child",
            misconception="M3.9",
            hint=hints[2],
        )
    return None


def _left_over(run: Run, rounds: Sequence[_Round], hints: _Hints) -> Finding | None:
    for one in rounds:
        if one.get("adopted_after", 0):
            return Finding(
                seen=f"init had to reap {plural(one['adopted_after'], 'process', 'processes')}",
                misconception="M3.3",
                hint=hints[1],
            )
    if run.processes_left:
        left = ", ".join(f"{p.pid} ({p.comm}, state {p.state})" for p in run.processes_left)
        return Finding(seen=f"still running at the end: {left}")
    if run.zombies_left:
        endings = ", ".join(f"{c.pid} ({ending_text(c.wait_status)})" for c in run.zombies_left)
        return Finding(seen=f"not reaped at the end: {endings}", misconception="M3.9")
    return None


def _pids(processes: Sequence[Mapping[str, Any]]) -> list[int]:
    return [process["pid"] for process in processes]
