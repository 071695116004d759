"""Verdicts of 5.3 on records made by hand."""

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


def case(kind: str, call: dict[str, Any], wall: float, **changes: Any) -> dict[str, Any]:
    """One call that went well, and took so long."""
    return {
        "case": kind,
        "argv": ["sh", "-c", "read line"],
        "over": False,
        "seconds": 3.0,
        "call": {**call, "wall_seconds": wall},
        "room_after": None,
        "meddled": False,
        "looks": [1, 40],
        "longest_nap": 0.1,
        "lost": 0.0,
        "own": 0.05,
        "naps": 8,
        "tried": [0.01, 7] if kind == "later" else None,
        "was_there": [],
        "zombies_before": 0,
        "zombies": 0,
        "living": "S",
        "program": [],
        "others": [],
        **changes,
    }


def facts(which: str = "", **changes: Any) -> dict[str, Any]:
    """All four calls as they should be; *which* with those changes."""
    eagain = raised("BlockingIOError", "[Errno 11] Resource temporarily unavailable")
    enomem = raised("OSError", "[Errno 12] Cannot allocate memory")
    program = family((9, 2, "S"))
    cases = [
        case("later", back(9), 0.6, room_after=0.55, program=program),
        case("zombies", back(9), 0.1, room_after=0.05, program=program, zombies_before=3),
        case("never", eagain, 0.75, seconds=0.7),
        case("memory", enomem, 0.01),
    ]
    return {
        "refusable": True,
        "cases": [{**one, **changes} if one["case"] == which else one for one in cases],
    }


def slow(wall: float, cpu: float = 0.0, call: dict[str, Any] | None = None) -> dict[str, Any]:
    """A call that took that long."""
    return {**(call or back(9)), "wall_seconds": wall, "cpu_seconds": cpu}


def test_all_four_as_they_should_be_is_full_points() -> None:
    """Without the filter the points are elsewhere."""
    assert judged("5.3", facts()).points == 3
    record = facts()
    record["cases"].pop()
    verdict = judged("5.3", {**record, "refusable": False})
    assert verdict.points == 3
    assert len(verdict.facts) == 4


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"call": slow(0.0, call=raised("BlockingIOError"))}, "M5.10", "not now"),
        ({"call": slow(0.0, call=raised("ChildProcessError"))}, None, "no reason to stop"),
        ({"call": did_not_return(), "over": True}, None, "it was asleep"),
        ({"call": vanished(9), "over": True}, None, "ended by SIGKILL"),
        ({"program": []}, None, "nobody runs the program"),
        ({"call": back(8)}, None, "returned 8, but pid 9"),
        ({"call": back(True)}, None, "returned True"),
        ({"program": family((9, 1, "S"))}, None, "its parent is pid 1"),
        ({"others": family((10, 2, "S"))}, None, "besides the program"),
        ({"call": slow(2.0)}, None, "0.2 s at most"),
        ({"longest_nap": 1.0}, None, "it slept for 1.0 s at a stretch"),
        ({"was_there": [9]}, None, "was there before the call"),
        ({"meddled": True}, "M5.14", "do not lift it"),
        ({"room_after": None}, None, "although there was no room"),
        ({"call": back(9, strays=1)}, "M3.11", "came back"),
    ],
)
def test_without_waiting_nothing_counts(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """It is what the function is for."""
    verdict = judged("5.3", facts("later", **changes))
    fact = failed(verdict)[0]
    assert words in f"{fact.seen} {fact.why}"
    assert (fact.misconception, verdict.points) == (misconception, 0)


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"zombies": 3, "call": raised("BlockingIOError")}, "M5.9", "3 zombies"),
        ({"zombies": 1, "call": raised("BlockingIOError")}, "M3.9", "1 zombie"),
        ({"living": None}, None, "the living child is not there"),
        ({"living": "Z"}, None, "the living child is not there"),
        ({"call": did_not_return(), "over": True}, None, "WNOHANG asks"),
    ],
)
def test_zombies_have_to_be_collected(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """And nobody else."""
    verdict = judged("5.3", facts("zombies", **changes))
    fact = one_failed(verdict)
    assert words in f"{fact.seen} {fact.why}"
    assert (fact.misconception, verdict.points) == (misconception, 2.25)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (did_not_return(), "who waits for ever"),
        (back(None), "returned None"),
        (slow(0.8, call=raised("TimeoutError")), "raised TimeoutError"),
        (slow(0.1, call=raised("BlockingIOError")), "gave up after 0.10 s"),
        (slow(3.0, call=raised("BlockingIOError")), "gave up after 3.00 s"),
    ],
)
def test_it_has_to_give_up_in_time(call: dict[str, Any], words: str) -> None:
    """With the error that it met."""
    verdict = judged("5.3", facts("never", call=call))
    fact = one_failed(verdict)
    assert words in f"{fact.seen} {fact.why}"
    assert verdict.points == 2.5


