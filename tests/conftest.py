"""Hold every test to two rules: leave nothing behind, and do not skip what could run.

LESSONKIT_MUST_WORK=1 turns every skip into a failure, except one whose reason starts with
"by nature: ", for what no installation can give this machine (another processor, say).
CI sets it, after installing all that the tests drive.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.balance import longest_first, pytest_xdist_make_scheduler

__all__ = ["BY_NATURE", "pytest_xdist_make_scheduler"]

BY_NATURE = "by nature: "
LEAK_SECONDS = 30.0

# Whether an example takes longer than a fifth of a second says something of the machine.
settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")

LAUNCHERS = ("lessonkit launcher", "lessonkit.sandbox.launcher")
# Its own socket; the socket, the two pipes and the pidfd of the box in reserve; as many that
# are just being closed.
DESCRIPTORS_PER_LAUNCHER = 9


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where that is asked for; an xfail is no skip."""
    if os.environ.get("LESSONKIT_MUST_WORK") != "1":
        return
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    if not reason.startswith(BY_NATURE):
        report.outcome = "failed"
        report.longrepr = f"skipped, and LESSONKIT_MUST_WORK=1 forbids that: {reason}"


def pytest_configure() -> None:
    """A shell that starts us in the background has interrupts ignored; tests of them would fail."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have what takes long given out first (pytest calls this)."""
    longest_first(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Apply the rule on skips to one phase of one test (pytest calls this)."""
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Apply the rule on skips to a whole file that skips itself (pytest calls this)."""
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail a test after which there is a new child, file descriptor or mount of ours.

    A launcher serves all sandboxes of a process and stays for the next test, with one box in
    reserve that every run replaces. So while launchers live, new sockets, pipes and
    pidfds are counted, over all tests, and only what these need is allowed.
    """
    before = _possessions()
    yield
    deadline = time.monotonic() + LEAK_SECONDS
    while left := _left_since(before):
        if time.monotonic() > deadline:
            pytest.fail(f"left behind: {', '.join(sorted(left))}")
        # What ended a moment ago may still be on its way out; there is nothing to wait on.
        time.sleep(0.02)
    _grown.append(_growth(before, _possessions()))


# Sockets and pipes that each test so far has added (or, if negative, taken away).
_grown: list[int] = []


def _growth(before: set[str], after: set[str]) -> int:
    return len(_anonymous(after)) - len(_anonymous(before))


def _anonymous(things: set[str]) -> set[str]:
    kinds = (" -> socket:", " -> pipe:", " -> anon_inode:[pidfd]")
    return {thing for thing in things if any(kind in thing for kind in kinds)}


def _left_since(before: set[str]) -> set[str]:
    after = _possessions()
    new = after - before
    launchers = {thing for thing in after if thing.startswith("launcher ")}
    if not launchers:
        _grown.clear()
        return new
    if sum(_grown) + _growth(before, after) <= DESCRIPTORS_PER_LAUNCHER * len(launchers):
        new -= _anonymous(new)
    return new - launchers


def _possessions() -> set[str]:
    """Name what this process holds now: its children, descriptors and sandbox mounts."""
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    return (
        {_child_name(pid) for pid in _children()}
        | _descriptors()
        | {f"mount {line.split()[4]}" for line in mounts if "lessonkit" in line}
    )


def _children() -> set[int]:
    children: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        try:
            children |= {int(pid) for pid in (task / "children").read_text().split()}
        except FileNotFoundError:
            pass  # the thread has ended, or the kernel has no such file
    return children


def _child_name(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        words = ""  # it is gone
    kind = "launcher" if any(name in words for name in LAUNCHERS) else "child"
    return f"{kind} {pid} ({words.strip()})"


def _descriptors() -> set[str]:
    found = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            found.add(f"fd {name} -> {os.readlink(f'/proc/self/fd/{name}')}")
        except OSError:
            pass  # the descriptor that listed the folder is closed again
    return found
