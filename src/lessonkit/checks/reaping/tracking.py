"""Judge 6.6: no child is lost, not even one that has ended before fork came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, pids_text, short
from lessonkit.checks.forking.common import fell_through, first, is_number, shown, wrong_code
from lessonkit.checks.reaping.common import Hints, Step, ended_text, no_callable
from lessonkit.records import Fact, Run

__all__ = ["looks"]

FAST = 3
_CALL = "no_lost_child()"
_NOT_TRACED = " (nobody may trace here: they were only quick)"


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: an ordinary child, the fast ones, a clean child."""
    none = no_callable(need(run.facts, "start"), _CALL, "jobs", hints, "return jobs at once")
    traceable = need(run.facts, "traceable")
    steps: Sequence[Step] = () if none else need(run.facts, "steps")
    ordinary = next((step for step in steps if step["kind"] == "ordinary"), None)
    fast = [step for step in steps if step["kind"] == "fast"]
    facts = [
        fact(
            "an ordinary child",
            1,
            expected="started as a child, None in the table while it runs; then collected, "
            "without being asked, and in the table with its code",
            good="pid, None, collected, code",
            finding=none or _ordinary(ordinary, need(run.facts, "student_pid"), hints),
            manual="wait(2), section RETURN VALUE",
        ),
        fact(
            "faster than fork",
            1.5,
            expected=f"{FAST} children that had ended before fork came back: in the table with "
            "their codes" + ("" if traceable else _NOT_TRACED),
            good="none was lost",
            finding=first(_fast(step, traceable, hints) for step in fast) or _too_few(fast),
            manual="sigprocmask(2)",
        ),
        fact(
            "a clean child",
            0.5,
            expected="SIGCHLD is not blocked in the program",
            good="not blocked",
            finding=_blocked(ordinary, hints),
            manual="sigprocmask(2), section NOTES; execve(2), section DESCRIPTION",
        ),
    ]
    return [facts[0], *gated(facts[1:], by=facts[0], until="until an ordinary child is kept")]


def _table(call: Mapping[str, Any]) -> dict[Any, Any] | Finding:
    problem = call_finding(call, "jobs()", blocks="jobs() is to say what is known, at once")
    if problem is not None:
        return problem
    value = call["value"]
    if isinstance(value, dict):
        return value
    return Finding(seen=f"jobs() returned {short(value)}", why="return a dict: {pid: code or None}")


def _started(step: Step, hints: Hints) -> Finding | None:
    call = step["call"]
    problem = call_finding(call, "jobs(argv)", blocks="start the program, and return at once")
    if problem is not None:
        return Finding(seen=problem.seen, why=problem.why, hint=hints[2])
    return fell_through(call, "jobs(argv)", hints[2])


def _ordinary(step: Step | None, student: int, hints: Hints) -> Finding | None:
    if step is None:
        return Finding(seen="nothing was started")
    problem = _started(step, hints)
    if problem is not None:
        return problem
    ran = step["ran"]
    if len(ran) != 1 or ran[0]["ppid"] != student:
        return Finding(
            seen=f"it runs as {shown(ran)}, and not once, as a child of pid {student}"
            if ran
            else f"no process with the argv {short(step['argv'], 80)} was seen",
            why="start the program as it is, once, as a child of your process",
        )
    pid = ran[0]["pid"]
    if not is_number(step["call"]["value"], pid):
        return Finding(
            seen=f"jobs(argv) returned {short(step['call']['value'])}, and the child is pid {pid}"
        )
    before = _table(step["while_it_ran"])
    if isinstance(before, Finding):
        return before
    if pid not in before or before[pid] is not None:
        said = short(before[pid]) if pid in before else "not there"
        return Finding(
            seen=f"pid {pid} was running, and in the table it was {said}",
            why="None, as long as it runs",
        )
    if step.get("left"):
        return Finding(
            seen=f"pid {pid} ended, and stayed a zombie",
            why="nobody waited for it; jobs() may never be called",
            hint=hints[0],
        )
    return _known(step, pid, "", hints)


def _known(step: Step, pid: int, why: str, hints: Hints) -> Finding | None:
    if "table" not in step:
        return Finding(
            seen=f"your process was gone when pid {pid} had ended",
            why="an exception in a handler comes out of whatever the process is doing just then",
        )
    table = _table(step["table"])
    if isinstance(table, Finding):
        return table
    code, given = step["code"], table.get(pid)
    if is_number(given, code):
        return None
    if given is None:
        return Finding(
            seen=f"pid {pid} has ended ({ended_text(code)}), and in the table it is "
            + ("None, as if it ran" if pid in table else "missing"),
            why=why,
            misconception="M6.7" if why else None,
            hint=hints[0] if why else hints[1],
        )
    misconception, reason = wrong_code(given, code)
    return Finding(
        seen=f"pid {pid}: {short(given)} in the table, but {ended_text(code)}",
        why=reason,
        misconception=misconception,
        hint="os.waitstatus_to_exitcode turns a wait status into such a code.",
    )


_RACE = (
    "the handler ran before your process had noted the pid: it found nothing to write the code "
    "to, or what it wrote was written over afterwards"
)


def _fast(step: Step, traceable: bool, hints: Hints) -> Finding | None:
    problem = _started(step, hints)
    if problem is not None:
        return problem
    if traceable and not step["traced"]:
        return Finding(
            seen="your process could be traced before your code was loaded, and now it cannot",
            why="the check has to look at the moment of the fork: let it",
        )
    pid = step["call"]["value"]
    pids = [process["pid"] for process in step["ran"]]
    if len(pids) != 1 or not is_number(pid, pids[0]):
        return Finding(
            seen=f"jobs(argv) returned {short(pid)}; seen with that argv: "
            + (pids_text(pids) if pids else "nobody"),
            why="start the program once, and return its pid",
        )
    if step.get("left"):
        return Finding(
            seen=f"pid {pids[0]} had ended before fork came back, and stayed a zombie",
            why="its SIGCHLD came early: a notice of an event covers the past only if somebody "
            "looks",
            misconception="M6.7",
            hint=hints[0],
        )
    return _known(step, pids[0], _RACE, hints)


def _too_few(fast: Sequence[Step]) -> Finding | None:
    if len(fast) >= FAST:
        return None
    return Finding(seen=f"{len(fast)} of {FAST} were tried: your process could not go on")


def _blocked(step: Step | None, hints: Hints) -> Finding | None:
    if step is None or "blocked" not in step:
        return Finding(seen="not looked at")
    if not step["blocked"]:
        return None
    return Finding(
        seen="SIGCHLD is blocked in the program from its start",
        why="the signal mask survives fork and exec: who blocks it around fork has to undo that "
        "in the child too, before exec",
        misconception="M4.15",
        hint=hints[2],
    )