@pytest.mark.parametrize(
    "call",
    [
        back(9),
        raised("BlockingIOError"),
        raised("OSError", "[Errno 1] no"),
        slow(3.0, call=raised("OSError", "[Errno 12] Cannot allocate memory")),
        did_not_return(),
    ],
)
def test_another_error_comes_out_at_once(call: dict[str, Any]) -> None:
    """It is not one to wait for."""
    verdict = judged("5.3", facts("memory", call=call))
    assert one_failed(verdict).misconception == "M5.10"
    assert verdict.points == 2.5


@pytest.mark.parametrize("which", ["later", "never"])
def test_it_sleeps_in_between(which: str) -> None:
    """More than a fifth of the time is too much."""
    call = next(one["call"] for one in facts()["cases"] if one["case"] == which)
    verdict = judged("5.3", facts(which, call={**call, "cpu_seconds": 0.4}))
    assert one_failed(verdict).misconception == "M3.10"
    assert verdict.points == 2.75


@pytest.mark.parametrize(
    "changes",
    [
        {"room_after": 0.6, "lost": 2.0, "call": slow(2.9)},
        {"looks": [39, 40], "own": 0.1, "call": slow(1.6, cpu=0.06)},
    ],
)
def test_what_the_host_keeps_from_those_who_take_part_costs_nothing(
    changes: dict[str, Any],
) -> None:
    """Who is late for that is not late; who waits for a processor is not busy."""
    assert judged("5.3", facts("later", **changes)).points == 3


@pytest.mark.parametrize(("tried", "points"), [([0.04, 0], 2.75), ([0.04, 1], 3), ([None, 0], 3)])
def test_who_never_sleeps_is_busy_however_little_of_a_processor_there_was(
    tried: list[Any], points: float
) -> None:
    """On a host that had hardly any time for it: it has used that, and no naps are seen."""
    changes = {"tried": tried, "looks": [2, 3], "call": slow(0.7, cpu=0.04)}
    assert judged("5.3", facts("later", **changes)).points == points


@pytest.mark.parametrize(("naps", "points"), [(1, 3), (20, 2.5)])
def test_an_error_that_comes_late_on_a_busy_host(naps: int, points: float) -> None:
    """Who naps has tried again, and so it was not only the host."""
    call = slow(3.0, call=raised("OSError", "[Errno 12] Cannot allocate memory"))
    assert judged("5.3", facts("memory", call=call, lost=2.9, naps=naps)).points == points


def test_what_was_not_asked_is_not_right() -> None:
    """A call before it did not come back; or nobody could take the room away."""
    record = facts("never", call=did_not_return(), over=True)
    record["cases"].pop()
    assert judged("5.3", record).points == 2
    record["cases"] = [{"case": "later", "taken": False, "seconds": 3.0, "over": True}]
    assert judged("5.3", record).points == 0
