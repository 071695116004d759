"""Judge 2.6: members of the task_struct, as /proc shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, Missing, call_finding, fact, gated, need, short
from lessonkit.checks.forking.common import Hints, first
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Case = Mapping[str, Any]

_WHAT = {
    "parent": "a process with several threads",
    "child": "a child of that process",
    "thread": "a thread that is not the main one",
    "zombie": "a zombie",
}
_SETS = ("blocked", "pending", "signal->shared_pending", "files")
_MANUALS = {
    "tgid": "proc_pid_status(5), Tgid",
    "real_parent->tgid": "proc_pid_status(5), PPid",
    "comm": "proc_pid_comm(5)",
    "start_boottime": "proc_pid_stat(5), field 22 starttime",
    "blocked": "proc_pid_status(5), SigBlk",
    "pending": "proc_pid_status(5), SigPnd",
    "signal->shared_pending": "proc_pid_status(5), ShdPnd",
    "signal->nr_threads": "proc_pid_status(5), Threads",
    "files": "proc_pid_fd(5)",
    "fs->pwd": "proc_pid_cwd(5)",
    "mm->total_vm": "proc_pid_statm(5), size",
    "exit_code": "proc_pid_stat(5), field 52 exit_code",
}
_IDENTITY = ("tgid", "real_parent->tgid", "comm", "start_boottime")
_SIGNALS = ("blocked", "pending", "signal->shared_pending")
_POINTED = ("files", "fs->pwd", "mm->total_vm")
_LIVING = ("parent", "child")


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: who it is, threads, signals, what it points to, after its end."""
    cases: Sequence[_Case] = need(run.facts, "cases")
    known = {(case["task"], case["member"]): case for case in cases}

    def ask(tasks: Sequence[str], *members: str) -> Finding | None:
        pairs = [(task, member) for member in members for task in tasks]
        return first(_answer(cases, known, pair, hints) for pair in pairs)

    who = fact(
        "who it is",
        1,
        expected="tgid, real_parent->tgid, comm and start_boottime of two processes",
        good="right for both",
        finding=ask(_LIVING, *_IDENTITY),
        manual="proc_pid_stat(5); proc_pid_status(5)",
    )
    thread = ("tgid", "comm", "signal->nr_threads", "blocked", "pending")
    last = ("tgid", "real_parent->tgid", "comm", "exit_code", "mm->total_vm")
    others = [
        fact(
            "a thread",
            0.75,
            expected="a task of its own: its name and its signals, but the tgid of its process",
            good="right",
            finding=ask(["thread"], *thread),
            manual="proc_pid_task(5); clone(2), CLONE_THREAD",
        ),
        fact(
            "signals",
            0.75,
            expected="sets of numbers: blocked, pending for the task, pending for its process",
            good="right for both processes",
            finding=ask(_LIVING, *_SIGNALS),
            manual="proc_pid_status(5), SigPnd, ShdPnd, SigBlk",
        ),
        fact(
            "what it points to",
            0.5,
            expected="open descriptors, working directory, pages of address space",
            good="right for both processes",
            finding=ask(_LIVING, *_POINTED),
            manual="proc_pid_fd(5); proc_pid_cwd(5); proc_pid_statm(5)",
        ),
        fact(
            "after the end",
            0.5,
            expected="a zombie has its numbers, its name, how it ended; no memory; and it stays",
            good="right, and the zombie is still there",
            finding=_collected(run.facts) or ask(["zombie"], *last) or _unchanged(run.facts),
            manual="proc_pid_stat(5), field 52 exit_code; wait(2), section NOTES",
        ),
    ]
    return [who, *gated(others, by=who, until="until it is clear who it is")]


