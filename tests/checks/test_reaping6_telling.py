"""Verdicts of 6.7 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import back, did_not_return, failed, judged, one_failed, vanished

HAPPENED: list[tuple[str, list[tuple[int, str, int]]]] = [
    ("ends", [(3, "exited", 7)]),
    ("a signal", [(4, "signaled", 9)]),
    ("stopped", [(5, "stopped", 19)]),
    ("continued", [(5, "continued", 18)]),
    ("several at once", [(6, "stopped", 19), (7, "exited", 1)]),
    ("stopped again", [(5, "stopped", 19)]),
    ("the stopped one ends", [(6, "signaled", 9)]),
    ("stopped and ended at once", [(8, "signaled", 9)]),
]
NEWS = [one for _, some in HAPPENED for one in some]


def facts(news: Any = None, **changes: Any) -> dict[str, Any]:
    """A good record, or one in which the last answer is *news*."""
    steps: list[dict[str, Any]] = []
    told: list[Any] = []
    for kind, happened in HAPPENED:
        told = [*told, *happened]
        steps.append({"kind": kind, "happened": happened, "left": [], "news": back(told)})
    if news is not None:
        steps[-1]["news"] = back(news)
    return {
        "start": back(handle=True),
        "steps": steps,
        "living": {5: "T", 9: "S"},
        **changes,
    }


def without(*gone: tuple[int, str, int]) -> list[tuple[int, str, int]]:
    """All of the news but these."""
    return [one for one in NEWS if one not in gone]


def test_a_good_record_gets_full_points() -> None:
    """The news of different children may come in any order."""
    assert judged("6.7", facts()).points == 3
    assert judged("6.7", facts(sorted(NEWS, key=lambda one: one[0]))).points == 3
    assert judged("6.7", facts([list(one) for one in NEWS])).points == 3


@pytest.mark.parametrize(
    ("news", "misconception", "words"),
    [
        (without((3, "exited", 7)), "M6.1", "pid 3 exited with 7; told of it: nothing"),
        ([*without((4, "signaled", 9)), (4, "exited", 0)], "M3.6", "pid 4 was ended by SIGKILL"),
        ([*without((4, "signaled", 9)), (4, "signaled", -9)], "M3.5", "pid 4"),
        ([*without((3, "exited", 7)), (3, "exited", 1792)], "M3.5", "pid 3"),
        ([(3, "exited")], None, "news() returned"),
        ({}, None, "news() returned {}"),
    ],
)
def test_without_the_ends_nothing_counts(news: Any, misconception: str | None, words: str) -> None:
    """Which ended, and how."""
    verdict = judged("6.7", facts(news))
    first = failed(verdict)[0]
    assert words in first.seen
    assert (first.misconception, verdict.points) == (misconception, 0)


@pytest.mark.parametrize(
    ("call", "which", "misconception", "words"),
    [
        (did_not_return("S"), 2, "M6.4", "had not come back"),
        (vanished(0), 2, "M6.4", "after a child was stopped, your process ended"),
        (vanished(256), 0, None, "after a child ended, your process ended"),
    ],
)
def test_who_does_not_answer_has_told_nothing(
    call: dict[str, Any], which: int, misconception: str | None, words: str
) -> None:
    """What was called in the handler waits, or raises."""
    record = facts()
    del record["steps"][which + 1 :]
    record["steps"][which]["news"] = call
    verdict = judged("6.7", record)
    first = failed(verdict)[0]
    assert words in first.seen
    assert (first.misconception, verdict.points) == (misconception, 0)


def test_a_zombie_that_stays_is_an_end_that_was_missed() -> None:
    """Who was stopped may have been taken for dead."""
    record = facts()
    record["steps"][6]["left"] = [6]
    del record["steps"][7:]
    first = failed(judged("6.7", record))[0]
    assert (first.misconception, first.seen) == ("M6.4", "pid 6 ended, and stayed a zombie")


def test_a_zombie_of_a_child_that_ended_alone_is_no_matter_of_bursts() -> None:
    """Nobody waited for it: one signal for many is not the reason."""
    record = facts()
    record["steps"][0]["left"] = [3]
    del record["steps"][1:]
    first = failed(judged("6.7", record))[0]
    assert first.why == "nobody waited for it; news() may never be called"


def test_another_word_is_named_as_that() -> None:
    """It was told, in its own words."""
    news = [(pid, what.replace("st", "St"), number) for pid, what, number in NEWS]
    first = failed(judged("6.7", facts(news)))[0]
    assert "written just so" in first.why
    assert first.misconception is None


@pytest.mark.parametrize(
    ("news", "misconception", "words", "points"),
    [
        ([*without((6, "stopped", 19)), (5, "stopped", 19)], None, "pid 5", None),
        ([*NEWS, (5, "stopped", 19)], None, "pid 5: told", 2.5),
        ([*NEWS, (99, "exited", 0)], None, "it never happened", 2.5),
        ([(5, "continued", 18), *without((5, "continued", 18))], None, "pid 5: told", 2.5),
    ],
)
def test_order_costs_its_own_points(
    news: Any, misconception: str | None, words: str, points: float | None
) -> None:
    """Once each, and nothing else."""
    verdict = judged("6.7", facts(news))
    last = failed(verdict)[-1]
    assert words in last.seen
    assert last.misconception == misconception
    if points is not None:
        assert verdict.points == points


def test_stops_and_continues_have_facts_of_their_own() -> None:
    """Order needs both: a child of which only a part is told is not told in order."""
    no_continue = judged("6.7", facts([one for one in NEWS if one[1] != "continued"]))
    assert no_continue.points == 1.75
    assert failed(no_continue)[0].misconception == "M6.4"
    no_stop = judged("6.7", facts([one for one in NEWS if one[1] != "stopped"]))
    assert no_stop.points == 1.75


def test_the_living_are_to_live() -> None:
    """Nobody asked for anyone's end."""
    verdict = judged("6.7", facts(living={5: "T", 9: None}))
    assert "pid 9 should live" in one_failed(verdict).seen


def test_a_run_without_steps_is_our_failure() -> None:
    """The function came back, and nothing was tried."""
    with pytest.raises(CheckError, match="'steps'"):
        judged("6.7", {"start": back(handle=True)})


def test_a_run_that_was_cut_short_is_not_passed() -> None:
    """The rest might have gone wrong."""
    record = facts()
    del record["steps"][4:]
    assert judged("6.7", record).points == 1
