"""Judge 3.7: every command ran, nobody waited for it, no zombie, nothing changed for later."""

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
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Hints = tuple[str, str, str]


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: started, no corpses, later children."""
    facts = run.facts
    commands = need(facts, "commands")
    problem = call_finding(
        need(facts, "call"), "no_corpses(commands)", blocks="it waits for something to end"
    )
    first = fact(
        "commands run",
        0.75,
        expected=f"{plural(len(commands), 'process', 'processes')} with exactly the given argv, "
        "each running to its end",
        good=f"{plural(len(commands), 'command')} seen ({pids_text(_pids(commands))}), all ran to "
        "their end",
        finding=problem or _started(commands),
        manual="execve(2)",
    )
    second = fact(
        "no corpses",
        1.25,
        expected="no zombie, and no command collected by a wait call",
        good=_how(commands, facts),
        finding=_corpses(facts, commands, hints) if problem is None else problem,
        manual="wait(2), section NOTES",
    )
    third = fact(
        "later children",
        1,
        expected="nothing else runs on, and later children deliver their codes: "
        f"{short(facts.get('codes', '7'))}",
        good="nothing else runs, all codes arrive, SIGCHLD is as it was",
        finding=_later(facts, hints) if problem is None else problem,
        manual="sigaction(2), SA_NOCLDWAIT; wait(2), section NOTES",
    )
    second = gated([second], by=first, until="until all commands run")[0]
    third = gated([third], by=second, until="until no corpse is left")[0]
    return [first, second, third]


def _pids(processes: Sequence[Mapping[str, Any]]) -> list[int]:
    return [one["pid"] for one in processes if one["pid"] is not None]


def _started(commands: Sequence[Mapping[str, Any]]) -> Finding | None:
    seen = _pids(commands)
    if len(seen) < len(commands):
        missing = next(one for one in commands if one["pid"] is None)
        return Finding(
            seen=f"{len(seen)} of {plural(len(commands), 'command')} seen; never seen: "
            f"{short(missing['argv'], 60)}",
            why="a command is an argv list: pass it to exec as it is, without a shell around it",
        )
    cut = [one["pid"] for one in commands if not one["finished"]]
    if cut:
        return Finding(
            seen=f"{pids_text(cut)} started, but did not run to the end",
            why="something ended it before its time",
        )
    return None


def _direct(facts: Mapping[str, Any], commands: Sequence[Mapping[str, Any]]) -> list[int]:
    """Commands that were children of the student's process until their end."""
    student = need(facts, "student_pid")
    return [one["pid"] for one in commands if one["parents"][-1:] == [student]]


def _how(commands: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]) -> str:
    if _direct(facts, commands):
        return "no zombie: the kernel kept no status of the commands"
    return "no zombie: init inherited the commands and reaped them"


def _corpses(
    facts: Mapping[str, Any], commands: Sequence[Mapping[str, Any]], hints: _Hints
) -> Finding | None:
    zombies = [p["pid"] for p in need(facts, "children") if p["state"] in "ZX"]
    ended = [pid for pid in zombies if pid in _pids(commands)]
    if ended:
        return Finding(
            seen=f"{plural(len(ended), 'command')} in state Z ({pids_text(ended)}), children of "
            f"pid {facts['student_pid']}",
            why="their parent, your process, lives, so init does not take them; and when they "
            "ended, SIGCHLD was not ignored (any more)",
            misconception="M3.3",
            hint=hints[1],
        )
    if zombies:
        return Finding(
            seen=f"{plural(len(zombies), 'child', 'children')} in state Z ({pids_text(zombies)}): "
            "not the commands, but the processes in the middle",
            why="they are your children, they have ended, and you did not wait for them",
            misconception="M3.3",
            hint=hints[2],
        )
    direct = _direct(facts, commands)
    if direct and need(facts, "waited_faults") > 0:
        return Finding(
            seen=f"{pids_text(direct)} collected by a wait call: the counter of waited-for "
            f"children rose (cminflt + {facts['waited_faults']})",
            why="the text asks for a way without waiting for the commands",
            hint=hints[1],
            manual="proc_pid_stat(5), field 11 cminflt",
        )
    # A parent that ignores SIGCHLD collects nobody: the kernel keeps nothing for it.
    started = [one for one in commands if one["parents"] and one["pid"] not in direct]
    taken = [one for one in started if not (one["adopted"] or one["ignored"])]
    if taken:
        return Finding(
            seen=f"{pids_text(_pids(taken))} did not come to init: collected by pid "
            f"{taken[0]['parents'][-1]}, your helper",
            why="a helper that stays and waits does what the text rules out; one that ends at once "
            "leaves them to init",
            hint=hints[2],
        )
    return None


def _later(facts: Mapping[str, Any], hints: _Hints) -> Finding | None:
    left = need(facts, "left")
    if left:
        shown = ", ".join(f"pid {p['pid']} ({p['comm']}, state {p['state']})" for p in left[:4])
        return Finding(
            seen=f"still there when all commands had ended: {shown}"
            + (f" and {len(left) - 4} more" if len(left) > 4 else ""),
            why="a helper that nobody needs any more has to end: it takes memory, and a place "
            "among the processes that you may have",
        )
    codes, delivered = need(facts, "codes"), need(facts, "delivered")
    problem = call_finding(delivered, "a later subprocess.run")
    if problem is not None:
        return Finding(seen=problem.seen, why=problem.why, misconception="M3.7", hint=hints[0])
    if facts["sigchld_ignored"]:
        return Finding(
            seen=f"SIGCHLD is still set to SIG_IGN; later children said {short(codes)}, their "
            f"parent heard {short(delivered['value'])}",
            why="ignored by default and SIG_IGN are not the same: with SIG_IGN the kernel throws "
            "every exit status away",
            misconception="M3.7",
            hint=hints[0],
        )
    kept = facts.get("kept", [])
    if delivered["value"] == codes and kept and all(kept):
        return None
    # Where the kernel keeps no status, nobody is a zombie even for a moment.
    lost = facts.get("later_faults", 0) == 0 and not any(kept)
    heard = f"their parent heard {short(delivered['value'])}"
    if delivered["value"] == codes:
        heard = "and no zombies of your process held these codes"
    return Finding(
        seen=f"later children said {short(codes)}, {heard}",
        why="the kernel still keeps no status for this process: SA_NOCLDWAIT is left on"
        if lost
        else "somebody else in this process took the status: a handler that waits for any child",
        misconception="M3.7" if lost else "M6.5",
        hint=hints[0],
    )
