"""Know all submissions of the corpus: how each is made, and what has to become of it.

A case is a function that is given the `Draft` of a good student and spoils it; its name is the
student's name and its docstring says what happened. What is expected stands in the decorator.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lessonkit.grading.records import Status
from tests.submissions.drafts import NAME, POINTS, Draft

__all__ = ["Case", "all_cases", "case"]

FOLDER = Path(__file__).resolve().parent
QUESTION_POINTS = 2.0

_cases: dict[str, Case] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One submission, and what has to become of it.

    family: the folder and file that it is from, such as "broken/cells". lost: the questions
    that earn nothing (what was not there, or was never earned). status: one of these.
    says: words of which each has to be in a sentence for the student: in a repair, in the
    reason, or in a note on what was handed in.
    """

    name: str
    family: str
    what: str
    spoil: Callable[[Draft], None] = field(repr=False)
    lost: frozenset[str]
    status: tuple[Status, ...]
    says: tuple[str, ...]

    @property
    def points(self) -> float:
        """What it has to earn, of 12."""
        return POINTS - QUESTION_POINTS * len(self.lost)

    @property
    def earned(self) -> Mapping[str, float]:
        """The same by the grade_id of the tests."""
        questions = [f"q{number}" for number in range(1, 7)]
        return {
            f"{question}-test": 0.0 if question in self.lost else QUESTION_POINTS
            for question in questions
        }

    def draft(self) -> Draft:
        """Make the submission."""
        draft = Draft()
        self.spoil(draft)
        return draft

    def hand_in(self, submitted: Path) -> Path:
        """Write it where nbgrader's collector would put it; return the folder."""
        folder = submitted / self.name / NAME
        self.draft().hand_in(folder)
        return folder


def case(
    *,
    lost: str = "",
    status: Status | tuple[Status, ...] = "repaired",
    says: str | tuple[str, ...] = (),
) -> Callable[[Callable[[Draft], None]], Callable[[Draft], None]]:
    """Enter a function into the corpus. lost: such as "q2 q5"; "all" for all six."""

    def enter(spoil: Callable[[Draft], None]) -> Callable[[Draft], None]:
        name = spoil.__name__
        assert name not in _cases, f"there are two cases called {name}"
        questions = {f"q{number}" for number in range(1, 7)} if lost == "all" else lost.split()
        _cases[name] = Case(
            name=name,
            family="/".join(spoil.__module__.split(".")[-2:]),
            what=inspect.cleandoc(spoil.__doc__ or ""),
            spoil=spoil,
            lost=frozenset(questions),
            status=(status,) if isinstance(status, str) else status,
            says=(says,) if isinstance(says, str) else says,
        )
        return spoil

    return enter


def all_cases(folder: str = "") -> list[Case]:
    """Every case, or those of one folder ("broken", "hostile"), in order of name."""
    for path in sorted(FOLDER.glob(f"{folder or '*'}/*.py")):
        if path.parent != FOLDER:
            importlib.import_module(f"tests.submissions.{path.parent.name}.{path.stem}")
    wanted = [one for one in _cases.values() if one.family.startswith(folder)]
    return sorted(wanted, key=lambda one: one.name)
