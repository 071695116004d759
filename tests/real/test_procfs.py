"""/proc as the running kernel fills it: names, zombies, threads, namespaces, owners."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from lessonkit import procfs
from lessonkit.records import ProcessInfo
from tests.conftest import BY_NATURE

NOBODY = 65534
PR_SET_NAME = 15
LIBC = ctypes.CDLL(None)
SECONDS = 60.0
"""How long a test waits for what must come: on a busy machine a moment may be long."""


@contextmanager
def _child(do: Callable[[], object] = signal.pause) -> Iterator[int]:
    """Fork a child that does one thing and exits; end and reap it if need be."""
    pid = os.fork()
    if pid == 0:
        try:
            do()
        finally:
            os._exit(0)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _when(condition: Callable[[ProcessInfo], bool], pid: int) -> ProcessInfo:
    """Return the process, with its arguments, once it is as wanted."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        process = procfs.read_process(pid, cmdline=True)
        assert process is not None
        if condition(process):
            return process
        time.sleep(0.002)
    raise AssertionError(f"{pid} never became what was waited for: {process}")


@pytest.mark.parametrize("comm", [b"x) Z 1 (y", b") R 0 (", b"a\nb", b"caf\xe9", b""])
def test_a_process_may_call_itself_anything(comm: bytes) -> None:
    """State and parent are read right whatever the name is, from stat and from a snapshot."""

    def rename_and_wait() -> None:
        LIBC.prctl(PR_SET_NAME, comm, 0, 0, 0)
        signal.pause()

    shown = comm.decode("utf-8", "backslashreplace")
    with _child(rename_and_wait) as pid:
        process = _when(lambda p: p.comm == shown and p.state == "S", pid)
        again = procfs.snapshot().get(pid)

    assert process.ppid == os.getpid()
    assert again is not None
    assert (again.comm, again.state, again.ppid) == (shown, "S", os.getpid())


def test_a_zombie_keeps_its_owner_and_its_status() -> None:
    """Exit code 7 can be read until somebody reaps it; then there is nothing to read."""
    with _child(lambda: os._exit(7)) as pid:
        zombie = _when(lambda p: p.is_zombie, pid)
        assert (zombie.exit_status, zombie.uid, zombie.ppid) == (7 << 8, os.geteuid(), os.getpid())
        assert pid in procfs.children(os.getpid())
        again = procfs.snapshot(root_pid=os.getpid()).get(pid)
        assert again is not None
        assert (again.is_zombie, again.exit_status, again.ppid) == (True, 7 << 8, os.getpid())

    assert procfs.read_process(pid) is None
    assert pid not in procfs.children(os.getpid())
    assert procfs.tasks(pid) == ()
    assert procfs.status_field(pid, "State") is None
    assert procfs.nspid(pid) == ()


def test_a_signal_is_in_the_status_of_a_zombie() -> None:
    """The status is that of waitpid: the low bits hold the signal."""
    with _child(lambda: os.kill(os.getpid(), signal.SIGTERM)) as pid:
        assert _when(lambda p: p.is_zombie, pid).exit_status == signal.SIGTERM


def _become_nobody() -> None:
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason=f"{BY_NATURE}only root can act as another user"
)


@needs_root
@pytest.mark.parametrize("ends", [True, False], ids=["zombie", "not dumpable"])
def test_the_owner_is_the_effective_user_even_where_files_say_root(ends: bool) -> None:
    """The file `stat` belongs to root for a zombie, and after setuid; the folder does not."""

    def change_user() -> None:
        _become_nobody()
        if not ends:
            signal.pause()

    with _child(change_user) as pid:
        process = _when(lambda p: p.uid == NOBODY and p.state == ("Z" if ends else "S"), pid)
        owner_of_stat = os.stat(f"/proc/{pid}/stat").st_uid

    assert (process.is_zombie, owner_of_stat) == (ends, 0)


@needs_root
def test_a_status_that_the_kernel_hides_is_unknown_not_zero() -> None:
    """An ordinary user reads 0 as the status of root's zombies: that is told as None."""
    reading, writing = os.pipe()
    with _child(lambda: os._exit(7)) as dead:
        _when(lambda p: p.is_zombie, dead)

        def look() -> None:
            _become_nobody()
            seen = procfs.snapshot().get(dead)
            os.write(writing, repr(seen.exit_status if seen else "gone").encode())

        with _child(look):
            told = os.read(reading, 100)
    os.close(reading)
    os.close(writing)

    assert told == b"None"


