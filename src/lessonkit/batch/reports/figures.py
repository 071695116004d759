"""Work out the table per question, and what a class reached."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from lessonkit.batch.reports.records import Class, Graded, Mark, Submitted

__all__ = ["Bin", "Row", "Totals", "by_status", "histogram", "rows_of", "totals_of"]

_CLOSE = 1e-9
"""Points are sums of floating-point numbers."""
STATUSES = (
    "we failed",
    "not gradable",
    "timed out",
    "limit hit",
    "repaired",
    "graded",
    "graded by nbgrader",
    "not graded",
)
"""What somebody should look at comes first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A question in figures. All counts are of submissions.

    submissions: those that have this question in the gradebook. waiting: of these, how many need
    a person. graded: the others; mean, full and zero are of them. full: full points or more, zero:
    none. unproven: the test ran together with the student's code, so its points are not
    tamper-proof. misconceptions: (number, how many showed it), the most frequent first.
    """

    question: Graded
    submissions: int
    graded: int
    waiting: int
    mean: float | None
    full: int
    zero: int
    unproven: int
    misconceptions: tuple[tuple[str, int], ...]

    @property
    def full_share(self) -> float | None:
        """The pass rate, 0 to 1; None where nothing is graded."""
        return self.full / self.graded if self.graded else None

    @property
    def zero_share(self) -> float | None:
        """0 to 1; None where nothing is graded."""
        return self.zero / self.graded if self.graded else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """What a class reached. scores: of those with grades. waiting: those a person has to look at.

    late: how many lost points for that.
    """

    scores: tuple[float, ...]
    waiting: int
    late: int
    mean: float | None
    median: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """A bar of a histogram: scores from *low* to below *high*; the last one takes *high*, too, and
    is up to half a step wider or narrower than the others."""

    low: float
    high: float
    count: int


def rows_of(group: Class) -> list[Row]:
    """The table per question, in the order of the questions."""
    return [_row(question, group.submitted) for question in group.questions]


def totals_of(group: Class) -> Totals:
    """What the class reached in all, with penalties for being late."""
    with_grades = [one for one in group.submitted if one.in_gradebook]
    scores = tuple(score for one in with_grades if (score := one.score) is not None)
    return Totals(
        scores=scores,
        waiting=sum(one.waits for one in with_grades),
        late=sum(one.penalty > 0 for one in with_grades),
        mean=fmean(scores) if scores else None,
        median=median(scores) if scores else None,
    )


def by_status(group: Class) -> dict[str, list[Submitted]]:
    """Submissions by what became of them, those first that somebody should look at."""
    found: dict[str, list[Submitted]] = {}
    for one in group.submitted:
        found.setdefault(one.status, []).append(one)
    order = {status: place for place, status in enumerate(STATUSES)}
    return dict(sorted(found.items(), key=lambda item: (order.get(item[0], -1), item[0])))


def histogram(scores: Sequence[float], most: float, bins: int = 10) -> list[Bin]:
    """Count scores in at most *bins* steps from 0 to *most*, or to the best score if more. A step
    is a number that people count in: 1, 2 or 5, or ten times as much, or a tenth.

    Nothing for no scores, or where there is nothing to reach.
    """
    top = max([most, *scores])
    if not scores or top <= 0:
        return []
    step = _round_step(top / bins)
    number = max(1, math.floor(top / step + 0.5 + _CLOSE))
    places = Counter(min(number - 1, int(score / step + _CLOSE)) for score in scores)
    edges = [*(round(place * step, 9) for place in range(number)), top]
    return [
        Bin(low=edges[place], high=edges[place + 1], count=places[place]) for place in range(number)
    ]


def _round_step(least: float) -> float:
    """The first such step that is not below *least*."""
    ten = 10.0 ** math.floor(math.log10(least))
    return next(many * ten for many in (1, 2, 5, 10) if many * ten >= least - _CLOSE)


def _row(question: Graded, submitted: Sequence[Submitted]) -> Row:
    key = (question.notebook, question.grade_id)
    marks = [one.marks[key] for one in submitted if key in one.marks]
    points = [one.points for one in marks if _is_final(one) and one.points is not None]
    showed = Counter(number for one in marks for number in dict.fromkeys(one.misconceptions))
    return Row(
        question=question,
        submissions=len(marks),
        graded=len(points),
        waiting=len(marks) - len(points),
        mean=fmean(points) if points else None,
        full=sum(one >= question.max_points - _CLOSE for one in points),
        zero=sum(one <= _CLOSE for one in points) if question.max_points else 0,
        unproven=sum(not one.tamper_proof for one in marks),
        misconceptions=tuple(sorted(showed.items(), key=lambda item: (-item[1], _places(item[0])))),
    )


def _is_final(mark: Mark) -> bool:
    return not mark.waits and mark.points is not None


def _places(number: str) -> list[int]:
    return [int(part) for part in number.removeprefix("M").split(".")]
