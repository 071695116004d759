"""Judge 6.3: every line answered, every child collected, asleep in between."""

from __future__ import annotations

from collections.abc import Sequence

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, plural, short
from lessonkit.checks.forking.common import fell_through, first
from lessonkit.checks.reaping.common import (
    Hints,
    Step,
    not_asleep,
    not_collected,
    pairs,
    wrong_codes,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

LAST = "many"
_CALL = "worker_loop(inp, out)"


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: lines, lines among deaths, collected, answer, asleep."""
    steps: Sequence[Step] = run.facts.get("steps", ())
    answer = need(run.facts, "answer")
    ignored = bool(run.facts.get("ignored"))
    plain = [step for step in steps if step["kind"] == "lines"]
    busy = [step for step in steps if step["kind"] not in ("lines", "a child")]
    alone = [step for step in steps if step["kind"] == "a child"]
    lines = fact(
        "lines",
        0.75,
        expected="each line comes back in capitals as soon as it is complete",
        good="two lines, answered at once",
        finding=first(_answered(step, answer, hints) for step in plain)
        or (None if plain else call_finding(answer, _CALL) or _came_back()),
        manual="read(2), section RETURN VALUE",
    )
    others = [
        fact(
            "lines among deaths",
            0.75,
            expected="lines come back whole, once, in order, also when children end in the middle",
            good="half a line before, half a line after; and many lines at once",
            finding=first(_answered(step, answer, hints) for step in busy)
            or _complete(steps, answer),
            manual="signal(7), section Interruption of system calls and library functions by "
            "signal handlers",
        ),
        fact(
            "collected meanwhile",
            0.75,
            expected="a child that ends while nothing comes through inp is collected soon",
            good="collected, while the pipe was empty",
            finding=first(not_collected(step, False, ignored, hints) for step in alone)
            or first(not_collected(step, True, False, hints) for step in busy)
            or _complete(steps, answer),
            manual="wait(2), section NOTES",
        ),
        fact(
            "the answer",
            0.5,
            expected="{pid: code} of the children that have ended, and of no other",
            good="right for all of them",
            finding=_answer(run, hints) or _complete(steps, answer),
            manual="wait(2), WIFEXITED and WIFSIGNALED",
        ),
        fact(
            "asleep",
            0.25,
            expected="while nothing happens, your process sleeps",
            good="it slept",
            finding=not_asleep(run.facts.get("quiet"), hints),
            manual="poll(2)",
        ),
    ]
    return [lines, *gated(others, by=lines, until="until lines are answered")]


def _came_back() -> Finding:
    return Finding(
        seen=f"{_CALL} came back before anything was sent",
        why="it ends when inp is at its end: when os.read gives b''",
    )


def _gone(answer: Step) -> Finding | None:
    """The call was over before its input was: what came back, or why nothing did."""
    if answer["kind"] == "value":
        return Finding(
            seen=f"{_CALL} came back in the middle, with {short(answer['value'], 60)}",
            why="a read that was interrupted is not the end of the input, and a short one neither",
            misconception="M6.8",
        )
    problem = call_finding(answer, _CALL)
    if problem is None:
        return None
    interrupted = answer["kind"] == "error" and answer["error"]["type"] in (
        "InterruptedError",
        "BlockingIOError",
    )
    return Finding(
        seen=problem.seen,
        why="a call that was interrupted by a handler has done nothing yet: do it again"
        if interrupted
        else problem.why,
        misconception="M6.8" if interrupted else None,
    )


def _answered(step: Step, answer: Step, hints: Hints) -> Finding | None:
    wanted, back = step["wanted"], step["back"]
    if back == wanted:
        return None
    over = _gone(answer) if answer["kind"] in ("error", "value") else None
    if over is not None and (step["unread"] or answer["kind"] == "error"):
        return Finding(
            seen=over.seen,
            why=over.why,
            misconception=over.misconception,
            hint=hints[1],
        )
    if not back:
        dead = step["state"] in (None, "Z", "X")
        return Finding(
            seen=f"{plural(wanted.count(chr(10)), 'line')} sent, and nothing came back"
            + ("; your process has ended" if dead else ""),
            why="" if dead else "it sleeps in something else than reading, or waits for more",
            misconception=None if dead else "M3.10",
            hint=hints[0],
        )
    if len(back) < len(wanted):
        return Finding(
            seen=f"{len(wanted) - len(back)} of {plural(len(wanted), 'byte')} did not come back "
            f"({short(back, 60)} instead of {short(wanted, 60)})",
            why="what was read already, before a child ended, must not be thrown away",
            misconception="M6.8" if step["expected"] or step["kind"] != "lines" else None,
            hint=hints[2],
        )
    return Finding(
        seen=f"{short(back, 60)} came back instead of {short(wanted, 60)}",
        why="an incomplete line was answered" if not wanted else "",
        hint=hints[2],
    )


def _complete(steps: Sequence[Step], answer: Step) -> Finding | None:
    if any(step["kind"] == LAST for step in steps):
        return None
    over = _gone(answer) if any(step["unread"] for step in steps) else None
    return over or Finding(seen="not tried to the end: something before went wrong")


def _answer(run: Run, hints: Hints) -> Finding | None:
    answer = run.facts["answer"]
    problem = call_finding(answer, _CALL, blocks="at the end of inp, it waits for who still lives")
    if problem is not None:
        waits = answer["kind"] == "gone" and answer["wait_status"] == 9
        return Finding(
            seen="inp was at its end, and your function did not come back"
            if waits
            else problem.seen,
            why="it waits for children that still live" if waits else problem.why,
            misconception="M3.10" if waits else None,
            hint=hints[2],
        )
    fell = fell_through(answer, _CALL, hints[2])
    if fell is not None:
        return fell
    claim = pairs(answer["value"])
    if claim is None:
        return Finding(seen=f"{_CALL} returned {short(answer['value'])}", why="return {pid: code}")
    if run.facts.get("ignored"):
        return not_collected({"left": [], "expected": {}}, False, True, hints)
    return wrong_codes(claim, need(run.facts, "all"), _CALL, hints)
