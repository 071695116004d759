"""A timeline told step by step: who was there, in which state, whose child, at each moment."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonkit.records import Event, Timeline
from lessonkit.show.story import findings, story, tree_at, tree_at_text
from tests.show.handmade import HOSTILE, RUN, TIMELINE
from tests.show.kernel import Kernel
from tests.show.test_timeline import _any_event

_Tree = dict[int, tuple[int | None, str]]


def _events(*events: Event) -> Timeline:
    return Timeline(mode="exact", events=events)


def _flat(told: dict[str, Any], step: int) -> Iterator[tuple[dict[str, Any], int | None]]:
    waiting: list[tuple[dict[str, Any], int | None]] = [(n, None) for n in tree_at(told, step)]
    while waiting:
        node, parent = waiting.pop()
        yield node, parent
        pid = told["processes"][node["row"]]["pid"]
        waiting += [(child, pid) for child in node["children"]]


def _tree(told: dict[str, Any], step: int) -> _Tree:
    """Pid -> (parent, state) of those who are there after *step*."""
    return {
        told["processes"][node["row"]]["pid"]: (parent, node["state"])
        for node, parent in _flat(told, step)
        if node["state"] != "gone"
    }


def test_each_step_has_its_tree() -> None:
    """Exact text: a zombie below its parent, one killed, an orphan at the top, one just gone."""
    told = story(TIMELINE)

    # 1 is spoken of at the end only, but nobody made it: it was there before.
    assert tree_at_text(told, 0) == "2 python: runs\n1: runs"
    assert tree_at_text(told, 7) == (
        "2 python: runs\n"
        "  3 true: zombie, exit code 0\n"
        "  4 python: runs\n"
        "    5 python: runs\n"
        "1: runs"
    )
    assert tree_at_text(told, 8).splitlines()[1] == "  3 true: gone, reaped by 2"
    assert tree_at_text(told, 13) == (
        "2 python: runs\n  4 python: zombie, SIGKILL (signal 9)\n1: runs\n  5 python: stopped"
    )


def test_a_step_says_who_when_what_and_where_in_the_program() -> None:
    """Who acts at a reaping is the one who waits; lines count where the text is known."""
    timeline = replace(TIMELINE, sources={"cell.py": "a\nb\nc\nd\n"})
    steps = story(timeline)["steps"]

    assert {k: steps[1][k] for k in ("when", "pid", "words", "source", "line")} == {
        "when": "1.2 ms",
        "pid": 2,
        "words": "forks 3 (line 4)",
        "source": "cell.py",
        "line": 4,
    }
    assert (steps[2]["source"], steps[2]["line"]) == ("cell.py", 5)
    assert (steps[8]["pid"], steps[8]["words"]) == (2, "reaps 3: exit code 0")


def test_a_line_beyond_the_text_is_not_shown() -> None:
    """Where the program claims a line that its text has not, there is none to highlight."""
    timeline = replace(TIMELINE, sources={"cell.py": "a\nb\nc\nd"})

    assert story(timeline)["steps"][2]["source"] is None


def test_of_a_long_source_the_part_that_counts_is_kept() -> None:
    """A module of thousands of lines is cut to what events name, and numbered as it is."""
    source = {"long.py": "\n".join(f"line {n}" for n in range(1, 5001))}
    timeline = replace(
        _events(
            Event(at_seconds=0, kind="fork", pid=2, child=3, line=2000, source="long.py"),
            Event(at_seconds=0, kind="exit", pid=2, line=2010, source="long.py"),
        ),
        sources=source | {"unused.py": "x"},
    )
    [(name, part)] = story(timeline)["sources"].items()

    assert (name, part["first"], part["lines"][0], len(part["lines"])) == (
        "long.py",
        1988,
        "line 1988",
        35,
    )


@pytest.mark.parametrize(
    ("source", "called"),
    [
        ("/tmp/ipykernel_12/345.py", "Notebook cell"),
        ("/home/me/work.py", "work.py"),
        ("C:\\work\\work.py", "work.py"),
        ("<cell 3>", "<cell 3>"),
    ],
)
def test_a_source_is_called_what_a_reader_calls_it(source: str, called: str) -> None:
    """A file by its name, a cell of the notebook by that."""
    start = Event(at_seconds=0, kind="start", pid=2, line=1, source=source)
    told = story(replace(_events(start), sources={source: "x"}))

    assert told["sources"][source]["name"] == called


def test_a_pid_that_is_used_again_is_another_process() -> None:
    """Two processes with one number have two keys, and never share a tree."""
    told = story(
        _events(
            Event(at_seconds=0, kind="start", pid=1, text="init"),
            Event(at_seconds=1, kind="fork", pid=1, child=2),
            Event(at_seconds=2, kind="exit", pid=2, wait_status=0),
            Event(at_seconds=2, kind="zombie", pid=2, by=1),
            Event(at_seconds=3, kind="reap", pid=2, by=1, wait_status=0),
            Event(at_seconds=4, kind="fork", pid=1, child=2),
        )
    )

    assert [process["key"] for process in told["processes"]] == ["1@0", "2@1", "2@5"]
    assert tree_at_text(told, 5) == "1 init: runs\n  2 init: runs"


def test_a_pid_used_again_whose_end_was_not_seen() -> None:
    """Two cannot share a number: when the second is born the first is gone."""
    told = story(
        _events(
            Event(at_seconds=0, kind="fork", pid=1, child=2),
            Event(at_seconds=1, kind="fork", pid=1, child=2),
        )
    )

    assert tree_at_text(told, 1) == ("1: runs\n  2: gone, how was not seen\n  2: runs")


def test_a_process_that_is_spoken_of_without_a_birth_was_there_before() -> None:
    """The parent of the first process, and those of a timeline that began later."""
    told = story(_events(Event(at_seconds=0, kind="reap", pid=7, by=5, wait_status=9)))

    assert tree_at_text(told, 0) == "7: gone, reaped by 5\n5: runs"


def test_what_a_child_does_can_be_told_before_its_birth() -> None:
    """It is one process, seen from the first word about it."""
    told = story(
        _events(
            Event(at_seconds=0, kind="start", pid=2, text="python"),
            Event(at_seconds=1, kind="exec", pid=3, text="/bin/x"),
            Event(at_seconds=2, kind="fork", pid=2, child=3),
        )
    )

    assert [tree_at_text(told, step) for step in range(3)] == [
        "2 python: runs",
        "2 python: runs\n3 x: runs",
        "2 python: runs\n  3 x: runs",
    ]


def test_threads_end_with_their_process() -> None:
    """The end of a thread is no event, and with exit or exec there is certainly none left."""
    thread = Event(at_seconds=1, kind="fork", pid=2, child=3, how="thread")
    start = Event(at_seconds=0, kind="start", pid=2, text="python")
    ended = story(_events(start, thread, Event(at_seconds=2, kind="exit", pid=2, wait_status=0)))
    execed = story(_events(start, thread, Event(at_seconds=2, kind="exec", pid=2, text="/bin/a")))

    assert "3 python: thread, its end is not recorded" in tree_at_text(ended, 1)
    for told in (ended, execed):
        assert "3 python: gone, with its process 2" in tree_at_text(told, 2)


def test_who_ignores_sigchld_has_no_zombies() -> None:
    """A child that nobody had to reap is never shown as a zombie."""
    told = story(
        _events(
            Event(at_seconds=0, kind="fork", pid=2, child=3),
            Event(at_seconds=1, kind="exit", pid=3, wait_status=0),
            Event(at_seconds=1, kind="reap", pid=3, by=0, wait_status=0),
        )
    )

    assert tree_at_text(told, 1).endswith("3: has ended, exit code 0")
    assert tree_at_text(told, 2).endswith("3: gone, nobody had to reap it")
    assert "zombie" not in json.dumps(told["processes"])


def test_parents_of_each_other_are_both_shown() -> None:
    """A record that makes a loop of parents is odd; nobody is left out, and it ends."""
    told = story(
        _events(
            Event(at_seconds=0, kind="reparent", pid=3, by=4),
            Event(at_seconds=1, kind="reparent", pid=4, by=3),
        )
    )

    assert sorted(node["label"] for node, _ in _flat(told, 1)) == ["3", "4"]


def test_a_sampled_timeline_says_so() -> None:
    """What was not seen is said first, and what a tracer changes is not claimed."""
    told = story(replace(TIMELINE, mode="sampled", sample_seconds=0.01, missed_processes=3))

    assert told["mode"] == "sampled"
    assert told["how"].startswith("sampled: photographs of /proc every 10.0 ms")
    assert "3 processes or threads came and went unseen" in told["how"]
    assert told["perturbs"] == ""


def test_a_timeline_without_events_has_no_steps() -> None:
    """Nothing happened, and nothing is claimed."""
    told = story(_events())

    assert (told["steps"], told["processes"], tree_at(told, 0)) == ([], [], [])
    assert tree_at_text(told, 0) == "(no processes)"


def test_hostile_names_are_made_safe() -> None:
    """No control character and no change of direction reaches a reader."""
    told = story(
        replace(
            _events(Event(at_seconds=0, kind="start", pid=2, text=HOSTILE, line=1, source="x")),
            sources={"x": HOSTILE},
        ),
        title="t",
    )

    assert not {"\x1b", "\x07", "\u202e"} & set(json.dumps(told, ensure_ascii=False))


def test_the_findings_of_a_run_come_with_it() -> None:
    """Output, what was found, and the tree when the function returned, in this order."""
    parts = findings(RUN)

    assert [part.get("title") for part in parts] == [
        "stdout",
        "stderr (cut at the limit of output)",
        None,
        "When the function returned",
    ]
    assert parts[2]["lines"][0] == "The program exited with code 0."


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_the_tree_is_the_kernels_at_every_step(data: st.DataObject) -> None:
    """For whatever a kernel may do, pids used again included, each step shows what it had."""
    kernel = Kernel()
    for _ in range(data.draw(st.integers(0, 60))):
        kernel.does(data.draw(st.sampled_from(kernel.can())))
    told = story(Timeline(mode="exact", events=tuple(kernel.events)))

    for step, truth in enumerate(kernel.trees):
        assert _tree(told, step) == truth, (step, kernel.events[: step + 1])
        assert len(list(_flat(told, step))) <= told["tallest"]


@given(st.data(), st.sampled_from(["fork", "reap", "reparent"]))
@settings(deadline=None, max_examples=30)
def test_a_lost_event_makes_another_tree(data: st.DataObject, lost: str) -> None:
    """The comparison above can fail: it does when one event is kept back."""
    kernel = Kernel()
    for name in ("fork", "fork", "exit", "reap", "signal"):
        kernel.does(data.draw(st.sampled_from([op for op in kernel.can() if op[0] == name])))
    if not any(event.kind == lost for event in kernel.events):
        return
    index = max(i for i, event in enumerate(kernel.events) if event.kind == lost)
    kept = kernel.events[:index] + kernel.events[index + 1 :]
    told = story(Timeline(mode="exact", events=tuple(kept)))

    trees = [_tree(told, step) for step in range(len(kept))]
    assert trees != kernel.trees[:index] + kernel.trees[index + 1 :]


@given(st.lists(_any_event, max_size=25), st.booleans())
@settings(deadline=None)
def test_any_events_can_be_told(events: list[Event], sampled: bool) -> None:
    """Lost, doubled and contradicting events give an odd story, never an exception."""
    in_order = tuple(sorted(events, key=lambda event: event.at_seconds))
    told = story(Timeline(mode="sampled" if sampled else "exact", events=in_order, truncated=True))

    assert json.loads(json.dumps(told)) == told
    rows = range(len(told["processes"]))
    assert len({process["key"] for process in told["processes"]}) == len(rows)
    assert {row for _, row, _ in told["marks"]} <= set(rows)
    assert {row for _, one, other, _ in told["links"] for row in (one, other)} <= set(rows)
    for step in range(len(in_order)):
        shown = [node["row"] for node, _ in _flat(told, step)]
        assert len(shown) == len(set(shown)) <= told["tallest"]


def test_two_thousand_events_are_told_at_once() -> None:
    """A large history takes a moment, not seconds, and each moment has a column of its own."""
    kernel = Kernel(pids=200)
    number = 0
    while len(kernel.events) < 2000:
        can = kernel.can()
        kernel.does(can[number * 7919 % len(can)])
        number += 1
    timeline = Timeline(mode="exact", events=tuple(kernel.events))
    before = time.process_time()
    told = story(timeline)

    assert time.process_time() - before < 2
    assert len({step["column"] for step in told["steps"]}) == len(
        {event.at_seconds for event in timeline.events}
    )
    assert _tree(told, 1500) == kernel.trees[1500]


@pytest.mark.parametrize("count", [0, 1, 5])
def test_columns_are_in_order(count: int) -> None:
    """Later is never further to the left, and nothing lies outside."""
    told = story(_events(*(Event(at_seconds=n / 7, kind="signal", pid=1) for n in range(count))))
    columns = [step["column"] for step in told["steps"]]

    assert columns == sorted(columns)
    assert all(0 <= column < told["width"] for column in columns)
