"""The story of a real run agrees with what the kernel showed otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lessonkit import Limits, run
from lessonkit.records import Run
from lessonkit.show.story import Story, story, tree_at, tree_at_text

ZOMBIES = """
import os
for code in range(3):
    pid = os.fork()
    if pid == 0:
        os._exit(code)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
"""

ORPHAN = """
import os, time
middle = os.fork()
if middle == 0:
    parent = os.getpid()
    if os.fork() == 0:
        while os.getppid() == parent:
            time.sleep(0.002)
        os._exit(4)
    os._exit(0)
os.waitpid(middle, 0)
try:
    while True:
        os.kill(middle + 1, 0)
        time.sleep(0.002)
except ProcessLookupError:
    pass
"""

STOPPED = """
import os, signal
pid = os.fork()
if pid == 0:
    while True:
        signal.pause()
os.kill(pid, signal.SIGSTOP)
os.waitpid(pid, os.WUNTRACED)
os.kill(pid, signal.SIGCONT)
os.waitpid(pid, os.WCONTINUED)
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
"""

LEFT = """
import os, time
if os.fork() == 0:
    time.sleep(60)
os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "60")
"""

IGNORED = """
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
pid = os.fork()
if pid == 0:
    os._exit(3)
while os.path.exists(f"/proc/{pid}"):
    time.sleep(0.002)
"""


def _told(program: str, trace: Any = "exact") -> tuple[Run, Story]:
    record = run(program, trace=trace, limits=Limits(wall_seconds=60.0))
    assert record.ok, record.stderr
    assert record.timeline is not None
    return record, story(record.timeline)


def _all(nodes: list[dict[str, Any]], parent: int = 0) -> dict[int, tuple[int, str]]:
    """Pid -> (parent, state); a process that is gone at this very step is not there."""
    found = {}
    for node in nodes:
        pid = int(node["label"].split()[0])
        if node["state"] != "gone":
            found[pid] = (parent, node["state"])
        found |= _all(node["children"], pid)
    return found


def _step(told: Story, meant: Callable[[dict[str, Any]], bool]) -> int:
    return next(index for index, step in enumerate(told["steps"]) if meant(step))


def _ends(record: Run, told: Story) -> int:
    return _step(told, lambda s: (s["kind"], s["pid"]) == ("exit", record.main_pid))


def test_the_zombies_of_the_story_are_those_that_were_left() -> None:
    """When the program ends, init finds the zombies that the tree shows, and no other."""
    record, told = _told(ZOMBIES)
    tree = _all(tree_at(told, _ends(record, told) - 1))

    assert {pid for pid, (_, state) in tree.items() if state == "zombie"} == {
        corpse.pid for corpse in record.zombies_left
    }
    assert len(record.zombies_left) == 3
    assert _all(tree_at(told, len(told["steps"]) - 1)) == {1: (0, "run")}


def test_an_orphan_moves_to_init() -> None:
    """Its new parent is the one that adopts and reaps it, from the step of its re-parenting."""
    record, told = _told(ORPHAN)
    [orphan] = [corpse.pid for corpse in record.orphans_adopted]
    step = _step(told, lambda s: (s["kind"], s["pid"]) == ("reparent", orphan))

    assert _all(tree_at(told, step - 1))[orphan] == (orphan - 1, "run")
    assert _all(tree_at(told, step))[orphan] == (record.init_pid, "run")
    assert f"{orphan} python3: gone, reaped by {record.init_pid}" in "".join(
        tree_at_text(told, n) for n in range(len(told["steps"]))
    )


def test_a_stopped_process_is_shown_as_stopped_until_it_goes_on() -> None:
    """The states in between come from the kernel's own reports."""
    _, told = _told(STOPPED)
    states = [
        _all(tree_at(told, step)).get(3, (0, "none"))[1] for step in range(len(told["steps"]))
    ]

    order = [state for n, state in enumerate(states) if n == 0 or states[n - 1] != state]
    assert order == ["none", "run", "stop", "run", "ended", "zombie", "none"]


def test_nobody_is_a_zombie_where_sigchld_is_ignored() -> None:
    """The kernel lets go of such a child at once, and so does the story."""
    record, told = _told(IGNORED)

    trees = [_all(tree_at(told, step)) for step in range(_ends(record, told))]
    assert all(state != "zombie" for tree in trees for _, state in tree.values())
    assert any(3 in tree for tree in trees)


@pytest.mark.parametrize("program", [ZOMBIES, ORPHAN, STOPPED, LEFT, IGNORED])
def test_the_tree_is_the_photographed_one(program: str) -> None:
    """Just before the program ends, story and /proc name the same processes and parents."""
    record, told = _told(program)
    assert record.at_return is not None
    seen = {p.pid: (p.ppid, p.is_zombie) for p in record.at_return.processes}
    tree = _all(tree_at(told, _ends(record, told) - 1))

    assert {pid: (parent, state == "zombie") for pid, (parent, state) in tree.items()} == seen


def test_a_sampled_run_is_told_too() -> None:
    """It ends with the same zombies, and says that it is sampled."""
    record, told = _told(ZOMBIES + "time = __import__('time'); time.sleep(1)", "sample")
    zombies = {
        pid
        for step in range(len(told["steps"]))
        for pid, (_, state) in _all(tree_at(told, step)).items()
        if state == "zombie"
    }

    assert told["how"].startswith("sampled: photographs of /proc")
    # The program itself can be photographed in the instant before init reaps it.
    assert zombies - {record.main_pid} == {corpse.pid for corpse in record.zombies_left}


def test_the_line_of_the_call_is_the_programs_own() -> None:
    """The fork is on the line where the program's text has it."""
    _, told = _told(ZOMBIES)
    step = told["steps"][_step(told, lambda s: s["kind"] == "fork")]
    if step["source"] is None:
        pytest.skip("by nature: the lines of this interpreter cannot be read from outside")
    source = told["sources"][step["source"]]

    assert source["lines"][step["line"] - source["first"]] == "    pid = os.fork()"
