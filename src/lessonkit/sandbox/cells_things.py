"""Give numbers to what stays in a copy of the student's interpreter when a test asks for it.

Small enough to be imported on both sides.
"""

from __future__ import annotations

from typing import Any

__all__ = ["CHANNEL_FD", "LACKS", "RESERVE", "by_handle", "kept"]

RESERVE = 16
"""Processes beyond the program's limit, so that copies can be made when it has used all of its
own. The program sees the soft limit; who lifts it has 16 processes more, and no more points."""

CHANNEL_FD = 230
"""Where a copy talks to us: out of the way of what a program opens and closes."""

LACKS = ("memory", "descriptors", "processor time")
"""What a cell may leave its process too little of."""

kept: dict[int, Any] = {}
"""Functions and iterators of this copy, by their numbers; empty everywhere else."""


def by_handle(handle: int) -> Any:
    """What has this number: how a function of the student's that comes back, as part of
    something that the test pickled, is found again."""
    return kept[handle]
