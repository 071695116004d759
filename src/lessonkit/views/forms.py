"""Hold what predictions and quizzes share: the form in the page, its messages, marked-up text.

A form is told what it asks once (`form`), and how things stand whenever that changes
(`state`); it sends what was done as a small message. All that decides is in Python: the page
shows, and asks.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import traitlets

from lessonkit.show.words import block
from lessonkit.views.base import View, script, style
from lessonkit.workbook import Workbook, WorkbookError

__all__ = [
    "CELL",
    "GO_ON",
    "MOST_CHARS",
    "Form",
    "Kept",
    "form_script",
    "form_style",
    "paragraph",
    "plain",
    "rich",
]

_STATIC = Path(__file__).resolve().parent / "static"
MOST_CHARS = 4000
"""More than this of one text is neither shown nor kept."""

# A grey that is seen on white and on black: a saved notebook knows no theme.
CELL = "text-align:left;vertical-align:top;padding:4px 10px;border:1px solid #8a8a8a"
GO_ON = (
    "<p><i>So it stood when the cell was run. What was answered since is kept beside the "
    "notebook, in <code>my-work.json</code>: run this cell to see it and to go on.</i></p>"
)


class Form(View):
    """A form in the page. *act* is called with each message; what it raises is shown, not lost."""

    form = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    heard = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        form: Mapping[str, Any],
        state: Mapping[str, Any],
        act: Callable[[dict[str, Any]], object],
    ) -> None:
        super().__init__(form=dict(form), state=dict(state))
        self._act = act
        self.on_msg(self._on_message)

    def _on_message(self, _: object, content: Any, __: object) -> None:
        if not isinstance(content, dict):
            return
        try:
            self._act(content)
        except Exception:  # an error in a message's handler is seen by nobody
            last = traceback.format_exc().strip().splitlines()[-1]
            self.state = {**self.state, "problem": f"This did not work: {last}"}
        self.heard = int(content.get("number", 0))


class Kept:
    """The fields of one item, in memory and, where that is possible, in the workbook."""

    def __init__(self, workbook: Workbook | None, section: str, item: str) -> None:
        self._workbook = workbook
        self._section = section
        self._item = item
        self._unwritten: dict[str, Any] = {}
        self.problem: str | None = None
        self.fields: dict[str, Any] = {}
        if workbook is not None:
            try:
                self.fields = workbook.get(section, item)
            except WorkbookError as error:
                self.problem = str(error)

    def text(self, name: str) -> str | None:
        """A field that is a text, or None: the file may have been edited by hand."""
        value = self.fields.get(name)
        return value if isinstance(value, str) and value else None

    def update(self, **fields: Any) -> None:
        """Set fields; that they could not be written is in `problem`, and is no error.

        They are written with the next ones then: what was answered meanwhile stays answered.
        """
        self.problem = None
        if self._workbook is not None:
            fields = {**self._unwritten, **fields}
            try:
                self.fields = self._workbook.update(self._section, self._item, **fields)
                self._unwritten = {}
                return
            except WorkbookError as error:
                self.problem = str(error)
                self._unwritten = fields
        self.fields = {**self.fields, **fields}


@cache
def form_script(name: str) -> str:
    """The module of a form, such as "predict.js", with what all forms and all views share."""
    return "\n".join((script("forms.js"), (_STATIC / name).read_text("utf-8")))


@cache
def form_style(name: str) -> str:
    """The style sheet of a form, such as "predict.css", with what all forms and views share."""
    return "\n".join((style("forms.css"), (_STATIC / name).read_text("utf-8")))


def rich(text: str) -> str:
    """HTML of an author's text: `code` between backticks, line breaks, and nothing else."""
    parts = block(text, MOST_CHARS).split("`")
    if len(parts) % 2 == 0:  # the last backtick has no partner: it means itself
        parts[-2:] = ["`".join(parts[-2:])]
    made = "".join(
        f"<code>{escape(part)}</code>" if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )
    return made.replace("\n", "<br>")


def plain(text: str) -> str:
    """The same text for a terminal."""
    return block(text, MOST_CHARS)


def paragraph(text: str, *, bold: bool = False) -> str:
    """HTML of one paragraph of an author's or a program's text."""
    return f"<p><b>{rich(text)}</b></p>" if bold else f"<p>{rich(text)}</p>"
