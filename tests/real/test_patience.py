"""A busy host is not a slow program: what a program waits for a processor does not count."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from lessonkit.sandbox.patience import MOST, Deadline

CROWDED = """
import json, os, sys, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
hogs = []
for _ in range(3):
    pid = os.fork()
    if pid == 0:
        os.setsid()  # or they share one session's part of the processor: sched(7), autogroup
        until = time.monotonic() + 60
        while time.monotonic() < until and os.getppid() != 1:
            pass
        os._exit(0)
    hogs.append(pid)
from lessonkit.runner import play_scene

asked, enough = [], float(sys.argv[1])


def hello():
    if not asked:  # only when it is called for the first time
        asked.append(1)
        while time.process_time() < enough:
            pass
    return os.getpid()


run = play_scene("safety:hello", hello)
for pid in hogs:
    os.kill(pid, 9)
    os.waitpid(pid, 0)
calls = [call["call"] for call in run.facts["calls"]]
print(json.dumps([[call["kind"], call["wall_seconds"]] for call in calls]))
"""


def calls_on_a_crowded_processor(cpu_seconds: float) -> list[tuple[str, float]]:
    """How the calls of scene 0.1 came back, of a function that shares a processor with three."""
    found = subprocess.run(
        [sys.executable, "-c", CROWDED, str(cpu_seconds)],
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert found.returncode == 0, found.stderr
    return [tuple(call) for call in json.loads(found.stdout)]


def test_a_function_that_has_to_wait_for_a_processor_is_not_given_up() -> None:
    """Its time is 3 s; it takes one second of processor time, and longer than 3 s of wall time."""
    for _ in range(3):
        calls = calls_on_a_crowded_processor(1.0)
        if calls[0][0] == "value" or calls[0][1] < 3.0 * (1 + MOST):
            break  # else the host kept it waiting for longer than is given back
    assert [kind for kind, _ in calls] == ["value"] * 5
    assert calls[0][1] > 3.0, "the processor was not crowded: this has shown nothing"


def test_a_function_that_never_ends_is_given_up_all_the_same() -> None:
    """Waiting is counted, but not for ever."""
    ((kind, seconds),) = calls_on_a_crowded_processor(1e6)
    assert kind == "timeout"
    assert seconds >= 3.0


def test_time_is_up_where_nobody_waits() -> None:
    """Negative control: without waiting, a deadline is what it says."""
    deadline = Deadline(0.02, lambda: (7.0, 0.0))
    while deadline.left():
        time.sleep(0.005)
    assert deadline.left() == 0.0


def test_a_deadline_moves_by_what_was_waited_and_no_further() -> None:
    """Time in the queue is given back; but a bounded time for any."""
    waited = [10.0]
    # In seconds, not in milliseconds: this process may be kept waiting between two lines, too.
    deadline = Deadline(2.0, lambda: (waited[0], 0.0))
    time.sleep(2.1)
    assert deadline.left() == 0.0
    waited[0] += 3600.0
    assert 0.0 < deadline.left() <= MOST * 2.0


def test_a_box_that_keeps_the_processors_busy_itself_gets_no_more_time() -> None:
    """A fork bomb keeps its own author waiting, and not others."""
    seen = [(0.0, 0.0)]
    deadline = Deadline(0.05, lambda: seen[0])
    time.sleep(0.06)
    seen[0] = (3600.0, 3600.0)
    assert deadline.left() == 0.0
