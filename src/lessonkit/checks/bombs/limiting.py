"""Judge 5.2: the limit of the program, and those of the process that started it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, plural, short
from lessonkit.checks.forking.common import (
    Hints,
    fell_through,
    first,
    is_number,
    shown,
    too_early,
    too_few,
    wrong_code,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

ROUNDS = 2
_Round = Mapping[str, Any]

_STAYS = (
    "setrlimit changes the process that calls it. A hard limit that was lowered stays low: without "
    "a privilege nobody raises it again"
)


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: the limit, the caller, the codes."""
    before: Sequence[str] = need(run.facts, "before")
    student = need(run.facts, "student_pid")
    rounds: Sequence[_Round] = need(run.facts, "rounds")
    numbers = " and ".join(str(one["n"]) for one in rounds)
    limit = fact(
        "a limit for the program",
        1.25,
        expected=f"RLIMIT_NPROC of the program: {numbers}, soft and hard; it is a child of pid "
        f"{student}",
        good=f"the program had {numbers}, soft and hard",
        finding=first(_limit(one, before, student, hints) for one in rounds)
        or too_few(rounds, ROUNDS),
        manual="getrlimit(2), RLIMIT_NPROC and section NOTES",
    )
    caller = fact(
        "your own limits",
        0.75,
        expected=f"RLIMIT_NPROC of pid {student} stays: soft {before[0]}, hard {before[1]}",
        good=f"soft {before[0]}, hard {before[1]}, all the time",
        finding=first(_caller(one, before, hints) for one in rounds),
        manual="getrlimit(2), section DESCRIPTION",
    )
    codes = fact(
        "its code",
        0.5,
        expected=" and ".join(str(one["code"]) for one in rounds) + ", and nothing left over",
        good="the codes that init had drawn",
        finding=first(_code(one, student, hints) for one in rounds),
        manual="wait(2), WIFEXITED and WIFSIGNALED",
    )
    return [limit, *gated([caller, codes], by=limit, until="until the program has its limit")]


def _call(one: _Round) -> str:
    return f"limited(argv, {one['n']})"


def _limit(one: _Round, before: Sequence[str], student: int, hints: Hints) -> Finding | None:
    seen, n = one["seen"], str(one["n"])
    strayed = fell_through(one["call"], _call(one), hints[1])
    if strayed is not None:
        return strayed
    if seen is None:
        problem = call_finding(one["call"], _call(one))
        if problem is not None:
            error = one["call"]["error"]
            if list(one["before"]) != list(before):
                return Finding(
                    seen=f"{problem.seen}; your own process has soft {one['before'][0]}, hard "
                    f"{one['before'][1]} since the call before",
                    why=_STAYS,
                    misconception="M5.15",
                    hint=hints[0],
                )
            if error is not None and error["type"] == "BlockingIOError":
                return Finding(
                    seen=problem.seen,
                    why="your own process could not fork: the limit was on it as well",
                    misconception="M5.15",
                    hint=hints[0],
                )
            return problem
        return Finding(
            seen=f"{_call(one)}: no process with the argv {short(one['argv'], 60)} was there "
            "before it came back",
            why="run the program as it is, and wait for it",
            hint=hints[1],
        )
    if seen["pid"] == student:
        return Finding(
            seen=f"{_call(one)}: your own process (pid {student}) has become the program",
            why="exec does not come back: fork first, then exec in the child",
            misconception="M1.7",
            hint=hints[1],
        )
    if seen["ppid"] != student:
        return Finding(
            seen=f"{_call(one)}: pid {seen['pid']} runs it, but its parent is pid {seen['ppid']}",
            why="somebody stands between, and takes room too: the program is to be your own child",
            hint=hints[1],
        )
    if seen["program"] == [n, n]:
        if seen["others"]:
            return Finding(
                seen=f"{_call(one)}: besides the program there was {shown(seen['others'])}",
                why="a helper takes room too",
            )
        return None
    soft, hard = seen["program"] or ("?", "?")
    text = f"{_call(one)}: the program has soft {soft}, hard {hard}"
    if soft == n:
        return Finding(
            seen=text,
            why="a soft limit can be raised again, up to the hard one, by whoever has it",
            misconception="M5.14",
            hint=hints[2],
        )
    after = one["after"]
    if after is not None and after[0] == n and soft != n:
        why = "you set it for your own process when the child was there already: limits are copied"
        return Finding(seen=text, why=f"{why} by fork", misconception="M5.15", hint=hints[0])
    return Finding(
        seen=text,
        why="limits are inherited: set it in the child, before exec",
        hint=hints[1],
    )


def _caller(one: _Round, before: Sequence[str], hints: Hints) -> Finding | None:
    for when, limits in (
        ("while the program ran", (one["seen"] or {}).get("student")),
        ("after the call", one["after"]),
    ):
        if limits is None or list(limits) == list(before):
            continue
        return Finding(
            seen=f"{_call(one)}: {when} your process had soft {limits[0]}, hard {limits[1]}",
            why=_STAYS,
            misconception="M5.15",
            hint=hints[0],
        )
    return None


def _code(one: _Round, student: int, hints: Hints) -> Finding | None:
    problem = call_finding(
        one["call"], _call(one), blocks="the program has ended; it waits for something else"
    )
    if problem is not None:
        return problem
    given, code = one["call"]["value"], one["code"]
    if not is_number(given, code):
        misconception, why = wrong_code(given, code)
        why = too_early(given, one["left"], [(one["seen"] or {}).get("pid", 0)]) or why
        ended = f"ended by signal {-code}" if code < 0 else f"exited with {code}"
        return Finding(
            seen=f"{_call(one)} returned {short(given, 40)}, but the program was {ended}"
            if code < 0
            else f"{_call(one)} returned {short(given, 40)}, but the program {ended}",
            why=why,
            misconception=misconception,
            hint="os.waitstatus_to_exitcode turns a wait status into such a code.",
        )
    if one["left"]:
        zombies = [p for p in one["left"] if p["state"] in "ZX"]
        return Finding(
            seen=f"left over: {shown(one['left'])}",
            why=f"{plural(len(zombies), 'zombie')}: wait for the program"
            if zombies
            else "nothing else should run any more",
            misconception="M3.9" if zombies else None,
        )
    return None
