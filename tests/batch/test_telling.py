"""What `lessonkit grade` tells on a terminal and as JSON."""

from __future__ import annotations

import json

import pytest

from lessonkit.batch.records import NotebookResult, Result
from lessonkit.batch.telling import Teller
from lessonkit.grading.records import CellResult, Judgement, Status

ESCAPE = "\x1b[2J\x1b]0;mine\x07"


def result(student: str, status: Status, *, reason: str = "", **more: tuple[str, ...]) -> Result:
    """3 points of 3 by a machine, 2 that a person gives."""
    cells = (
        CellResult(grade_id="t", points=3.0, max_points=3.0),
        CellResult(grade_id="w", points=None, max_points=2.0),
    )
    judged = Judgement(status=status, reason=reason, repairs=more.get("repairs", ()), cells=cells)
    return Result(
        student=student,
        fingerprint="",
        status=status,
        reason=reason,
        notebooks=(NotebookResult(name="proc", judgement=judged),),
        notes=more.get("notes", ()),
    )


def test_points_for_a_person_are_told_apart_from_lost_ones() -> None:
    """All that a machine gives was earned; and what more there is to be read is counted."""
    teller = Teller("ps1", quiet=True)
    teller.begin(3, 0)
    teller.graded(result("ada", "graded"))
    moved = ("A was moved.", "B was moved.")
    teller.graded(result("ben", "repaired", reason=moved[0], repairs=moved, notes=("C.", "D.")))
    teller.graded(Result(student="dan", fingerprint="", status="not gradable", reason="None."))

    _, ada, ben, dan, *rest = teller.text().splitlines()

    assert ada.split() == ["ada", "graded", "3", "of", "3", "+", "2"]
    assert ben.endswith("3 of 3 + 2  A was moved. (and 3 more)")
    assert dan.split() == ["dan", "not", "gradable", "-", "None."]
    assert "+: points for which a person has to look" in rest
    told = json.loads(teller.json())["students"]
    assert [(one["points"], one["max_points"], one["points_by_hand"]) for one in told] == [
        (3.0, 5.0, 2.0),
        (3.0, 5.0, 2.0),
        (0, 0, 0),
    ]


def test_nothing_that_a_student_named_does_anything_to_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Escape sequences and line ends come out as something to be seen, in text and in JSON."""
    teller = Teller("ps1")
    teller.begin(1, 0)
    told = f"“{ESCAPE}a\nb” was not taken."
    teller.graded(result("ada", "repaired", reason=told, notes=(told,)))

    shown = teller.text() + teller.json() + capsys.readouterr().err

    assert "was not taken" in shown
    assert not {"\x1b", "\x07"} & set(shown)
    assert len(teller.json().splitlines()) == 1
