"""Show questions whose answers are unfolded, and hear which of them were known.

What a question is, when it comes back and where that is kept is `lessonkit.lessons`' affair:
this view gets plain data and one function to call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets

from lessonkit.views.base import View, script, style

__all__ = ["RecallView"]

Note = Callable[[str, bool], dict[str, Any]]
"""Called with a question's key and whether it was known; returns {"knew", "text"} to show."""


class RecallView(View):
    """A list of questions.

    cards: {"key", "lesson", "question", "answer"}; the last two are trees of
    `lessonkit.lessons.prose`. notes: key -> what was said already.
    """

    _esm = script("recall.js")
    _css = style("recall.css")

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
        """A button was pressed: {"key": ..., "knew": ...}."""
        if not isinstance(content, dict):
            return
        key, knew = content.get("key"), content.get("knew")
        if isinstance(key, str) and key in self._keys and isinstance(knew, bool):
            self.notes = {**self.notes, key: self._note(key, knew)}
