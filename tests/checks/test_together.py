"""How many lived at the same time is never told too high, however the looks fall."""

from __future__ import annotations

import random

import pytest

from lessonkit.scenes.reaping.together import Together

Lives = dict[str, tuple[float, float]]
LOOK_SECONDS = 1.0
END = 40.0


def seen(lives: Lives, rng: random.Random) -> int:
    """What looks find that take LOOK_SECONDS each, because each of the lives is looked at alone."""
    together = Together()
    start = 0.0
    while start < END:
        moments = {name: start + rng.uniform(0, LOOK_SECONDS) for name in lives}
        together.look(n for n, (born, dead) in lives.items() if born <= moments[n] < dead)
        start += LOOK_SECONDS
    return together.most


def in_truth(lives: Lives) -> int:
    """The most that lived at one moment; each of those moments is the birth of one."""
    return max(sum(b <= born < d for b, d in lives.values()) for born, _ in lives.values())


def one_after_the_other(rng: random.Random) -> Lives:
    """Five lives, each begins the moment the one before ends."""
    ends = sorted(rng.uniform(0, END) for _ in range(6))
    return {str(n): (ends[n], ends[n + 1]) for n in range(5)}


@pytest.mark.parametrize("seed", range(200))
def test_it_is_never_more_than_there_were(seed: int) -> None:
    """One after the other is one; and any lives at all."""
    rng = random.Random(seed)
    assert seen(one_after_the_other(rng), rng) <= 1
    lives = {str(n): (born := rng.uniform(0, END), born + rng.uniform(0, 9)) for n in range(6)}
    assert seen(lives, rng) <= in_truth(lives)


@pytest.mark.parametrize("seed", range(50))
def test_who_meet_for_longer_than_two_looks_are_counted(seed: int) -> None:
    """All five, whatever they did before and after."""
    rng = random.Random(seed)
    meet = rng.uniform(2, END - 4)
    lives = {
        str(n): (meet - rng.uniform(0, 2), meet + 3 * LOOK_SECONDS + rng.uniform(0, 2))
        for n in range(5)
    }
    assert seen(lives, rng) == 5


def test_one_look_alone_tells_nothing() -> None:
    """The first may have ended before the second began."""
    together = Together()
    together.look(["first", "second"])
    assert together.most == 0
    together.look(["second"])
    assert together.most == 1
    together.look(["first", "second"])
    together.look(["second", "first"])
    assert together.most == 2
