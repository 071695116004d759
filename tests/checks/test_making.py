"""Verdicts of 3.1 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from lessonkit.records import Corpse, Ending
from tests.checks.handmade import (
    back,
    did_not_return,
    failed,
    family,
    judged,
    one_failed,
    raised,
)
from tests.show.handmade import process


def good(n: int) -> dict[str, Any]:
    """A round in which all is well."""
    return {
        "n": n,
        "call": back(handle=True),
        "made": family(*[(10 + i, 2, "Z") for i in range(n)]),
        "adopted": 0,
        "sigchld_ignored": False,
        "forked": n,
        "waited_faults": 100 * n,
        "release": back(),
        "after": [],
        "adopted_after": 0,
    }


def spoiled(n: int = 4, **changes: Any) -> dict[str, Any]:
    """Rounds of which the last is as given."""
    last = {**good(n), **changes}
    if changes.get("made") is not None or "call" in changes:
        last.pop("release")
    return {"rounds": [good(1), last]}


def test_three_clean_rounds_are_full_points() -> None:
    """All zombies there, all zombies gone, three times."""
    verdict = judged("3.1", {"rounds": [good(3), good(1), good(7)]})
    assert verdict.passed
    assert verdict.points == 3


def test_a_round_that_is_missing_without_reason_is_our_failure() -> None:
    """Two good rounds are not a result."""
    with pytest.raises(CheckError, match="2 of 3 rounds"):
        judged("3.1", {"rounds": [good(3), good(1)]})


def test_a_round_that_a_limit_has_ended_is_not_our_failure() -> None:
    """The rounds before it do not count either: a second one was promised."""
    cut = Ending(kind="limit", limit="output_bytes")
    for rounds in ([good(3)], [good(3), {"n": 2}], [{"n": 2}]):
        verdict = judged("3.1", {"rounds": rounds}, ending=cut)
        assert verdict.points == 0
        assert "output_bytes" in (verdict.problem or "")


def test_a_release_that_was_not_called_is_a_finding() -> None:
    """All was well when it was written down: what changed since then is not our failure."""
    unsteady = good(4)
    unsteady.pop("release")
    verdict = judged("3.1", {"rounds": [unsteady]})
    assert "changed while they were looked at" in one_failed(verdict).seen
    assert verdict.points == 1.5


def test_sleeping_children_are_no_zombies() -> None:
    """The sentence says how many, in which state, and what makes a zombie."""
    made = family(*[(10 + i, 2, "S") for i in range(4)])
    fact = one_failed(judged("3.1", spoiled(made=made)))
    assert fact.expected == "4 zombies whose parent is pid 2, and nothing else"
    assert fact.seen == "4 children in state S (asleep)"
    assert "A child becomes a zombie when it ends" in fact.why
    assert fact.misconception == "M3.2"


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"made": [], "adopted": 4, "forked": 5}, "M3.3", "init adopted and reaped 4 processes"),
        ({"made": [], "sigchld_ignored": True}, "M3.7", "SIG_IGN"),
        ({"made": [], "forked": 4}, "M3.10", "although 4 were made"),
        ({"made": [], "forked": None}, "M3.10", "no child at all"),
        ({"made": [], "forked": 0}, None, "nothing was forked"),
        ({"made": [], "forked": 4, "waited_faults": 0}, "M2.3", "4 tasks made, and nobody waited"),
        ({"made": family((10, 2, "Z")), "forked": 1}, None, "1 zombie (pid 10)"),
        ({"made": family((10, 2, "Z"))}, "M3.10", "1 zombie (pid 10), although 4 were made"),
        ({"made": family((10, 7, "Z"), (7, 2, "S"))}, None, "1 zombie whose parent is pid 7"),
        ({"call": back(handle=True, strays=2)}, "M3.11", "2 copies came back"),
        ({"call": raised("BlockingIOError")}, "M3.11", "BlockingIOError (line 7)"),
        ({"call": raised("ValueError", "no")}, None, "ValueError: no"),
        ({"call": did_not_return()}, None, "had not come back after 2 s"),
        ({"made": good(4)["made"], "adopted": 3}, "M3.11", "init also had to adopt and reap 3"),
    ],
)
def test_what_is_not_n_zombies(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """Each wrong picture has its own sentence and idea, and earns nothing."""
    verdict = judged("3.1", spoiled(**changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 0


def test_a_copy_that_comes_back_late_counts_as_well() -> None:
    """It is reported with the next call, to release."""
    verdict = judged("3.1", {"rounds": [{**good(3), "release": back(strays=1)}]})
    assert one_failed(verdict).seen.startswith("1 copy came back from make_zombies")
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"after": good(4)["made"]}, "M3.1", "4 zombies still there"),
        ({"after": good(3)["made"]}, "M3.9", "3 of 4 zombies still there"),
        ({"after": family((10, 2, "S"))}, None, "1 process in state S"),
        ({"release": raised("ProcessLookupError")}, None, "release() raised"),
    ],
)
def test_what_release_can_miss(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """The zombies were made, so their points are kept."""
    verdict = judged("3.1", {"rounds": [{**good(4), **changes}]})
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 1.5


def test_what_is_returned_must_be_callable() -> None:
    """`return release()` is a common slip; the zombies are gone then, too."""
    slip = {**good(2), "call": back(None), "made": []}
    slip.pop("release")
    fact = failed(judged("3.1", {"rounds": [slip]}))[0]
    assert "make_zombies returned None, which cannot be called" in fact.seen
    kept = {**good(2), "call": back(5)}
    kept.pop("release")
    verdict = judged("3.1", {"rounds": [kept]})
    assert verdict.points == 1.5
    assert one_failed(verdict).seen == "make_zombies returned 5, which cannot be called"


def test_what_is_left_over_costs_the_last_half_point() -> None:
    """Corpses for init, survivors."""
    rounds = [good(1), good(2), good(3)]
    adopted = [*rounds[:2], {**good(3), "adopted_after": 1}]
    assert one_failed(judged("3.1", {"rounds": adopted})).misconception == "M3.3"
    corpse = (Corpse(pid=9, wait_status=9),)
    verdict = judged("3.1", {"rounds": rounds}, zombies_left=corpse)
    assert "9 (ended by SIGKILL)" in one_failed(verdict).seen
    assert verdict.points == 2.5
    alive = (process(9, 1, "sleeper"),)
    verdict = judged("3.1", {"rounds": rounds}, processes_left=alive)
    assert "9 (sleeper, state S)" in one_failed(verdict).seen
