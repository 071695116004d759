"""Judge 5.6: the bomb gone without a fork, listed, nobody hurt, the shell alive."""

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
)
from lessonkit.checks.forking.common import Hints, fell_through, shown
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Facts = Mapping[str, Any]
_REFUSED = ("cannot fork", "can't fork", "fork: ", "resource temporarily unavailable")


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: gone, listed, nobody hurt, the shell."""
    facts = run.facts
    bomb: Sequence[Mapping[str, Any]] = facts.get("bomb", ())
    gone = fact(
        "the bomb is gone",
        1,
        expected="all processes of the bomb ended by a shell that could not fork",
        good=f"{plural(len(bomb), 'process', 'processes')} ended, without a fork",
        finding=_asked(facts, hints) or _gone(facts, hints),
        manual="fork(2), section ERRORS, EAGAIN; dash(1), Builtins",
    )
    if "bomb" not in facts:
        return [gone, *gated(_others(None, hints), by=gone, until="until the script has run")]
    until = "until the bomb is gone"
    return [gone, *gated(_others(facts, hints), by=gone, until=until)]


def _others(facts: _Facts | None, hints: Hints) -> list[Fact]:
    return [
        fact(
            "listed",
            0.75,
            expected="the pid of each process of the bomb, one a line, and nothing else",
            good="all of them listed, nothing else",
            finding=None if facts is None else _listed(facts, hints),
            manual="proc(5), /proc/PID; dash(1), read and echo",
        ),
        fact(
            "nobody else was hurt",
            0.75,
            expected="all others alive and not stopped",
            good="all others are as they were",
            finding=None if facts is None else _hurt(facts, hints),
            manual="kill(2), section DESCRIPTION",
        ),
        fact(
            "the shell is still there",
            0.5,
            expected="the same shell goes on after the script",
            good="it went on, and ended when it was told to",
            finding=None if facts is None else _shell(facts, hints),
            manual="execve(2), section DESCRIPTION; dash(1), exec and exit",
        ),
    ]


def _asked(facts: _Facts, hints: Hints) -> Finding | None:
    call = need(facts, "call")
    problem = call_finding(call, "no_fork_rescue()")
    if problem is not None:
        return problem
    strayed = fell_through(call, "no_fork_rescue()", hints[1])
    if strayed is not None:
        return strayed
    if facts["early"]:
        return Finding(
            seen=f"{plural(len(facts['early']), 'process', 'processes')} of the bomb gone before "
            "the script ran",
            why="the shell is to do it: return the text of its script, do nothing else",
        )
    if facts["helpers"]:
        return Finding(
            seen=f"no_fork_rescue() has left {shown(facts['helpers'])}",
            why="there is no room for a helper: return the text of the script",
        )
    if facts.get("unsent"):
        return Finding(
            seen="the shell was gone before the script could run",
            why="it was your only one: return the text of its script, do nothing else",
        )
    if "bomb" not in facts:
        return Finding(
            seen=f"no_fork_rescue() returned {short(call['value'], 60)}",
            why="return the text of a script, a string of at most 20,000 characters",
        )
    return None


def _gone(facts: _Facts, hints: Hints) -> Finding | None:
    alive = [one for one in facts["bomb"] if one["state"] not in (None, "Z", "X")]
    if not alive:
        return None
    shell, said = facts["shell"], facts["said"]
    seen = f"{len(alive)} of {plural(len(facts['bomb']), 'process', 'processes')} of the bomb alive"
    words = f"; the shell said {short(said.strip()[-100:], 110)}" if said.strip() else ""
    if any(word in said.lower() for word in _REFUSED):
        return Finding(
            seen=seen + words,
            why="something in the script forks: a program, a pipe, $(...), ( ), or &",
            misconception="M5.7",
            hint=hints[0],
        )
    if not shell["at_gate"] and shell["state"] not in (None, "Z", "X"):
        return Finding(
            seen=f"{seen}; the script was not done after {facts['seconds']:.0f} s{words}",
            why="it waits for something, or a fork is tried again and again",
            hint=hints[0],
        )
    if not shell["at_gate"]:
        return Finding(
            seen=f"{seen}; the shell has ended ({ending_text(shell['status'])}){words}",
            why="a script with an error in it, exit, or a program that took the place of the shell",
            hint=hints[2],
        )
    states = {one["state"] for one in alive}
    return Finding(
        seen=seen + (", stopped" if states == {"T"} else "") + words,
        why="a process whose /proc/PID/comm is exactly the first argument belongs to it; "
        "stopped is not ended",
        hint=hints[2],
    )


def _listed(facts: _Facts, hints: Hints) -> Finding | None:
    lines = facts["said"].splitlines()
    pids = {str(one["pid"]) for one in facts["bomb"]}
    missing = pids - {line.strip() for line in lines}
    if missing:
        return Finding(
            seen=f"{len(missing)} of {len(pids)} not listed; the output began {short(lines[:3])}",
            why='`echo "$pid"` needs no fork: it is a builtin',
            misconception="M5.7" if not lines else None,
            hint=hints[1],
        )
    extra = [line for line in lines if line.strip() not in pids]
    if extra:
        return Finding(
            seen=f"besides the pids: {short(extra[0], 100)}",
            why="no other process, no other line: what a builtin complains about goes to stderr, "
            "which is seen here too (2>/dev/null)",
            hint=hints[2],
        )
    return None


def _hurt(facts: _Facts, hints: Hints) -> Finding | None:
    hurt = [one for one in facts["innocent"] if one["state"] in (None, "Z", "X", "T")]
    if hurt:
        return Finding(
            seen="hurt: " + ", ".join(f"{one['name']} (pid {one['pid']})" for one in hurt[:4]),
            why=f"the bomb is called {facts['name']}, exactly; kill with -1 reaches everybody",
            hint=hints[2],
        )
    if not facts["student_alive"]:
        return Finding(
            seen=f"your own process was ended ({pids_text([facts['student_pid']])})",
            why="kill with -1 reaches everybody whom you may signal",
        )
    return None


def _shell(facts: _Facts, hints: Hints) -> Finding | None:
    shell = facts["shell"]
    if not shell["at_gate"]:
        alive = shell["state"] not in (None, "Z", "X")
        return Finding(
            seen=f"the script was not done after {facts['seconds']:.0f} s"
            if alive
            else f"the shell was gone ({ending_text(shell['status'])})",
            why="a loop that nothing ends, or it waits for something"
            if alive
            else "exec puts another program in the place of the shell; exit ends it, and so does "
            "return outside of a function: it was your only one, whether the shot hit or not",
            hint=hints[0],
        )
    if not shell["same"]:
        return Finding(
            seen="another program had come to the place where the shell was",
            why="exec puts another program in the place of the shell: it was your only one",
            hint=hints[0],
        )
    if shell["status"] != shell["code"] << 8:
        return Finding(
            seen="the shell came to its gate, but ended otherwise "
            f"({ending_text(shell['status'])})",
            why="the script has redefined what the shell needs, or left something behind",
        )
    return None
