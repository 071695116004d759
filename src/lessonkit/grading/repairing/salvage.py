"""Find the cells in a text that is not whole JSON, or that is too large to be read as such.

A cell begins where an object begins whose first key is one of a cell's. In files that Jupyter
wrote, which sorts keys, that is "cell_type", and nothing else in a notebook begins so; and within
a JSON string no such place can be, because its quotation marks are escaped. So the text is cut at
these places, and what is between two of them is read as far as it goes, key by key, without
recursion and without building what is not needed, such as outputs.
"""

from __future__ import annotations

import json
import re
from typing import Any

from lessonkit.grading.records import Budget
from lessonkit.grading.repairing.notes import NotGradable

__all__ = ["salvaged"]

MAX_TOKENS = 3_000_000  # a few seconds
MAX_BLANKS = 100  # between a key and its value
MAX_VALUE_PARTS = 200_000
MAX_CELLS_FACTOR = 10

_START = re.compile(r'\{\s*+"(?:cell_type|attachments)"\s*+:')
_WEAK_START = re.compile(
    r'\{\s*+"(?:cell_type|attachments|execution_count|id|metadata|source|input)"\s*+:'
)
_TYPE = re.compile(r'"cell_type"\s*+:')
# No string of JSON goes over the end of a line; so one that lost its end spoils one line only.
_STRING = re.compile(r'"(?:[^"\\\n]++|\\.)*+"')
_TOKEN = re.compile(_STRING.pattern + r"|[\[\]{}:,]")
_OPEN_STRING = re.compile(r'"(?:[^"\\\n]++|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+')
_TEXTS = ("source", "input")
_KEPT = (*_TEXTS, "attachments", "cell_type", "execution_count", "id", "level", "metadata")


def salvaged(text: str, budget: Budget) -> list[dict[str, Any]]:
    """Return the cells that can be found in *text*, in order, without outputs.

    A cell that is cut off has the key "cut".

    Raises:
        NotGradable: There is too much in it.
    """
    starts = _starts(_START, text)
    if 3 * len(starts) < sum(1 for _ in _TYPE.finditer(text)):
        starts = _starts(_WEAK_START, text)
    most = MAX_CELLS_FACTOR * budget.notebook_cells
    if len(starts) > most:
        raise NotGradable(f"The file holds {len(starts):,} cells; more than {most:,} are not read.")
    reader = _Reader(text)
    ends = [*starts, len(text)][1:]
    cells = [reader.cell(begin, end) for begin, end in zip(starts, ends, strict=True)]
    return [cell for cell in cells if cell]


def _starts(shape: re.Pattern[str], text: str) -> list[int]:
    """Where objects of that shape begin, but those that belong to a key, as labels do."""
    return [
        match.start()
        for match in shape.finditer(text)
        if not text[max(match.start() - MAX_BLANKS, 0) : match.start()].rstrip().endswith(":")
    ]


class _Reader:
    """Reads cells out of one text, with a common limit on the work."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = 0

    def cell(self, begin: int, end: int) -> dict[str, Any]:
        """The object that begins at *begin*, as far as it goes before *end*; {} if no cell."""
        spans, whole = self._spans(begin, end)
        cell: dict[str, Any] = {}
        for key, (start, stop, complete) in spans.items():
            value, intact = self._value(key, start, stop)
            if value is not None:
                cell[key] = value
            if key in _TEXTS and not (complete and intact):
                cell["cut"] = True
        if not any(key in cell for key in _TEXTS) and not whole and "cell_type" in cell:
            # Sorted by Jupyter, the text comes last: it is what a cut takes.
            cell["cut"] = True
        return cell if "cell_type" in cell or any(key in cell for key in _TEXTS) else {}

    def _spans(self, begin: int, end: int) -> tuple[dict[str, tuple[int, int, bool]], bool]:
        """Where the values of the wanted keys are, and whether each, and the object, ends."""
        spans: dict[str, tuple[int, int, bool]] = {}
        depth, key, value_at = 0, "", -1
        last_string = ""
        for token in _TOKEN.finditer(self._text, begin, end):
            self._tokens += 1
            if self._tokens > MAX_TOKENS:
                raise NotGradable(
                    f"The file holds more than {MAX_TOKENS:,} pieces of JSON; they are not read."
                )
            sign = self._text[token.start()]
            if sign in "{[":
                depth += 1
            elif sign == ":":
                if depth == 1 and value_at < 0:
                    key, value_at = last_string, token.end()
            elif sign == '"':
                if depth == 1 and value_at < 0:
                    last_string = self._text[token.start() + 1 : min(token.end() - 1, end)][:40]
            else:
                if depth == 1 and value_at >= 0:
                    if key in _KEPT:
                        spans[key] = (value_at, token.start(), True)
                    key, value_at = "", -1
                if sign != ",":
                    depth -= 1
                    if depth == 0:
                        return spans, True
        if value_at >= 0 and key in _KEPT:
            spans[key] = (value_at, end, False)
        return spans, False

    def _value(self, key: str, start: int, stop: int) -> tuple[Any, bool]:
        """The value in a span, and whether it is whole. Of a broken text, its whole lines."""
        part = self._text[start:stop].strip()
        large = part.count("{") + part.count("[") + part.count(",") > MAX_VALUE_PARTS
        if not large:
            try:
                return json.loads(part, strict=False), True
            except (ValueError, RecursionError):
                pass
        if key not in _TEXTS:
            return None, False
        if not part.startswith("["):
            opened = _OPEN_STRING.match(part)
            return (_string(opened.group() + '"') if opened else None), False
        lines = [_string(string.group()) for string in _STRING.finditer(part)]
        return lines, large and part.endswith("]")


def _string(text: str) -> str:
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""
