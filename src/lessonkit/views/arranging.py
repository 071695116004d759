"""Read and judge lines that are put in order, with or without steps to the right.

An answer is a list of places: ["B", "A+1"] is line B, then line A one step further in. The
letters are those of the author's list, which need not be in the right order itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from lessonkit.checks.quiz import digest, sequence
from lessonkit.errors import UsageError
from lessonkit.views.asking import Feedback
from lessonkit.views.forms import plain

__all__ = ["Arrangement"]

MOST_STEPS = 6
_PLACE = re.compile(r"([A-Z])(?:\+(\d))?")
_RULE = re.compile(r"([A-Z])>([A-Z])|([A-Z])\+(\d)|-([A-Z])|([A-Z])")


class Arrangement:
    """Lines to be put in order.

    code: they are lines of a program. indent: they can be moved in and out. spare: some do not
        belong. advice: rule -> what is said when a wrong answer keeps it; for the rules see
        `lessonkit.views.quizzes.order`.
    """

    def __init__(
        self,
        item: str,
        lines: Sequence[str],
        keys: Sequence[str],
        *,
        code: bool = False,
        indent: bool = False,
        spare: bool = False,
        advice: Mapping[str, str],
        otherwise: str,
        why: str,
    ) -> None:
        if len(set(lines)) < 2 or len(lines) > len(ascii_uppercase):
            raise UsageError(f"{item}: 2 to 26 lines can be put in order, not {len(lines)}")
        self._lines = dict(zip(ascii_uppercase, map(str.rstrip, lines), strict=False))
        # Lines that read the same are the same: whichever of them stands there.
        self._same = {a: min(b for b in self._lines if self._lines[b] == text)
                      for a, text in self._lines.items()}  # fmt: skip
        self.code = code
        self._item, self._keys = item, set(keys)
        self._indent, self._spare = indent, spare
        self._advice = [(_rule(item, rule, self._lines), text) for rule, text in advice.items()]
        self._otherwise, self._why = otherwise, why
        self._start = self._shuffled()

    def form(self) -> dict[str, Any]:
        return {
            "kind": "order",
            "lines": [[letter, plain(self._lines[letter])] for letter in self._start],
            "code": self.code,
            "indent": self._indent,
            "spare": self._spare,
            "most": MOST_STEPS,
        }

    def read(self, given: object) -> list[str] | None:
        if isinstance(given, str):
            given = re.split(r"[\s,>]+", given.strip())
        if not isinstance(given, (list, tuple)):
            return None
        found = [_PLACE.fullmatch(str(place).strip().upper()) for place in given]
        places = [(m[1], int(m[2] or 0)) for m in found if m is not None]
        letters = [letter for letter, _ in places]
        if len(places) < len(given) or len(set(letters)) < len(letters) or not letters:
            return None
        if not set(letters) <= set(self._lines) or any(steps > MOST_STEPS for _, steps in places):
            return None
        if (not self._spare and len(letters) < len(self._lines)) or (
            not self._indent and any(steps for _, steps in places)
        ):
            return None
        return [_place(letter, steps) for letter, steps in places]

    def judge(self, answer: list[str]) -> Feedback:
        if self._is_right(answer):
            return Feedback(right=True, text=self._why)
        places = [(place[0], int(place[2:] or 0)) for place in answer]
        for rule, text in self._advice:
            if _holds(rule, places):
                return Feedback(right=False, text=text)
        return Feedback(right=False, text=self._otherwise)

    def words(self, answer: list[str]) -> str:
        return " ".join(answer)

    def wanted(self) -> str:
        form = ', each "A" or, one step in, "A+1"' if self._indent else ""
        return f"{'the lines that belong' if self._spare else 'all lines'}, in order{form}"

    def lines(self) -> list[tuple[str, str]]:
        return [(letter, self._lines[letter]) for letter in self._start]

    def example(self) -> str:
        return ", ".join(f'"{letter}"' for letter in self._start)

    def _is_right(self, places: Sequence[str]) -> bool:
        canonical = [self._same[place[0]] + place[1:] for place in places]
        return digest(self._item, sequence(canonical)) in self._keys

    def _shuffled(self) -> list[str]:
        """The letters in an order that is always the same for this item, and not right."""
        salted = {a: hashlib.sha256(f"{self._item} {a}".encode()).digest() for a in self._lines}
        letters = sorted(self._lines, key=salted.__getitem__)
        for _ in letters:
            if not self._is_right(letters):
                break
            letters = [*letters[1:], letters[0]]
        return letters


def _place(letter: str, steps: int) -> str:
    return f"{letter}+{steps}" if steps else letter


def _rule(item: str, rule: str, lines: Mapping[str, str]) -> re.Match[str]:
    found = _RULE.fullmatch(rule)
    if found is None or any(m.isalpha() and m not in lines for m in found.groups() if m):
        raise UsageError(f'{item}: advice is given for "B>A", "A+1", "-A" or "A", not for {rule!r}')
    return found


def _holds(rule: re.Match[str], places: Sequence[tuple[str, int]]) -> bool:
    """Whether the answer has what the rule names."""
    steps = dict(places)
    letters = [letter for letter, _ in places]
    first, second, moved, how_far, absent, present = rule.groups()
    if first is not None:
        both = first in steps and second in steps
        return both and letters.index(first) < letters.index(second)
    if moved is not None:
        return steps.get(moved) == int(how_far)
    return absent not in steps if absent is not None else present in steps
