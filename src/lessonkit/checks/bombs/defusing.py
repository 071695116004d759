"""Judge 5.7: the first ones gone, none after them, nobody hurt, nothing left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, plural
from lessonkit.checks.forking.common import Hints, fell_through, shown
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Facts = Mapping[str, Any]
_NOT_HELD = (
    " (signals cannot be held on this host: who was faster, your function or the bomb, was luck)"
)


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: the first, the later ones, the others, nothing left."""
    facts = run.facts
    first = need(facts, "first")
    gone = fact(
        "those that were there are gone",
        0.5,
        expected=f"all {plural(len(first['pids']), 'process', 'processes')} of the bomb ended",
        good="they have ended",
        finding=_first(facts, hints),
        manual="kill(2), section DESCRIPTION; signal(7), SIGKILL",
    )
    later = fact(
        "none came after them",
        1.5,
        expected="no process of that name, from the return on"
        + ("" if need(facts, "held") else _NOT_HELD),
        good="none was left, and none came",
        finding=_later(facts, hints),
        manual="signal(7), SIGSTOP; cgroups(7), cgroup.kill",
    )
    others = fact(
        "nobody else was hurt",
        1,
        expected="all others alive and not stopped",
        good="all others are as they were",
        finding=_hurt(facts, hints),
        manual="kill(2), section DESCRIPTION",
    )
    clean = fact(
        "nothing of its own is left",
        0.5,
        expected="no helper, no zombie, no copy of your process",
        good="nothing left over",
        finding=_left(facts, hints),
        manual="wait(2), section NOTES",
    )
    until = "until those that were there at first are gone"
    later, others = gated([later, others], by=gone, until=until)
    clean = gated([clean], by=later, until="until the bomb is gone for good")[0]
    return [gone, later, others, clean]


def _first(facts: _Facts, hints: Hints) -> Finding | None:
    first = facts["first"]
    alive = len(first["pids"]) - len(first["gone"])
    problem = call_finding(need(facts, "call"), f"defuse({facts['name']!r})")
    if not alive:
        return None
    stopped = sum(p["state"] in ("T", "t") for p in facts["left_later"])
    return Finding(
        seen=f"{alive} of {len(first['pids'])} alive"
        + (f", {stopped} of all stopped" if stopped else "")
        + (f"; {problem.seen}" if problem else ""),
        why="a stopped process has not ended: SIGKILL ends it, stopped or not"
        if stopped
        else "all processes whose /proc/PID/comm is exactly that name belong to it",
        hint=hints[2] if stopped else hints[1],
    )


def _later(facts: _Facts, hints: Hints) -> Finding | None:
    problem = call_finding(facts["call"], f"defuse({facts['name']!r})")
    left = facts["left_later"] or facts["left"]
    if not left:
        return problem
    signals = facts["signals"]
    during = signals.get("kill while others run", 0)
    seen = f"{plural(len(left), 'process', 'processes')} of the bomb there after the call"
    seen += f"; {len(facts['later'])} had been forked meanwhile"
    if problem is not None:
        seen += f"; {problem.seen}"
    if signals.get("stop", 0) == 0:
        return Finding(
            seen=seen,
            why="whoever is killed makes room, and one that still runs forks the next one: stop "
            "all of them before you end the first",
            misconception="M5.11",
            hint=hints[0],
        )
    if during:
        return Finding(
            seen=seen + f"; {plural(during, 'SIGKILL')} went out while others were running",
            why="some came while you were stopping: look again, until a look finds nobody who runs",
            misconception="M5.11",
            hint=hints[1],
        )
    return Finding(
        seen=seen,
        why="those that came while you were stopping have to end as well",
        hint=hints[2],
    )


def _hurt(facts: _Facts, hints: Hints) -> Finding | None:
    hurt = [one for one in facts["innocent"] if one["state"] in (None, "Z", "X", "T", "t")]
    if hurt:
        return Finding(
            seen="hurt: "
            + ", ".join(f"{o['name']} (pid {o['pid']}, state {o['state'] or '-'})" for o in hurt),
            why=f"the bomb is called {facts['name']}, exactly. A pattern finds more than one "
            "means, and pid -1 is everybody",
            hint=hints[2],
        )
    if not facts["stays"]:
        return Finding(
            seen="your own process was ended",
            why="pid -1 is everybody whom you may signal",
        )
    return None


def _left(facts: _Facts, hints: Hints) -> Finding | None:
    strayed = fell_through(facts["call"], "defuse(name)", hints[2])
    if strayed is not None:
        return strayed
    if facts["helpers"]:
        return Finding(
            seen=f"left over: {shown(facts['helpers'])}",
            why="whatever you start has to be gone when your function comes back",
        )
    return None
