"""Judge 2.3: the process of a task, and all tasks of that process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lessonkit.checks.facts import (
    Finding,
    Missing,
    call_finding,
    fact,
    gated,
    need,
    pids_text,
    short,
)
from lessonkit.checks.forking.common import Hints, first, is_number, shown
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Case = Mapping[str, Any]

_WHAT: Mapping[str, str] = {
    "threads": "a process with several threads",
    "namesakes": "another process of the same name, with threads of its own",
    "alone": "a process with one thread and two children",
    "threads: another": "a thread that is not the main one",
    "namesakes: another": "a thread that is not the main one",
    "growing": "a process with one thread",
    "growing: more": "that process, which has started two threads and ended one since",
    "growing: new": "a thread that was started a moment ago",
    "growing: ended": "a thread that has ended",
    "zombie": "a zombie: its one task is still there",
    "no main": "a process whose main thread has ended while another one runs",
    "no main: another": "that other thread",
    "gone": "a number that no task has any more",
}


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: by pid, by thread id, later, ended, nothing changed."""
    cases: Mapping[str, _Case] = {one["case"]: one for one in need(run.facts, "cases")}

    def ask(*names: str) -> Finding | None:
        return first(_answer(cases, name, hints) for name in names)

    by_pid = fact(
        "by pid",
        1,
        expected="the pid, and the ids of all threads of the process, of nobody else",
        good="right for all three",
        finding=ask("threads", "namesakes", "alone"),
        manual="proc_pid_task(5)",
    )
    others = [
        fact(
            "by thread id",
            0.75,
            expected="the same for the id of any of its threads",
            good="right for both",
            finding=ask("threads: another", "namesakes: another"),
            manual="proc_pid_status(5), Tgid",
        ),
        fact(
            "come and gone",
            0.5,
            expected="the threads that there are when it is asked",
            good="right before and after",
            finding=ask("growing", "growing: more", "growing: new"),
            manual="clone(2), CLONE_THREAD",
        ),
        fact(
            "ended",
            0.5,
            expected="a main thread that has ended is listed until all have; None for nobody",
            good="right for all five",
            finding=ask("zombie", "no main", "no main: another", "growing: ended", "gone"),
            manual="proc_pid_task(5)",
        ),
        fact(
            "nothing changed",
            0.25,
            expected="all processes are as they were",
            good="all of them",
            finding=_changed(run.facts),
            manual="proc(5)",
        ),
    ]
    return [by_pid, *gated(others, by=by_pid, until="until the threads are right by pid")]


def _answer(cases: Mapping[str, _Case], name: str, hints: Hints) -> Finding | None:
    if name not in cases:
        last = list(cases.values())[-1] if cases else None
        if last is not None and last["call"]["kind"] in ("timeout", "gone"):
            return Finding(seen="not asked: a call before this one did not come back")
        if "growing" in cases and name.startswith("growing"):
            return Finding(
                seen="not asked: the process whose threads come and go was ended or stopped"
            )
        raise Missing(f"the scene did not ask about {name!r}")
    case = cases[name]
    call, truth = f"tasks({case['number']})", case["truth"]
    hint = hints[0] if ":" not in name else hints[1]
    problem = call_finding(case["call"], call)
    if problem is not None:
        return Finding(seen=f"{problem.seen}, for {_WHAT[name]}", why=problem.why, hint=hints[1])
    given = case["call"]["value"]
    if truth is None:
        if given is None:
            return None
        return Finding(
            seen=f"{call} is {short(given)}, for {_WHAT[name]}", why="return None", hint=hints[2]
        )
    if (
        not isinstance(given, (tuple, list))
        or len(given) != 2
        or not isinstance(given[1], (set, frozenset, list, tuple))
    ):
        return Finding(
            seen=f"{call} returned {short(given)}, for {_WHAT[name]}",
            why="return a pair: the pid of the process, and the set of its thread ids",
            hint=hints[2],
        )
    tgid, tids = truth
    listed = [one for one in given[1] if isinstance(one, int) and not isinstance(one, bool)]
    if is_number(given[0], tgid) and len(listed) == len(given[1]) and set(listed) == set(tids):
        return None
    misconception, why = _why(case, given[0], listed)
    if {str(one) for one in given[1] if isinstance(one, str)} == set(map(str, tids)):
        misconception, why = None, "these are the digits as text; numbers are asked for"
    return Finding(
        seen=f"{call} is {short((given[0], given[1]))}, for {_WHAT[name]}; right is pid {tgid} "
        f"with the threads {', '.join(map(str, tids))}",
        why=why,
        misconception=misconception,
        hint=hint,
    )


def _why(case: _Case, given: object, listed: list[int]) -> tuple[str | None, str]:
    """The likely idea behind a wrong pair."""
    (tgid, tids), number = case["truth"], case["number"]
    if not is_number(given, tgid):
        if is_number(given, number):
            return "M2.3", (
                "that is the number of the thread itself; the process it belongs to has another"
            )
        return None, ""
    extra = [one for one in listed if one not in tids]
    if extra and set(extra) <= set(case["children"]):
        return "M2.14", "children are processes of their own, with one parent; threads have none"
    if not extra and len(tids) > len(set(listed)):
        if case["case"] in ("zombie", "no main", "no main: another"):
            return "M2.15", "a main thread that has ended stays until the whole process is reaped"
        if set(listed) == set(tids) - {tgid}:
            return None, "the main thread is a thread like the others: its id is the pid"
        return "M2.1", "a process has one task for each of its threads, not one for all"
    return None, ""


def _changed(facts: Mapping[str, Any]) -> Finding | None:
    if "after" not in facts:
        return Finding(seen="not known: a call did not come back")
    before, after = dict(map(tuple, need(facts, "before"))), dict(map(tuple, facts["after"]))
    gone = [pid for pid in before if after[pid] is None]
    if gone:
        return Finding(seen=f"{pids_text(gone)} gone", why="a signal, or a wait call, did that")
    stopped = [pid for pid in before if (before[pid] == "T") != (after[pid] == "T")]
    if stopped:
        return Finding(seen=f"{pids_text(stopped)} stopped, or continued")
    if facts["left"]:
        return Finding(seen=f"left behind by your function: {shown(facts['left'])}")
    return None
