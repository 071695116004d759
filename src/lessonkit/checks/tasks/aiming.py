"""Judge 2.5: a signal to the process that was aimed at, and to nobody else, whatever its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import (
    Finding,
    Missing,
    call_finding,
    ending_text,
    fact,
    gated,
    need,
    short,
    signal_name,
)
from lessonkit.checks.forking.common import Hints, first, shown
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Shot = Mapping[str, Any]

_NOT_REUSED = (
    " (that a number is given to another process cannot be staged on this host: not observed)"
)
_WHAT = {
    "one": "a process that lives",
    "another": "another process that lives",
    "ended": "a zombie",
    "gone": "a process that has ended and was reaped",
    "reused": "a process that has ended, and whose number another one has now",
    "itself": "the process that has this number now, aimed at anew",
    "nobody": "a number that no process has",
}


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: sent, the impostor lives, ended, nobody else."""
    shots: Mapping[str, _Shot] = {one["case"]: one for one in need(run.facts, "shots")}
    reuse = need(run.facts, "reuse")

    def ask(*names: str) -> Finding | None:
        asked = [name for name in shots if name in names]  # what came first may explain the rest
        return first(_shot(shots, name, hints) for name in dict.fromkeys([*asked, *names]))

    sent = fact(
        "sent",
        1 if reuse else 1.5,
        expected="the process that was aimed at gets the signal, and the answer is True",
        good="both were ended by exactly the signal that was sent",
        finding=ask("one", "another"),
        manual="kill(2); pidfd_send_signal(2)",
    )
    others = []
    if reuse:
        others.append(
            fact(
                "another with its number",
                1.5,
                expected="a process that got the number later gets nothing; aimed at anew, it is "
                "a target like any other",
                good="it lived on; then it was aimed at, and ended",
                finding=ask("reused", "itself"),
                manual="pidfd_open(2); proc_pid_stat(5), field 22 starttime",
            )
        )
    others += [
        fact(
            "ended",
            1 if reuse else 2,
            expected="False once it has ended, as a zombie too; ProcessLookupError for nobody"
            + ("" if reuse else _NOT_REUSED),
            good="right for a zombie, for one that is gone, for nobody"
            + ("" if reuse else _NOT_REUSED),
            finding=ask("ended", "gone", "nobody"),
            manual="kill(2), section NOTES; pidfd_open(2)",
        ),
        fact(
            "nobody else",
            0.5,
            expected="all other processes live, and none was added",
            good="nobody was hurt",
            finding=_hurt(run.facts, shots.values()),
            manual="kill(2), section DESCRIPTION",
        ),
    ]
    return [sent, *gated(others, by=sent, until="until a signal arrives where it is to")]


def _shot(shots: Mapping[str, _Shot], name: str, hints: Hints) -> Finding | None:
    shot = shots.get(name)
    if shot is None:
        return _missing(shots, name)
    pid = shot["pid"]
    aim = f"safe_kill({pid})"
    if name == "nobody":
        return _nobody(shot["aim"], aim, hints)
    what = f"{aim}, {_WHAT[name]}"
    if "send" not in shot:
        problem = call_finding(shot["aim"], what)
        return problem or Finding(
            seen=f"{what}: returned {short(shot['aim']['value'])}",
            why="return a function that takes the number of a signal",
            hint=hints[0],
        )
    if shot.get("staged") is False:
        return Finding(
            seen="the number could not be given away again: somebody else had it",
            why="your function, or what it has started, takes up the numbers",
        )
    sig = shot["signal"]
    call = f"send({signal_name(sig)}) to pid {pid}, {_WHAT[name]},"
    problem = call_finding(shot["send"], call)
    if problem is not None:
        return Finding(seen=problem.seen, why=problem.why, hint=hints[1])
    given = shot["send"]["value"]
    if not isinstance(given, bool):
        return Finding(seen=f"{call} returned {short(given)}", why="return True or False")
    return _effect(shot, name, call, given, hints)


def _effect(shot: _Shot, name: str, call: str, given: bool, hints: Hints) -> Finding | None:
    """What the kernel has seen of it, and then the answer."""
    if name in ("one", "another"):
        hit = shot["hit"]
        if shot["was"] != "S":
            return Finding(
                seen=f"{call}: it had ended, or was stopped, before the signal was to be sent",
                why="safe_kill only aims; nothing is sent before the function that it returns is "
                "called",
                hint=hints[0],
            )
        if hit is None:
            return Finding(
                seen=f"{call} returned {given}, but the process is in state {shot['state']}: no "
                "signal has come",
                hint=hints[0],
            )
        if hit & 0x7F != shot["signal"]:
            return Finding(seen=f"{call}: what came was another thing ({ending_text(hit)})")
    if name == "reused" and shot["state"] != "S":
        return Finding(
            seen=f"{call} returned {given}, and hit the other one "
            + ("(it has ended)" if shot["state"] in (None, "Z") else f"(state {shot['state']})"),
            why="a number names a process only as long as it lives; then somebody else may get it, "
            "with the same name and the same parent",
            misconception="M2.6",
            hint=hints[1],
        )
    if name == "itself" and shot["state"] is not None:
        return Finding(
            seen=f"{call} returned {given}, and it lives on",
            why="each call of safe_kill aims anew: what was known of this number is out of date",
            misconception="M2.6",
            hint=hints[1],
        )
    if given is (name in ("one", "another", "itself")):
        return None
    zombie = name == "ended"
    return Finding(
        seen=f"{call} returned {given}",
        why="a zombie takes every signal, and nothing happens: kill(pid, 0) does not tell, only "
        "its state or a pidfd does"
        if zombie
        else "say whether the signal was sent to the process that was aimed at",
        misconception="M2.8" if zombie else None,
        hint=hints[2] if zombie else hints[0],
    )


def _nobody(aim: Mapping[str, Any], call: str, hints: Hints) -> Finding | None:
    if aim["kind"] == "error" and aim["error"]["type"] == "ProcessLookupError":
        return None
    problem = call_finding(aim, call)
    said = "returned a function" if aim.get("callable") else f"returned {short(aim['value'])}"
    return Finding(
        seen=problem.seen if problem else f"{call}, {_WHAT['nobody']}: {said}",
        why="raise ProcessLookupError, as os.kill and os.pidfd_open do",
        hint=hints[0],
    )


def _missing(shots: Mapping[str, _Shot], name: str) -> Finding | None:
    ended = False
    for shot in shots.values():
        calls = [shot["aim"], shot.get("send")]
        ended = ended or any(call and call["kind"] in ("timeout", "gone") for call in calls)
    if ended:
        return Finding(seen="not asked: a call before this one did not come back")
    before = {"gone": "ended", "itself": "reused"}.get(name)
    if before is not None and before in shots:
        return Finding(seen="not asked: what came before it had failed")
    raise Missing(f"the scene did not aim at {name!r}")


def _hurt(facts: Mapping[str, Any], shots: Sequence[_Shot] | Any) -> Finding | None:
    for shot in shots:
        for other in shot.get("changed", ()):
            now = other["state"]
            return Finding(
                seen=f"when pid {shot['pid']} was to get a signal, pid {other['pid']} "
                + ("was ended" if now in (None, "Z") else f"came into state {now}"),
                why="0, -1 and negative numbers name groups of processes; and each function that "
                "you return has its own target",
            )
    if "hurt" not in facts:
        return Finding(seen="not known: a call did not come back")
    if facts["hurt"] != "S":
        return Finding(seen="a process that nobody aimed at was ended or stopped")
    if facts["left"]:
        return Finding(seen=f"left behind by your function: {shown(facts['left'])}")
    return None
