"""Build the outputs of a cell from what the student's process says of them.

Nothing of what it says is passed on as it is: what comes out has the shape that nbformat 4 asks
for, whatever came in, and no more of it than there is room for in the judged notebook: what
the student's process leaves out by itself is no promise.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["LEFT_OUT", "Room", "arranged"]

LEFT_OUT = "[more output than is kept was left out]\n"


@dataclass(slots=True)
class Room:
    """Bytes that the outputs of a notebook may still take. printed: what is written to stdout and
    to stderr, each. shown: displays and errors, as JSON."""

    printed: int = 0
    shown: int = 0


def arranged(
    stdout: bytes, stderr: bytes, nonce: str, shown: list[Any], room: Room
) -> list[dict[str, Any]]:
    """The outputs of a cell in the order in which they were made, as far as the marks tell it.

    stdout: with the mark `cells_shell.MARK` where each of the displays *shown* was. What there is
    no *room* for is left out, which is said once in the cell; the room gets less.
    """
    outputs: list[dict[str, Any]] = []
    left = {number: made for number, made in enumerate(map(_made, shown)) if made is not None}
    all_of_them = len(left)
    left = {number: made for number, made in left.items() if _fits(made, room)}
    cut = len(left) < all_of_them
    pieces = stdout.decode("utf-8", "replace").split(f"\x1e{nonce}:")
    _add_stream(outputs, "stdout", pieces[0])
    for piece in pieces[1:]:
        number, _, rest = piece.partition("\x1e")
        if number.isdecimal() and int(number) in left:
            outputs.append(left.pop(int(number)))
        _add_stream(outputs, "stdout", rest)
    _add_stream(outputs, "stderr", stderr.decode("utf-8", "replace"))
    outputs += left.values()
    if cut:
        _add_stream(outputs, "stdout", LEFT_OUT)
    return outputs


def _fits(made: dict[str, Any], room: Room) -> bool:
    """Whether there is room for it, which is taken then."""
    size = len(json.dumps(made, ensure_ascii=False).encode("utf-8", "replace"))
    if size > room.shown:
        return False
    room.shown -= size
    return True


def _add_stream(outputs: list[dict[str, Any]], name: str, text: str) -> None:
    if text:
        outputs.append({"output_type": "stream", "name": name, "text": text})


def _made(output: Any) -> dict[str, Any] | None:
    """One display, built anew: whatever was claimed, it is what nbformat says."""
    kind = output.get("output_type") if isinstance(output, dict) else None
    if kind == "error":
        lines = output.get("traceback")
        return {
            "output_type": "error",
            "ename": _text(output.get("ename")),
            "evalue": _text(output.get("evalue")),
            "traceback": [_text(line) for line in lines] if isinstance(lines, list) else [],
        }
    if kind in ("display_data", "execute_result"):
        data = output.get("data")
        kept = {
            _text(mime): _text(value) if isinstance(value, str) else value
            for mime, value in (data.items() if isinstance(data, dict) else ())
            if isinstance(value, str) or (_text(mime).endswith("json") and _is_json(value))
        }
        made: dict[str, Any] = {"output_type": kind, "data": kept, "metadata": {}}
        if kind == "execute_result":
            made["execution_count"] = None
        return made
    return None


def _text(value: Any) -> str:
    return str(value).encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(k, str) and _is_json(v) for k, v in value.items())
    if isinstance(value, list):
        return all(_is_json(item) for item in value)
    return (
        value is None
        or isinstance(value, (str, int, bool))
        or (isinstance(value, float) and -1e308 < value < 1e308)
    )
