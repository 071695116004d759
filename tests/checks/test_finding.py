"""Verdicts of 3.3 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import back, did_not_return, family, judged, one_failed, raised

ZOMBIES = [
    {"pid": 3, "ppid": 2, "parent": "python3", "nasty": False},
    {"pid": 5, "ppid": 4, "parent": "cook", "nasty": False},
    {"pid": 7, "ppid": 6, "parent": "web) S 1 (db", "nasty": True},
]
LIVING = [
    {"pid": 1, "ppid": 0, "state": "S", "comm": "init"},
    {"pid": 2, "ppid": 1, "state": "S", "comm": "python3"},
    {"pid": 4, "ppid": 1, "state": "S", "comm": "cook"},
    {"pid": 6, "ppid": 1, "state": "S", "comm": "web) S 1 (db"},
    {"pid": 8, "ppid": 1, "state": "S", "comm": "x) Z (y"},
    {"pid": 9, "ppid": 1, "state": "S", "comm": "bystander"},
    {"pid": 10, "ppid": 1, "state": "S", "comm": "Zoom Z"},
    {"pid": 11, "ppid": 1, "state": "Z", "comm": "no-main"},
    {"pid": 13, "ppid": 1, "state": "S", "comm": "flicker"},
]
RIGHT = [(3, 2, "python3"), (5, 4, "cook"), (7, 6, "web) S 1 (db")]


def hurried(*answers: Any, calls: int = 40, **changes: Any) -> dict[str, Any]:
    """Later calls with these answers, while nobody new comes."""
    noted = [{"grown": [], "call": back(answer)} for answer in answers]
    given = {"calls": calls, "failed": None, "answers": noted, "grown": [], "problems": []}
    return {**given, **changes}


def facts(answer: Any = RIGHT, **changes: Any) -> dict[str, Any]:
    """A quiet call with this answer, repeated forty times."""
    return {
        "zombies": ZOMBIES,
        "decoys": {"nasty name": 8, "ordinary": 9, "Zoom Z": 10, "dead main thread": 11},
        "flicker": 13,
        "living": LIVING,
        "quiet": back(answer),
        "hurried": hurried(answer),
        "lost": [],
        "left": [],
        **changes,
    }


@pytest.mark.parametrize("answer", [RIGHT, set(RIGHT), tuple(reversed(RIGHT))])
def test_all_zombies_in_any_order_are_full_points(answer: Any) -> None:
    """A list, a set or a tuple will do."""
    assert judged("3.3", facts(answer)).points == 3


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "returned None"),
        ([], "no zombie reported at all of 2 ordinary zombies"),
        ([3, 5, 7], "returned 3 in its list"),
        (RIGHT[1:], "pid 3 missing"),
        ([*RIGHT, RIGHT[0]], "pid 3 reported more than once"),
        ([*RIGHT, (9, 1, "init")], "pid 9 (bystander, state S)"),
        ([*RIGHT, (99, 1, "init")], "pid 99 reported, which no process has"),
    ],
)
def test_not_the_zombies(answer: Any, words: str) -> None:
    """Without the ordinary zombies, and only them, nothing counts."""
    verdict = judged("3.3", facts(answer))
    assert verdict.points == 0
    assert words in one_failed(verdict).seen


@pytest.mark.parametrize(
    ("extra", "misconception", "points"),
    [
        ((8, 1, "init"), "M3.12", 2.5),
        ((10, 1, "init"), "M3.8", 2.5),
        ((11, 1, "init"), "M2.3", 2.75),
    ],
)
def test_decoys(extra: tuple[int, int, str], misconception: str, points: float) -> None:
    """A Z in the name, and a main thread that ended before the others."""
    verdict = judged("3.3", facts([*RIGHT, extra]))
    assert one_failed(verdict).misconception == misconception
    assert verdict.points == points


@pytest.mark.parametrize(
    ("claim", "words"),
    [((5, 1, "cook"), "the pid of the parent"), ((5, 4, ""), "The command line is another thing")],
)
def test_parents(claim: tuple[int, int, str], words: str) -> None:
    """Pid and name of the parent are judged for ordinary names first."""
    verdict = judged("3.3", facts([RIGHT[0], claim, RIGHT[2]]))
    fact = one_failed(verdict)
    assert fact.seen == f"{claim!r} where (5, 4, 'cook') is right"
    assert words in fact.why
    assert verdict.points == 2.25


@pytest.mark.parametrize("answer", [RIGHT[:2], [*RIGHT[:2], (7, 1, "x")]])
def test_a_nasty_name_missed_or_misread(answer: Any) -> None:
    """Splitting at blanks loses it."""
    verdict = judged("3.3", facts(answer))
    assert one_failed(verdict).misconception == "M3.12"
    assert verdict.points == 2.5


@pytest.mark.parametrize("error", ["FileNotFoundError", "ProcessLookupError"])
def test_a_vanishing_process_must_not_end_the_search(error: str) -> None:
    """The hint names both exceptions."""
    cut = hurried(RIGHT, calls=3, failed=raised(error))
    verdict = judged("3.3", facts(hurried=cut))
    fact = one_failed(verdict)
    assert f"call 3 raised {error} (line 7)" in fact.seen
    assert "Catch FileNotFoundError and ProcessLookupError" in fact.hint
    assert verdict.points == 2.75


def test_other_failures_among_the_later_calls() -> None:
    """They are told as they are."""
    cut = hurried(RIGHT, calls=2, failed=did_not_return())
    assert "call 2 had not come back" in one_failed(judged("3.3", facts(hurried=cut))).seen
    for answer, words in ((RIGHT[1:], "differed in"), (None, "a later call returned None")):
        other = hurried(RIGHT, answer)
        assert words in one_failed(judged("3.3", facts(hurried=other))).seen


def test_a_zombie_that_came_later_has_to_be_found() -> None:
    """Who keeps the first answer misses it; its own claim is not compared with the first."""
    new = {"grown": [50], "call": back([*RIGHT, (50, 14, "baker")])}
    old = {"grown": [50], "call": back(RIGHT)}
    assert judged("3.3", facts(hurried=hurried(grown=[50], answers=[new]))).passed
    verdict = judged("3.3", facts(hurried=hurried(grown=[50], answers=[new, old])))
    assert one_failed(verdict).seen.startswith("pid 50 missing: a zombie that came after")
    assert verdict.points == 2.75


@pytest.mark.parametrize(
    ("problem", "words"),
    [("gone", "was ended or stopped"), ("untraceable", "could not be traced any more")],
)
def test_where_nothing_vanished_nothing_was_shown(problem: str, words: str) -> None:
    """The actor was ended, or kept away from the student's process."""
    verdict = judged("3.3", facts(hurried=hurried(RIGHT, problems=[problem])))
    assert words in one_failed(verdict).seen
    assert verdict.points == 2.75


