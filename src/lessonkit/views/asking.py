"""Read and judge answers that are chosen or typed: one option, several options, a number.

Each kind knows its form for the page, how an answer is read (also one that was written into
`my-work.json` by hand), and what to say to it. Right answers are known by their digests only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lessonkit.checks.quiz import digest, normalise
from lessonkit.errors import UsageError
from lessonkit.views.forms import plain

__all__ = ["Feedback", "Kind", "Many", "Number", "One"]

MOST_CANDIDATES = 50
_WRONG = "Look at the question again."


@dataclass(frozen=True, kw_only=True, slots=True)
class Feedback:
    """What is said to an answer. notes: (option, advice) for each that needs a word."""

    right: bool
    text: str
    notes: tuple[tuple[str, str], ...] = ()


class Kind(Protocol):
    """One kind of question; `Quiz` calls all of this. code: whether `lines` are a program's."""

    code: bool

    def form(self) -> dict[str, Any]:
        """What the page needs to ask it."""

    def read(self, given: object) -> Any:
        """The answer in its one form, as plain data; None if it is not one."""

    def judge(self, answer: Any) -> Feedback:
        """What is said to an answer that `read` returned."""

    def words(self, answer: Any) -> str:
        """The answer in words."""

    def wanted(self) -> str:
        """What an answer has to be, in words."""

    def lines(self) -> list[tuple[str, str]]:
        """Letter and text of what there is to choose from, in the order shown."""

    def example(self) -> str:
        """How an answer is written in Python."""


class One:
    """One option of several. advice: letter -> what is said to it, also to the right one."""

    code = False

    def __init__(
        self, item: str, options: Mapping[str, str], key: str, advice: Mapping[str, str]
    ) -> None:
        self.options = _options(item, options)
        self.advice = _advice(item, self.options, advice)
        self._item, self._key = item, key

    def form(self) -> dict[str, Any]:
        return {"kind": "one", "options": [[k, plain(text)] for k, text in self.options.items()]}

    def read(self, given: object) -> str | None:
        letters = {normalise(letter): letter for letter in self.options}
        return letters.get(normalise(given)) if isinstance(given, (str, int)) else None

    def judge(self, answer: str) -> Feedback:
        right = digest(self._item, answer) == self._key
        return Feedback(right=right, text=self.advice[answer])

    def words(self, answer: str) -> str:
        return answer

    def wanted(self) -> str:
        return "one of " + ", ".join(self.options)

    def lines(self) -> list[tuple[str, str]]:
        return list(self.options.items())

    def example(self) -> str:
        return f'"{next(iter(self.options))}"'


class Many:
    """Any number of options. keys: the digests of those that belong, each alone."""

    code = False

    def __init__(
        self, item: str, options: Mapping[str, str], keys: Sequence[str], advice: Mapping[str, str]
    ) -> None:
        self.options = _options(item, options)
        self.advice = _advice(item, self.options, advice)
        self._item, self._keys = item, set(keys)

    def form(self) -> dict[str, Any]:
        return {"kind": "many", "options": [[k, plain(text)] for k, text in self.options.items()]}

    def read(self, given: object) -> list[str] | None:
        """The letters in the order of the options; none at all is an answer, too."""
        if isinstance(given, str):
            given = re.split(r"[\s,]+", given.strip()) if given.strip() else []
        if not isinstance(given, (list, tuple, set, frozenset)):
            return None
        letters = {normalise(letter): letter for letter in self.options}
        chosen = {letters.get(normalise(one)) for one in given if isinstance(one, str)}
        if None in chosen or len(chosen) < len(set(map(str, given))):
            return None
        return [letter for letter in self.options if letter in chosen]

    def judge(self, answer: list[str]) -> Feedback:
        wrong = [one for one in answer if digest(self._item, one) not in self._keys]
        missing = len(self._keys) - (len(answer) - len(wrong))
        if not wrong and not missing:
            said = tuple((one, self.advice[one]) for one in answer)
            return Feedback(right=True, text="These, and no others.", notes=said)
        parts = []
        if wrong:
            parts.append("Look again at what stands below.")
        if missing:
            parts.append("One that belongs is missing." if missing == 1 else "Some are missing.")
        notes = tuple((one, self.advice[one]) for one in wrong)
        return Feedback(right=False, text=" ".join(parts), notes=notes)

    def words(self, answer: list[str]) -> str:
        return ", ".join(answer) or "none of them"

    def wanted(self) -> str:
        return "any of " + ", ".join(self.options)

    def lines(self) -> list[tuple[str, str]]:
        return list(self.options.items())

    def example(self) -> str:
        return ", ".join(f'"{letter}"' for letter in list(self.options)[:2])


