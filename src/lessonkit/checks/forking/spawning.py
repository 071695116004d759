"""Judge 1.1: all children at once, each with its own code, all of them collected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import (
    Finding,
    call_finding,
    ending_text,
    fact,
    gated,
    need,
    pids_text,
    plural,
    short,
    signal_name,
)
from lessonkit.checks.forking.common import (
    Hints,
    fell_through,
    first,
    is_number,
    left_in_the_end,
    shown,
    too_few,
    wrong_code,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Round = Mapping[str, Any]

ROUNDS = 2
CALL = "spawn_codes(gates)"


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: all at once, their codes, the answer, nothing left."""
    rounds: Sequence[_Round] = need(run.facts, "rounds")
    student = need(run.facts, "student_pid")
    counts = " and ".join(str(one["n"]) for one in rounds)
    there = fact(
        "children at their gates",
        1,
        expected=f"{plural(rounds[-1]['n'], 'child', 'children')} of pid {student} alive at the "
        "same time, and nothing else",
        good=f"{counts} children of pid {student}, all alive, each waiting for its number",
        finding=first(_standing(one, student, hints) for one in rounds),
        manual="fork(2), section RETURN VALUE",
    )
    codes = fact(
        "their exit codes",
        0.5,
        expected="each child ends with the number that came through its gate",
        good="right for all, as their zombies showed",
        finding=first(_codes(one, hints) for one in rounds),
        manual="_exit(2)",
    )
    answer = fact(
        "the answer",
        1,
        expected="{pid: code} of all children, -N for the one that signal N ended",
        good="right for all of them",
        finding=first(_answer(one, hints) for one in rounds),
        manual="wait(2), WIFEXITED and WIFSIGNALED",
    )
    clean = fact(
        "nothing left over",
        0.5,
        expected="all children collected, no copy of your process, nothing for init to adopt",
        good="no child left, init had nothing to adopt",
        finding=first(_left(one, hints) for one in rounds)
        or too_few(rounds, ROUNDS)
        or left_in_the_end(run),
        manual="wait(2), section NOTES",
    )
    codes = gated([codes], by=there, until="until all children stood at their gates")[0]
    rest = gated([answer, clean], by=there, until="until all children stood at their gates")
    return [there, codes, *rest]


def _standing(one: _Round, student: int, hints: Hints) -> Finding | None:
    if "standing" in one:
        return None
    n, most = one["n"], one["most"]
    others = [p for p in most if p["ppid"] != student]
    if others:
        return Finding(
            seen=f"{plural(len(others), 'process', 'processes')} whose parent is not pid {student} "
            f"but {pids_text(sorted({p['ppid'] for p in others}))}",
            why="your children fork too: they are copies of your process, and they go on in the "
            "loop like their parent",
            misconception="M3.11",
            hint=hints[0],
        )
    if len(most) > n:
        return Finding(
            seen=f"{plural(len(most), 'child', 'children')} for {plural(n, 'gate')}",
            why="how often does your loop fork?",
            hint=hints[0],
        )
    problem = call_finding(one["call"], CALL, blocks="it waits for a child that does not end")
    if len(most) == 1 and n > 1 and one["call"]["kind"] == "timeout":
        return Finding(
            seen=f"1 child at its gate, and your process waited for it; the other {n - 1} were "
            "never forked",
            why="no gate opens until all children are there. Parent and child run at the same "
            "time: fork all of them, then wait",
            misconception="M1.1",
            hint=hints[0],
        )
    dead = [p for p in most if p["state"] in "ZX"]
    if dead:
        return Finding(
            seen=f"{plural(len(dead), 'child', 'children')} had ended ({pids_text(_pids(dead))}), "
            "though no gate was open yet",
            why="a child ends when its number has come, not before",
            hint=hints[1],
        )
    if not most and one["threads"] > n:
        return Finding(
            seen=f"no child, but {plural(one['threads'] - 1, 'thread')} more in your own process",
            why="a thread is no process: it has no pid, no exit code, and nobody waits for it",
            misconception="M2.3",
            hint=hints[0],
        )
    if problem is not None and not most:
        return problem
    if not most:
        return Finding(
            seen=f"no child was seen alive before {CALL} came back",
            why="a child has to wait at its gate: os.read(gate, 1) blocks until the number comes",
            hint=hints[0],
        )
    asleep = all(p["state"] == "S" for p in most)
    if len(most) == n and asleep and one["call"]["kind"] != "timeout":
        return Finding(
            seen=f"{plural(n, 'child', 'children')}, but "
            + (problem.seen if problem else f"{CALL} came back")
            + " before any gate was open",
            why="your process has to wait for each of its children: os.waitpid(pid, 0) blocks "
            "until this one has ended; WNOHANG does not wait",
            hint=hints[2],
        )
    if len(most) == n:
        return Finding(
            seen=f"{plural(n, 'child', 'children')}, which did not wait at their gates: "
            f"{shown(most)}",
            why="os.read(gate, 1) blocks until the number comes; until then a child has nothing "
            "to do",
            hint=hints[1],
        )
    return Finding(
        seen=f"at most {len(most)} of {plural(n, 'child', 'children')} at the same time: "
        f"{shown(most)}" + (f"; {problem.seen}" if problem else ""),
        hint=hints[0],
    )


