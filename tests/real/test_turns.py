"""Who never sleeps is told from who waits for a processor, on a busy host as well."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from lessonkit.scenes.turns import Turns
from tests.real.lasting import lasting

DEADLINE_SECONDS = 60.0
ENOUGH_SECONDS = 0.05

pytestmark = [
    pytest.mark.skipif(
        not os.path.exists("/proc/self/schedstat"),
        reason="by nature: this kernel does not count what processes wait for a processor",
    )
]


def compute() -> None:
    """Without a pause."""
    sum(range(10_000))


def nap() -> None:
    """Do a little, and sleep for longer."""
    sum(range(10_000))
    time.sleep(0.05)


@contextmanager
def beside_others(does: Callable[[], object]) -> Iterator[Turns]:
    """One that does this, while three others want its processor, too."""
    with ExitStack() as stack, lasting(does, pinned=True) as pid:
        for _ in range(3):
            stack.enter_context(lasting(compute, pinned=True))
        yield Turns(pid)


def watched(turns: Turns, enough: Callable[[], bool]) -> bool:
    """Look until it is so, for a minute at most."""
    end = time.monotonic() + DEADLINE_SECONDS
    while not (met := enough()) and time.monotonic() < end:
        turns.look()
        time.sleep(0.003)
    return met


def test_who_never_sleeps_uses_all_of_its_own_time() -> None:
    """However little that is: it has a quarter of the processor here, and less on a busy host."""
    with beside_others(compute) as turns:
        assert watched(turns, lambda: (turns.ran() or 0.0) > ENOUGH_SECONDS)
        own, naps = turns.own(), turns.naps()
    assert own is not None
    assert own > 0.9
    assert naps < 10


def test_who_sleeps_in_between_does_not() -> None:
    """It waits for its turn after each nap; that is not counted."""
    with beside_others(nap) as turns:
        assert watched(turns, lambda: turns.naps() > 10 and (turns.own() or 1.0) < 0.5)


def test_what_was_before_does_not_count() -> None:
    """It begins anew with each; and nobody has looked at the second one."""
    with lasting(nap, pinned=True) as pid:
        first = Turns(pid)
        assert watched(first, lambda: first.naps() > 10 and (first.own() or 1.0) < 0.5)
        ran = first.ran()
        second = Turns(pid)
        assert second.naps() < first.naps()
        assert (second.ran() or 0.0) < (ran or 0.0)
        assert watched(Turns(pid), lambda: second.naps() > 0 and second.own() == 1.0)


def test_of_a_process_that_is_gone_nothing_is_known() -> None:
    """No error: it may be the student who has ended it."""
    with lasting(nap, pinned=True) as pid:
        turns = Turns(pid)
    assert (turns.look(), turns.own(), turns.ran(), turns.naps()) == (False, None, None, 0)