def test_threads_are_counted_and_listed_but_are_no_processes() -> None:
    """A thread has a tid in task/, and none in the snapshot."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    deadline = time.monotonic() + SECONDS
    try:
        while True:
            tids = procfs.tasks(os.getpid())
            seen = procfs.snapshot()
            itself = seen.get(os.getpid())
            # Another thread of this process may have begun or ended in between.
            same = itself is not None and itself.threads == len(tids) == len(set(tids))
            if same or time.monotonic() > deadline:
                break
    finally:
        done.set()
        thread.join()

    assert thread.native_id in tids
    assert itself is not None
    assert itself.threads == len(tids) >= 2
    assert seen.get(thread.native_id or 0) is None


def test_children_of_a_thread_are_children_of_the_process() -> None:
    """The kernel lists them with the thread that forked; all threads are asked."""
    started: list[subprocess.Popen[bytes]] = []
    done = threading.Event()

    def start_and_stay() -> None:
        started.append(subprocess.Popen(["sleep", "60"]))
        done.wait()

    thread = threading.Thread(target=start_and_stay)
    thread.start()
    try:
        deadline = time.monotonic() + SECONDS
        while not started and time.monotonic() < deadline:
            time.sleep(0.002)
        assert started[0].pid in procfs.children(os.getpid())
    finally:
        for process in started:
            process.kill()
            process.wait()
        done.set()
        thread.join()


def test_processes_that_come_and_go_do_not_disturb_a_snapshot() -> None:
    """Hundreds of photographs while a shell starts and ends commands: none fails."""
    script = "import os\nwhile True:\n pid = os.fork() or os._exit(0)\n os.waitpid(pid, 0)"
    busy = subprocess.Popen([sys.executable, "-c", script])
    try:
        before = after = procfs.last_pid()
        taken, deadline = 0, time.monotonic() + SECONDS
        # What forks may take longer to start than a hundred photographs do.
        while taken < 100 or (after == before and time.monotonic() < deadline):
            assert procfs.snapshot().get(os.getpid()) is not None
            assert procfs.read_process(busy.pid) is not None
            taken += 1
            after = procfs.last_pid()
    finally:
        busy.kill()
        busy.wait()

    assert before is not None
    assert after is not None
    assert after != before


def test_the_tree_of_a_process_holds_it_and_its_child() -> None:
    """Nobody else is in it: not the parent, not its siblings."""
    with _child() as pid, _child() as sibling:
        tree = procfs.snapshot(root_pid=pid)
        own = procfs.snapshot(root_pid=os.getpid())

    assert [process.pid for process in tree.processes] == [pid]
    assert {pid, sibling, os.getpid()} <= {process.pid for process in own.processes}


def test_arguments_are_read_on_request() -> None:
    """A living process has its arguments, a zombie has none left."""
    with subprocess.Popen(["sleep", "60"]) as process:
        try:
            # exec has told of itself before the arguments can be read: until then there are none.
            seen = _when(lambda p: p.cmdline == ("sleep", "60"), process.pid)
        finally:
            process.kill()
    with _child(lambda: None) as pid:
        zombie = _when(lambda p: p.is_zombie, pid)

    assert seen.cmdline == ("sleep", "60")
    assert zombie.cmdline == ()


def test_a_process_in_a_namespace_has_a_pid_in_each() -> None:
    """From outside in: the number here, then the number inside, which is 1 for its first."""
    unshare = shutil.which("unshare")
    command = [unshare or "", "--user", "--map-root-user", "--pid", "--fork", "sleep", "60"]
    if unshare is None or subprocess.run([*command[:-2], "true"], check=False).returncode != 0:
        pytest.skip("this host gives out no user and pid namespaces")
    with subprocess.Popen(command) as process:
        deadline = time.monotonic() + SECONDS
        inner: tuple[int, ...] = ()
        while not inner and time.monotonic() < deadline:
            inner = procfs.children(process.pid)
            time.sleep(0.002)
        assert procfs.nspid(process.pid) == (process.pid,)
        assert procfs.nspid(inner[0]) == (inner[0], 1)
        os.kill(inner[0], signal.SIGKILL)


def test_a_photograph_costs_microseconds_per_process() -> None:
    """Generous bound, to catch a slip of an order of magnitude; `make bench` measures."""
    times = []
    for _ in range(5):
        began = time.thread_time()  # what other processes take is not what it costs
        count = len(procfs.snapshot().processes)
        times.append((time.thread_time() - began) / count)

    assert min(times) < 0.0005


def test_the_time_that_a_thread_ran_and_waited_is_told_while_it_lives() -> None:
    """What runs has run for longer at the next look; of a process that is gone nobody knows."""
    first = procfs.schedule_seconds(os.getpid())
    if first is None:
        pytest.skip("by nature: this kernel does not count what processes wait for a processor")
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    second = procfs.schedule_seconds(os.getpid())
    assert second is not None
    assert second[0] >= first[0] + 0.03
    assert second[1] >= first[1]
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    assert procfs.schedule_seconds(pid) is None
