"""Verdicts of 4.7 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import back, did_not_return, judged, one_failed, raised, vanished


def case(
    waits: str, on_sigterm: str, alone: tuple[int, bool], init: tuple[int, bool]
) -> dict[str, Any]:
    """An application with three children and two orphans, and what the kernel said."""
    app = {"children": 3, "orphans": 2, "waits": waits, "on_sigterm": on_sigterm}
    return {"app": app, "alone": alone, "init": init}


CASES = [
    case("never", "default", (5, False), (3, True)),
    case("never", "handler", (5, True), (3, True)),
    case("own", "ignored", (2, False), (0, False)),
    case("own", "default", (2, False), (0, True)),
    case("any", "handler", (0, True), (0, True)),
    case("any", "ignored", (0, False), (0, False)),
]


def facts(which: int = -1, call: Any = None, pid_1: bool = True) -> dict[str, Any]:
    """All cases answered right; number *which* with that answer, or that call."""
    cases = [{**one, "call": back({k: one[k] for k in ("alone", "init")})} for one in CASES]
    if which >= 0:
        cases[which]["call"] = call if isinstance(call, dict) and "kind" in call else back(call)
    return {"cases": cases, "pid_1": pid_1}


def test_all_as_the_kernel_counted_is_full_points() -> None:
    """Also where nobody can be pid 1: the verdict says what was not tried."""
    assert judged("4.7", facts()).points == 2.5
    weaker = judged("4.7", facts(pid_1=False))
    assert weaker.points == 2.5
    assert "nobody can make a pid namespace" in weaker.facts[2].seen


@pytest.mark.parametrize(
    ("which", "alone", "init", "misconception", "words", "points"),
    [
        (0, (3, False), (3, True), "M4.5", "as pid 1: 5 zombies, and not 3", 0),
        (4, (2, True), (0, True), None, "as pid 1: 0 zombies, and not 2", 0),
        (0, (5.0, False), (3, True), "M4.5", "and not 5.0", 0),
        (0, (5, False), (0, True), "M4.6", "under an init: 3 zombies, and not 0", 1.5),
        (2, (2, False), (2, False), "M4.2", "under an init: 0 zombies, and not 2", 1.5),
        (2, (2, False), (1, False), None, "under an init: 0 zombies, and not 1", 1.5),
        (0, (5, True), (3, True), "M4.7", "SIGTERM does not end it", 1.75),
        (3, (2, False), (0, False), "M4.7", "under an init: SIGTERM ends it", 1.75),
        (5, (0, False), (0, True), "M4.6", "SIGTERM does not end it", 1.75),
        (1, (5, False), (3, True), "M4.7", "as pid 1: SIGTERM ends it", 1.75),
        (1, (5, 1), (3, True), None, "the answer was 1", 1.75),
    ],
)
def test_each_wrong_cell_of_the_table_is_told(
    which: int, alone: Any, init: Any, misconception: str | None, words: str, points: float
) -> None:
    """One wrong application is enough."""
    verdict = judged("4.7", facts(which, {"alone": alone, "init": init}))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, points)


@pytest.mark.parametrize(
    "call",
    [raised("KeyError", "'x'"), did_not_return(), vanished(9), True, {"init": (3, True)}, {}],
)
def test_no_answer_is_no_prediction(call: Any) -> None:
    """The form of the answer is said."""
    assert judged("4.7", facts(0, call)).points == 0


def test_what_was_not_asked_any_more_does_not_count() -> None:
    """A call that hangs is the last one; one that is missing for no reason is our failure."""
    record = facts(2, did_not_return())
    assert judged("4.7", {**record, "cases": record["cases"][:3]}).points == 0
    with pytest.raises(CheckError, match="3 of 6 applications"):
        judged("4.7", {**facts(), "cases": facts()["cases"][:3]})
