"""The bomb of 5.7 ends by itself, whatever happens; but not while somebody is judged."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable

import pytest

from lessonkit import procfs
from lessonkit.checks import EXERCISES
from lessonkit.sandbox.patience import MOST_OF_ALL
from lessonkit.scenes.bombs import hydra
from tests.fence import body, require_inside, run_fenced

__all__ = ["die_of_age", "die_of_losses"]

NAME = "many-headed"
MOST_BIRTHS = 20
ANSWER_SECONDS = 3.0
DEADLINE_SECONDS = 100.0

pytestmark = [pytest.mark.timeout(180)]


def test_nobody_outlives_the_bomb_by_waiting() -> None:
    """A scene has its time, and as much again on a busy host; the bomb has more."""
    wall = EXERCISES["5.7"].limits.wall_seconds
    assert wall * (1 + MOST_OF_ALL) < hydra.LIFE_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("how", ["die_of_age", "die_of_losses"])
def test_the_bomb_ends_by_itself(how: str) -> None:
    """After its time, or when it has replaced as many as it may: nothing is left."""
    fenced = run_fenced(body(f"tests.real.test_hydra:{how}"), timeout=DEADLINE_SECONDS + 30)
    told = json.loads(fenced.stdout or "{}")

    assert told.get("first") == hydra.SIZE, fenced.stderr[-2000:]
    assert told["left"] == 0
    assert told["most"] <= hydra.CAP
    if how == "die_of_losses":
        # Two that look at the same moment may each think that it is their turn.
        assert MOST_BIRTHS <= told["births"] <= MOST_BIRTHS + hydra.SIZE


def die_of_age() -> None:
    """Behind the fence: a short life, and nobody who does anything."""
    require_inside()
    hydra.LIFE_SECONDS = 2.0
    _watch(lambda pids: time.sleep(0.01))


def die_of_losses() -> None:
    """Behind the fence: few births, and somebody slow, who kills one and waits for the answer."""
    require_inside()
    hydra.MOST_BIRTHS = MOST_BIRTHS

    def kill(pids: list[int]) -> None:
        os.kill(pids[-1], signal.SIGKILL)
        _wait_until(lambda: len(set(_members()) - {pids[-1]}) >= hydra.SIZE, ANSWER_SECONDS)

    _watch(kill)


def _watch(act: Callable[[list[int]], object]) -> None:
    """Start the bomb, *act* on it again and again until nobody is left; print what was seen."""
    first = hydra.fixture_hydra([], NAME)
    _wait_until(lambda: set(_members()) >= set(first), DEADLINE_SECONDS)
    ever, most, until = set(first), len(first), time.monotonic() + DEADLINE_SECONDS
    while (now := _members()) and time.monotonic() < until:
        ever |= set(now)
        most = max(most, len(now))
        act(now)
    births = len(ever) - len(first)
    told = {"first": len(first), "left": len(now), "most": most, "births": births}
    print(json.dumps(told))


def _wait_until(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.005)


def _members() -> list[int]:
    """The pids of those that have the name and have not ended, in order."""
    found = procfs.snapshot().processes
    return [p.pid for p in found if p.comm == NAME and not p.is_zombie]