def _pids(processes: Sequence[Mapping[str, Any]]) -> list[int]:
    return [process["pid"] for process in processes]


def _right(ended: Mapping[str, Any]) -> bool:
    cause, status = ended["cause"], ended["status"]
    if cause < 0:
        return status is not None and status & 0x7F == -cause
    return bool(status == cause << 8)


def _codes(one: _Round, hints: Hints) -> Finding | None:
    if len(one["ended"]) < one["n"]:
        return Finding(
            seen=f"{len(one['ended'])} of {plural(one['n'], 'child', 'children')} ended when "
            "their numbers came",
            why="the others did not read their gates, or did not end then",
            hint=hints[1],
        )
    for ended in one["ended"]:
        if _right(ended):
            continue
        if ended["status"] is None:
            return Finding(
                seen=f"nobody knows how pid {ended['pid']} ended: the kernel kept no zombie",
                why="SIGCHLD is ignored, or somebody else collected it: then its code is lost",
                misconception="M3.7",
                hint=hints[2],
            )
        told = f"the number {ended['cause']} came"
        if ended["cause"] < 0:
            told = f"{signal_name(-ended['cause'])} was sent to it"
        return Finding(
            seen=f"pid {ended['pid']}: {told}, but it ended with {ending_text(ended['status'])}",
            why="the exit code is what os._exit is given: the number itself. os.read gives bytes; "
            "the first of them is the number"
            if told[4] == "n"
            else "",
            hint=hints[1],
        )
    return None


def _answer(one: _Round, hints: Hints) -> Finding | None:
    call = one["call"]
    problem = call_finding(
        call, CALL, blocks="it waits for one child more than there are, or at a gate"
    )
    if problem is not None:
        return Finding(seen=problem.seen, why=problem.why, hint=hints[2])
    claim = call["value"]
    if not isinstance(claim, dict):
        return Finding(
            seen=f"{CALL} returned {short(claim)}", why="return a dict: {pid: code}", hint=hints[2]
        )
    truth = {ended["pid"]: _code(ended) for ended in one["ended"]}
    missing = [pid for pid in truth if pid not in claim]
    if missing:
        misconception, why = None, ""
        if missing == [one["ended"][-1]["pid"]] and any(
            p["pid"] == missing[0] and p["state"] in "ZX" for p in one["left"]
        ):
            return Finding(
                seen=f"{pids_text(missing)}, the last one to end, missing in {short(claim)}",
                why="it was still alive when it was asked for: who sleeps for a while and then "
                "asks has guessed. os.waitpid(pid, 0) comes back when it has ended",
                hint=hints[2],
            )
        if len(claim) == len(truth):
            why = "the keys are to be the pids: what fork returns in your process"
        elif all(truth[pid] < 0 for pid in missing):
            misconception, why = "M3.6", "WIFEXITED is false for who was ended by a signal"
        elif len(claim) == 1:
            misconception, why = "M3.9", "one wait() collects one child"
        return Finding(
            seen=f"{pids_text(missing)} missing in {short(claim)}",
            why=why,
            misconception=misconception,
            hint=hints[2],
        )
    extra = [pid for pid in claim if pid not in truth]
    if extra:
        return Finding(seen=f"{short(extra)} in the answer, which none of the children is")
    wrong = [pid for pid, code in truth.items() if not is_number(claim[pid], code)]
    if not wrong:
        return None
    if len(wrong) > 1 and sorted(map(repr, claim.values())) == sorted(map(repr, truth.values())):
        return Finding(
            seen=f"{short(claim)}: these codes, but of other children; right is {short(truth)}",
            why="wait() returns the children in the order in which they end, and its first value "
            "says which one it was",
            misconception="M1.11",
            hint=hints[2],
        )
    pid = next((pid for pid in wrong if truth[pid] < 0), wrong[0])
    code = truth[pid]
    how = f"{signal_name(-code)} ended it" if code < 0 else f"it exited with {code}"
    misconception, why = wrong_code(claim[pid], code)
    return Finding(
        seen=f"pid {pid}: {short(claim[pid])}, but {how}, so {code} is right",
        why=why,
        misconception=misconception,
        hint=hints[2],
    )


def _code(ended: Mapping[str, Any]) -> int:
    status: int | None = ended["status"]
    if status is None:
        return int(ended["cause"])
    return -(status & 0x7F) if status & 0x7F else status >> 8 & 0xFF


def _left(one: _Round, hints: Hints) -> Finding | None:
    fell = fell_through(one["call"], CALL, hints[1])
    if fell is not None:
        return fell
    zombies = [p for p in one["left"] if p["state"] in "ZX"]
    if zombies:
        return Finding(
            seen=f"{plural(len(zombies), 'zombie')} left ({pids_text(_pids(zombies))})",
            why="one wait() collects one child",
            misconception="M3.9",
            hint=hints[2],
        )
    if one["left"]:
        return Finding(seen=f"still there after the call: {shown(one['left'])}")
    if one["adopted"]:
        return Finding(
            seen=f"init adopted and reaped {plural(one['adopted'], 'process', 'processes')}",
            why="their parent ended without waiting for them",
        )
    return None
