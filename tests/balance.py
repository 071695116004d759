"""Spread the tests over the processes of pytest-xdist so that none of them works alone at the end.

xdist's own way gives each process a long row of tests from the start, and cuts through files:
what a file makes once for all of its tests is then made several times. Here a file stays
together, unless it has many tests and nothing to share; files with tests that take long go first,
and the many short ones fill what is left.

Source: pytest-xdist, "Running tests across multiple CPUs"; its hook pytest_xdist_make_scheduler.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

__all__ = ["PIECE", "longest_first", "pieces", "pytest_xdist_make_scheduler"]

PIECE = 40
"""At most so many tests of a file go to one process together."""

TOGETHER = ("tests/batch/test_corpus.py", "tests/grading/test_hostile.py")
"""Files whose many tests read what one long run has found."""

LONG = (
    "tests/batch/test_corpus.py",
    "tests/grading/test_hostile.py",
    "tests/course/test_stock_grading.py",
    "tests/real/test_exercises_on_hosts.py",
    "tests/batch/",
    "tests/real/test_lessons_on_hosts.py",
    "tests/lessons/test_check_command.py",
    "tests/course/test_whole_course.py",
    "tests/grading/",
    "tests/test_",
    "tests/real/",
    "tests/lessons/",
)
"""Beginnings of paths, in the order in which they are given out; all others come after them."""


def rank(name: str) -> int:
    """The place of a test's file among the others: 0 for the first to be given out."""
    return next((n for n, begin in enumerate(LONG) if name.startswith(begin)), len(LONG))


def longest_first(items: list[pytest.Item]) -> None:
    """Order the tests in a process of xdist's, in the same way in each; elsewhere leave them."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: rank(item.nodeid))


def pieces(names: Iterable[str]) -> dict[str, str]:
    """Test -> what it belongs to: the name of its file, and which piece of it."""
    seen: Counter[str] = Counter()
    found = {}
    for name in names:
        file = name.split("::", 1)[0]
        number = 0 if file in TOGETHER else seen[file] // PIECE
        seen[file] += 1
        found[name] = f"{file} {number}"
    return found


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Take the place of xdist's own scheduler, where no other one is asked for with --dist."""
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler.loadscope import LoadScopeScheduling  # type: ignore[import-untyped]

    class Balanced(LoadScopeScheduling):  # type: ignore[misc]
        """As the one that keeps modules together, with pieces in place of modules."""

        _pieces: dict[str, str] | None = None

        def _split_scope(self, nodeid: str) -> str:
            if self._pieces is None:
                self._pieces = pieces(next(iter(self.registered_collections.values())))
            return self._pieces[nodeid]

    config.option.loadscopereorder = False  # by number of tests: that is not how long they take
    return Balanced(config, log)
