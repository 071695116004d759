"""The whole corpus is one class: hostile, broken and unlucky, with good students between them.

It is graded once, by the real `lessonkit grade`, behind the fence of tests/fence.py; without that
fence the tests fail. Every submission is a test of its own, which reads the one run's report. The
broken ones are a sample, and all of them with `make soak`: how each is repaired, and what it earns
then, is what tests/grading/test_repair_corpus.py shows without a sandbox.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.fence import body
from tests.hosts import chosen_hosts, run_on_host
from tests.submissions.cases import Case, all_cases
from tests.submissions.courses import FIRST, LAST, MIDDLE
from tests.submissions.drafts import POINTS
from tests.submissions.grading import CONTROLS, ODD_NAMES
from tests.submissions.naive import UNBOXED

SECONDS = 1500
pytestmark = [pytest.mark.slow, pytest.mark.timeout(SECONDS + 60)]

EVERYTHING = os.environ.get("LESSONKIT_ALL_HOSTS") == "1"  # `make soak` sets it
EACH = 4


def sample(cases: Sequence[Case]) -> list[Case]:
    """All that is hostile or unlucky; of the broken ones every fourth of each file and outcome."""
    seen: Counter[tuple[str, tuple[str, ...]]] = Counter()
    chosen = []
    for one in cases:
        kind = one.family, one.status
        if not one.family.startswith("broken/") or seen[kind] % EACH == 0:
            chosen.append(one)
        seen[kind] += 1
    return chosen


CHOSEN = all_cases() if EVERYTHING else sample(all_cases())
CASES = {one.name: one for one in CHOSEN}
MOST_BYTES = 3_000_000
"""Of a judged notebook: the longest answer has two million characters."""

Report = dict[str, Any]


# By an ordinary user, as the documentation says; with `make soak` also by root.
@pytest.fixture(scope="module", params=chosen_hosts("user", "root", always=1))
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What became of the class, and of everything around it.

    Processes that test side by side share one run: the first of them grades, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    file = shared / f"corpus-{request.param}.json"
    with open(shared / "corpus.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            command = body("tests.submissions.grading:main", *(() if EVERYTHING else CASES))
            fenced = run_on_host(request.param, command, timeout=SECONDS)
            assert fenced.returncode == 0, (fenced.timed_out, fenced.stderr[-3000:])
            told = {**json.loads(fenced.stdout), "left_groups": fenced.left_groups}
            file.write_text(json.dumps(told))
    found: Report = json.loads(file.read_text())
    return found


def problems_of(one: Case, record: Report) -> list[str]:
    """What is wrong with the grade of a submission; [] if nothing is."""
    problems = []
    if record["status"] not in one.status:
        problems.append(f"it is {record['status']!r}, not {' or '.join(one.status)}")
    if record["scores"] != one.earned:
        problems.append(f"the gradebook has {record['scores']}, not {dict(one.earned)}")
    if record["points"] != one.points:
        problems.append(f"the command told {record['points']} points, not {one.points:g}")
    said = " ".join([record["reason"], *record["repairs"], *record["notes"]])
    problems += [f"nobody is told {words!r}: {said}" for words in one.says if words not in said]
    if record["status"] not in ("graded", "repaired") and not record["reason"]:
        problems.append("no reason is told")
    for test, points in one.earned.items():
        if (record["why"].get(test) != "") == (points > 0):
            problems.append(f"{test} has {points:g} points because {record['why'].get(test)!r}")
    # A person has to look at what could not be judged, and at nothing else here.
    if bool(record["manual"]) != (record["status"] == "not gradable"):
        problems.append(f"a person is asked to grade {record['manual']}")
    # What could not be judged has a page, too, which says why.
    if record["size"] is None or record["size"] > MOST_BYTES:
        problems.append(f"its judged notebook has {record['size']} bytes")
    return [*problems, *([str(record)] if problems else [])]


def test_the_corpus_is_large_enough() -> None:
    """At least sixty hostile submissions, forty unlucky ones and a hundred broken ones."""
    families = [one.family.partition("/")[0] for one in all_cases()]
    assert families.count("hostile") >= 60
    assert families.count("unlucky") >= 40
    assert families.count("broken") >= 100


def test_a_sample_has_some_of_each_kind() -> None:
    """Every file of the corpus, and each outcome that it has; and nothing hostile is left out."""
    chosen = sample(all_cases())
    kinds = {(one.family, one.status) for one in all_cases()}
    assert {(one.family, one.status) for one in chosen} == kinds
    left = [one for one in all_cases() if one not in chosen]
    assert {one.family.partition("/")[0] for one in left} == {"broken"}


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_it(name: str, report: Report) -> None:
    """Its status, its points by question, and the sentence that is told about it."""
    assert problems_of(CASES[name], report["records"][name]) == []


@pytest.mark.parametrize("name", [FIRST, MIDDLE, LAST])
def test_good_students_keep_full_marks(name: str, report: Report) -> None:
    """Whoever was graded before, beside and after them."""
    record = report["records"][name]
    assert record["status"] == "graded", record
    assert record["points"] == POINTS
    assert set(record["scores"].values()) == {2.0}


def test_everybody_is_graded(report: Report) -> None:
    """The batch finishes: each submission has a grade or a reason, and nobody was lost to us."""
    told = report["grading"]
    assert told["returncode"] == 0, told["stderr"]
    shown = {name for name, status in ODD_NAMES.items() if status}
    assert set(report["records"]) == {*CASES, *CONTROLS, *shown, FIRST, MIDDLE, LAST}
    assert "we failed" not in {record["status"] for record in report["records"].values()}


def test_nothing_outside_is_changed(report: Report) -> None:
    """Course, home, what all share, earlier grades, processes, control groups, the network."""
    assert report["changed"] == []
    assert report["rows_lost"] == []
    assert report["processes_left"] == []
    assert report["left_groups"] == []
    assert report["hits"] == []


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_of_students_are_only_names(name: str, report: Report) -> None:
    """They are graded under their name, or named in a warning that holds no signs of theirs."""
    if ODD_NAMES[name]:
        assert report["records"][name]["status"] == ODD_NAMES[name]
        return
    warnings = [line for line in report["grading"]["stderr"].splitlines() if "cannot stand" in line]
    assert any(repr(name)[:150] in line for line in warnings)
    assert all(line.isprintable() for line in warnings)


def test_a_second_run_grades_nobody_twice(report: Report) -> None:
    """It finds everything done, writes no row, and changes nothing else."""
    second = report["second"]
    assert second["grading"]["returncode"] == 0, second["grading"]["stderr"]
    assert second["graded"] == 0
    assert second["graded_before"] == len(report["records"])
    assert second["same_rows"]
    assert second["changed"] == []
    assert second["processes_left"] == []


def test_a_cheat_that_is_given_points_is_noticed(report: Report) -> None:
    """So is an honest student who lost one: the checks above can fail."""
    cheat = CASES["asserts_dropped"]
    (honest,) = [one for one in all_cases() if one.name == "nothing_wrong"]
    assert problems_of(cheat, report["records"][CONTROLS[0]])
    assert problems_of(honest, report["records"][CONTROLS[1]])
    assert problems_of(honest, report["records"][cheat.name])


def test_the_attacks_work_where_nothing_holds_them(report: Report) -> None:
    """Cheats gain points in an interpreter that tests share; thieves find what they look for."""
    unguarded = report["unguarded"]
    assert [name for name in UNBOXED if not unguarded[name]] == []
    gaining = [name for name in unguarded if name not in UNBOXED and unguarded[name] > 0]
    assert len(gaining) >= 15, unguarded


def test_a_change_that_is_planted_is_noticed(report: Report) -> None:
    """In the course, in the home, in /tmp, in another's grade, and among the processes."""
    planted = report["planted"]
    for path in (
        "another: /tmp/learner/course/source/proc/proc.ipynb",
        f"another: /tmp/learner/course/submitted/{LAST}/proc/proc.ipynb",
        f"gone: /tmp/learner/course/submitted/{MIDDLE}/proc/proc.ipynb",
        "gone: /tmp/learner/secret",
        "new: /tmp/planted",
    ):
        path = path.replace("/tmp/learner", report["home"])
        assert any(line.startswith(path) for line in planted["changed"]), path
    assert len(planted["rows_lost"]) == 1
    assert len(planted["processes"]) == 1
