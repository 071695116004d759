"""What scenes write down, made by hand: records of good runs, which tests then spoil.

No process is started for any of them.
"""

from __future__ import annotations

from typing import Any

from lessonkit.checks import EXERCISES
from lessonkit.records import Ending, Fact, Run, Usage, Verdict

__all__ = [
    "back",
    "did_not_return",
    "failed",
    "family",
    "judged",
    "one_failed",
    "raised",
    "record",
    "vanished",
]

S = 2  # the pid of the student's process in these records


def back(value: Any = None, *, handle: bool = False, strays: int = 0) -> dict[str, Any]:
    """A call that came back with a value, or with a callable."""
    return {
        "kind": "value",
        "value": value,
        "callable": handle,
        "error": None,
        "problem": None,
        "wait_status": None,
        "wall_seconds": 0.001,
        "cpu_seconds": 0.0,
        "strays": strays,
    }


def raised(kind: str, message: str = "", *, line: int = 7) -> dict[str, Any]:
    """A call that ended with an exception of the student's function."""
    traceback = f'Traceback (most recent call last):\n  File "answer.py", line {line}, in f\n'
    return {
        **back(),
        "kind": "error",
        "error": {"type": kind, "message": message, "traceback": traceback},
    }


def did_not_return(state: str = "S") -> dict[str, Any]:
    """A call that was still going on when its time was up, in that state."""
    return {**back(), "kind": "timeout", "wall_seconds": 2.0, "cpu_seconds": 0.1, "state": state}


def vanished(wait_status: int) -> dict[str, Any]:
    """A call during which the student's process ended."""
    return {**back(), "kind": "gone", "wait_status": wait_status}


def family(*members: tuple[int, int, str]) -> list[dict[str, Any]]:
    """Processes as scenes note them: (pid, ppid, state), all named python3."""
    return [{"pid": p, "ppid": pp, "state": s, "comm": "python3"} for p, pp, s in members]


def record(facts: dict[str, Any], **fields: Any) -> Run:
    """The record of a run in which a scene wrote these facts down."""
    usage = Usage(
        wall_seconds=0.1,
        cpu_seconds=0.0,
        cpu_source="",
        peak_memory_bytes=0,
        peak_memory_source="",
    )
    common = {"load": back(), "student_pid": S}
    fields = {"ending": Ending(kind="exited", exit_code=0), **fields}
    return Run(usage=usage, facts={**common, **facts}, **fields)


def judged(exercise: str, facts: dict[str, Any], **fields: Any) -> Verdict:
    """The verdict of that exercise on such a record."""
    return EXERCISES[exercise].judge(record(facts, **fields))


def failed(verdict: Verdict) -> list[Fact]:
    """The facts that are not as expected, without those that were not counted."""
    return [f for f in verdict.facts if not f.ok and not f.seen.startswith("not counted yet")]


def one_failed(verdict: Verdict) -> Fact:
    """The only fact that is not as expected."""
    (fact,) = failed(verdict)
    return fact