class Number:
    """A number, right within *tolerance*; the right value is a multiple of *step*."""

    code = False

    def __init__(
        self,
        item: str,
        key: str,
        *,
        tolerance: float,
        step: float | None,
        unit: str,
        advice: Mapping[float, str],
        otherwise: str,
        why: str,
    ) -> None:
        self._item, self._key = item, key
        self._tolerance, self._step = tolerance, step or tolerance
        self._unit, self._advice = unit, dict(advice)
        self._otherwise, self._why = otherwise or _WRONG, why
        if tolerance < 0 or (tolerance and 2 * tolerance / self._step > MOST_CANDIDATES):
            raise UsageError(f"{item}: tolerance {tolerance} does not suit step {self._step}")

    def form(self) -> dict[str, Any]:
        return {"kind": "number", "unit": self._unit}

    def read(self, given: object) -> float | None:
        """A number, or a text with one: "25,000", "2.5", "2,5", "250 MB" where that is the unit."""
        if isinstance(given, str):
            text = given.strip().removesuffix(self._unit).replace("\u2212", "-").strip()
            if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", text):
                text = text.replace(",", "")
            try:
                given = float(re.sub(r"(?<=\d),(?=\d+$)", ".", text))
            except ValueError:
                return None
        if isinstance(given, bool) or not isinstance(given, (int, float)):
            return None
        if abs(given) > 1e300 or not math.isfinite(given):
            return None
        return int(given) if given == int(given) else float(given)

    def judge(self, answer: float) -> Feedback:
        if any(digest(self._item, one) == self._key for one in self._candidates(answer)):
            return Feedback(right=True, text=self._why)
        near = max(self._tolerance, 1e-9 * abs(answer))
        for value, text in self._advice.items():
            if abs(answer - value) <= near:
                return Feedback(right=False, text=text)
        return Feedback(right=False, text=self._otherwise)

    def words(self, answer: float) -> str:
        return f"{answer:.12g} {self._unit}".strip()

    def wanted(self) -> str:
        return f"a number of {self._unit}" if self._unit else "a number"

    def lines(self) -> list[tuple[str, str]]:
        return []

    def example(self) -> str:
        return "42"

    def _candidates(self, answer: float) -> list[float]:
        """The values which, if they were the right ones, would make this answer right."""
        if not self._tolerance:
            return [answer]
        slack = 1e-9 * max(1.0, abs(answer) / self._step)
        first = math.ceil((answer - self._tolerance) / self._step - slack)
        last = math.floor((answer + self._tolerance) / self._step + slack)
        return [round(number * self._step, 12) for number in range(first, last + 1)]


def _options(item: str, options: Mapping[str, str]) -> dict[str, str]:
    if len({normalise(letter) for letter in options}) < max(2, len(options)):
        raise UsageError(f"{item}: a question needs two options or more, all different")
    return dict(options)


def _advice(item: str, options: Mapping[str, str], advice: Mapping[str, str]) -> dict[str, str]:
    """One for every option, also for the right one: one without would be the key."""
    if set(advice) != set(options):
        missing = sorted(set(options) ^ set(advice))
        raise UsageError(f"{item}: every option needs advice, and nothing else: {missing}")
    return dict(advice)
