"""Verdicts of 2.1 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import back, did_not_return, failed, judged, one_failed, raised

NAMES = {
    "asleep": "worker",
    "stopped": "builder",
    "zombie": "queue",
    "threads": "index",
    "own": "python3",
    "blank 0": "two words",
    "blank 1": "a b c",
    "parenthesis 0": "x) Z 1 (y",
    "parenthesis 1": "run (fast)",
    "parenthesis 2": "(",
    "parenthesis 3": "",
    "parenthesis 4": ":-)",
    "gone": "mailer",
    "since stopped": "mailer",
    "since grown": "index",
}


def line(pid: int, name: str) -> str:
    """A line of stat as the kernel writes it."""
    fields = ["S", "1", str(pid), str(pid), *["0"] * 13, "3", "0", str(4000 + pid), *["0"] * 30]
    return f"{pid} ({name}) {' '.join(fields)}\n"


def right(kind: str) -> dict[str, Any]:
    """What stands in the line of that kind."""
    pid = 10 + list(NAMES).index(kind)
    return {
        "pid": pid,
        "comm": NAMES[kind],
        "state": "S",
        "ppid": 1,
        "num_threads": 3,
        "starttime": 4000 + pid,
    }


def facts(answers: dict[str, Any] | None = None) -> dict[str, Any]:
    """All right, but for these answers (calls, or values)."""
    cases = []
    for kind, name in NAMES.items():
        truth = right(kind)
        given = (answers or {}).get(kind, dict(truth))
        call = given if isinstance(given, dict) and "wait_status" in given else back(given)
        text = line(truth["pid"], name)
        cases.append({"case": kind, "text": text, "truth": truth, "call": call})
    return {"cases": cases}


def test_right_for_every_line_is_full_points() -> None:
    """Fifteen lines."""
    assert judged("2.1", facts()).points == 3


def test_more_keys_do_no_harm() -> None:
    """Some like to have all fields."""
    assert judged("2.1", facts({"asleep": {**right("asleep"), "utime": 0}})).passed


@pytest.mark.parametrize(
    ("kind", "changed", "points", "misconception", "words"),
    [
        ("asleep", {"ppid": 10}, 0, None, "ppid is field 4"),
        ("asleep", {"starttime": "4010"}, 0, None, "digits as text"),
        ("asleep", {"comm": "(worker)"}, 0, None, "no part of it"),
        ("asleep", {"num_threads": True}, 0, None, "num_threads is field 20"),
        ("zombie", {"state": "Z"}, 0, None, "state is field 3"),
        ("blank 0", {"comm": "two"}, 2.5, "M3.12", "unquoted"),
        ("blank 1", {"ppid": 0}, 2.5, "M3.12", "unquoted"),
        ("parenthesis 0", {"state": "Z"}, 2, "M3.12", "unquoted"),
        ("parenthesis 3", {"comm": "()"}, 2, "M3.12", "unquoted"),
        ("since stopped", {"state": "T"}, 2.5, "M2.10", "was read before"),
        ("since grown", {"num_threads": 5}, 2.5, "M2.10", "was read before"),
        ("own", {"state": "R"}, 2.5, "M2.10", "was read before"),
    ],
)
def test_one_wrong_value(
    kind: str, changed: dict[str, Any], points: float, misconception: str | None, words: str
) -> None:
    """It costs the points of its kind, and of a plain line those of all."""
    verdict = judged("2.1", facts({kind: {**right(kind), **changed}}))
    fact = one_failed(verdict)
    assert verdict.points == points
    assert fact.misconception == misconception
    assert words in fact.why


def test_a_missing_key_is_named() -> None:
    """And what was returned is shown."""
    without = {key: value for key, value in right("asleep").items() if key != "starttime"}
    assert "has no key 'starttime'" in one_failed(judged("2.1", facts({"asleep": without}))).seen


def test_who_looks_the_process_up_falls_over_the_one_that_is_gone() -> None:
    """Whatever its name was."""
    gone = raised("FileNotFoundError", "/proc/22/stat")
    verdict = judged("2.1", facts(dict.fromkeys(("gone", "blank 1", "parenthesis 2"), gone)))
    assert verdict.points == 1
    assert {fact.misconception for fact in failed(verdict)} == {"M2.10"}


def test_an_index_error_on_a_nasty_name_is_the_name() -> None:
    """A parser that has lost its way."""
    verdict = judged("2.1", facts({"parenthesis 0": raised("IndexError")}))
    assert one_failed(verdict).misconception == "M3.12"


def test_after_a_call_that_hangs_nothing_more_is_known() -> None:
    """The rest was not asked."""
    cut = facts({"asleep": did_not_return()})
    cut["cases"] = cut["cases"][:1]
    verdict = judged("2.1", cut)
    assert verdict.points == 0
    assert "had not come back" in one_failed(verdict).seen
