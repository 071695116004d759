"""Verdicts of 5.5 on records made by hand, and snapshots that are what they are said to be."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from typing import Any

import pytest

from lessonkit.scenes.bombs.snapshots import KINDS, draw
from tests.checks.handmade import back, did_not_return, failed, judged, one_failed, raised

LIMITS = (
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max processes             64                   64                   processes \n"
    "Max open files            256                  256                  files     \n"
)
RIGHT = {
    "plain nproc": "nproc",
    "plain cgroup": "cgroup",
    "threads": "nproc",
    "zombies": "nproc",
    "another user": "cgroup",
    "soft": "nproc",
    "root": "cgroup",
    "capable": "cgroup",
    "above": "cgroup",
    "past": "nproc",
    "threads-max": "threads_max",
    "pid_max": "pid_max",
    "memory": "memory",
    "real": "nproc",
}
TOLD = {
    "error": "EAGAIN",
    "uid": 1007,
    "capable": False,
    "soft": "40",
    "tasks": 40,
    "processes": 30,
    "zombies": 2,
    "groups": [["30", "max"], ["60", "90"]],
    "all": 120,
    "threads_max": 30000,
    "pid_max": 32768,
}
SOLUTION = Path(__file__).parents[1] / "exercises/05-fork-bombs/5.5-which_limit/solution.py"


def facts(
    kind: str = "", value: Any = None, call: dict[str, Any] | None = None, *, real: bool = True
) -> dict[str, Any]:
    """All named right; the snapshot of that kind answered otherwise."""
    cases = []
    for one, limit in RIGHT.items():
        if one == "real" and not real:
            continue
        answer = call or back(value) if one == kind else back(limit)
        cases.append({"kind": one, "limit": limit, "call": answer, "told": TOLD})
    return {"cases": cases, "real": real}


def test_all_named_is_full_points() -> None:
    """Where the box could not be filled up, the verdict says so."""
    assert judged("5.5", facts()).points == 3
    weaker = judged("5.5", facts(real=False))
    assert weaker.points == 3
    assert "not filled up for real" in weaker.facts[1].expected


@pytest.mark.parametrize(
    ("kind", "value", "misconception", "points"),
    [
        ("plain nproc", "cgroup", None, 0),
        ("plain cgroup", "nproc", "M5.4", 0),
        ("threads", "pid_max", "M5.8", 2.25),
        ("zombies", "pid_max", "M5.9", 2.25),
        ("real", "pid_max", "M5.9", 2.25),
        ("another user", "nproc", "M5.4", 2.25),
        ("soft", "cgroup", "M5.14", 2.25),
        ("root", "nproc", "M5.5", 2.5),
        ("capable", "nproc", "M5.5", 2.5),
        ("above", "pid_max", "M5.12", 2.5),
        ("past", "cgroup", "M5.13", 2.5),
        ("threads-max", "nproc", None, 2.5),
        ("pid_max", "nproc", None, 2.5),
        ("memory", "nproc", None, 2.5),
    ],
)
def test_each_snapshot_counts(
    kind: str, value: str, misconception: str | None, points: float
) -> None:
    """The first two are needed for all others."""
    verdict = judged("5.5", facts(kind, value))
    fact = one_failed(verdict)
    assert (fact.misconception, verdict.points) == (misconception, points)
    assert repr(value) in fact.seen
    assert fact.why


@pytest.mark.parametrize("value", [None, 7, "NPROC", ["nproc"]])
def test_what_is_no_name_is_wrong(value: Any) -> None:
    """The names are given."""
    assert "return one of" in one_failed(judged("5.5", facts("soft", value))).why


@pytest.mark.parametrize("call", [raised("KeyError", "'soft'"), did_not_return("R")])
def test_how_a_call_ended_is_told(call: dict[str, Any]) -> None:
    """With the snapshot for which it did."""
    fact = one_failed(judged("5.5", facts("memory", call=call)))
    assert "EAGAIN; uid 1007" in fact.seen


def test_a_snapshot_that_was_not_asked_is_not_right() -> None:
    """A call before it did not come back."""
    record = facts()
    record["cases"] = record["cases"][:5]
    assert failed(judged("5.5", record))[0].seen.startswith("not asked")


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawn_snapshot_has_exactly_one_limit_that_is_met(kind: str) -> None:
    """For a hundred seeds: counted without the help of who drew it."""
    for seed in range(100):
        seen, limit = draw(random.Random(seed), LIMITS, kind)
        assert limit == RIGHT[kind]
        assert met(seen) == {limit}
        assert solved(seen) == limit


def met(seen: dict[str, Any]) -> set[str]:
    """All limits that are met in a snapshot."""
    total = sum(threads for _, threads, _ in seen["tasks"])
    assert f"/{total} " in seen["loadavg"]
    if seen["error"] == "ENOMEM":
        return {"memory"}
    found = set()
    row = next(line for line in seen["limits"].splitlines() if line.startswith("Max processes"))
    own = sum(threads for uid, threads, _ in seen["tasks"] if uid == seen["uid"])
    if seen["uid"] and not seen["capable"] and own >= int(row.split()[2]):
        found.add("nproc")
    for group in seen["cgroups"]:
        most = group["pids.max"].strip()
        if most != "max" and int(group["pids.current"]) >= int(most):
            found.add("cgroup")
    if total >= seen["threads_max"]:
        found.add("threads_max")
    if total >= seen["pid_max"] - 1:
        found.add("pid_max")
    return found


def solved(seen: dict[str, Any]) -> str:
    """What the solution says."""
    spec = importlib.util.spec_from_file_location("solution_5_5", SOLUTION)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.which_limit(seen))
