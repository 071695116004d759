"""Judge 1.4: the program itself ran, as a child, where and with what it should; its code."""

from __future__ import annotations

from collections.abc import Mapping
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
)
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
_RUN = ("first", "elsewhere", "bare", "signaled")
_FAIL = ("missing", "forbidden")


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: it ran, how it ended, not to be started, surroundings, nothing else."""
    facts = run.facts
    cases: Mapping[str, _Case] = {one["case"]: one for one in need(facts, "cases")}
    student = need(facts, "student_pid")
    ran = fact(
        "the program runs",
        1,
        expected=f"one new process, child of pid {student}, with exactly the given argv",
        good="so it was, each time",
        finding=first(_ran(cases, name, student, hints) for name in _RUN),
        manual="execve(2), section DESCRIPTION",
    )
    others = [
        fact(
            "how it ended",
            1,
            expected="the exit code, or -N when signal N ended it",
            good=", ".join(str(cases[name]["code"]) for name in _RUN if name in cases),
            finding=first(_code(cases, name, hints) for name in _RUN),
            manual="wait(2), WIFEXITED and WIFSIGNALED",
        ),
        fact(
            "what cannot be started",
            1,
            expected="127 for a program that is not there, 126 for a file that may not be "
            "executed, and your process once only",
            good="127 and 126, and nothing ran on",
            finding=first(_not_started(cases, name, hints) for name in _FAIL),
            manual="execve(2), section RETURN VALUE and section ERRORS, ENOENT and EACCES",
        ),
        fact(
            "environment and directory",
            0.5,
            expected="those that are given, or those of the caller, which stay as they are",
            good="right for all programs",
            finding=first(_surroundings(facts, cases, name, hints) for name in _RUN),
            manual="execve(2), envp; chdir(2), section NOTES",
        ),
        fact(
            "nothing else",
            0.5,
            expected="other children of the caller are left alone; no process and no descriptor "
            "is left",
            good="another child that ended meanwhile is still there to be waited for",
            finding=_else(run, cases, hints),
            manual="waitpid(2), section DESCRIPTION, pid > 0",
        ),
    ]
    return [ran, *gated(others, by=ran, until="until the programs run")]


def _call(case: _Case) -> str:
    words = f"{short(case['argv'][0], 40)}, ..."
    more = {"elsewhere": ", env, cwd", "bare": ", {}"}.get(case["case"], "")
    return f"run_program([{words}]{more})"


def _not_tried(cases: Mapping[str, _Case], name: str) -> Finding | None:
    if name in cases:
        return None
    return Finding(seen="not tried: a call before this one did not come back")


def _ran(cases: Mapping[str, _Case], name: str, student: int, hints: Hints) -> Finding | None:
    missing = _not_tried(cases, name)
    if missing is not None:
        return missing
    case = cases[name]
    if case["became"]:
        return Finding(
            seen=f"pid {student}, your own process, turned into {short(case['argv'][0])}",
            why="exec makes no process: it gives another program to the one that calls it. Fork "
            "first.",
            misconception="M1.6",
            hint=hints[0],
        )
    return not_the_program(case, student, _call(case), hints[0])


def _code(cases: Mapping[str, _Case], name: str, hints: Hints) -> Finding | None:
    missing = _not_tried(cases, name)
    if missing is not None:
        return missing
    case = cases[name]
    problem = call_finding(case["call"], _call(case), blocks="it waits for something else")
    if problem is not None:
        return problem
    given, code = case["call"]["value"], case["code"]
    if is_number(given, code):
        return None
    ended = f"{signal_name(-code)} ended the program" if code < 0 else f"it exited with {code}"
    misconception, why = wrong_code(given, code)
    why = too_early(given, case["left"], [p["pid"] for p in case.get("seen", ())]) or why
    return Finding(
        seen=f"{_call(case)} returned {short(given)}, but {ended}, so {code} is right",
        why=why,
        misconception=misconception,
        hint=hints[2],
    )


def _not_started(cases: Mapping[str, _Case], name: str, hints: Hints) -> Finding | None:
    missing = _not_tried(cases, name)
    if missing is not None:
        return missing
    case = cases[name]
    what = "a program that is not there" if name == "missing" else "a file without x permission"
    fell = fell_through(case["call"], _call(case), hints[1])
    if fell is not None:
        return Finding(
            seen=f"{fell.seen}, for {what}",
            why="exec comes back only when it failed, and then the child is still a copy of your "
            "process that runs on: end it with os._exit, whatever happens",
            misconception="M1.7",
            hint=hints[1],
        )
    problem = call_finding(case["call"], _call(case))
    if problem is not None:
        return Finding(
            seen=f"{problem.seen}, for {what}",
            why="the child could not tell its parent, or the parent did not expect it",
            hint=hints[1],
        )
    if not is_number(case["call"]["value"], case["code"]):
        return Finding(
            seen=f"{_call(case)} returned {short(case['call']['value'])} for {what}, "
            f"{case['code']} is right",
            why="the exception tells why exec failed: FileNotFoundError or PermissionError",
            hint=hints[1],
        )
    if case["left"]:
        return Finding(seen=f"left behind: {shown(case['left'])}", hint=hints[1])
    return None


def _surroundings(
    facts: Mapping[str, Any], cases: Mapping[str, _Case], name: str, hints: Hints
) -> Finding | None:
    missing = _not_tried(cases, name)
    if missing is not None:
        return missing
    case, plain = cases[name], need(facts, "plain")
    look = case["look"]
    if look is None or "environ" not in look:
        return Finding(
            seen=f"the program of {_call(case)} could not be looked at",
            why="the process of the check that looks was ended or stopped, or the program hides",
        )
    given = name in ("elsewhere", "bare")
    cwd = case.get("cwd", plain["cwd"])
    if look.get("cwd") != cwd:
        return Finding(
            seen=f"the program ran in {look.get('cwd')}, not in {cwd}",
            why=""
            if name == "elsewhere"
            else "the caller's own directory was changed by the call before: change it in the "
            "child, between fork and exec",
            misconception=None if name in ("first", "elsewhere") else "M1.4",
            hint=hints[0],
        )
    environ = sorted(case["environ"] if given else plain["environ"])
    if sorted(look["environ"]) == environ:
        return None
    extra = [text for text in look["environ"] if text not in environ]
    lacking = [text for text in environ if text not in look["environ"]]
    seen = f"too much: {short(extra)}" if extra else f"missing: {short(lacking)}"
    if name == "bare":
        return Finding(
            seen=f"the environment of the program is not empty as {{}} is; {seen}",
            why="an empty dict is an environment too, but it counts as False: ask whether env "
            "`is None`",
            hint=hints[0],
        )
    return Finding(
        seen=f"the environment of the program is not as it should be; {seen}",
        why="env is all of the environment of the program, not an addition to the caller's"
        if given
        else "without env, the program has the environment of the caller, as it was before",
        hint=hints[0],
    )


def _else(run: Run, cases: Mapping[str, _Case], hints: Hints) -> Finding | None:
    facts = run.facts
    for name in (*_RUN, *_FAIL):
        missing = _not_tried(cases, name)
        if missing is not None:
            return missing
        case = cases[name]
        if case["left"]:
            zombies = [p["pid"] for p in case["left"] if p["state"] in "ZX"]
            return Finding(
                seen=f"after {_call(case)}: {shown(case['left'])}",
                why=f"{pids_text(zombies)}: nobody waited for it" if zombies else "",
                hint=hints[2],
            )
        fell = fell_through(case["call"], _call(case), hints[1])
        if fell is not None:
            return fell
    others = {p["pid"]: p["state"] for p in need(facts, "others")}
    wanted = need(facts, "wanted_others")
    if others.get(wanted["dead"]) not in ("Z", "X") and facts.get("ignores_sigchld"):
        return Finding(
            seen=f"pid {wanted['dead']}, another child of your process, left no zombie: SIGCHLD is "
            "ignored in your process",
            why="then the kernel keeps no wait status of any child: nobody can hear its code",
            misconception="M3.7",
            hint=hints[2],
        )
    if others.get(wanted["dead"]) not in ("Z", "X"):
        return Finding(
            seen=f"pid {wanted['dead']}, another child of your process, was collected too",
            why="os.wait() and waitpid(-1) collect any child: its code is lost to whoever started "
            "it. Wait for the pid that fork returned.",
            misconception="M6.5",
            hint=hints[2],
        )
    if others.get(wanted["alive"]) in (None, "Z", "X", "T"):
        return Finding(
            seen=f"pid {wanted['alive']}, another child of your process, was ended or stopped"
        )
    if len(others) > 2:
        return Finding(seen=f"{plural(len(others) - 2, 'child', 'children')} more at the end")
    return descriptors_finding(facts, hints[2]) or left_in_the_end(run, others=wanted.values())
