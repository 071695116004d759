"""Judge 6.7: ended, stopped, continued; in order; a stopped child is not lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lessonkit.checks.facts import (
    Finding,
    call_finding,
    ending_text,
    fact,
    gated,
    need,
    pids_text,
    short,
    signal_name,
)
from lessonkit.checks.forking.common import first, is_number
from lessonkit.checks.reaping.common import Hints, Step, no_callable
from lessonkit.records import Fact, Run

__all__ = ["looks"]

STEPS = 8
News = tuple[Any, Any, Any]
_CALL = "events()"
_ENDS = ("exited", "signaled")
_WORDS = (*_ENDS, "stopped", "continued")


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: ends, stops, continues, order."""
    blocks = "it waits for something to happen: return news at once"
    none = no_callable(need(run.facts, "start"), _CALL, "news", hints, blocks)
    steps: Sequence[Step] = () if none else need(run.facts, "steps")
    news = _last_news(steps)
    happened = [tuple(one) for step in steps for one in step["happened"]]
    ends = fact(
        "ends",
        1,
        expected="each end of a child, exited or signaled, and no zombie left",
        good="all of them",
        finding=none
        or _answers(steps, hints)
        or _left(steps, hints)
        or _missing(happened, news, _ENDS, hints),
        manual="wait(2), section RETURN VALUE",
    )
    unfinished = _unfinished(steps)
    others = [
        fact(
            "stopped",
            0.75,
            expected='(pid, "stopped", signal) for each child that was stopped',
            good="all of them",
            finding=_missing(happened, news, ("stopped",), hints) or unfinished,
            manual="wait(2), WUNTRACED",
        ),
        fact(
            "continued",
            0.75,
            expected='(pid, "continued", SIGCONT) for each child that was continued',
            good="all of them",
            finding=_missing(happened, news, ("continued",), hints) or unfinished,
            manual="wait(2), WCONTINUED",
        ),
        fact(
            "in order, each once",
            0.5,
            expected="the news of each child in order, once, and nothing that did not happen",
            good="as it happened",
            finding=_order(happened, news, hints) or _living(run) or unfinished,
            manual="wait(2), section DESCRIPTION",
        ),
    ]
    return [ends, *gated(others, by=ends, until="until the ends are told")]


def _last_news(steps: Sequence[Step]) -> list[News]:
    for step in reversed(steps):
        value = step["news"]["value"]
        if isinstance(value, (list, tuple)):
            items = [item for item in value if isinstance(item, (list, tuple))]
            return [(item[0], item[1], item[2]) for item in items if len(item) == 3]
    return []


def _answers(steps: Sequence[Step], hints: Hints) -> Finding | None:
    for step in steps:
        call = step["news"]
        problem = call_finding(call, "news()", blocks="what was called waits for the living")
        if problem is not None:
            gone = call["kind"] == "gone"
            return Finding(
                seen=f"after a child {_told(step)}, your process ended "
                f"({ending_text(call['wait_status'])})"
                if gone
                else problem.seen,
                why="what a handler raises comes out of whatever the process is doing just then"
                if gone
                else problem.why,
                misconception="M6.4"
                if step["kind"] in ("stopped", "continued")
                else "M3.10"
                if call["kind"] == "timeout"
                else None,
                hint=hints[1],
            )
        value = call["value"]
        if not isinstance(value, (list, tuple)) or not all(
            isinstance(item, (list, tuple)) and len(item) == 3 for item in value
        ):
            return Finding(
                seen=f"news() returned {short(value)}",
                why="return a list of tuples (pid, what, number)",
            )
    return None


def _told(step: Step) -> str:
    what = step["happened"][0][1] if step["happened"] else "did something"
    return f"was {what}" if what in ("stopped", "continued") else "ended"


def _left(steps: Sequence[Step], hints: Hints) -> Finding | None:
    for step in steps:
        if step["left"]:
            known = {one[0] for other in steps for one in other["happened"] if one[1] == "stopped"}
            lost = known.intersection(step["left"])
            return Finding(
                seen=f"{pids_text(step['left'])} ended, and stayed a zombie",
                why="it was stopped before, and taken for dead then"
                if lost
                else "one SIGCHLD may stand for many children: collect in a loop"
                if len(step["happened"]) > 1
                else "nobody waited for it; news() may never be called",
                misconception="M6.4" if lost else "M6.1" if len(step["happened"]) > 1 else None,
                hint=hints[0],
            )
    return None


