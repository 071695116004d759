"""Verdicts of 3.7 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import back, did_not_return, family, judged, one_failed, raised, vanished


def facts(parents: list[int] | None = None, **changes: Any) -> dict[str, Any]:
    """Two commands that init inherited, or whose parents were these; and these changes."""
    commands = [
        {
            "argv": ["sh", "-c", "x"],
            "pid": pid,
            "parents": parents or [5, 1],
            "ignored": False,
            "adopted": parents is None,
            "finished": True,
        }
        for pid in (7, 8)
    ]
    return {
        "call": back(),
        "commands": commands,
        "children": [],
        "left": [],
        "waited_faults": 700,
        "sigchld_ignored": False,
        "codes": [7, 200],
        "delivered": back([7, 200]),
        "kept": [True, True],
        "later_faults": 0,
        **changes,
    }


@pytest.mark.parametrize("record", [facts(), facts([2], waited_faults=0)])
def test_two_roads_lead_to_full_points(record: dict[str, Any]) -> None:
    """A child in the middle, and SIGCHLD ignored for a while."""
    assert judged("3.7", record).points == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pid": None, "parents": [], "finished": False}, "1 of 2 commands seen; never seen: ['sh"),
        ({"finished": False}, "pid 8 started, but did not run to the end"),
    ],
)
def test_every_command_has_to_run(changes: dict[str, Any], words: str) -> None:
    """Else there is nothing to judge."""
    record = facts()
    record["commands"][1] = {**record["commands"][1], **changes}
    verdict = judged("3.7", record)
    assert words in one_failed(verdict).seen
    assert verdict.points == 0


def test_what_was_never_seen_was_not_collected_either() -> None:
    """Such a command has no parents; that is no failure of ours."""
    record = facts()
    unseen: dict[str, object] = {"pid": None, "parents": [], "adopted": False, "finished": False}
    record["commands"] = [{**one, **unseen} for one in record["commands"]]
    assert judged("3.7", record).points == 0


def test_a_helper_that_ignores_sigchld_collects_nobody() -> None:
    """The kernel keeps nothing for it, and init gets nothing either."""
    record = facts([5])
    record["commands"] = [{**one, "ignored": True} for one in record["commands"]]
    assert judged("3.7", record).points == 3


@pytest.mark.parametrize(
    ("record", "misconception", "words"),
    [
        (facts([2], children=family((7, 2, "Z"), (8, 2, "Z"))), "M3.3", "2 commands in state Z"),
        (facts(children=family((5, 2, "Z"))), "M3.3", "the processes in the middle"),
        (facts([2]), None, "collected by a wait call: the counter"),
        (facts([5]), None, "pids 7, 8 did not come to init: collected by pid 5"),
    ],
)
def test_corpses_and_waiting(record: dict[str, Any], misconception: str | None, words: str) -> None:
    """Starting alone is three quarters of a point."""
    verdict = judged("3.7", record)
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 0.75


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"sigchld_ignored": True, "delivered": back([0, 0])}, "M3.7", "still set to SIG_IGN"),
        ({"delivered": back([0, 0]), "kept": [False] * 2}, "M3.7", "parent heard [0, 0]"),
        (
            {"delivered": back([7, 0]), "kept": [True, False], "later_faults": 90},
            "M6.5",
            "parent heard [7, 0]",
        ),
        ({"delivered": back([None, None])}, "M6.5", "parent heard [None, None]"),
        ({"delivered": raised("ChildProcessError")}, "M3.7", "a later subprocess.run raised"),
        ({"kept": [False, False]}, "M3.7", "no zombies of your process held these codes"),
        ({"left": family((9, 1, "S"))}, None, "pid 9 (python3, state S)"),
    ],
)
def test_later_children_must_deliver_their_codes(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """Whoever uses the process next relies on it."""
    verdict = judged("3.7", facts(**changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 2


@pytest.mark.parametrize("call", [raised("OSError", "x"), did_not_return(), vanished(0)])
def test_a_call_without_an_answer_is_the_whole_verdict(call: dict[str, Any]) -> None:
    """Nothing after it was looked at."""
    record = {"call": call, "commands": facts()["commands"]}
    assert judged("3.7", record).points == 0
