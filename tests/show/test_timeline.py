"""Lifelines: placed, drawn as text and as SVG."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonkit.records import Event, Timeline
from lessonkit.show import timeline_svg, timeline_text
from lessonkit.show.chart import chart_text, events_text, lives_text
from lessonkit.show.lanes import lanes, place
from tests.show.handmade import HOSTILE, TIMELINE


def _events(*events: Event) -> Timeline:
    return Timeline(mode="exact", events=events)


def test_the_chart_shows_each_life_on_a_row() -> None:
    """Exact text: births, exec, a zombie reaped late, one killed, an orphan stopped for a while."""
    assert chart_text(TIMELINE, width=72) == (
        "pid  process     ms  |0.0 |5.0               |45.1   |60.0    |80.0\n"
        "  2  python          |FF---S-----------------W--s----------------------X\n"
        "  3    true           |--EXzzzzzzzzzzzzzzzzzzR\n"
        "  4    python          |------F------------------Kzzzzzzzzzzzzzzzzzzzzzz\n"
        "  5      python               |------------------^---T........C-------->"
    )


def test_the_lives_are_listed_with_who_reaped_them() -> None:
    """One row per process: parents, programs, end, time as a zombie, reaper."""
    assert lives_text(TIMELINE) == (
        "pid  parent  ran            how it ended        zombie for    reaped by\n"
        "  2  ?       python         exit code 1\n"
        "  3  2       python > true  exit code 0         40.1 ms       2\n"
        "  4  2       python         SIGKILL (signal 9)  over 49.9 ms  nobody: it is a zombie\n"
        "  5  4 > 1   python         still running"
    )


def test_the_events_are_told_in_order() -> None:
    """Each line says when, who and what, in words of the manual pages."""
    assert events_text(TIMELINE) == (
        "    at ms  pid  event\n"
        "      0.0    2  starts: python\n"
        "      1.2    2  forks 3 (line 4)\n"
        "      1.5    2  forks 4 (line 5)\n"
        "      3.1    3  runs a new program (exec): /usr/bin/true\n"
        "      5.0    3  ends: exit code 0\n"
        "      5.0    3  is a zombie now: ended, but not reaped by its parent 2\n"
        "      5.1    2  gets SIGCHLD from 3\n"
        "     10.0    4  forks 5 (vfork)\n"
        "     45.1    2  reaps 3: exit code 0\n"
        "     50.0    2  sends SIGKILL to 4\n"
        "     50.1    4  ends: SIGKILL (signal 9)\n"
        "     50.1    5  has a new parent: 1 (was 4)\n"
        "     50.1    4  is a zombie now: ended, but not reaped by its parent 2\n"
        "     60.0    5  is stopped by SIGSTOP\n"
        "     80.0    5  goes on\n"
        "    100.0    2  ends: exit code 1"
    )


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (
            Event(at_seconds=0, kind="reap", pid=3, by=0),
            "3  is gone at once: nobody had to reap it",
        ),
        (Event(at_seconds=0, kind="reap", pid=3), "3  is gone: reaped, by whom was not seen"),
        (
            Event(at_seconds=0, kind="send", pid=3, child=-1, signal=15, text="EPERM"),
            "3  sends SIGTERM to every process it may, refused: EPERM",
        ),
        (
            Event(at_seconds=0, kind="send", pid=3, child=0, signal=34),
            "3  sends SIGRTMIN to its own process group",
        ),
        (
            Event(at_seconds=0, kind="send", pid=3, child=-7, signal=41),
            "3  sends signal 41 to process group 7",
        ),
        (
            Event(at_seconds=0, kind="signal", pid=3, signal=11, by=0),
            "3  gets SIGSEGV from the kernel or from outside",
        ),
        (
            Event(at_seconds=0, kind="signal", pid=3, signal=17, by=0, child=9),
            "3  gets SIGCHLD from the kernel: news of its child 9",
        ),
        (
            Event(at_seconds=0, kind="exit", pid=3, wait_status=139),
            "3  ends: SIGSEGV (signal 11, core dumped)",
        ),
        (Event(at_seconds=0, kind="exit", pid=3), "3  ends: status not seen"),
        (Event(at_seconds=0, kind="fork", pid=3, child=4, how="thread"), "3  starts a thread 4"),
        (
            Event(at_seconds=0, kind="exec", pid=3, text="a\nb"),
            r"3  runs a new program (exec): a\nb",
        ),
    ],
)
def test_rare_events_have_words_too(event: Event, told: str) -> None:
    """Auto-reaping, refused signals, unknown reapers and numbers without a name."""
    assert events_text(_events(event)).splitlines()[1].split(None, 1)[1] == told


@pytest.mark.parametrize("width", [50, 60, 80, 120, 200])
def test_no_row_is_wider_than_asked(width: int) -> None:
    """The chart fits the terminal it is drawn for."""
    assert max(map(len, chart_text(TIMELINE, width=width).splitlines())) <= width


def test_each_moment_has_its_own_column_while_there_is_room() -> None:
    """A microsecond and a second are told apart; order is never lost."""
    times = [0.0, 0.000001, 0.000002, 1.0]
    columns = place(times, 40)

    assert list(columns.values()) == sorted(set(columns.values()))
    assert columns[1.0] == 39


def test_the_longest_pauses_survive_where_columns_are_few() -> None:
    """With three columns for four moments the shortest pause is not drawn."""
    assert place([0.0, 1.0, 1.1, 2.0], 3) == {0.0: 0, 1.0: 1, 1.1: 1, 2.0: 2}


def test_a_pid_that_is_used_again_gets_a_row_of_its_own() -> None:
    """Two processes with one number are two lives."""
    twice = _events(
        Event(at_seconds=0, kind="start", pid=1, text="init"),
        Event(at_seconds=1, kind="fork", pid=1, child=2),
        Event(at_seconds=2, kind="exit", pid=2, wait_status=0),
        Event(at_seconds=3, kind="reap", pid=2, by=1, wait_status=0),
        Event(at_seconds=4, kind="fork", pid=1, child=2),
    )

    assert [(lane.pid, lane.reaped_by) for lane in lanes(twice)] == [(1, None), (2, 1), (2, None)]


def test_a_stop_a_start_and_a_signal_sent_are_marked() -> None:
    """T, C and s stand where it happened, in text and in the picture alike."""
    stopped = _events(
        Event(at_seconds=0, kind="start", pid=2),
        Event(at_seconds=1, kind="send", pid=2, child=3, signal=19),
        Event(at_seconds=2, kind="stop", pid=3, signal=19),
        Event(at_seconds=3, kind="continue", pid=3, signal=18),
    )
    first, second = chart_text(stopped, width=60).splitlines()[1:]

    assert first.count("s") == 1
    assert re.search(r"-T\.+C$", second)
    assert {"s", "T", "C"} <= set(re.findall(r">(\w)</text>", timeline_svg(stopped).decode()))


def test_children_come_below_their_parent() -> None:
    """Rows are nested by birth, as in a tree, whatever the pids are."""
    nested = _events(
        Event(at_seconds=0, kind="start", pid=9),
        Event(at_seconds=1, kind="fork", pid=9, child=3),
        Event(at_seconds=2, kind="fork", pid=9, child=4),
        Event(at_seconds=3, kind="fork", pid=3, child=8),
    )

    assert [(lane.pid, lane.depth) for lane in lanes(nested)] == [(9, 0), (3, 1), (8, 2), (4, 1)]


def test_init_comes_first_and_the_program_below_it() -> None:
    """Who is named as the parent of the first process has a lane above it, as in a tree."""
    started = _events(
        Event(at_seconds=0, kind="start", pid=2, by=1, text="python"),
        Event(at_seconds=1, kind="exit", pid=2, wait_status=0),
        Event(at_seconds=2, kind="reap", pid=2, by=1, wait_status=0),
    )

    assert [(lane.pid, lane.depth, lane.parents) for lane in lanes(started)] == [
        (1, 0, []),
        (2, 1, [1]),
    ]


def test_the_line_that_made_the_call_is_told_with_the_event() -> None:
    """Where the program's text is known, the list of events shows the line itself."""
    told = replace(
        _events(
            Event(at_seconds=0, kind="fork", pid=2, child=3, line=2, source="cell"),
            Event(at_seconds=1, kind="exit", pid=3, line=9, source="cell"),
            Event(at_seconds=2, kind="exit", pid=2, line=1, source="elsewhere"),
        ),
        sources={"cell": "import os\n    pid = os.fork()  #\x1b[31m two\n"},
    )

    assert [line.split(None, 2)[2] for line in events_text(told).splitlines()[1:]] == [
        "forks 3 (line 2):  pid = os.fork()  # two",
        "ends: status not seen (line 9)",
        "ends: status not seen (line 1)",
    ]


