"""Read options that people type: limits such as `memory_bytes=64M`."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from typing import Any

from lessonkit.errors import UsageError
from lessonkit.records import Limits

__all__ = ["check_limits", "parse_limits"]

_UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def parse_limits(words: Iterable[str]) -> Limits:
    """Turn words like `wall_seconds=5` and `memory_bytes=64M` into Limits.

    K, M and G stand for 1024, 1024² and 1024³. Raises UsageError that names the word.
    """
    kinds = {field.name: type(field.default) for field in dataclasses.fields(Limits)}
    found: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or name not in kinds:
            raise UsageError(
                f"cannot read the limit {word!r}: write NAME=VALUE, NAME one of {', '.join(kinds)}"
            )
        found[name] = _number(word, text, whole=kinds[name] is int)
    return dataclasses.replace(Limits(), **found)


def check_limits(limits: object) -> None:
    """Raise UsageError unless *limits* are Limits of numbers above zero, whole where counted."""
    if not isinstance(limits, Limits):
        raise UsageError(f"limits are Limits(...), not {limits!r:.60}")
    for field in dataclasses.fields(Limits):
        value = getattr(limits, field.name)
        kinds = (int,) if isinstance(field.default, int) else (int, float)
        right = isinstance(value, kinds) and not isinstance(value, bool) and value > 0
        if not right or not value < float("inf"):
            raise UsageError(
                f"cannot use the limit {field.name}={value!r}: it is a "
                f"{'whole ' if kinds == (int,) else ''}number above zero"
            )


def _number(word: str, text: str, *, whole: bool) -> int | float:
    unit = _UNITS.get(text[-1:].lower(), 1)
    try:
        value = float(text[:-1] if unit > 1 else text) * unit
    except ValueError:
        raise UsageError(f"cannot read the limit {word!r}: {text!r} is not a number") from None
    if not math.isfinite(value) or value <= 0 or (whole and value < 1):
        raise UsageError(f"cannot use the limit {word!r}: it must be more than zero")
    return int(value) if whole else value
