"""Verdicts of 3.5 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import back, did_not_return, failed, judged, one_failed, raised

CASES: list[tuple[int, str, int, bool]] = [
    (0, "exit", 0, False),
    (42 << 8, "exit", 42, False),
    (137 << 8, "exit", 137, False),
    (250 << 8, "exit", 250, False),
    (9, "signal", 9, False),
    (15, "signal", 15, False),
    (11, "signal", 11, False),
    (11 | 0x80, "signal", 11, True),
    (6 | 0x80, "signal", 6, True),
    (19 << 8 | 0x7F, "stop", 19, False),
    (20 << 8 | 0x7F, "stop", 20, False),
    (0xFFFF, "continue", 0, False),
]


def right(kind: str, number: int, core: bool) -> tuple[Any, ...]:
    """The answer that the text asks for."""
    if kind == "signal":
        return (kind, number, core)
    return (kind,) if kind == "continue" else (kind, number)


def facts(**answers: Any) -> dict[str, Any]:
    """All right, but for the status s..., which is answered like this."""
    cases = []
    for status, kind, number, core in CASES:
        answer = answers.get(f"s{status}", right(kind, number, core))
        call = answer if isinstance(answer, dict) else back(answer)
        case = {"status": status, "kind": kind, "number": number, "core": core}
        cases.append({**case, "made": "a real child", "call": call})
    return {"cases": cases}


def test_all_statuses_explained_are_full_points() -> None:
    """Twelve statuses."""
    assert judged("3.5", facts()).points == 3


@pytest.mark.parametrize(
    "answer", [["signal", 9, 0], ("signal", "SIGKILL", False), ("signal", "kill", False)]
)
def test_names_and_lists_will_do(answer: Any) -> None:
    """As the text says."""
    assert judged("3.5", facts(s9=answer)).passed


@pytest.mark.parametrize(
    ("answers", "points", "misconception", "words"),
    [
        ({"s35072": ("signal", 9, False)}, 0, "M3.5", "the child exited with code 137"),
        ({"s10752": ("exit", 10752)}, 0, "M3.5", "the child exited with code 42"),
        ({"s10752": 42}, 0, None, "explain(10752) is 42"),
        ({"s0": ("exit", False)}, 0, None, "explain(0) is ('exit', False)"),
        ({"s0": raised("KeyError", "0")}, 0, None, "KeyError: 0 (line 7)"),
        ({"s9": ("exit", 0)}, 1.5, "M3.6", "SIGKILL (9) ended the child"),
        ({"s9": ("exit", 137)}, 1.5, "M3.5", "SIGKILL (9) ended the child"),
        ({"s139": ("signal", 139, False)}, 1.5, "M3.6", "SIGSEGV (11) ended the child, core"),
        ({"s9": ("signal", 9)}, 1.5, None, "SIGKILL"),
        ({"s9": ("signal", 3, False)}, 1.5, None, "('signal', 3, False)"),
        ({"s139": ("signal", 11, False)}, 2.5, None, "but it dumped core"),
        ({"s9": ("signal", 9, True)}, 2.5, None, "but it did not dump core"),
        ({"s9": ("signal", 9, "no")}, 2.5, None, "core_dumped = 'no'"),
        ({"s4991": ("exit", 19)}, 2.5, "M3.6", "SIGSTOP (19) stopped the child"),
        ({"s65535": ("signal", 127, True)}, 2.5, "M3.6", "SIGCONT continued the child"),
    ],
)
def test_one_wrong_answer(
    answers: dict[str, Any], points: float, misconception: str | None, words: str
) -> None:
    """It names the status, the answer and what really happened."""
    verdict = judged("3.5", facts(**answers))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == points


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("s65535", "continue", 'a tuple of one needs a comma, ("continue",)'),
        ("s0", "exit 0", "that is a string, no tuple; return a tuple whose first part is exactly"),
        ("s0", ("exited", 0), "whose first part is exactly one of exit, signal, stop, continue"),
        ("s0", ("exit",), 'two parts: "exit", the code'),
        ("s0", (), "return a tuple"),
        ("s0", None, "return a tuple"),
    ],
)
def test_a_wrong_form_is_named(name: str, answer: Any, words: str) -> None:
    """A missing comma is hard to see."""
    assert words in one_failed(judged("3.5", facts(**{name: answer}))).why


def test_the_same_answer_for_everything_gets_nothing() -> None:
    """Not even the half point of the one it fits."""
    answers = {f"s{case[0]}": ("continue",) for case in CASES}
    assert judged("3.5", facts(**answers)).points == 0


def test_a_case_that_is_missing_without_reason_is_our_failure() -> None:
    """Eleven of twelve."""
    with pytest.raises(CheckError, match="11 of 12 cases"):
        judged("3.5", {"cases": facts()["cases"][:11]})


def test_a_call_that_hangs_spoils_what_was_not_asked() -> None:
    """The cases behind it are unknown."""
    cases = {"cases": facts(s250=did_not_return())["cases"][:3]}
    cases["cases"].append({**facts()["cases"][3], "call": did_not_return("R")})
    verdict = judged("3.5", cases)
    assert verdict.points == 0
    assert "still busy" in failed(verdict)[0].seen
