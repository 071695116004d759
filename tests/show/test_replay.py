"""Runs and timelines read back from JSON, which may come from anywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonkit.errors import UsageError
from lessonkit.records import StudentError, Timeline, to_json
from lessonkit.show.replay import record_from_json, story_from_json, timeline_from_json
from lessonkit.show.story import story
from tests.show.handmade import RUN, TIMELINE

FULL = replace(
    RUN,
    value={"a": [1.5, None]},
    timeline=replace(TIMELINE, sources={"cell": "x\n"}, miss_rate=0.5, missed_processes=1),
    error=StudentError(type="E", message="m", traceback="t"),
    facts={"seen": [1, 2]},
)


def _saved(record: object) -> Any:
    return json.loads(json.dumps(to_json(record)))


@pytest.mark.parametrize("record", [FULL, RUN, TIMELINE], ids=["full", "run", "timeline"])
def test_what_was_saved_is_read_back(record: object) -> None:
    """Every field of the record comes back as it was."""
    again = record_from_json(_saved(record))

    assert type(again) is type(record)
    assert _saved(again) == _saved(record)


def test_a_file_of_a_run_can_be_told(tmp_path: Path) -> None:
    """The path of what `lessonkit run --json` printed is enough."""
    file = tmp_path / "run.json"
    file.write_text(json.dumps(to_json(FULL)))

    assert FULL.timeline is not None
    assert timeline_from_json(file) == replace(FULL.timeline, names=dict(TIMELINE.names))
    assert story_from_json(str(file), title="t") == story(FULL.timeline, title="t")


def test_fields_of_a_later_version_are_left_out() -> None:
    """A newer record can be shown for what is known of it."""
    data = _saved(TIMELINE)
    data["colour"] = "blue"
    data["events"][0]["mood"] = "good"

    assert timeline_from_json(data).events == TIMELINE.events


def test_a_run_without_a_timeline_says_how_to_get_one() -> None:
    """The message names the option."""
    with pytest.raises(UsageError, match='record it with trace="exact"'):
        timeline_from_json(_saved(RUN))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("events", 0, "pid"), "2", r"timeline.events\[0\].pid cannot be '2'"),
        (("events", 0, "pid"), True, "pid cannot be True"),
        (("events", 0, "pid"), 2**70, "pid cannot be"),
        (("events", 0, "kind"), "party", "kind cannot be 'party'"),
        (("events", 0, "at_seconds"), float("nan"), "at_seconds cannot be nan"),
        (("events", 0, "at_seconds"), float("inf"), "at_seconds cannot be inf"),
        (("events", 0, "text"), ["x"], "text cannot be"),
        (("events", 0), 7, r"events\[0\] cannot be 7"),
        (("events",), {"0": {}}, "timeline.events cannot be"),
        (("names",), {"two": "x"}, "timeline.names cannot be 'two'"),
        (("mode",), "guessed", "timeline.mode cannot be 'guessed'"),
        (("mode",), ["exact"], "timeline.mode cannot be"),
    ],
)
def test_what_is_no_record_is_refused(path: tuple[Any, ...], value: object, said: str) -> None:
    """The message names the place and the value; nothing is guessed."""
    data = _saved(TIMELINE)
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value

    with pytest.raises(UsageError, match=said):
        timeline_from_json(data)


def test_a_field_that_is_missing_is_named() -> None:
    """An event without a pid is none."""
    with pytest.raises(UsageError, match=r"timeline.events\[0\] has no pid"):
        timeline_from_json({"mode": "exact", "events": [{"at_seconds": 0, "kind": "exit"}]})


@pytest.mark.parametrize("text", ["", "[1]", "{", "null", '{"a": 1}', "[" * 100_000])
def test_a_file_that_holds_something_else_is_refused(tmp_path: Path, text: str) -> None:
    """So are empty files, lists, and what only looks like JSON."""
    file = tmp_path / "x.json"
    file.write_text(text)

    with pytest.raises(UsageError):
        record_from_json(file)
    with pytest.raises(UsageError, match="cannot read a run"):
        record_from_json(tmp_path / "none.json")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@given(_json, st.sampled_from(["ending", "usage", "timeline", "at_return", "names", "events"]))
@settings(deadline=None)
def test_any_json_is_a_record_or_refused(found: object, field: str) -> None:
    """Whatever stands in a field, the answer is a record that can be told, or UsageError."""
    data = {**_saved(FULL), field: found}
    for source in (data, {**_saved(TIMELINE), field: found}):
        try:
            record = record_from_json(source)
        except UsageError:
            continue
        timeline = record if isinstance(record, Timeline) else record.timeline
        if timeline is not None:
            story(timeline)
