"""Ask a question and keep the answer, without a word about right or wrong: `survey`.

    p1 = views.survey(inventory.ITEMS["P1"])
    p1

For tests that come before the lessons: whoever was told what is right could not be asked again
later. In JupyterLab it is a form; elsewhere it is text, and `p1.answer("B")` does the same.
Answers are in `my-work.json`, section "pre-test"; `views.surveyed("pre-test")` returns them.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Protocol

from lessonkit.views import base
from lessonkit.views.forms import GO_ON, Kept, paragraph, plain, rich
from lessonkit.views.outcomes import Choice
from lessonkit.views.questions import QuizForm
from lessonkit.workbook import Workbook, WorkbookError, workbook_here

__all__ = ["Survey", "Surveyable", "survey", "surveyed"]

_SECTION = "pre-test"
_KEPT = "Kept: {}. You can change it. Nothing is said about it before all are answered."


class Surveyable(Protocol):
    """A question with options, such as `lessonkit.checks.safety.inventory.Item`."""

    @property
    def id(self) -> str:
        """Its name, under which the answer is kept."""

    @property
    def question(self) -> str:
        """What is asked."""

    @property
    def options(self) -> Mapping[str, str]:
        """Letter -> text."""


def survey(item: Surveyable, *, section: str = _SECTION) -> Survey:
    """Make a question whose answer is kept and not judged. Show it as a cell's last line."""
    return Survey(item, section, workbook_here())


def surveyed(section: str = _SECTION) -> dict[str, str]:
    """Return the answers that are kept: item -> letter; none where nothing can be read."""
    book = workbook_here()
    try:
        found = {} if book is None else book.section(section)
    except WorkbookError:
        return {}
    answers = ((item, fields.get("answer")) for item, fields in found.items())
    return {item: answer for item, answer in answers if isinstance(answer, str)}


class Survey:
    """A question, made by `survey`."""

    def __init__(self, item: Surveyable, section: str, workbook: Workbook | None) -> None:
        self.item = item.id
        self.question = item.question
        self._choice = Choice(item.id, item.options)
        self._options = dict(item.options)
        self._kept = Kept(workbook, section, item.id)
        self._view: QuizForm | None = None
        self._problem = ""
        self._lock = threading.RLock()

    @property
    def given(self) -> str | None:
        """The letter that is kept, maybe from an earlier session; None when there is none."""
        text = self._kept.text("answer")
        return None if text is None else self._choice.read(text)

    def answer(self, given: object) -> str:
        """Keep an answer, and say so."""
        with self._lock:
            letter = self._choice.read(given)
            self._problem = ""
            if letter is None:
                self._problem = f"That is not an answer: one of {self._choice.wanted()}."
            else:
                self._kept.update(answer=letter)
            if self._view is not None:
                self._view.state = self._state()
            return f"{self.item}: {self._note()}"

    def __repr__(self) -> str:
        lines = [plain(f"{self.item}: {self.question}")]
        lines += [f"  {letter}: {plain(text)}" for letter, text in self._options.items()]
        lines += [self._note()] if self._note() else []
        if self.given is None:
            example = next(iter(self._options))
            lines.append(f'Answer with {self.item.lower()}.answer("{example}").')
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return base.bundle(self._shown, html=self._html(), text=repr(self))

    def _shown(self) -> QuizForm:
        if self._view is None:
            form = {"item": self.item, "question": plain(self.question), **self._choice.form()}
            self._view = QuizForm({**form, "button": "Keep"}, self._state(), self._act)
        return self._view

    def _act(self, message: dict[str, Any]) -> None:
        if message.get("do") == "answer":
            self.answer(message.get("value"))

    def _state(self) -> dict[str, Any]:
        """What the form of questions shows; "right" is None, so it says nothing about that."""
        return {
            "answer": self.given,
            "words": self.given or "",
            "right": None,
            "text": "",
            "notes": [],
            "tries": 0,
            "note": self._note(),
            "problem": "",
        }

    def _note(self) -> str:
        kept = "" if self.given is None else _KEPT.format(self.given)
        return " ".join(part for part in (self._problem, kept, self._kept.problem) if part)

    def _html(self) -> str:
        rows = "".join(
            f"<li><b>{rich(letter)}</b>: {rich(text)}</li>"
            for letter, text in self._options.items()
        )
        parts = [
            f"<p><b>{rich(self.item)}.</b> {rich(self.question)}</p>",
            f'<ul style="list-style:none;padding-left:1em">{rows}</ul>',
        ]
        parts += [paragraph(self._note())] if self._note() else []
        return "<div>" + "\n".join([*parts, GO_ON]) + "</div>"