def test_an_answer_that_looks_like_a_note_of_ours_is_an_answer() -> None:
    """It is no call of which an error could be shown."""
    fake = [{"wait_status": 0, "strays": 0}]
    verdict = judged("3.3", facts(fake, hurried=hurried(fake)))
    assert verdict.points == 0
    assert "in its list" in one_failed(verdict).seen


@pytest.mark.parametrize(
    ("name", "words"),
    [("cook\n", "the line break or blank around it"), ("oven", "that is the zombie's own name")],
)
def test_a_name_that_is_nearly_right(name: str, words: str) -> None:
    """What was read is named, and the nasty name is no reason then."""
    nasty = "web) S 1 (db\n" if name == "cook\n" else "x"
    record = facts([RIGHT[0], (5, 4, name), (7, 6, nasty)])
    names: dict[object, str] = {5: "oven", 7: "x"}
    record["zombies"] = [{**z, "name": names.get(z["pid"], "")} for z in ZOMBIES]
    wrong = [fact for fact in judged("3.3", record).facts if not fact.ok]
    assert [fact.name for fact in wrong] == ["their parents", "nasty names"]
    assert all(words in fact.why and fact.misconception is None for fact in wrong)


def test_a_zombie_for_a_moment_is_nobodys_mistake() -> None:
    """Children of the flickering actor may be reported by a later call."""
    later = hurried(RIGHT, [*RIGHT, (70, 13, "flicker")])
    assert judged("3.3", facts(hurried=later)).passed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lost": [3]}, "collected by a wait call"),
        ({"lost": [9]}, "gone or stopped: a signal did that"),
        ({"left": family((40, 2, "Z"))}, "left behind by your function"),
    ],
)
def test_looking_changes_nothing(changes: dict[str, Any], words: str) -> None:
    """The stage is the same afterwards."""
    verdict = judged("3.3", facts(**changes))
    assert words in one_failed(verdict).seen
    assert verdict.points == 2.75


def test_where_all_processes_of_the_host_are_seen_others_do_not_count() -> None:
    """Without a pid namespace the function finds zombies that are not on the stage."""
    outside = [p for p in LIVING if p["pid"] != 1]
    later = hurried(RIGHT, [*RIGHT, (4712, 4713, "cron")])
    answer = [*RIGHT, (4711, 1, "systemd")]
    assert judged("3.3", facts(answer, living=outside, hurried=later)).passed


def test_a_first_call_that_fails_is_the_whole_verdict() -> None:
    """No hurried calls were made then."""
    broken = facts(quiet=raised("IndexError", "list index out of range"))
    del broken["hurried"]
    verdict = judged("3.3", broken)
    assert verdict.points == 0
    assert "IndexError: list index out of range (line 7)" in one_failed(verdict).seen
