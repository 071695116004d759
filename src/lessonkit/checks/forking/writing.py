"""Judge 1.6: two processes, one file, and every line of both in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, plural, short
from lessonkit.checks.forking.common import (
    Hints,
    descriptors_finding,
    fell_through,
    first,
    left_in_the_end,
    shown,
    too_few,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

ROUNDS = 2
CALL = "two_writers(path, first, second)"
_Round = Mapping[str, Any]
_WRITER = {"first": "your process", "second": "the child"}


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: two writers, nothing lost, at once, nothing left."""
    rounds: Sequence[_Round] = need(run.facts, "rounds")
    student = need(run.facts, "student_pid")
    two = fact(
        "two writers",
        1,
        expected=f"one child of pid {student}; each takes its own lines, also while the other one "
        "is stopped",
        good="each took its lines while the other one was stopped",
        finding=first(_two(one, student, hints) for one in rounds),
        manual="fork(2), section DESCRIPTION",
    )
    others = [
        fact(
            "nothing lost",
            1,
            expected="what the file held, and behind it all lines in the order in which they were "
            "written",
            good=f"all {_count(rounds)} lines are there, none is torn",
            finding=first(_lost(one, hints) for one in rounds) or too_few(rounds, ROUNDS),
            manual="open(2), O_APPEND and section NOTES, Open file descriptions",
        ),
        fact(
            "at once",
            0.5,
            expected="each line is in the file before its writer waits for the next one",
            good="each of them",
            finding=first(_late(one, hints) for one in rounds) or too_few(rounds, ROUNDS),
            manual="write(2), section DESCRIPTION; setbuf(3), section DESCRIPTION",
        ),
        fact(
            "nothing left over",
            0.5,
            expected="the call comes back; the child is collected, no descriptor is left open",
            good="no child and no new descriptor left",
            finding=first(_left(one, hints) for one in rounds)
            or too_few(rounds, ROUNDS)
            or descriptors_finding(
                {"before": need(run.facts, "before"), "after": run.facts.get("after")}, hints[2]
            )
            or left_in_the_end(run),
            manual="wait(2), section NOTES",
        ),
    ]
    return [two, *gated(others, by=two, until="until there are two writers")]


def _count(rounds: Sequence[_Round]) -> int:
    return sum(len(one["steps"]) + sum(map(len, one["burst"].values())) for one in rounds)


def _two(one: _Round, student: int, hints: Hints) -> Finding | None:
    there = one["there"]
    problem = call_finding(
        one["call"], CALL, blocks="both inputs were at their end: who waits for what?"
    )
    if not one["steps"]:
        children = [p for p in there if p["ppid"] == student and p["state"] not in "ZX"]
        if len(children) == 1 and len(there) == 1:
            return Finding(
                seen=f"one child, but the two did not come to rest: {shown(there)}",
                why="a writer whose input has nothing to read waits in read(2)",
                hint=hints[0],
            )
        if not there and problem is not None:
            return problem
        return Finding(
            seen=shown(there) + " made by the call" if there else f"no child while {CALL} ran",
            why="fork once: your process copies from first, its child from second",
            misconception="M3.11" if len(there) > 1 else None,
            hint=hints[0],
        )
    refused = next((step for step in one["steps"] if not step["taken"]), None)
    if refused is None:
        return None
    who = refused["who"]
    if refused.get("other"):
        return Finding(
            seen=f"a line that came through {who} was read by "
            f"{_WRITER['second' if who == 'first' else 'first']}",
            why="your process copies from first, the child from second: which branch of the `if` "
            "is which?",
            hint=hints[0],
        )
    return Finding(
        seen=f"a line that came through {who} stayed in its pipe: {_WRITER[who]} did not read it"
        " while the other one was stopped",
        why="your process has to write too while the child lives: do not wait before your own "
        "input is at its end"
        if who == "first"
        else "the child copies from second, your process from first",
        misconception="M1.1" if who == "first" else None,
        hint=hints[0],
    )


