"""Say at the top of a graded notebook what was put right and what became of it.

The formgrader and the feedback page show notebooks, not our tables; so what a student and whoever
grades should know stands there as a cell, above everything else: which file was taken for the
notebook, which one was not taken, what was repaired, why there are no points.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from lessonkit.grading.records import Judgement

__all__ = ["NOTE_ID", "note", "noted"]

NOTE_ID = "lessonkit-note"
_MARKUP = re.compile(r"([\\`*_{}\[\]()#|~$!^=])")


def noted(judgement: Judgement, notes: Sequence[str] = ()) -> bytes:
    """The judged notebook with a note; as it is where there is nothing to say, or no notebook.

    notes: what was noted of the submission before it was judged.
    """
    said = [*notes, *_sentences(judgement)]
    if not judgement.notebook or not said:
        return judgement.notebook
    try:
        content = json.loads(judgement.notebook)
        content["cells"].insert(0, note(said))
    except (ValueError, KeyError, TypeError, AttributeError):
        return judgement.notebook  # whoever finishes it says what is wrong
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def note(said: Iterable[str]) -> dict[str, Any]:
    """The cell that says it, each thing once. No sentence is markup, whatever it looks like."""
    lines = [f"- {_plain(one)}" for one in dict.fromkeys(said)]
    text = "\n".join(["**Before grading:**", "", *lines])
    return {"cell_type": "markdown", "id": NOTE_ID, "metadata": {}, "source": text}


def _sentences(judgement: Judgement) -> list[str]:
    """Each thing once; a reason is often made of the repairs."""
    others = judgement.reason
    for one in judgement.repairs:
        others = others.replace(one, "")
    return [*judgement.repairs, *([" ".join(others.split())] if others.strip() else [])]


def _plain(sentence: str) -> str:
    """Names that a student chose are in it: they stay words."""
    line = " ".join(sentence.split())
    line = "".join(one if one.isprintable() else "\ufffd" for one in line)
    # "://" would be made into a link.
    return _MARKUP.sub(r"\\\1", html.escape(line, quote=False)).replace("://", ":\\//")
