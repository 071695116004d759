"""Hold one question with its answer, what was said to it, and how it shows itself."""

from __future__ import annotations

import threading
from html import escape
from typing import Any

from lessonkit.views import base
from lessonkit.views.asking import Feedback, Kind
from lessonkit.views.forms import (
    GO_ON,
    Form,
    Kept,
    form_script,
    form_style,
    paragraph,
    plain,
    rich,
)
from lessonkit.workbook import Workbook

__all__ = ["Quiz"]


class QuizForm(Form):
    """The form of a question in the page."""

    _esm = form_script("quizzes.js")
    _css = form_style("quizzes.css")


class Quiz:
    """A question that answers at once, made by a function of `lessonkit.views.quizzes`."""

    def __init__(self, item: str, question: str, kind: Kind, workbook: Workbook | None) -> None:
        self.item = item
        self.question = question
        self.kind = kind
        self._kept = Kept(workbook, "quizzes", item)
        self._view: QuizForm | None = None
        self._note = ""
        self._lock = threading.RLock()
        self._feedback = self._judged()

    @property
    def given(self) -> Any:
        """The last answer, maybe of an earlier session; None when there is none."""
        return self.kind.read(self._kept.fields.get("answer"))

    @property
    def right(self) -> bool | None:
        """Whether it is right; None without an answer."""
        return None if self._feedback is None else self._feedback.right

    @property
    def tries(self) -> int:
        """How many answers were given."""
        tries = self._kept.fields.get("tries")
        return tries if isinstance(tries, int) and tries > 0 else 0

    def answer(self, *given: object) -> str:
        """Give an answer, keep it, and return what there is to say to it."""
        with self._lock:
            answer = self.kind.read(given[0] if len(given) == 1 else list(given))
            self._note = ""
            if answer is None:
                self._note = f"That is not an answer: {self.kind.wanted()}."
            else:
                feedback = self.kind.judge(answer)
                self._kept.update(answer=answer, right=feedback.right, tries=self.tries + 1)
                self._feedback = feedback
            self._changed()
            return f"{self.item}: {self._note}" if answer is None else self._said()

    def __repr__(self) -> str:
        lines = [plain(f"{self.item}: {self.question}")]
        lines += [f"  {letter}: {plain(text)}" for letter, text in self.kind.lines()]
        lines += [self._said()] if self._feedback is not None else []
        lines += [self._kept.problem] if self._kept.problem and self._feedback is None else []
        if not self.right:
            name = self.item.lower().replace(".", "_")
            name = name if name.isidentifier() else "it"
            lines.append(f"Answer with {name}.answer({self.kind.example()}): {self.kind.wanted()}.")
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return base.bundle(self._shown, html=self._html(), text=repr(self))

    def _shown(self) -> QuizForm:
        if self._view is None:
            form = {"item": self.item, "question": plain(self.question), **self.kind.form()}
            self._view = QuizForm(form, self._state(), self._act)
        return self._view

    def _act(self, message: dict[str, Any]) -> None:
        if message.get("do") == "answer":
            self.answer(message.get("value"))

    def _state(self) -> dict[str, Any]:
        said = self._feedback or Feedback(right=False, text="")
        return {
            "answer": self.given,
            "words": "" if self.given is None else self.kind.words(self.given),
            "right": self.right,
            "text": plain(said.text),
            "notes": [[letter, plain(text)] for letter, text in said.notes],
            "tries": self.tries,
            "note": " ".join(part for part in (self._note, self._kept.problem) if part),
            "problem": "",
        }

    def _changed(self) -> None:
        if self._view is not None:
            self._view.state = self._state()

    def _judged(self) -> Feedback | None:
        return None if self.given is None else self.kind.judge(self.given)

    def _said(self) -> str:
        """The feedback as one sentence after the other."""
        if self._feedback is None:
            return ""
        verdict = "is right" if self._feedback.right else "is not right"
        parts = [f"{self.item}: {self.kind.words(self.given)} {verdict}.", self._feedback.text]
        parts += [f"{letter}: {text}" for letter, text in self._feedback.notes]
        parts += [self._kept.problem or ""]
        return plain(" ".join(part for part in parts if part))

    def _html(self) -> str:
        parts = [f"<p><b>{rich(self.item)}.</b> {rich(self.question)}</p>"]
        rows = [
            f"<li><b>{rich(letter)}</b>: {_line(text) if self.kind.code else rich(text)}</li>"
            for letter, text in self.kind.lines()
        ]
        if rows:
            parts.append(f'<ul style="list-style:none;padding-left:1em">{"".join(rows)}</ul>')
        if self._feedback is not None:
            mark = "✓" if self._feedback.right else "✗"
            parts.append(f"<p>{mark} {rich(self._said())}</p>")
        elif self._kept.problem:
            parts.append(paragraph(self._kept.problem))
        return "<div>" + "\n".join([*parts, GO_ON]) + "</div>"


def _line(text: str) -> str:
    """A line of a program: a backtick in it is a backtick."""
    return f"<code>{escape(plain(text))}</code>"
