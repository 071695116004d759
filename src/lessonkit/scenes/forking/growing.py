"""Scene 1.2: grow a tree of processes, look at it, fell it; three times in one process.

Facts: `rounds`, one for each tree that was wanted (`tree`, as nested dicts), with what was
there after each of the two calls; the first round that goes wrong is the last.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.forking.programs import CALL_SECONDS, count_strays
from lessonkit.scenes.zombies.stage import ask, at_rest, family, loaded, over, steady

__all__ = ["Tree", "grow", "random_tree", "size"]

Tree = dict[str, Any]
"""Name -> the tree below that process."""

SETTLE_SECONDS = 1.0
"""How long the processes may take to be there, or to end: the text promises it."""

BUSY_SECONDS = 5.0
"""The same while they are at work or wait for a CPU: a busy host is nobody's mistake."""

_NAMES = ("ash", "box", "elm", "fir", "fig", "ivy", "oak", "may", "yew", "bay", "gum", "tea")


def grow(box: Box) -> None:
    """Try a small tree, and two that are neither all in a row nor all side by side."""
    if not loaded(box):
        return
    trees = [random_tree(box.rng, count) for count in (2, box.rng.randint(5, 6), 8)]
    rounds: list[dict[str, Any]] = []
    for tree in trees:
        this: dict[str, Any] = {"tree": tree}
        clean = _round(box, tree, this)
        rounds.append(this)  # not before: a limit may end the run in the middle of a round
        box.fact("rounds", rounds)
        if not clean:
            return
    box.finish()


def random_tree(rng: random.Random, count: int) -> Tree:
    """A tree of so many processes. From five on: three generations, and one with two children."""
    while True:
        names = rng.sample(_NAMES, count)
        top: Tree = {}
        below = [top]
        for name in names:
            here: Tree = {}
            rng.choice(below[-4:])[name] = here
            below.append(here)
        if count < 5 or (_depth(top) >= 3 and any(len(b) > 1 for b in below[1:])):
            return top


def size(tree: Tree) -> int:
    """How many processes are in it."""
    return sum(1 + size(below) for below in tree.values())


def _depth(tree: Tree) -> int:
    return max((1 + _depth(below) for below in tree.values()), default=0)


def _round(box: Box, tree: Tree, this: dict[str, Any]) -> bool:
    """Play one round into *this*; False if another one would start from a mess."""
    old = {p.identity for p in box.snapshot().processes}
    adopted = len(box.adopted)
    wanted = size(tree)

    def new() -> list[ProcessInfo]:
        return [p for p in box.snapshot().processes if p.identity not in old]

    def all_there() -> bool:
        now = new()
        return len(now) == wanted and not any(p.is_zombie for p in now)

    grown, this["call"] = ask(box, None, tree, seconds=CALL_SECONDS)
    if grown.kind == "value":
        _settle(box, lambda: all_there() and at_rest(new()), new)
    count_strays(box, grown, this["call"])
    there = new()
    this["grown"] = family(there)
    this["adopted"] = len(box.adopted) - adopted
    if over(grown) or grown.handle is None or this["call"]["strays"] or this["adopted"]:
        return False
    if not all_there():
        return False
    felled, this["fell"] = ask(box, grown.handle, seconds=CALL_SECONDS)
    if felled.kind != "value":
        return False
    _settle(box, lambda: not new(), new)
    count_strays(box, felled, this["fell"])
    this["after"] = family(new())
    this["adopted_after"] = len(box.adopted) - adopted
    return not this["after"] and not this["fell"]["strays"]


def _settle(
    box: Box, condition: Callable[[], bool], processes: Callable[[], list[ProcessInfo]]
) -> None:
    if not box.wait_until(steady(condition), SETTLE_SECONDS):
        box.wait_until(steady(lambda: condition() or at_rest(processes())), BUSY_SECONDS)
