"""Say at the top of a judged notebook what was repaired and what became of it.

The formgrader and the feedback page show notebooks, not our tables; so what a student and whoever
grades should know stands there as a cell, above everything else.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

from lessonkit.grading.records import Judgement

__all__ = ["NOTE_ID", "noted"]

NOTE_ID = "lessonkit-note"
_MARKUP = re.compile(r"([\\`*_{}\[\]#|~$])")


def noted(judgement: Judgement) -> bytes:
    """The judged notebook with a note; as it is where there is nothing to say, or no notebook."""
    said = _sentences(judgement)
    if not judgement.notebook or not said:
        return judgement.notebook
    try:
        content = json.loads(judgement.notebook)
        content["cells"].insert(0, _note(said))
    except (ValueError, KeyError, TypeError, AttributeError):
        return judgement.notebook  # whoever finishes it says what is wrong
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _sentences(judgement: Judgement) -> list[str]:
    """Each thing once; a reason is often made of the repairs."""
    others = judgement.reason
    for one in judgement.repairs:
        others = others.replace(one, "")
    return [*judgement.repairs, *([" ".join(others.split())] if others.strip() else [])]


def _note(said: list[str]) -> dict[str, Any]:
    text = "\n".join(["**Before grading:**", "", *(f"- {_plain(one)}" for one in said)])
    return {"cell_type": "markdown", "id": NOTE_ID, "metadata": {}, "source": text}


def _plain(sentence: str) -> str:
    """Names that a student chose are in it: they stay words, whatever they look like."""
    return _MARKUP.sub(r"\\\1", html.escape(" ".join(sentence.split()), quote=False))
