"""A solution gets its full points on every kind of host, because it was judged there.

Where nothing can be judged, people keep their points: so a check that cannot work on a host
would give full points to everybody there, and nobody would notice.
"""

from __future__ import annotations

import contextlib
import json
import re

import pytest

from lessonkit.checking import check
from lessonkit.checks import EXERCISES
from lessonkit.payload import Handle
from lessonkit.sandbox import pool
from tests.fence import REPOSITORY, body, require_inside
from tests.hosts import chosen_hosts, run_on_host

__all__ = ["judge_all", "judge_each"]

PROGRAMS = REPOSITORY / "tests" / "exercises"
LESSONS = sorted(path.name for path in PROGRAMS.glob("[0-9]*"))
# The two that differ most stand first. Root and a user with namespaces of his own are what the
# other tests run on.
HOSTS = ("docker", "user-masked-proc", "docker-user", "root-no-userns", "user", "root")
# Every exercise, on one of the first two; with LESSONKIT_ALL_HOSTS=1 on all of them. The lessons
# that are judged on docker are those that test_lessons_on_hosts does not play there.
CHOSEN = [
    (host, tuple(lessons))
    for host, lessons in zip(HOSTS, (LESSONS[1::2], LESSONS[::2]), strict=False)
]
if len(chosen_hosts(*HOSTS, always=1)) > 1:
    CHOSEN = [(host, tuple(LESSONS)) for host in HOSTS]

# What holds a bomb's signals, and what ends it, differs most between these.
BOMB_HOSTS = chosen_hosts("docker", "root-no-userns", "user-masked-proc", always=1)
# All programs of 5.7 take minutes; these would show it first if the bomb ended by itself.
BOMB_PROGRAMS = "*" if len(BOMB_HOSTS) > 1 else "*_slow*"

pytestmark = [pytest.mark.timeout(620)]


@pytest.mark.parametrize(("host", "lessons"), CHOSEN, ids=[host for host, _ in CHOSEN])
def test_solutions_are_judged_and_get_full_points(host: str, lessons: tuple[str, ...]) -> None:
    """Each exercise: really judged, with all of its points; and its stub with none."""
    judge = body("tests.real.test_exercises_on_hosts:judge_all", *lessons)
    fenced = run_on_host(host, judge, timeout=600)
    found: dict[str, list[object]] = {}
    for line in fenced.stdout.splitlines():
        with contextlib.suppress(ValueError):
            found |= json.loads(line)

    numbers = {int(lesson[:2]) for lesson in lessons}
    chosen = [exercise for exercise in EXERCISES if int(exercise.split(".")[0]) in numbers]
    assert found == {
        exercise: [None, EXERCISES[exercise].max_points, None, 0.0] for exercise in chosen
    }, fenced.stderr[-2000:]


def test_every_exercise_is_judged_somewhere() -> None:
    """On one host at least; and each of the hosts has some to judge."""
    numbers = {int(lesson[:2]) for _, lessons in CHOSEN for lesson in lessons}
    assert numbers == {int(exercise.split(".")[0]) for exercise in EXERCISES}
    assert all(lessons for _, lessons in CHOSEN)


@pytest.mark.slow
@pytest.mark.parametrize("host", BOMB_HOSTS)
def test_who_fights_a_bomb_in_the_wrong_way_is_told_so(host: str) -> None:
    """In the right way, too: a bomb that replaces its dead must not end by itself, or by luck."""
    chosen = f"*/5.7-*/{BOMB_PROGRAMS}.py"
    each = body("tests.real.test_exercises_on_hosts:judge_each", chosen)
    fenced = run_on_host(host, each, timeout=600)
    found: dict[str, str] = {}
    for line in fenced.stdout.splitlines():
        with contextlib.suppress(ValueError):
            found |= json.loads(line)

    names = [path.stem for path in PROGRAMS.glob(chosen)]
    assert len(names) > 1
    assert found == dict.fromkeys(names, "as it should be"), fenced.stderr[-2000:]


def judge_each(pattern: str) -> None:
    """Behind the fence: each of these programs, through the real check of its exercise."""
    require_inside()
    for path in sorted(PROGRAMS.glob(pattern)):
        exercise, _, function = path.parent.name.partition("-")
        source = path.read_text()
        verdict = check(exercise, Handle(source=source, name=function, filename=path.name))
        points = verdict.points
        if path.stem.startswith("wrong_"):
            wanted = re.search(r"^misconception: (.+)$", source, flags=re.MULTILINE)
            named = [fact.misconception for fact in verdict.facts] + ["none"]
            right = points < verdict.max_points and wanted is not None and wanted[1] in named
        else:
            right = points == (0 if path.stem == "stub" else verdict.max_points)
        seen = f"{points:g} points, {verdict.run_again}, " + "; ".join(
            f"{fact.name}: {fact.seen} ({fact.misconception})" for fact in verdict.facts
        )
        good = right and verdict.run_again is None
        print(json.dumps({path.stem: "as it should be" if good else seen}), flush=True)
    pool.close()


def judge_all(*lessons: str) -> None:
    """Behind the fence: solution and stub of every exercise of these, through the real check."""
    require_inside()
    for folder in sorted(one for lesson in lessons for one in PROGRAMS.glob(f"{lesson}/*-*")):
        exercise, _, function = folder.name.partition("-")
        said: list[object] = []
        for name in ("solution.py", "stub.py"):
            source = (folder / name).read_text()
            verdict = check(exercise, Handle(source=source, name=function, filename=name))
            wrong = [f"{fact.name}: {fact.seen}" for fact in verdict.facts if not fact.ok]
            said += [verdict.run_again or (name == "solution.py" and wrong) or None, verdict.points]
        print(json.dumps({exercise: said}), flush=True)
    pool.close()
