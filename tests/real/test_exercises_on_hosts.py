"""A solution gets its full points on every kind of host, because it was judged there.

Where nothing can be judged, people keep their points: so a check that cannot work on a host
would give full points to everybody there, and nobody would notice.
"""

from __future__ import annotations

import contextlib
import json

import pytest

from lessonkit.checking import check
from lessonkit.checks import EXERCISES
from lessonkit.payload import Handle
from lessonkit.sandbox import pool
from tests.fence import REPOSITORY, body, require_inside
from tests.hosts import chosen_hosts, run_on_host

__all__ = ["judge_all"]

PROGRAMS = REPOSITORY / "tests" / "exercises"
# Those that differ most stand first. Root and a user with namespaces of his own are what the
# other tests run on.
JUDGING_HOSTS = chosen_hosts(
    "docker", "user-masked-proc", "docker-user", "root-no-userns", "user", "root", always=3
)

pytestmark = [pytest.mark.timeout(240)]


@pytest.mark.parametrize("host", JUDGING_HOSTS)
def test_solutions_are_judged_and_get_full_points(host: str) -> None:
    """Each exercise: really judged, with all of its points; and its stub with none."""
    fenced = run_on_host(host, body("tests.real.test_exercises_on_hosts:judge_all"), timeout=220)
    found: dict[str, list[object]] = {}
    for line in fenced.stdout.splitlines():
        with contextlib.suppress(ValueError):
            found |= json.loads(line)

    assert found == {
        exercise: [None, EXERCISES[exercise].max_points, None, 0.0] for exercise in EXERCISES
    }, fenced.stderr[-2000:]


def judge_all() -> None:
    """Behind the fence: solution and stub of every exercise, through the real check."""
    require_inside()
    for folder in sorted(PROGRAMS.glob("*/*-*")):
        exercise, _, function = folder.name.partition("-")
        said: list[object] = []
        for name in ("solution.py", "stub.py"):
            source = (folder / name).read_text()
            verdict = check(exercise, Handle(source=source, name=function, filename=name))
            wrong = [f"{fact.name}: {fact.seen}" for fact in verdict.facts if not fact.ok]
            said += [verdict.run_again or (name == "solution.py" and wrong) or None, verdict.points]
        print(json.dumps({exercise: said}), flush=True)
    pool.close()
