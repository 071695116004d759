"""Be grading's one door to IPython: how a notebook shows a value, and what its magics mean."""

from __future__ import annotations

import functools
from typing import Any

__all__ = ["as_python", "shown"]


def shown(value: Any) -> dict[str, Any]:
    """How a notebook shows the value: MIME type -> text."""
    data: dict[str, Any] = _formatter().format(value)[0]
    return data


def as_python(source: str) -> str:
    """The text of a cell with its magics and shell lines turned into calls.

    Raises SyntaxError where that is not possible.
    """
    text: str = _transformer().transform_cell(source)
    return text


@functools.cache
def _formatter() -> Any:
    from IPython.core.formatters import DisplayFormatter

    return DisplayFormatter()


@functools.cache
def _transformer() -> Any:
    from IPython.core import inputtransformer2

    make: Any = inputtransformer2.TransformerManager
    return make()
