"""Show that a test of any kind leaves the worker as it was, and ends in time."""

from __future__ import annotations

import builtins
import dataclasses
import gc
import os
import resource
import sys
import threading
import time

import pytest

from lessonkit.grading.deadline import deadline
from lessonkit.grading.judging import judge_job
from lessonkit.grading.names import read
from lessonkit.grading.proxies import TestFailed
from tests.grading.making import QUICK, answer, given, job_of, judged, outputs_of, points_of, test

# As short as leaves a quick test its time on a machine that is busy with others.
SHORT = dataclasses.replace(QUICK, test_seconds=2, call_seconds=2)


@pytest.mark.parametrize(
    "endless",
    [
        "while True: pass",
        "for _ in range(5):\n    try:\n        while True: pass\n    except BaseException: x = 1",
        "import time\ntime.sleep(60)",
        "import os\nos.read(os.pipe()[0], 1)",
        "import threading\nthreading.Event().wait(60)",
        "while f() == 1: pass",
    ],
)
def test_a_test_that_does_not_end_is_ended(endless: str) -> None:
    """Points are lost, and the next one is run; also when it catches everything."""
    result = judged(
        answer("def f():\n    return 1"), test(endless), test("assert f() == 1"), budget=SHORT
    )

    assert points_of(result) == [0, 1]
    assert result.status == "timed out"
    assert "not done in time" in result.cells[0].why


def test_the_deadline_holds_in_a_thread_as_well() -> None:
    """A Dask worker runs its tasks in one."""
    found: list[object] = []

    def work() -> None:
        result = judged(
            answer("def f():\n    return 1"),
            test("while True: f()"),
            test("assert f() == 1"),
            budget=SHORT,
        )
        found.extend([points_of(result), result.status])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(200)

    assert found == [[0, 1], "timed out"]


def test_a_deadline_that_is_kept_leaves_nothing_behind() -> None:
    """No timer, no handler, no thread; one that is missed raises what was asked for."""
    import signal

    before = signal.getsignal(signal.SIGALRM), threading.active_count()
    with deadline(30, TestFailed):
        pass
    with pytest.raises(TimeoutError), deadline(0.05, TimeoutError):
        threading.Event().wait(30)

    assert (signal.getsignal(signal.SIGALRM), threading.active_count()) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.parametrize(
    "deed",
    [
        "import sys\nsys.exit(3)",
        "raise SystemExit",
        "raise KeyboardInterrupt('me')",
        "import sys\nsys.stdout = sys.stderr = None",
        "import builtins\nbuiltins.print = builtins.len = None",
        "import os\nos.chdir('/')\nos.environ['ODD'] = 'x'",
        "import os\nos.environ = {'ODD': 'x'}",
        "import sys\nsys.path.insert(0, '/nowhere')\nsys.setrecursionlimit(99)",
        "import os\nif (pid := os.fork()) == 0:\n    raise ValueError\nos.waitpid(pid, 0)",
        "import sys\nsys.stdin.read()\nsys.stdout.close()",
    ],
)
def test_what_a_test_does_to_its_process_is_undone(deed: str) -> None:
    """The worker goes on as before, whatever the instructor wrote."""

    def state() -> list[object]:
        return [
            sys.stdout,
            sys.stderr,
            sys.stdin,
            os.getcwd(),
            dict(os.environ),
            list(sys.path),
            sys.getrecursionlimit(),
            builtins.print,
            builtins.len,
        ]

    before = state()
    if "KeyboardInterrupt" in deed:
        deed = "def f():\n    raise KeyboardInterrupt\n" + "try:\n    g()\nfinally:\n    pass"
    result = judged(
        answer("def g():\n    raise KeyboardInterrupt"), test(deed), test("assert len([1]) == 1")
    )

    assert state() == before
    assert points_of(result)[1] == 1


# They end with SystemExit, which Python passes over and pytest does not.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_threads_that_a_test_leaves_are_ended() -> None:
    """They would go on in the tests of others."""
    leave = (
        "import threading, time\n"
        "def spin():\n    while True: time.sleep(0.01)\n"
        "threading.Thread(target=spin, daemon=True).start()"
    )
    result = judged(answer("x = 1"), test(leave))
    until = time.monotonic() + 60
    while any(t.name.endswith("(spin)") for t in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.01)

    assert points_of(result) == [1]


def test_nothing_of_one_submission_is_there_in_the_next() -> None:
    """Neither names nor files nor what was displayed."""
    first = judged(answer("x = 1"), test("secret = 5\nopen('left', 'w').close()\ndisplay(1)"))
    second = judged(answer("y = 1"), test("import os\nassert not os.path.exists('left')\nsecret"))

    assert points_of(first) == [1]
    assert second.cells[0].why == "NameError: name 'secret' is not defined"
    assert [o["output_type"] for o in outputs_of(first, 1)] == ["display_data"]


def test_a_test_that_is_no_plain_python_fails_with_a_reason() -> None:
    """Calibration runs it together."""
    result = judged(answer("x = 1"), test("%time x\nassert x == 1"))

    assert result.cells[0].why.endswith("this test is not plain Python, so it cannot be run apart")


def test_future_statements_count_to_the_last_line() -> None:
    """As in a notebook."""
    result = judged(answer("x = 1"), test("from __future__ import annotations\nx: Odd = 2\nx", 3))

    assert points_of(result) == [2]


def test_memory_and_descriptors_stay_flat() -> None:
    """Thirty notebooks, with exceptions, prints and stand-ins, leave no more than five did."""
    job = job_of(
        given("import os"),
        answer("class E(Exception): pass\ndef f(x):\n    print(x)\n    raise E([x] * 1000)"),
        test("try:\n    f(1)\nexcept E as e:\n    kept = e\nbig = ['x' * 100] * 10_000"),
        test("assert f(2)"),
    )
    for _ in range(5):
        judge_job(job)
    gc.collect()
    objects, fds = len(gc.get_objects()), len(os.listdir("/proc/self/fd"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(25):
        judge_job(job)
    gc.collect()

    assert len(gc.get_objects()) < objects + 500
    assert len(os.listdir("/proc/self/fd")) <= fds
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < peak + 4096


@pytest.mark.parametrize(
    ("source", "needs", "makes"),
    [
        ("x = y", {"y"}, {"x"}),
        ("def f(a):\n    return a + b", {"b"}, {"f"}),
        ("[i for i in range(n)]", {"range", "n"}, set()),
        ("import a.b as c, d.e\nfrom g import *", set(), {"c", "d", "*"}),
        ("for i in z:\n    k = i", {"z", "i"}, {"i", "k"}),
        ("def f():\n    global g\n    g = 1", set(), {"f", "g"}),
        ("with open('x') as h:\n    pass", {"open"}, {"h"}),
        ("if (w := q()):\n    class C: pass", {"q"}, {"w", "C"}),
        ("x += 1", {"x"}, {"x"}),
        ("try:\n    pass\nexcept E as e:\n    raise", {"E"}, {"e"}),
        ("%matplotlib inline\nv = 1", {"get_ipython"}, {"v"}),
        ("def broken(", set(), set()),
    ],
)
def test_the_names_of_a_cell_are_found_without_running_it(
    source: str, needs: set[str], makes: set[str]
) -> None:
    """What it reads that is not its own, and what it binds."""
    told = read(source)

    assert told.needs == needs
    assert told.makes == makes
