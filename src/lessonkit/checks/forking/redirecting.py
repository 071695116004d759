"""Judge 1.5: descriptor 1 of the program is the file, and nobody else's has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, short, signal_name
from lessonkit.checks.forking.common import (
    Hints,
    descriptors_finding,
    fell_through,
    first,
    is_number,
    left_in_the_end,
    not_the_program,
    shown,
    too_early,
    wrong_code,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Case = Mapping[str, Any]
_Cases = Mapping[str, _Case]
_RUN = ("fresh", "longer")


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: into the file, what it holds, both tables of descriptors, codes."""
    facts = run.facts
    cases: _Cases = {one["case"]: one for one in need(facts, "cases")}
    student = need(facts, "student_pid")
    before = need(facts, "before")
    into = fact(
        "into the file",
        1,
        expected="the program itself runs, and its descriptor 1 is the file",
        good="so it was, with a new file and with one that was there",
        finding=first(_into(cases, name, student, hints) for name in _RUN),
        manual="dup(2), dup2()",
    )
    others = [
        fact(
            "what the file holds",
            0.5,
            expected="what the program wrote, and nothing else",
            good="just that, also in the file that had held more",
            finding=first(_held(cases, name, hints) for name in _RUN),
            manual="open(2), O_TRUNC",
        ),
        fact(
            "descriptors of the program",
            0.5,
            expected="0, 1 and 2, and no other; 0 and 2 as in your process",
            good="0, 1 and 2; two of them as in your process",
            finding=first(_its(cases, name, before, hints) for name in _RUN),
            manual="execve(2), close-on-exec; dup(2)",
        ),
        fact(
            "descriptors of your process",
            0.5,
            expected="0, 1 and 2 stay what they are, during the call too; none is left open",
            good="the same as before",
            finding=first(_ours(cases, name, before, hints) for name in _RUN)
            or _after(facts, cases, hints),
            manual="fork(2), section DESCRIPTION: copies of the descriptors",
        ),
        fact(
            "codes",
            0.5,
            expected="how the program ended; 127 if there is none; nothing left behind",
            good="right, and nothing was left behind",
            finding=first(_code(cases, name, hints) for name in (*_RUN, "missing"))
            or left_in_the_end(run),
            manual="wait(2), WEXITSTATUS",
        ),
    ]
    return [into, *gated(others, by=into, until="until the output is in the file")]


def _not_tried(cases: _Cases, name: str) -> Finding | None:
    if name in cases:
        return None
    return Finding(seen="not tried: a call before this one did not come back")


def _call(case: _Case) -> str:
    return f"redirect([{short(case['argv'][0], 40)}, ...], path)"


def _into(cases: _Cases, name: str, student: int, hints: Hints) -> Finding | None:
    if name not in cases:
        return _not_tried(cases, name)
    case = cases[name]
    problem = not_the_program(case, student, _call(case), hints[0])
    if problem is not None:
        return problem
    its = case["its"]
    if not case["into"]:
        if "1" not in its:
            return Finding(
                seen="the program had no descriptor 1 at all"
                if its
                else "the descriptors of the program could not be looked at",
                why="a descriptor that Python opens is closed by exec, unless dup2 or "
                "os.set_inheritable says otherwise",
                hint=hints[1],
            )
        same = its["1"] == case["ours"].get("1")
        pipe = its["1"].startswith("pipe:")
        swapped = [n for n, path in its.items() if n not in "012" and path == its["1"]]
        if swapped:
            same = False
            why = (
                f"descriptor {swapped[0]} is the same: os.dup2(fd, 1) makes 1 a copy of fd, and "
                "os.dup2(1, fd) makes fd a copy of 1"
            )
        elif same:
            why = (
                "a program writes to descriptor 1. sys.stdout is an object of Python's that is "
                "gone with exec; and what the parent changes after the fork comes too late"
            )
        elif pipe:
            why = "what a pipe brings has to be copied by somebody; open the file as descriptor 1"
        else:
            why = "between fork and exec, make the file descriptor 1"
        return Finding(
            seen=f"descriptor 1 of the program was {its['1']}, not the file",
            why=why,
            misconception="M1.17" if same else None,
            hint=hints[0],
        )
    return None