def test_a_fork_told_after_its_child_was_seen_still_makes_one_row() -> None:
    """Events of a child can come first; it is the same life."""
    early = _events(
        Event(at_seconds=0, kind="exec", pid=3, text="/bin/x"),
        Event(at_seconds=1, kind="fork", pid=2, child=3),
    )

    assert sorted((lane.pid, lane.depth) for lane in lanes(early)) == [(2, 0), (3, 1)]


def test_a_sampled_timeline_says_what_it_missed() -> None:
    """Mode, pace and miss rate are the first thing that is read."""
    sampled = replace(
        TIMELINE, mode="sampled", sample_seconds=0.01, missed_processes=5, miss_rate=0.2
    )
    head = " ".join(timeline_text(sampled).split("\n\n")[0].split())

    assert head == (
        "Timeline, sampled: photographs of /proc every 10.0 ms; what happened between two is "
        "worked out. 5 processes or threads came and went unseen (20% of all)."
    )


def test_a_thousand_processes_are_bounded_and_counted() -> None:
    """Charts show the first rows and say how many there are beyond."""
    crowd = _events(
        Event(at_seconds=0, kind="start", pid=1, text=HOSTILE),
        *(Event(at_seconds=n / 1000, kind="fork", pid=1, child=n) for n in range(2, 1002)),
    )

    assert chart_text(crowd).splitlines()[-1] == "... and 901 more"
    assert events_text(crowd).splitlines()[-1] == "... and 601 more"
    assert len(timeline_svg(crowd)) < 100_000