def _same(claim: News, fact: tuple[Any, ...]) -> bool:
    pid, what, number = claim
    return is_number(pid, fact[0]) and what == fact[1] and is_number(number, fact[2])


def _almost(claim: News, fact: tuple[Any, ...]) -> bool:
    """The right kind of news, in other words, or with another number."""
    what, number = claim[1], claim[2]
    if not isinstance(what, str):
        return False
    if what == fact[1]:
        return what not in _ENDS and not is_number(number, fact[2])
    return what.strip().lower() == fact[1] and is_number(number, fact[2])


def _missing(
    happened: Sequence[tuple[Any, ...]], news: Sequence[News], kinds: Sequence[str], hints: Hints
) -> Finding | None:
    for one in happened:
        pid, what, number = one
        if what not in kinds or any(_same(claim, one) for claim in news):
            continue
        about = [claim for claim in news if is_number(claim[0], pid)]
        seen = f"pid {pid} {_words(what, number)}; told of it: " + (
            short([*about], 90) if about else "nothing"
        )
        if any(_almost(claim, one) for claim in about):
            return Finding(
                seen=seen,
                why=f"the words are {', '.join(_WORDS)}, written just so; the third part is the "
                "number of the signal",
                hint=hints[2],
            )
        if what in _ENDS:
            return _wrong_end(seen, one, about, hints)
        taken = any(isinstance(claim[1], str) and claim[1] in _ENDS for claim in about)
        return Finding(
            seen=seen,
            why="a stopped child has not ended: it is the status that says so"
            if taken
            else "waitpid tells of it only if it is asked to, with WUNTRACED or WCONTINUED",
            misconception="M6.4",
            hint=hints[1],
        )
    return None


def _wrong_end(seen: str, one: tuple[Any, ...], about: Sequence[News], hints: Hints) -> Finding:
    _, what, number = one
    told = [claim for claim in about if isinstance(claim[1], str) and claim[1] in _ENDS]
    if what == "signaled" and any(claim[1] == "exited" for claim in told):
        return Finding(
            seen=seen,
            why="WEXITSTATUS means something only if WIFEXITED says so: ask first",
            misconception="M3.6",
            hint=hints[2],
        )
    raw = number << 8 if what == "exited" else -number
    if any(is_number(claim[2], raw) for claim in told):
        return Finding(
            seen=seen,
            why="the number of the code or the signal itself, and not the wait status or -N",
            misconception="M3.5",
            hint=hints[2],
        )
    return Finding(
        seen=seen,
        why="" if about else "several children end, and one SIGCHLD comes: collect in a loop",
        misconception=None if about else "M6.1",
        hint=hints[0],
    )


def _words(what: str, number: int) -> str:
    if what == "exited":
        return f"exited with {number}"
    if what == "signaled":
        return f"was ended by {signal_name(number)}"
    return f"was {what}"


def _order(
    happened: Sequence[tuple[Any, ...]], news: Sequence[News], hints: Hints
) -> Finding | None:
    for pid in sorted({one[0] for one in happened}):
        wanted = [one for one in happened if one[0] == pid]
        told = [claim for claim in news if is_number(claim[0], pid)]
        right = len(told) == len(wanted) and all(map(_same, told, wanted))
        if not right and told:
            return Finding(
                seen=f"pid {pid}: told {short([claim[1] for claim in told], 90)}; it was "
                f"{short([one[1] for one in wanted], 90)}",
                why="each piece of news once, in the order in which it came",
                hint=hints[2],
            )
    pids = {one[0] for one in happened}
    extra = [c for c in news if not (type(c[0]) is int and c[0] in pids)]
    if extra:
        return Finding(seen=f"told, and it never happened: {short(extra, 90)}", hint=hints[2])
    return None


def _living(run: Run) -> Finding | None:
    dead = [pid for pid, state in run.facts.get("living", {}).items() if state in (None, "Z", "X")]
    if not dead:
        return None
    return Finding(
        seen=f"{pids_text(dead)} should live, and has ended",
        why="say what has happened; nobody asked you to end anyone",
    )


def _unfinished(steps: Sequence[Step]) -> Finding | None:
    if len(steps) >= STEPS:
        return None
    return first([call_finding(step["news"], "news()") for step in steps[-1:]]) or Finding(
        seen=f"{len(steps)} of {STEPS} steps: your process could not go on"
    )
