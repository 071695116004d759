"""Scene 4.4: seeded families; the kernel answers first, then the student's function is asked.

Facts: `cases` (kind, family, ends, after: what the kernel said; call), `namespaces`: whether
families with pid namespaces of their own could be built here.
"""

from __future__ import annotations

import random
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.orphans.families import can_make_namespaces, parents_afterwards
from lessonkit.scenes.zombies.parents import NAMES
from lessonkit.scenes.zombies.stage import ask, loaded, over

__all__ = ["new_parent"]

CALL_SECONDS = 3.0

_TEMPLATES: dict[str, tuple[tuple[str, str], ...]] = {
    # "B<A" is a child of A; "*" a subreaper; "@" pid 1 of a namespace; "B<A/" forked by a thread.
    "plain": (
        ("A B<A C<B D<B", "B"),
        ("A B<A C<B D<C E<D", "B"),
        ("A B<A C<B D<A E<D", "B A"),
    ),
    "subreaper": (
        ("A* B<A C<B D<C", "C"),
        ("A* B*<A C<B D<C", "C"),
        ("A B<A C*<A D<B", "B"),
        ("A* B<A C*<B D<C", "C"),
        ("A B<A C*<B D<C E<D", "B"),
    ),
    "order": (
        ("A* B*<A C<B D<C", "C B"),
        ("A* B*<A C<B D<C E<D", "D C"),
        ("A* B<A C<B D<C", "A C"),
        ("A* B<A C*<B D<C E<D", "C D"),
        ("A* B<A C<B D<C E<D", "C B D"),
    ),
    "thread": (
        ("A B<A C<B/ D<B", "B:thread"),
        ("A* B<A C<B/ D<C", "B:thread B"),
    ),
    "namespace": (
        ("A* B@<A C<B D<C", "C"),
        ("A B<A C@<B D<C E<D", "C"),
        ("A* B@<A C*<B D<C E<D", "D"),
    ),
}


def new_parent(box: Box) -> None:
    """Build all families, one after the other, let them orphan their members, then ask."""
    namespaces = can_make_namespaces(box)
    box.fact("namespaces", namespaces)
    cases: list[dict[str, Any]] = []
    for kind, templates in _TEMPLATES.items():
        if kind != "namespace" or namespaces:
            drawn = [_drawn(box.rng, members, ends) for members, ends in templates]
            drawn += [_tree(box.rng, kind)] if kind in ("plain", "order") else []
            cases += [{"kind": kind, "family": family, "ends": ends} for family, ends in drawn]
    box.rng.shuffle(cases)
    for case in cases:
        case["after"] = parents_afterwards(box, case["family"], case["ends"])
    if not loaded(box):
        return
    asked: list[dict[str, Any]] = []
    for case in cases:
        reply, note = ask(box, None, case["family"], case["ends"], seconds=CALL_SECONDS)
        asked.append({**case, "call": note})
        box.fact("cases", asked)
        if over(reply):
            return


def _drawn(rng: random.Random, members: str, ends: str) -> tuple[dict[str, Any], list[str]]:
    """A template with names of its own, and one innocent member more."""
    words = members.split()
    words.append(f"Z<{rng.choice([word[0] for word in words if word[0] not in ends])}")
    names = dict(zip([word[0] for word in words], rng.sample(NAMES, len(words)), strict=True))
    family = {}
    for word in words:
        head, _, parent = word.partition("<")
        family[names[head[0]]] = _member(
            names[parent[0]] if parent else "init",
            subreaper="*" in head,
            namespace="@" in head,
            thread="/" in parent,
        )
    return family, [names[end[0]] + end[1:] for end in ends.split()]


def _tree(rng: random.Random, kind: str) -> tuple[dict[str, Any], list[str]]:
    """A random tree; two or three members that have children end, in random order."""
    names = rng.sample(NAMES, 7)
    family = {names[0]: _member("init", subreaper=kind == "order")}
    for place, name in enumerate(names[1:], start=1):
        parent = rng.choice(names[max(0, place - 2) : place])
        family[name] = _member(parent, subreaper=kind == "order" and rng.random() < 0.3)
    parents = sorted({one["parent"] for one in family.values()} - {"init"})
    return family, rng.sample(parents, min(len(parents), rng.randint(2, 3)))


def _member(
    parent: str, *, subreaper: bool = False, namespace: bool = False, thread: bool = False
) -> dict[str, Any]:
    return {"parent": parent, "subreaper": subreaper, "namespace": namespace, "thread": thread}