def _lost(one: _Round, hints: Hints) -> Finding | None:
    held = one["contents"]
    stepped = [step["line"] for step in one["steps"]]
    burst = one["burst"]
    if held is not None and _is_right(held, one["base"], stepped, burst):
        return None
    if held is None:
        return Finding(seen="there is no such file in the end", hint=hints[1])
    fed = [*stepped, *(line for lines in burst.values() for line in lines)]
    missing = [line for line in fed if line not in held]
    more = len(held) - len(one["base"]) - 32 * len(fed)
    if not held.startswith(one["base"]):
        return Finding(
            seen=f"what the file held before the call is not at its beginning any more; it begins "
            f"with {short(held[:20])}",
            why="writing begins at the offset, which is 0 after open: O_APPEND puts every write "
            "at the end; O_TRUNC throws away what is there",
            misconception=None if one["steps"] and not missing else "M1.5",
            hint=hints[1],
        )
    if missing and all(line.strip() in held for line in missing):
        return Finding(
            seen=f"{plural(len(missing), 'line')} of {len(fed)} without the line break",
            why="a line is 32 bytes, the line break is the last of them: write what was read",
            hint=hints[2],
        )
    if missing and more >= 0:
        return Finding(
            seen=f"{plural(len(missing), 'line')} of {len(fed)} torn: the bytes are in the file, "
            "but another line stands between them",
            why="each write is to be one whole line, or several: between two writes of one process "
            "the other one writes. How many bytes does each of your reads ask for?",
            hint=hints[2],
        )
    if len(held) <= 2 * 32 and len(fed) > 4:
        return Finding(
            seen=f"{plural(len(missing), 'line')} of {len(fed)} missing: the file holds what was "
            "written last",
            why="O_TRUNC, and the mode w too, empties the file each time when it is opened",
            hint=hints[1],
        )
    if missing:
        mine = {step["line"] for step in one["steps"] if step["who"] == "second"}
        only_child = set(missing) <= mine | set(burst.get("second", ()))
        late = any(not step["held"] for step in one["steps"])
        if late and only_child:
            return Finding(
                seen=f"{plural(len(missing), 'line')} of {len(fed)} missing, all of them the "
                "child's",
                why="they were in a buffer of the child's memory, and os._exit does not write it "
                "out",
                misconception="M1.14",
                hint=hints[2],
            )
        return Finding(
            seen=f"{plural(len(missing), 'line')} of {len(fed)} missing; the file has "
            f"{len(held) - len(one['base'])} new bytes, and {32 * len(fed)} were to be written",
            why="two opens have two offsets: each writer overwrites what the other wrote. And who "
            "looks for the end first, and writes there then, comes too late. What is opened once, "
            "before fork, has one offset for both; O_APPEND needs none",
            misconception="M1.5",
            hint=hints[1],
        )
    twice = sum(held.count(line) > 1 for line in {*fed, *one["base"].splitlines(keepends=True)})
    if twice:
        return Finding(
            seen=f"{plural(twice, 'line')} in the file more than once",
            why="a buffer that is not empty at fork is copied, and then written out by both",
            misconception="M1.14",
            hint=hints[2],
        )
    if more > 0:
        return Finding(
            seen=f"all lines are there, and {plural(more, 'byte')} that nobody fed",
            why="write what was read, and nothing else: the line break is one of the 32 bytes",
            hint=hints[2],
        )
    return Finding(
        seen="all lines are there, but not in the order in which they were written, or torn",
        why="a line that waits in a buffer comes later than it was written",
        misconception="M1.14",
        hint=hints[2],
    )


def _is_right(
    held: str, base: str, stepped: Sequence[str], burst: Mapping[str, Sequence[str]]
) -> bool:
    """Those fed one by one in their order, then the burst: each writer's lines in order."""
    beginning = base + "".join(stepped)
    if not held.startswith(beginning):
        return False
    rest = held[len(beginning) :].splitlines(keepends=True)
    sorted_out = [[line for line in rest if line in lines] for lines in burst.values()]
    return len(rest) == sum(map(len, burst.values())) and sorted_out == [*map(list, burst.values())]


def _late(one: _Round, hints: Hints) -> Finding | None:
    late = [step for step in one["steps"] if step["taken"] and not step["held"]]
    if not late:
        return None
    return Finding(
        seen=f"{len(late)} of {plural(len(one['steps']), 'line')} not in the file when the next "
        "one was waited for",
        why="a file object of Python's collects what is written in a buffer in memory of its "
        "process: os.write does not",
        misconception="M1.14",
        hint=hints[2],
    )


def _left(one: _Round, hints: Hints) -> Finding | None:
    fell = fell_through(one["call"], CALL, hints[2])
    if fell is not None:
        return fell
    problem = call_finding(one["call"], CALL, blocks="both inputs are at their end by now")
    if problem is not None:
        return Finding(seen=problem.seen, why=problem.why, hint=hints[2])
    if one["left"]:
        zombie = one["left"][0]["state"] in "ZX"
        return Finding(
            seen=f"left behind: {shown(one['left'])}",
            why="your process has to wait for its child" if zombie else "",
            misconception="M3.9" if zombie else None,
            hint=hints[2],
        )
    return None
