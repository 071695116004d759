"""Show questions whose answers are unfolded, and hear which of them were known.

What a question is, when it comes back and where that is kept is `lessonkit.lessons`' affair:
this view gets plain data and one function to call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets

from lessonkit.views.base import View
from lessonkit.views.forms import form_script, form_style

__all__ = ["RecallView"]

Note = Callable[[str, bool], dict[str, Any]]
"""Called with a question's key and whether it was known; returns {"knew", "text"} to show."""


class RecallView(View):
    """A list of questions.

    cards: {"key", "lesson", "question", "answer"}; the last two are trees of
    `lessonkit.lessons.prose`. notes: key -> what was said already.
    """

    _esm = form_script("recall.js")
    _css = form_style("recall.css")

    heard = traitlets.Int(0).tag(sync=True)
    cards: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    notes: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(
        self, cards: Sequence[Mapping[str, Any]], notes: Mapping[str, Any], note: Note
    ) -> None:
        super().__init__(cards=list(cards), notes=dict(notes))
        self._note = note
        self._keys = {card["key"] for card in cards}
        self.on_msg(self._heard)

    def _heard(self, widget: object, content: object, buffers: object) -> None:
        """A button was pressed: {"do": "note", "value": {"key": ..., "knew": ...}, "number"}."""
        value = content.get("value") if isinstance(content, dict) else None
        if not isinstance(content, dict) or not isinstance(value, dict):
            return
        key, knew = value.get("key"), value.get("knew")
        if isinstance(key, str) and key in self._keys and isinstance(knew, bool):
            self.notes = {**self.notes, key: self._note(key, knew)}
        number = content.get("number")
        if isinstance(number, int):
            self.heard = number  # the page knows by that that it was heard
