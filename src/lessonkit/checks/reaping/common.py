"""What the judges of this lesson say alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, pids_text, plural, short, signal_name
from lessonkit.checks.forking.common import fell_through, is_number, wrong_code
from lessonkit.scenes.calm import CALM_CPU_SECONDS, CALM_READY_SECONDS, CALM_SWITCHES

__all__ = [
    "Call",
    "Hints",
    "Step",
    "ended_text",
    "no_callable",
    "not_asleep",
    "not_collected",
    "pairs",
    "wrong_codes",
]

Hints = tuple[str, str, str]
Call = Mapping[str, Any]
Step = Mapping[str, Any]


def no_callable(call: Call, what: str, name: str, hints: Hints, blocks: str) -> Finding | None:
    """Say why a call has brought no function; None if it has."""
    problem = call_finding(call, what, blocks=blocks)
    if problem is not None:
        sleeps = call["kind"] == "timeout" and "asleep" in problem.seen
        return Finding(
            seen=problem.seen,
            why=problem.why,
            misconception="M3.10" if sleeps else None,
            hint=hints[0],
        )
    fell = fell_through(call, what, hints[0])
    if fell is not None:
        return fell
    if call["callable"]:
        return None
    return Finding(
        seen=f"{what} returned {short(call['value'])}",
        why=f"return {name} itself, a function, without calling it",
    )


def not_collected(step: Step, many: bool, ignored: bool, hints: Hints) -> Finding | None:
    """Zombies that stayed although nobody had to be asked."""
    left, expected = step["left"], step["expected"]
    if ignored:
        return Finding(
            seen="SIGCHLD is ignored: children vanish when they end, and their codes with them",
            why="SIG_IGN is not the default: it tells the kernel to throw every status away",
            misconception="M3.7",
            hint=hints[0],
            manual="wait(2), section NOTES",
        )
    if not left:
        return None
    some = 0 < len(left) < len(expected) and many
    return Finding(
        seen=f"{len(left)} of {plural(len(expected), 'child', 'children')} that ended "
        f"{'at the same time ' if many else ''}stayed zombies ({pids_text(left)})",
        why="they ended together, and one SIGCHLD came for all of them: a pending signal is "
        "pending once. Collect in a loop"
        if some
        else "nobody waited for them",
        misconception="M6.1" if some else None,
        hint=hints[0],
        manual="signal(7), section Queueing and delivery semantics for standard signals",
    )


def not_asleep(moment: Mapping[str, Any] | None, hints: Hints) -> Finding | None:
    """What was seen of a process that should have slept while nothing happened."""
    if moment is None:
        return Finding(seen="not looked at: it did not come so far")
    if moment["cpu_seconds"] >= CALM_CPU_SECONDS:
        return Finding(
            seen=f"while nothing happened for 0.6 s, it used {moment['cpu_seconds']:.2f} s of CPU",
            why="it asks again and again, without a pause",
            misconception="M3.10",
            hint=hints[2],
        )
    if moment["ready_seconds"] >= CALM_READY_SECONDS:
        return Finding(
            seen="while nothing happened for 0.6 s, it ran, or waited for a processor to run on, "
            f"for {moment['ready_seconds']:.1f} s",
            why="it asks again and again, without a pause, as far as this busy host lets it",
            misconception="M3.10",
            hint=hints[2],
        )
    if moment["switches"] > CALM_SWITCHES:
        return Finding(
            seen=f"while nothing happened for 0.6 s, it woke up {moment['switches']} times",
            why="a nap and a question in turns is asking again and again, too: sleep until the "
            "kernel wakes you up. (Popen.wait(timeout) takes such naps)",
            misconception="M3.10",
            hint=hints[2],
        )
    return None


def pairs(value: Any) -> list[tuple[Any, Any]] | None:
    """What was returned, as (pid, code) pairs; None if it is neither a dict nor such a list."""
    if isinstance(value, dict):
        return list(value.items())
    if not isinstance(value, (list, tuple)):
        return None
    if not all(isinstance(item, (list, tuple)) and len(item) == 2 for item in value):
        return None
    return [(item[0], item[1]) for item in value]


def ended_text(code: int) -> str:
    """How a child ended, in words, as init saw to it."""
    return f"{signal_name(-code)} ended it" if code < 0 else f"it exited with {code}"


def wrong_codes(
    claim: Sequence[tuple[Any, Any]], truth: Mapping[int, int], what: str, hints: Hints
) -> Finding | None:
    """Compare what was said with how the children ended: all of them, once, and nobody else."""
    pids = [pid for pid, _ in claim]
    known = [pid for pid in pids if type(pid) is int]
    missing = [pid for pid in truth if pid not in known]
    if missing:
        return Finding(
            seen=f"{pids_text(missing)} {'has' if len(missing) == 1 else 'have'} ended, and "
            f"{'is' if len(missing) == 1 else 'are'} missing in what {what} returned",
            why="collected, and not noted: a code can be had only once",
            hint=hints[1],
        )
    twice = sorted({pid for pid in known if known.count(pid) > 1})
    if twice:
        return Finding(seen=f"{pids_text(twice)} more than once in what {what} returned")
    extra = [pid for pid in pids if type(pid) is not int or pid not in truth]
    if extra:
        zero = extra[0] == 0
        return Finding(
            seen=f"{short(extra)} in what {what} returned, "
            + ("which is no child" if zero else "which had not ended, or is not yours"),
            why="waitpid gives (0, 0) when no child is ready" if zero else "",
            misconception="M6.6" if zero else None,
            hint=hints[1],
        )
    for pid, given in claim:
        if is_number(given, truth[pid]):
            continue
        misconception, why = wrong_code(given, truth[pid])
        return Finding(
            seen=f"pid {pid}: {short(given)}, but {ended_text(truth[pid])}, so {truth[pid]} is "
            "right",
            why=why,
            misconception=misconception,
            hint="os.waitstatus_to_exitcode turns a wait status into such a code.",
            manual="wait(2), WIFEXITED and WIFSIGNALED",
        )
    return None