def test_a_timeline_without_events_is_said_to_be_empty() -> None:
    """Nothing happened is a sentence, not an empty chart."""
    assert timeline_text(_events()).endswith("Nothing happened.")
    assert b"</svg>" in timeline_svg(_events())


def test_the_svg_is_well_formed_and_holds_no_foreign_markup() -> None:
    """Hostile names become text; nothing in the picture can run or load."""
    hostile = replace(
        TIMELINE, events=(*TIMELINE.events, Event(at_seconds=1, kind="exec", pid=5, text=HOSTILE))
    )
    root = ET.fromstring(timeline_svg(hostile))

    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "rect", "line", "text", "circle"}
    assert any("zombie" in (element.text or "") for element in root.iter())


_small = st.none() | st.integers(-2, 4)
_any_event = st.builds(
    Event,
    at_seconds=st.floats(0, 2) | st.sampled_from([0.0, 1.0]),
    kind=st.sampled_from(
        ["start", "fork", "exec", "exit", "zombie", "reap", "reparent", "signal", "send", "stop"]
        + ["continue"]
    ),
    pid=st.integers(1, 4),
    child=_small,
    by=_small,
    old=_small,
    signal=_small,
    wait_status=st.none() | st.integers(0, 0xFFFF),
    how=st.sampled_from([None, "fork", "thread"]),
    text=st.none() | st.text(max_size=8),
)


@given(st.lists(_any_event, max_size=25))
@settings(deadline=None)
def test_any_events_can_be_drawn(events: list[Event]) -> None:
    """Lost, doubled and contradicting events make an odd picture, never an exception."""
    timeline = _events(*sorted(events, key=lambda event: event.at_seconds))

    assert timeline_text(timeline)
    assert ET.fromstring(timeline_svg(timeline)) is not None
    assert max(map(len, chart_text(timeline).splitlines())) <= 80
