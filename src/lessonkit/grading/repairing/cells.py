"""Turn a cell as JSON, of any age and shape, into one plain record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lessonkit.grading.records import Budget
from lessonkit.grading.repairing.notes import Notes, NotGradable
from lessonkit.grading.repairing.outline import Outline, folded

__all__ = ["Found", "found_cells"]

KINDS = ("code", "markdown", "raw")
LABEL_KEYS = ("schema_version", "grade", "solution", "locked", "task", "points")

_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PICTURE = re.compile(r"image/[a-z0-9.+-]{1,40}")
_MAX_ATTACHMENTS = 100


@dataclass(slots=True)
class Found:
    """One cell of the submitted notebook.

    order: where it stands; the second number tells parts of one cell apart. claim: the grade_id
    that it says it has, if the specification knows it. said: what its nbgrader label says.
    shape: the folded text. attachments: pictures in its text. cut: its end is lost.
    """

    order: tuple[int, int]
    kind: str
    text: str
    shape: str
    claim: str = ""
    cell_id: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)
    cut: bool = False

    def part(self, number: int, text: str, claim: str) -> Found:
        """A piece of this cell, as a cell."""
        return Found(
            order=(self.order[0], number),
            kind=self.kind,
            text=text,
            shape=folded(text),
            claim=claim,
            cell_id=self.cell_id if number == 0 else "",
            said=self.said if claim == self.claim else {},
            attachments=self.attachments if number == 0 else {},
            cut=self.cut,
        )


def found_cells(raw: list[Any], outline: Outline, budget: Budget, notes: Notes) -> list[Found]:
    """Read the cells, in order; what is no cell is left out.

    Raises:
        NotGradable: Their text is larger than a notebook may be.
    """
    reader = _Reader(outline, notes)
    cells: list[Found] = []
    size = 0
    for value in raw:
        if not isinstance(value, dict):
            notes.file("no cells")
            continue
        cell = reader.cell(value, len(cells))
        size += len(cell.text) + sum(
            len(data) for kinds in cell.attachments.values() for data in kinds.values()
        )
        if size > budget.notebook_bytes:
            raise NotGradable(
                f"The cells hold more than {budget.notebook_bytes:,} characters, "
                "even without their outputs."
            )
        cells.append(cell)
    return cells


class _Reader:
    def __init__(self, outline: Outline, notes: Notes) -> None:
        self._outline = outline
        self._notes = notes

    def cell(self, value: dict[str, Any], place: int) -> Found:
        metadata = _mapping(value.get("metadata"))
        said = _mapping(metadata.get("nbgrader"))
        claim = self._claim(said)
        text = self._text(value)
        kind = self._kind(value, said, claim)
        if value.get("cell_type") == "heading":
            level = value.get("level")
            sharps = level if isinstance(level, int) and 1 <= level <= 6 else 1
            text = "#" * sharps + " " + text
        cell_id = value.get("id")
        return Found(
            order=(place, 0),
            kind=kind,
            text=text,
            shape=folded(text),
            claim=claim,
            cell_id=cell_id if isinstance(cell_id, str) and _CELL_ID.fullmatch(cell_id) else "",
            said={key: said[key] for key in LABEL_KEYS if key in said},
            attachments=_attachments(value) if kind != "code" else {},
            cut=value.get("cut") is True,
        )

    def _claim(self, said: Mapping[str, Any]) -> str:
        name = said.get("grade_id")
        if isinstance(name, int):
            name = str(name)
        if not isinstance(name, str):
            return ""
        return name.strip() if name.strip() in self._outline.by_id else ""

    def _kind(self, value: dict[str, Any], said: Mapping[str, Any], claim: str) -> str:
        kind = value.get("cell_type")
        if kind in KINDS:
            return str(kind)
        if kind in ("heading", "html"):
            return "markdown"
        self._notes.file("shape")
        if claim:
            return self._outline.by_id[claim].cell.kind
        if any(key in value for key in ("outputs", "execution_count", "input", "prompt_number")):
            return "code"
        labelled = said.get("cell_type")
        return labelled if labelled in KINDS else "markdown"

    def _text(self, value: dict[str, Any]) -> str:
        source = value.get("source")
        if source is None:
            source = value.get("input")  # a code cell of format 3
        if isinstance(source, list):
            text = self._joined(source)
        elif isinstance(source, str):
            text = source
        else:
            self._notes.file("shape")
            text = ""
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            self._notes.file("line ends")
        if "\0" in text:
            text = text.replace("\0", "")
            self._notes.file("nul")
        return self._without_surrogates(text)

    def _joined(self, lines: list[Any]) -> str:
        texts = [line for line in lines if isinstance(line, str)]
        if len(texts) < len(lines):
            self._notes.file("shape")
        if len(texts) > 1 and not any(line.endswith(("\n", "\r")) for line in texts[:-1]):
            # Format 4 keeps the ends of lines. Some tools write them without.
            self._notes.file("lines")
            return "\n".join(texts)
        return "".join(texts)

    def _without_surrogates(self, text: str) -> str:
        if text.isascii() or not _SURROGATE.search(text):
            return text
        self._notes.file("surrogates")
        # A pair that was written as two halves becomes the character that it stands for.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _attachments(value: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Those that are well formed: name -> type -> data."""
    kept: dict[str, dict[str, str]] = {}
    for name, kinds in list(_mapping(value.get("attachments")).items())[:_MAX_ATTACHMENTS]:
        data = {
            kind: content
            for kind, content in _mapping(kinds).items()
            # Pictures, as base64. What else there may be is not needed to read a text.
            if isinstance(content, str) and content.isascii() and _PICTURE.fullmatch(kind)
        }
        if data and not _SURROGATE.search(name):
            kept[name] = data
    return kept