def _answer(
    cases: Sequence[_Case],
    known: Mapping[tuple[str, str], _Case],
    pair: tuple[str, str],
    hints: Hints,
) -> Finding | None:
    case = known.get(pair)
    if case is None:
        if cases and cases[-1]["call"]["kind"] in ("timeout", "gone"):
            return Finding(seen="not asked: a call before this one did not come back")
        raise Missing(f"the scene did not ask for {pair!r}")
    task, member = pair
    call = f"read_member({case['number']}, {member!r})"
    manual = _MANUALS[member]
    problem = call_finding(case["call"], call)
    if problem is not None:
        return Finding(
            seen=f"{problem.seen}, for {_WHAT[task]}",
            why=problem.why,
            hint=hints[0],
            manual=manual,
        )
    given, truth = case["call"]["value"], case["truth"]
    if truth is None and task != "zombie":
        return Finding(
            seen=f"{_WHAT[task]} (number {case['number']}) could not be looked at",
            why="it was ended, or the process of the check that looks was",
        )
    if _same(member, given, truth):
        return None
    misconception, why = _why(known, task, member, given)
    return Finding(
        seen=f"{call} is {short(given)}, for {_WHAT[task]}; {short(truth)} is right",
        why=why,
        misconception=misconception,
        hint=hints[2] if member in _SETS or member == "exit_code" else hints[1],
        manual=manual,
    )


def _same(member: str, given: Any, truth: Any) -> bool:
    if truth is None:
        return given is None
    if isinstance(truth, list):
        if not isinstance(given, (set, frozenset, list, tuple)):
            return False
        numbers = [one for one in given if isinstance(one, int) and not isinstance(one, bool)]
        return len(numbers) == len(given) and sorted(numbers) == truth
    if isinstance(truth, str):
        return isinstance(given, str) and given == truth
    return isinstance(given, int) and not isinstance(given, bool) and bool(given == truth)


def _why(
    known: Mapping[tuple[str, str], _Case], task: str, member: str, given: Any
) -> tuple[str | None, str]:
    """The likely idea behind a wrong value."""
    if isinstance(given, str) and given.strip() == (known[task, member]["truth"] or None):
        return None, "the line break or blank around it is no part of it"
    if isinstance(given, str) and member not in ("comm", "fs->pwd"):
        return None, "that is text; a number is asked for, or a set of numbers"
    if task == "thread":
        return "M2.1", "each thread has a task_struct, with a name and signals of its own"
    if member == "mm->total_vm" and task == "zombie":
        return "M2.2", (
            "the task_struct only points to the memory; when the process ended, the pointer was "
            "cleared (None)"
        )
    if member == "mm->total_vm":
        return (
            "M2.2",
            "asked for is the address space in pages: not KiB, not what is resident",
        )
    if member in ("pending", "signal->shared_pending"):
        other = "signal->shared_pending" if member == "pending" else "pending"
        twin = known.get((task, other))
        if twin is not None and _same(other, given, twin["truth"]):
            return "M2.16", (
                "there are two sets: what was sent to this thread alone, and what was sent to the "
                "process, for any of its threads"
            )
    if member in _SETS and isinstance(given, (set, frozenset, list, tuple)):
        return None, "signal n is bit n - 1 of the mask" if member != "files" else ""
    if member == "exit_code" and isinstance(given, int):
        return "M3.5", "exit_code is the whole wait status, not the number that $? shows"
    if member == "comm":
        return "M2.7", "comm is the name that the kernel keeps, not what was typed"
    return None, ""


def _collected(facts: Mapping[str, Any]) -> Finding | None:
    if facts.get("zombie_left", True):
        return None
    return Finding(
        seen="the zombie is gone: it was collected by a wait call",
        why="reading must not take the exit code away from whoever waits for it",
        misconception="M3.10",
    )


def _unchanged(facts: Mapping[str, Any]) -> Finding | None:
    if "after" not in facts or "zombie_left" not in facts:
        return Finding(seen="not known: a call did not come back")
    for pid, now in facts["after"]:
        if now != "S":
            return Finding(seen=f"pid {pid} is not as it was: {now or 'it is gone'}")
    return None
