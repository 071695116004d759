"""Judge 3.5: does the explanation of a wait status say what really happened?"""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import (
    Finding,
    Missing,
    call_finding,
    fact,
    gated,
    need,
    short,
    signal_name,
)
from lessonkit.records import Fact, Run

__all__ = ["looks"]

_Hints = tuple[str, str, str]
_Case = Mapping[str, Any]

CASES = 12


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: exit, signal, core, stop, continue."""
    cases: Sequence[_Case] = need(run.facts, "cases")
    if len(cases) < CASES and not _hung(cases[-1]):
        raise Missing(f"the scene wrote down {len(cases)} of {CASES} cases")

    def ask(kind: str) -> Finding | None:
        chosen = [case for case in cases if case["kind"] == kind]
        if _hung(cases[-1]):  # the cases behind it are unknown
            chosen = [*chosen, cases[-1]]
        return next((f for f in (_answer(case, hints) for case in chosen) if f), None)

    first = fact(
        "exit codes",
        0.5,
        expected='("exit", code), for codes from 0 to 255',
        good="right for four children that exited",
        finding=ask("exit"),
        manual="wait(2), WIFEXITED and WEXITSTATUS",
    )
    signals = fact(
        "signals",
        1,
        expected='("signal", number, core_dumped)',
        good="right for all that a signal ended",
        finding=ask("signal"),
        manual="wait(2), WIFSIGNALED and WTERMSIG",
    )
    core = fact(
        "core dumped",
        0.5,
        expected="True for those that dumped core, False for the others",
        good="right; no core file is written in the box, so those numbers were put together",
        finding=_core(cases, hints),
        manual="wait(2), WCOREDUMP",
    )
    rest = [
        fact(
            "stopped",
            0.5,
            expected='("stop", number)',
            good="right for two children that were stopped",
            finding=ask("stop"),
            manual="wait(2), WIFSTOPPED and WSTOPSIG",
        ),
        fact(
            "continued",
            0.5,
            expected='("continue",)',
            good="right",
            finding=ask("continue"),
            manual="wait(2), WIFCONTINUED",
        ),
    ]
    core = gated([core], by=signals, until="until the signals are right")[0]
    others = [signals, core, *rest]
    return [first, *gated(others, by=first, until="until the exit codes are right")]


def _hung(case: _Case) -> bool:
    return case["call"]["kind"] in ("timeout", "gone")


def _answer(case: _Case, hints: _Hints) -> Finding | None:
    call = f"explain({case['status']})"
    problem = call_finding(case["call"], call)
    if problem is not None:
        return Finding(seen=f"{problem.seen}: {_truth(case)}", why=problem.why, hint=hints[0])
    answer = case["call"]["value"]
    if _matches(answer, case):
        return None
    misconception, why = _wrong(answer, case)
    why = _form(answer) or why
    return Finding(
        seen=f"{call} is {short(answer)}, but {_truth(case)}",
        why=why,
        misconception=misconception,
        hint=hints[1] if case["kind"] in ("exit", "signal") else hints[2],
    )


def _parts(answer: Any) -> tuple[Any, ...]:
    return tuple(answer) if isinstance(answer, (list, tuple)) else (answer,)


def _matches(answer: Any, case: _Case) -> bool:
    parts, kind = _parts(answer), case["kind"]
    if not isinstance(answer, (list, tuple)) or not parts or parts[0] != kind:
        return False
    if kind == "exit":
        return len(parts) == 2 and _is_number(parts[1], case["number"])
    if kind == "signal":
        return len(parts) == 3 and _is_signal(parts[1], case["number"])
    if kind == "stop":
        return len(parts) == 2 and _is_signal(parts[1], case["number"])
    return len(parts) == 1


def _is_number(given: object, number: int) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and given == number


def _is_signal(given: object, number: int) -> bool:
    if isinstance(given, str):
        name = signal.Signals(number).name
        return given.upper() in (name, name.removeprefix("SIG"))
    return _is_number(given, number)


def _wrong(answer: Any, case: _Case) -> tuple[str | None, str]:
    """The likely idea behind a wrong answer, and a sentence on it."""
    parts, kind, number = _parts(answer), case["kind"], case["number"]
    status = case["status"]
    if kind == "exit":
        if number > 128 and parts[:1] == ("signal",):
            return "M3.5", "a code above 128 is still a code: only a shell uses it for signals"
        if len(parts) == 2 and _is_number(parts[1], status):
            return "M3.5", "that is the whole wait status; the exit code is a part of it"
        return None, ""
    if kind == "signal" and parts[:1] == ("exit",):
        if len(parts) == 2 and parts[1] == 128 + number:
            return "M3.5", "128 + N is what a shell shows; it did not exit at all"
        return "M3.6", "WEXITSTATUS means something only if WIFEXITED says so"
    if kind == "signal" and parts[:1] == ("signal",):
        if len(parts) == 3 and _is_number(parts[1], status):
            return "M3.6", "WTERMSIG takes 7 bits only; the eighth says that core was dumped"
        return None, 'three parts: "signal", its number, core_dumped' if len(parts) != 3 else ""
    if kind in ("stop", "continue"):
        return "M3.6", "such a child has not ended: WIFEXITED and WIFSIGNALED both say no"
    return None, ""


def _form(answer: Any) -> str:
    """What is wrong with the form of an answer, whatever it means; "" if nothing is."""
    if isinstance(answer, str):
        comma = f': a tuple of one needs a comma, ("{answer}",)' if answer in _KINDS else ""
        return f"that is a string, no tuple{comma}; {_FORM}"
    parts = _parts(answer)
    if not isinstance(answer, (list, tuple)) or not parts or parts[0] not in _KINDS:
        return _FORM
    if parts[0] == "exit" and len(parts) != 2:
        return 'two parts: "exit", the code'
    return ""


_KINDS = ("exit", "signal", "stop", "continue")
_FORM = "return a tuple whose first part is exactly one of exit, signal, stop, continue"


def _core(cases: Sequence[_Case], hints: _Hints) -> Finding | None:
    for case in cases:
        if case["kind"] != "signal" or not _matches(case["call"]["value"], case):
            continue
        given = case["call"]["value"][2]
        if given not in (True, False) or bool(given) is not case["core"]:
            dumped = "dumped" if case["core"] else "did not dump"
            return Finding(
                seen=f"explain({case['status']}) says core_dumped = {short(given)}, but it "
                f"{dumped} core",
                why="the signal and the core flag are different bits of the status",
                hint=hints[1],
            )
    return None


def _truth(case: _Case) -> str:
    kind, number = case["kind"], case["number"]
    if kind == "exit":
        return f"the child exited with code {number}"
    if kind == "signal":
        core = ", core dumped" if case["core"] else ""
        return f"{signal_name(number)} ({number}) ended the child{core}"
    if kind == "stop":
        return f"{signal_name(number)} ({number}) stopped the child"
    return "SIGCONT continued the child"
