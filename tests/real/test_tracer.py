"""Trace real processes and compare what the tracer says with what they did."""

from __future__ import annotations

import errno
import inspect
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lessonkit.sandbox.tracer import Tracer
from lessonkit.sandbox.tracing import abi, seccomp
from tests.real import traced_programs

__all__: list[str] = []

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src"

pytestmark = pytest.mark.skipif(
    abi.here() is None, reason="by nature: system call numbers of this machine are not known"
)


def start(program: str, *options: str) -> subprocess.Popen[str]:
    """Start mini_init with one of the programs."""
    return subprocess.Popen(
        [sys.executable, str(HERE / "mini_init.py"), program, *options],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )


def facts_of(program: str, *options: str) -> dict[str, Any]:
    """Run one of the programs to its end and return what mini_init saw."""
    with start(program, *options) as init:
        text, _ = init.communicate(timeout=110)
    facts: dict[str, Any] = json.loads(text)
    assert facts["in_time"]
    return facts


def events_of(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of a run, without the fields that are not set."""
    events = facts["timeline"]["events"]
    return [{k: v for k, v in event.items() if v is not None} for event in events]


def story(facts: dict[str, Any], *, without: tuple[str, ...] = ()) -> list[str]:
    """The events as short lines; S is the program, A, B, C ... its descendants by first sight.

    SIGCHLD from the kernel is left out: when it arrives relative to the reaping is chance.
    """
    names = {facts["init"]: "init", facts["student"]: "S", 0: "0"}
    letters = iter("ABCDEFGHIJKLMNOPQRTUVWXYZ" * 100)

    def name(pid: int) -> str:
        if pid not in names:
            names[pid] = next(letters)
        return names[pid]

    lines = []
    for event in events_of(facts):
        kind = event["kind"]
        who = name(event["pid"])
        if kind in without or (kind == "signal" and event["signal"] == signal.SIGCHLD):
            continue
        words = [kind, who]
        if "child" in event:
            words.append(name(event["child"]))
        words += [str(event[k]) for k in ("how", "signal", "wait_status", "text") if k in event]
        if "old" in event:
            words.append(f"from {name(event['old'])}")
        if "by" in event:
            words.append(f"by {name(event['by'])}")
        lines.append(" ".join(words))
    return lines


END_OF_S = ["exit S 0", "zombie S by init", "reap S 0 by init"]
PROGRAMS = [
    name
    for name, function in inspect.getmembers(traced_programs, inspect.isfunction)
    if not name.startswith(("_", "sleeps_for_ever"))
    and function.__module__ == traced_programs.__name__
]


def assert_consistent(facts: dict[str, Any]) -> None:
    """Every process is born once, ends once, is reaped once, by who is its parent then."""
    events = events_of(facts)
    times = [event["at_seconds"] for event in events]
    assert times == sorted(times)
    parent: dict[int, int] = {}
    stage: dict[int, str] = {}
    reaped_by_init = []
    for event in events:
        kind, pid, by = event["kind"], event["pid"], event.get("by")
        if kind == "start":
            parent[pid], stage[pid] = facts["init"], "alive"
        elif kind == "fork" and event["how"] != "thread":
            child = event["child"]
            assert stage.get(child) in (None, "reaped"), event
            parent[child], stage[child] = pid, "alive"
        elif kind == "reparent":
            assert event["old"] == parent[pid], event
            parent[pid] = event["by"]
        elif kind == "exit":
            assert stage[pid] == "alive", event
            stage[pid] = "dead"
        elif kind == "zombie":
            assert (stage[pid], parent[pid]) == ("dead", by), event
            stage[pid] = "zombie"
        elif kind == "reap":
            assert stage[pid] == ("zombie" if by else "dead"), event
            assert by in (0, parent[pid]), event
            assert "how" not in event
            stage[pid] = "reaped"
            if by == facts["init"]:
                reaped_by_init.append((pid, event["wait_status"]))
    assert set(stage.values()) == {"reaped"}
    own = Counter(map(tuple, facts["own"]))
    assert not Counter(reaped_by_init) - own
    assert len(facts["own"]) - len(reaped_by_init) == facts["timeline"]["missed_processes"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_life_is_told_whole_and_without_contradiction(program: str) -> None:
    """Birth, end, zombie and reaping of each process are there once, in order, by its parent."""
    facts = facts_of(program)
    assert_consistent(facts)
    # Only who is killed before its first instruction, together with its maker, is missed.
    if program != "group_killed_while_forking":
        assert facts["timeline"]["missed_processes"] == 0


@pytest.mark.parametrize(
    "program",
    [p for p in PROGRAMS if p not in ("killed_while_forking", "group_killed_while_forking")],
)
def test_a_traced_program_does_what_it_does_untraced(program: str) -> None:
    """Output and exit statuses are those of the same program without a tracer."""
    traced, plain = facts_of(program), facts_of(program, "--plain")
    assert traced["output"] == plain["output"]
    assert sorted(s for _, s in traced["own"]) == sorted(s for _, s in plain["own"])


def test_fork_exit_wait_is_told_exactly() -> None:
    """One fork, one exit, one wait: three events between start and end, and a zombie."""
    assert story(facts_of("fork_exit_wait")) == [
        "start S",
        "fork S A fork",
        "exit A 1792",
        "zombie A by S",
        "reap A 1792 by S",
        *END_OF_S,
    ]


def test_zombie_lasts_until_the_parent_waits() -> None:
    """A parent that waits 0.2 s later leaves a zombie for about so long."""
    events = {e["kind"]: e for e in events_of(facts_of("zombie_for_a_while"))[:-3]}
    assert 0.15 <= events["reap"]["at_seconds"] - events["zombie"]["at_seconds"] < 60


def test_zombie_without_a_parent_is_reaped_by_init() -> None:
    """A zombie whose parent ends is handed to init, which reaps it."""
    facts = facts_of("zombie_left_to_init")
    lines = story(facts)
    assert lines[:6] == [
        "start S",
        "fork S A fork",
        "exit A 1280",
        "zombie A by S",
        "exit S 0",
        "reparent A from S by init",
    ]
    assert set(lines[6:]) == {"zombie S by init", "reap S 0 by init", "reap A 1280 by init"}
    assert len(facts["own"]) == 2


def test_orphan_gets_init_as_its_parent() -> None:
    """A living child whose parent ended is told as re-parented, and init reaps it."""
    lines = story(facts_of("orphan_reparented"))
    # What A and B do after A's end is not ordered against each other.
    assert lines[3:5] == ["exit A 0", "reparent B from A by init"]
    assert lines.index("zombie A by S") < lines.index("reap A 0 by S")
    assert [line for line in lines if " B " in line][-3:] == [
        "exit B 1024",
        "zombie B by init",
        "reap B 1024 by init",
    ]


def test_orphan_of_an_inner_subreaper_stays_in_the_family() -> None:
    """An ancestor that called PR_SET_CHILD_SUBREAPER adopts, and is told as the one who reaps."""
    lines = story(facts_of("adopted_by_inner_subreaper"))
    assert "reparent B from A by S" in lines
    assert "reap B 1024 by S" in lines


def test_nobody_reaps_where_sigchld_is_ignored() -> None:
    """With SIGCHLD ignored a child is gone at its exit: no zombie, reaped by nobody."""
    assert story(facts_of("sigchld_ignored")) == [
        "start S",
        "fork S A fork",
        "exit A 256",
        "reap A 256 by 0",
        *END_OF_S,
    ]


def test_waiting_does_not_reap_where_sigchld_is_ignored() -> None:
    """A wait call that is under way while children vanish is not credited with them."""
    facts = facts_of("sigchld_ignored_and_waits")
    lines = story(facts)
    assert {"reap A 256 by 0", "reap B 512 by 0"} <= set(lines)
    assert not [line for line in lines if line.startswith(("zombie A", "zombie B"))]
    assert facts["output"] == "ECHILD\n"


def test_nobody_reaps_where_sa_nocldwait_is_set() -> None:
    """SA_NOCLDWAIT is as good as ignoring SIGCHLD, until exec takes it away."""
    lines = story(facts_of("sa_nocldwait"))
    assert lines[1:4] == ["fork S A fork", "exit A 256", "reap A 256 by 0"]
    assert {"zombie B by S", "reap B 768 by S"} <= set(lines)


def test_a_parent_killed_in_its_wait_is_not_credited() -> None:
    """What vanished while SIGCHLD was ignored was reaped by nobody, also if the parent dies."""
    lines = story(facts_of("killed_in_its_wait"))
    assert "reap B 256 by 0" in lines
    assert "reap C 512 by init" in lines


def test_looking_with_wnowait_does_not_reap() -> None:
    """waitid with WNOWAIT returns the child but leaves it: one reap, by the second call."""
    facts = facts_of("peeks_then_reaps")
    assert [line for line in story(facts) if line.startswith("reap A")] == ["reap A 2304 by S"]


def test_waits_that_return_nothing_are_still_understood() -> None:
    """wait4 and waitid without any place for their results: who vanished was reaped."""
    lines = story(facts_of("waits_without_status"))
    assert {"reap A 256 by S", "reap B 512 by S"} <= set(lines)


def test_stop_and_continue_are_told_and_work() -> None:
    """SIGSTOP stops (the parent's WUNTRACED wait sees it), SIGCONT continues, in this order."""
    facts = facts_of("stop_and_continue")
    assert facts["output"] == "True True 9\n"
    assert story(facts)[2:] == [
        "send S A 19",
        "signal A 19 by S",
        "stop A 19",
        "send S A 18",
        "continue A 18",
        "signal A 18 by S",
        "send S A 9",
        "exit A 9",
        "zombie A by S",
        "reap A 9 by S",
        *END_OF_S,
    ]


def test_a_stopped_process_can_be_killed() -> None:
    """SIGKILL ends a stopped process without continuing it."""
    assert story(facts_of("killed_while_stopped"))[4:8] == [
        "stop A 19",
        "send S A 9",
        "exit A 9",
        "zombie A by S",
    ]


def test_a_caught_signal_names_its_sender() -> None:
    """A signal from another process is told with that process as its sender."""
    lines = story(facts_of("signal_with_handler"))
    assert lines[2] == "send A S 10"
    assert "signal S 10 by A" in lines


def test_a_signal_of_the_kernel_has_no_sender() -> None:
    """A timer's SIGALRM comes from the kernel: by 0."""
    assert "signal S 14 by 0" in story(facts_of("alarm_from_the_kernel"))


def test_a_refused_kill_says_why() -> None:
    """kill() of nobody is ESRCH, of a signal that does not exist EINVAL; 0 only asks."""
    lines = story(facts_of("kills_refused"))
    assert lines[1:4] == ["send S init 0", "send S A 15 ESRCH", "send S S 999 EINVAL"]


def test_a_kill_of_oneself_is_told_before_the_end() -> None:
    """SIGKILL to oneself: the call never returns, and is told all the same."""
    assert story(facts_of("kills_itself")) == [
        "start S",
        "send S S 9",
        "exit S 9",
        "zombie S by init",
        "reap S 9 by init",
    ]


def test_a_signal_to_a_group_is_told_as_it_was_asked_for() -> None:
    """killpg(0) is a send to target 0, and arrives at each member."""
    lines = story(facts_of("kills_its_group"))
    assert "send S 0 15" in lines
    assert {"signal A 15 by S", "signal S 15 by S"} <= set(lines)


def test_a_signal_through_a_pidfd_names_its_target() -> None:
    """pidfd_send_signal is told with the process that the descriptor stands for."""
    assert "send S A 9" in story(facts_of("kills_by_pidfd"))


def test_subprocess_is_a_vfork_and_an_exec() -> None:
    """subprocess.run: vfork, exec of the program, exit, reap."""
    facts = facts_of("runs_a_program")
    lines = story(facts)
    assert lines[1] == "fork S A vfork"
    assert lines[2] == f"exec A {os.path.realpath(sys.executable)}"
    assert lines[3:6] == ["exit A 768", "zombie A by S", "reap A 768 by S"]
    assert facts["output"] == "3\n"


def test_a_program_that_does_not_exist_is_no_exec() -> None:
    """A failed execve leaves no exec event: the child exits as the program it was."""
    lines = story(facts_of("runs_a_program_that_is_missing"))
    assert not [line for line in lines if line.startswith("exec")]
    assert "fork S A vfork" in lines


def test_exec_gives_a_new_name() -> None:
    """The name of a process after exec is that of its program."""
    facts = facts_of("spawns_and_shells")
    assert set(facts["timeline"]["names"].values()) >= {"true", "sh"}


def test_a_name_may_hold_anything() -> None:
    """A name with blanks, parentheses and a newline, set by prctl, is told as it is."""
    facts = facts_of("odd_name")
    assert facts["timeline"]["names"][str(facts["student"])] == "x) Z 1 (y\n"


def test_threads_are_not_processes() -> None:
    """A thread is told at its start only: no zombie, no reap, and it does not end the process."""
    assert story(facts_of("threads")) == [
        "start S",
        "fork S A thread",
        "fork S B thread",
        "fork S C thread",
        *END_OF_S,
    ]


def test_what_a_thread_forks_is_the_child_of_its_process() -> None:
    """fork and wait in a thread are told of the process."""
    assert story(facts_of("thread_forks_and_waits"))[2:6] == [
        "fork S B fork",
        "exit B 2048",
        "zombie B by S",
        "reap B 2048 by S",
    ]


def test_exec_in_a_thread_keeps_the_process() -> None:
    """A thread that calls exec takes the process over: same pid, one process to the end."""
    lines = story(facts_of("thread_calls_exec"))
    assert lines[:2] == ["start S", "fork S A thread"]
    assert lines[2].startswith("exec S ")
    assert lines[3:] == END_OF_S


def test_none_of_300_forks_is_missed() -> None:
    """300 children that end at once: 300 forks, exits, zombies, reaps, each status right."""
    facts = facts_of("many_forks")
    events = events_of(facts)
    kinds = Counter(event["kind"] for event in events)
    assert (kinds["fork"], kinds["exit"], kinds["reap"]) == (300, 301, 301)
    statuses = [e["wait_status"] for e in events if e["kind"] == "reap"]
    assert statuses[:300] == [(number % 256) << 8 for number in range(300)]
    assert facts["output"] == ""


def test_a_burst_of_sigchld_while_blocked_is_delivered_once() -> None:
    """20 children end while SIGCHLD is blocked: 20 exits, 20 reaps, one delivery."""
    facts = facts_of("burst_while_blocked")
    kinds = Counter(
        event["kind"]
        for event in events_of(facts)
        if event["kind"] != "signal" or event["signal"] == signal.SIGCHLD
    )
    assert (kinds["exit"], kinds["reap"], kinds["signal"]) == (21, 21, 1)
    assert facts["output"] == "1 True\n"


def test_a_killed_parent_hands_over_the_living_and_the_dead() -> None:
    """Its zombie and its living child both go to init, after its own end."""
    lines = story(facts_of("parent_killed_with_children"))
    end = lines.index("exit A 9")
    assert end < lines.index("reparent B from A by init")
    assert end < lines.index("reparent C from A by init")
    assert {"reap B 768 by init", "reap C 0 by init"} <= set(lines)


def test_pids_of_an_inner_namespace_are_told_as_ours() -> None:
    """In a pid namespace of the program's own, waits and kills name 1 and 2: they are mapped."""
    facts = facts_of("nested_pid_namespace")
    if facts["output"] == "refused":
        pytest.skip("by nature: user namespaces are refused here")
    lines = story(facts)
    assert facts["output"] == "2\n"
    assert {"send A B 9", "reap B 9 by A"} <= set(lines)


def test_a_sibling_made_by_clone_has_its_makers_parent() -> None:
    """CLONE_PARENT: who made it and whose child it is are told apart."""
    lines = story(facts_of("clone_as_sibling"))
    assert lines[2:4] == ["fork A B fork", "reparent B from A by S"]
    assert "reap B 512 by S" in lines


@pytest.mark.skipif(os.geteuid() != 0, reason="by nature: only root can become somebody else")
def test_a_program_without_privileges_is_traced() -> None:
    """Seized before it drops its privileges, it stays traced afterwards."""
    assert story(facts_of("fork_exit_wait", "--uid", "65534")) == [
        "start S",
        "fork S A fork",
        "exit A 1792",
        "zombie A by S",
        "reap A 1792 by S",
        *END_OF_S,
    ]


def test_children_of_init_that_are_not_traced_are_its_own() -> None:
    """The end of an untraced child of init is reported as init's, and is in no event."""
    facts = facts_of("fork_exit_wait", "--bystander")
    assert 77 << 8 in [status for _, status in facts["own"]]
    assert len(facts["own"]) == 2
    assert facts["timeline"]["missed_processes"] == 0
    assert 77 << 8 not in [e.get("wait_status") for e in events_of(facts)]


def test_init_may_keep_its_zombies_for_a_while() -> None:
    """With wait_held what ends as a child of init stays a zombie; the program runs as ever."""
    facts = facts_of("zombie_left_to_init", "--hold", "0.4")
    assert_consistent(facts)
    events = events_of(facts)
    adopted = next(e["at_seconds"] for e in events if e["kind"] == "reparent")
    reaped = [e["at_seconds"] for e in events if e["kind"] == "reap"]
    assert min(reaped) - events[0]["at_seconds"] >= 0.3
    assert min(reaped) > adopted or len(reaped) == 2


def test_too_many_events_are_cut_off_and_said_to_be() -> None:
    """After max_events nothing is noted, the program runs on, and the record says so."""
    facts = facts_of("many_at_once", "--max-events", "20")
    assert len(events_of(facts)) == 20
    assert facts["timeline"]["truncated"] is True
    assert facts["output"] == "True\n"


def test_no_tracee_outlives_its_tracer() -> None:
    """When init is killed, so is everything that it traced."""
    with start("sleeps_for_ever_with_children") as init:
        assert init.stdout is not None
        pids = _descendants_when_ready(init.pid, count=3)
        init.kill()
    deadline = time.monotonic() + 60
    while any(_is_running(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _descendants_when_ready(root: int, *, count: int) -> list[int]:
    deadline = time.monotonic() + 60
    while True:
        found: list[int] = []
        queue = [root]
        while queue:
            try:
                path = f"/proc/{queue[0]}/task/{queue.pop(0)}/children"
                children = [int(pid) for pid in Path(path).read_text().split()]
            except FileNotFoundError:
                continue
            found += children
            queue += children
        if len(found) >= count:
            return found
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_running(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def test_a_refusal_of_the_kernel_is_an_error() -> None:
    """seize says why the kernel refuses: nobody can trace himself."""
    with pytest.raises(OSError, match="cannot trace process") as refusal:
        Tracer().seize(os.getpid())
    assert refusal.value.errno == errno.EPERM


@pytest.mark.parametrize("lines", [True, False])
def test_the_filter_allows_what_it_does_not_know(lines: bool) -> None:
    """The filter's jumps stay inside it, and it ends with "allow" and "trace".

    What is watched for its line alone is in it only where lines are asked for.
    """
    machine = abi.here()
    assert machine is not None
    code = seccomp.filter_code(machine, lines=lines)
    compared = {code[i + 4 : i + 8] for i in range(0, len(code), 8)}
    asked = {n.to_bytes(4, sys.byteorder) for n, name in machine.calls.items() if "exec" in name}
    assert len(asked) == 2
    assert asked <= compared if lines else not asked & compared
    instructions = [code[i : i + 8] for i in range(0, len(code), 8)]
    for index, instruction in enumerate(instructions[:-2]):
        assert index + 1 + max(instruction[2], instruction[3]) < len(instructions)
    returned = [int.from_bytes(i[4:], sys.byteorder) for i in instructions[-2:]]
    assert returned == [0x7FFF0000, 0x7FF00000]
