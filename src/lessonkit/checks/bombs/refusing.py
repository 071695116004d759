"""Judge 5.5: the limit that was named against the one that was met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, plural, short
from lessonkit.checks.forking.common import Hints, first
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Case = Mapping[str, Any]

NAMES = ("nproc", "cgroup", "threads_max", "pid_max", "memory")

_FACTS: Sequence[tuple[str, float, tuple[str, ...], str]] = (
    (
        "nproc or cgroup",
        0.75,
        ("plain nproc", "plain cgroup"),
        "fork(2), section ERRORS, EAGAIN",
    ),
    (
        "what is counted",
        0.75,
        ("threads", "zombies", "another user", "soft", "real"),
        "getrlimit(2), RLIMIT_NPROC",
    ),
    ("who is exempt", 0.5, ("root", "capable"), "getrlimit(2), RLIMIT_NPROC"),
    ("groups above, and the past", 0.5, ("above", "past"), "cgroups(7); fork(2), section ERRORS"),
    (
        "the whole host, and memory",
        0.5,
        ("threads-max", "pid_max", "memory"),
        "fork(2), section ERRORS; proc_sys_kernel(5), pid_max and threads-max",
    ),
)
_NOT_REAL = (
    " (all of them drawn: this user has processes outside the box too, so the box was not filled "
    "up for real)"
)


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return one fact for each group of kinds."""
    cases = {case["kind"]: case for case in need(run.facts, "cases")}
    real = need(run.facts, "real")
    facts = []
    for name, points, kinds, manual in _FACTS:
        here = [kind for kind in kinds if kind != "real" or real]
        facts.append(
            fact(
                name,
                points,
                expected="the limit that is met in "
                + plural(len(here), "snapshot")
                + ("" if real or "real" not in kinds else _NOT_REAL),
                good="all named"
                + (", one of them on a box that was really full" if "real" in here else ""),
                finding=first(_answer(cases.get(kind), hints) for kind in here),
                manual=manual,
            )
        )
    until = "until nproc and cgroup are told apart"
    return [facts[0], *gated(facts[1:], by=facts[0], until=until)]


def _answer(case: _Case | None, hints: Hints) -> Finding | None:
    if case is None:
        return Finding(seen="not asked: a call before this one did not come back")
    told = case["told"]
    problem = call_finding(case["call"], "which_limit(seen)")
    if problem is not None:
        return Finding(seen=f"{problem.seen} for {_text(told)}", why=problem.why, hint=problem.hint)
    given, limit = case["call"]["value"], case["limit"]
    if isinstance(given, str) and given == limit:
        return None
    seen = f"{_text(told)}: {short(given, 30)}, but it was {limit!r}"
    if not isinstance(given, str) or given not in NAMES:
        return Finding(seen=seen, why=f"return one of {', '.join(NAMES)}", hint=hints[0])
    misconception, why, hint = _IDEAS[case["kind"]]
    return Finding(seen=seen, why=why, misconception=misconception, hint=hints[hint])


_IDEAS: Mapping[str, tuple[str | None, str, int]] = {
    "plain nproc": (None, "the tasks of this user have reached its soft limit", 1),
    "plain cgroup": ("M5.4", "the group has reached its own limit; the user is below nproc", 2),
    "real": ("M5.9", "threads and zombies count, each of them", 1),
    "threads": ("M5.8", "each thread counts, for each of these limits", 1),
    "zombies": ("M5.9", "a zombie counts until it is reaped", 1),
    "another user": ("M5.4", "nproc counts the tasks of this user; what others have is theirs", 1),
    "soft": ("M5.14", "the soft limit is the one that holds", 1),
    "root": ("M5.5", "uid 0 of the host is not held by nproc, whatever it has", 2),
    "capable": ("M5.5", "CAP_SYS_RESOURCE and CAP_SYS_ADMIN exempt from nproc", 2),
    "above": ("M5.12", "each group above has to have room as well", 2),
    "past": ("M5.13", "pids.events counts what was refused at any time; now there is room", 2),
    "threads-max": (None, "all tasks of the host together have reached threads-max", 0),
    "pid_max": (None, "all numbers from 1 to pid_max - 1 are taken", 0),
    "memory": (None, "ENOMEM is another error: no limit on processes gives it", 0),
}


def _text(told: Mapping[str, Any]) -> str:
    """The numbers of a snapshot in one line."""
    user = f"uid {told['uid']}{', capable' if told['capable'] else ''}"
    groups = ", ".join(f"{current} of {most}" for current, most in told["groups"]) or "none"
    return (
        f"{told['error']}; {user}: {plural(told['processes'], 'process', 'processes')}, "
        f"{plural(told['zombies'], 'zombie')}, {told['tasks']} tasks of {told['soft']}; groups: "
        f"{groups}; host: {told['all']} tasks, threads_max {told['threads_max']}, pid_max "
        f"{told['pid_max']}"
    )
