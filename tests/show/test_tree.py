"""Trees of processes as text."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

from lessonkit.records import Snapshot
from lessonkit.show import tree_text
from tests.show.handmade import TREE, process


def test_a_tree_is_drawn_as_ps_does() -> None:
    """Branches, states, `[name] <defunct>` for zombies, and one line per process."""
    assert tree_text(TREE) == (
        "  PID  PPID STAT COMMAND\n"
        "    1     0 Ss   init\n"
        "    2     1 Ssl   \\_ python\n"
        "    3     2 Z     |   \\_ [true] <defunct>\n"
        "    4     2 S     |   \\_ x) Z 1 (y\n"
        "    5     4 S     |       \\_ a\\nb\\x1b[31m\n"
        "    6     1 T     \\_ <b>orphan</b>"
    )


def test_processes_without_a_known_parent_are_roots() -> None:
    """A tree may have several roots; columns grow with the pids."""
    two = Snapshot(
        at_seconds=0, processes=(process(7, 3, "a"), process(1234567, 0, "b", sid=1234567))
    )

    assert tree_text(two) == (
        "    PID    PPID STAT COMMAND\n      7       3 S    a\n1234567       0 Ss   b"
    )


def test_odd_parents_neither_loop_nor_hide_anyone() -> None:
    """Its own parent, a loop of two, a parent younger than its child: each is shown once."""
    odd = Snapshot(
        at_seconds=0,
        processes=(
            process(2, 2, "own"),
            process(3, 4, "loop", start_ticks=9),
            process(4, 3, "loop", start_ticks=9),
            process(5, 6, "child"),
            process(6, 0, "younger"),
        ),
    )
    lines = tree_text(odd).splitlines()[1:]

    assert sorted(line.split()[0] for line in lines) == ["2", "3", "4", "5", "6"]
    assert lines[0].endswith("Ss   own")


def test_a_thousand_processes_in_one_chain_stay_narrow() -> None:
    """Where a branch gets too deep its depth is written instead of drawn."""
    chain = Snapshot(
        at_seconds=0, processes=tuple(process(pid, pid - 1, "sh") for pid in range(1, 1001))
    )
    lines = tree_text(chain).splitlines()

    assert len(lines) == 1001
    assert max(map(len, lines)) < 150
    assert lines[-1].endswith("\\_ (depth 999) sh")


def test_a_thousand_siblings_are_all_there_or_counted() -> None:
    """At most `limit` processes are drawn, and the number of the others is said."""
    wide = Snapshot(
        at_seconds=0,
        processes=(process(1, 0, "init"), *(process(pid, 1, "sh") for pid in range(2, 1002))),
    )

    assert len(tree_text(wide, limit=2000).splitlines()) == 1002
    assert tree_text(wide, limit=10).splitlines()[-1] == "... and 991 more"
    few = dataclasses.replace(wide, processes=wide.processes[:3], left_out=5)
    assert tree_text(few).splitlines()[-1] == "... and 5 more"
    assert tree_text(few, limit=2).splitlines()[-1] == "... and 6 more"


def test_no_processes_are_said_to_be_none() -> None:
    """An empty snapshot is not an empty string."""
    assert tree_text(replace(TREE, processes=())) == "(no processes)"
