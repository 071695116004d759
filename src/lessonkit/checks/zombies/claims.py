"""What an answer of 3.3 claims: zombie, parent, name of the parent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lessonkit.checks.facts import Finding, short

__all__ = ["Claim", "alone", "claims_of", "malformed"]

Claim = tuple[int, int, Any]
"""Pid of a zombie, pid of its parent, name of its parent: whatever was given as that."""


def malformed(value: Any) -> Finding | None:
    """Say what is wrong with the form of an answer; None if nothing is."""
    text = "return a list of tuples: (pid of the zombie, pid of its parent, name of its parent)"
    if not isinstance(value, (list, tuple, set, frozenset)):
        return Finding(seen=f"find_zombies() returned {short(value)}", why=text)
    for item in value:
        if (
            not isinstance(item, (list, tuple))
            or len(item) != 3
            or not isinstance(item[0], int)
            or not isinstance(item[1], int)
        ):
            return Finding(seen=f"find_zombies() returned {short(item)} in its list", why=text)
    return None


def claims_of(value: Any) -> list[Claim]:
    """The tuples of an answer that is not malformed."""
    return [(item[0], item[1], item[2]) for item in value]


def alone(facts: Mapping[str, Any]) -> bool:
    """False where the box has no pid namespace: the function sees all processes of the host."""
    return any(p["pid"] == 1 for p in facts["living"])
