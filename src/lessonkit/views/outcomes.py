"""Read an author's options, a learner's prediction among them, and the fact from a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lessonkit.checks.quiz import normalise
from lessonkit.errors import UsageError
from lessonkit.records import Run
from lessonkit.show import run_html
from lessonkit.show.words import block, ending_words
from lessonkit.views.forms import MOST_CHARS, plain

__all__ = ["Choice", "Tell", "fact_of", "problem_of", "record_html", "sentence_of"]

Tell = Callable[[Any], object]
"""An author's function that reads something from a record."""

MOST_RECORD_CHARS = 2 << 20


class Choice:
    """What may be predicted: one of several options, a whole number, or a sentence.

    options: letter -> text, or a range, or None.
    """

    def __init__(self, item: str, options: Mapping[str, str] | range | None) -> None:
        self.options = dict(options) if isinstance(options, Mapping) else options
        if isinstance(self.options, dict):
            letters = {normalise(letter) for letter in self.options}
            if len(letters) < 2 or len(letters) < len(self.options):
                raise UsageError(f"{item}: a prediction needs two options or more, all different")
        elif self.options is not None and len(self.options) < 2:
            raise UsageError(f"{item}: a range needs two numbers or more, as range(21) has")

    def read(self, answer: object) -> str | None:
        """An answer in its one form; None where it is not one that was asked for."""
        text = " ".join(str(answer).split())
        if answer is None or isinstance(answer, bool) or not text or len(text) > MOST_CHARS:
            return None
        if isinstance(self.options, dict):
            letters = {normalise(letter): letter for letter in self.options}
            return letters.get(normalise(text))
        if isinstance(self.options, range):
            number = normalise(text)
            digits = number.removeprefix("-")
            return number if digits.isdecimal() and int(number) in self.options else None
        return text

    def wanted(self) -> str:
        """What an answer has to be, in words."""
        if isinstance(self.options, dict):
            return ", ".join(self.options)
        if isinstance(self.options, range):
            return f"a whole number from {min(self.options)} to {max(self.options)}"
        return "a sentence"

    def words(self, answer: str | None) -> str:
        """An answer with the text of its option: "D: `kill` says success"."""
        if answer is None:
            return ""
        if isinstance(self.options, dict):
            return f"{answer}: {self.options.get(answer, '')}"
        return answer

    def form(self) -> dict[str, Any]:
        """The same for the page."""
        if isinstance(self.options, dict):
            options = [[letter, plain(text)] for letter, text in self.options.items()]
            return {"kind": "one", "options": options}
        if isinstance(self.options, range):
            return {"kind": "number", "least": min(self.options), "most": max(self.options)}
        return {"kind": "text"}


def fact_of(record: Any, answer: Tell | str | int | None) -> object:
    """Which option came true; None where the record does not say so."""
    return _ask(answer, record) if callable(answer) else answer


def sentence_of(record: Any, fact: Tell | None) -> str:
    """What the kernel did, in a sentence, also where the program ended otherwise than meant."""
    told = None if fact is None else _ask(fact, record)
    if told is None and isinstance(record, Run):
        if not record.ok:
            told = ending_words(record.ending, record.limits)
        elif record.value is not None:
            told = record.value
        else:
            told = record.stdout.strip() or ending_words(record.ending, record.limits)
    elif told is None:
        told = record
    return block(str(told), MOST_CHARS).strip() or "(an empty text)"


def problem_of(record: Any) -> str | None:
    """Why a record is not that of a program which came to its end; None if it is."""
    if isinstance(record, Run) and record.ending.kind == "limit":
        return f"The program was {ending_words(record.ending, record.limits)}."
    if isinstance(record, Run) and record.ending.kind == "not run":
        return block(record.note, MOST_CHARS).strip() or "The program was not run."
    if isinstance(record, Run) and record.error is not None:
        said = block(record.error.message, 200)
        return f"The function raised {record.error.type}: {said}"
    if isinstance(record, Run) and record.note:
        return block(record.note.partition("\n")[0], MOST_CHARS)
    return None


def record_html(record: Any) -> str:
    """The record as it shows itself; "" where there is none, or far too much."""
    made = run_html(record) if isinstance(record, Run) else ""
    return made if len(made) <= MOST_RECORD_CHARS else ""


def _ask(tell: Tell, record: Any) -> object:
    try:
        return tell(record)
    except Exception:  # the program ended otherwise than the author thought of
        return None
