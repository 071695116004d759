"""Judge 4.3: a daemon as daemon(7) wants it, and a caller that notices nothing."""

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
    stray_words,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Hints = tuple[str, str, str]
_Seen = Mapping[str, Any]
_UNSEEN = " (on this host nobody may see directory and descriptors: only the umask was looked at)"
_CHANNEL = 230
"""The way to init, which exec closes; see the sandbox. A caller may lose it, not the daemon."""


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: started, session, surroundings, caller."""
    facts = run.facts
    problem = call_finding(
        need(facts, "call"),
        "daemonise(argv)",
        blocks="it waits for the program, which does not end; a daemon is left alone",
    )
    daemon = facts.get("daemon") or {}
    pid = daemon.get("pid")
    first = fact(
        "a daemon runs",
        1,
        expected=f"one process with the given argv, whose parent is init (pid {run.init_pid}); its "
        "pid is returned",
        good=f"pid {pid}; its first parent has ended",
        finding=problem or _runs(run, hints),
        manual="daemon(7), section SysV Daemons, steps 5 to 8",
    )
    if not first.ok:
        return [first, *gated(_empty(), by=first, until="until the daemon runs")]
    before, after = need(facts, "before"), need(facts, "after")
    return [
        first,
        fact(
            "its session",
            0.75,
            expected=f"a session that is not yours ({before['sid']}), and of which it is not the "
            "leader",
            good=f"pid {pid} is in session {daemon['sid']}, whose leader has ended",
            finding=_session(daemon, before, hints),
            manual="daemon(7), section SysV Daemons, steps 6 and 7; setsid(2)",
        ),
        fact(
            "its surroundings",
            0.75,
            expected="working directory /, umask 0, descriptors 0, 1, 2 on /dev/null, no others"
            + ("" if before["fds"] is not None else _UNSEEN),
            good="all as asked",
            finding=_surroundings(daemon, before, hints),
            manual="daemon(7), section SysV Daemons, steps 1 and 9 to 11",
        ),
        fact(
            "the caller",
            0.5,
            expected="your process as it was before, no zombie, nothing else left",
            good="directory, umask and descriptors as before; the middle was collected",
            finding=_caller(facts, before, after, hints),
            manual="fork(2), section DESCRIPTION",
        ),
    ]


def _empty() -> list[Fact]:
    names = {
        "its session": (0.75, "a session of its own, of which it is not the leader"),
        "its surroundings": (0.75, "directory /, umask 0, three descriptors on /dev/null"),
        "the caller": (0.5, "your process as it was before, no zombie, nothing else left"),
    }
    return [
        Fact(name=name, ok=False, points=points, expected=expected, seen="")
        for name, (points, expected) in names.items()
    ]


def _runs(run: Run, hints: _Hints) -> Finding | None:
    facts = run.facts
    daemon, call = facts.get("daemon"), facts["call"]
    if call["strays"]:
        copies = plural(call["strays"], "copy came", "copies came")
        return Finding(
            seen=f"{copies} back from daemonise() in addition to your process{stray_words(call)}",
            why="a child runs on behind the fork; end it with os._exit, also when exec fails",
            misconception="M3.11",
            hint=hints[0],
            manual="fork(2), section DESCRIPTION",
        )
    if daemon is None:
        return Finding(
            seen=f"no process has the argv {short(facts['argv'], 80)}",
            why="pass argv to exec as it is; the program waits until the check has seen it",
            hint=hints[0],
        )
    if facts["count"] > 1:
        return Finding(
            seen=f"{facts['count']} processes run the program", why="start it once", hint=hints[0]
        )
    pid, parent = daemon["pid"], daemon["ppid"]
    if parent == facts["student_pid"]:
        return Finding(
            seen=f"pid {pid} is your child: its parent is pid {parent}, which lives",
            why="you would have to wait for it, for ever; a daemon's first parent has ended",
            misconception="M4.10",
            hint=hints[0],
        )
    if parent != run.init_pid:
        return Finding(
            seen=f"the parent of pid {pid} is pid {parent}, which still runs",
            why="whoever stands between you and the daemon has to end",
            hint=hints[0],
        )
    if type(call["value"]) is not int or call["value"] != pid:
        return Finding(
            seen=f"daemonise() returned {short(call['value'])}, and the daemon is pid {pid}",
            why="you know the pid of the child that you forked; that of the grandchild the child "
            "has to tell you, through a pipe",
            hint=hints[2],
        )
    return None


def _session(daemon: _Seen, before: _Seen, hints: _Hints) -> Finding | None:
    pid, sid = daemon["pid"], daemon["sid"]
    if sid == before["sid"]:
        return Finding(
            seen=f"pid {pid} is in your session ({sid})",
            why="it would share your terminal, and hear when you hang up; setsid() makes a new "
            "session",
            hint=hints[1],
        )
    if sid == pid:
        return Finding(
            seen=f"pid {pid} is the leader of its session",
            why="a session leader that opens a terminal gets it as its controlling terminal: so "
            "fork once more after setsid()",
            misconception="M4.10",
            hint=hints[1],
        )
    return None


def _surroundings(daemon: _Seen, before: _Seen, hints: _Hints) -> Finding | None:
    if daemon["fds"] is None and before["fds"] is not None:
        return Finding(
            seen=f"nobody can look at the descriptors of pid {daemon['pid']}",
            why="something has made it a process that others may not look into",
        )
    if daemon["cwd"] not in ("/", None):
        return Finding(
            seen=f"its working directory is {short(daemon['cwd'])}",
            why="as long as it lives nobody could unmount what that lies on",
            misconception="M4.11",
            hint=hints[2],
        )
    if daemon["umask"] != "0000":
        return Finding(
            seen=f"its umask is {short(daemon['umask'])}",
            why="exec keeps it, whether it was inherited or set: os.umask(0) before exec",
            misconception="M4.11",
            hint=hints[2],
        )
    fds = daemon["fds"]
    if fds is None:
        return None
    wrong = {n: fds.get(n) for n in (0, 1, 2) if fds.get(n) != "/dev/null"}
    if wrong:
        return Finding(
            seen=f"descriptors that are not on /dev/null: {short(wrong)}",
            why="what is closed there is taken by the first file that the program opens: it would "
            "write into that. (What Python opens is closed by exec, unless dup2 has made it)"
            if None in wrong.values()
            else "it would write to, or read from, whatever your process had there",
            misconception="M4.11",
            hint=hints[2],
        )
    others = {n: target for n, target in fds.items() if n > 2 and not _own(n, target)}
    if others:
        return Finding(
            seen=f"also open in the daemon: {short(others)}",
            why="not every descriptor is closed by exec: only those with the flag FD_CLOEXEC, and "
            "whoever opened this one had not set it",
            misconception="M4.11",
            hint=hints[2],
        )
    return None


def _own(number: int, target: str | None) -> bool:
    """True for what the shell itself has open: its gate, a copy of what it redirects."""
    return target is not None and (
        target.endswith("/gate") or (number >= 10 and target == "/dev/null")
    )


def _caller(facts: Mapping[str, Any], before: _Seen, after: _Seen, hints: _Hints) -> Finding | None:
    if after is None:
        return Finding(seen="your process has ended", hint=hints[0])
    left: Sequence[_Seen] = need(facts, "left")
    zombies = [p["pid"] for p in left if p["state"] in "ZX"]
    if zombies:
        return Finding(
            seen=f"{plural(len(zombies), 'zombie')} ({pids_text(zombies)}) in addition",
            why="the process in the middle was your child: you have to wait for it",
            misconception="M3.3",
            hint=hints[0],
        )
    if left:
        shown = ", ".join(f"pid {p['pid']} ({p['comm']}, state {p['state']})" for p in left[:4])
        return Finding(seen=f"also still there: {shown}")
    names = {"cwd": "working directory", "umask": "umask", "sid": "session", "pgid": "group"}
    for key, name in names.items():
        if before[key] != after[key]:
            return Finding(
                seen=f"the {name} of your process was {short(before[key])}, and now is "
                f"{short(after[key])}",
                why="change it in the child, after the fork",
                hint=hints[1],
            )
    if before["fds"] is None or after["fds"] is None:
        return None
    was, now = ({n: t for n, t in one["fds"].items() if n != _CHANNEL} for one in (before, after))
    if was != now:
        changed = {n: now.get(n) for n in {*was, *now} if was.get(n) != now.get(n)}
        return Finding(
            seen=f"descriptors of your process that changed: {short(changed)}",
            why="close what you have opened; redirect in the child, after the fork",
            hint=hints[1],
        )
    return None
