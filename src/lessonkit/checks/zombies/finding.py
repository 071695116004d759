"""Judge 3.3: all zombies, their parents, and nothing else."""

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
)
from lessonkit.checks.zombies.claims import Claim, alone, claims_of, malformed
from lessonkit.checks.zombies.vanishing import hurried_calls, vanishing
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Hints = tuple[str, str, str]
_BLANKS = "the name is right, but the line break or blank around it is no part of it"
_OWN_NAME = "that is the zombie's own name: asked for is the name of its parent"


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: found, parents, nasty names, dead main thread, vanishing, unchanged."""
    facts = run.facts
    quiet = need(facts, "quiet")
    problem = call_finding(quiet, "find_zombies()") or malformed(quiet["value"])
    claims = [] if problem else claims_of(quiet["value"])
    first = fact(
        "zombies found",
        1,
        expected=f"{pids_text(_ordinary(facts))} and no process that lives",
        good="all of them",
        finding=problem or _found(facts, claims, hints),
        manual="proc_pid_stat(5), field 3 state",
    )
    others = [
        fact(
            "their parents",
            0.75,
            expected="the parent's pid and its name (comm) for each zombie",
            good="right for each zombie",
            finding=_parents(facts, claims, hints),
            manual="proc_pid_stat(5), field 4 ppid; proc_pid_comm(5)",
        ),
        fact(
            "nasty names",
            0.5,
            expected="no process is reported or missed because of its name",
            good="not fooled by any name",
            finding=_nasty(facts, claims, hints),
            manual="proc_pid_stat(5), field 2 comm",
        ),
        fact(
            "dead main thread",
            0.25,
            expected="a process with threads that still run is left out",
            good="left out",
            finding=_main_thread(facts, claims, hints),
            manual="proc_pid_stat(5), field 20 num_threads",
        ),
        fact(
            "vanishing processes",
            0.25,
            expected="the same answer while other processes come and go",
            good=f"{hurried_calls(facts).get('calls', 0)} calls, always the same answer",
            finding=vanishing(facts, claims),
            manual="proc(5)",
        ),
        fact(
            "nothing changed",
            0.25,
            expected="all processes are still there, and none was added",
            good="all of them are as they were",
            finding=_changed(facts),
            manual="wait(2), section DESCRIPTION",
        ),
    ]
    return [first, *gated(others, by=first, until="until all ordinary zombies are found")]


def _ordinary(facts: Mapping[str, Any]) -> list[int]:
    return [zombie["pid"] for zombie in need(facts, "zombies") if not zombie["nasty"]]


def _found(facts: Mapping[str, Any], claims: Sequence[Claim], hints: _Hints) -> Finding | None:
    pids = [claim[0] for claim in claims]
    missing = [pid for pid in _ordinary(facts) if pid not in pids]
    if missing:
        seen = f"{pids_text(missing)} missing" if claims else "no zombie reported at all"
        return Finding(
            seen=f"{seen} of {plural(len(_ordinary(facts)), 'ordinary zombie')}", hint=hints[0]
        )
    if len(set(pids)) < len(pids):
        twice = sorted({pid for pid in pids if pids.count(pid) > 1})
        return Finding(seen=f"{pids_text(twice)} reported more than once")
    dead_main = need(facts, "decoys")["dead main thread"]
    living = {
        p["pid"]: p
        for p in need(facts, "living")
        if not _is_nasty(p["comm"]) and p["pid"] != dead_main
    }
    wrong = [living[pid] for pid in pids if pid in living]
    if wrong:
        shown = ", ".join(f"pid {p['pid']} ({p['comm']}, state {p['state']})" for p in wrong[:3])
        return Finding(seen=f"reported as well: {shown}", why="they have not ended", hint=hints[0])
    return _invented(facts, claims)


def _invented(facts: Mapping[str, Any], claims: Sequence[Claim]) -> Finding | None:
    if not alone(facts):
        return None
    known = {p["pid"] for p in facts["living"]} | {z["pid"] for z in facts["zombies"]}
    invented = [pid for pid, ppid, _ in claims if pid not in known and ppid != facts["flicker"]]
    if invented:
        return Finding(seen=f"{pids_text(invented)} reported, which no process has")
    return None


def _is_nasty(comm: str) -> bool:
    return "Z" in comm or ")" in comm


def _parents(facts: Mapping[str, Any], claims: Sequence[Claim], hints: _Hints) -> Finding | None:
    return _wrong_parent([z for z in facts["zombies"] if not z["nasty"]], claims, hints)


def _wrong_parent(
    zombies: Sequence[Mapping[str, Any]], claims: Sequence[Claim], hints: _Hints
) -> Finding | None:
    by_pid = {claim[0]: claim for claim in claims}
    for zombie in zombies:
        claim = by_pid.get(zombie["pid"])
        right = (zombie["pid"], zombie["ppid"], zombie["parent"])
        if claim is None or claim == right:
            continue
        if claim[1] != right[1]:
            why = "the second number is the pid of the parent: the fourth field of stat"
        elif isinstance(claim[2], str) and claim[2].strip() == right[2]:
            why = _BLANKS
        elif claim[2] == zombie.get("name"):
            why = _OWN_NAME
        else:
            why = (
                "the name is what /proc/PPID/comm says about the parent. The command line is "
                "another thing: a zombie has none, and a process can write there what it likes."
            )
        return Finding(seen=f"{short(claim)} where {right!r} is right", why=why, hint=hints[1])
    return None


def _nasty(facts: Mapping[str, Any], claims: Sequence[Claim], hints: _Hints) -> Finding | None:
    pids = {claim[0] for claim in claims}
    reported = [p for p in facts["living"] if p["pid"] in pids and _is_nasty(p["comm"])]
    if reported:
        # A search for the letter finds names without a parenthesis too, a parser does not.
        found = min(reported, key=lambda process: ")" in process["comm"])
        parsed = ")" in found["comm"]
        return Finding(
            seen=f"pid {found['pid']} reported: its name is {found['comm']!r}, its state is "
            f"{found['state']}",
            why="the name of a process may hold blanks and parentheses"
            if parsed
            else "a Z in a name, or somewhere else in a line, makes no zombie",
            misconception="M3.12" if parsed else "M3.8",
            hint=hints[2 if parsed else 0],
        )
    nasty = [zombie for zombie in facts["zombies"] if zombie["nasty"]]
    missed = [zombie["pid"] for zombie in nasty if zombie["pid"] not in pids]
    if missed:
        return Finding(
            seen=f"{pids_text(missed)} missing: the name of the zombie or of its parent "
            f"({nasty[0]['parent']!r}) has a parenthesis in it",
            why="the name of a process may hold blanks and parentheses",
            misconception="M3.12",
            hint=hints[2],
        )
    wrong = _wrong_parent(nasty, claims, hints)
    if wrong is not None:
        other = wrong.why in (_BLANKS, _OWN_NAME)
        return Finding(
            seen=wrong.seen,
            why=wrong.why if other else "a name may hold blanks and parentheses, a parent's too",
            misconception=None if other else "M3.12",
            hint=hints[1 if other else 2],
        )
    return None


def _main_thread(
    facts: Mapping[str, Any], claims: Sequence[Claim], hints: _Hints
) -> Finding | None:
    pid = facts["decoys"]["dead main thread"]
    if pid not in {claim[0] for claim in claims}:
        return None
    return Finding(
        seen=f"pid {pid} reported: its main thread has ended, another thread still runs (Zl in ps)",
        why="nobody can reap it yet: the process ends with its last thread",
        misconception="M2.3",
        hint=hints[2],
    )


def _changed(facts: Mapping[str, Any]) -> Finding | None:
    lost = need(facts, "lost")
    zombies = {zombie["pid"] for zombie in facts["zombies"]}
    collected = [pid for pid in lost if pid in zombies]
    if collected:
        return Finding(
            seen=f"{pids_text(collected)} gone: collected by a wait call",
            why="wait takes the zombie away; look without waiting",
            misconception="M3.10",
        )
    if lost:
        return Finding(seen=f"{pids_text(lost)} gone or stopped: a signal did that")
    left = facts.get("left", [])
    if left:
        shown = ", ".join(f"pid {p['pid']} ({p['comm']}, state {p['state']})" for p in left)
        return Finding(seen=f"left behind by your function: {shown}")
    return None
