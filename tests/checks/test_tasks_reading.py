"""Verdicts of 2.6 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import back, did_not_return, judged, one_failed, raised

TRUTH: dict[tuple[str, str], Any] = {
    **{
        (task, member): value
        for task, number in (("parent", 10), ("child", 20))
        for member, value in {
            "tgid": number,
            "real_parent->tgid": number // 10,
            "comm": f"name{number}",
            "start_boottime": 5000 + number,
            "blocked": [1, 2, 15],
            "pending": [1],
            "signal->shared_pending": [15],
            "files": [0, 5, number],
            "fs->pwd": f"/tmp/{number}",
            "mm->total_vm": 900 + number,
        }.items()
    },
    ("thread", "tgid"): 10,
    ("thread", "comm"): "helper",
    ("thread", "blocked"): [10, 12],
    ("thread", "pending"): [12],
    ("thread", "signal->nr_threads"): 3,
    ("zombie", "tgid"): 30,
    ("zombie", "real_parent->tgid"): 2,
    ("zombie", "comm"): "job",
    ("zombie", "exit_code"): 9,
    ("zombie", "mm->total_vm"): None,
}
NUMBERS = {"parent": 10, "child": 20, "thread": 12, "zombie": 30}


def facts(answers: dict[tuple[str, str], Any] | None = None, **changed: Any) -> dict[str, Any]:
    """All right, but for these answers."""
    cases = []
    for (task, member), truth in TRUTH.items():
        given = (answers or {}).get((task, member), set(truth) if type(truth) is list else truth)
        case = {"task": task, "number": NUMBERS[task], "member": member, "truth": truth}
        cases.append({**case, "call": given if isinstance(given, dict) else back(given)})
    after = [[10, "S"], [20, "S"]]
    return {"cases": cases, "after": after, "zombie_left": True, **changed}


def test_right_for_every_member_is_full_points() -> None:
    """Thirty questions."""
    assert len(TRUTH) == 30
    assert judged("2.6", facts()).points == 3.5


@pytest.mark.parametrize(
    ("task", "member", "answer", "points", "misconception", "words"),
    [
        ("parent", "tgid", 2, 0, None, ""),
        ("parent", "comm", "name10\n", 0, None, "line break"),
        ("child", "comm", "python3", 0, "M2.7", "the name that the kernel keeps"),
        ("child", "start_boottime", "5020", 0, None, "no part of it"),
        ("thread", "tgid", 12, 2.75, "M2.1", "each thread has a task_struct"),
        ("thread", "comm", "name10", 2.75, "M2.1", "each thread has a task_struct"),
        ("parent", "blocked", {0, 1, 14}, 2.75, None, "bit n - 1"),
        ("parent", "blocked", 0x4003, 2.75, None, ""),
        ("child", "pending", [15], 2.75, "M2.16", "two sets"),
        ("child", "signal->shared_pending", {1}, 2.75, "M2.16", "two sets"),
        ("parent", "files", [0, 5], 3, None, ""),
        ("parent", "fs->pwd", "/tmp", 3, None, ""),
        ("child", "mm->total_vm", 920 * 4, 3, "M2.2", "in pages"),
        ("zombie", "mm->total_vm", 0, 3, "M2.2", "only points to the memory"),
        ("zombie", "exit_code", 137, 3, "M3.5", "whole wait status"),
        ("zombie", "comm", None, 3, "M2.7", ""),
    ],
)
def test_one_wrong_answer(
    task: str, member: str, answer: Any, points: float, misconception: str | None, words: str
) -> None:
    """It costs the points of its kind, and of who it is those of all."""
    verdict = judged("2.6", facts({(task, member): answer}))
    fact = one_failed(verdict)
    assert verdict.points == points
    if member != "start_boottime":
        assert words in fact.why
        assert fact.misconception == misconception
    assert f"read_member({NUMBERS[task]}, {member!r})" in fact.seen


def test_an_exception_names_the_place_to_read() -> None:
    """The manual page of that very file."""
    fact = one_failed(judged("2.6", facts({("parent", "files"): raised("KeyError")})))
    assert fact.manual == "proc_pid_fd(5)"


def test_a_zombie_that_was_collected() -> None:
    """Whatever was answered."""
    fact = one_failed(judged("2.6", facts(zombie_left=False)))
    assert fact.misconception == "M3.10"


def test_a_subject_that_was_ended() -> None:
    """Nothing can be compared with it."""
    spoiled = facts(after=[[10, None], [20, "S"]])
    assert "it is gone" in one_failed(judged("2.6", spoiled)).seen


def test_where_the_kernel_was_not_asked_no_answer_is_right() -> None:
    """The negative control: without what init saw, the same answers earn nothing."""
    blind = facts()
    for case in blind["cases"]:
        case["truth"] = None
    assert judged("2.6", blind).points == 0


def test_after_a_call_that_hangs_the_rest_was_not_asked() -> None:
    """The order is random: here it was the first."""
    cut = facts({("parent", "tgid"): did_not_return()})
    verdict = judged("2.6", {"cases": cut["cases"][:1]})
    assert verdict.points == 0
    assert "had not come back" in one_failed(verdict).seen
