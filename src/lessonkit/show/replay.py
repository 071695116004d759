"""Read a recorded run back from JSON, to show it where nothing can be run.

    lessonkit run --json --trace exact -- python3 program.py > run.json
    record = record_from_json("run.json")

The file may come from anywhere: what has another form than a record is refused with a message,
fields that are not known are left out.
"""

from __future__ import annotations

import dataclasses
import json
import os
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lessonkit.errors import UsageError
from lessonkit.records import (
    Corpse,
    Ending,
    Event,
    Limits,
    ProcessInfo,
    Run,
    Snapshot,
    StudentError,
    Timeline,
    Usage,
)
from lessonkit.show.story import Story, story

__all__ = ["Source", "record_from_json", "story_from_json", "timeline_from_json"]

MAX_BYTES = 256 * 1024 * 1024
_MAX_SECONDS = 1e9
_MAX_INT = 2**63
_KINDS = (Corpse, Ending, Event, Limits, ProcessInfo, Run, Snapshot, StudentError, Timeline, Usage)
_HINTS: dict[type[Any], dict[str, Any]] = {kind: typing.get_type_hints(kind) for kind in _KINDS}

Source = Mapping[str, Any] | str | os.PathLike[str]
"""A path, or what `json.load` makes of the file."""


def story_from_json(source: Source, *, title: str | None = None) -> Story:
    """Return the story of a run, or of a timeline, that was saved as JSON."""
    return story(timeline_from_json(source), title=title)


def timeline_from_json(source: Source) -> Timeline:
    """Return the timeline of a run, or the timeline itself, that was saved as JSON.

    Raises:
        UsageError: it is no such record, or the run was made without a timeline.
    """
    record = record_from_json(source)
    if isinstance(record, Timeline):
        return record
    if record.timeline is None:
        raise UsageError('this run has no timeline: record it with trace="exact"')
    return record.timeline


def record_from_json(source: Source) -> Run | Timeline:
    """Return the run or the timeline that was saved as JSON with `to_json`.

    Raises:
        UsageError: it cannot be read, or is neither.
    """
    data = source if isinstance(source, Mapping) else _read(source)
    if "ending" in data:
        return typing.cast(Run, _record(Run, data, "run"))
    if "events" in data:
        return typing.cast(Timeline, _record(Timeline, data, "timeline"))
    raise UsageError("this is the record of neither a run nor a timeline")


def _read(path: str | os.PathLike[str]) -> Mapping[str, Any]:
    try:
        file = Path(path)
        if file.stat().st_size > MAX_BYTES:
            raise UsageError(f"{file} is larger than {MAX_BYTES // 2**20} MiB")
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise UsageError(f"cannot read a run from {path!r:.200}: {error}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{path!r:.200} holds no object, but {found!r:.60}")
    return found


def _record(kind: type[Any], data: object, where: str) -> Any:
    """Make the record *kind* from its fields; each has to be what it is declared to be."""
    if not isinstance(data, Mapping):
        raise _wrong(data, where)
    values = {}
    for field in dataclasses.fields(kind):
        if field.name in data:
            place = f"{where}.{field.name}"
            values[field.name] = _built(_HINTS[kind][field.name], data[field.name], place)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise UsageError(f"{where} has no {field.name}")
    return kind(**values)


def _built(hint: Any, value: Any, where: str) -> Any:
    if hint is Any:
        return value
    if dataclasses.is_dataclass(hint):
        return _record(typing.cast(type[Any], hint), value, where)
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):  # here always "something or None"
        if value is None:
            return None
        return _built(next(one for one in inner if one is not type(None)), value, where)
    if origin is typing.Literal and value in inner:
        return value
    if origin is tuple and isinstance(value, (list, tuple)):
        return tuple(_built(inner[0], one, f"{where}[{n}]") for n, one in enumerate(value))
    if origin in (Mapping, dict) and isinstance(value, Mapping):
        return {_key(inner[0], k, where): _built(inner[1], v, where) for k, v in value.items()}
    if isinstance(hint, type) and _is_plain(hint, value):
        return value
    raise _wrong(value, where)


def _is_plain(kind: type[Any], value: object) -> bool:
    if kind is float:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and abs(typing.cast(float, value)) <= _MAX_SECONDS
    if kind is int:
        return type(value) is int and abs(value) < _MAX_INT
    return type(value) is kind


def _key(kind: type[Any], key: object, where: str) -> Any:
    try:
        return kind(key)
    except ValueError:
        raise _wrong(key, where) from None


def _wrong(value: object, where: str) -> UsageError:
    return UsageError(f"{where} cannot be {value!r:.60}")
