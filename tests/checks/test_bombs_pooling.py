"""Verdicts of 5.4 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import (
    back,
    did_not_return,
    failed,
    family,
    judged,
    one_failed,
    raised,
    vanished,
)


def one_round(k: int, codes: list[int], **changes: Any) -> dict[str, Any]:
    """One call of pool in which all went well."""
    steps = [
        {"wanted": min(k, len(codes) - n), "seen": min(k, len(codes) - n), "zombies": 0}
        | {"released": n}
        for n in range(len(codes))
    ]
    return {
        "k": k,
        "call": back(list(codes)),
        "codes": codes,
        "started": len(codes),
        "released": len(codes),
        "steps": steps,
        "most": min(k, len(codes)),
        "looks": [1, 40],
        "own": 0.05,
        "left": [],
        **changes,
    }


CODES = [4, 200, -9, 0, 17, 99, 3]


def facts(step: dict[str, int] | None = None, **changes: Any) -> dict[str, Any]:
    """Three calls, the first with those changes; *step* changes its fourth step."""
    first = one_round(3, CODES, **changes)
    first["steps"][3] |= step or {}
    return {"rounds": [first, one_round(4, [1, 2]), one_round(2, [])]}


def test_k_at_a_time_all_the_time_is_full_points() -> None:
    """A tuple is fine."""
    assert judged("5.4", facts()).points == 3.5
    assert judged("5.4", facts(call=back(tuple(CODES)))).points == 3.5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"most": 4}, "4 at a time"),
        ({"most": 1}, "runs them one by one"),
        ({"most": 0, "started": 0, "call": raised("ValueError")}, "raised ValueError"),
        ({"most": 0, "started": 0, "call": did_not_return()}, "it was asleep"),
        ({"started": 3, "call": back([])}, "3 jobs were started"),
        ({"started": 3, "call": vanished(9)}, "ended by SIGKILL"),
        ({"call": back(CODES, strays=2)}, "came back"),
    ],
)
def test_without_k_at_a_time_nothing_counts(changes: dict[str, Any], words: str) -> None:
    """Neither more nor fewer."""
    verdict = judged("5.4", facts(**changes))
    fact = failed(verdict)[0]
    assert words in f"{fact.seen} {fact.why}"
    assert verdict.points == 0


def test_a_place_that_stays_empty_is_told() -> None:
    """Batches, or waiting for the oldest."""
    verdict = judged("5.4", facts({"seen": 2}))
    fact = one_failed(verdict)
    assert "after 3 ends only 2 of 3 were running" in fact.seen
    assert (fact.misconception, verdict.points) == ("M3.9", 2.5)


@pytest.mark.parametrize(
    ("value", "misconception", "words"),
    [
        (None, None, "returned None"),
        ([1], None, "a list of 7 codes"),
        (CODES[::-1], None, "that in which the jobs ended"),
        ([4, 200, 9, 0, 17, 99, 3], "M3.5", "that is the wait status"),
        ([4, 200, 137, 0, 17, 99, 3], "M3.5", "128 + N"),
        ([4, 200, 0, 0, 17, 99, 3], "M3.6", "WEXITSTATUS"),
        ([4 << 8, 200, -9, 0, 17, 99, 3], "M3.5", "that is the wait status"),
        ([4, 200, -9, False, 17, 99, 3], None, "job 3"),
    ],
)
def test_the_codes_in_the_order_of_the_jobs(
    value: Any, misconception: str | None, words: str
) -> None:
    """One wrong code is enough."""
    verdict = judged("5.4", facts(call=back(value)))
    fact = one_failed(verdict)
    assert words in f"{fact.seen} {fact.why}"
    assert (fact.misconception, verdict.points) == (misconception, 2.75)


@pytest.mark.parametrize(
    ("record", "misconception"),
    [
        (facts({"zombies": 2}), "M5.9"),
        (facts(left=family((9, 2, "Z"))), "M3.9"),
        (facts(call={**back(CODES), "wall_seconds": 1.0, "cpu_seconds": 0.9}), "M3.10"),
        (
            facts(
                looks=[39, 40],
                own=0.95,
                call={**back(CODES), "wall_seconds": 1.0, "cpu_seconds": 0.2},
            ),
            "M3.10",
        ),
        (
            facts(
                looks=[39, 40],
                own=None,
                call={**back(CODES), "wall_seconds": 1.0, "cpu_seconds": 0.2},
            ),
            "M3.10",
        ),
    ],
)
def test_clean_and_asleep(record: dict[str, Any], misconception: str) -> None:
    """Half a point."""
    verdict = judged("5.4", record)
    assert one_failed(verdict).misconception == misconception
    assert verdict.points == 3


def test_who_waits_for_a_processor_is_not_busy() -> None:
    """It was ready nearly always, and slept whenever it had its turn."""
    call = {**back(CODES), "wall_seconds": 2.0, "cpu_seconds": 0.1}
    assert judged("5.4", facts(looks=[39, 40], own=0.1, call=call)).points == 3.5


def test_no_job_at_all_is_a_call_as_well() -> None:
    """It returns an empty list, and waits for nobody."""
    record = facts()
    record["rounds"][2]["call"] = raised("ChildProcessError")
    assert judged("5.4", record).points == 2.75


def test_a_round_that_was_not_played_is_not_right() -> None:
    """Something was left over, and would have been in the way."""
    record = facts(left=family((9, 1, "S")))
    record["rounds"] = record["rounds"][:1]
    assert judged("5.4", record).points == 2.25
