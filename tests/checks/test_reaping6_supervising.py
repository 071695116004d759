"""Verdicts of 6.5 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import back, did_not_return, failed, family, judged, one_failed

CODES = [-15, 7, 9, -10, -9]


def job(kind: str, pid: int, **changes: Any) -> dict[str, Any]:
    """A job that was looked after well."""
    return {
        "kind": kind,
        "pid": pid,
        "ppid": 2,
        "ready": True,
        "stale": False,
        "copies": 1,
        "born": 0.02,
        "asked": None,
        "dead": 0.1,
        "gone": 0.1,
        "lost_asked": None,
        "lost_dead": None,
        "code": None,
        **changes,
    }


def facts(which: int = -1, **changes: Any) -> dict[str, Any]:
    """A good record; job number *which* has these changes."""
    jobs = [
        job("polite", 10, dead=1.51, gone=1.52),
        job("early", 11, code=7),
        job("slow", 12, asked=1.5, dead=1.6, gone=1.6, code=9),
        job("hit", 13, code=-10),
        job("stubborn", 14, asked=1.51, dead=2.32, gone=2.32),
    ]
    if which >= 0:
        jobs[which] |= changes
    return {
        "seconds": 1.5,
        "grace": 0.8,
        "jobs": jobs,
        "call": back(CODES),
        "together": 5,
        "rounds": 1,
        "quiet": {"switches": 0, "cpu_seconds": 0.0, "ready_seconds": 0.0},
        "left": [],
    }


def test_a_good_record_gets_full_points() -> None:
    """A tuple will do as well; and a job that was not ready yet may have died of SIGTERM."""
    assert judged("6.5", facts()).points == 4
    assert judged("6.5", facts() | {"call": back(tuple(CODES))}).points == 4
    busy_host = facts(4, ready=False, asked=None, dead=1.5, gone=1.5)
    busy_host["call"] = back([-15, 7, 9, -10, -15])
    assert judged("6.5", busy_host).points == 4


@pytest.mark.parametrize(
    ("which", "changes", "record", "words"),
    [
        (1, {}, {"together": 4}, "4 of 5 jobs ran at the same time"),
        (1, {"ppid": 9}, {}, "parent 9"),
        (1, {"copies": 2}, {}, "2 times"),
        (-1, {}, {"call": did_not_return("S")}, "had not come back"),
        (-1, {}, {"left": family((14, 2, "S"))}, "it came back, and left"),
    ],
)
def test_without_all_jobs_nothing_counts(
    which: int, changes: dict[str, Any], record: dict[str, Any], words: str
) -> None:
    """All at once, all ended."""
    verdict = judged("6.5", facts(which, **changes) | record)
    assert words in failed(verdict)[0].seen
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("which", "changes", "misconception", "words", "points"),
    [
        (1, {"stale": True}, "M6.9", "still a zombie half a second later", 3.25),
        (3, {"gone": None, "dead": None}, None, "was not collected during the call", 3.25),
        (0, {"dead": 0.7}, None, "got SIGTERM after 0.7 s, and had 1.5 s", 3),
        (0, {"dead": 4.0}, "M6.9", "got SIGTERM after 4.0 s", 3),
        (4, {"asked": None}, None, "its handler for SIGTERM had not run", 3),
        (4, {"asked": None, "dead": None}, None, "got no SIGTERM", 3),
        (4, {"dead": 1.6}, None, "ended 0.09 s after SIGTERM", 3),
        (4, {"dead": 5.0}, None, "ended 3.5 s after SIGTERM", 3),
        (2, {"asked": 0.5}, None, "got SIGTERM after 0.5 s", 3),
    ],
)
def test_each_time_costs_its_own_points(
    which: int, changes: dict[str, Any], misconception: str | None, words: str, points: float
) -> None:
    """Early, late, and not at all."""
    verdict = judged("6.5", facts(which, **changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, points)


@pytest.mark.parametrize(
    ("which", "changes"),
    [
        (0, {"dead": 4.0, "lost_dead": 1.5}),
        (4, {"asked": 4.0, "dead": 4.8, "lost_asked": 1.5, "lost_dead": 1.5}),
        (4, {"dead": 5.0, "lost_asked": 0.1, "lost_dead": 1.9}),
        (4, {"asked": 2.1, "dead": 2.32, "lost_asked": 0.6, "lost_dead": 0.6}),
        (4, {"asked": None, "dead": 2.4, "lost_dead": 0.9}),
    ],
)
def test_what_a_busy_host_has_kept_is_taken_off(which: int, changes: dict[str, Any]) -> None:
    """Late by that much is not late; and a short grace may be a request that was kept waiting."""
    assert judged("6.5", facts(which, **changes)).points == 4


@pytest.mark.parametrize(
    ("which", "changes"),
    [
        (0, {"dead": 0.7, "lost_dead": 9.0}),
        (4, {"dead": 1.6, "lost_asked": 9.0, "lost_dead": 9.0}),
        (4, {"asked": None, "dead": 1.6, "lost_dead": 9.0}),
        (4, {"asked": 0.5, "dead": 1.4, "lost_asked": 9.0, "lost_dead": 9.0}),
    ],
)
def test_no_busy_host_makes_anything_early(which: int, changes: dict[str, Any]) -> None:
    """Whatever it kept: the clock began before the call."""
    assert judged("6.5", facts(which, **changes)).points == 3


def test_who_came_too_late_may_have_been_killed() -> None:
    """On a busy host SIGKILL was due before the job came to end as it was told; not earlier."""
    codes = [-15, 7, -9, -10, -9]
    late = facts(2, dead=2.35, gone=2.35) | {"call": back(codes)}
    early = facts(2, dead=1.9, gone=1.9) | {"call": back(codes)}
    assert judged("6.5", late).points == 4
    assert judged("6.5", early).points == 3.5


@pytest.mark.parametrize(
    ("value", "misconception", "words"),
    [
        (None, None, "returned None"),
        (CODES[:-1], None, "return"),
        ([-15, 7, 9, -10, 137], "M3.5", "137"),
        ([7, -15, 9, -10, -9], None, "the job that SIGTERM ends: 7"),
        ([-15, 7, 9, -10, True], None, "True"),
    ],
)
def test_codes_cost_their_own_points(value: Any, misconception: str | None, words: str) -> None:
    """In the order of the jobs."""
    verdict = judged("6.5", facts() | {"call": back(value)})
    fact = one_failed(verdict)
    assert words in fact.seen + fact.why
    assert (fact.misconception, verdict.points) == (misconception, 3.5)


def test_a_quiet_moment_that_was_not_seen_is_not_passed() -> None:
    """Nor is one in which it woke up again and again."""
    record = facts()
    record["quiet"] = None
    assert judged("6.5", record).points == 3.25
    naps = facts() | {"quiet": {"switches": 20, "cpu_seconds": 0.0, "ready_seconds": 0.0}}
    assert one_failed(judged("6.5", naps)).misconception == "M3.10"


def test_a_run_without_jobs_is_our_failure() -> None:
    """Nothing was looked at."""
    record = facts()
    del record["jobs"]
    with pytest.raises(CheckError, match="'jobs'"):
        judged("6.5", record)
