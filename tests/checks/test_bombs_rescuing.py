"""Verdicts of 5.6 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
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

SCRIPT = "for dir in /proc/[0-9]*; do ...; done"


def shell(**changes: Any) -> dict[str, Any]:
    """A shell that came to its gate and ended with the code from there."""
    return {"at_gate": True, "same": True, "state": "S", "code": 7, "status": 7 << 8, **changes}


def facts(alive: str | None = None, **changes: Any) -> dict[str, Any]:
    """The bomb, 11 to 13, is gone (or in state *alive*), and was listed."""
    return {
        "call": back(SCRIPT),
        "early": [],
        "helpers": [],
        "shell": shell(),
        "seconds": 0.1,
        "said": "11\n12\n13\n",
        "name": "parcel",
        "bomb": [{"pid": pid, "state": alive} for pid in (11, 12, 13)],
        "innocent": [{"pid": 14, "name": "parcels", "state": "S"}],
        "student_alive": True,
        **changes,
    }


def test_gone_listed_and_nobody_hurt_is_full_points() -> None:
    """In any order, with blanks."""
    assert judged("5.6", facts()).points == 3
    assert judged("5.6", facts(said="  13\n12 \n11\n")).points == 3


@pytest.mark.parametrize(
    ("record", "misconception", "words"),
    [
        (facts("S", said="sh: 1: Cannot fork\n"), "M5.7", "3 of 3 processes of the bomb alive"),
        (facts("S", said="sh: can't fork: Resource"), "M5.7", "something in the script forks"),
        (facts("S", said=""), None, "stopped is not ended"),
        (facts("T"), None, ", stopped"),
        (facts("S", shell=shell(at_gate=False)), None, "the script was not done after"),
        (
            facts("S", shell=shell(at_gate=False, state=None, status=2 << 8)),
            None,
            "the shell has ended (exit code 2)",
        ),
        (facts(early=[11]), None, "the shell is to do it"),
        (facts(helpers=family((20, 2, "S"))), None, "no room for a helper"),
        (facts(call=back(SCRIPT, strays=1)), "M3.11", "came back"),
    ],
)
def test_while_the_bomb_lives_nothing_counts(
    record: dict[str, Any], misconception: str | None, words: str
) -> None:
    """And the shell has to be the one that ends it."""
    verdict = judged("5.6", record)
    fact = one_failed(verdict)
    assert words in f"{fact.seen} {fact.why}"
    assert (fact.misconception, verdict.points) == (misconception, 0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (back(None), "return the text of a script"),
        (back(["kill"]), "return the text of a script"),
        (back(""), "return the text of a script"),
        (raised("OSError"), "raised OSError"),
        (did_not_return(), "it was asleep"),
        (vanished(9), "ended by SIGKILL"),
    ],
)
def test_without_a_script_there_is_nothing_to_judge(call: dict[str, Any], words: str) -> None:
    """The scene stops then."""
    verdict = judged("5.6", {"call": call, "early": [], "helpers": []})
    fact = one_failed(verdict)
    assert words in f"{fact.seen} {fact.why}"
    assert verdict.points == 0
    assert len(verdict.facts) == 4


@pytest.mark.parametrize(
    ("changes", "words", "points"),
    [
        ({"said": ""}, "3 of 3 not listed", 2.25),
        ({"said": "11\n12\n"}, "1 of 3 not listed", 2.25),
        ({"said": "11 12 13\n"}, "3 of 3 not listed", 2.25),
        ({"said": "11\n12\n13\n14\n"}, "besides the pids: '14'", 2.25),
        (
            {"innocent": [{"pid": 14, "name": "parcels", "state": None}]},
            "hurt: parcels (pid 14)",
            2.25,
        ),
        (
            {"innocent": [{"pid": 14, "name": "parcels", "state": "T"}]},
            "hurt: parcels (pid 14)",
            2.25,
        ),
        ({"student_alive": False}, "your own process was ended", 2.25),
        ({"shell": shell(at_gate=False, state=None, status=9)}, "ended by SIGKILL", 2.5),
        ({"shell": shell(at_gate=False)}, "the script was not done after", 2.5),
        ({"shell": shell(same=False)}, "another program had come to the place", 2.5),
        ({"shell": shell(status=3 << 8)}, "but ended otherwise (exit code 3)", 2.5),
        ({"shell": shell(status=None)}, "but ended otherwise", 2.5),
    ],
)
def test_each_of_the_others_costs_its_points(
    changes: dict[str, Any], words: str, points: float
) -> None:
    """When the bomb is gone."""
    record = facts(**changes)
    record.setdefault("student_pid", 2)
    verdict = judged("5.6", record)
    assert words in failed(verdict)[0].seen
    assert verdict.points == points


def test_a_shell_that_was_ended_before_is_told() -> None:
    """By the function, for example."""
    verdict = judged("5.6", {"call": back(SCRIPT), "early": [], "helpers": [], "unsent": True})
    assert "was gone before the script could run" in one_failed(verdict).seen


def test_a_scene_that_did_not_look_is_our_failure() -> None:
    """Nobody loses points for it."""
    with pytest.raises(CheckError):
        judged("5.6", {})
