"""Judge 4.2: daemons adopted by the student's process, their codes heard, nothing left."""

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
    signal_name,
    stray_words,
)
from lessonkit.records import Fact, Run

__all__ = ["code_finding", "looks"]

_Hints = tuple[str, str, str]
_Daemon = Mapping[str, Any]


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: adopted, codes, nothing left."""
    facts = run.facts
    daemons: Sequence[_Daemon] = need(facts, "daemons")
    student, init = need(facts, "student_pid"), run.init_pid
    problem = call_finding(
        need(facts, "call"), "adopt(commands)", blocks="it waits for a child that does not end"
    )
    first = fact(
        "daemons adopted",
        1,
        expected=f"{plural(len(daemons), 'daemon')}, adopted by pid {student} when what "
        f"started it has ended; none by init (pid {init})",
        good=f"the last parents of {pids_text(_pids(daemons))}: {short(_adopters(daemons))}",
        finding=_adopted(facts, daemons, init, hints) or problem,
        manual="PR_SET_CHILD_SUBREAPER(2const); prctl(2), PR_SET_CHILD_SUBREAPER",
    )
    others = [
        fact(
            "their codes",
            1.25,
            expected=f"{short({d['pid']: d['code'] for d in daemons})}",
            good="every daemon, and the code that it ended with",
            finding=_codes(facts["call"]["value"], daemons, student, hints),
            manual="wait(2), section RETURN VALUE",
        ),
        fact(
            "nothing left over",
            0.75,
            expected="no zombie and no other process",
            good="all that were started or adopted were collected",
            finding=_left(need(facts, "left"), facts["call"], student, hints),
            manual="wait(2), section NOTES",
        ),
    ]
    return [first, *gated(others, by=first, until="until all daemons are adopted")]


def _pids(daemons: Sequence[_Daemon]) -> list[int]:
    return [daemon["pid"] for daemon in daemons if daemon["pid"] is not None]


def _adopters(daemons: Sequence[_Daemon]) -> list[int]:
    return sorted({daemon["parents"][-1] for daemon in daemons if daemon["parents"]})


def _adopted(
    facts: Mapping[str, Any], daemons: Sequence[_Daemon], init: int, hints: _Hints
) -> Finding | None:
    unseen = [daemon for daemon in daemons if daemon["pid"] is None]
    if unseen:
        made = len(daemons) - len(unseen)
        ended = call_finding(facts["call"], "adopt(commands)")
        return Finding(
            seen=f"{made} of {plural(len(daemons), 'daemon')} seen"
            + (f"; {ended.seen}" if ended else ""),
            why=f"never started: {short(unseen[0]['command'], 60)}. Each command is an argv list",
            hint=hints[0],
        )
    lost = [daemon for daemon in daemons if daemon["parents"][-1:] == [init]]
    if lost:
        some = len(lost) < len(daemons)
        return Finding(
            seen=f"{len(lost)} of {plural(len(daemons), 'daemon')} went to init "
            f"({pids_text(_pids(lost))})",
            why="the flag has to be set before the parent ends: nobody is handed over later"
            if some
            else "their grandparent, your process, adopts nobody unless it has asked for orphans "
            "(PR_SET_CHILD_SUBREAPER) before the parent ends",
            misconception="M4.2",
            hint=hints[1],
        )
    skipped = [daemon for daemon in daemons if not daemon["command_run"]]
    if skipped:
        return Finding(
            seen=f"{plural(len(skipped), 'daemon')} ({pids_text(_pids(skipped))}) not started by "
            "the command",
            why="run the commands as they are: they start the daemons, and then end",
        )
    return None


def _codes(value: Any, daemons: Sequence[_Daemon], student: int, hints: _Hints) -> Finding | None:
    if not isinstance(value, dict):
        return Finding(seen=f"adopt(commands) returned {short(value)}", why="return {pid: code}")
    expected = {daemon["pid"]: daemon["code"] for daemon in daemons}
    early = [daemon["pid"] for daemon in daemons if daemon["state"] is not None]
    missing = [pid for pid in expected if pid not in value]
    codes = sorted(short(code) for code in value.values())
    if len(missing) == len(expected) and codes == sorted(map(short, expected.values())):
        return Finding(
            seen=f"these codes, but under other pids than those of the daemons: {short(value, 60)}",
            why="wait() returns the pid of the daemon together with its status; fork has told you "
            "that of the command",
            hint=hints[2],
        )
    if missing:
        waited = "you did not wait for them" if early else "it was collected, but not reported"
        return Finding(
            seen=f"{len(missing)} of {plural(len(expected), 'daemon')} not in the result: "
            f"{short(value, 60)}",
            why=f"{waited}. Who was adopted is your child now: wait() returns it like any other",
            misconception="M4.5" if early else None,
            hint=hints[2],
        )
    extra = [pid for pid in value if pid not in expected]
    if extra:
        return Finding(
            seen=f"{short(extra, 60)} in the result: no daemon",
            why="wait() returns the commands too, which started the daemons. Which pid is which?",
            hint=hints[2],
        )
    for pid, code in expected.items():
        problem = code_finding(pid, value[pid], code)
        if problem is not None:
            return problem
    return None


def code_finding(pid: int, given: Any, code: int) -> Finding | None:
    """Say what is wrong with the code that was given for that pid; None if it is right."""
    if given == code and isinstance(given, int):
        return None
    ended = f"it was ended by {signal_name(-code)}" if code < 0 else f"it exited with {code}"
    misconception, why = None, ""
    if code < 0 and given == 0:
        misconception, why = "M3.6", "WEXITSTATUS means something only if WIFEXITED says so"
    elif code < 0 and given == 128 - code:
        misconception = "M3.5"
        why = "128 + N is what a shell shows in $?; the kernel reports the signal itself"
    elif given == (-code if code < 0 else code << 8):
        misconception, why = "M3.5", "that is the wait status, which holds more than the code"
    return Finding(
        seen=f"pid {pid}: {short(given)}, but {ended}, so {code} is right",
        why=why,
        misconception=misconception,
        hint="os.waitstatus_to_exitcode turns a wait status into such a code.",
        manual="wait(2), WIFEXITED and WIFSIGNALED",
    )


def _left(
    left: Sequence[Mapping[str, Any]], call: Mapping[str, Any], student: int, hints: _Hints
) -> Finding | None:
    if call["strays"]:
        return Finding(
            seen=f"{plural(call['strays'], 'copy', 'copies')} of your process came back too"
            + stray_words(call),
            why="a child runs on behind the fork; end it with os._exit",
            misconception="M3.11",
        )
    zombies = [p["pid"] for p in left if p["state"] in "ZX"]
    if zombies:
        return Finding(
            seen=f"{plural(len(zombies), 'zombie')} ({pids_text(zombies)}), "
            f"{'child' if len(zombies) == 1 else 'children'} of pid {student}",
            why="to adopt is not to reap: whoever adopts has to wait for all of them, and for the "
            "commands themselves",
            misconception="M4.5",
            hint=hints[2],
        )
    if left:
        shown = ", ".join(f"pid {p['pid']} ({p['comm']}, state {p['state']})" for p in left[:4])
        return Finding(seen=f"still there: {shown}", why="nothing else should run any more")
    return None
