"""Build the outputs of a cell from what the student's process says of them.

Nothing of what it says is passed on as it is: what comes out has the shape that nbformat 4 asks
for, whatever came in.
"""

from __future__ import annotations

from typing import Any

__all__ = ["arranged"]


def arranged(stdout: bytes, stderr: bytes, nonce: str, shown: list[Any]) -> list[dict[str, Any]]:
    """The outputs of a cell in the order in which they were made, as far as the marks tell it.

    stdout: with the mark `cells_shell.MARK` where each of the displays *shown* was.
    """
    outputs: list[dict[str, Any]] = []
    left = {number: output for number, output in enumerate(shown) if isinstance(output, dict)}
    pieces = stdout.decode("utf-8", "replace").split(f"\x1e{nonce}:")
    _add_stream(outputs, "stdout", pieces[0])
    for piece in pieces[1:]:
        number, _, rest = piece.partition("\x1e")
        if number.isdecimal() and int(number) in left:
            _add_shown(outputs, left.pop(int(number)))
        _add_stream(outputs, "stdout", rest)
    _add_stream(outputs, "stderr", stderr.decode("utf-8", "replace"))
    for output in left.values():
        _add_shown(outputs, output)
    return outputs


def _add_stream(outputs: list[dict[str, Any]], name: str, text: str) -> None:
    if text:
        outputs.append({"output_type": "stream", "name": name, "text": text})


def _add_shown(outputs: list[dict[str, Any]], output: dict[str, Any]) -> None:
    """Add one display, built anew: whatever was claimed, it is what nbformat says."""
    kind = output.get("output_type")
    if kind == "error":
        lines = output.get("traceback")
        outputs.append(
            {
                "output_type": "error",
                "ename": _text(output.get("ename")),
                "evalue": _text(output.get("evalue")),
                "traceback": [_text(line) for line in lines] if isinstance(lines, list) else [],
            }
        )
    elif kind in ("display_data", "execute_result"):
        data = output.get("data")
        kept = {
            _text(mime): _text(value) if isinstance(value, str) else value
            for mime, value in (data.items() if isinstance(data, dict) else ())
            if isinstance(value, str) or (_text(mime).endswith("json") and _is_json(value))
        }
        made: dict[str, Any] = {"output_type": kind, "data": kept, "metadata": {}}
        if kind == "execute_result":
            made["execution_count"] = None
        outputs.append(made)


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