def _held(cases: _Cases, name: str, hints: Hints) -> Finding | None:
    if name not in cases:
        return _not_tried(cases, name)
    case = cases[name]
    held = case["contents"]
    if held == case["line"] + "\n":
        return None
    if held is not None and held.endswith(case["line"] + "\n"):
        why = "what it held before is still there: open it with O_TRUNC, not with O_APPEND"
    elif held is not None and held.startswith(case["line"]):
        why = "the rest of what it held before is still there: open it with O_TRUNC"
    elif held == "":
        why = "nothing came: was the file opened for writing (O_WRONLY), and once only?"
    else:
        why = ""
    return Finding(
        seen=f"the program wrote {case['line']!r}; the file holds {short(held)}",
        why=why,
        hint=hints[1],
    )


def _its(cases: _Cases, name: str, before: Mapping[str, str], hints: Hints) -> Finding | None:
    if name not in cases:
        return _not_tried(cases, name)
    its = cases[name]["its"]
    extra = [number for number in its if number not in ("0", "1", "2")]
    if extra:
        return Finding(
            seen=f"the program also had descriptor {extra[0]} ({its[extra[0]]})",
            why="after dup2 there are two descriptors for the file: the first one has to be "
            "closed, or to close itself at exec",
            hint=hints[1],
        )
    for number in ("0", "2"):
        if its.get(number) != before.get(number):
            return Finding(
                seen=f"descriptor {number} of the program was {its.get(number, 'closed')}, and "
                f"{before.get(number)} in your process",
                hint=hints[0],
            )
    return None


def _ours(cases: _Cases, name: str, before: Mapping[str, str], hints: Hints) -> Finding | None:
    if name not in cases:
        return _not_tried(cases, name)
    ours = cases[name]["ours"]
    for number in ("0", "1", "2"):
        if ours.get(number) != before.get(number):
            return Finding(
                seen=f"during the call, descriptor {number} of your own process was "
                f"{ours.get(number, 'closed')}, not {before.get(number)}",
                why="what your process prints meanwhile goes there too. The child has a table of "
                "its own: change that one",
                misconception="M1.4",
                hint=hints[0],
            )
    return None


def _after(facts: Mapping[str, Any], cases: _Cases, hints: Hints) -> Finding | None:
    missing = first(_not_tried(cases, name) for name in (*_RUN, "missing"))
    if missing is not None or "after" not in facts:
        return missing or Finding(seen="not known: the last call did not come back")
    return descriptors_finding(facts, hints[2])


def _code(cases: _Cases, name: str, hints: Hints) -> Finding | None:
    if name not in cases:
        return _not_tried(cases, name)
    case = cases[name]
    call, code = _call(case), case["code"]
    fell = fell_through(case["call"], call, hints[1])
    if fell is not None:
        return fell
    problem = call_finding(case["call"], call, blocks="it waits for something else")
    if problem is not None:
        return problem
    given = case["call"]["value"]
    if not is_number(given, code):
        truth = "there is no such program" if name == "missing" else f"it exited with {code}"
        if code < 0:
            truth = f"{signal_name(-code)} ended it"
        misconception, why = wrong_code(given, code)
        why = too_early(given, case["left"], [p["pid"] for p in case.get("seen", ())]) or why
        return Finding(
            seen=f"{call} returned {short(given)}, but {truth}, so {code} is right",
            why=why,
            misconception=misconception,
            hint=hints[2],
        )
    if case["left"]:
        return Finding(seen=f"left behind: {shown(case['left'])}", hint=hints[2])
    return None
